-- UU 27/2022 (PDP): what was erased and why, how long things are kept, what left the house, who was alerted. Ids and counts only.

-- What was blanked for good: no page, file, sync or restored backup brings it back, and no model learns from it.
CREATE TABLE erasures (
    what        text NOT NULL,        -- mention | event | payload | delivery | suggestion | note
    id          text NOT NULL,        -- mention_id | event_id | …
    erased_at   timestamptz NOT NULL,
    why         text NOT NULL,        -- subject | retention
    request_id  text                  -- NULL: no person asked
);

-- That a data subject asked and was answered (art. 7, 8, 32): never who.
CREATE TABLE subject_requests (
    request_id  text NOT NULL,
    kind        text NOT NULL,        -- export | erase
    received_at timestamptz NOT NULL, -- the 3 x 24 hours run from here
    done_at     timestamptz NOT NULL,
    actor       text NOT NULL,
    basis       text NOT NULL,        -- staff's short reason, without names and numbers
    mentions    bigint NOT NULL,
    cases       bigint NOT NULL
);

-- What a night's retention did, by rule.
CREATE TABLE retention_runs (
    rule    text NOT NULL,            -- of data/retention.toml
    ran_at  timestamptz NOT NULL,
    rows    bigint NOT NULL
);

-- When the file was written anew, so that removed words do not linger in its free blocks.
CREATE TABLE rewrites (
    rewritten_at  timestamptz NOT NULL,
    bytes_before  bigint NOT NULL,
    bytes_after   bigint NOT NULL
);

-- Files that commands wrote where somebody asked for them: an erasure follows them there.
CREATE TABLE handed_out (
    path     text NOT NULL,
    what     text NOT NULL,           -- export cases | export lapor-aa | export sheet | backup
    actor    text NOT NULL,
    made_at  timestamptz NOT NULL
);

-- Alerts by channel: each goes out once. No words and no addresses; a channel is a hash of its address.
CREATE TABLE alerts (
    alert_id  text NOT NULL,          -- kind/subject/channel
    kind      text NOT NULL,          -- digest | emergency
    subject   text NOT NULL,          -- the day, or the case_id
    channel   text NOT NULL,
    state     text NOT NULL,          -- sending | sent | failed
    attempts  integer NOT NULL,
    made_at   timestamptz NOT NULL,
    sent_at   timestamptz
);
