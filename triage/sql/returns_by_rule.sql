-- How often the agency that a rule proposed said that it is not theirs.
WITH forwarded AS (
    SELECT coalesce(chosen.rule, '-') AS rule, count(*) AS cases
    FROM (SELECT DISTINCT case_id, kind, detail ->> 'rule' AS rule FROM case_events WHERE kind = 'forward') AS chosen
    GROUP BY ALL
), returned AS (
    SELECT coalesce(detail ->> 'rule', '-') AS rule, count(DISTINCT case_id) AS cases, list(DISTINCT detail ->> 'declined') AS agencies
    FROM case_events
    WHERE kind = 'return'
    GROUP BY ALL
)
SELECT
    coalesce(forwarded.rule, returned.rule) AS rule, coalesce(forwarded.cases, 0) AS forwarded, coalesce(returned.cases, 0) AS returned,
    list_sort(coalesce(returned.agencies, []::text[])) AS agencies
FROM forwarded
FULL JOIN returned USING (rule)
ORDER BY returned DESC, forwarded DESC, rule;
