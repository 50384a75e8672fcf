SELECT kind, platform, lang, made_at
FROM answers
WHERE mention_id IN (SELECT unnest($mention_ids::text[])) OR case_id IN (SELECT case_id FROM case_mentions WHERE mention_id IN (SELECT unnest($mention_ids::text[])))
ORDER BY made_at;
