MERGE INTO sync_checks
USING batch_checks AS batch
ON sync_checks.mention_id = batch.mention_id
WHEN MATCHED THEN UPDATE SET checked_at = batch.checked_at, refusals = batch.refusals, outcome = batch.outcome
WHEN NOT MATCHED THEN INSERT (mention_id, checked_at, refusals, outcome)
    VALUES (batch.mention_id, batch.checked_at, batch.refusals, batch.outcome);
