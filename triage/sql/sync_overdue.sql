-- How many mentions were not looked up since $before, although their first day with us is over.
SELECT count(*)
FROM mentions
LEFT JOIN sync_checks AS checks USING (mention_id)
WHERE mentions.platform = $platform
  AND mentions.deleted_at IS NULL
  AND NOT contains(mentions.mention_id, ':i:')
  AND greatest(mentions.first_seen_at, checks.checked_at) <= $before;
