-- What a model says beside the champion of the posts that both have seen since a moment: how often they differ.
SELECT
    count(*) AS both,
    count(*) FILTER (theirs.flagged) AS champion_flagged,
    count(*) FILTER (ours.flagged) AS flagged,
    count(*) FILTER (ours.flagged AND NOT theirs.flagged) AS only_flagged,
    count(*) FILTER (theirs.flagged AND NOT ours.flagged) AS only_champion
FROM assessments AS ours
JOIN current_assessments AS theirs USING (mention_id)
JOIN mentions USING (mention_id)
WHERE ours.model_version = $model_version
  AND mentions.first_seen_at >= $since
  AND mentions.deleted_at IS NULL;
