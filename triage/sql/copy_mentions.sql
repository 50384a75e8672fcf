SELECT * EXCLUDE (matched, client_version) FROM mentions WHERE mention_id IN (SELECT unnest($mention_ids::text[])) ORDER BY created_at, mention_id;
