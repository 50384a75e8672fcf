-- A post is drawn once in its life: the day it was first seen is its only day.
MERGE INTO audit_samples
USING batch_audit_samples AS batch
ON audit_samples.mention_id = batch.mention_id
WHEN NOT MATCHED THEN INSERT (day, mention_id, model_version, stratum, passed_over, drawn, sampling_probability, drawn_at)
    VALUES (batch.day, batch.mention_id, batch.model_version, batch.stratum, batch.passed_over, batch.drawn, batch.sampling_probability, batch.drawn_at);
