-- A suggestion is made once; a decision about it stands.
MERGE INTO suggestions
USING batch_suggestions AS batch
ON suggestions.suggestion_id = batch.suggestion_id
WHEN MATCHED AND suggestions.state = 'open' AND batch.state <> 'open' THEN UPDATE SET
    state = batch.state, decided_at = batch.decided_at, decided_by = batch.decided_by, why = batch.why
WHEN NOT MATCHED THEN INSERT (
    suggestion_id, mention_id, other_mention_id, chance, signs, conflicts, reason, state, made_at, decided_at, decided_by, why
) VALUES (
    batch.suggestion_id, batch.mention_id, batch.other_mention_id, batch.chance, batch.signs::json, batch.conflicts::json, batch.reason,
    batch.state, batch.made_at, batch.decided_at, batch.decided_by, batch.why
);
