-- Distinct posts first seen in a span with the champion's opinion of each: what drift is told from.
SELECT mentions.mention_id, mentions.text, mentions.author_id, mentions.platform, mentions.matched, mentions.first_seen_at,
       opinion.flag_score, opinion.flag_score >= opinion.threshold AS flagged, opinion.kecamatan, opinion.kabkota, opinion.restricted
FROM mentions
JOIN current_assessments AS opinion USING (mention_id)
WHERE mentions.first_seen_at > $from_at
  AND mentions.first_seen_at <= $to_at
  AND mentions.deleted_at IS NULL
  AND opinion.duplicate_of IS NULL
ORDER BY mentions.first_seen_at, mentions.mention_id;
