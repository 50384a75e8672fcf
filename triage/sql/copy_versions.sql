SELECT * FROM mention_versions WHERE mention_id IN (SELECT unnest($mention_ids::text[])) ORDER BY mention_id, version;
