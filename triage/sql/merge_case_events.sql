-- Append only: an event that is there stays as it is, so that sending it twice is once.
MERGE INTO case_events
USING batch_case_events AS batch
ON case_events.event_id = batch.event_id
WHEN NOT MATCHED THEN INSERT (event_id, case_id, made_at, actor, kind, detail, version)
    VALUES (batch.event_id, batch.case_id, batch.made_at, batch.actor, batch.kind, batch.detail::json, batch.version);
