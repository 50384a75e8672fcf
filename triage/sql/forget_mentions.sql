-- The id, the times and the thread stay, and with them every verdict and case; words, author and address do not.
UPDATE mentions
SET text = '', author_id = NULL, author_handle = NULL, url = NULL, lang = NULL, like_count = NULL, reply_count = NULL,
    deleted_at = coalesce(deleted_at, $now)
WHERE mention_id IN (SELECT mention_id FROM gone_mentions);
