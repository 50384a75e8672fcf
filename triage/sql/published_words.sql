-- Words that may be shown: of the vocabulary, or used by at least $least authors in texts that repeat no other. Names, long numbers
-- and words of three letters or more that a mask has hidden anywhere never come in by their number.
CREATE TABLE shown_words AS
WITH uses AS (
    SELECT DISTINCT unnest(masked.words) AS word, leaving.author
    FROM masked
    JOIN leaving USING (mention_id)
    WHERE leaving.duplicate_of IS NULL AND leaving.author IS NOT NULL
),
often AS (
    SELECT word FROM uses GROUP BY word HAVING count(*) >= $least
)
SELECT word FROM vocabulary
UNION
SELECT word FROM often
WHERE NOT regexp_matches(word, '[0-9]{3}')
  AND word NOT IN (SELECT word FROM barred_words)
  AND (length(word) < 3 OR word NOT IN (SELECT unnest(hidden) FROM masked));
