-- What was blanked is not filled again by a page (it may be late, or an old file): that it was seen asks the sync to look it up.
UPDATE mentions
SET last_seen_at = page.seen_at
FROM page_mentions AS page
WHERE mentions.mention_id = page.mention_id AND mentions.deleted_at IS NOT NULL;
