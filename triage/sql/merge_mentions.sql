-- Known mentions follow the platform (new ones: insert_mentions.sql). `matched` and `first_seen_at` keep the first finding,
-- and a page that still shows an older edit does not turn the text back, nor one that only lacks the @ signs (Meta's official API).
-- What was blanked stays blanked: seen_again.sql.
MERGE INTO mentions
USING page_mentions AS page
ON mentions.mention_id = page.mention_id
WHEN MATCHED AND mentions.deleted_at IS NULL THEN UPDATE SET
    text = CASE WHEN length(page.platform_id) < length(mentions.platform_id)
                  OR (length(page.platform_id) = length(mentions.platform_id) AND page.platform_id < mentions.platform_id)
                THEN mentions.text
                WHEN mentions.platform = 'instagram' AND length(page.text) < length(mentions.text)
                  AND replace(page.text, '@', '') = replace(mentions.text, '@', '')
                THEN mentions.text ELSE page.text END,
    platform_id = CASE WHEN length(page.platform_id) < length(mentions.platform_id)
                         OR (length(page.platform_id) = length(mentions.platform_id) AND page.platform_id < mentions.platform_id)
                       THEN mentions.platform_id ELSE page.platform_id END,
    author_id = coalesce(mentions.author_id, page.author_id),
    author_handle = coalesce(page.author_handle, mentions.author_handle),
    url = coalesce(page.url, mentions.url),
    parent_id = coalesce(page.parent_id, mentions.parent_id),
    thread_id = coalesce(page.thread_id, mentions.thread_id),
    like_count = coalesce(page.like_count, mentions.like_count),
    reply_count = coalesce(page.reply_count, mentions.reply_count),
    client_version = page.client_version,
    last_seen_at = greatest(mentions.last_seen_at, page.seen_at) -- a clock may have been set back;
