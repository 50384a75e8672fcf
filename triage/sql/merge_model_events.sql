MERGE INTO model_events
USING batch_model_events AS batch
ON model_events.event_id = batch.event_id
WHEN NOT MATCHED THEN INSERT (event_id, model_version, kind, previous, actor, why, made_at)
    VALUES (batch.event_id, batch.model_version, batch.kind, batch.previous, batch.actor, batch.why, batch.made_at);
