-- Which resource a version of a Binary names as its `securityContext`: who may see that one may see the content (FHIR R4 §2.38).
-- of_type: NULL when it names none, or a Patient (then the row's own pat says so); 0 when it names what cannot be here. Kept for
-- past versions too; a version without a row is that of the one before it.
CREATE TABLE IF NOT EXISTS store.context (
    shard smallint NOT NULL,
    hid bigint NOT NULL,
    ver integer NOT NULL,
    of_shard smallint,
    of_type smallint,
    of_hid bigint,
    PRIMARY KEY (shard, hid, ver)
);

CREATE OR REPLACE FUNCTION store.context_of(a_shard smallint, a_hid bigint, a_ver integer, OUT shard smallint, OUT type smallint, OUT hid bigint)
RETURNS SETOF record LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1 SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT c.of_shard, c.of_type, c.of_hid INTO shard, type, hid FROM store.context c
    WHERE c.shard = a_shard AND c.hid = a_hid AND c.ver <= a_ver ORDER BY c.ver DESC LIMIT 1;
    IF type IS NOT NULL THEN
        RETURN NEXT;
    END IF;
END $$;

-- Whose record the content is of by its context: for the audit, whoever reads.
CREATE OR REPLACE FUNCTION store.context_pat(a_shard smallint, a_hid bigint, a_ver integer) RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT x.pat FROM store.context_of(a_shard, a_hid, a_ver) c
            JOIN store.resource x ON x.shard = c.shard AND x.type = c.type AND x.hid = c.hid);
END $$;

-- The second wall: a Binary without a patient of its own. What it names is looked for with the reader's own rights, whose policies
-- decide; then the content's own type must be theirs, and open to them as a fact of that patient. 9: Binary.
CREATE OR REPLACE FUNCTION store.wall_file(a_shard smallint, a_hid bigint, a_ver integer, a_tok bigint[]) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    named record;
    seen record;
    by_app boolean := coalesce(current_setting('yteso.app', true), '') <> '';
BEGIN
    SELECT * INTO named FROM store.context_of(a_shard, a_hid, a_ver);
    IF NOT FOUND THEN
        RETURN 9 = ANY (store.wall_numbers('loose')) AND (NOT by_app OR store.wall_app(a_shard, 9::smallint, a_hid, NULL, a_tok));
    END IF;
    SELECT x.pat, x.label, x.maker, x.d_lo, x.d_hi INTO seen FROM store.resource x
    WHERE x.shard = named.shard AND x.type = named.type AND x.type <> 9 AND x.hid = named.hid AND x.hash IS NOT NULL;
    RETURN FOUND AND 9 = ANY (store.wall_numbers('types'))
        AND (seen.pat IS NULL
             OR (seen.label = 0 AND NOT EXISTS (SELECT FROM store.consent_rule c WHERE c.pat = seen.pat))
             OR store.wall_label(seen.pat, 9::smallint, seen.label, seen.maker, seen.d_lo, seen.d_hi))
        AND (NOT by_app OR store.wall_app(a_shard, 9::smallint, a_hid, seen.pat, a_tok));
END $$;
-- The same of a past version.
CREATE OR REPLACE FUNCTION store.wall_file_past(a_shard smallint, a_id text, a_ver integer) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN store.wall_file(a_shard, store.hid(a_id), a_ver, store.present_tok(a_shard, 9::smallint, a_id));
END $$;
CREATE OR REPLACE FUNCTION store.present_tok(a_shard smallint, a_type smallint, a_id text) RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT l.tok FROM store.resource l WHERE l.shard = a_shard AND l.type = a_type AND l.hid = store.hid(a_id) AND l.hash IS NOT NULL);
END $$;

DO $$
DECLARE
    built text := pg_get_functiondef('store.raise_wall()'::regprocedure);
BEGIN
    IF position('wall_file' IN built) = 0 THEN
        built := replace(built, '''CASE WHEN pat IS NULL THEN type =', '''CASE WHEN pat IS NULL AND type = 9 THEN %s WHEN pat IS NULL THEN type =');
        built := replace(built, 'AND (coalesce(current_setting(''''yteso.app'''', true), '''''''') = '''''''' OR %s)'', side, dates, app);',
            'AND (pat IS NULL AND type = 9 OR coalesce(current_setting(''''yteso.app'''', true), '''''''') = '''''''' OR %s)'','
            ' CASE side WHEN ''resource'' THEN ''store.wall_file(shard, hid, ver, tok)'' ELSE ''store.wall_file_past(shard, id, ver)'' END,'
            ' side, dates, app);');
        EXECUTE built;
    END IF;
END $$;
SELECT store.raise_wall();

-- What is stored already is looked at again in the background.
INSERT INTO store.parameter (id, url, code, types, state, definition)
SELECT '*', '', '', ARRAY[9::smallint], 'indexing', '{}'
WHERE EXISTS (SELECT FROM store.resource WHERE type = 9)
ON CONFLICT (shard, id) DO UPDATE SET state = 'indexing', seen = NULL, fence = NULL,
    at_shard = -1, at_type = 0, at_hid = -9223372036854775808, done = 0, total = 0, mark = nextval('store.parameter_mark'),
    types = (SELECT array_agg(DISTINCT t ORDER BY t) FROM unnest(
        excluded.types || CASE WHEN parameter.state = 'indexing' THEN parameter.types ELSE '{}' END) t);
