-- Which elements and systems a resource has (its marks) is the same for most resources of a type: each such set is kept
-- once, and the row names it. A set met by two writers at once has two numbers. It says nothing of any person.
CREATE TABLE store.shape (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    shape integer GENERATED ALWAYS AS IDENTITY,
    marks integer[] NOT NULL,
    made timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (shard, shape)
);
CREATE INDEX shape_marks ON store.shape USING gin (marks) WITH (fastupdate = off);
GRANT SELECT ON store.shape TO PUBLIC;

DROP STATISTICS store.resource_width;
ALTER TABLE store.resource RENAME TO wide_resource;
INSERT INTO store.shape (marks)
SELECT DISTINCT ARRAY(SELECT DISTINCT unnest(mark) ORDER BY 1) FROM store.wide_resource WHERE mark <> '{}';

-- The widest columns first, so that none is padded. An id that is a UUID in lower case is kept as one, any other as text
-- (name); `id` tells either, and takes no room where the server can leave it out (PostgreSQL 18). shape: which marks it has,
-- 0: none; amount: its one number, unit: with its system, bare: code or name alone, 0: none. Others as before (0050, 0060).
CREATE TABLE store.resource (
    t bigint NOT NULL,
    hid bigint NOT NULL,
    ts timestamptz NOT NULL,
    pat bigint,
    code bigint,
    d_lo bigint NOT NULL,
    d_hi bigint NOT NULL,
    amount double precision,
    unit integer,
    bare integer,
    ver integer NOT NULL,
    shape integer NOT NULL DEFAULT 0,
    shard smallint NOT NULL,
    type smallint NOT NULL,
    dict smallint NOT NULL,
    label smallint NOT NULL DEFAULT 0,
    uid uuid,
    name text COLLATE "C",
    hash bytea,
    maker text COLLATE "C",
    tok bigint[] NOT NULL,
    body bytea NOT NULL,
    CHECK ((uid IS NULL) <> (name IS NULL))
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE store.resource ALTER COLUMN body SET STORAGE EXTERNAL, ALTER COLUMN tok SET STORAGE EXTERNAL,
    ALTER COLUMN hash SET STORAGE EXTERNAL;
ALTER TABLE store.resource ALTER COLUMN tok SET STATISTICS 100;
DO $$ BEGIN
    EXECUTE format('ALTER TABLE store.resource ADD COLUMN id text COLLATE "C" GENERATED ALWAYS AS (coalesce(name, uid::text)) %s',
                   CASE WHEN current_setting('server_version_num')::integer >= 180000 THEN 'VIRTUAL' ELSE 'STORED' END);
END $$;
INSERT INTO store.resource (t, hid, ts, pat, code, d_lo, d_hi, amount, unit, bare, ver, shape, shard, type, dict, label, uid, name,
                            hash, maker, tok, body)
SELECT r.t, r.hid, r.ts, r.pat, r.code, r.d_lo, r.d_hi, r.amount, r.unit, r.bare, r.ver, coalesce(s.shape, 0), r.shard, r.type,
       r.dict, r.label, CASE WHEN r.is_uuid THEN r.id::uuid END, CASE WHEN NOT r.is_uuid THEN r.id END, r.hash, r.maker, r.tok, r.body
FROM (SELECT *, id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' AS is_uuid, ARRAY(SELECT DISTINCT unnest(mark) ORDER BY 1) AS marks FROM store.wide_resource OFFSET 0) r
LEFT JOIN store.shape s ON s.marks = r.marks;
-- With the policies that look at it; raise_wall makes them anew.
DROP TABLE store.wide_resource CASCADE;
ALTER TABLE store.resource ADD PRIMARY KEY (shard, type, hid);
CREATE INDEX resource_tok ON store.resource USING gin (tok) WITH (fastupdate = on, gin_pending_list_limit = 512);
CREATE INDEX resource_patient ON store.resource (pat, type, d_lo) WHERE pat IS NOT NULL;
CREATE INDEX resource_code ON store.resource (code, d_lo) WHERE code IS NOT NULL;
CREATE INDEX resource_date ON store.resource (type, d_lo);
CREATE INDEX resource_updated ON store.resource (type, ts);
CREATE INDEX resource_t ON store.resource (t);
CREATE INDEX resource_long ON store.resource (type, d_hi) WHERE d_hi - d_lo > 2678400000000;
CREATE STATISTICS store.resource_width ON (d_hi - d_lo) FROM store.resource;
DROP TYPE store.new_resource;
CREATE TYPE store.new_resource AS (
    shard smallint, type smallint, hid bigint, uid uuid, name text, ver integer, pat bigint, code bigint, d_lo bigint, d_hi bigint,
    tok bigint[], shape integer, hash bytea, dict smallint, body bytea, label smallint, maker text,
    amount double precision, unit integer, bare integer
);
SELECT store.raise_wall();
