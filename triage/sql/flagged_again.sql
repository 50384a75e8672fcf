-- Cases whose last step was the withdrawal for a model's silence, and of which the champion flags a mention now.
SELECT cases.case_id
FROM cases
JOIN case_events ON case_events.case_id = cases.case_id AND case_events.version = cases.version
WHERE case_events.kind = 'withdraw'
  AND EXISTS (SELECT 1 FROM case_mentions JOIN flagged_mentions USING (mention_id) WHERE case_mentions.case_id = cases.case_id)
ORDER BY cases.case_id;
