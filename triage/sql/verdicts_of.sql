-- What a reviewer decided last, newest first, one line a card; what was taken back is gone from it. Restricted ones only for those who may.
SELECT
    review.review_id, review.mention_id, review.verdict, review.made_at, mentions.platform, mentions.kind, mentions.text,
    coalesce(review.category, opinion.category) AS category, review.case_id
FROM standing_reviews AS review
JOIN mentions USING (mention_id)
LEFT JOIN current_assessments AS opinion USING (mention_id)
WHERE review.reviewer = $reviewer
  AND coalesce(review.shown_because, '') NOT IN ('urung', 'serupa', 'lapangan')
  AND mentions.deleted_at IS NULL
  AND ($restricted OR NOT (
      coalesce(opinion.restricted, FALSE)
      OR review.mention_id IN (SELECT mention_id FROM case_mentions JOIN cases USING (case_id) WHERE cases.restricted)
  ))
ORDER BY review.made_at DESC, review.review_id
LIMIT $limit;
