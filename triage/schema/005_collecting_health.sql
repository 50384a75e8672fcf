-- What keeps collecting honest for months: what the platform counts itself, how tired an account is, what a stop left unread.

-- When a reservation was made tells which kinds of reads moved the platform's own counter between two looks at it.
ALTER TABLE spend ADD COLUMN reserved_at timestamptz;

-- The platform's own counter, the newest answer: its monthly cap and what of it is used.
CREATE TABLE platform_usage (
    source    text NOT NULL,
    asked_at  timestamptz NOT NULL,
    used      bigint NOT NULL,       -- post reads of the running month
    cap       bigint                 -- NULL: the platform named none
);

-- The same counter by UTC day.
CREATE TABLE platform_usage_days (
    source  text NOT NULL,
    day     date NOT NULL,
    units   bigint NOT NULL
);

-- Billed by the platform but brought by no stored page (the process was killed, the answer broke): by day and kind,
-- as told by the platform's counter at compared_at.
CREATE TABLE unsettled (
    source       text NOT NULL,
    day          date NOT NULL,
    kind         text NOT NULL,
    units        bigint NOT NULL,
    compared_at  timestamptz NOT NULL
);

-- Requests an account may have sent, by UTC hour: taken in small blocks before they are sent, so that a kill never forgets one.
CREATE TABLE request_budget (
    source   text NOT NULL,
    account  text NOT NULL,
    hour     timestamptz NOT NULL,
    taken    bigint NOT NULL
);

-- An account that was refused rests, longer each time, and comes back slowly.
CREATE TABLE circuits (
    source     text NOT NULL,
    account    text NOT NULL,
    state      text NOT NULL,        -- closed | open | recovering
    refusals   integer NOT NULL,     -- in a row
    recovery   integer NOT NULL,     -- good runs still wanted before the whole budget is given again
    retry_at   timestamptz,          -- NULL: closed, or a person must act first
    session    text,                 -- which session was refused (a hash): a new one closes the circuit
    reason     text,
    changed_at timestamptz NOT NULL
);

-- What the newest run of a target left for the next one; the row goes when the target has been read.
CREATE TABLE unread (
    source    text NOT NULL,
    target    text NOT NULL,
    from_at   timestamptz,
    to_at     timestamptz,
    reason    text NOT NULL,
    found_at  timestamptz NOT NULL
);

-- A comment walk remembers {"count", "at"} of each post now; the bare numbers of the first release are forgotten and read once more.
UPDATE cursors SET state = json_merge_patch(state, '{"read": null}') WHERE starts_with(target, 'comments:');
