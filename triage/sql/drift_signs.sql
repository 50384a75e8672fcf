-- The newest day's signs up to a day, strongest first, each with its example as long as that one may be shown.
SELECT signs.day, signs.kind, signs.name, signs.value, signs.usual, signs.strength, signs.alert,
       CASE WHEN NOT coalesce(opinion.restricted, TRUE) THEN signs.mention_id END AS mention_id,
       CASE WHEN NOT coalesce(opinion.restricted, TRUE) THEN mentions.text END AS text
FROM drift_signs AS signs
LEFT JOIN mentions ON mentions.mention_id = signs.mention_id AND mentions.deleted_at IS NULL
LEFT JOIN current_assessments AS opinion ON opinion.mention_id = mentions.mention_id
WHERE signs.day = (SELECT max(day) FROM drift_signs WHERE day <= $day::date AND day > $day::date - 7)
ORDER BY signs.strength DESC, signs.kind, signs.name;
