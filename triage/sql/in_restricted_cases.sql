-- Mentions of restricted cases, whatever a model says of them.
SELECT case_mentions.mention_id
FROM case_mentions
JOIN cases USING (case_id)
WHERE cases.restricted;
