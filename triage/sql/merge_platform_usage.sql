MERGE INTO platform_usage
USING batch_usage AS batch
ON platform_usage.source = batch.source
WHEN MATCHED THEN UPDATE SET asked_at = batch.asked_at, used = batch.used, cap = batch.cap
WHEN NOT MATCHED THEN INSERT (source, asked_at, used, cap) VALUES (batch.source, batch.asked_at, batch.used, batch.cap);
