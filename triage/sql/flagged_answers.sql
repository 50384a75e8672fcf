-- Distinct flagged posts of the days that were audited under the champion, with the verdict that stands, in bands of their score.
SELECT
    CASE WHEN flagged.urgency = 2 THEN 'mendesak' WHEN flagged.flag_score >= 0.5 THEN 'tinggi' ELSE 'rendah' END AS stratum,
    CASE review.verdict WHEN 'ya' THEN TRUE WHEN 'bukan' THEN FALSE END AS plea
FROM flagged_mentions AS flagged
LEFT JOIN standing_reviews AS review USING (mention_id)
WHERE flagged.duplicate_of IS NULL
  AND timezone($zone, flagged.first_seen_at)::date IN (
      SELECT day FROM audit_samples WHERE model_version = $model_version AND day > $first_day::date
  )
ORDER BY flagged.mention_id;
