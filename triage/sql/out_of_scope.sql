-- Mentions that are no case of ours but somebody's to answer, newest first; what may be restricted never stands here.
SELECT
    mentions.mention_id, mentions.platform, mentions.text, mentions.created_at, mentions.url, opinion.topic, opinion.lang,
    opinion.place_code, opinion.level
FROM mentions
JOIN current_assessments AS opinion USING (mention_id)
LEFT JOIN standing_reviews AS review USING (mention_id)
WHERE mentions.deleted_at IS NULL
  AND NOT opinion.restricted
  AND opinion.duplicate_of IS NULL
  AND opinion.topic IN (SELECT unnest($topics::text[]))
  AND CASE coalesce(review.verdict, 'ragu') WHEN 'ya' THEN FALSE WHEN 'bukan' THEN TRUE ELSE opinion.flag_score < opinion.threshold END
  AND mentions.mention_id NOT IN (
      SELECT case_mentions.mention_id FROM case_mentions JOIN cases USING (case_id) WHERE cases.state <> 'bukan'
  )
  AND mentions.mention_id NOT IN (SELECT mention_id FROM answers WHERE mention_id IS NOT NULL)
ORDER BY opinion.topic, mentions.created_at DESC, mentions.mention_id
LIMIT $limit;
