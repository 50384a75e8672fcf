-- What was promised, as the case's events leave it.
MERGE INTO commitments
USING batch_commitments AS batch
ON commitments.commitment_id = batch.commitment_id
WHEN MATCHED THEN UPDATE SET
    case_id = batch.case_id, who = batch.who, what = batch.what, due_at = batch.due_at, promised_at = batch.promised_at, kept_at = batch.kept_at
WHEN NOT MATCHED THEN INSERT (commitment_id, case_id, who, what, due_at, promised_at, kept_at)
VALUES (batch.commitment_id, batch.case_id, batch.who, batch.what, batch.due_at, batch.promised_at, batch.kept_at);
