-- What was told of these cases, word for word: mentions that are still there, and the first reason of a case opened by hand.
SELECT case_mentions.case_id, mentions.text, mentions.created_at AS told_at
FROM case_mentions
JOIN mentions USING (mention_id)
WHERE case_mentions.case_id IN (SELECT unnest($case_ids::text[])) AND mentions.deleted_at IS NULL AND mentions.text <> ''
UNION ALL
SELECT cases.case_id, case_events.detail ->> 'why', case_events.made_at
FROM cases
JOIN case_events ON case_events.case_id = cases.case_id AND case_events.version = 1
WHERE cases.case_id IN (SELECT unnest($case_ids::text[]))
  AND cases.opened_from <> 'mention' AND (case_events.detail ->> 'why') IS NOT NULL
ORDER BY 1, told_at;
