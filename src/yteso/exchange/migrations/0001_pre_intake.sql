-- What comes in: who may send, the raw bytes, one row per file, per visit and per issue.
-- The shard of a file is that of its sender, the shard of `held` is that of its visit.

CREATE SCHEMA exchange;

-- A machine account of a facility. `password` is argon2id over the upper-case MD5 hex that the insurer's API sends.
CREATE TABLE exchange.sender (
    shard smallint NOT NULL,
    name text COLLATE "C" NOT NULL,
    password text NOT NULL,
    facility text COLLATE "C" NOT NULL,
    active boolean NOT NULL DEFAULT true,
    -- 'optional': an unsigned file is noted; 'required': it is quarantined.
    signature_policy text NOT NULL DEFAULT 'optional' CHECK (signature_policy IN ('optional', 'required')),
    -- PEM of the certificate with which the facility signs CHUKYDONVI; empty when none was registered.
    certificate text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (shard, name)
);

-- How many files each sender has sent; the row lock gives the files of one sender their order.
CREATE TABLE exchange.counter (
    shard smallint NOT NULL,
    sender text COLLATE "C" NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (shard, sender)
) WITH (fillfactor = 50);

CREATE TABLE exchange.intake (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    sender text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    facility text COLLATE "C" NOT NULL,
    received_at timestamptz NOT NULL,
    sha256 bytea NOT NULL,
    size bigint NOT NULL,
    name text NOT NULL,
    adapter text NOT NULL,
    door text NOT NULL,
    receipt bytea NOT NULL,
    state text NOT NULL DEFAULT 'received'
        CHECK (state IN ('received', 'walking', 'done', 'done_with_issues', 'quarantined', 'failed')),
    attempts smallint NOT NULL DEFAULT 0,
    -- How many visits of the file are committed; a walker that takes the file over goes on behind them.
    progress integer NOT NULL DEFAULT 0,
    visits integer NOT NULL DEFAULT 0,
    accepted integer NOT NULL DEFAULT 0,
    unchanged integer NOT NULL DEFAULT 0,
    outdated integer NOT NULL DEFAULT 0,
    quarantined integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    errors integer NOT NULL DEFAULT 0,
    warnings integer NOT NULL DEFAULT 0,
    notes integer NOT NULL DEFAULT 0,
    signature text NOT NULL DEFAULT '',
    done_at timestamptz,
    -- The transaction that last changed the row: the export's watermark.
    changed xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (shard, id)
) WITH (fillfactor = 80);

CREATE INDEX intake_open ON exchange.intake (received_at, seq) WHERE state IN ('received', 'walking');
CREATE INDEX intake_newest ON exchange.intake (received_at DESC, id DESC);
CREATE INDEX intake_of_facility ON exchange.intake (facility, received_at DESC, id DESC);
CREATE INDEX intake_changed ON exchange.intake (changed);

-- The bytes as they came, in pieces of at most 1 MiB, each one zstd frame.
CREATE TABLE exchange.raw_chunk (
    shard smallint NOT NULL,
    intake uuid NOT NULL,
    n integer NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (shard, intake, n)
);
ALTER TABLE exchange.raw_chunk ALTER COLUMN body SET STORAGE EXTERNAL;

-- What became of each visit of a file.
CREATE TABLE exchange.visit (
    shard smallint NOT NULL,
    intake uuid NOT NULL,
    pos integer NOT NULL,
    ma_lk text NOT NULL,
    facility text COLLATE "C" NOT NULL,
    state text NOT NULL CHECK (state IN ('accepted', 'unchanged', 'outdated', 'quarantined', 'failed')),
    t bigint NOT NULL DEFAULT 0,
    patient text COLLATE "C",
    resources integer NOT NULL DEFAULT 0,
    PRIMARY KEY (shard, intake, pos)
);

-- `texts` (vi, en, fix vi, fix en) is kept only where a rule's texts name something of the case.
CREATE TABLE exchange.issue (
    shard smallint NOT NULL,
    intake uuid NOT NULL,
    -- the visit's place in the stream of the file × 1000 + the issue's place among those of the visit
    n bigint NOT NULL,
    pos integer NOT NULL,
    code text COLLATE "C" NOT NULL,
    severity text NOT NULL,
    ma_lk text NOT NULL,
    tbl text NOT NULL,
    row integer NOT NULL,
    field text NOT NULL,
    texts text[],
    PRIMARY KEY (shard, intake, n)
);

-- Which file each visit's facts are from, and which resources they are: a resend takes away what it no longer says.
CREATE TABLE exchange.held (
    shard smallint NOT NULL,
    facility text COLLATE "C" NOT NULL,
    ma_lk text COLLATE "C" NOT NULL,
    -- 0: a check-in (XML0), 1: a full record. A check-in never replaces a full record.
    rank smallint NOT NULL,
    received_at timestamptz NOT NULL,
    seq bigint NOT NULL,
    pos integer NOT NULL,
    intake uuid NOT NULL,
    patient text COLLATE "C" NOT NULL,
    -- hash of what the visit said: the same again writes nothing
    digest bytea NOT NULL,
    -- types and ids, packed
    resources bytea NOT NULL,
    PRIMARY KEY (shard, facility, ma_lk)
) WITH (fillfactor = 90);

-- Failed log-ins per account and address; swept when they are old.
CREATE TABLE exchange.throttle (
    shard smallint NOT NULL,
    key bytea NOT NULL,
    failures integer NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (shard, key)
);
CREATE INDEX throttle_since ON exchange.throttle (since);
