-- Every concern that waits for this reviewer: near-duplicates under the most urgent of them, with what orders and filters them.
-- A card that the reviewer was unsure about waits for somebody else, unless the reviewer took that back ('urung').
SELECT
    flagged.mention_id, flagged.platform, flagged.category, flagged.urgency, flagged.urgency_score, flagged.flag_score, flagged.threshold,
    flagged.kecamatan, flagged.created_at, flagged.first_seen_at,
    count(*) OVER concern AS together
FROM flagged_mentions AS flagged
LEFT JOIN standing_reviews AS review USING (mention_id)
LEFT JOIN (SELECT mention_id, bool_or(restricted) AS restricted FROM case_mentions JOIN cases USING (case_id) GROUP BY mention_id) AS cases
       USING (mention_id)
WHERE ($restricted OR NOT (flagged.restricted OR coalesce(cases.restricted, FALSE)))
  AND coalesce(review.verdict, 'ragu') = 'ragu'
  AND NOT coalesce(review.reviewer = $reviewer AND review.shown_because IS DISTINCT FROM 'urung', FALSE)
WINDOW concern AS (PARTITION BY coalesce(flagged.duplicate_of, flagged.mention_id))
QUALIFY row_number() OVER (
    PARTITION BY coalesce(flagged.duplicate_of, flagged.mention_id)
    ORDER BY coalesce(flagged.urgency, 1) DESC, flagged.duplicate_of IS NULL DESC, flagged.flag_score DESC, flagged.mention_id
) = 1;
