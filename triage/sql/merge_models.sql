-- One champion: registering a model as champion retires the others.
MERGE INTO models
USING batch_models AS batch
ON models.model_version = batch.model_version
WHEN MATCHED THEN UPDATE SET status = batch.status, metrics = batch.metrics::json, path = batch.path, sha256 = batch.sha256
WHEN NOT MATCHED THEN INSERT (model_version, trained_at, status, metrics, path, sha256, trained_on)
    VALUES (batch.model_version, batch.trained_at, batch.status, batch.metrics::json, batch.path, batch.sha256, batch.trained_on);
