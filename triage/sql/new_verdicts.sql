-- Verdicts on mentions of cases that the case has not taken in yet; for `bukan`, whether every mention of the case has it.
SELECT
    case_mentions.case_id, reviews.review_id, reviews.mention_id, reviews.verdict, reviews.reviewer, reviews.category, reviews.urgency,
    reviews.place_code, reviews.agency, reviews.made_at,
    (SELECT bool_and(coalesce(others.verdict, '') = 'bukan')
     FROM case_mentions AS siblings LEFT JOIN standing_reviews AS others USING (mention_id)
     WHERE siblings.case_id = case_mentions.case_id) AS all_rejected
FROM standing_reviews AS reviews
JOIN case_mentions USING (mention_id)
WHERE NOT EXISTS (
    SELECT 1 FROM case_events
    WHERE case_events.case_id = case_mentions.case_id AND (case_events.detail ->> 'review_id') = reviews.review_id
)
  AND ($case_ids::text[] IS NULL OR case_mentions.case_id IN (SELECT unnest($case_ids::text[])))
ORDER BY reviews.made_at, reviews.review_id;
