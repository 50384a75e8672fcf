-- The texts of one slice of what leaves: shown words in their order, … for each run of others.
INSERT INTO texts
WITH uses AS (
    SELECT mention_id, unnest(words) AS word, generate_subscripts(words, 1) AS position
    FROM masked
    WHERE part = $part AND mention_id IN (SELECT mention_id FROM leaving)
)
SELECT
    mention_id,
    regexp_replace(string_agg(coalesce(shown_words.word, '…'), ' ' ORDER BY position), '…( …)+', '…', 'g'),
    count(*),
    count(*) - count(shown_words.word)
FROM uses
LEFT JOIN shown_words USING (word)
GROUP BY mention_id;
