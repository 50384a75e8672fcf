-- The official Instagram API's inbox and ledger, and what is known of each mention's being still there.

-- What Meta delivered to the webhook, word for word: Meta keeps no history. Emptied once it has become mentions.
CREATE TABLE webhook_deliveries (
    delivery_id   text NOT NULL,        -- sha-256 of the body: the same delivery sent again is one
    received_at   timestamptz NOT NULL,
    body          text,                 -- NULL: processed
    processed_at  timestamptz
);

-- Hashtags an account has asked Meta for: 30 different ones in any 7 days, counted from the first question.
CREATE TABLE hashtag_ledger (
    account_id  text NOT NULL,
    hashtag     text NOT NULL,
    counted_at  timestamptz NOT NULL    -- when its 7 days began
);

-- When the sync last looked a mention up, and how often in a row it was refused.
CREATE TABLE sync_checks (
    mention_id  text NOT NULL,
    checked_at  timestamptz NOT NULL,
    refusals    integer NOT NULL,
    outcome     text NOT NULL           -- there | refused | gone
);
