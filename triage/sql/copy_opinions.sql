SELECT * EXCLUDE (text_sha256, threshold) FROM assessments WHERE mention_id IN (SELECT unnest($mention_ids::text[])) ORDER BY mention_id, assessed_at;
