-- What two mentions had in common was read from their words; an open question about one that is gone cannot be answered any more.
UPDATE suggestions
SET signs = '[]', conflicts = '[]', reason = '', why = NULL,
    decided_by = CASE WHEN state = 'open' THEN 'tanggap' ELSE decided_by END,
    decided_at = CASE WHEN state = 'open' THEN $now ELSE decided_at END,
    state = CASE WHEN state = 'open' THEN 'refused' ELSE state END
WHERE mention_id IN (SELECT mention_id FROM gone_mentions) OR other_mention_id IN (SELECT mention_id FROM gone_mentions);
