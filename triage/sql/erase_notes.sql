UPDATE reviews SET note = NULL WHERE note IS NOT NULL AND mention_id IN (SELECT unnest($ids::text[]));
