-- What was seen at the place, as a verdict on the mention that told of it.
MERGE INTO reviews
USING batch_field_reviews AS batch
ON reviews.review_id = batch.review_id
WHEN NOT MATCHED THEN INSERT (
    review_id, mention_id, case_id, reviewer, verdict, category, urgency, place_code, made_at, model_version, shown_because
) VALUES (
    batch.review_id, batch.mention_id, batch.case_id, batch.reviewer, batch.verdict, batch.category, batch.urgency, batch.place_code,
    batch.made_at, batch.model_version, batch.shown_because
);
