-- Mentions and needs of a month by the week of writing (the part of the week that lies in the month).
WITH verdicts AS (
    SELECT mention_id, verdict FROM reviews WHERE stands
)
SELECT
    greatest(date_trunc('week', timezone($zone, created_at))::date, $month::date) AS begins,
    count(*) AS mentions,
    count(*) FILTER ((flagged OR verdict = 'ya') AND verdict IS DISTINCT FROM 'bukan' AND duplicate_of IS NULL) AS needs
FROM mentions
LEFT JOIN verdicts USING (mention_id)
WHERE date_trunc('month', timezone($zone, created_at))::date = $month::date
GROUP BY ALL
ORDER BY begins;
