MERGE INTO label_doubts
USING batch_label_doubts AS batch
ON label_doubts.mention_id = batch.mention_id
WHEN MATCHED THEN UPDATE SET
    model_version = batch.model_version, verdict = batch.verdict, chance = batch.chance, doubt = batch.doubt, found_at = batch.found_at
WHEN NOT MATCHED THEN INSERT (mention_id, model_version, verdict, chance, doubt, found_at)
    VALUES (batch.mention_id, batch.model_version, batch.verdict, batch.chance, batch.doubt, batch.found_at);
