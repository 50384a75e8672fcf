-- The health of each source: its newest finished run, and since when it has not been wholly well.
WITH finished AS (
    SELECT * FROM collection_runs WHERE status IS NOT NULL AND NOT ends_with(source, '_sync') AND started_at <= $covered_to::timestamptz
),
newest AS (
    SELECT * FROM finished QUALIFY row_number() OVER (PARTITION BY source ORDER BY started_at DESC) = 1
),
span AS (
    SELECT source, sum(requests) AS requests, sum(seen) AS seen, sum(new) AS new, sum(unmapped) AS unmapped
    FROM finished
    WHERE $covered_from::timestamptz IS NULL OR started_at > $covered_from::timestamptz
    GROUP BY source
)
SELECT
    newest.source, newest.status, newest.error, newest.started_at AS last_run_at, newest.client_version,
    (SELECT max(ok.started_at) FROM finished AS ok WHERE ok.source = newest.source AND ok.status = 'ok') AS last_ok_at,
    (SELECT min(bad.started_at) FROM finished AS bad
      WHERE bad.source = newest.source AND bad.status <> 'ok'
        AND bad.started_at > coalesce((SELECT max(ok.started_at) FROM finished AS ok WHERE ok.source = newest.source AND ok.status = 'ok'), '-infinity'::timestamptz)
    ) AS unwell_since,
    coalesce(span.requests, 0)::bigint AS requests, coalesce(span.seen, 0)::bigint AS seen,
    coalesce(span.new, 0)::bigint AS new, coalesce(span.unmapped, 0)::bigint AS unmapped,
    (SELECT count(*) FROM gaps WHERE gaps.source = newest.source AND gaps.found_at > $covered_to::timestamptz - INTERVAL 7 DAY) AS gaps
FROM newest
LEFT JOIN span USING (source)
ORDER BY newest.source;
