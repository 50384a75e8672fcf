-- Needs by category at a moment: which of them are specific data (art. 4 (2)) is said by the paper.
SELECT coalesce(category, '-') AS category, count(*) AS cases FROM cases WHERE opened_at <= $to_at GROUP BY 1 ORDER BY 2 DESC, 1;
