-- Asking again inside the 7 days does not begin them anew.
MERGE INTO hashtag_ledger
USING batch_hashtags AS batch
ON hashtag_ledger.account_id = batch.account_id AND hashtag_ledger.hashtag = batch.hashtag
WHEN MATCHED AND hashtag_ledger.counted_at <= batch.counted_at - INTERVAL 7 DAY THEN UPDATE SET counted_at = batch.counted_at
WHEN NOT MATCHED THEN INSERT (account_id, hashtag, counted_at) VALUES (batch.account_id, batch.hashtag, batch.counted_at);
