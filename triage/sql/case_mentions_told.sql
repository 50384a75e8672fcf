-- The mentions of a case with their words, the one that opened it first; a deleted one keeps its place without its words.
SELECT
    case_mentions.mention_id, case_mentions.how, mentions.platform, mentions.kind, mentions.created_at, mentions.url,
    CASE WHEN mentions.deleted_at IS NULL THEN mentions.text ELSE '' END AS text,
    mentions.deleted_at IS NOT NULL AS deleted, opinion.lang AS lang
FROM case_mentions
JOIN mentions USING (mention_id)
LEFT JOIN current_assessments AS opinion USING (mention_id)
WHERE case_mentions.case_id = $case_id
ORDER BY case_mentions.how <> 'opened', mentions.created_at, case_mentions.mention_id;
