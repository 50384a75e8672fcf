MERGE INTO unsettled
USING batch_unsettled AS batch
ON unsettled.source = batch.source AND unsettled.day = batch.day AND unsettled.kind = batch.kind
WHEN MATCHED THEN UPDATE SET units = batch.units, compared_at = batch.compared_at
WHEN NOT MATCHED THEN INSERT (source, day, kind, units, compared_at)
    VALUES (batch.source, batch.day, batch.kind, batch.units, batch.compared_at);
