-- What could not be read, found since a moment.
SELECT source, count(*) AS gaps, max(found_at) AS last_found_at
FROM gaps
WHERE found_at >= $since
GROUP BY source
ORDER BY source;
