-- The platform's counter at the last look, and what was set aside or settled since.
SELECT
    asked_at, used, cap,
    (SELECT coalesce(sum(units), 0) FROM spend
      WHERE spend.source = $source AND kind LIKE $reads AND state <> 'void' AND reserved_at > asked_at) AS since
FROM platform_usage
WHERE source = $source;
