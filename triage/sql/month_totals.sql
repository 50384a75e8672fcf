-- One month (of the published copy) in single numbers. Needs: what a reviewer confirmed, and what the model flagged and nobody denied; reposts once.
WITH verdicts AS (
    SELECT mention_id, verdict FROM reviews WHERE stands
),
written AS (
    SELECT mentions.*, verdict
    FROM mentions
    LEFT JOIN verdicts USING (mention_id)
    WHERE date_trunc('month', timezone($zone, created_at))::date = $month::date
),
received AS (
    SELECT * FROM cases WHERE date_trunc('month', timezone($zone, received_at))::date = $month::date
)
SELECT
    (SELECT count(*) FROM written) AS mentions,
    (SELECT count(*) FROM written WHERE (flagged OR verdict = 'ya') AND verdict IS DISTINCT FROM 'bukan' AND duplicate_of IS NULL) AS needs,
    (SELECT count(*) FROM received WHERE state <> 'bukan') AS cases,
    (SELECT count(*) FROM received WHERE state <> 'bukan' AND first_action_at IS NOT NULL) AS looked_at,
    (SELECT count(*) FROM received WHERE finished_at IS NOT NULL) AS finished,
    (SELECT count(*) FROM received WHERE urgency = 2 AND (first_action_at IS NOT NULL OR first_due_at <= $now)) AS emergencies,
    (SELECT count(*) FROM received WHERE urgency = 2 AND first_action_at <= first_due_at) AS emergencies_in_time,
    (SELECT median(epoch(first_action_at - received_at)) / 3600 FROM received) AS first_hours,
    (SELECT median(epoch(finished_at - received_at)) / 86400 FROM received) AS finish_days,
    (SELECT coalesce(sum(mentions), 0)::bigint FROM withheld_counts WHERE period = 'month' AND begins = $month::date) AS withheld,
    (
        SELECT coalesce(sum(epoch(least(to_at, timezone($zone, $month::timestamp + INTERVAL 1 MONTH)) - greatest(from_at, timezone($zone, $month::timestamp)))), 0) / 3600
        FROM gaps
        WHERE from_at < timezone($zone, $month::timestamp + INTERVAL 1 MONTH) AND to_at > timezone($zone, $month::timestamp)
    ) AS unread_hours;
