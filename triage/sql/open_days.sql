SELECT day FROM spend WHERE source = $source AND state = 'reserved'
UNION
SELECT day FROM unsettled
WHERE source = $source AND units > 0 AND compared_at < day::timestamptz + INTERVAL 25 HOUR
ORDER BY day;
