MERGE INTO recall_estimates
USING batch_recall_estimates AS batch
ON recall_estimates.day = batch.day
WHEN MATCHED THEN UPDATE SET
    model_version = batch.model_version, from_at = batch.from_at, to_at = batch.to_at, recall = batch.recall, low = batch.low,
    high = batch.high, flagged_pleas = batch.flagged_pleas, missed_pleas = batch.missed_pleas, audited = batch.audited,
    audited_pleas = batch.audited_pleas, passed_over = batch.passed_over, detail = batch.detail::json, made_at = batch.made_at
WHEN NOT MATCHED THEN INSERT (
    day, model_version, from_at, to_at, recall, low, high, flagged_pleas, missed_pleas, audited, audited_pleas, passed_over, detail, made_at
) VALUES (
    batch.day, batch.model_version, batch.from_at, batch.to_at, batch.recall, batch.low, batch.high, batch.flagged_pleas,
    batch.missed_pleas, batch.audited, batch.audited_pleas, batch.passed_over, batch.detail::json, batch.made_at
);
