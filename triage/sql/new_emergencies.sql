-- Open cases in which a life may be at risk, changed since then: the oldest first.
SELECT case_id, restricted
FROM open_cases
WHERE urgency = 2 AND changed_at >= $since
ORDER BY opened_at, case_id;
