-- Narrower rows and indexes. In keys a number stands for the id (`hid`: the first 64 bits of the SHA-256 of the id, which
-- base.ids makes too). Side rows name the version they belong to by its transaction number, so that they are written and
-- found side by side. Marks (that an element is there, that a code of some system is there) are asked for as a filter
-- only, and leave the index of tokens. Rows are never updated in place on their page (t and ts are indexed), so pages are full.
CREATE FUNCTION store.hid(id text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT ('x' || encode(substring(sha256(convert_to(id, 'UTF8')) FROM 1 FOR 8), 'hex'))::bit(64)::bigint $$;

DROP STATISTICS store.resource_width;
DROP INDEX store.resource_tok, store.resource_patient, store.resource_code, store.resource_date, store.resource_updated,
           store.resource_t, store.resource_long, store.string_val, store.moment_lo, store.number_lo;
ALTER TABLE store.resource RENAME TO wide_resource;
ALTER TABLE store.string RENAME TO wide_string;
ALTER TABLE store.moment RENAME TO wide_moment;
ALTER TABLE store.number RENAME TO wide_number;
ALTER TABLE store.wide_resource DROP CONSTRAINT resource_pkey;

-- pat: the patient's compartment; code: first code; d_lo, d_hi: clinical date in microseconds (the smallest bigint: none);
-- hash: content, NULL for a deleted resource (a tombstone keeps id, version and patient); dict: dictionary of body.
CREATE TABLE store.resource (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    ver integer NOT NULL,
    hid bigint NOT NULL,
    t bigint NOT NULL,
    ts timestamptz NOT NULL,
    pat bigint,
    code bigint,
    d_lo bigint NOT NULL,
    d_hi bigint NOT NULL,
    dict smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    hash bytea,
    tok bigint[] NOT NULL,
    mark integer[] NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (shard, type, hid)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
-- Hashes and packed bodies do not get smaller by PostgreSQL's compression.
ALTER TABLE store.resource ALTER COLUMN body SET STORAGE EXTERNAL, ALTER COLUMN tok SET STORAGE EXTERNAL,
    ALTER COLUMN mark SET STORAGE EXTERNAL, ALTER COLUMN hash SET STORAGE EXTERNAL;
ALTER TABLE store.resource ALTER COLUMN tok SET STATISTICS 100;
INSERT INTO store.resource
SELECT shard, type, ver, store.hid(id), t, ts, pat, code, d_lo, d_hi, dict, id, hash, tok, '{}', body FROM store.wide_resource;
CREATE INDEX resource_tok ON store.resource USING gin (tok) WITH (fastupdate = on, gin_pending_list_limit = 512);
CREATE INDEX resource_patient ON store.resource (pat, type, d_lo) WHERE pat IS NOT NULL;
CREATE INDEX resource_code ON store.resource (code, d_lo) WHERE code IS NOT NULL;
CREATE INDEX resource_date ON store.resource (type, d_lo);
CREATE INDEX resource_updated ON store.resource (type, ts);
CREATE INDEX resource_t ON store.resource (t);
CREATE INDEX resource_long ON store.resource (type, d_hi) WHERE d_hi - d_lo > 2678400000000;
CREATE STATISTICS store.resource_width ON (d_hi - d_lo) FROM store.resource;

-- Side rows belong to the version of transaction `t` of the resource `hid`; they have no key of their own.
-- Folded beginnings of names and other texts; `at` is the word it starts from, 0 for the whole text.
CREATE TABLE store.string (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    at smallint NOT NULL,
    t bigint NOT NULL,
    hid bigint NOT NULL,
    key bigint NOT NULL,
    val text COLLATE "C" NOT NULL
);
-- Dates other than the clinical one; further codes with the clinical date.
CREATE TABLE store.moment (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    t bigint NOT NULL,
    hid bigint NOT NULL,
    key bigint NOT NULL,
    lo bigint NOT NULL,
    hi bigint NOT NULL
);
-- Numbers and quantities; unit: with its system, bare: code or name alone; 0: none.
CREATE TABLE store.number (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    t bigint NOT NULL,
    hid bigint NOT NULL,
    key bigint NOT NULL,
    lo double precision NOT NULL,
    hi double precision NOT NULL,
    unit bigint NOT NULL,
    bare bigint NOT NULL
);
INSERT INTO store.string SELECT x.shard, x.type, x.at, r.t, r.hid, x.key, x.val
FROM store.wide_string x JOIN store.resource r ON r.shard = x.shard AND r.type = x.type AND r.hid = store.hid(x.id);
INSERT INTO store.moment SELECT x.shard, x.type, r.t, r.hid, x.key, x.lo, x.hi
FROM store.wide_moment x JOIN store.resource r ON r.shard = x.shard AND r.type = x.type AND r.hid = store.hid(x.id);
INSERT INTO store.number SELECT x.shard, x.type, r.t, r.hid, x.key, x.lo, x.hi, x.unit, x.bare
FROM store.wide_number x JOIN store.resource r ON r.shard = x.shard AND r.type = x.type AND r.hid = store.hid(x.id);
CREATE INDEX string_of ON store.string (t, hid);
CREATE INDEX string_val ON store.string (key, val);
CREATE INDEX moment_of ON store.moment (t, hid);
CREATE INDEX moment_lo ON store.moment (key, lo);
CREATE INDEX number_of ON store.number (t, hid);
CREATE INDEX number_lo ON store.number (key, lo);
DROP TABLE store.wide_resource, store.wide_string, store.wide_moment, store.wide_number;

-- What a write adds, as one parameter each; t and ts of resources come with the statement.
CREATE TYPE store.new_resource AS (
    shard smallint, type smallint, hid bigint, id text, ver integer, pat bigint, code bigint, d_lo bigint, d_hi bigint,
    tok bigint[], mark integer[], hash bytea, dict smallint, body bytea
);
CREATE TYPE store.new_string AS (shard smallint, type smallint, hid bigint, t bigint, key bigint, val text, at smallint);
CREATE TYPE store.new_moment AS (shard smallint, type smallint, hid bigint, t bigint, key bigint, lo bigint, hi bigint);
CREATE TYPE store.new_number AS (
    shard smallint, type smallint, hid bigint, t bigint, key bigint, lo double precision, hi double precision,
    unit bigint, bare bigint
);

-- How far an index came is told by the new key. What is stored already is indexed again: marks are new.
ALTER TABLE store.parameter DROP COLUMN at_id, ADD COLUMN at_hid bigint NOT NULL DEFAULT (-9223372036854775808)::bigint;
UPDATE store.parameter SET at_shard = -1, at_type = 0, done = 0 WHERE state = 'indexing';
INSERT INTO store.parameter (id, url, code, types, state, definition)
SELECT '*', '', '', ARRAY(SELECT generate_series(1, 1000)::smallint), 'indexing', '{}'
WHERE EXISTS (SELECT FROM store.resource)
ON CONFLICT (shard, id) DO UPDATE SET state = 'indexing', seen = NULL, fence = NULL, at_shard = -1, at_type = 0, done = 0,
    total = 0, mark = nextval('store.parameter_mark');

-- Exports on their way went by the old key: they begin again.
DELETE FROM store.bulk_file f USING store.bulk_job j
WHERE f.shard = j.shard AND f.job = j.id AND j.kind = 'export' AND j.state = 'waiting';
UPDATE store.bulk_job SET t = NULL, as_of = NULL, place = NULL, written = 0 WHERE kind = 'export' AND state = 'waiting';
