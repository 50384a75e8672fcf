-- From the private copy into the published one. Only named columns pass: what is added to the database stays in until somebody lets it out.

INSERT INTO published.mentions
SELECT
    pseudonym(mentions.mention_id), mentions.platform, mentions.kind, leaving.author, date_trunc('hour', mentions.created_at),
    date_trunc('hour', mentions.first_seen_at), split_part(mentions.matched, ':', 1), pseudonym(mentions.parent_id), pseudonym(mentions.thread_id),
    coalesce(texts.text, ''), coalesce(texts.words, 0), coalesce(texts.left_out, 0),
    (SELECT count(*) FROM mention_versions AS earlier WHERE earlier.mention_id = mentions.mention_id),
    opinion.model_version, opinion.flag_score, opinion.threshold, opinion.flag_score >= opinion.threshold, opinion.category, opinion.category_score,
    opinion.topic, opinion.urgency, opinion.urgency_score, opinion.lang,
    CASE WHEN length(opinion.place_code) >= 8 THEN left(opinion.place_code, 8) END, opinion.kecamatan, opinion.kabkota, opinion.level,
    pseudonym(opinion.duplicate_of)
FROM leaving
JOIN mentions USING (mention_id)
JOIN current_assessments AS opinion USING (mention_id)
LEFT JOIN texts USING (mention_id)
ORDER BY mentions.created_at, pseudonym(mentions.mention_id);

INSERT INTO published.reviews
SELECT
    pseudonym(reviews.mention_id), CASE WHEN reviews.case_id NOT IN (FROM withheld_cases) THEN reviews.case_id END, pseudonym(reviews.reviewer),
    reviews.verdict, reviews.category, reviews.urgency, reviews.made_at, reviews.review_id IN (SELECT review_id FROM standing_reviews),
    reviews.model_version, reviews.shown_because, reviews.sampling_probability
FROM reviews
WHERE reviews.mention_id IN (SELECT mention_id FROM leaving)
ORDER BY reviews.made_at;

INSERT INTO published.cases
WITH course AS (
    SELECT
        case_id,
        min((detail ->> '$.changes.clock_started_at')::timestamptz) FILTER (kind = 'opened') AS received_at,
        min((detail ->> '$.changes.due_at')::timestamptz) FILTER (kind = 'opened') AS first_due_at,
        min(made_at) FILTER (actor <> $system AND kind NOT IN ('opened', 'joined', 'separated', 'note')) AS first_action_at,
        min(made_at) FILTER (kind = 'forward') AS forwarded_at,
        min(made_at) FILTER (kind = 'finish') AS finished_at,
        count(*) FILTER (kind = 'return') AS returns,
        count(*) FILTER (kind = 'reopen') AS reopenings
    FROM case_events
    GROUP BY case_id
)
SELECT
    case_id, course.received_at, cases.opened_at, cases.opened_from, cases.state, cases.category, cases.topic, cases.urgency,
    CASE WHEN length(cases.place_code) >= 8 THEN left(cases.place_code, 8) END, cases.level, cases.agency, cases.rule, cases.handling,
    cases.confirmed, cases.rung, cases.clock, cases.due_at, course.first_due_at, course.first_action_at, course.forwarded_at, course.finished_at,
    cases.closed_at, course.returns, course.reopenings,
    (SELECT count(*) FROM case_mentions AS placed WHERE placed.case_id = cases.case_id)
FROM cases
JOIN course USING (case_id)
WHERE case_id NOT IN (FROM withheld_cases)
ORDER BY course.received_at, case_id;

INSERT INTO published.case_mentions
SELECT case_id, pseudonym(mention_id), how
FROM case_mentions
WHERE case_id NOT IN (FROM withheld_cases) AND mention_id IN (SELECT mention_id FROM leaving);

