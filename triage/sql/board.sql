-- Open cases with how their clock stands ($near: what is due by then is nearly due, by clock), the most pressing first.
SELECT
    case_id, agency, assignee, coalesce(urgency, 0) = 2 AS emergency, rung,
    CASE
        WHEN paused_at IS NOT NULL THEN 'paused'
        WHEN due_at IS NULL OR cases.clock IS NULL THEN 'none'
        WHEN due_at <= $now THEN 'late'
        WHEN due_at <= warned.near_until THEN 'nearly_due'
        ELSE 'running'
    END AS standing
FROM cases
LEFT JOIN (SELECT unnest($clocks::text[]) AS clock, unnest($near::timestamptz[]) AS near_until) AS warned ON warned.clock = cases.clock
WHERE closed_at IS NULL
  AND ($restricted OR NOT restricted)
ORDER BY emergency DESC, due_at NULLS LAST, case_id;
