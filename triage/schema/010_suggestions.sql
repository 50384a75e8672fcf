-- Two mentions that may be about one household; a person says whether. Their cases are looked up when asked: cases merge and split.

CREATE TABLE suggestions (
    suggestion_id     text NOT NULL,        -- from both mentions: suggested twice is one row
    mention_id        text NOT NULL,        -- the later one
    other_mention_id  text NOT NULL,
    chance            double NOT NULL,      -- 0..1 that it is one household
    signs             json NOT NULL,        -- what agrees, by name
    conflicts         json NOT NULL,        -- what contradicts
    reason            text NOT NULL,        -- one Indonesian sentence, no citizen's words
    state             text NOT NULL,        -- open | accepted | refused
    made_at           timestamptz NOT NULL,
    decided_at        timestamptz,
    decided_by        text,
    why               text
);
