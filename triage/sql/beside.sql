-- What stands beside these cards: near-duplicates that wait for a verdict, too ('serupa'), and the same conversation ('utas'):
-- answers to it, and what its author wrote in the same thread. Restricted ones only for those who may.
WITH wanted AS (
    SELECT mentions.mention_id, mentions.thread_id, mentions.author_id, mentions.platform, coalesce(opinion.duplicate_of, mentions.mention_id) AS concern
    FROM mentions JOIN current_assessments AS opinion USING (mention_id)
    WHERE mentions.mention_id IN (SELECT unnest($mention_ids::text[]))
), open_to_reader AS (
    SELECT mentions.*, opinion.duplicate_of, opinion.urgency, opinion.flag_score, opinion.threshold
    FROM mentions
    JOIN current_assessments AS opinion USING (mention_id)
    WHERE mentions.deleted_at IS NULL
      AND ($restricted OR NOT (
          opinion.restricted
          OR mentions.mention_id IN (SELECT mention_id FROM case_mentions JOIN cases USING (case_id) WHERE cases.restricted)
      ))
)
SELECT
    wanted.mention_id AS card, 'serupa' AS how, other.mention_id, other.platform, other.kind, other.text, other.created_at, other.url, other.urgency
FROM wanted
JOIN open_to_reader AS other ON coalesce(other.duplicate_of, other.mention_id) = wanted.concern AND other.mention_id <> wanted.mention_id
LEFT JOIN standing_reviews AS review ON review.mention_id = other.mention_id
WHERE other.flag_score >= other.threshold AND coalesce(review.verdict, 'ragu') = 'ragu'
UNION ALL
SELECT wanted.mention_id, 'utas', other.mention_id, other.platform, other.kind, other.text, other.created_at, other.url, other.urgency
FROM wanted
JOIN open_to_reader AS other
  ON other.mention_id <> wanted.mention_id
 AND (other.parent_id = wanted.mention_id
      OR (other.thread_id = wanted.thread_id AND other.author_id = wanted.author_id AND other.platform = wanted.platform))
 AND coalesce(other.duplicate_of, other.mention_id) <> wanted.concern
ORDER BY how, created_at, mention_id;
