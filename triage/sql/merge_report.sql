MERGE INTO reports
USING batch_report AS batch
ON reports.day = batch.day
WHEN MATCHED THEN UPDATE SET made_at = batch.made_at, covered_to = batch.covered_to, path = batch.path
WHEN NOT MATCHED THEN INSERT (day, made_at, covered_from, covered_to, path)
    VALUES (batch.day, batch.made_at, batch.covered_from, batch.covered_to, batch.path);
