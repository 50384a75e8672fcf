-- The newest finished run of each source, and the last that was wholly well.
SELECT
    source,
    arg_max(status, started_at) AS status,
    arg_max(error, started_at) AS error,
    max(started_at) AS last_run_at,
    max(started_at) FILTER (status = 'ok') AS last_ok_at
FROM collection_runs
WHERE finished_at IS NOT NULL AND NOT ends_with(source, '_sync')  -- a look-up of stored posts is no collecting
GROUP BY source
ORDER BY source;
