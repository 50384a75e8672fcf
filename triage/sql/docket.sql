-- Cases that passed the gate and wait for the lounge, without those whose slot is on another day that is still to come.
SELECT case_id
FROM cases
WHERE closed_at IS NULL
  AND rung = $rung
  AND case_id NOT IN (SELECT case_id FROM lounge_slots WHERE day >= $today AND day <> $day)
ORDER BY case_id;
