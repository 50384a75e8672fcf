-- Every flagged mention that a person still has to see in this report: first seen in its span, or older and undecided.
-- Restricted mentions are not here: they leave this room only as a count (report_restricted.sql).
SELECT
    queue.mention_id, queue.platform, queue.kind, queue.text, queue.created_at, queue.first_seen_at, queue.url, queue.parent_id, queue.thread_id,
    queue.like_count, queue.reply_count, queue.matched,
    queue.flag_score, queue.threshold, queue.category, queue.category_score, queue.topic, queue.urgency, queue.urgency_score, queue.assessed_lang AS lang,
    queue.place_code, queue.place_name, queue.kecamatan, queue.kabkota, queue.level, queue.place_candidates, queue.reasons, queue.duplicate_of,
    CASE WHEN parent.deleted_at IS NULL AND NOT coalesce(parent_opinion.restricted, FALSE) THEN parent.text END AS parent_text,
    $covered_from::timestamptz IS NULL OR queue.first_seen_at > $covered_from::timestamptz AS is_new,
    (SELECT count(*) FROM mention_versions AS earlier WHERE earlier.mention_id = queue.mention_id) AS edits
FROM review_queue AS queue
LEFT JOIN mentions AS parent ON parent.mention_id = queue.parent_id
LEFT JOIN current_assessments AS parent_opinion ON parent_opinion.mention_id = queue.parent_id
WHERE NOT queue.restricted
  AND queue.first_seen_at <= $covered_to::timestamptz
ORDER BY
    (queue.urgency = 2) DESC,
    queue.flag_score * CASE WHEN queue.urgency = 2 THEN queue.urgency_score ELSE 1 END DESC,
    queue.mention_id;
