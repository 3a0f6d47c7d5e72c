-- The number that a resource has once (hot.amount_key: Observation.valueQuantity) stands on its row: no row of its own with
-- two index entries. The other numbers name the code of the element they are in, in place of further rows for each code
-- (a component's). Units and those codes are told by 32 bits of their keys, as marks are.
ALTER TABLE store.resource ADD COLUMN amount double precision, ADD COLUMN unit integer,
    ADD COLUMN bare integer;
ALTER TYPE store.new_resource ADD ATTRIBUTE amount double precision, ADD ATTRIBUTE unit integer, ADD ATTRIBUTE bare integer;

-- unit: with its system, bare: code or name alone; code: the bare code of the element, coded: with its system; 0: none.
ALTER TABLE store.number RENAME TO wide_number;
DROP INDEX store.number_of, store.number_lo;
CREATE TABLE store.number (
    t bigint NOT NULL,
    hid bigint NOT NULL,
    key bigint NOT NULL,
    lo double precision NOT NULL,
    hi double precision NOT NULL,
    unit integer NOT NULL,
    bare integer NOT NULL,
    code integer NOT NULL,
    coded integer NOT NULL,
    shard smallint NOT NULL,
    type smallint NOT NULL
);
INSERT INTO store.number
SELECT t, hid, key, lo, hi, substring(unit::bit(64) FROM 33)::bit(32)::integer, substring(bare::bit(64) FROM 33)::bit(32)::integer,
       0, 0, shard, type
FROM store.wide_number;
DROP TABLE store.wide_number;
CREATE INDEX number_of ON store.number (t, hid);
CREATE INDEX number_lo ON store.number (key, lo);
DROP TYPE store.new_number;
CREATE TYPE store.new_number AS (
    shard smallint, type smallint, hid bigint, t bigint, key bigint, lo double precision, hi double precision,
    unit integer, bare integer, code integer, coded integer
);
SELECT store.raise_wall();

-- What is stored is indexed again; until then a component's numbers are found by their code only where written since.
INSERT INTO store.parameter (id, url, code, types, state, definition)
SELECT '*', '', '', ARRAY(SELECT generate_series(1, 1000)::smallint), 'indexing', '{}'
WHERE EXISTS (SELECT FROM store.resource)
ON CONFLICT (shard, id) DO UPDATE SET state = 'indexing', seen = NULL, fence = NULL, at_shard = -1, at_type = 0,
    at_hid = -9223372036854775808, done = 0, total = 0, mark = nextval('store.parameter_mark');
