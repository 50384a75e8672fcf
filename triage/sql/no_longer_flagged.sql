-- New cases with no act of a person (so none that is confirmed) and none of whose mentions the champion still flags. Emergencies stay until a person has looked.
SELECT cases.case_id
FROM cases
WHERE cases.closed_at IS NULL
  AND cases.opened_from = 'mention'
  AND cases.state = 'baru'
  AND coalesce(cases.urgency, 0) < 2
  AND NOT EXISTS (SELECT 1 FROM case_events WHERE case_events.case_id = cases.case_id AND case_events.actor <> $system)
  AND NOT EXISTS (
      SELECT 1 FROM case_mentions JOIN flagged_mentions USING (mention_id) WHERE case_mentions.case_id = cases.case_id
  )
  AND NOT EXISTS (  -- the champion has spoken about all of them
      SELECT 1 FROM case_mentions
      LEFT JOIN current_assessments AS opinion USING (mention_id)
      WHERE case_mentions.case_id = cases.case_id AND opinion.mention_id IS NULL
  )
ORDER BY cases.case_id;
