-- Mentions that are flagged, or that a person said yes to, and that stand in no case yet; none that somebody said no to.
-- Oldest first, so that an original comes before its reposts.
SELECT
    mentions.mention_id, mentions.platform, mentions.author_id, mentions.parent_id, mentions.thread_id, opinion.duplicate_of,
    mentions.created_at, mentions.first_seen_at, opinion.category, opinion.category_score, opinion.topic, opinion.urgency,
    opinion.level, opinion.restricted, opinion.place_code, opinion.place_candidates, mentions.text
FROM mentions
JOIN current_assessments AS opinion USING (mention_id)
LEFT JOIN standing_reviews AS review USING (mention_id)
WHERE mentions.deleted_at IS NULL
  AND mentions.mention_id NOT IN (SELECT mention_id FROM case_mentions)
  AND CASE coalesce(review.verdict, 'ragu') WHEN 'ya' THEN TRUE WHEN 'bukan' THEN FALSE ELSE opinion.flag_score >= opinion.threshold END
ORDER BY mentions.created_at, mentions.mention_id
LIMIT $limit;
