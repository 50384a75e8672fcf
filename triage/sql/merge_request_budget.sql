-- Taken requests only ever grow within an hour, except for what a run gives back at its end.
MERGE INTO request_budget
USING batch_requests AS batch
ON request_budget.source = batch.source AND request_budget.account = batch.account AND request_budget.hour = batch.hour
WHEN MATCHED THEN UPDATE SET taken = greatest(request_budget.taken + batch.taken, 0)
WHEN NOT MATCHED THEN INSERT (source, account, hour, taken) VALUES (batch.source, batch.account, batch.hour, greatest(batch.taken, 0));
