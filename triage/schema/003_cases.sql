-- One need of one household or place, and everything people did about it.

CREATE TABLE cases (
    case_id      text NOT NULL,
    opened_at    timestamptz NOT NULL,
    opened_from  text NOT NULL,   -- mention | letter | visit | whatsapp | other
    state        text NOT NULL,
    category     text,
    topic        text,
    urgency      integer,
    place_code   text,
    level        text,            -- kabkota | provinsi | pusat | luar_wilayah
    agency       text,
    assignee     text,
    due_at       timestamptz,
    closed_at    timestamptz,
    sp4n_id      text,
    restricted   boolean NOT NULL,
    consent      text NOT NULL,
    legal_basis  text,
    version      integer NOT NULL
);

CREATE TABLE case_mentions (
    case_id     text NOT NULL,
    mention_id  text NOT NULL,
    how         text NOT NULL,    -- opened | merged | manual
    score       double
);

CREATE TABLE case_events (
    event_id  text NOT NULL,
    case_id   text NOT NULL,
    made_at   timestamptz NOT NULL,
    actor     text NOT NULL,
    kind      text NOT NULL,
    detail    json
);

CREATE TABLE commitments (
    commitment_id  text NOT NULL,
    case_id        text NOT NULL,
    who            text NOT NULL,
    what           text NOT NULL,
    due_at         timestamptz,
    kept_at        timestamptz
);

CREATE TABLE reviews (
    review_id             text NOT NULL,   -- made where the verdict is made, so that sending it twice is one verdict
    mention_id            text NOT NULL,
    case_id               text,
    reviewer              text NOT NULL,
    verdict               text NOT NULL,   -- ya | bukan | ragu
    category              text,
    urgency               integer,
    place_code            text,
    agency                text,
    note                  text,
    made_at               timestamptz NOT NULL,
    supersedes            text,            -- the review_id that this one takes back
    model_version         text,
    shown_because         text,
    sampling_probability  double
);

CREATE TABLE users (
    user_id     text NOT NULL,
    name        text NOT NULL,
    role        text NOT NULL,
    created_at  timestamptz NOT NULL
);

CREATE TABLE access_log (
    user_id  text NOT NULL,
    what     text NOT NULL,
    made_at  timestamptz NOT NULL
);

-- A day's report: where the next one begins.
CREATE TABLE reports (
    day           date NOT NULL,           -- in the program's time zone
    made_at       timestamptz NOT NULL,
    covered_from  timestamptz,             -- NULL: the first report covers everything
    covered_to    timestamptz NOT NULL,
    path          text NOT NULL
);
