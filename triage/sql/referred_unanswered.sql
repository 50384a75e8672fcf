-- Cases that are another government's and whose people nobody told the right door yet.
SELECT case_id
FROM cases
WHERE state = 'di_luar_kewenangan'
  AND case_id NOT IN (SELECT case_id FROM answers WHERE case_id IS NOT NULL AND kind = 'right_door')
ORDER BY closed_at, case_id;
