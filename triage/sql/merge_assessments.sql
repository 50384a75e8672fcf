MERGE INTO assessments
USING batch_assessments AS batch
ON assessments.mention_id = batch.mention_id AND assessments.model_version = batch.model_version
WHEN MATCHED THEN UPDATE SET
    assessed_at = batch.assessed_at, flag_score = batch.flag_score, flagged = batch.flagged, threshold = batch.threshold,
    category = batch.category, category_score = batch.category_score, topic = batch.topic, urgency = batch.urgency,
    urgency_score = batch.urgency_score, lang = batch.lang, restricted = batch.restricted, place_code = batch.place_code,
    place_name = batch.place_name, kecamatan = batch.kecamatan, kabkota = batch.kabkota, level = batch.level,
    place_candidates = batch.place_candidates::json, reasons = batch.reasons::json,
    duplicate_of = batch.duplicate_of, text_sha256 = batch.text_sha256
WHEN NOT MATCHED THEN INSERT (
    mention_id, model_version, assessed_at, flag_score, flagged, threshold, category, category_score, topic, urgency,
    urgency_score, lang, restricted, place_code, place_name, kecamatan, kabkota, level, place_candidates, reasons,
    duplicate_of, text_sha256
) VALUES (
    batch.mention_id, batch.model_version, batch.assessed_at, batch.flag_score, batch.flagged, batch.threshold,
    batch.category, batch.category_score, batch.topic, batch.urgency, batch.urgency_score, batch.lang, batch.restricted,
    batch.place_code, batch.place_name, batch.kecamatan, batch.kabkota, batch.level, batch.place_candidates::json,
    batch.reasons::json, batch.duplicate_of, batch.text_sha256
);
