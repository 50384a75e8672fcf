-- What was done and when, with staff's reason, without who did it.
SELECT case_id, version, made_at, kind, detail ->> 'why' AS why
FROM case_events
WHERE case_id IN (SELECT case_id FROM case_mentions WHERE mention_id IN (SELECT unnest($mention_ids::text[])))
ORDER BY case_id, version;
