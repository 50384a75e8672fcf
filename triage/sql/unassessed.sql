-- Mentions the champion has no opinion of yet, or whose text has changed since; oldest first, so that a stop leaves no holes behind.
SELECT mentions.mention_id, mentions.text, mentions.platform, mentions.kind, mentions.created_at, parent.text AS parent_text
FROM mentions
LEFT JOIN assessments
       ON assessments.mention_id = mentions.mention_id AND assessments.model_version = $model_version
LEFT JOIN mentions AS parent ON parent.mention_id = mentions.parent_id
WHERE mentions.deleted_at IS NULL
  AND (assessments.mention_id IS NULL OR assessments.text_sha256 <> sha256(mentions.text))
ORDER BY mentions.created_at, mentions.mention_id
LIMIT $limit;
