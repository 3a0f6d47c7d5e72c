-- The second wall holds all conditions that scopes of apps may have (search/guarded.py), not those on tokens alone. They come
-- as `further` in yteso.app_found: [{"any": [way, ...], "not": bool}, ...], each of which must hold of the present row.

-- Whether an interval lies as one of the spans says: [[lowest lo, highest lo], [lowest hi, highest hi]], null: open.
CREATE OR REPLACE FUNCTION store.wall_within(spans jsonb, lo bigint, hi bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT EXISTS (SELECT FROM jsonb_array_elements(spans) AS e (span)
               WHERE lo BETWEEN coalesce((span#>>'{0,0}')::bigint, lo) AND coalesce((span#>>'{0,1}')::bigint, lo)
                 AND hi BETWEEN coalesce((span#>>'{1,0}')::bigint, hi) AND coalesce((span#>>'{1,1}')::bigint, hi)) $$;
CREATE OR REPLACE FUNCTION store.wall_within(spans jsonb, lo double precision, hi double precision)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT EXISTS (SELECT FROM jsonb_array_elements(spans) AS e (span)
               WHERE lo BETWEEN coalesce((span#>>'{0,0}')::double precision, lo) AND coalesce((span#>>'{0,1}')::double precision, lo)
                 AND hi BETWEEN coalesce((span#>>'{1,0}')::double precision, hi) AND coalesce((span#>>'{1,1}')::double precision, hi)) $$;

-- One way of a condition: true or false, never unknown.
CREATE OR REPLACE FUNCTION store.wall_way(a store.resource, way jsonb) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    keys bigint[] := ARRAY(SELECT e::bigint FROM jsonb_array_elements_text(way->'keys') e);
    moment bigint;
BEGIN
    CASE way->>'in'
        WHEN 'tok' THEN RETURN a.tok && keys;
        WHEN 'code' THEN RETURN coalesce(a.code = ANY (keys), false);
        WHEN 'shape' THEN RETURN EXISTS (SELECT FROM store.shape s WHERE s.shape = a.shape AND s.marks && keys::integer[]);
        WHEN 'hid' THEN RETURN a.hid = ANY (keys);
        WHEN 'pat' THEN RETURN coalesce(a.pat = ANY (keys), false)
            AND NOT a.tok && ARRAY(SELECT e::bigint FROM jsonb_array_elements_text(way->'but') e);
        WHEN 'date' THEN RETURN store.wall_within(way->'spans', a.d_lo, a.d_hi);
        WHEN 'ts' THEN
            moment := (extract(epoch FROM a.ts) * 1000000)::bigint;
            RETURN store.wall_within(way->'spans', moment, moment);
        WHEN 'moment' THEN RETURN EXISTS (
            SELECT FROM store.moment x WHERE x.t = a.t AND x.hid = a.hid AND x.type = a.type AND x.shard = a.shard
            AND x.key = ANY (keys) AND store.wall_within(way->'spans', x.lo, x.hi));
        WHEN 'string' THEN RETURN EXISTS (
            SELECT FROM store.string x WHERE x.t = a.t AND x.hid = a.hid AND x.type = a.type AND x.shard = a.shard
            AND x.key = ANY (keys) AND (x.val LIKE (way->>'like') OR (x.val >= (way->>'from') AND x.val < (way->>'to'))));
        WHEN 'amount' THEN RETURN coalesce(
            store.wall_within(way->'spans', a.amount, a.amount)
            AND a.unit = coalesce((way->>'unit')::integer, a.unit) AND a.bare = coalesce((way->>'bare')::integer, a.bare), false);
        WHEN 'number' THEN RETURN EXISTS (
            SELECT FROM store.number x WHERE x.t = a.t AND x.hid = a.hid AND x.type = a.type AND x.shard = a.shard
            AND x.key = ANY (keys) AND store.wall_within(way->'spans', x.lo, x.hi)
            AND x.unit = coalesce((way->>'unit')::integer, x.unit) AND x.bare = coalesce((way->>'bare')::integer, x.bare));
    END CASE;
END $$;

-- All conditions, of the present row. With the owner's rights: side rows would ask for their resource, and that for this.
CREATE OR REPLACE FUNCTION store.wall_further(a_shard smallint, a_type smallint, a_hid bigint, further jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a store.resource;
    asked jsonb;
BEGIN
    SELECT * INTO a FROM store.resource r WHERE r.shard = a_shard AND r.type = a_type AND r.hid = a_hid;
    FOR asked IN SELECT e.value FROM jsonb_array_elements(further) e LOOP
        IF EXISTS (SELECT FROM jsonb_array_elements(asked->'any') w WHERE store.wall_way(a, w.value))
           = coalesce((asked->>'not')::boolean, false) THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END $$;

-- As in 0100. `a_tok`: NULL where there is no present version.
CREATE OR REPLACE FUNCTION store.wall_app(a_shard smallint, a_type smallint, a_hid bigint, a_pat bigint, a_tok bigint[])
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    of_own boolean := coalesce(a_pat::text = current_setting('yteso.app', true), false);
BEGIN
    RETURN a_type = ANY (store.wall_numbers('app_free'))
        OR (of_own AND a_type = ANY (store.wall_numbers('app_own')))
        OR (a_pat IS NULL AND a_type = ANY (store.wall_numbers('app_loose')))
        OR (a_tok IS NOT NULL AND EXISTS (
            SELECT FROM jsonb_to_recordset(nullif(current_setting('yteso.app_found', true), '')::jsonb)
                AS f (types smallint[], own boolean, loose boolean, tokens jsonb, further jsonb)
            WHERE a_type = ANY (f.types) AND (NOT f.own OR of_own OR (f.loose AND a_pat IS NULL))
              AND NOT EXISTS (SELECT FROM jsonb_array_elements(f.tokens) g
                              WHERE NOT a_tok && ARRAY(SELECT e::bigint FROM jsonb_array_elements_text(g.value) e))
              AND CASE WHEN f.further IS NULL THEN true ELSE store.wall_further(a_shard, a_type, a_hid, f.further) END));
END $$;
CREATE OR REPLACE FUNCTION store.wall_app_past(a_shard smallint, a_type smallint, a_id text, a_pat bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN store.wall_app(a_shard, a_type, store.hid(a_id), a_pat, (
        SELECT l.tok FROM store.resource l
        WHERE l.shard = a_shard AND l.type = a_type AND l.hid = store.hid(a_id) AND l.hash IS NOT NULL));
END $$;

-- Policies ask the new function; those that still ask the one before are missed, and built anew.
DO $$
BEGIN
    EXECUTE replace(pg_get_functiondef('store.raise_wall()'::regprocedure),
        'store.wall_app(type, pat, tok)', 'store.wall_app(shard, type, hid, pat, tok)');
    EXECUTE replace(pg_get_functiondef('store.wall_missing()'::regprocedure),
        'refobjid = to_regprocedure(''store.wall_numbers(text)'')',
        'refobjid IN (to_regprocedure(''store.wall_numbers(text)''), to_regprocedure(''store.wall_app(smallint, bigint, bigint[])''))');
END $$;
SELECT store.raise_wall();
