-- Who signs in, from where, and what was done: the app's accounts, sessions, throttle and audit trail.

ALTER TABLE users ADD COLUMN password_hash text;               -- argon2id with its parameters; NULL: nobody can sign in
ALTER TABLE users ADD COLUMN password_changed_at timestamptz;
ALTER TABLE users ADD COLUMN must_change boolean;              -- a password that somebody else has seen
ALTER TABLE users ADD COLUMN totp_secret text;                 -- base32; NULL: no second factor
ALTER TABLE users ADD COLUMN totp_step bigint;                 -- the last time step used: a code works once
ALTER TABLE users ADD COLUMN language text;                    -- id | en
ALTER TABLE users ADD COLUMN active boolean;                   -- FALSE: may not sign in, sessions are over

-- A session is known by the hash of its token: who reads this table can sign in as nobody.
CREATE TABLE sessions (
    session_id   text NOT NULL,          -- to name it in a list; opens nothing
    token_hash   text NOT NULL,          -- SHA-256 of the cookie
    user_id      text NOT NULL,
    stage        text NOT NULL,          -- code: the second factor is still to come | open
    created_at   timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,   -- to some minutes
    expires_at   timestamptz NOT NULL,   -- whatever is done with it
    ended_at     timestamptz,
    device       text NOT NULL           -- browser and system in two words
);

-- Failed sign-ins of the last day, by hashes: whatever was typed, it does not stand here.
CREATE TABLE login_attempts (
    attempt_id  text NOT NULL,
    kind        text NOT NULL,           -- account | address
    key_hash    text NOT NULL,
    made_at     timestamptz NOT NULL
);

-- Append-only. Each row's hash covers the row and the hash before it; ids only, so that erasing a person's words breaks nothing.
CREATE TABLE audit_log (
    number   bigint NOT NULL,            -- 1, 2, 3 … without a hole
    made_at  timestamptz NOT NULL,
    user_id  text NOT NULL,
    act      text NOT NULL,
    subject  text NOT NULL,              -- the id of a mention, case, user or session; '' where there is none
    hash     text NOT NULL
);
