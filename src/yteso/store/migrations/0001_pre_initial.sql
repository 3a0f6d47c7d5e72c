-- The record: one row per current resource, side tables for search, history, audit chain, dictionaries.
-- Every primary key starts with shard (0-255, a function of the resource's id), so a distributed PostgreSQL can take over.

CREATE SCHEMA store;

-- Transaction numbers are PostgreSQL's own 64-bit transaction ids plus this shift, hence in the order of their
-- transactions: everything below pg_snapshot_xmin is finished. A restored copy raises the shift (see resume_numbering).
CREATE TABLE store.numbering (
    shard smallint PRIMARY KEY DEFAULT 0 CHECK (shard = 0),
    shift bigint NOT NULL
);
INSERT INTO store.numbering (shift) VALUES (0);

CREATE FUNCTION store.present_t() RETURNS bigint LANGUAGE sql VOLATILE PARALLEL UNSAFE AS
$$ SELECT pg_current_xact_id()::text::bigint + shift FROM store.numbering $$;

-- STABLE matters: the function must look with the snapshot of the statement that reads the rows, not a newer one.
CREATE FUNCTION store.finished_t() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + shift FROM store.numbering $$;

-- pat: the patient's compartment; code: first code; d_lo, d_hi: clinical date in microseconds (the smallest bigint: none);
-- hash: content, NULL for a deleted resource (a tombstone keeps id, version and patient); dict: dictionary of body.
CREATE TABLE store.resource (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    ver integer NOT NULL,
    t bigint NOT NULL,
    ts timestamptz NOT NULL,
    pat bigint,
    code bigint,
    d_lo bigint NOT NULL,
    d_hi bigint NOT NULL,
    tok bigint[] NOT NULL,
    hash bytea,
    dict smallint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (shard, type, id)
) WITH (fillfactor = 90, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE store.resource ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE store.resource ALTER COLUMN tok SET STATISTICS 1000;

CREATE INDEX resource_tok ON store.resource USING gin (tok) WITH (fastupdate = on, gin_pending_list_limit = 512);
CREATE INDEX resource_patient ON store.resource (pat, type, d_lo) WHERE pat IS NOT NULL;
CREATE INDEX resource_code ON store.resource (code, d_lo) WHERE code IS NOT NULL;
CREATE INDEX resource_date ON store.resource (type, d_lo);
CREATE INDEX resource_updated ON store.resource (type, ts);
CREATE INDEX resource_t ON store.resource (t);
-- Periods longer than 31 days; the others are found in a window of d_lo (see search/sql.py).
CREATE INDEX resource_long ON store.resource (type, d_hi) WHERE d_hi - d_lo > 2678400000000;

-- Side rows of a resource are numbered from 0 (`n`), which keeps their primary keys narrow.
-- Folded beginnings of names and other texts; `at` is the word it starts from, 0 for the whole text.
CREATE TABLE store.string (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    n smallint NOT NULL,
    key bigint NOT NULL,
    val text COLLATE "C" NOT NULL,
    at smallint NOT NULL,
    PRIMARY KEY (shard, type, id, n)
);
CREATE INDEX string_val ON store.string (key, val);

-- Dates other than the clinical one; further codes with the clinical date.
CREATE TABLE store.moment (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    n smallint NOT NULL,
    key bigint NOT NULL,
    lo bigint NOT NULL,
    hi bigint NOT NULL,
    PRIMARY KEY (shard, type, id, n)
);
CREATE INDEX moment_lo ON store.moment (key, lo);

-- Numbers and quantities; unit: with its system, bare: code or name alone; 0: none.
CREATE TABLE store.number (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    n smallint NOT NULL,
    key bigint NOT NULL,
    lo double precision NOT NULL,
    hi double precision NOT NULL,
    unit bigint NOT NULL,
    bare bigint NOT NULL,
    PRIMARY KEY (shard, type, id, n)
);
CREATE INDEX number_lo ON store.number (key, lo);

-- Past versions, written on update and delete only; `until` is when the version ended, and decides the partition.
CREATE TABLE store.history (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    ver integer NOT NULL,
    until timestamptz NOT NULL,
    t bigint NOT NULL,
    ts timestamptz NOT NULL,
    pat bigint,
    deleted boolean NOT NULL,
    dict smallint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (shard, type, id, ver, until)
) PARTITION BY RANGE (until);
ALTER TABLE store.history ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX history_updated ON store.history (type, ts);
CREATE TABLE store.history_default PARTITION OF store.history DEFAULT;

-- Which facilities care for which patient (from Encounters), for the restriction of doctors and staff.
CREATE TABLE store.care (
    shard smallint NOT NULL,
    pat bigint NOT NULL,
    facility text COLLATE "C" NOT NULL,
    encounter text COLLATE "C" NOT NULL,
    PRIMARY KEY (shard, encounter, facility, pat)
);
CREATE INDEX care_of_patient ON store.care (pat, facility);
CREATE INDEX care_of_facility ON store.care (facility, pat);

-- Compression dictionaries: append-only, part of every backup; without them bodies cannot be read.
CREATE TABLE store.dictionary (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    dict smallint NOT NULL CHECK (dict > 0),
    content bytea NOT NULL,
    sha256 bytea NOT NULL,
    made timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (shard, dict)
);
CREATE FUNCTION store.keep() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'rows of %.% are never changed or removed', TG_TABLE_SCHEMA, TG_TABLE_NAME; END $$;
CREATE TRIGGER dictionary_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON store.dictionary
    FOR EACH STATEMENT EXECUTE FUNCTION store.keep();

-- Who did what. `shard` is the lane: each lane is a hash chain of its own, so writers do not wait for each other.
CREATE TABLE store.audit (
    shard smallint NOT NULL,
    n bigint NOT NULL,
    ts timestamptz NOT NULL,
    t bigint NOT NULL,
    who text NOT NULL,
    role text NOT NULL,
    facility text NOT NULL,
    purpose text NOT NULL,
    action "char" NOT NULL,
    what text NOT NULL,
    detail text NOT NULL,
    pats bigint[] NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (shard, n, ts)
) PARTITION BY RANGE (ts);
CREATE INDEX audit_pats ON store.audit USING gin (pats);
CREATE INDEX audit_ts ON store.audit (ts);
CREATE INDEX audit_t ON store.audit (t);
CREATE TABLE store.audit_default PARTITION OF store.audit DEFAULT;
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON store.audit
    FOR EACH STATEMENT EXECUTE FUNCTION store.keep();

-- After a restore into a new server, whose transaction ids start low: go on above every number used so far.
CREATE FUNCTION store.resume_numbering() RETURNS bigint LANGUAGE sql AS
$$ UPDATE store.numbering SET shift = greatest(shift,
       (SELECT coalesce(max(t), 0) FROM store.audit) + 1 - pg_current_xact_id()::text::bigint) RETURNING shift $$;

CREATE TABLE store.lane (
    shard smallint PRIMARY KEY,
    n bigint NOT NULL,
    hash bytea NOT NULL
) WITH (fillfactor = 20);
INSERT INTO store.lane SELECT lane, 0, '\x'::bytea FROM generate_series(0, 63) AS lane;

CREATE FUNCTION store.chain(
    before bytea, lane smallint, n bigint, ts timestamptz, t bigint, who text, role text, facility text,
    purpose text, action "char", what text, detail text, pats bigint[]
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT sha256(before || convert_to(jsonb_build_array(
       lane, n, extract(epoch FROM ts), t, who, role, facility, purpose, action, what, detail, pats)::text, 'UTF8')) $$;

-- One row at the end of a free lane, in one statement; gives back the transaction number and the moment.
CREATE FUNCTION store.note(
    a_who text, a_role text, a_facility text, a_purpose text, a_action "char", a_what text, a_detail text,
    a_pats bigint[], OUT a_t bigint, OUT a_ts timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    head store.lane;
    digest bytea;
BEGIN
    SELECT * INTO head FROM store.lane WHERE shard = pg_backend_pid() % 64 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT * INTO head FROM store.lane LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    IF NOT FOUND THEN
        SELECT * INTO head FROM store.lane WHERE shard = pg_backend_pid() % 64 FOR UPDATE;
    END IF;
    a_t := store.present_t();
    a_ts := clock_timestamp();
    digest := store.chain(head.hash, head.shard, head.n + 1, a_ts, a_t, a_who, a_role, a_facility, a_purpose,
                          a_action, a_what, a_detail, a_pats);
    INSERT INTO store.audit VALUES (head.shard, head.n + 1, a_ts, a_t, a_who, a_role, a_facility, a_purpose,
                                    a_action, a_what, a_detail, a_pats, digest);
    UPDATE store.lane SET n = head.n + 1, hash = digest WHERE shard = head.shard;
END $$;

-- Monthly partitions (UTC) of history and audit from this month to `ahead` months on; rows that went to DEFAULT move in.
CREATE FUNCTION store.make_partitions(ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    field text;
    month timestamptz;
    child text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(7304981251);
    FOR parent, field IN VALUES ('history', 'until'), ('audit', 'ts') LOOP
        FOR offset_months IN 0..ahead LOOP
            month := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => offset_months))
                     AT TIME ZONE 'UTC';
            child := parent || '_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
            CONTINUE WHEN to_regclass('store.' || child) IS NOT NULL;
            EXECUTE format('CREATE TABLE store.%I (LIKE store.%I INCLUDING DEFAULTS INCLUDING STORAGE)', child, parent);
            EXECUTE format('LOCK TABLE store.%I IN ACCESS EXCLUSIVE MODE', parent || '_default');
            EXECUTE format(
                'WITH moved AS (DELETE FROM store.%I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO store.%I SELECT * FROM moved',
                parent || '_default', field, month, field,
                (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC', child);
            EXECUTE format('ALTER TABLE store.%I ATTACH PARTITION store.%I FOR VALUES FROM (%L) TO (%L)',
                parent, child, month, (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
SELECT store.make_partitions(3);
