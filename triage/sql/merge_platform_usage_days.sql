MERGE INTO platform_usage_days
USING batch_usage_days AS batch
ON platform_usage_days.source = batch.source AND platform_usage_days.day = batch.day
WHEN MATCHED THEN UPDATE SET units = batch.units
WHEN NOT MATCHED THEN INSERT (source, day, units) VALUES (batch.source, batch.day, batch.units);
