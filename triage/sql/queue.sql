-- Every mention that waits for this reviewer, with what orders and filters it: what is flagged and, unmarked among it, what was drawn
-- to audit the rest (audit_probability). One that the reviewer was unsure about waits for somebody else, unless the reviewer took that
-- back ('urung'). Tables and no views of views: it is asked at every tap.
SELECT
    mentions.mention_id, mentions.platform, opinion.category, opinion.urgency, opinion.urgency_score, opinion.flag_score, opinion.threshold,
    opinion.kecamatan, mentions.created_at, mentions.first_seen_at, coalesce(opinion.duplicate_of, mentions.mention_id) AS concern,
    CASE WHEN opinion.flag_score < opinion.threshold THEN sample.sampling_probability END AS audit_probability
FROM mentions
JOIN assessments AS opinion USING (mention_id)
LEFT JOIN audit_samples AS sample USING (mention_id)
LEFT JOIN standing_reviews AS review USING (mention_id)
WHERE opinion.model_version = (SELECT model_version FROM models WHERE status = 'champion' ORDER BY trained_at DESC, model_version DESC LIMIT 1)
  AND (opinion.flag_score >= opinion.threshold OR sample.mention_id IS NOT NULL)
  AND mentions.deleted_at IS NULL
  AND ($restricted OR NOT opinion.restricted)
  AND coalesce(review.verdict, 'ragu') = 'ragu'
  AND NOT coalesce(review.reviewer = $reviewer AND review.shown_because IS DISTINCT FROM 'urung', FALSE);
