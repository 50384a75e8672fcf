-- Mentions in cases that those waiting may belong to: what they answer or repeat, their threads, and what their authors wrote;
-- and those of them that got a case meanwhile.
WITH waiting AS (
    SELECT flagged.mention_id, flagged.parent_id, flagged.thread_id, flagged.duplicate_of, flagged.platform, flagged.author_id
    FROM flagged_mentions AS flagged
    WHERE flagged.mention_id IN (SELECT unnest($mention_ids::text[]))
), wanted AS (
    SELECT mention_id FROM waiting
    UNION SELECT parent_id FROM waiting
    UNION SELECT thread_id FROM waiting
    UNION SELECT duplicate_of FROM waiting
    UNION SELECT opinion.mention_id FROM current_assessments AS opinion WHERE opinion.duplicate_of IN (SELECT duplicate_of FROM waiting)
    UNION SELECT mentions.mention_id FROM mentions JOIN waiting USING (platform, author_id)
)
SELECT
    case_mentions.mention_id, case_mentions.case_id, mentions.platform, mentions.author_id, mentions.parent_id, mentions.thread_id,
    opinion.duplicate_of, coalesce(cases.category, opinion.category) AS category, mentions.created_at,
    cases.closed_at IS NOT NULL AS closed, cases.state = 'bukan' AS rejected
FROM case_mentions
JOIN wanted USING (mention_id)
JOIN cases USING (case_id)
JOIN mentions USING (mention_id)
LEFT JOIN current_assessments AS opinion USING (mention_id)
ORDER BY mentions.created_at, case_mentions.mention_id;
