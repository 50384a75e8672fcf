-- Distinct posts first seen on a local day that the champion passed over: what an audit is drawn from.
SELECT mentions.mention_id, opinion.flag_score, opinion.threshold
FROM mentions
JOIN current_assessments AS opinion USING (mention_id)
WHERE timezone($zone, mentions.first_seen_at)::date = $day::date
  AND opinion.flag_score < opinion.threshold
  AND opinion.duplicate_of IS NULL
  AND mentions.deleted_at IS NULL
  AND trim(mentions.text) <> ''
ORDER BY mentions.mention_id;
