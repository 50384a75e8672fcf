MERGE INTO circuits
USING batch_circuits AS batch
ON circuits.source = batch.source AND circuits.account = batch.account
WHEN MATCHED THEN UPDATE SET
    state = batch.state, refusals = batch.refusals, recovery = batch.recovery, retry_at = batch.retry_at,
    session = batch.session, reason = batch.reason, changed_at = batch.changed_at
WHEN NOT MATCHED THEN INSERT (source, account, state, refusals, recovery, retry_at, session, reason, changed_at)
    VALUES (batch.source, batch.account, batch.state, batch.refusals, batch.recovery, batch.retry_at, batch.session, batch.reason, batch.changed_at);
