-- What is stored already of a page's ids: whether it was blanked, and whether its text reads otherwise there.
SELECT mentions.mention_id, mentions.deleted_at IS NOT NULL AS blanked, coalesce(mentions.text <> page.text, FALSE) AS differs
FROM mentions
JOIN page_ids AS page ON page.mention_id = mentions.mention_id;
