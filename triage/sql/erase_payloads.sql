UPDATE payloads SET body = NULL WHERE payload_id IN (SELECT unnest($ids::text[]));
