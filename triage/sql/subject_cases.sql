-- The cases in which these mentions stand.
SELECT DISTINCT case_id FROM case_mentions WHERE mention_id IN (SELECT unnest($mention_ids::text[])) ORDER BY case_id;
