-- A file written again at the same place is one file.
MERGE INTO handed_out
USING batch_handed_out AS batch
ON handed_out.path = batch.path
WHEN MATCHED THEN UPDATE SET what = batch.what, actor = batch.actor, made_at = batch.made_at
WHEN NOT MATCHED THEN INSERT (path, what, actor, made_at) VALUES (batch.path, batch.what, batch.actor, batch.made_at);
