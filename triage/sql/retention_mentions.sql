-- Mentions whose time is over: first seen before then, and in no case that is open or was closed since.
SELECT mentions.mention_id
FROM mentions
WHERE mentions.deleted_at IS NULL
  AND mentions.first_seen_at < $before
  AND NOT EXISTS (
    SELECT 1
    FROM case_mentions
    JOIN cases USING (case_id)
    WHERE case_mentions.mention_id = mentions.mention_id
      AND (cases.closed_at IS NULL OR cases.closed_at >= $before)
  );
