SELECT mention_id, verdict, category, urgency, place_code, agency, made_at FROM reviews WHERE mention_id IN (SELECT unnest($mention_ids::text[])) ORDER BY made_at;
