-- Every reviewer's last word on each mention that is still there: not what was taken back, and nobody's `ragu`.
-- Where the reviewer corrected nothing, the opinion that was on the card counts as confirmed.
WITH standing AS (
    SELECT *
    FROM reviews
    WHERE review_id NOT IN (SELECT supersedes FROM reviews WHERE supersedes IS NOT NULL)
    QUALIFY row_number() OVER (PARTITION BY mention_id, reviewer ORDER BY made_at DESC, review_id DESC) = 1
),
audited AS (
    SELECT mention_id, max(sampling_probability) AS audit_probability FROM audit_samples GROUP BY mention_id
),
seen AS (
    SELECT mention_id, model_version, category, urgency, topic, lang, flag_score, duplicate_of FROM assessments
),
latest AS (
    SELECT assessments.* FROM assessments JOIN models USING (model_version)
    QUALIFY row_number() OVER (PARTITION BY mention_id ORDER BY status = 'champion' DESC, assessed_at DESC, model_version) = 1
)
SELECT
    standing.review_id, standing.mention_id, standing.reviewer, standing.verdict, standing.made_at, standing.shown_because,
    standing.verdict = 'ya' AND standing.category IS NOT NULL AND standing.category <> coalesce(seen.category, '') AS corrected,
    coalesce(standing.category, seen.category, latest.category) AS category,
    coalesce(standing.urgency, seen.urgency, latest.urgency) AS urgency,
    standing.place_code,
    coalesce(seen.lang, latest.lang) AS lang,
    coalesce(seen.duplicate_of, latest.duplicate_of, standing.mention_id) AS concern,
    audited.audit_probability,
    coalesce(latest.restricted, FALSE) AS restricted,
    mentions.text, mentions.platform, mentions.kind, mentions.first_seen_at
FROM standing
JOIN mentions USING (mention_id)
LEFT JOIN seen ON seen.mention_id = standing.mention_id AND seen.model_version = standing.model_version
LEFT JOIN latest ON latest.mention_id = standing.mention_id
LEFT JOIN audited ON audited.mention_id = standing.mention_id
WHERE standing.verdict <> 'ragu'
  AND mentions.deleted_at IS NULL
  AND trim(mentions.text) <> ''
ORDER BY standing.made_at, standing.review_id;
