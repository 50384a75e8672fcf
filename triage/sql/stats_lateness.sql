-- Each time an agency was given a case: did it move before its clock ran out? One that was taken away in time says nothing.
WITH given AS (
    SELECT case_id, version, coalesce(detail ->> '$.agency', agency) AS agency
    FROM case_steps
    WHERE kind IN ('forward', 'minutes')
),
moves AS (
    SELECT case_id, version, kind, made_at, due_before
    FROM case_steps
    WHERE kind IN ('attempt', 'accept', 'return', 'finish', 'refer', 'reject', 'keep', 'forward', 'minutes')
),
answered AS (
    SELECT given.case_id, given.version, given.agency, min_by(moves.kind, moves.version) AS kind,
           min_by(moves.made_at, moves.version) AS made_at, min_by(moves.due_before, moves.version) AS due
    FROM given
    LEFT JOIN moves ON moves.case_id = given.case_id AND moves.version > given.version
    GROUP BY ALL
),
judged AS (
    SELECT
        answered.case_id, answered.agency,
        CASE
            WHEN kind IS NULL THEN CASE WHEN cases.due_at <= $now THEN TRUE END
            WHEN due IS DISTINCT FROM 'none' AND made_at > due::timestamptz THEN TRUE
            WHEN kind NOT IN ('forward', 'minutes') THEN FALSE
        END AS late
    FROM answered
    JOIN cases USING (case_id)
),
named AS (
    SELECT
        late,
        CASE $by
            WHEN 'week' THEN strftime(date_trunc('week', timezone($zone, opening.received_at)), '%Y-%m-%d')
            WHEN 'category' THEN coalesce(cases.category, cases.topic, '-')
            WHEN 'kecamatan' THEN CASE WHEN length(cases.place_code) >= 8 THEN left(cases.place_code, 8) ELSE '-' END
            WHEN 'agency' THEN coalesce(judged.agency, '-')
            ELSE 'semua'
        END AS name
    FROM judged
    JOIN cases USING (case_id)
    JOIN (
        SELECT case_id, (detail ->> '$.changes.clock_started_at')::timestamptz AS received_at FROM case_events WHERE kind = 'opened'
    ) AS opening USING (case_id)
    WHERE late IS NOT NULL
      AND ($restricted OR NOT cases.restricted)
      AND ($first_day::date IS NULL OR timezone($zone, opening.received_at)::date >= $first_day::date)
      AND ($last_day::date IS NULL OR timezone($zone, opening.received_at)::date <= $last_day::date)
)
SELECT name, count(*) AS handlings, count(*) FILTER (late) AS late
FROM named
GROUP BY name
ORDER BY name;
