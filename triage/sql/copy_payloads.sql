SELECT mention_id, source, fetched_at, body FROM payloads WHERE mention_id IN (SELECT unnest($mention_ids::text[])) ORDER BY mention_id, source;
