SELECT case_id, opened_at, opened_from, state, category, topic, urgency, place_code, agency, due_at, closed_at, sp4n_id, restricted, consent, legal_basis
FROM cases
WHERE case_id IN (SELECT case_id FROM case_mentions WHERE mention_id IN (SELECT unnest($mention_ids::text[])))
ORDER BY opened_at, case_id;
