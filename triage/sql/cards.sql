-- These mentions with what the model of that version thinks of them; deleted ones are gone. A plain list and no view: it is asked at every tap.
SELECT
    mentions.mention_id, mentions.platform, mentions.kind, mentions.text, mentions.created_at, mentions.first_seen_at, mentions.url,
    mentions.parent_id, mentions.thread_id, mentions.author_id,
    opinion.flag_score, opinion.threshold, opinion.category, opinion.category_score, opinion.topic, opinion.urgency, opinion.urgency_score,
    opinion.lang, opinion.level, opinion.place_candidates, opinion.reasons, opinion.duplicate_of, opinion.restricted
FROM mentions
JOIN assessments AS opinion USING (mention_id)
WHERE opinion.model_version = $model
  AND mentions.deleted_at IS NULL
  AND list_contains($mention_ids::text[], mentions.mention_id);
