-- Mentions in cases that new ones may belong to: what they answer or repeat, what their authors wrote, and all of open cases of late.
SELECT
    case_mentions.mention_id, case_mentions.case_id, mentions.platform, mentions.author_id, mentions.parent_id, mentions.thread_id,
    opinion.duplicate_of, coalesce(cases.category, opinion.category) AS category, mentions.created_at, mentions.text,
    opinion.place_candidates
FROM case_mentions
JOIN cases USING (case_id)
JOIN mentions USING (mention_id)
LEFT JOIN current_assessments AS opinion USING (mention_id)
WHERE case_mentions.mention_id IN (SELECT unnest($mention_ids::text[]))
   OR mentions.platform || '/' || mentions.author_id IN (SELECT unnest($authors::text[]))
   OR opinion.duplicate_of IN (SELECT unnest($originals::text[]))
   OR (cases.closed_at IS NULL AND mentions.created_at >= $since AND mentions.deleted_at IS NULL)
ORDER BY mentions.created_at, case_mentions.mention_id;
