-- What may stand beside cards: flagged repetitions of these concerns, answers to these mentions, and what their authors ("platform author
-- thread") wrote in the same conversation. In the order of time.
SELECT
    mentions.mention_id, mentions.platform, mentions.kind, mentions.text, mentions.created_at, mentions.url, mentions.parent_id,
    concat_ws(' ', mentions.platform, mentions.author_id, mentions.thread_id) AS voice,
    opinion.urgency, opinion.restricted, coalesce(opinion.duplicate_of, mentions.mention_id) AS concern,
    opinion.flag_score >= opinion.threshold AS flagged
FROM mentions
JOIN assessments AS opinion USING (mention_id)
WHERE opinion.model_version = $model
  AND mentions.deleted_at IS NULL
  AND (
      list_contains($concerns::text[], coalesce(opinion.duplicate_of, mentions.mention_id))
      OR list_contains($mention_ids::text[], mentions.parent_id)
      OR list_contains($voices::text[], concat_ws(' ', mentions.platform, mentions.author_id, mentions.thread_id))
  )
ORDER BY mentions.created_at, mentions.mention_id;
