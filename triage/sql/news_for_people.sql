-- What changed about the mentions of open cases after a person acted on them: an edit that came after their first act, and an opinion of a
-- model, newer than their last act, that says more or other than both the case and the model before. Each is told once (news_id).
WITH touched AS (
    SELECT case_events.case_id, min(case_events.made_at) AS first_at, max(case_events.made_at) AS last_at
    FROM case_events
    JOIN cases ON cases.case_id = case_events.case_id AND cases.closed_at IS NULL
    WHERE case_events.actor <> $system
    GROUP BY case_events.case_id
),
theirs AS (
    SELECT case_mentions.case_id, case_mentions.mention_id, touched.first_at, touched.last_at
    FROM case_mentions
    JOIN touched ON touched.case_id = case_mentions.case_id
    JOIN mentions ON mentions.mention_id = case_mentions.mention_id AND mentions.deleted_at IS NULL
),
edited AS (
    SELECT theirs.case_id, 'edited:' || theirs.case_id || ':' || theirs.mention_id || ':' || max(versions.version) AS news_id
    FROM theirs
    JOIN mention_versions AS versions ON versions.mention_id = theirs.mention_id AND versions.replaced_at > theirs.first_at
    GROUP BY theirs.case_id, theirs.mention_id
),
before AS (
    SELECT
        theirs.mention_id, max_by(opinion.category, opinion.assessed_at) AS category, max_by(opinion.urgency, opinion.assessed_at) AS urgency,
        coalesce(bool_or(opinion.restricted), FALSE) AS restricted
    FROM theirs
    JOIN assessments AS opinion ON opinion.mention_id = theirs.mention_id
    WHERE opinion.model_version NOT IN (SELECT model_version FROM models WHERE status = 'champion')
    GROUP BY theirs.mention_id
),
assessed AS (
    SELECT
        theirs.case_id, 'assessed:' || theirs.case_id || ':' || theirs.mention_id || ':' || opinion.model_version AS news_id,
        opinion.category, opinion.urgency, opinion.restricted
    FROM theirs
    JOIN cases ON cases.case_id = theirs.case_id
    JOIN flagged_mentions AS opinion ON opinion.mention_id = theirs.mention_id AND opinion.assessed_at > theirs.last_at
    JOIN before ON before.mention_id = theirs.mention_id
    WHERE (coalesce(opinion.urgency, 0) > coalesce(cases.urgency, 0) AND opinion.urgency IS DISTINCT FROM before.urgency)
       OR (opinion.restricted AND NOT cases.restricted AND NOT before.restricted)
       OR (opinion.category IS DISTINCT FROM cases.category AND opinion.category IS DISTINCT FROM before.category)
),
news AS (
    SELECT case_id, news_id, 'edited' AS what, NULL AS category, NULL::integer AS urgency, FALSE AS restricted FROM edited
    UNION ALL
    SELECT case_id, news_id, 'assessed', category, urgency, restricted FROM assessed
)
SELECT news.*
FROM news
WHERE NOT EXISTS (SELECT 1 FROM case_events WHERE case_events.event_id = news.news_id)
ORDER BY case_id, news_id;
