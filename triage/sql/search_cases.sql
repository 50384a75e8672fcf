-- Cases in which every wanted word is found: in what citizens wrote, in what the opener of a case by hand wrote, or as the name of its
-- place, agency or matter ($places, $agencies, $matters: word and code or id). Open ones first, then the newest.
-- The words are looked for in the whole text here; whoever shows a case looks again in the masked one.
WITH wanted AS (
    SELECT DISTINCT unnest($words::text[]) AS word
),
named AS (
    SELECT wanted.word, cases.case_id
    FROM cases
    JOIN (SELECT unnest($place_words::text[]) AS word, unnest($places::text[]) AS code) AS place
        ON cases.place_code = place.code OR starts_with(cases.place_code, place.code || '.')
    JOIN wanted USING (word)
    UNION
    SELECT wanted.word, cases.case_id
    FROM cases
    JOIN (SELECT unnest($agency_words::text[]) AS word, unnest($agencies::text[]) AS agency) AS named_agency USING (agency)
    JOIN wanted USING (word)
    UNION
    SELECT wanted.word, cases.case_id
    FROM cases
    JOIN (SELECT unnest($matter_words::text[]) AS word, unnest($matters::text[]) AS matter) AS named_matter
        ON named_matter.matter = coalesce(cases.category, cases.topic)
    JOIN wanted USING (word)
),
told AS MATERIALIZED (
    SELECT case_mentions.case_id, mentions.text, mentions.created_at AS told_at
    FROM case_mentions
    JOIN mentions USING (mention_id)
    WHERE mentions.deleted_at IS NULL AND mentions.text <> ''
    UNION ALL
    SELECT cases.case_id, case_events.detail ->> 'why', case_events.made_at
    FROM cases
    JOIN case_events ON case_events.case_id = cases.case_id AND case_events.version = 1
    WHERE cases.opened_from <> 'mention'
),
found AS (
    SELECT word, case_id FROM named
    UNION
    SELECT wanted.word, told.case_id FROM told JOIN wanted ON contains(lower(told.text), wanted.word)
),
hits AS (
    SELECT cases.case_id, cases.closed_at IS NOT NULL AS closed, cases.opened_at
    FROM cases
    JOIN found USING (case_id)
    WHERE $restricted OR NOT cases.restricted
    GROUP BY ALL
    HAVING count(DISTINCT found.word) = (SELECT count(*) FROM wanted)
    ORDER BY closed, cases.opened_at DESC, cases.case_id
    LIMIT $most
)
SELECT
    hits.case_id,
    (SELECT list(named.word) FROM named WHERE named.case_id = hits.case_id) AS named_words,
    list(told.text ORDER BY told.told_at) FILTER (told.text IS NOT NULL) AS texts
FROM hits
LEFT JOIN told USING (case_id)
GROUP BY hits.case_id, hits.closed, hits.opened_at
ORDER BY hits.closed, hits.opened_at DESC, hits.case_id;
