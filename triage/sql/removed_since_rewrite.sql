-- Whether words have left a row since the file was last written anew: blanked, deleted, or taken out of the inbox.
-- A transaction that was under way at that time may say an earlier moment: ten minutes are looked back.
WITH last AS (SELECT coalesce(max(rewritten_at) - INTERVAL 10 MINUTE, '-infinity'::timestamptz) AS made_at FROM rewrites WHERE bytes_after > 0)
SELECT
    EXISTS (SELECT 1 FROM mentions, last WHERE deleted_at >= last.made_at)
    OR EXISTS (SELECT 1 FROM erasures, last WHERE erased_at >= last.made_at)
    OR EXISTS (SELECT 1 FROM retention_runs, last WHERE ran_at >= last.made_at AND rows > 0)
    OR EXISTS (SELECT 1 FROM webhook_deliveries, last WHERE processed_at >= last.made_at);
