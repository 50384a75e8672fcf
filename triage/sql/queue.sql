-- Every flagged mention that waits for this reviewer, with what orders and filters it.
-- One that the reviewer was unsure about waits for somebody else, unless the reviewer took that back ('urung').
SELECT
    mentions.mention_id, mentions.platform, opinion.category, opinion.urgency, opinion.urgency_score, opinion.flag_score, opinion.threshold,
    opinion.kecamatan, mentions.created_at, mentions.first_seen_at, coalesce(opinion.duplicate_of, mentions.mention_id) AS concern
FROM mentions
JOIN assessments AS opinion USING (mention_id)
LEFT JOIN standing_reviews AS review USING (mention_id)
WHERE opinion.model_version = $model
  AND opinion.flag_score >= opinion.threshold
  AND mentions.deleted_at IS NULL
  AND ($restricted OR NOT opinion.restricted)
  AND coalesce(review.verdict, 'ragu') = 'ragu'
  AND NOT coalesce(review.reviewer = $reviewer AND review.shown_because IS DISTINCT FROM 'urung', FALSE);
