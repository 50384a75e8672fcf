-- What a source cost: today and in the month (UTC, as the platform bills), what of it is still set aside,
-- and how many of its mentions people confirmed as complaints in the month.
WITH month AS (
    SELECT * FROM spend
    WHERE state <> 'void' AND day >= date_trunc('month', $covered_to::timestamptz) AND day <= $covered_to::timestamptz::date
),
confirmed AS (
    SELECT mentions.platform AS source, count(*) AS complaints
    FROM standing_reviews
    JOIN mentions USING (mention_id)
    WHERE verdict = 'ya'
      AND made_at >= date_trunc('month', $covered_to::timestamptz) AND made_at <= $covered_to::timestamptz
    GROUP BY ALL
)
SELECT
    month.source,
    coalesce(sum(usd) FILTER (day = $covered_to::timestamptz::date), 0) AS usd_today,
    sum(usd) AS usd_month,
    coalesce(sum(usd) FILTER (state = 'reserved'), 0) AS usd_held,
    coalesce(any_value(confirmed.complaints), 0) AS complaints
FROM month
LEFT JOIN confirmed ON confirmed.source = month.source
GROUP BY month.source
ORDER BY month.source;
