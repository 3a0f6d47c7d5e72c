-- Made by scripts/generate/schema.py from src/yteso/exchange/migrations: to be read, not to be run.

CREATE SCHEMA exchange;

SET default_tablespace = '';

SET default_table_access_method = heap;

-- TABLE: counter

CREATE TABLE exchange.counter (
    shard smallint NOT NULL,
    sender text NOT NULL COLLATE pg_catalog."C",
    last bigint NOT NULL
)
WITH (fillfactor='50');

-- TABLE: held

CREATE TABLE exchange.held (
    shard smallint NOT NULL,
    facility text NOT NULL COLLATE pg_catalog."C",
    ma_lk text NOT NULL COLLATE pg_catalog."C",
    rank smallint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    seq bigint NOT NULL,
    pos integer NOT NULL,
    intake uuid NOT NULL,
    patient text NOT NULL COLLATE pg_catalog."C",
    digest bytea NOT NULL,
    resources bytea NOT NULL
)
WITH (fillfactor='90');

-- TABLE: intake

CREATE TABLE exchange.intake (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    sender text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    facility text NOT NULL COLLATE pg_catalog."C",
    received_at timestamp with time zone NOT NULL,
    sha256 bytea NOT NULL,
    size bigint NOT NULL,
    name text NOT NULL,
    adapter text NOT NULL,
    door text NOT NULL,
    receipt bytea NOT NULL,
    state text DEFAULT 'received'::text NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    progress integer DEFAULT 0 NOT NULL,
    visits integer DEFAULT 0 NOT NULL,
    accepted integer DEFAULT 0 NOT NULL,
    unchanged integer DEFAULT 0 NOT NULL,
    outdated integer DEFAULT 0 NOT NULL,
    quarantined integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    errors integer DEFAULT 0 NOT NULL,
    warnings integer DEFAULT 0 NOT NULL,
    notes integer DEFAULT 0 NOT NULL,
    signature text DEFAULT ''::text NOT NULL,
    done_at timestamp with time zone,
    changed xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT intake_state_check CHECK ((state = ANY (ARRAY['received'::text, 'walking'::text, 'done'::text, 'done_with_issues'::text, 'quarantined'::text, 'failed'::text])))
)
WITH (fillfactor='80');

-- TABLE: issue

CREATE TABLE exchange.issue (
    shard smallint NOT NULL,
    intake uuid NOT NULL,
    n bigint NOT NULL,
    pos integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    severity text NOT NULL,
    ma_lk text NOT NULL,
    tbl text NOT NULL,
    "row" integer NOT NULL,
    field text NOT NULL,
    texts text[]
);

-- TABLE: raw_chunk

CREATE TABLE exchange.raw_chunk (
    shard smallint NOT NULL,
    intake uuid NOT NULL,
    n integer NOT NULL,
    body bytea NOT NULL
);
ALTER TABLE ONLY exchange.raw_chunk ALTER COLUMN body SET STORAGE EXTERNAL;

-- TABLE: sender

CREATE TABLE exchange.sender (
    shard smallint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    password text NOT NULL,
    facility text NOT NULL COLLATE pg_catalog."C",
    active boolean DEFAULT true NOT NULL,
    signature_policy text DEFAULT 'optional'::text NOT NULL,
    certificate text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sender_signature_policy_check CHECK ((signature_policy = ANY (ARRAY['optional'::text, 'required'::text])))
);

-- TABLE: throttle

CREATE TABLE exchange.throttle (
    shard smallint NOT NULL,
    key bytea NOT NULL,
    failures integer NOT NULL,
    since timestamp with time zone NOT NULL
);

-- TABLE: visit

CREATE TABLE exchange.visit (
    shard smallint NOT NULL,
    intake uuid NOT NULL,
    pos integer NOT NULL,
    ma_lk text NOT NULL,
    facility text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL,
    t bigint DEFAULT 0 NOT NULL,
    patient text COLLATE pg_catalog."C",
    resources integer DEFAULT 0 NOT NULL,
    CONSTRAINT visit_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'unchanged'::text, 'outdated'::text, 'quarantined'::text, 'failed'::text])))
);

-- CONSTRAINT: counter counter_pkey

ALTER TABLE ONLY exchange.counter
    ADD CONSTRAINT counter_pkey PRIMARY KEY (shard, sender);

-- CONSTRAINT: held held_pkey

ALTER TABLE ONLY exchange.held
    ADD CONSTRAINT held_pkey PRIMARY KEY (shard, facility, ma_lk);

-- CONSTRAINT: intake intake_pkey

ALTER TABLE ONLY exchange.intake
    ADD CONSTRAINT intake_pkey PRIMARY KEY (shard, id);

-- CONSTRAINT: issue issue_pkey

ALTER TABLE ONLY exchange.issue
    ADD CONSTRAINT issue_pkey PRIMARY KEY (shard, intake, n);

-- CONSTRAINT: raw_chunk raw_chunk_pkey

ALTER TABLE ONLY exchange.raw_chunk
    ADD CONSTRAINT raw_chunk_pkey PRIMARY KEY (shard, intake, n);

-- CONSTRAINT: sender sender_pkey

ALTER TABLE ONLY exchange.sender
    ADD CONSTRAINT sender_pkey PRIMARY KEY (shard, name);

-- CONSTRAINT: throttle throttle_pkey

ALTER TABLE ONLY exchange.throttle
    ADD CONSTRAINT throttle_pkey PRIMARY KEY (shard, key);

-- CONSTRAINT: visit visit_pkey

ALTER TABLE ONLY exchange.visit
    ADD CONSTRAINT visit_pkey PRIMARY KEY (shard, intake, pos);

-- INDEX: intake_changed

CREATE INDEX intake_changed ON exchange.intake USING btree (changed);

-- INDEX: intake_newest

CREATE INDEX intake_newest ON exchange.intake USING btree (received_at DESC, id DESC);

-- INDEX: intake_of_facility

CREATE INDEX intake_of_facility ON exchange.intake USING btree (facility, received_at DESC, id DESC);

-- INDEX: intake_open

CREATE INDEX intake_open ON exchange.intake USING btree (received_at, seq) WHERE (state = ANY (ARRAY['received'::text, 'walking'::text]));

-- INDEX: throttle_since

CREATE INDEX throttle_since ON exchange.throttle USING btree (since);
