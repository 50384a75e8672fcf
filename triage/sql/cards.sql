-- Everything that the cards of these mentions say, with the case and the verdict that stands. Restricted ones only for those who may.
SELECT
    mentions.mention_id, mentions.platform, mentions.kind, mentions.text, mentions.created_at, mentions.first_seen_at, mentions.url,
    mentions.parent_id, mentions.thread_id, mentions.author_id, mentions.like_count, mentions.reply_count,
    opinion.flag_score, opinion.threshold, opinion.category, opinion.category_score, opinion.topic, opinion.urgency, opinion.urgency_score,
    opinion.lang, opinion.place_code, opinion.place_name, opinion.kecamatan, opinion.kabkota, opinion.level, opinion.place_candidates,
    opinion.reasons, opinion.duplicate_of, opinion.model_version,
    CASE WHEN parent.deleted_at IS NULL AND NOT coalesce(parent_opinion.restricted, FALSE) THEN parent.text END AS parent_text,
    (SELECT count(*) FROM mention_versions AS earlier WHERE earlier.mention_id = mentions.mention_id) AS edits,
    opinion.restricted OR coalesce(cases.restricted, FALSE) AS restricted,
    cases.case_id,
    review.review_id, review.reviewer, review.verdict, review.made_at AS decided_at, review.category AS said_category,
    review.urgency AS said_urgency, review.place_code AS said_place_code, review.agency AS said_agency, review.shown_because
FROM mentions
JOIN current_assessments AS opinion USING (mention_id)
LEFT JOIN mentions AS parent ON parent.mention_id = mentions.parent_id
LEFT JOIN current_assessments AS parent_opinion ON parent_opinion.mention_id = mentions.parent_id
LEFT JOIN (
    SELECT mention_id, min(case_id) AS case_id, bool_or(restricted) AS restricted
    FROM case_mentions JOIN cases USING (case_id)
    WHERE mention_id IN (SELECT unnest($mention_ids::text[]))
    GROUP BY mention_id
) AS cases ON cases.mention_id = mentions.mention_id
LEFT JOIN standing_reviews AS review ON review.mention_id = mentions.mention_id
WHERE mentions.mention_id IN (SELECT unnest($mention_ids::text[]))
  AND mentions.deleted_at IS NULL
  AND ($restricted OR NOT (opinion.restricted OR coalesce(cases.restricted, FALSE)));
