-- How fast cases go their way, by $by (semua | week | category | kecamatan | agency). Hours run from when the desk had the need;
-- a first action is a person's, and more than a note.
WITH course AS (
    SELECT
        case_id,
        min((detail ->> '$.changes.clock_started_at')::timestamptz) FILTER (kind = 'opened') AS received_at,
        min((detail ->> '$.changes.due_at')::timestamptz) FILTER (kind = 'opened') AS first_due_at,
        min(made_at) FILTER (actor <> $system AND kind NOT IN ('opened', 'joined', 'separated', 'note')) AS acted_at,
        min(made_at) FILTER (kind = 'forward') AS forwarded_at,
        min(made_at) FILTER (kind = 'finish') AS finished_at,
        count(*) FILTER (kind = 'return') AS returns,
        count(*) FILTER (kind = 'reopen') AS reopenings
    FROM case_events
    GROUP BY case_id
),
named AS (
    SELECT
        course.*, cases.urgency,
        CASE $by
            WHEN 'week' THEN strftime(date_trunc('week', timezone($zone, received_at)), '%Y-%m-%d')
            WHEN 'category' THEN coalesce(cases.category, cases.topic, '-')
            WHEN 'kecamatan' THEN CASE WHEN length(cases.place_code) >= 8 THEN left(cases.place_code, 8) ELSE '-' END
            WHEN 'agency' THEN coalesce(cases.agency, '-')
            ELSE 'semua'
        END AS name
    FROM course
    JOIN cases USING (case_id)
    WHERE ($restricted OR NOT cases.restricted)
      AND ($first_day::date IS NULL OR timezone($zone, received_at)::date >= $first_day::date)
      AND ($last_day::date IS NULL OR timezone($zone, received_at)::date <= $last_day::date)
)
SELECT
    name,
    count(*) AS cases,
    median(epoch(acted_at - received_at)) / 3600 AS first_action_hours,
    median(epoch(forwarded_at - received_at)) / 3600 AS forward_hours,
    median(epoch(finished_at - received_at)) / 86400 AS finish_days,
    count(*) FILTER (urgency = 2 AND (acted_at IS NOT NULL OR first_due_at <= $now)) AS emergencies,
    count(*) FILTER (urgency = 2 AND acted_at <= first_due_at) AS emergencies_in_time,
    count(*) FILTER (returns > 0) AS rerouted,
    count(*) FILTER (reopenings > 0) AS reopened
FROM named
GROUP BY name
ORDER BY name;