INSERT INTO published.case_steps
SELECT
    case_id, version, made_at, CASE WHEN actor = $system THEN 'system' ELSE 'person' END, kind, state, agency,
    nullif(due_before, 'none')::timestamptz
FROM case_steps
WHERE case_id NOT IN (FROM withheld_cases)
ORDER BY case_id, version;

INSERT INTO published.handlings
WITH given AS (
    SELECT case_id, version, made_at AS given_at, coalesce(detail ->> '$.agency', agency, agency_before) AS agency, due
    FROM case_steps
    WHERE kind IN ('forward', 'minutes') AND case_id NOT IN (FROM withheld_cases)
),
moves AS (
    SELECT case_id, version, kind, made_at, due_before
    FROM case_steps
    WHERE kind IN ('attempt', 'accept', 'return', 'finish', 'refer', 'reject', 'keep', 'forward', 'minutes')
),
answered AS (
    SELECT
        given.case_id, given.version, given.agency, given.given_at, given.due, min_by(moves.kind, moves.version) AS kind,
        min_by(moves.made_at, moves.version) AS made_at, min_by(moves.due_before, moves.version) AS due_then
    FROM given
    LEFT JOIN moves ON moves.case_id = given.case_id AND moves.version > given.version
    GROUP BY ALL
)
SELECT
    answered.case_id, answered.agency, answered.given_at,
    CASE WHEN answered.kind IS NULL THEN cases.due_at ELSE coalesce(nullif(answered.due_then, 'none'), nullif(answered.due, 'none'))::timestamptz END,
    CASE WHEN answered.kind NOT IN ('forward', 'minutes') THEN answered.made_at END,
    CASE WHEN answered.kind NOT IN ('forward', 'minutes') THEN answered.kind END,
    CASE
        WHEN answered.kind IS NULL THEN CASE WHEN cases.due_at <= $now THEN TRUE END
        WHEN answered.due_then IS DISTINCT FROM 'none' AND answered.made_at > answered.due_then::timestamptz THEN TRUE
        WHEN answered.kind NOT IN ('forward', 'minutes') THEN FALSE
    END
FROM answered
JOIN cases USING (case_id)
ORDER BY answered.given_at;

INSERT INTO published.commitments
SELECT commitment_id, case_id, CASE WHEN who IN (SELECT name FROM offices) THEN who END, promised_at, due_at, kept_at
FROM commitments
WHERE case_id NOT IN (FROM withheld_cases)
ORDER BY promised_at;

INSERT INTO published.withheld_counts
SELECT period, date_trunc(period, timezone($zone, mentions.created_at))::date AS begins, count(*)
FROM mentions, (SELECT unnest(['week', 'month']) AS period)
WHERE mention_id IN (FROM withheld) AND deleted_at IS NULL
GROUP BY ALL
ORDER BY period, begins;

INSERT INTO published.collection_runs
SELECT source, started_at, finished_at, status, requests, seen, new, unmapped FROM collection_runs ORDER BY started_at;

INSERT INTO published.gaps SELECT source, from_at, to_at, found_at FROM gaps ORDER BY found_at;

INSERT INTO published.models
SELECT models.model_version, models.trained_at, models.status, figures.key, try_cast(figures.value AS double)
FROM models, json_each(models.metrics) AS figures
WHERE figures.type IN ('DOUBLE', 'UBIGINT', 'BIGINT')
ORDER BY models.trained_at, figures.key;

INSERT INTO published.kecamatan SELECT * FROM tiles ORDER BY code;

INSERT INTO published.labels SELECT * FROM label_rows ORDER BY kind, name;

INSERT INTO published.about
SELECT
    $now, (SELECT any_value(mode) FROM origin), $program, $region, (SELECT max(version) FROM schema_versions),
    (SELECT count(*) FROM leaving),
    (SELECT count(*) FROM mentions WHERE mention_id IN (FROM withheld) AND deleted_at IS NULL),
    (SELECT count(*) FROM withheld_cases), $least;
