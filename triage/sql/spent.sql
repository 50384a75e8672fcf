-- What a source has settled or set aside, today and in the month of today (UTC, as the platform bills).
SELECT
    coalesce(sum(units) FILTER (day >= $today AND kind LIKE '%read'), 0) AS posts_today,
    coalesce(sum(usd) FILTER (day >= $today), 0) AS usd_today,
    coalesce(sum(units) FILTER (kind LIKE '%read'), 0) AS posts_month,
    coalesce(sum(usd), 0) AS usd_month
FROM spend
WHERE source = $source AND state <> 'void' AND day >= date_trunc('month', $today::date);
