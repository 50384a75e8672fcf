-- Mentions with their author and every text they ever had.
SELECT
    mentions.mention_id,
    mentions.author_id,
    mentions.author_handle,
    [mentions.text] || coalesce((SELECT list(versions.text) FROM mention_versions AS versions WHERE versions.mention_id = mentions.mention_id), []) AS texts
FROM mentions
WHERE mentions.mention_id IN (SELECT unnest($mention_ids::text[]))
ORDER BY mentions.mention_id;
