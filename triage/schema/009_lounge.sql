-- The lounge, the answers given, and every step of a case with what stood before it.

-- When a case is heard. A kept slot stays where it is; later cases get later ones.
CREATE TABLE lounge_slots (
    day        date NOT NULL,         -- in the program's time zone
    case_id    text NOT NULL,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    kept_by    text NOT NULL,
    kept_at    timestamptz NOT NULL
);

-- Commitments follow from case_events (`minutes`, `keep`), as the case does.
ALTER TABLE commitments ADD COLUMN promised_at timestamptz;

-- That a person sent an answer; what it said stands in data/replies.toml, never here.
CREATE TABLE answers (
    answer_id   text NOT NULL,
    mention_id  text,                 -- an answer to a mention without a case
    case_id     text,
    kind        text NOT NULL,        -- a kind of data/replies.toml
    platform    text NOT NULL,
    lang        text NOT NULL,        -- id | su
    actor       text NOT NULL,
    made_at     timestamptz NOT NULL
);

-- Every event with the case as it stood before it. due_before: ISO time, 'none' while the clock stands still.
CREATE VIEW case_steps AS
WITH effects AS (
    SELECT
        case_id, version, made_at, actor, kind, detail,
        detail ->> '$.changes.state' AS state,
        detail ->> '$.changes.agency' AS agency,
        CASE WHEN json_exists(detail, '$.changes.due_at') THEN coalesce(detail ->> '$.changes.due_at', 'none') END AS due
    FROM case_events
)
SELECT
    case_id, version, made_at, actor, kind, detail, state, agency, due,
    last_value(state IGNORE NULLS) OVER before AS state_before,
    last_value(agency IGNORE NULLS) OVER before AS agency_before,
    last_value(due IGNORE NULLS) OVER before AS due_before
FROM effects
WINDOW before AS (PARTITION BY case_id ORDER BY version ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);
