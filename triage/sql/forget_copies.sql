-- What the platform sent for other items of a gone mention's thread may hold its words too (a post with the first of its
-- comments): such a payload is emptied as a whole.
UPDATE payloads
SET body = NULL
WHERE body IS NOT NULL
  AND EXISTS (
    SELECT 1
    FROM gone_mentions AS gone
    JOIN mentions AS gone_one ON gone_one.mention_id = gone.mention_id
    JOIN mentions AS other ON other.mention_id = payloads.mention_id
    WHERE other.thread_id = gone_one.thread_id
      AND length(gone_one.text) >= 12
      AND contains(payloads.body::text, left(substr(to_json(gone_one.text)::text, 2), -1))
  );
