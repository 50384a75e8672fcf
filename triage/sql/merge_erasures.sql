-- Erased twice is erased once, at the first time.
MERGE INTO erasures
USING batch_erasures AS batch
ON erasures.what = batch.what AND erasures.id = batch.id
WHEN NOT MATCHED THEN INSERT (what, id, erased_at, why, request_id)
    VALUES (batch.what, batch.id, batch.erased_at, batch.why, batch.request_id);
