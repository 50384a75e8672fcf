-- Cases whose number (or its last letters), SP4N id or mention's id is the one that was typed.
SELECT DISTINCT case_id, opened_at
FROM cases
WHERE ($restricted OR NOT restricted)
  AND (
      upper(case_id) = $number
      OR (length($number) >= 7 AND ends_with(upper(case_id), '-' || $number))
      OR upper(sp4n_id) = $number
      OR case_id IN (SELECT case_id FROM case_mentions WHERE upper(mention_id) = $number)
  )
ORDER BY opened_at DESC, case_id
LIMIT $most;
