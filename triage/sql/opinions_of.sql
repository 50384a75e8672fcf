-- What is known and thought of these mentions, in the order of their time; without an opinion the columns of it are empty.
SELECT
    mentions.mention_id, mentions.first_seen_at, opinion.category, opinion.category_score, opinion.topic, opinion.urgency, opinion.level,
    coalesce(opinion.restricted, FALSE) AS restricted, opinion.place_code, opinion.place_candidates
FROM mentions
LEFT JOIN current_assessments AS opinion USING (mention_id)
WHERE mentions.mention_id IN (SELECT unnest($mention_ids::text[]))
ORDER BY mentions.created_at, mentions.mention_id;
