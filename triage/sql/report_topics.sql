-- What else people wrote about in the span, by topic: complaints that are not ours to flag but somebody's to answer.
SELECT coalesce(opinion.topic, 'lain') AS topic, count(*) AS mentions
FROM mentions
JOIN current_assessments AS opinion USING (mention_id)
WHERE opinion.flag_score < opinion.threshold
  AND mentions.deleted_at IS NULL
  AND ($covered_from::timestamptz IS NULL OR mentions.first_seen_at > $covered_from::timestamptz)
  AND mentions.first_seen_at <= $covered_to::timestamptz
GROUP BY ALL
ORDER BY mentions DESC, topic;
