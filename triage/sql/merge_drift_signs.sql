MERGE INTO drift_signs
USING batch_drift_signs AS batch
ON drift_signs.day = batch.day AND drift_signs.kind = batch.kind AND drift_signs.name = batch.name
WHEN MATCHED THEN UPDATE SET
    value = batch.value, usual = batch.usual, strength = batch.strength, alert = batch.alert, mention_id = batch.mention_id, made_at = batch.made_at
WHEN NOT MATCHED THEN INSERT (day, kind, name, value, usual, strength, alert, mention_id, made_at)
    VALUES (batch.day, batch.kind, batch.name, batch.value, batch.usual, batch.strength, batch.alert, batch.mention_id, batch.made_at);
