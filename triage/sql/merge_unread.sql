-- A stop that goes on keeps the moment at which it was first found.
MERGE INTO unread
USING batch_unread AS batch
ON unread.source = batch.source AND unread.target = batch.target
WHEN MATCHED THEN UPDATE SET from_at = batch.from_at, to_at = batch.to_at, reason = batch.reason
WHEN NOT MATCHED THEN INSERT (source, target, from_at, to_at, reason, found_at)
    VALUES (batch.source, batch.target, batch.from_at, batch.to_at, batch.reason, batch.found_at);
