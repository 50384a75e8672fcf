-- The public views.

-- The champion's opinion of each mention that is still there.
CREATE VIEW current_assessments AS
WITH champion AS (
    SELECT model_version FROM models WHERE status = 'champion' ORDER BY trained_at DESC, model_version DESC LIMIT 1
)
SELECT assessments.*
FROM assessments
JOIN champion USING (model_version);

CREATE VIEW flagged_mentions AS
SELECT mentions.*, opinion.* EXCLUDE (mention_id, lang), opinion.lang AS assessed_lang
FROM mentions
JOIN current_assessments AS opinion USING (mention_id)
WHERE opinion.flag_score >= opinion.threshold
  AND mentions.deleted_at IS NULL;

-- The verdict that stands: the newest one that no later one took back.
CREATE VIEW standing_reviews AS
SELECT *
FROM reviews
WHERE review_id NOT IN (SELECT supersedes FROM reviews WHERE supersedes IS NOT NULL)
QUALIFY row_number() OVER (PARTITION BY mention_id ORDER BY made_at DESC, review_id DESC) = 1;

CREATE VIEW review_queue AS
SELECT flagged_mentions.*
FROM flagged_mentions
LEFT JOIN standing_reviews USING (mention_id)
WHERE standing_reviews.mention_id IS NULL OR standing_reviews.verdict = 'ragu';

CREATE VIEW open_cases AS
SELECT * FROM cases WHERE closed_at IS NULL;
