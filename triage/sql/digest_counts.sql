-- What the morning brings, in numbers: nothing of what anybody wrote.
SELECT
    (SELECT count(*) FROM review_queue WHERE NOT restricted AND duplicate_of IS NULL) AS waiting,
    (SELECT count(*) FROM review_queue WHERE NOT restricted AND duplicate_of IS NULL AND urgency = 2) AS urgent,
    (SELECT count(*) FROM review_queue WHERE restricted) AS restricted,
    (SELECT count(*) FROM open_cases WHERE NOT restricted) AS open_cases,
    (SELECT count(*) FROM open_cases WHERE NOT restricted AND due_at <= $now) AS late,
    (SELECT count(*) FROM open_cases WHERE restricted AND due_at <= $now) AS restricted_late,
    (SELECT count(*) FROM (
        SELECT arg_max(status, started_at) AS status FROM collection_runs
        WHERE finished_at IS NOT NULL AND started_at > $now::timestamptz - INTERVAL 2 DAY GROUP BY source
    ) WHERE status <> 'ok') AS sources_down;
