-- What a model thought of each mention.

CREATE TABLE assessments (
    mention_id        text NOT NULL,
    model_version     text NOT NULL,
    assessed_at       timestamptz NOT NULL,
    flag_score        double NOT NULL,   -- P(humanitarian complaint), corrected to the expected share of the source
    flagged           boolean NOT NULL,
    threshold         double NOT NULL,
    category          text,
    category_score    double,
    topic             text,
    urgency           integer,           -- 0 | 1 | 2 (2: a life may be at risk now)
    urgency_score     double,            -- P(urgency = 2)
    lang              text,              -- id | su | jv | other
    restricted        boolean NOT NULL,  -- may concern violence, children, suicide or trafficking
    place_code        text,              -- Kemendagri code
    place_name        text,
    kecamatan         text,
    kabkota           text,
    level             text,              -- kabkota | provinsi | pusat | luar_wilayah
    place_candidates  json,
    reasons           json,
    duplicate_of      text,
    text_sha256       text NOT NULL      -- of the text that was assessed: an edit asks for a new opinion
);

CREATE TABLE models (
    model_version  text NOT NULL,
    trained_at     timestamptz NOT NULL,
    status         text NOT NULL,        -- candidate | champion | retired
    metrics        json,
    path           text NOT NULL,
    sha256         text NOT NULL,
    trained_on     text
);
