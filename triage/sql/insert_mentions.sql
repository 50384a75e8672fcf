-- Mentions that stored_of_page.sql, asked in the same transaction, did not find.
INSERT INTO mentions (
    mention_id, platform_id, platform, kind, author_id, author_handle, text, lang, created_at, url, parent_id, thread_id,
    matched, like_count, reply_count, client_version, first_seen_at, last_seen_at, deleted_at
)
SELECT
    mention_id, platform_id, platform, kind, author_id, author_handle, text, lang, created_at, url, parent_id, thread_id,
    matched, like_count, reply_count, client_version, seen_at, seen_at, NULL
FROM page_mentions;
