UPDATE suggestions SET why = NULL WHERE suggestion_id IN (SELECT unnest($ids::text[]));
