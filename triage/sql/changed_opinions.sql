-- Open cases with no act of a person whose first mention the champion now sees otherwise (a new model, an edited text).
-- Urgency and protection only rise: to lower them is for a person.
SELECT
    cases.case_id, opinion.category, opinion.topic, greatest(coalesce(cases.urgency, 0), coalesce(opinion.urgency, 0)) AS urgency,
    cases.restricted OR opinion.restricted AS restricted
FROM cases
JOIN case_mentions ON case_mentions.case_id = cases.case_id AND case_mentions.how = 'opened'
JOIN flagged_mentions AS opinion USING (mention_id)
WHERE cases.closed_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM case_events WHERE case_events.case_id = cases.case_id AND case_events.actor <> $system)
  AND (
      opinion.category IS DISTINCT FROM cases.category
      OR coalesce(opinion.urgency, 0) > coalesce(cases.urgency, 0)
      OR opinion.restricted AND NOT cases.restricted
  )
ORDER BY cases.case_id;
