-- A few posts that the model passed over, so that people can catch what it misses: half just below the threshold, half by chance.
-- "Chance" is a hash of the id and the day: the same report shows the same posts again.
WITH passed_over AS (
    SELECT mentions.mention_id, mentions.platform, mentions.kind, mentions.text, mentions.created_at, mentions.url,
           opinion.flag_score, opinion.threshold, opinion.topic, opinion.assessed_at
    FROM mentions
    JOIN current_assessments AS opinion USING (mention_id)
    WHERE opinion.flag_score < opinion.threshold
      AND NOT opinion.restricted
      AND mentions.deleted_at IS NULL
      AND trim(mentions.text) <> ''
      AND ($covered_from::timestamptz IS NULL OR mentions.first_seen_at > $covered_from::timestamptz)
      AND mentions.first_seen_at <= $covered_to::timestamptz
),
nearest AS (
    SELECT *, 'nyaris' AS chosen FROM passed_over ORDER BY flag_score DESC, mention_id LIMIT $half
)
SELECT * FROM nearest
UNION ALL
(
    SELECT *, 'acak' AS chosen
    FROM passed_over
    WHERE mention_id NOT IN (SELECT mention_id FROM nearest)
    ORDER BY hash(mention_id || $day::text)
    LIMIT $half
);
