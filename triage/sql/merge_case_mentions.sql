MERGE INTO case_mentions
USING batch_case_mentions AS batch
ON case_mentions.case_id = batch.case_id AND case_mentions.mention_id = batch.mention_id
WHEN MATCHED THEN UPDATE SET how = batch.how, score = batch.score
WHEN NOT MATCHED THEN INSERT (case_id, mention_id, how, score) VALUES (batch.case_id, batch.mention_id, batch.how, batch.score);
