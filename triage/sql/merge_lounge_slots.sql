-- A kept slot stays where it is.
MERGE INTO lounge_slots
USING batch_lounge_slots AS batch
ON lounge_slots.day = batch.day AND lounge_slots.case_id = batch.case_id
WHEN NOT MATCHED THEN INSERT (day, case_id, starts_at, ends_at, kept_by, kept_at)
VALUES (batch.day, batch.case_id, batch.starts_at, batch.ends_at, batch.kept_by, batch.kept_at);
