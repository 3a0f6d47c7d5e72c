-- Audit, old versions, new versions and their index by one call: each statement of its own cost the client as much as
-- indexing three resources. Plain statements all of them (ADR 0027), one after the other.
CREATE TYPE store.old_version AS (shard smallint, type smallint, hid bigint, t bigint);
CREATE TYPE store.new_care AS (shard smallint, pat bigint, facility text, hid bigint);

-- What could be searched of versions goes away.
CREATE FUNCTION store.drop_sides(ended store.old_version[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM store.string x USING unnest(ended) k WHERE x.t = k.t AND x.hid = k.hid AND x.type = k.type AND x.shard = k.shard;
    DELETE FROM store.moment x USING unnest(ended) k WHERE x.t = k.t AND x.hid = k.hid AND x.type = k.type AND x.shard = k.shard;
    DELETE FROM store.number x USING unnest(ended) k WHERE x.t = k.t AND x.hid = k.hid AND x.type = k.type AND x.shard = k.shard;
END $$;

-- Texts, dates and numbers of versions; `a_t`: of all of them, else each row has its own.
CREATE FUNCTION store.add_sides(strings store.new_string[], moments store.new_moment[], numbers store.new_number[], a_t bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF strings IS NOT NULL THEN
        INSERT INTO store.string (shard, type, hid, t, key, val, at)
        SELECT n.shard, n.type, n.hid, coalesce(a_t, n.t), n.key, n.val, n.at FROM unnest(strings) n;
    END IF;
    IF moments IS NOT NULL THEN
        INSERT INTO store.moment (shard, type, hid, t, key, lo, hi)
        SELECT n.shard, n.type, n.hid, coalesce(a_t, n.t), n.key, n.lo, n.hi FROM unnest(moments) n;
    END IF;
    IF numbers IS NOT NULL THEN
        INSERT INTO store.number (shard, type, hid, t, key, lo, hi, unit, bare, code, coded)
        SELECT n.shard, n.type, n.hid, coalesce(a_t, n.t), n.key, n.lo, n.hi, n.unit, n.bare, n.code, n.coded FROM unnest(numbers) n;
    END IF;
END $$;

-- `ended`: versions that are replaced or removed; `removed`: those that leave a tombstone; 44: the number of Encounter.
CREATE FUNCTION store.write_versions(
    notes jsonb, ended store.old_version[], removed store.old_version[], renewed store.new_resource[], fresh store.new_resource[],
    strings store.new_string[], moments store.new_moment[], numbers store.new_number[], care store.new_care[],
    OUT a_t bigint, OUT a_ts timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT w.a_t, w.a_ts INTO a_t, a_ts FROM store.write_notes(notes) w;
    IF ended IS NOT NULL THEN
        INSERT INTO store.history (shard, type, id, ver, until, t, ts, pat, deleted, dict, body, label, maker)
        SELECT r.shard, r.type, r.id, r.ver, a_ts, r.t, r.ts, r.pat, r.hash IS NULL, r.dict, r.body, r.label, r.maker
        FROM unnest(ended) k JOIN store.resource r ON r.shard = k.shard AND r.type = k.type AND r.hid = k.hid;
        PERFORM store.drop_sides(ended);
        DELETE FROM store.care x USING unnest(ended) k WHERE k.type = 44 AND x.shard = k.shard AND x.hid = k.hid;
    END IF;
    IF removed IS NOT NULL THEN
        UPDATE store.resource r
        SET ver = r.ver + 1, t = a_t, ts = a_ts, code = NULL, d_lo = -9223372036854775808, d_hi = -9223372036854775808, tok = '{}',
            shape = 0, hash = NULL, dict = 0, body = '', amount = NULL, unit = NULL, bare = NULL
        FROM unnest(removed) k WHERE r.shard = k.shard AND r.type = k.type AND r.hid = k.hid;
    END IF;
    IF renewed IS NOT NULL THEN
        UPDATE store.resource r
        SET ver = n.ver, t = a_t, ts = a_ts, pat = n.pat, code = n.code, d_lo = n.d_lo, d_hi = n.d_hi,
            tok = n.tok, shape = n.shape, hash = n.hash, dict = n.dict, body = n.body, label = n.label, maker = n.maker,
            amount = n.amount, unit = n.unit, bare = n.bare
        FROM unnest(renewed) n WHERE r.shard = n.shard AND r.type = n.type AND r.hid = n.hid;
    END IF;
    IF fresh IS NOT NULL THEN
        INSERT INTO store.resource (shard, type, hid, uid, name, ver, t, ts, pat, code, d_lo, d_hi, tok, shape, hash, dict, body,
                                    label, maker, amount, unit, bare)
        SELECT n.shard, n.type, n.hid, n.uid, n.name, n.ver, a_t, a_ts, n.pat, n.code, n.d_lo, n.d_hi, n.tok, n.shape, n.hash, n.dict,
               n.body, n.label, n.maker, n.amount, n.unit, n.bare
        FROM unnest(fresh) n;
    END IF;
    PERFORM store.add_sides(strings, moments, numbers, a_t);
    IF care IS NOT NULL THEN
        INSERT INTO store.care (shard, pat, facility, hid) SELECT n.shard, n.pat, n.facility, n.hid FROM unnest(care) n;
    END IF;
END $$;
