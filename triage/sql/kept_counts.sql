-- Whose data and how much of it was kept at a moment.
SELECT
    (SELECT count(DISTINCT (platform, author_id)) FROM mentions WHERE author_id IS NOT NULL AND first_seen_at <= $to_at) AS accounts,
    (SELECT count(*) FROM mentions WHERE deleted_at IS NULL AND first_seen_at <= $to_at) AS mentions,
    (SELECT count(*) FROM payloads WHERE body IS NOT NULL AND fetched_at <= $to_at) AS payloads,
    (SELECT count(*) FROM cases WHERE opened_at <= $to_at) AS cases,
    (SELECT count(*) FROM cases WHERE restricted AND opened_at <= $to_at) AS restricted_cases,
    (SELECT count(*) FROM current_assessments AS opinion JOIN mentions USING (mention_id)
     WHERE opinion.restricted AND mentions.deleted_at IS NULL AND first_seen_at <= $to_at) AS restricted_mentions,
    (SELECT count(*) FROM users) AS staff;
