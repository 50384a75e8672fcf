-- One mention as it was written, and whether it is restricted: by the champion's opinion or by its case. While the champion has none,
-- an older model's holds; what nobody has looked at may be anything.
SELECT
    mentions.mention_id, mentions.platform, mentions.kind, mentions.text, mentions.author_handle, mentions.created_at, mentions.url,
    mentions.deleted_at IS NOT NULL AS deleted,
    coalesce(opinion.restricted, older.restricted, TRUE) OR coalesce(cases.restricted, FALSE) AS restricted
FROM mentions
LEFT JOIN current_assessments AS opinion USING (mention_id)
LEFT JOIN (SELECT mention_id, bool_or(restricted) AS restricted FROM assessments GROUP BY mention_id) AS older USING (mention_id)
LEFT JOIN case_mentions USING (mention_id)
LEFT JOIN cases ON cases.case_id = case_mentions.case_id
WHERE mentions.mention_id = $mention_id;
