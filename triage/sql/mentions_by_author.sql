-- What an account wrote: a handle leads to the author's ids, and these to what was written under other handles.
WITH wanted AS (
    SELECT DISTINCT platform, author_id
    FROM mentions
    WHERE author_id IS NOT NULL
      AND ($platform::text IS NULL OR platform = $platform)
      AND ((lower(author_handle) = $handle AND $handle <> '') OR author_id = $author_id::text)
)
SELECT mention_id
FROM mentions
WHERE ($platform::text IS NULL OR platform = $platform)
  AND ((lower(author_handle) = $handle AND $handle <> '') OR (platform, author_id) IN (SELECT (platform, author_id) FROM wanted))
ORDER BY created_at, mention_id;
