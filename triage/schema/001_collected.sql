-- What was collected, how, and what it cost. No keys, enums, checks or sequences: DuckLake refuses them (design.md);
-- uniqueness is kept by MERGE and watched by triage/checks/*.sql.

CREATE TABLE mentions (
    mention_id      text NOT NULL,
    platform_id     text,            -- the id it was last seen under: an edited X post gets a new one
    platform        text NOT NULL,   -- x | instagram
    kind            text NOT NULL,   -- post | comment | reply
    author_id       text,
    author_handle   text,
    text            text NOT NULL,
    lang            text,            -- the platform's guess
    created_at      timestamptz NOT NULL,
    url             text,
    parent_id       text,
    thread_id       text,
    matched         text NOT NULL,   -- the first target that found it
    like_count      bigint,
    reply_count     bigint,
    client_version  text NOT NULL,
    first_seen_at   timestamptz NOT NULL,
    last_seen_at    timestamptz NOT NULL,
    deleted_at      timestamptz
);

CREATE TABLE mention_versions (
    mention_id  text NOT NULL,
    version     integer NOT NULL,    -- 1 is the first text ever seen
    text        text NOT NULL,
    seen_at     timestamptz NOT NULL
);

CREATE TABLE payloads (
    payload_id  text NOT NULL,       -- source:mention_id, or source:unmapped:sha256
    source      text NOT NULL,
    mention_id  text,                -- NULL: kept, but could not be mapped
    fetched_at  timestamptz NOT NULL,
    body        json
);

CREATE TABLE cursors (
    source      text NOT NULL,
    target      text NOT NULL,
    state       json NOT NULL,
    updated_at  timestamptz NOT NULL
);

CREATE TABLE collection_runs (
    run_id          text NOT NULL,
    source          text NOT NULL,
    started_at      timestamptz NOT NULL,
    finished_at     timestamptz,     -- NULL: still running, or killed
    status          text,            -- ok | degraded | failed
    requests        bigint NOT NULL,
    seen            bigint NOT NULL,
    new             bigint NOT NULL,
    unmapped        bigint NOT NULL,
    error           text,
    client_version  text
);

CREATE TABLE gaps (
    source    text NOT NULL,
    target    text NOT NULL,
    from_at   timestamptz,
    to_at     timestamptz,
    reason    text NOT NULL,
    found_at  timestamptz NOT NULL
);

CREATE TABLE spend (
    spend_id  text NOT NULL,
    run_id    text NOT NULL,
    source    text NOT NULL,
    day       date NOT NULL,         -- the platform bills by UTC day
    kind      text NOT NULL,         -- a key of data/prices.toml
    state     text NOT NULL,         -- reserved | settled | void
    units     bigint NOT NULL,
    usd       double NOT NULL
);

-- Which resources a UTC day has paid for already: a second read on the same day is not billed.
CREATE TABLE billed (
    day          date NOT NULL,
    kind         text NOT NULL,
    resource_id  text NOT NULL
);

-- One row for the life of the database: whether it holds the demo's or real people's words.
CREATE TABLE origin (
    mode        text NOT NULL,       -- demo | real
    created_at  timestamptz NOT NULL
);
