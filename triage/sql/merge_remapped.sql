-- What a payload says now takes the place of what it was once mapped to; only rows that differ are touched. When and by what a
-- mention was found stays. What the newest payload does not say, an earlier one said: it stays as well. A payload of an older
-- edit changes nothing. A payload that could not be mapped before brings its mention now.
MERGE INTO mentions
USING slice_mentions AS slice
ON mentions.mention_id = slice.mention_id
WHEN MATCHED AND mentions.deleted_at IS NULL
    AND NOT (length(slice.platform_id) < length(mentions.platform_id)
             OR (length(slice.platform_id) = length(mentions.platform_id) AND slice.platform_id < mentions.platform_id))
    AND (mentions.platform_id IS DISTINCT FROM slice.platform_id OR mentions.kind <> slice.kind OR mentions.text <> slice.text
         OR mentions.created_at <> slice.created_at
         OR mentions.author_id IS DISTINCT FROM coalesce(slice.author_id, mentions.author_id)
         OR mentions.author_handle IS DISTINCT FROM coalesce(slice.author_handle, mentions.author_handle)
         OR mentions.lang IS DISTINCT FROM coalesce(slice.lang, mentions.lang)
         OR mentions.url IS DISTINCT FROM coalesce(slice.url, mentions.url)
         OR mentions.parent_id IS DISTINCT FROM coalesce(slice.parent_id, mentions.parent_id)
         OR mentions.thread_id IS DISTINCT FROM coalesce(slice.thread_id, mentions.thread_id)
         OR mentions.like_count IS DISTINCT FROM coalesce(slice.like_count, mentions.like_count)
         OR mentions.reply_count IS DISTINCT FROM coalesce(slice.reply_count, mentions.reply_count))
THEN UPDATE SET
    platform_id = slice.platform_id, kind = slice.kind, text = slice.text, created_at = slice.created_at,
    author_id = coalesce(slice.author_id, mentions.author_id),
    author_handle = coalesce(slice.author_handle, mentions.author_handle),
    lang = coalesce(slice.lang, mentions.lang),
    url = coalesce(slice.url, mentions.url),
    parent_id = coalesce(slice.parent_id, mentions.parent_id),
    thread_id = coalesce(slice.thread_id, mentions.thread_id),
    like_count = coalesce(slice.like_count, mentions.like_count),
    reply_count = coalesce(slice.reply_count, mentions.reply_count)
WHEN NOT MATCHED THEN INSERT (
    mention_id, platform_id, platform, kind, author_id, author_handle, text, lang, created_at, url, parent_id, thread_id,
    matched, like_count, reply_count, client_version, first_seen_at, last_seen_at, deleted_at
) VALUES (
    slice.mention_id, slice.platform_id, slice.platform, slice.kind, slice.author_id, slice.author_handle, slice.text, slice.lang,
    slice.created_at, slice.url, slice.parent_id, slice.thread_id, slice.matched, slice.like_count, slice.reply_count,
    slice.client_version, slice.seen_at, slice.seen_at, NULL
);
