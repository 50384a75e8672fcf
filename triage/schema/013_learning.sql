-- What lets the model learn from the desk and be trusted with it: audits of what it passed over, contests, promotions, drift.

-- Posts the champion passed over, drawn by chance on a day within strata of its score; they enter the queue unmarked.
CREATE TABLE audit_samples (
    day                   date NOT NULL,     -- in the program's time zone
    mention_id            text NOT NULL,
    model_version         text NOT NULL,     -- the champion that passed it over
    stratum               text NOT NULL,     -- a stratum of data/learning.toml
    passed_over           bigint NOT NULL,   -- posts of the stratum on that day
    drawn                 bigint NOT NULL,   -- of these, how many were drawn
    sampling_probability  double NOT NULL,   -- drawn / passed_over
    drawn_at              timestamptz NOT NULL
);

-- What the audits say of the share of pleas that the model flags.
CREATE TABLE recall_estimates (
    day             date NOT NULL,           -- the day it was made for; one a day
    model_version   text NOT NULL,
    from_at         timestamptz NOT NULL,
    to_at           timestamptz NOT NULL,
    recall          double,                  -- NULL: nothing to tell it from
    low             double,                  -- 95 % interval
    high            double,
    flagged_pleas   double NOT NULL,         -- estimated, distinct posts
    missed_pleas    double NOT NULL,
    audited         bigint NOT NULL,         -- verdicts on posts that were passed over
    audited_pleas   bigint NOT NULL,
    passed_over     bigint NOT NULL,
    detail          json NOT NULL,           -- the strata
    made_at         timestamptz NOT NULL
);

-- Verdicts that a model which had not seen them finds hard to believe.
CREATE TABLE label_doubts (
    mention_id     text NOT NULL,
    model_version  text NOT NULL,
    verdict        text NOT NULL,            -- ya | bukan, as given
    chance         double NOT NULL,          -- out-of-fold chance of the verdict as given
    doubt          double NOT NULL,          -- how far the other verdict is ahead, 0..1
    found_at       timestamptz NOT NULL
);

-- Champion against challenger on the same later weeks.
CREATE TABLE model_contests (
    contest_id     text NOT NULL,
    champion       text NOT NULL,
    challenger     text NOT NULL,
    made_at        timestamptz NOT NULL,
    judged_from    timestamptz,
    judged_to      timestamptz,
    posts          bigint NOT NULL,
    pleas          bigint NOT NULL,
    passed         boolean NOT NULL,
    detail         json NOT NULL             -- measures of both, differences with intervals, every condition with its answer
);

-- What became of each model and who decided it; append-only.
CREATE TABLE model_events (
    event_id       text NOT NULL,
    model_version  text NOT NULL,
    kind           text NOT NULL,            -- trained | promoted | rolled_back
    previous       text,                     -- the champion before
    actor          text NOT NULL,
    why            text NOT NULL,
    made_at        timestamptz NOT NULL
);

-- What differs from the weeks before: one row a sign a day.
CREATE TABLE drift_signs (
    day         date NOT NULL,
    kind        text NOT NULL,               -- words | scores | flagged | source | place | silent_source | silent_place
    name        text NOT NULL,
    value       double NOT NULL,             -- the last week's
    usual       double NOT NULL,             -- of the weeks before
    strength    double NOT NULL,             -- in units of its limit: 1 and more is an alert
    alert       boolean NOT NULL,
    mention_id  text,                        -- an example, never of a restricted post
    made_at     timestamptz NOT NULL
);

-- Every mention that may wait for a verdict: what is flagged, and what was drawn to audit the rest (audit_probability).
CREATE VIEW queued_mentions AS
SELECT flagged_mentions.*, CAST(NULL AS double) AS audit_probability
FROM flagged_mentions
UNION ALL
SELECT mentions.*, opinion.* EXCLUDE (mention_id, lang), opinion.lang AS assessed_lang, sample.sampling_probability AS audit_probability
FROM mentions
JOIN current_assessments AS opinion USING (mention_id)
JOIN audit_samples AS sample USING (mention_id)
WHERE opinion.flag_score < opinion.threshold
  AND mentions.deleted_at IS NULL;
