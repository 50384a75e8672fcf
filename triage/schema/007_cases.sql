-- What a case needs besides its public columns: how it was routed, how its clock stands, how high it has climbed.
-- Every column of `cases` and every row of `case_mentions` follows from `case_events` (`tanggap rebuild`).

ALTER TABLE cases ADD COLUMN handling text;            -- informasi | tidak_berpengawasan | berpengawasan (urgency 2: darurat)
ALTER TABLE cases ADD COLUMN helpers json;             -- agencies that help the first
ALTER TABLE cases ADD COLUMN rule text;                -- the routing rule of data/agencies.toml; NULL: a person chose another agency
ALTER TABLE cases ADD COLUMN candidates json;          -- agency, rule, level, weight, place: best first
ALTER TABLE cases ADD COLUMN routing_sure boolean;     -- FALSE: a person must choose
ALTER TABLE cases ADD COLUMN routing_reason text;      -- one Indonesian sentence
ALTER TABLE cases ADD COLUMN declined json;            -- agencies that said it is not theirs
ALTER TABLE cases ADD COLUMN confirmed boolean;        -- a person said that this is a need
ALTER TABLE cases ADD COLUMN forwarded_at timestamptz;
ALTER TABLE cases ADD COLUMN attempts integer;         -- documented attempts or answers of the agency
ALTER TABLE cases ADD COLUMN clock text;               -- the running clock of data/deadlines.toml
ALTER TABLE cases ADD COLUMN clock_started_at timestamptz;
ALTER TABLE cases ADD COLUMN pauses json;              -- [from, to] since the clock started
ALTER TABLE cases ADD COLUMN paused_at timestamptz;
ALTER TABLE cases ADD COLUMN rung text;                -- of the ladder in data/states.toml
ALTER TABLE cases ADD COLUMN changed_at timestamptz;
ALTER TABLE cases ADD COLUMN changed_by text;

-- The case's version after the event: 1, 2, 3 …; two events of one version would be a lost update.
ALTER TABLE case_events ADD COLUMN version integer;
