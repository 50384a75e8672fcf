-- Suggestions with the cases in which their two mentions stand now, the likeliest first.
SELECT
    suggestions.suggestion_id, suggestions.mention_id, suggestions.other_mention_id, suggestions.chance, suggestions.signs,
    suggestions.conflicts, suggestions.reason, suggestions.state, suggestions.made_at, suggestions.decided_at, suggestions.decided_by,
    suggestions.why, mine.case_id, other.case_id AS other_case_id, (own_case.restricted OR other_case.restricted) AS restricted
FROM suggestions
JOIN case_mentions AS mine ON mine.mention_id = suggestions.mention_id
JOIN case_mentions AS other ON other.mention_id = suggestions.other_mention_id
JOIN cases AS own_case ON own_case.case_id = mine.case_id
JOIN cases AS other_case ON other_case.case_id = other.case_id
WHERE ($suggestion_id IS NULL OR suggestions.suggestion_id = $suggestion_id)
  AND ($case_id IS NULL OR $case_id IN (mine.case_id, other.case_id))
  AND ($state IS NULL OR suggestions.state = $state)
  AND ($suggestion_id IS NOT NULL OR $state <> 'open'
       OR (mine.case_id <> other.case_id AND own_case.closed_at IS NULL AND other_case.closed_at IS NULL))
ORDER BY suggestions.chance DESC, suggestions.suggestion_id;
