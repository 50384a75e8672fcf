-- Flagged mentions that stand in no case yet and that nobody said no to; oldest first, so that an original comes before its reposts.
SELECT
    flagged.mention_id, flagged.platform, flagged.author_id, flagged.parent_id, flagged.thread_id, flagged.duplicate_of,
    flagged.created_at, flagged.first_seen_at, flagged.category, flagged.category_score, flagged.topic, flagged.urgency,
    flagged.level, flagged.restricted, flagged.place_code, flagged.place_candidates, flagged.text
FROM flagged_mentions AS flagged
LEFT JOIN standing_reviews USING (mention_id)
WHERE flagged.mention_id NOT IN (SELECT mention_id FROM case_mentions)
  AND coalesce(standing_reviews.verdict, '') <> 'bukan'
ORDER BY flagged.created_at, flagged.mention_id
LIMIT $limit;
