-- Flagged mentions written in the last 14 days, by category or kecamatan (restricted ones counted in, as numbers only).
SELECT 'category' AS kind, coalesce(category, '-') AS name, count(*) AS mentions
FROM flagged_mentions
WHERE timezone($zone, created_at)::date > $day::date - 14 AND duplicate_of IS NULL
GROUP BY ALL
UNION ALL
SELECT 'kecamatan', coalesce(kecamatan, '-'), count(*)
FROM flagged_mentions
WHERE timezone($zone, created_at)::date > $day::date - 14 AND duplicate_of IS NULL
GROUP BY ALL
ORDER BY kind, mentions DESC, name;
