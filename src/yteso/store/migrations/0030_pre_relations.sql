-- Why somebody may see a patient, beside visits (store.care): one row per reason, from the resource that says so, written
-- in its transaction. kind: r referral, a appointment, f family doctor (holder: a facility's code); p representative,
-- m parent or guardian of a minor (holder: Patient/<id>). It holds from `since` until before `until`.
CREATE TABLE store.relation (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    pat bigint NOT NULL,
    kind "char" NOT NULL CHECK (kind IN ('r', 'a', 'f', 'p', 'm')),
    holder text COLLATE "C" NOT NULL CHECK (holder <> ''),
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (shard, type, id, holder, pat)
);
CREATE INDEX relation_of_patient ON store.relation (pat, holder);
CREATE INDEX relation_of_holder ON store.relation (holder, pat);

-- Orders to inspect a facility: who may see its patients, from when until when, by which order.
CREATE TABLE store.inspection (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    number text COLLATE "C" NOT NULL CHECK (number <> ''),
    who text COLLATE "C" NOT NULL CHECK (who <> ''),
    facility text COLLATE "C" NOT NULL CHECK (facility <> ''),
    since timestamptz NOT NULL,
    until timestamptz NOT NULL CHECK (until > since),
    PRIMARY KEY (shard, number, who, facility)
);

-- What is stored already is looked at again in the background, for the relations it names.
INSERT INTO store.parameter (id, url, code, types, state, definition)
SELECT '*', '', '', ARRAY(SELECT generate_series(1, 1000)::smallint), 'indexing', '{}'
WHERE EXISTS (SELECT FROM store.resource)
ON CONFLICT (shard, id) DO UPDATE SET state = 'indexing', seen = NULL, fence = NULL, at_shard = -1, at_type = 0, done = 0,
    total = 0, mark = nextval('store.parameter_mark');
