-- Posts of the last days that only one of both models would flag, the widest apart first; restricted ones are not shown.
SELECT mentions.mention_id, mentions.text, ours.flag_score, theirs.flag_score AS champion_score, ours.flagged
FROM assessments AS ours
JOIN current_assessments AS theirs USING (mention_id)
JOIN mentions USING (mention_id)
WHERE ours.model_version = $model_version
  AND mentions.first_seen_at >= $since
  AND mentions.deleted_at IS NULL
  AND ours.flagged <> theirs.flagged
  AND NOT (ours.restricted OR theirs.restricted)
ORDER BY abs(ours.flag_score - theirs.flag_score) DESC, mentions.mention_id
LIMIT 10;
