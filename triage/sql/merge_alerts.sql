MERGE INTO alerts
USING batch_alerts AS batch
ON alerts.alert_id = batch.alert_id
WHEN MATCHED THEN UPDATE SET state = batch.state, attempts = batch.attempts, made_at = batch.made_at, sent_at = batch.sent_at
WHEN NOT MATCHED THEN INSERT (alert_id, kind, subject, channel, state, attempts, made_at, sent_at)
    VALUES (batch.alert_id, batch.kind, batch.subject, batch.channel, batch.state, batch.attempts, batch.made_at, batch.sent_at);
