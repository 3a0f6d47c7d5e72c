-- Subscriptions at work: how far changes were looked at, how each subscription stands, what each is to be told.

CREATE TABLE store.watch (
    shard smallint PRIMARY KEY DEFAULT 0 CHECK (shard = 0),
    t bigint NOT NULL
);
INSERT INTO store.watch (t) VALUES (0);

-- version: of the Subscription resource this row was made from; owner: the account whose rights count;
-- started: changes after this number are told; events, delivered: the last number given and the last one told.
CREATE TABLE store.subscription (
    shard smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('requested', 'active', 'error', 'off')),
    owner text NOT NULL,
    resource text NOT NULL,
    started bigint NOT NULL DEFAULT 0,
    events bigint NOT NULL DEFAULT 0,
    delivered bigint NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    sent_at timestamptz NOT NULL DEFAULT now(),
    error text NOT NULL DEFAULT '',
    PRIMARY KEY (shard, id)
);

-- What happened, numbered without gaps from 1 for each subscription. verb: C created, U updated, D deleted.
CREATE TABLE store.notice (
    shard smallint NOT NULL,
    subscription text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    t bigint NOT NULL,
    at timestamptz NOT NULL,
    type smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    ver integer NOT NULL,
    verb "char" NOT NULL,
    PRIMARY KEY (shard, subscription, n)
);

CREATE INDEX notice_of_resource ON store.notice (shard, subscription, type, id, n);

-- Short-lived tickets for websockets, by their hash.
CREATE TABLE store.notice_ticket (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    hash bytea NOT NULL,
    subscriptions text[] NOT NULL,
    who text NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (shard, hash)
);
