-- The list that staff confirm: each mention with its cases.
SELECT
    mention_id, created_at, author_handle, text,
    (SELECT string_agg(DISTINCT case_id, ',' ORDER BY case_id) FROM case_mentions WHERE case_mentions.mention_id = mentions.mention_id) AS cases
FROM mentions
WHERE mention_id IN (SELECT unnest($mention_ids::text[]))
ORDER BY created_at, mention_id;
