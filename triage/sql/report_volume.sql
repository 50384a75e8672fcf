-- Mentions and flagged ones by local day of writing, the last 14 days, days without any included.
SELECT
    days.day::date AS day,
    count(mentions.mention_id) AS mentions,
    count(*) FILTER (opinion.flag_score >= opinion.threshold) AS flagged
FROM (SELECT unnest(generate_series($day::date - INTERVAL 13 DAY, $day::date, INTERVAL 1 DAY)) AS day) AS days
LEFT JOIN mentions
       ON timezone($zone, mentions.created_at)::date = days.day::date AND mentions.deleted_at IS NULL
LEFT JOIN current_assessments AS opinion USING (mention_id)
GROUP BY ALL
ORDER BY 1;
