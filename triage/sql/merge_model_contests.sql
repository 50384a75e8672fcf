MERGE INTO model_contests
USING batch_model_contests AS batch
ON model_contests.contest_id = batch.contest_id
WHEN NOT MATCHED THEN INSERT (contest_id, champion, challenger, made_at, judged_from, judged_to, posts, pleas, passed, detail)
    VALUES (batch.contest_id, batch.champion, batch.challenger, batch.made_at, batch.judged_from, batch.judged_to, batch.posts,
            batch.pleas, batch.passed, batch.detail::json);
