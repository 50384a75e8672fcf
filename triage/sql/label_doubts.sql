-- Doubted verdicts that still stand, worst first.
SELECT doubts.mention_id, doubts.verdict, doubts.chance, doubts.doubt, review.reviewer, mentions.text,
       coalesce(opinion.restricted, FALSE) AS restricted
FROM label_doubts AS doubts
JOIN standing_reviews AS review ON review.mention_id = doubts.mention_id AND review.verdict = doubts.verdict
JOIN mentions ON mentions.mention_id = doubts.mention_id AND mentions.deleted_at IS NULL
LEFT JOIN current_assessments AS opinion ON opinion.mention_id = doubts.mention_id
ORDER BY doubts.doubt DESC, doubts.mention_id;
