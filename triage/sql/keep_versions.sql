-- Before an edit overwrites a text, the text it replaces is kept. `seen_at` is when that text was last seen, `replaced_at` when its successor was found.
-- Meta's official API shows Instagram texts without the @ sign: a text that differs in nothing else is no edit.
INSERT INTO mention_versions (mention_id, version, text, seen_at, replaced_at)
SELECT
    mentions.mention_id,
    1 + (SELECT count(*) FROM mention_versions AS earlier WHERE earlier.mention_id = mentions.mention_id)::integer,
    mentions.text,
    mentions.last_seen_at,
    page.seen_at
FROM page_mentions AS page
JOIN mentions USING (mention_id)
WHERE page.text <> mentions.text
  AND mentions.deleted_at IS NULL
  AND NOT (mentions.platform = 'instagram' AND replace(page.text, '@', '') = replace(mentions.text, '@', ''))
  AND NOT (length(page.platform_id) < length(mentions.platform_id)
           OR (length(page.platform_id) = length(mentions.platform_id) AND page.platform_id < mentions.platform_id));
