-- Verdicts are appended; sending the same one twice is once.
MERGE INTO reviews
USING batch_reviews AS batch
ON reviews.review_id = batch.review_id
WHEN NOT MATCHED THEN INSERT (
    review_id, mention_id, case_id, reviewer, verdict, category, urgency, place_code, agency, note, made_at, supersedes, model_version,
    shown_because, sampling_probability
) VALUES (
    batch.review_id, batch.mention_id, batch.case_id, batch.reviewer, batch.verdict, batch.category, batch.urgency, batch.place_code,
    batch.agency, batch.note, batch.made_at, batch.supersedes, batch.model_version, batch.shown_because, batch.sampling_probability
);
