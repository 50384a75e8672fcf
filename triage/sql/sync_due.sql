-- Mentions to look up again: refused ones first, then what people are still shown, then the longest unseen.
-- What was blanked and has been seen again since is looked up once more; what was erased for good never.
SELECT
    mentions.mention_id,
    mentions.platform_id,
    mentions.url,
    mentions.matched,
    coalesce(checks.refusals, 0) AS refusals,
    mentions.deleted_at IS NOT NULL AS gone,
    coalesce(checks.checked_at::date >= $today::date, FALSE) AS checked_today
FROM mentions
LEFT JOIN sync_checks AS checks USING (mention_id)
LEFT JOIN review_queue USING (mention_id)
WHERE mentions.platform = $platform
  AND NOT contains(mentions.mention_id, ':i:')  -- a row of a file that named no id: nothing to look up
  AND coalesce(checks.checked_at <= CASE WHEN checks.refusals > 0 THEN $before_refused::timestamptz ELSE $before::timestamptz END, TRUE)
  AND (mentions.deleted_at IS NULL OR mentions.last_seen_at > mentions.deleted_at)
  AND mentions.mention_id NOT IN (SELECT id FROM erasures WHERE what = 'mention')
ORDER BY
    coalesce(checks.refusals, 0) > 0 DESC,
    review_queue.mention_id IS NOT NULL DESC,
    checks.checked_at NULLS FIRST,
    mentions.created_at DESC,
    mentions.mention_id;
