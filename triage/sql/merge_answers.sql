-- That an answer was sent; sending the same word twice is once.
MERGE INTO answers
USING batch_answers AS batch
ON answers.answer_id = batch.answer_id
WHEN NOT MATCHED THEN INSERT (answer_id, mention_id, case_id, kind, platform, lang, actor, made_at)
VALUES (batch.answer_id, batch.mention_id, batch.case_id, batch.kind, batch.platform, batch.lang, batch.actor, batch.made_at);
