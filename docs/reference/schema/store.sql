-- Made by scripts/generate/schema.py from src/yteso/store/migrations: to be read, not to be run.

CREATE SCHEMA store;

-- TYPE: new_care

CREATE TYPE store.new_care AS (
	shard smallint,
	pat bigint,
	facility text,
	hid bigint
);

-- TYPE: new_moment

CREATE TYPE store.new_moment AS (
	shard smallint,
	type smallint,
	hid bigint,
	t bigint,
	key bigint,
	lo bigint,
	hi bigint
);

-- TYPE: new_number

CREATE TYPE store.new_number AS (
	shard smallint,
	type smallint,
	hid bigint,
	t bigint,
	key bigint,
	lo double precision,
	hi double precision,
	unit integer,
	bare integer,
	code integer,
	coded integer
);

-- TYPE: new_resource

CREATE TYPE store.new_resource AS (
	shard smallint,
	type smallint,
	hid bigint,
	uid uuid,
	name text,
	ver integer,
	pat bigint,
	code bigint,
	d_lo bigint,
	d_hi bigint,
	tok bigint[],
	shape integer,
	hash bytea,
	dict smallint,
	body bytea,
	label smallint,
	maker text,
	amount double precision,
	unit integer,
	bare integer
);

-- TYPE: new_string

CREATE TYPE store.new_string AS (
	shard smallint,
	type smallint,
	hid bigint,
	t bigint,
	key bigint,
	val text,
	at smallint
);

-- TYPE: old_version

CREATE TYPE store.old_version AS (
	shard smallint,
	type smallint,
	hid bigint,
	t bigint
);

-- FUNCTION: add_sides(store.new_string[], store.new_moment[], store.new_number[], bigint)

CREATE FUNCTION store.add_sides(strings store.new_string[], moments store.new_moment[], numbers store.new_number[], a_t bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

-- FUNCTION: birthday(timestamp without time zone, integer)

CREATE FUNCTION store.birthday(born timestamp without time zone, years integer) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT born - m.into_month + make_interval(years => years) + m.into_month
    FROM (SELECT make_interval(days => extract(day FROM born)::integer - 1) AS into_month) m
$$;

-- FUNCTION: breaks_glass(text, text, bigint[], timestamp with time zone)

CREATE FUNCTION store.breaks_glass(an_account text, a_facility text, seen bigint[], at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.opening o WHERE o.kind = 'g' AND o.until > at AND o.since <= at
                   AND o.account = an_account AND o.facility = a_facility
                   AND (o.pat = ANY (seen) OR EXISTS (SELECT FROM store.same_person(o.pat) s (pat) WHERE s.pat = ANY (seen))));
END $$;

-- FUNCTION: budget_of(text, text)

CREATE FUNCTION store.budget_of(a_who text, a_role text, OUT most integer, OUT warn integer) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE
    granted integer;
BEGIN
    SELECT b.most, b.warn INTO most, warn FROM store.budget b WHERE b.shard = 0 AND b.role = a_role;
    IF most IS NULL THEN RETURN; END IF;
    SELECT max(g.most) INTO granted FROM store.budget_grant g WHERE g.who = a_who AND g.until > now();
    IF granted > most THEN
        warn := warn::bigint * granted / most;
        most := granted;
    END IF;
END $$;

-- FUNCTION: cared_for(text, text)

CREATE FUNCTION store.cared_for(a_facility text, a_account text) RETURNS bigint[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN ARRAY(
        SELECT c.pat FROM store.care c WHERE c.facility = a_facility
        UNION
        SELECT c.pat FROM store.relation c
        WHERE c.holder = a_facility AND c.kind IN ('r', 'a', 'f') AND c.since <= now() AND c.until > now()
        UNION
        SELECT unnest(store.opened_to(a_facility, a_account)));
END $$;

-- FUNCTION: chain(bytea, smallint, bigint, timestamp with time zone, bigint, text, text, text, text, "char", text, text, bigint[])

CREATE FUNCTION store.chain(before bytea, lane smallint, n bigint, ts timestamp with time zone, t bigint, who text, role text, facility text, purpose text, action "char", what text, detail text, pats bigint[]) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT sha256(before || convert_to(jsonb_build_array(
       lane, n, extract(epoch FROM ts), t, who, role, facility, purpose, action, what, detail, pats)::text, 'UTF8')) $$;

-- FUNCTION: closed_among(smallint[], smallint[], bigint[], text[])

CREATE FUNCTION store.closed_among(a_shards smallint[], a_types smallint[], a_hids bigint[], who text[]) RETURNS TABLE(type smallint, hid bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog'
    AS $$
BEGIN
    RETURN QUERY SELECT k.type, k.hid FROM unnest(a_shards, a_types, a_hids) AS k (shard, type, hid)
    CROSS JOIN LATERAL (
        SELECT r.pat, r.label, r.maker, r.d_lo, r.d_hi FROM store.resource r
        WHERE r.shard = k.shard AND r.type = k.type AND r.hid = k.hid AND r.pat IS NOT NULL OFFSET 0
    ) r
    WHERE CASE WHEN r.label = 0 AND (SELECT true FROM store.consent_rule c WHERE c.pat = r.pat LIMIT 1) IS NULL THEN false
               ELSE NOT store.open_for(r.pat, k.type, r.label, r.maker, r.d_lo, r.d_hi, who) END;
END $$;

-- FUNCTION: context_of(smallint, bigint, integer)

CREATE FUNCTION store.context_of(a_shard smallint, a_hid bigint, a_ver integer, OUT shard smallint, OUT type smallint, OUT hid bigint) RETURNS SETOF record
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    SELECT c.of_shard, c.of_type, c.of_hid INTO shard, type, hid FROM store.context c
    WHERE c.shard = a_shard AND c.hid = a_hid AND c.ver <= a_ver ORDER BY c.ver DESC LIMIT 1;
    IF type IS NOT NULL THEN
        RETURN NEXT;
    END IF;
END $$;

-- FUNCTION: context_pat(smallint, bigint, integer)

CREATE FUNCTION store.context_pat(a_shard smallint, a_hid bigint, a_ver integer) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RETURN (SELECT x.pat FROM store.context_of(a_shard, a_hid, a_ver) c
            JOIN store.resource x ON x.shard = c.shard AND x.type = c.type AND x.hid = c.hid);
END $$;

-- FUNCTION: drop_sides(store.old_version[])

CREATE FUNCTION store.drop_sides(ended store.old_version[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM store.string x USING unnest(ended) k WHERE x.t = k.t AND x.hid = k.hid AND x.type = k.type AND x.shard = k.shard;
    DELETE FROM store.moment x USING unnest(ended) k WHERE x.t = k.t AND x.hid = k.hid AND x.type = k.type AND x.shard = k.shard;
    DELETE FROM store.number x USING unnest(ended) k WHERE x.t = k.t AND x.hid = k.hid AND x.type = k.type AND x.shard = k.shard;
END $$;

-- FUNCTION: drop_spread()

CREATE FUNCTION store.drop_spread() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM gone WHERE type <> 0 AND kind <> 's') THEN
        DELETE FROM store.relation r USING gone g WHERE r.type = 0 AND r.id = g.id AND g.type <> 0 AND g.kind <> 's';
    END IF;
    RETURN NULL;
END $$;

-- FUNCTION: few_texts(bigint[], text, text, integer)

CREATE FUNCTION store.few_texts(keys bigint[], begun text, ended text, most integer) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RETURN (SELECT count(*) FROM (
        SELECT FROM store.string x WHERE x.key = ANY (keys) AND x.val >= begun AND x.val < ended LIMIT most + 1) c) <= most;
END $$;

-- FUNCTION: finished_t()

CREATE FUNCTION store.finished_t() RETURNS bigint
    LANGUAGE sql STABLE
    AS $$ SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + shift FROM store.numbering $$;

-- FUNCTION: free_lane(smallint)

CREATE FUNCTION store.free_lane(taken smallint) RETURNS smallint
    LANGUAGE plpgsql
    AS $$
BEGIN
    FOR step IN 1 .. 63 LOOP
        IF pg_try_advisory_xact_lock(730498125, (taken + step) % 64) THEN
            RETURN (taken + step) % 64;
        END IF;
    END LOOP;
    PERFORM pg_advisory_xact_lock(730498125, taken);
    RETURN taken;
END $$;

-- FUNCTION: guarded_among(bigint[])

CREATE FUNCTION store.guarded_among(a_pats bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(p.pat), '{}') FROM unnest(a_pats) AS p (pat)
            WHERE EXISTS (SELECT FROM store.resource r WHERE r.pat = p.pat AND r.label <> 0)
               OR EXISTS (SELECT FROM store.consent_rule c WHERE c.pat = p.pat));
END $$;

-- FUNCTION: hid(text)

CREATE FUNCTION store.hid(id text) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT ('x' || encode(substring(sha256(convert_to(id, 'UTF8')) FROM 1 FOR 8), 'hex'))::bit(64)::bigint $$;

-- FUNCTION: how_many_people(text)

CREATE FUNCTION store.how_many_people(a_facility text, OUT cared integer, OUT known bigint) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    SELECT count(DISTINCT p.pat) INTO cared FROM (
        (SELECT c.pat FROM store.care c WHERE c.facility = a_facility LIMIT 100000)
        UNION ALL
        (SELECT c.pat FROM store.relation c WHERE c.holder = a_facility AND c.kind IN ('r', 'a', 'f') LIMIT 100000)) p;
    SELECT coalesce(max(CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * c.reltuples ELSE s.n_distinct END), 0) INTO known
    FROM pg_stats s JOIN pg_class c ON c.oid = 'store.resource'::regclass
    WHERE s.schemaname = 'store' AND s.tablename = 'resource' AND s.attname = 'pat' AND NOT s.inherited;
END $$;

-- FUNCTION: keep()

CREATE FUNCTION store.keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'rows of %.% are never changed or removed', TG_TABLE_SCHEMA, TG_TABLE_NAME; END $$;

SET default_tablespace = '';

-- TABLE: audit

CREATE TABLE store.audit (
    shard smallint NOT NULL,
    n bigint NOT NULL,
    ts timestamp with time zone NOT NULL,
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
    outcome "char",
    client text,
    behalf text,
    content bytea
)
PARTITION BY RANGE (ts);
ALTER TABLE ONLY store.audit ALTER COLUMN content SET STORAGE EXTERNAL;

-- FUNCTION: link(bytea, store.audit)

CREATE FUNCTION store.link(before bytea, a store.audit) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT sha256(before || convert_to(jsonb_build_array(
       a.shard, a.n, extract(epoch FROM a.ts), a.t, a.who, a.role, a.facility, a.purpose, a.action, a.what, a.detail,
       a.pats)::text, 'UTF8')
   || CASE WHEN a.outcome IS NULL AND a.client IS NULL AND a.behalf IS NULL AND a.content IS NULL THEN '\x'::bytea
      ELSE convert_to(jsonb_build_array(a.outcome, a.client, a.behalf)::text, 'UTF8') || coalesce(a.content, '\x'::bytea) END) $$;

-- FUNCTION: make_partitions(integer)

CREATE FUNCTION store.make_partitions(ahead integer) RETURNS integer
    LANGUAGE plpgsql
    AS $$
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

-- FUNCTION: note_and_spend(jsonb, jsonb)

CREATE FUNCTION store.note_and_spend(notes jsonb, spending jsonb, OUT a_t bigint, OUT a_ts timestamp with time zone, OUT exceeded integer, OUT known boolean) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    counted record;
    written record;
BEGIN
    counted := store.spend(spending);
    exceeded := counted.exceeded;
    known := counted.known;
    IF exceeded IS NULL THEN
        written := store.write_notes(notes);
        a_t := written.a_t;
        a_ts := written.a_ts;
    END IF;
END $$;

-- FUNCTION: note_same()

CREATE FUNCTION store.note_same() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM store.consent_rule WHERE shard = OLD.shard AND id = OLD.id AND n = -1 AND pat = OLD.pat;
    ELSE
        INSERT INTO store.consent_rule VALUES (NEW.shard, NEW.id, -1, NEW.pat, true, '', '', '', '', 0, 0, '', 0, 0, '-infinity', '-infinity')
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

-- FUNCTION: note_spending(jsonb, jsonb)

CREATE FUNCTION store.note_spending(notes jsonb, spending jsonb, OUT a_t bigint, OUT a_ts timestamp with time zone, OUT known boolean) RETURNS record
    LANGUAGE plpgsql
    AS $$
DECLARE
    exceeded integer;
BEGIN
    SELECT n.a_t, n.a_ts, n.exceeded, n.known INTO a_t, a_ts, exceeded, known FROM store.note_and_spend(notes, spending) n;
    IF exceeded IS NOT NULL THEN
        RAISE EXCEPTION 'a budget would be exceeded' USING ERRCODE = 'YT429', DETAIL = exceeded;
    END IF;
END $$;

-- FUNCTION: of_time(bigint, bigint, bigint, bigint)

CREATE FUNCTION store.of_time(lo bigint, hi bigint, a_lo bigint, a_hi bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT (lo = -9223372036854775808 AND hi = 9223372036854775807)
           OR (a_lo <> -9223372036854775808 AND lo <= a_lo AND a_hi <= hi)
$$;

-- FUNCTION: open_for(bigint, smallint, smallint, text, bigint, bigint, text[])

CREATE FUNCTION store.open_for(a_pat bigint, a_type smallint, a_label smallint, a_maker text, a_lo bigint, a_hi bigint, who text[]) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN store.open_to(a_pat, a_type, a_label, a_maker, a_lo, a_hi, who[1], who[2], who[3], who[4],
                         who[5]::integer, who[6]::integer, who[7]::bigint);
END $$;

-- FUNCTION: open_to(bigint, smallint, integer, text, bigint, bigint, text, text, text, text, integer, integer, bigint)

CREATE FUNCTION store.open_to(a_pat bigint, a_type smallint, a_label integer, a_maker text, a_lo bigint, a_hi bigint, a_account text, a_facility text, a_role text, a_purpose text, a_own integer, a_anywhere integer, a_person bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE
    same bigint[];
    broken boolean := false;
    approved boolean := false;
    opened boolean := false;
BEGIN
    IF a_pat = a_person THEN
        RETURN true;
    END IF;
    same := ARRAY[a_pat];
    IF EXISTS (SELECT FROM store.consent_rule m WHERE m.pat = a_pat AND m.n = -1) THEN
        same := same || ARRAY(SELECT store.same_person(a_pat));
        IF a_person = ANY(same) THEN
            RETURN true;
        END IF;
    END IF;
    SELECT coalesce(bool_or(o.kind = 'g'), false), coalesce(bool_or(o.kind = 'g' AND o.second IS NOT NULL), false), count(*) > 0
    INTO broken, approved, opened FROM store.opening o
    WHERE a_facility <> '' AND o.pat = ANY(same) AND o.facility = a_facility AND o.account IN ('', a_account)
      AND o.since <= now() AND o.until > now();
    IF NOT (a_label & ~a_anywhere = 0
            OR (a_facility <> '' AND a_label & ~a_own = 0 AND a_maker = a_facility)
            OR (broken AND (approved OR a_label & 128 = 0))
            OR EXISTS (SELECT FROM store.consent_rule p WHERE p.pat = ANY(same) AND p.permit AND a_label & ~p.label = 0
                       AND (p.type = 0 OR p.type = a_type) AND (p.maker = '' OR p.maker = a_maker)
                       AND p.facility IN ('', a_facility) AND p.account IN ('', a_account) AND p.role IN ('', a_role)
                       AND p.purpose IN ('', a_purpose) AND p.since <= now() AND p.until > now()
                       AND store.of_time(p.lo, p.hi, a_lo, a_hi))
            OR (a_person IS NOT NULL AND a_label & ~store.ward_labels(a_person, a_pat, a_lo, a_hi) = 0)) THEN
        RETURN false;
    END IF;
    RETURN opened OR NOT EXISTS (
        SELECT FROM store.consent_rule c WHERE c.pat = ANY(same) AND NOT c.permit
        AND c.facility IN ('', a_facility) AND c.account IN ('', a_account) AND c.role IN ('', a_role)
        AND c.purpose IN ('', a_purpose) AND c.since <= now() AND c.until > now()
        AND (c.type = 0 OR c.type = a_type) AND (c.label = 0 OR c.label & a_label <> 0)
        AND (c.maker = '' OR c.maker = a_maker) AND (a_lo = -9223372036854775808 OR (a_lo <= c.hi AND a_hi >= c.lo))
        AND NOT (c.facility = '' AND c.account = '' AND EXISTS (
            SELECT FROM store.consent_rule p WHERE p.pat = ANY(same) AND p.permit AND (p.facility <> '' OR p.account <> '')
            AND p.facility IN ('', a_facility) AND p.account IN ('', a_account) AND p.role IN ('', a_role)
            AND p.purpose IN ('', a_purpose) AND p.since <= now() AND p.until > now()
            AND (p.type = 0 OR p.type = a_type) AND (p.maker = '' OR p.maker = a_maker)
            AND store.of_time(p.lo, p.hi, a_lo, a_hi)
            AND (c.label = 0 OR a_label & ~p.label = 0))));
END $$;

-- FUNCTION: opened_to(text, text)

CREATE FUNCTION store.opened_to(a_facility text, a_account text) RETURNS bigint[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN ARRAY(SELECT s.pat FROM store.opening o CROSS JOIN LATERAL (SELECT o.pat UNION ALL SELECT store.same_person(o.pat)) s (pat)
                 WHERE o.facility = a_facility AND o.account IN ('', a_account) AND o.since <= now() AND o.until > now());
END $$;

-- FUNCTION: others_in_care(text, text)

CREATE FUNCTION store.others_in_care(a_facility text, a_account text) RETURNS bigint[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE
    related bigint[] := ARRAY(SELECT c.pat FROM store.relation c WHERE c.holder = a_facility AND c.kind IN ('r', 'a', 'f')
                              AND c.since <= now() AND c.until > now() LIMIT 101);
BEGIN
    IF cardinality(related) > 100 THEN
        related := ARRAY[NULL::bigint];
    END IF;
    RETURN CASE WHEN a_account = '' THEN related ELSE store.opened_to(a_facility, a_account) || related END;
END $$;

-- FUNCTION: present_t()

CREATE FUNCTION store.present_t() RETURNS bigint
    LANGUAGE sql
    AS $$ SELECT pg_current_xact_id()::text::bigint + shift FROM store.numbering $$;

-- FUNCTION: present_tok(smallint, smallint, text)

CREATE FUNCTION store.present_tok(a_shard smallint, a_type smallint, a_id text) RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RETURN (SELECT l.tok FROM store.resource l WHERE l.shard = a_shard AND l.type = a_type AND l.hid = store.hid(a_id) AND l.hash IS NOT NULL);
END $$;

-- FUNCTION: raise_wall()

CREATE FUNCTION store.raise_wall() RETURNS void
    LANGUAGE plpgsql
    AS $_$
DECLARE
    bound text;
    side text;
    dates text;
    app text;
    visible text;
BEGIN
    PERFORM pg_advisory_xact_lock(7304981253);
    IF 'roles' = ANY (store.wall_missing()) THEN
        RETURN;
    END IF;
    -- The audit row, and the count of whom the account saw, in the transaction of the access.
    ALTER FUNCTION store.write_notes(jsonb) SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
    ALTER FUNCTION store.note_and_spend(jsonb, jsonb) SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
    FOR bound IN VALUES ('yteso_reader'), ('yteso_care'), ('yteso_person'), ('yteso_types'), ('yteso_every'), ('yteso_notifiable'),
                        ('yteso_order') LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA store TO %I', bound);
        EXECUTE format('GRANT SELECT ON store.resource, store.history, store.string, store.moment, store.number, store.care, '
            'store.relation, store.opening, store.inspection, store.consent_rule, store.dictionary, store.parameter TO %I', bound);
    END LOOP;
    FOR side IN SELECT tablename || ' ' || policyname FROM pg_policies WHERE schemaname = 'store' AND policyname LIKE 'wall\_%' LOOP
        EXECUTE format('DROP POLICY %I ON store.%I', split_part(side, ' ', 2), split_part(side, ' ', 1));
    END LOOP;

    -- Types are asked inside CASE: as a condition of its own their list would be sorted anew for each look-up by index. The
    -- settings are read here and not by a function in SQL, which is parsed anew with each statement that is planned.
    -- Relations are looked up in the policy: who walks over rows of others asks for each, and a function costs 4 microseconds more.
    FOR side, dates, app IN VALUES
        ('resource', 'd_lo, d_hi', 'store.wall_app(shard, type, hid, pat, tok)'),
        ('history', '(-9223372036854775808)::bigint, 9223372036854775807', 'store.wall_app_past(shard, type, id, pat)') LOOP
        visible := format(
            'CASE WHEN pat IS NULL AND type = 9 THEN %s WHEN pat IS NULL THEN type = ANY ((SELECT nullif(current_setting(''yteso.loose'', true), '''')::smallint[])::smallint[]) '
            'ELSE %%s AND type = ANY ((SELECT nullif(current_setting(''yteso.types'', true), '''')::smallint[])::smallint[]) '
            'AND CASE WHEN label = 0 AND (SELECT true FROM store.consent_rule c WHERE c.pat = %s.pat LIMIT 1) IS NULL THEN true '
            'ELSE store.wall_label(pat, type, label, maker, %s) END END '
            'AND (pat IS NULL AND type = 9 OR coalesce(current_setting(''yteso.app'', true), '''') = '''' OR %s)', CASE side WHEN 'resource' THEN 'store.wall_file(shard, hid, ver, tok)' ELSE 'store.wall_file_past(shard, id, ver)' END, side, dates, app);
        IF side = 'history' THEN
            visible := visible || ' AND store.wall_now(shard, type, id)';
        END IF;
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', side);
        EXECUTE format('CREATE POLICY wall_care ON store.%I FOR SELECT TO yteso_care USING (%s)', side, format(visible, format(
            '((SELECT true FROM store.care c WHERE c.pat = %1$I.pat AND c.facility = current_setting(''yteso.holder'', true) LIMIT 1) '
            'OR coalesce(pat = ANY ((SELECT store.wall_others())::bigint[]), store.wall_related(pat)))', side)));
        EXECUTE format('CREATE POLICY wall_person ON store.%I FOR SELECT TO yteso_person USING (%s)', side, format(visible,
            'pat = ANY ((SELECT store.wall_wards())::bigint[])'));
        EXECUTE format('CREATE POLICY wall_notifiable ON store.%I FOR SELECT TO yteso_notifiable USING (%s)', side, format(visible,
            'store.wall_notifiable(pat, type, id, (SELECT nullif(current_setting(''yteso.facts'', true), '''')::bigint[])::bigint[])'));
        EXECUTE format('CREATE POLICY wall_order ON store.%I FOR SELECT TO yteso_order USING (%s)', side, format(visible,
            'store.wall_inspected(pat)'));
        EXECUTE format('CREATE POLICY wall_types ON store.%I FOR SELECT TO yteso_types USING (%s)', side, format(visible, 'true'));
        EXECUTE format('CREATE POLICY wall_every ON store.%I FOR SELECT TO yteso_every USING (true)', side);
    END LOOP;

    -- A row of the index is seen where its resource is; asked inside the statement, 4 instead of 70 microseconds a row.
    FOREACH side IN ARRAY ARRAY['string', 'moment', 'number'] LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', side);
        EXECUTE format('CREATE POLICY wall_row ON store.%I FOR SELECT TO yteso_care, yteso_person, yteso_types, yteso_notifiable, '
            'yteso_order USING (EXISTS (SELECT FROM store.resource w WHERE w.shard = %1$I.shard AND w.type = %1$I.type AND w.hid = %1$I.hid))',
            side);
        EXECUTE format('CREATE POLICY wall_every ON store.%I FOR SELECT TO yteso_every USING (true)', side);
    END LOOP;

    ALTER TABLE store.care ENABLE ROW LEVEL SECURITY;
    CREATE POLICY wall_care ON store.care FOR SELECT TO yteso_care USING (facility = current_setting('yteso.holder', true));
    CREATE POLICY wall_order ON store.care FOR SELECT TO yteso_order USING (EXISTS (
        SELECT FROM store.inspection c WHERE c.facility = care.facility AND c.since <= now() AND c.until > now()));
    ALTER TABLE store.inspection ENABLE ROW LEVEL SECURITY;
    CREATE POLICY wall_order ON store.inspection FOR SELECT TO yteso_order USING (who = current_setting('yteso.holder', true));
    ALTER TABLE store.relation ENABLE ROW LEVEL SECURITY;
    CREATE POLICY wall_holder ON store.relation FOR SELECT TO yteso_care, yteso_person
        USING (holder = current_setting('yteso.holder', true));
    ALTER TABLE store.opening ENABLE ROW LEVEL SECURITY;
    CREATE POLICY wall_care ON store.opening FOR SELECT TO yteso_care USING (facility = current_setting('yteso.holder', true));
    -- Rules that name another facility or account decide nothing for this reader.
    ALTER TABLE store.consent_rule ENABLE ROW LEVEL SECURITY;
    CREATE POLICY wall_named ON store.consent_rule FOR SELECT
        TO yteso_care, yteso_person, yteso_types, yteso_notifiable, yteso_order
        USING (facility IN ('', current_setting('yteso.facility', true)) AND account IN ('', current_setting('yteso.account', true)));
    CREATE POLICY wall_every ON store.consent_rule FOR SELECT TO yteso_every USING (true);
END $_$;

-- FUNCTION: related(bigint, text)

CREATE FUNCTION store.related(a_pat bigint, a_facility text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.relation c WHERE c.pat = a_pat AND c.holder = a_facility AND c.kind IN ('r', 'a', 'f')
                   AND c.since <= now() AND c.until > now());
END $$;

-- FUNCTION: resume_numbering()

CREATE FUNCTION store.resume_numbering() RETURNS bigint
    LANGUAGE sql
    AS $$ UPDATE store.numbering SET shift = greatest(shift,
       (SELECT coalesce(max(t), 0) FROM store.audit) + 1 - pg_current_xact_id()::text::bigint) RETURNING shift $$;

-- FUNCTION: same_person(bigint)

CREATE FUNCTION store.same_person(a_pat bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $$
    WITH RECURSIVE same (pat) AS (
        SELECT a_pat
        UNION
        SELECT b.pat FROM same s JOIN store.relation a ON a.pat = s.pat AND a.kind = 's'
        JOIN store.relation b ON b.kind = 's' AND b.holder = 'Patient/' || a.id AND a.holder = 'Patient/' || b.id
    )
    SELECT pat FROM same WHERE pat <> a_pat
$$;

-- FUNCTION: spend(jsonb)

CREATE FUNCTION store.spend(spending jsonb, OUT exceeded integer, OUT known boolean) RETURNS record
    LANGUAGE plpgsql
    AS $$
DECLARE
    one jsonb;
    account text;
    pats bigint[];
    now_hour timestamptz := date_trunc('hour', clock_timestamp());
    budget record;
    total integer;
BEGIN
    known := true;
    FOR k IN 0 .. jsonb_array_length(spending) - 1 LOOP
        one := spending->k;
        account := one->>0;
        pats := translate(one->>3, '[] ', '{}')::bigint[];
        SELECT b.most, b.warn, (SELECT max(g.most) FROM store.budget_grant g WHERE g.who = account AND g.until > now()) AS granted
        INTO budget FROM store.budget b WHERE b.shard = 0 AND b.role = one->>1;
        CONTINUE WHEN budget.most IS NULL;
        IF budget.granted > budget.most THEN
            budget.warn := budget.warn::bigint * budget.granted / budget.most;
            budget.most := budget.granted;
        END IF;
        WITH fresh AS (
            INSERT INTO store.seen (who, hour, pat) SELECT account, now_hour, p FROM unnest(pats) p ON CONFLICT DO NOTHING RETURNING pat
        )
        INSERT INTO store.spent AS s (who, hour, role, facility, most, people, warned)
        SELECT account, now_hour, one->>1, one->>2, budget.most, count(*),
               CASE WHEN count(*) >= budget.warn THEN clock_timestamp() END
        FROM fresh HAVING count(*) > 0
        ON CONFLICT (shard, who, hour) DO UPDATE SET
            people = s.people + EXCLUDED.people, most = EXCLUDED.most,
            warned = coalesce(s.warned, CASE WHEN s.people + EXCLUDED.people >= budget.warn THEN clock_timestamp() END)
        RETURNING s.people INTO total;
        IF FOUND THEN
            known := false;
            IF total > budget.most THEN
                exceeded := budget.most;
                RETURN;
            END IF;
        ELSIF known THEN
            -- Counted, but perhaps by this very transaction, which may still be undone.
            known := NOT EXISTS (SELECT FROM store.seen s WHERE s.shard = 0 AND s.who = account AND s.hour = now_hour
                                 AND s.pat = ANY (pats) AND s.since >= now());
        END IF;
    END LOOP;
END $$;

-- FUNCTION: spread_same(bigint[])

CREATE FUNCTION store.spread_same(a_only bigint[] DEFAULT NULL::bigint[]) RETURNS integer
    LANGUAGE plpgsql
    AS $$
DECLARE
    persons bigint[];
    joined bigint[];
    names text[];
    changed integer := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM store.relation WHERE kind = 's') AND NOT EXISTS (SELECT FROM store.relation WHERE type = 0) THEN
        RETURN 0;
    END IF;
    PERFORM pg_advisory_xact_lock(7304981254);
    persons := ARRAY(SELECT p FROM unnest(a_only) p UNION SELECT s.pat FROM unnest(a_only) p CROSS JOIN LATERAL store.same_person(p) s (pat));
    names := ARRAY(SELECT 'Patient/' || id FROM store.resource WHERE pat = ANY(persons) AND type = 103);
    -- Whom they represent, and who represents them: either side may have several Patients.
    persons := ARRAY(
        WITH linked AS (
            SELECT r.pat FROM store.relation r WHERE r.holder = ANY(names) AND r.kind IN ('p', 'm') AND r.type <> 0
            UNION
            SELECT h.pat FROM store.relation r JOIN store.relation h ON h.kind = 's' AND h.id = substr(r.holder, 9)
            WHERE r.pat = ANY(persons) AND r.kind IN ('p', 'm') AND r.type <> 0
        )
        SELECT p FROM unnest(persons) p UNION SELECT pat FROM linked
        UNION SELECT s.pat FROM linked l CROSS JOIN LATERAL store.same_person(l.pat) s (pat));
    joined := ARRAY(SELECT DISTINCT pat FROM store.relation WHERE kind = 's' AND (a_only IS NULL OR pat = ANY(persons)));
    names := ARRAY(SELECT 'Patient/' || id FROM store.resource WHERE pat = ANY(persons) AND type = 103);
    WITH pair AS MATERIALIZED (
        SELECT DISTINCT a.pat, a.id, b.pat AS other, b.id AS other_id
        FROM store.relation a CROSS JOIN LATERAL store.same_person(a.pat) s (pat)
        JOIN store.relation b ON b.pat = s.pat AND b.kind = 's'
        WHERE a.pat = ANY(joined) AND a.kind = 's'
    ), base AS MATERIALIZED (
        SELECT c.pat, 'f'::"char" AS kind, c.facility AS holder, 'care' AS id, timestamptz '0001-01-02 00:00+00' AS since,
               timestamptz '9999-01-01 00:00+00' AS until
        FROM store.care c WHERE c.pat = ANY(joined)
        UNION
        SELECT r.pat, r.kind, r.holder, r.id, r.since, r.until FROM store.relation r
        WHERE r.type <> 0 AND r.kind IN ('r', 'a', 'f', 'p', 'm')
          AND (r.pat = ANY(joined) OR r.holder = ANY(ARRAY(SELECT 'Patient/' || id FROM pair)))
    ), told AS (
        SELECT * FROM base UNION SELECT p.other, b.kind, b.holder, b.id, b.since, b.until FROM base b JOIN pair p ON p.pat = b.pat
    ), spread AS (
        SELECT * FROM told
        UNION
        SELECT n.pat, n.kind, 'Patient/' || p.other_id, n.id, n.since, n.until
        FROM told n JOIN pair p ON n.kind IN ('p', 'm') AND n.holder = 'Patient/' || p.id
    ), wanted AS MATERIALIZED (
        SELECT DISTINCT ON (s.pat, s.holder, s.id) s.* FROM (SELECT * FROM spread EXCEPT SELECT * FROM base) s
        ORDER BY s.pat, s.holder, s.id, s.until DESC
    ), gone AS (
        DELETE FROM store.relation r WHERE r.type = 0 AND (a_only IS NULL OR r.pat = ANY(persons) OR r.holder = ANY(names))
        AND NOT EXISTS (SELECT FROM wanted w WHERE w.pat = r.pat AND w.holder = r.holder AND w.id = r.id)
        -- A representative's row may come from the ward's side, of a person not looked at now.
        AND (a_only IS NULL OR r.pat = ANY(persons) OR NOT EXISTS (SELECT FROM store.relation k WHERE k.pat = r.pat AND k.kind = 's'))
        RETURNING 1
    ), put AS (
        INSERT INTO store.relation (shard, type, id, pat, kind, holder, since, until)
        SELECT (w.pat & 255)::smallint, 0, w.id, w.pat, w.kind, w.holder, w.since, w.until FROM wanted w
        ON CONFLICT (shard, type, id, holder, pat)
        DO UPDATE SET kind = excluded.kind, since = excluded.since, until = excluded.until
        WHERE (relation.kind, relation.since, relation.until) IS DISTINCT FROM (excluded.kind, excluded.since, excluded.until)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put) INTO changed;
    RETURN changed;
END $$;

-- FUNCTION: sweep_same()

CREATE FUNCTION store.sweep_same() RETURNS integer
    LANGUAGE plpgsql
    AS $$
DECLARE
    last bigint;
    finished bigint := store.finished_t();
    touched bigint[] := '{}';
BEGIN
    IF NOT pg_try_advisory_xact_lock(7304981255) THEN
        RETURN 0;
    END IF;
    SELECT t INTO last FROM store.same_sweep WHERE shard = 0 FOR UPDATE;
    IF EXISTS (SELECT FROM store.relation WHERE kind = 's') OR EXISTS (SELECT FROM store.relation WHERE type = 0) THEN
        touched := ARRAY(
            WITH written AS MATERIALIZED (
                SELECT DISTINCT p FROM store.audit a CROSS JOIN unnest(a.pats) p
                WHERE a.t >= last AND a.t < finished AND a.action IN ('C', 'U', 'D') AND a.outcome IS NULL
            )
            SELECT s.pat FROM written w JOIN store.relation s ON s.pat = w.p AND s.kind = 's'
            UNION
            SELECT s.pat FROM written w JOIN store.relation r ON r.pat = w.p AND r.kind IN ('p', 'm') AND r.type <> 0
            JOIN store.relation s ON s.id = substr(r.holder, 9) AND s.kind = 's'
            UNION
            SELECT w.p FROM written w JOIN store.relation r ON r.pat = w.p AND r.type = 0
            UNION
            SELECT w.p FROM store.relation r JOIN store.resource h ON h.type = 103 AND h.id = substr(r.holder, 9)
            JOIN written w ON w.p = h.pat WHERE r.type = 0 AND r.kind IN ('p', 'm'));
    END IF;
    UPDATE store.same_sweep SET t = finished WHERE shard = 0 AND t < finished;
    RETURN CASE WHEN touched = '{}' THEN 0 ELSE store.spread_same(touched) END;
END $$;

-- FUNCTION: types_present()

CREATE FUNCTION store.types_present() RETURNS smallint[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
    WITH RECURSIVE found (type) AS (
        SELECT min(r.type) FROM store.resource r
        UNION ALL
        SELECT (SELECT min(r.type) FROM store.resource r WHERE r.type > f.type) FROM found f WHERE f.type IS NOT NULL
    )
    SELECT coalesce(array_agg(type), '{}') FROM found WHERE type IS NOT NULL
$$;

-- FUNCTION: under_glass(jsonb, timestamp with time zone)

CREATE FUNCTION store.under_glass(notes jsonb, at timestamp with time zone) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
SELECT jsonb_agg(CASE WHEN store.breaks_glass(note->>0, note->>2, translate(note->>7, '[] ', '{}')::bigint[], at)
                      THEN jsonb_set(note, '{3}', '"BTG"') ELSE note END ORDER BY k)
FROM jsonb_array_elements(notes) WITH ORDINALITY AS e (note, k) $$;

-- FUNCTION: wall_app(smallint, bigint, bigint[])

CREATE FUNCTION store.wall_app(a_type smallint, a_pat bigint, a_tok bigint[]) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE
    of_own boolean := coalesce(a_pat::text = current_setting('yteso.app', true), false);
BEGIN
    RETURN a_type = ANY (store.wall_numbers('app_free'))
        OR (of_own AND a_type = ANY (store.wall_numbers('app_own')))
        OR (a_pat IS NULL AND a_type = ANY (store.wall_numbers('app_loose')))
        OR EXISTS (
            SELECT FROM jsonb_to_recordset(nullif(current_setting('yteso.app_found', true), '')::jsonb)
                AS f (types smallint[], own boolean, loose boolean, tokens jsonb)
            WHERE a_type = ANY (f.types) AND (NOT f.own OR of_own OR (f.loose AND a_pat IS NULL))
              AND NOT EXISTS (SELECT FROM jsonb_array_elements(f.tokens) g
                              WHERE NOT coalesce(a_tok && ARRAY(SELECT e::bigint FROM jsonb_array_elements_text(g.value) e), false)));
END $$;

-- FUNCTION: wall_app(smallint, smallint, bigint, bigint, bigint[])

CREATE FUNCTION store.wall_app(a_shard smallint, a_type smallint, a_hid bigint, a_pat bigint, a_tok bigint[]) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
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

-- FUNCTION: wall_app_past(smallint, smallint, text, bigint)

CREATE FUNCTION store.wall_app_past(a_shard smallint, a_type smallint, a_id text, a_pat bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RETURN store.wall_app(a_shard, a_type, store.hid(a_id), a_pat, (
        SELECT l.tok FROM store.resource l
        WHERE l.shard = a_shard AND l.type = a_type AND l.hid = store.hid(a_id) AND l.hash IS NOT NULL));
END $$;

-- FUNCTION: wall_file(smallint, bigint, integer, bigint[])

CREATE FUNCTION store.wall_file(a_shard smallint, a_hid bigint, a_ver integer, a_tok bigint[]) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
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

-- FUNCTION: wall_file_past(smallint, text, integer)

CREATE FUNCTION store.wall_file_past(a_shard smallint, a_id text, a_ver integer) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN store.wall_file(a_shard, store.hid(a_id), a_ver, store.present_tok(a_shard, 9::smallint, a_id));
END $$;

-- FUNCTION: wall_further(smallint, smallint, bigint, jsonb)

CREATE FUNCTION store.wall_further(a_shard smallint, a_type smallint, a_hid bigint, further jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

-- FUNCTION: wall_inspected(bigint)

CREATE FUNCTION store.wall_inspected(a_pat bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.inspection c JOIN store.care v ON v.facility = c.facility
                   WHERE c.who = current_setting('yteso.holder', true) AND v.pat = a_pat AND c.since <= now() AND c.until > now());
END $$;

-- FUNCTION: wall_label(bigint, smallint, smallint, text, bigint, bigint)

CREATE FUNCTION store.wall_label(a_pat bigint, a_type smallint, a_label smallint, a_maker text, a_lo bigint, a_hi bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE
    anywhere integer := nullif(current_setting('yteso.anywhere', true), '');
BEGIN
    RETURN anywhere = 32767 OR store.open_to(
        a_pat, a_type, a_label, a_maker, a_lo, a_hi, current_setting('yteso.account', true),
        current_setting('yteso.facility', true), current_setting('yteso.role', true), current_setting('yteso.purpose', true),
        nullif(current_setting('yteso.own', true), '')::integer, anywhere, nullif(current_setting('yteso.pat', true), '')::bigint);
END $$;

-- FUNCTION: wall_missing()

CREATE FUNCTION store.wall_missing() RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
SELECT array_remove(ARRAY[
    CASE WHEN current_setting('server_version_num')::integer < 160000 THEN 'roles'
         WHEN (SELECT count(*) FROM pg_roles WHERE rolname IN ('yteso_reader', 'yteso_care', 'yteso_person', 'yteso_types',
                   'yteso_every', 'yteso_notifiable', 'yteso_order') AND pg_has_role(rolname, 'SET')) < 7 THEN 'roles' END,
    CASE WHEN EXISTS (SELECT FROM pg_proc WHERE proname IN ('arraycontains', 'arrayoverlap')
                      AND pronamespace = 'pg_catalog'::regnamespace AND NOT proleakproof) THEN 'leakproof' END,
    CASE WHEN (SELECT count(*) FROM pg_proc WHERE prosecdef AND oid IN (to_regprocedure('store.write_notes(jsonb)'),
                  to_regprocedure('store.note_and_spend(jsonb, jsonb)'))) < 2
           OR EXISTS (SELECT FROM pg_class WHERE relnamespace = 'store'::regnamespace AND NOT relrowsecurity AND relname IN (
                      'resource', 'history', 'string', 'moment', 'number', 'care', 'relation', 'opening', 'inspection', 'consent_rule'))
           OR (SELECT count(*) FROM pg_policies WHERE schemaname = 'store') < 25
           -- Policies of before ask otherwise.
           OR EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_policy'::regclass AND refclassid = 'pg_proc'::regclass
                      AND refobjid IN (to_regprocedure('store.wall_numbers(text)'), to_regprocedure('store.wall_app(smallint, bigint, bigint[])')))
         THEN 'policies' END], NULL) $$;

-- FUNCTION: wall_notifiable(bigint, smallint, text, bigint[])

CREATE FUNCTION store.wall_notifiable(a_pat bigint, a_type smallint, a_id text, facts bigint[]) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.resource c WHERE c.pat = a_pat AND c.type = 28 AND c.hash IS NOT NULL
                   AND c.tok && facts AND (a_type = 103 OR (a_type = 28 AND c.id = a_id)));
END $$;

-- FUNCTION: wall_now(smallint, smallint, text)

CREATE FUNCTION store.wall_now(a_shard smallint, a_type smallint, a_id text) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RETURN (SELECT l.pat IS NULL OR store.wall_label(l.pat, l.type, l.label, l.maker, (-9223372036854775808)::bigint, 9223372036854775807)
            FROM store.resource l WHERE l.shard = a_shard AND l.type = a_type AND l.hid = store.hid(a_id));
END $$;

-- FUNCTION: wall_numbers(text)

CREATE FUNCTION store.wall_numbers(name text) RETURNS smallint[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('yteso.' || name, true), '')::smallint[] $$;

-- FUNCTION: wall_opened()

CREATE FUNCTION store.wall_opened() RETURNS bigint[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN ARRAY(SELECT s.pat FROM store.opening o CROSS JOIN LATERAL (SELECT o.pat UNION ALL SELECT store.same_person(o.pat)) s (pat)
                 WHERE o.facility = current_setting('yteso.holder', true)
                   AND o.account IN ('', current_setting('yteso.account', true)) AND o.since <= now() AND o.until > now());
END $$;

-- FUNCTION: wall_others()

CREATE FUNCTION store.wall_others() RETURNS bigint[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE
    related bigint[] := ARRAY(SELECT c.pat FROM store.relation c WHERE c.holder = current_setting('yteso.holder', true)
                              AND c.kind IN ('r', 'a', 'f') AND c.since <= now() AND c.until > now() LIMIT 101);
BEGIN
    RETURN store.wall_opened() || CASE WHEN cardinality(related) > 100 THEN ARRAY[NULL::bigint] ELSE related END;
END $$;

-- FUNCTION: wall_related(bigint)

CREATE FUNCTION store.wall_related(a_pat bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.relation c WHERE c.pat = a_pat AND c.holder = current_setting('yteso.holder', true)
                   AND c.kind IN ('r', 'a', 'f') AND c.since <= now() AND c.until > now());
END $$;

-- FUNCTION: wall_wards()

CREATE FUNCTION store.wall_wards() RETURNS bigint[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
SELECT array_agg(w.pat) FROM (
    SELECT nullif(current_setting('yteso.pat', true), '')::bigint
    UNION ALL
    SELECT store.same_person(nullif(current_setting('yteso.pat', true), '')::bigint)
    UNION ALL
    SELECT c.pat FROM store.relation c
    WHERE c.holder = current_setting('yteso.holder', true) AND c.kind IN ('p', 'm') AND c.since <= now() AND c.until > now()
      AND (c.kind = 'p' OR EXISTS (
          SELECT FROM store.resource p WHERE p.pat = c.pat AND p.type = 103 AND p.hash IS NOT NULL AND p.d_lo >
          (extract(epoch FROM date_trunc('day', now() AT TIME ZONE 'Asia/Ho_Chi_Minh') - interval '18 years') * 1000000)::bigint))
) w (pat) WHERE w.pat IS NOT NULL $$;

SET default_table_access_method = heap;

-- TABLE: resource

CREATE TABLE store.resource (
    t bigint NOT NULL,
    hid bigint CONSTRAINT resource_hid_not_null1 NOT NULL,
    ts timestamp with time zone NOT NULL,
    pat bigint,
    code bigint,
    d_lo bigint NOT NULL,
    d_hi bigint NOT NULL,
    amount double precision,
    unit integer,
    bare integer,
    ver integer NOT NULL,
    shape integer DEFAULT 0 NOT NULL,
    shard smallint NOT NULL,
    type smallint NOT NULL,
    dict smallint NOT NULL,
    label smallint DEFAULT 0 CONSTRAINT resource_label_not_null1 NOT NULL,
    uid uuid,
    name text COLLATE pg_catalog."C",
    hash bytea,
    maker text COLLATE pg_catalog."C",
    tok bigint[] NOT NULL,
    body bytea NOT NULL,
    id text GENERATED ALWAYS AS (COALESCE(name, (uid)::text)) COLLATE pg_catalog."C",
    CONSTRAINT resource_check CHECK (((uid IS NULL) <> (name IS NULL)))
)
WITH (autovacuum_vacuum_insert_scale_factor='0.05', autovacuum_analyze_scale_factor='0.02');
ALTER TABLE ONLY store.resource ALTER COLUMN hash SET STORAGE EXTERNAL;
ALTER TABLE ONLY store.resource ALTER COLUMN tok SET STATISTICS 100;
ALTER TABLE ONLY store.resource ALTER COLUMN tok SET STORAGE EXTERNAL;
ALTER TABLE ONLY store.resource ALTER COLUMN body SET STORAGE EXTERNAL;

-- FUNCTION: wall_way(store.resource, jsonb)

CREATE FUNCTION store.wall_way(a store.resource, way jsonb) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
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

-- FUNCTION: wall_within(jsonb, double precision, double precision)

CREATE FUNCTION store.wall_within(spans jsonb, lo double precision, hi double precision) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
SELECT EXISTS (SELECT FROM jsonb_array_elements(spans) AS e (span)
               WHERE lo BETWEEN coalesce((span#>>'{0,0}')::double precision, lo) AND coalesce((span#>>'{0,1}')::double precision, lo)
                 AND hi BETWEEN coalesce((span#>>'{1,0}')::double precision, hi) AND coalesce((span#>>'{1,1}')::double precision, hi)) $$;

-- FUNCTION: wall_within(jsonb, bigint, bigint)

CREATE FUNCTION store.wall_within(spans jsonb, lo bigint, hi bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
SELECT EXISTS (SELECT FROM jsonb_array_elements(spans) AS e (span)
               WHERE lo BETWEEN coalesce((span#>>'{0,0}')::bigint, lo) AND coalesce((span#>>'{0,1}')::bigint, lo)
                 AND hi BETWEEN coalesce((span#>>'{1,0}')::bigint, hi) AND coalesce((span#>>'{1,1}')::bigint, hi)) $$;

-- FUNCTION: ward_labels(bigint, bigint, bigint, bigint)

CREATE FUNCTION store.ward_labels(a_person bigint, a_pat bigint, a_lo bigint, a_hi bigint) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $$
    SELECT coalesce(sum(v.bit), 0)::integer
    FROM (
        SELECT to_timestamp(max(p.d_lo) / 1000000) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS born FROM store.resource s
        JOIN store.relation m ON m.pat = a_pat AND m.holder = 'Patient/' || s.id AND m.kind = 'm' AND m.since <= now() AND m.until > now()
        JOIN store.resource p ON p.pat = a_pat AND p.type = 103 AND p.hash IS NOT NULL AND p.d_lo > -62135596800000000
        WHERE s.pat = a_person AND s.type = 103 AND s.hash IS NOT NULL
    ) child
    CROSS JOIN (VALUES (1, 15), (2, 16), (4, 16), (8, 16), (64, 16), (32, 18)) AS v (bit, age)
    WHERE (extract(epoch FROM store.birthday(child.born, v.age) AT TIME ZONE 'Asia/Ho_Chi_Minh') * 1000000)::bigint
        > CASE WHEN a_lo = -9223372036854775808 THEN (extract(epoch FROM now()) * 1000000)::bigint
               ELSE least(a_hi, (extract(epoch FROM now()) * 1000000)::bigint) END
$$;

-- FUNCTION: wards(bigint, text)

CREATE FUNCTION store.wards(a_pat bigint, a_holder text) RETURNS bigint[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
BEGIN
    RETURN ARRAY(
        SELECT a_pat
        UNION
        SELECT store.same_person(a_pat)
        UNION
        SELECT c.pat FROM store.relation c
        WHERE c.holder = a_holder AND c.kind IN ('p', 'm') AND c.since <= now() AND c.until > now()
          AND (c.kind = 'p' OR EXISTS (
              SELECT FROM store.resource p WHERE p.pat = c.pat AND p.type = 103 AND p.hash IS NOT NULL AND p.d_lo >
              (extract(epoch FROM date_trunc('day', now() AT TIME ZONE 'Asia/Ho_Chi_Minh') - interval '18 years') * 1000000)::bigint)));
END $$;

-- FUNCTION: write_notes(jsonb)

CREATE FUNCTION store.write_notes(notes jsonb, OUT a_t bigint, OUT a_ts timestamp with time zone) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    lane smallint := pg_backend_pid() % 64;
    many integer := jsonb_array_length(notes);
    judged boolean := false;
    last bigint;
    link bytea;
BEGIN
    IF many = 0 THEN
        a_t := store.present_t();
        a_ts := clock_timestamp();
        RETURN;
    END IF;
    IF NOT pg_try_advisory_xact_lock(730498125, lane) THEN
        lane := store.free_lane(lane);
    END IF;
    a_ts := clock_timestamp();
    LOOP
        UPDATE store.lane l
        SET n = l.n + many,
            hash = sha256(l.hash || int2send(l.shard) || int8send(l.n) || timestamptz_send(a_ts)
                || int8send(pg_current_xact_id()::text::bigint + b.shift)
                || (SELECT string_agg(sha256(int8send(e.k) || convert_to(e.note::text, 'UTF8')), ''::bytea ORDER BY e.k)
                    FROM jsonb_array_elements(notes) WITH ORDINALITY AS e (note, k)))
        FROM store.numbering b
        WHERE l.shard = lane AND (judged OR NOT EXISTS (SELECT FROM store.opening o WHERE o.kind = 'g' AND o.until > a_ts))
        RETURNING l.n, l.hash, pg_current_xact_id()::text::bigint + b.shift INTO last, link, a_t;
        EXIT WHEN FOUND;
        IF judged THEN
            RAISE EXCEPTION 'lane % of the audit is gone', lane;
        END IF;
        notes := store.under_glass(notes, a_ts);
        judged := true;
    END LOOP;
    INSERT INTO store.audit
    SELECT lane, last - many + k, a_ts, a_t, note->>0, note->>1, note->>2, note->>3, note->>4, note->>5, note->>6,
           translate(note->>7, '[] ', '{}')::bigint[],
           CASE WHEN k = many THEN link ELSE substr(sha256(int8send(k) || convert_to(note::text, 'UTF8')), 1, 16) END,
           note->>8, note->>9, note->>10, decode(note->>11, 'base64')
    FROM jsonb_array_elements(notes) WITH ORDINALITY AS e (note, k);
END $$;

-- FUNCTION: write_versions(jsonb, store.old_version[], store.old_version[], store.new_resource[], store.new_resource[], store.new_string[], store.new_moment[], store.new_number[], store.new_care[])

CREATE FUNCTION store.write_versions(notes jsonb, ended store.old_version[], removed store.old_version[], renewed store.new_resource[], fresh store.new_resource[], strings store.new_string[], moments store.new_moment[], numbers store.new_number[], care store.new_care[], OUT a_t bigint, OUT a_ts timestamp with time zone) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

-- TABLE: attempt

CREATE TABLE store.attempt (
    shard smallint DEFAULT 0 NOT NULL,
    bucket smallint NOT NULL,
    count bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT attempt_bucket_check CHECK (((bucket >= '-1'::integer) AND (bucket <= 4095))),
    CONSTRAINT attempt_shard_check CHECK ((shard = 0))
);

-- TABLE: audit_default

CREATE TABLE store.audit_default (
    shard smallint CONSTRAINT audit_shard_not_null NOT NULL,
    n bigint CONSTRAINT audit_n_not_null NOT NULL,
    ts timestamp with time zone CONSTRAINT audit_ts_not_null NOT NULL,
    t bigint CONSTRAINT audit_t_not_null NOT NULL,
    who text CONSTRAINT audit_who_not_null NOT NULL,
    role text CONSTRAINT audit_role_not_null NOT NULL,
    facility text CONSTRAINT audit_facility_not_null NOT NULL,
    purpose text CONSTRAINT audit_purpose_not_null NOT NULL,
    action "char" CONSTRAINT audit_action_not_null NOT NULL,
    what text CONSTRAINT audit_what_not_null NOT NULL,
    detail text CONSTRAINT audit_detail_not_null NOT NULL,
    pats bigint[] CONSTRAINT audit_pats_not_null NOT NULL,
    hash bytea CONSTRAINT audit_hash_not_null NOT NULL,
    outcome "char",
    client text,
    behalf text,
    content bytea
);
ALTER TABLE ONLY store.audit_default ALTER COLUMN content SET STORAGE EXTERNAL;

-- TABLE: breach

CREATE TABLE store.breach (
    shard smallint DEFAULT 0 NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    what text NOT NULL,
    noticed timestamp with time zone NOT NULL,
    account text NOT NULL COLLATE pg_catalog."C",
    facility text NOT NULL COLLATE pg_catalog."C",
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    opened_by text NOT NULL,
    opened timestamp with time zone NOT NULL,
    kinds text DEFAULT ''::text NOT NULL,
    consequences text DEFAULT ''::text NOT NULL,
    measures text DEFAULT ''::text NOT NULL,
    authority_told timestamp with time zone,
    people_told timestamp with time zone,
    closed timestamp with time zone,
    closed_by text,
    conclusion text,
    notice text,
    notice_by text,
    notice_at timestamp with time zone,
    CONSTRAINT breach_check CHECK ((until > since)),
    CONSTRAINT breach_check1 CHECK (((account <> ''::text) OR (facility <> ''::text))),
    CONSTRAINT breach_check2 CHECK (((closed IS NULL) = (conclusion IS NULL))),
    CONSTRAINT breach_shard_check CHECK ((shard = 0))
);

-- TABLE: breach_person

CREATE TABLE store.breach_person (
    shard smallint NOT NULL,
    breach uuid NOT NULL,
    pat bigint NOT NULL,
    patient text NOT NULL COLLATE pg_catalog."C",
    state "char" DEFAULT 'w'::"char" NOT NULL,
    told timestamp with time zone,
    CONSTRAINT breach_person_state_check CHECK ((state = ANY (ARRAY['w'::"char", 't'::"char", 'l'::"char"])))
);

-- TABLE: budget

CREATE TABLE store.budget (
    shard smallint DEFAULT 0 NOT NULL,
    role text NOT NULL COLLATE pg_catalog."C",
    most integer NOT NULL,
    warn integer NOT NULL,
    told boolean DEFAULT false NOT NULL,
    CONSTRAINT budget_check CHECK (((warn >= 1) AND (warn <= most))),
    CONSTRAINT budget_most_check CHECK ((most > 0)),
    CONSTRAINT budget_shard_check CHECK ((shard = 0))
);

-- TABLE: budget_grant

CREATE TABLE store.budget_grant (
    shard smallint DEFAULT 0 NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    who text NOT NULL COLLATE pg_catalog."C",
    most integer NOT NULL,
    reason text NOT NULL,
    given_by text NOT NULL COLLATE pg_catalog."C",
    given timestamp with time zone DEFAULT now() NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT budget_grant_check CHECK ((given_by <> who)),
    CONSTRAINT budget_grant_most_check CHECK ((most > 0)),
    CONSTRAINT budget_grant_reason_check CHECK ((length(reason) >= 10)),
    CONSTRAINT budget_grant_shard_check CHECK ((shard = 0))
);

-- TABLE: bulk_chunk

CREATE TABLE store.bulk_chunk (
    shard smallint NOT NULL,
    job text NOT NULL COLLATE pg_catalog."C",
    n integer NOT NULL,
    file text NOT NULL,
    start bigint NOT NULL,
    size bigint NOT NULL,
    line bigint NOT NULL,
    done boolean DEFAULT false NOT NULL,
    created integer DEFAULT 0 NOT NULL,
    updated integer DEFAULT 0 NOT NULL,
    unchanged integer DEFAULT 0 NOT NULL,
    failed integer DEFAULT 0 NOT NULL,
    t bigint,
    loose text[] DEFAULT '{}'::text[] NOT NULL
);

-- TABLE: bulk_file

CREATE TABLE store.bulk_file (
    shard smallint NOT NULL,
    job text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    type text NOT NULL,
    size bigint NOT NULL,
    written bigint NOT NULL,
    CONSTRAINT bulk_file_kind_check CHECK ((kind = ANY (ARRAY['output'::text, 'deleted'::text, 'error'::text])))
);

-- TABLE: bulk_job

CREATE TABLE store.bulk_job (
    shard smallint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    who text NOT NULL,
    role text NOT NULL,
    facility text NOT NULL,
    purpose text NOT NULL,
    request text NOT NULL,
    wish jsonb NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    asked timestamp with time zone DEFAULT now() NOT NULL,
    ended timestamp with time zone,
    expires timestamp with time zone,
    t bigint,
    as_of timestamp with time zone,
    place jsonb,
    failures smallint DEFAULT 0 NOT NULL,
    written bigint DEFAULT 0 NOT NULL,
    approved_by text,
    decided timestamp with time zone,
    decision text,
    CONSTRAINT bulk_job_approved CHECK (((kind <> 'export'::text) OR (state = ANY (ARRAY['held'::text, 'refused'::text, 'cancelled'::text])) OR ((approved_by IS NOT NULL) AND (approved_by <> who)))),
    CONSTRAINT bulk_job_kind_check CHECK ((kind = ANY (ARRAY['export'::text, 'import'::text]))),
    CONSTRAINT bulk_job_state_check CHECK ((state = ANY (ARRAY['held'::text, 'waiting'::text, 'done'::text, 'failed'::text, 'cancelled'::text, 'refused'::text])))
);

-- TABLE: bulk_problem

CREATE TABLE store.bulk_problem (
    shard smallint NOT NULL,
    job text NOT NULL COLLATE pg_catalog."C",
    file text NOT NULL,
    line bigint NOT NULL,
    n smallint NOT NULL,
    issue jsonb NOT NULL
);

-- TABLE: care

CREATE TABLE store.care (
    pat bigint CONSTRAINT care_pat_not_null1 NOT NULL,
    hid bigint NOT NULL,
    shard smallint CONSTRAINT care_shard_not_null1 NOT NULL,
    facility text CONSTRAINT care_facility_not_null1 NOT NULL COLLATE pg_catalog."C"
);

-- TABLE: consent_rule

CREATE TABLE store.consent_rule (
    shard smallint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    n smallint NOT NULL,
    pat bigint NOT NULL,
    permit boolean NOT NULL,
    facility text NOT NULL COLLATE pg_catalog."C",
    account text NOT NULL COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    purpose text NOT NULL COLLATE pg_catalog."C",
    type smallint NOT NULL,
    label smallint NOT NULL,
    maker text NOT NULL COLLATE pg_catalog."C",
    lo bigint NOT NULL,
    hi bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL
);

-- TABLE: context

CREATE TABLE store.context (
    shard smallint NOT NULL,
    hid bigint NOT NULL,
    ver integer NOT NULL,
    of_shard smallint,
    of_type smallint,
    of_hid bigint
);

-- TABLE: dictionary

CREATE TABLE store.dictionary (
    shard smallint DEFAULT 0 NOT NULL,
    dict smallint NOT NULL,
    content bytea NOT NULL,
    sha256 bytea NOT NULL,
    made timestamp with time zone DEFAULT now() NOT NULL,
    type smallint DEFAULT 0 NOT NULL,
    CONSTRAINT dictionary_dict_check CHECK ((dict > 0)),
    CONSTRAINT dictionary_shard_check CHECK ((shard = 0))
);

-- TABLE: history

CREATE TABLE store.history (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    ver integer NOT NULL,
    until timestamp with time zone NOT NULL,
    t bigint NOT NULL,
    ts timestamp with time zone NOT NULL,
    pat bigint,
    deleted boolean NOT NULL,
    dict smallint NOT NULL,
    body bytea NOT NULL,
    label smallint DEFAULT 0 NOT NULL,
    maker text COLLATE pg_catalog."C"
)
PARTITION BY RANGE (until);
ALTER TABLE ONLY store.history ALTER COLUMN body SET STORAGE EXTERNAL;

-- TABLE: history_default

CREATE TABLE store.history_default (
    shard smallint CONSTRAINT history_shard_not_null NOT NULL,
    type smallint CONSTRAINT history_type_not_null NOT NULL,
    id text CONSTRAINT history_id_not_null NOT NULL COLLATE pg_catalog."C",
    ver integer CONSTRAINT history_ver_not_null NOT NULL,
    until timestamp with time zone CONSTRAINT history_until_not_null NOT NULL,
    t bigint CONSTRAINT history_t_not_null NOT NULL,
    ts timestamp with time zone CONSTRAINT history_ts_not_null NOT NULL,
    pat bigint,
    deleted boolean CONSTRAINT history_deleted_not_null NOT NULL,
    dict smallint CONSTRAINT history_dict_not_null NOT NULL,
    body bytea CONSTRAINT history_body_not_null NOT NULL,
    label smallint DEFAULT 0 CONSTRAINT history_label_not_null NOT NULL,
    maker text COLLATE pg_catalog."C"
);
ALTER TABLE ONLY store.history_default ALTER COLUMN body SET STORAGE EXTERNAL;

-- TABLE: inbox

CREATE TABLE store.inbox (
    shard smallint NOT NULL,
    pat bigint NOT NULL,
    about text NOT NULL COLLATE pg_catalog."C",
    patient text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    words text NOT NULL,
    told timestamp with time zone NOT NULL,
    read timestamp with time zone,
    read_by text,
    CONSTRAINT inbox_kind_check CHECK ((kind = 'breach'::text))
);

-- TABLE: inspection

CREATE TABLE store.inspection (
    shard smallint DEFAULT 0 NOT NULL,
    number text NOT NULL COLLATE pg_catalog."C",
    who text NOT NULL COLLATE pg_catalog."C",
    facility text NOT NULL COLLATE pg_catalog."C",
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    given_by text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    given timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT inspection_check CHECK ((until > since)),
    CONSTRAINT inspection_facility_check CHECK ((facility <> ''::text)),
    CONSTRAINT inspection_number_check CHECK ((number <> ''::text)),
    CONSTRAINT inspection_shard_check CHECK ((shard = 0)),
    CONSTRAINT inspection_who_check CHECK ((who <> ''::text))
);

-- TABLE: labelling

CREATE TABLE store.labelling (
    shard smallint DEFAULT 0 NOT NULL,
    fingerprint text NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT labelling_shard_check CHECK ((shard = 0))
);

-- TABLE: lane

CREATE TABLE store.lane (
    shard smallint NOT NULL,
    n bigint NOT NULL,
    hash bytea NOT NULL
)
WITH (fillfactor='20');

-- TABLE: moment

CREATE TABLE store.moment (
    shard smallint CONSTRAINT moment_shard_not_null1 NOT NULL,
    type smallint CONSTRAINT moment_type_not_null1 NOT NULL,
    t bigint NOT NULL,
    hid bigint NOT NULL,
    key bigint CONSTRAINT moment_key_not_null1 NOT NULL,
    lo bigint CONSTRAINT moment_lo_not_null1 NOT NULL,
    hi bigint CONSTRAINT moment_hi_not_null1 NOT NULL
);

-- TABLE: notice

CREATE TABLE store.notice (
    shard smallint NOT NULL,
    subscription text NOT NULL COLLATE pg_catalog."C",
    n bigint NOT NULL,
    t bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    type smallint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    ver integer NOT NULL,
    verb "char" NOT NULL
);

-- TABLE: notice_ticket

CREATE TABLE store.notice_ticket (
    shard smallint DEFAULT 0 NOT NULL,
    hash bytea NOT NULL,
    subscriptions text[] NOT NULL,
    who text NOT NULL,
    expires timestamp with time zone NOT NULL,
    client text DEFAULT ''::text NOT NULL,
    by_grant text DEFAULT ''::text NOT NULL,
    drawn timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT notice_ticket_shard_check CHECK ((shard = 0))
);

-- TABLE: number

CREATE TABLE store.number (
    t bigint CONSTRAINT number_t_not_null1 NOT NULL,
    hid bigint CONSTRAINT number_hid_not_null1 NOT NULL,
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

-- TABLE: numbering

CREATE TABLE store.numbering (
    shard smallint DEFAULT 0 NOT NULL,
    shift bigint NOT NULL,
    CONSTRAINT numbering_shard_check CHECK ((shard = 0))
);

-- TABLE: opening

CREATE TABLE store.opening (
    shard smallint DEFAULT 0 NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind "char" NOT NULL,
    pat bigint NOT NULL,
    patient text NOT NULL COLLATE pg_catalog."C",
    facility text NOT NULL COLLATE pg_catalog."C",
    account text NOT NULL COLLATE pg_catalog."C",
    opened_by text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL,
    words text NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    until timestamp with time zone NOT NULL,
    wants_second boolean DEFAULT false NOT NULL,
    second text COLLATE pg_catalog."C",
    reviewed timestamp with time zone,
    reviewer text,
    verdict text,
    CONSTRAINT opening_check CHECK (((kind = 'v'::"char") OR (account <> ''::text))),
    CONSTRAINT opening_check1 CHECK (((kind = 'v'::"char") OR (length(words) >= 20))),
    CONSTRAINT opening_check2 CHECK ((second <> opened_by)),
    CONSTRAINT opening_facility_check CHECK ((facility <> ''::text)),
    CONSTRAINT opening_kind_check CHECK ((kind = ANY (ARRAY['v'::"char", 'g'::"char"]))),
    CONSTRAINT opening_shard_check CHECK ((shard = 0)),
    CONSTRAINT opening_verdict_check CHECK ((verdict = ANY (ARRAY['justified'::text, 'unjustified'::text])))
);

-- SEQUENCE: parameter_mark

CREATE SEQUENCE store.parameter_mark
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

-- TABLE: parameter

CREATE TABLE store.parameter (
    shard smallint DEFAULT 0 NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    url text NOT NULL,
    code text NOT NULL,
    types smallint[] NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    definition jsonb NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    seen timestamp with time zone,
    fence bigint,
    at_shard smallint DEFAULT '-1'::integer NOT NULL,
    at_type smallint DEFAULT 0 NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    mark bigint DEFAULT nextval('store.parameter_mark'::regclass) NOT NULL,
    at_hid bigint DEFAULT '-9223372036854775808'::bigint NOT NULL,
    CONSTRAINT parameter_shard_check CHECK ((shard = 0)),
    CONSTRAINT parameter_state_check CHECK ((state = ANY (ARRAY['indexing'::text, 'ready'::text, 'refused'::text])))
);

-- TABLE: processing

CREATE TABLE store.processing (
    shard smallint DEFAULT 0 NOT NULL,
    activity text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    content jsonb NOT NULL,
    ended boolean DEFAULT false NOT NULL,
    written_by text NOT NULL,
    written timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT processing_shard_check CHECK ((shard = 0)),
    CONSTRAINT processing_version_check CHECK ((version > 0))
);

-- TABLE: questioned

CREATE TABLE store.questioned (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    patient text NOT NULL COLLATE pg_catalog."C",
    lane smallint NOT NULL,
    n bigint NOT NULL,
    asked_by text NOT NULL,
    question text NOT NULL,
    opened timestamp with time zone NOT NULL,
    due timestamp with time zone NOT NULL,
    answer text,
    answered_by text,
    answered timestamp with time zone
);

-- TABLE: receiver_secret

CREATE TABLE store.receiver_secret (
    shard smallint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    token text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    sealed bytea NOT NULL,
    made timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    giver jsonb
);

-- TABLE: relation

CREATE TABLE store.relation (
    shard smallint NOT NULL,
    type smallint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    pat bigint NOT NULL,
    kind "char" NOT NULL,
    holder text NOT NULL COLLATE pg_catalog."C",
    since timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT relation_holder_check CHECK ((holder <> ''::text))
);

-- TABLE: root

CREATE TABLE store.root (
    shard smallint DEFAULT 0 NOT NULL,
    n bigint NOT NULL,
    made timestamp with time zone NOT NULL,
    document jsonb NOT NULL,
    CONSTRAINT root_shard_check CHECK ((shard = 0))
);

-- TABLE: same_sweep

CREATE TABLE store.same_sweep (
    shard smallint DEFAULT 0 NOT NULL,
    t bigint NOT NULL,
    CONSTRAINT same_sweep_shard_check CHECK ((shard = 0))
);

-- TABLE: seen

CREATE TABLE store.seen (
    shard smallint DEFAULT 0 NOT NULL,
    who text NOT NULL COLLATE pg_catalog."C",
    hour timestamp with time zone NOT NULL,
    pat bigint NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT seen_shard_check CHECK ((shard = 0))
);

-- TABLE: shape

CREATE TABLE store.shape (
    shard smallint DEFAULT 0 NOT NULL,
    shape integer NOT NULL,
    marks integer[] NOT NULL,
    made timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT shape_shard_check CHECK ((shard = 0))
);

-- SEQUENCE: shape_shape_seq

ALTER TABLE store.shape ALTER COLUMN shape ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME store.shape_shape_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- TABLE: spent

CREATE TABLE store.spent (
    shard smallint DEFAULT 0 NOT NULL,
    who text NOT NULL COLLATE pg_catalog."C",
    hour timestamp with time zone NOT NULL,
    role text NOT NULL COLLATE pg_catalog."C",
    facility text NOT NULL COLLATE pg_catalog."C",
    people integer DEFAULT 0 NOT NULL,
    most integer NOT NULL,
    warned timestamp with time zone,
    CONSTRAINT spent_shard_check CHECK ((shard = 0))
);

-- TABLE: standing_approval

CREATE TABLE store.standing_approval (
    shard smallint DEFAULT 0 NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    who text NOT NULL COLLATE pg_catalog."C",
    reason text NOT NULL,
    given_by text NOT NULL COLLATE pg_catalog."C",
    given timestamp with time zone DEFAULT now() NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT standing_approval_check CHECK ((given_by <> who)),
    CONSTRAINT standing_approval_shard_check CHECK ((shard = 0))
);

-- TABLE: string

CREATE TABLE store.string (
    shard smallint CONSTRAINT string_shard_not_null1 NOT NULL,
    type smallint CONSTRAINT string_type_not_null1 NOT NULL,
    at smallint CONSTRAINT string_at_not_null1 NOT NULL,
    t bigint NOT NULL,
    hid bigint NOT NULL,
    key bigint CONSTRAINT string_key_not_null1 NOT NULL,
    val text CONSTRAINT string_val_not_null1 NOT NULL COLLATE pg_catalog."C"
);

-- TABLE: subject_request

CREATE TABLE store.subject_request (
    shard smallint NOT NULL,
    id uuid NOT NULL,
    patient text NOT NULL COLLATE pg_catalog."C",
    asked_by text NOT NULL COLLATE pg_catalog."C",
    kind text NOT NULL,
    words text NOT NULL,
    filed timestamp with time zone NOT NULL,
    answer_due timestamp with time zone NOT NULL,
    due timestamp with time zone NOT NULL,
    acknowledged timestamp with time zone,
    extended text,
    outcome text,
    answer text,
    closed timestamp with time zone,
    closed_by text,
    others boolean DEFAULT false NOT NULL,
    CONSTRAINT subject_request_check CHECK ((((closed IS NULL) = (answer IS NULL)) AND ((closed IS NULL) = (outcome IS NULL)))),
    CONSTRAINT subject_request_kind_check CHECK ((kind = ANY (ARRAY['access'::text, 'copy'::text, 'correction'::text, 'erasure'::text, 'restriction'::text, 'objection'::text, 'withdrawal'::text]))),
    CONSTRAINT subject_request_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'partly'::text, 'refused'::text])))
);

-- TABLE: subscription

CREATE TABLE store.subscription (
    shard smallint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    version integer NOT NULL,
    state text NOT NULL,
    owner text NOT NULL,
    resource text NOT NULL,
    started bigint DEFAULT 0 NOT NULL,
    events bigint DEFAULT 0 NOT NULL,
    delivered bigint DEFAULT 0 NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    retry_at timestamp with time zone,
    sent_at timestamp with time zone DEFAULT now() NOT NULL,
    error text DEFAULT ''::text NOT NULL,
    CONSTRAINT subscription_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'active'::text, 'error'::text, 'off'::text])))
);

-- TABLE: visit_code

CREATE TABLE store.visit_code (
    shard smallint DEFAULT 0 NOT NULL,
    hash bytea NOT NULL,
    patient text NOT NULL COLLATE pg_catalog."C",
    until timestamp with time zone NOT NULL,
    CONSTRAINT visit_code_shard_check CHECK ((shard = 0))
);

-- TABLE: watch

CREATE TABLE store.watch (
    shard smallint DEFAULT 0 NOT NULL,
    t bigint NOT NULL,
    CONSTRAINT watch_shard_check CHECK ((shard = 0))
);

-- TABLE ATTACH: audit_default

ALTER TABLE ONLY store.audit ATTACH PARTITION store.audit_default DEFAULT;

-- TABLE ATTACH: history_default

ALTER TABLE ONLY store.history ATTACH PARTITION store.history_default DEFAULT;

-- CONSTRAINT: attempt attempt_pkey

ALTER TABLE ONLY store.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (shard, bucket);

-- CONSTRAINT: audit audit_pkey

ALTER TABLE ONLY store.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (shard, n, ts);

-- CONSTRAINT: audit_default audit_default_pkey

ALTER TABLE ONLY store.audit_default
    ADD CONSTRAINT audit_default_pkey PRIMARY KEY (shard, n, ts);

-- CONSTRAINT: breach_person breach_person_pkey

ALTER TABLE ONLY store.breach_person
    ADD CONSTRAINT breach_person_pkey PRIMARY KEY (shard, breach, pat);

-- CONSTRAINT: breach breach_pkey

ALTER TABLE ONLY store.breach
    ADD CONSTRAINT breach_pkey PRIMARY KEY (shard, id);

-- CONSTRAINT: budget_grant budget_grant_pkey

ALTER TABLE ONLY store.budget_grant
    ADD CONSTRAINT budget_grant_pkey PRIMARY KEY (shard, id);

-- CONSTRAINT: budget budget_pkey

ALTER TABLE ONLY store.budget
    ADD CONSTRAINT budget_pkey PRIMARY KEY (shard, role);

-- CONSTRAINT: bulk_chunk bulk_chunk_pkey

ALTER TABLE ONLY store.bulk_chunk
    ADD CONSTRAINT bulk_chunk_pkey PRIMARY KEY (shard, job, n);

-- CONSTRAINT: bulk_file bulk_file_pkey

ALTER TABLE ONLY store.bulk_file
    ADD CONSTRAINT bulk_file_pkey PRIMARY KEY (shard, job, name);

-- CONSTRAINT: bulk_job bulk_job_pkey

ALTER TABLE ONLY store.bulk_job
    ADD CONSTRAINT bulk_job_pkey PRIMARY KEY (shard, id);

-- CONSTRAINT: bulk_problem bulk_problem_pkey

ALTER TABLE ONLY store.bulk_problem
    ADD CONSTRAINT bulk_problem_pkey PRIMARY KEY (shard, job, file, line, n);

-- CONSTRAINT: consent_rule consent_rule_pkey

ALTER TABLE ONLY store.consent_rule
    ADD CONSTRAINT consent_rule_pkey PRIMARY KEY (shard, id, n);

-- CONSTRAINT: context context_pkey

ALTER TABLE ONLY store.context
    ADD CONSTRAINT context_pkey PRIMARY KEY (shard, hid, ver);

-- CONSTRAINT: dictionary dictionary_pkey

ALTER TABLE ONLY store.dictionary
    ADD CONSTRAINT dictionary_pkey PRIMARY KEY (shard, dict);

-- CONSTRAINT: history history_pkey

ALTER TABLE ONLY store.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (shard, type, id, ver, until);

-- CONSTRAINT: history_default history_default_pkey

ALTER TABLE ONLY store.history_default
    ADD CONSTRAINT history_default_pkey PRIMARY KEY (shard, type, id, ver, until);

-- CONSTRAINT: inbox inbox_pkey

ALTER TABLE ONLY store.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (shard, pat, about);

-- CONSTRAINT: inspection inspection_pkey

ALTER TABLE ONLY store.inspection
    ADD CONSTRAINT inspection_pkey PRIMARY KEY (shard, number, who, facility);

-- CONSTRAINT: labelling labelling_pkey

ALTER TABLE ONLY store.labelling
    ADD CONSTRAINT labelling_pkey PRIMARY KEY (shard);

-- CONSTRAINT: lane lane_pkey

ALTER TABLE ONLY store.lane
    ADD CONSTRAINT lane_pkey PRIMARY KEY (shard);

-- CONSTRAINT: notice notice_pkey

ALTER TABLE ONLY store.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (shard, subscription, n);

-- CONSTRAINT: notice_ticket notice_ticket_pkey

ALTER TABLE ONLY store.notice_ticket
    ADD CONSTRAINT notice_ticket_pkey PRIMARY KEY (shard, hash);

-- CONSTRAINT: numbering numbering_pkey

ALTER TABLE ONLY store.numbering
    ADD CONSTRAINT numbering_pkey PRIMARY KEY (shard);

-- CONSTRAINT: opening opening_pkey

ALTER TABLE ONLY store.opening
    ADD CONSTRAINT opening_pkey PRIMARY KEY (shard, id);

-- CONSTRAINT: parameter parameter_pkey

ALTER TABLE ONLY store.parameter
    ADD CONSTRAINT parameter_pkey PRIMARY KEY (shard, id);

-- CONSTRAINT: processing processing_pkey

ALTER TABLE ONLY store.processing
    ADD CONSTRAINT processing_pkey PRIMARY KEY (shard, activity, version);

-- CONSTRAINT: questioned questioned_pkey

ALTER TABLE ONLY store.questioned
    ADD CONSTRAINT questioned_pkey PRIMARY KEY (shard, id);

-- CONSTRAINT: receiver_secret receiver_secret_pkey

ALTER TABLE ONLY store.receiver_secret
    ADD CONSTRAINT receiver_secret_pkey PRIMARY KEY (shard, id, token);

-- CHECK CONSTRAINT: relation relation_kind_check

ALTER TABLE store.relation
    ADD CONSTRAINT relation_kind_check CHECK ((kind = ANY (ARRAY['r'::"char", 'a'::"char", 'f'::"char", 'p'::"char", 'm'::"char", 's'::"char"]))) NOT VALID;

-- CONSTRAINT: relation relation_pkey

ALTER TABLE ONLY store.relation
    ADD CONSTRAINT relation_pkey PRIMARY KEY (shard, type, id, holder, pat);

-- CONSTRAINT: resource resource_pkey

ALTER TABLE ONLY store.resource
    ADD CONSTRAINT resource_pkey PRIMARY KEY (shard, type, hid);

-- CONSTRAINT: root root_pkey

ALTER TABLE ONLY store.root
    ADD CONSTRAINT root_pkey PRIMARY KEY (shard, n);

-- CONSTRAINT: same_sweep same_sweep_pkey

ALTER TABLE ONLY store.same_sweep
    ADD CONSTRAINT same_sweep_pkey PRIMARY KEY (shard);

-- CONSTRAINT: seen seen_pkey

ALTER TABLE ONLY store.seen
    ADD CONSTRAINT seen_pkey PRIMARY KEY (shard, who, hour, pat);

-- CONSTRAINT: shape shape_pkey

ALTER TABLE ONLY store.shape
    ADD CONSTRAINT shape_pkey PRIMARY KEY (shard, shape);

-- CONSTRAINT: spent spent_pkey

ALTER TABLE ONLY store.spent
    ADD CONSTRAINT spent_pkey PRIMARY KEY (shard, who, hour);

-- CONSTRAINT: standing_approval standing_approval_pkey

ALTER TABLE ONLY store.standing_approval
    ADD CONSTRAINT standing_approval_pkey PRIMARY KEY (shard, id);

-- CONSTRAINT: subject_request subject_request_pkey

ALTER TABLE ONLY store.subject_request
    ADD CONSTRAINT subject_request_pkey PRIMARY KEY (shard, id);

-- CONSTRAINT: subscription subscription_pkey

ALTER TABLE ONLY store.subscription
    ADD CONSTRAINT subscription_pkey PRIMARY KEY (shard, id);

-- CONSTRAINT: visit_code visit_code_pkey

ALTER TABLE ONLY store.visit_code
    ADD CONSTRAINT visit_code_pkey PRIMARY KEY (shard, hash);

-- CONSTRAINT: watch watch_pkey

ALTER TABLE ONLY store.watch
    ADD CONSTRAINT watch_pkey PRIMARY KEY (shard);

-- INDEX: audit_pats

CREATE INDEX audit_pats ON ONLY store.audit USING gin (pats);

-- INDEX: audit_default_pats_idx

CREATE INDEX audit_default_pats_idx ON store.audit_default USING gin (pats);

-- INDEX: audit_t

CREATE INDEX audit_t ON ONLY store.audit USING btree (t);

-- INDEX: audit_default_t_idx

CREATE INDEX audit_default_t_idx ON store.audit_default USING btree (t);

-- INDEX: audit_ts

CREATE INDEX audit_ts ON ONLY store.audit USING btree (ts);

-- INDEX: audit_default_ts_idx

CREATE INDEX audit_default_ts_idx ON store.audit_default USING btree (ts);

-- INDEX: audit_refused

CREATE INDEX audit_refused ON ONLY store.audit USING btree (ts) WHERE (outcome IS NOT NULL);

-- INDEX: audit_default_ts_idx1

CREATE INDEX audit_default_ts_idx1 ON store.audit_default USING btree (ts) WHERE (outcome IS NOT NULL);

-- INDEX: breach_person_waiting

CREATE INDEX breach_person_waiting ON store.breach_person USING btree (breach, shard, pat) WHERE (state = 'w'::"char");

-- INDEX: budget_grant_who

CREATE INDEX budget_grant_who ON store.budget_grant USING btree (who, until);

-- INDEX: bulk_chunk_open

CREATE INDEX bulk_chunk_open ON store.bulk_chunk USING btree (shard, job, n) WHERE (NOT done);

-- INDEX: bulk_job_who

CREATE INDEX bulk_job_who ON store.bulk_job USING btree (who) WHERE (state = 'waiting'::text);

-- INDEX: care_of_encounter

CREATE INDEX care_of_encounter ON store.care USING btree (shard, hid);

-- INDEX: care_of_facility

CREATE INDEX care_of_facility ON store.care USING btree (facility, pat);

-- INDEX: care_of_patient

CREATE INDEX care_of_patient ON store.care USING btree (pat, facility);

-- INDEX: consent_rule_of_patient

CREATE INDEX consent_rule_of_patient ON store.consent_rule USING btree (pat);

-- INDEX: history_updated

CREATE INDEX history_updated ON ONLY store.history USING btree (type, ts);

-- INDEX: history_default_type_ts_idx

CREATE INDEX history_default_type_ts_idx ON store.history_default USING btree (type, ts);

-- INDEX: moment_lo

CREATE INDEX moment_lo ON store.moment USING btree (key, lo);

-- INDEX: moment_of

CREATE INDEX moment_of ON store.moment USING btree (t, hid);

-- INDEX: notice_of_resource

CREATE INDEX notice_of_resource ON store.notice USING btree (shard, subscription, type, id, n);

-- INDEX: number_lo

CREATE INDEX number_lo ON store.number USING btree (key, lo);

-- INDEX: number_of

CREATE INDEX number_of ON store.number USING btree (t, hid);

-- INDEX: opening_of_account

CREATE INDEX opening_of_account ON store.opening USING btree (opened_by, since) WHERE (kind = 'g'::"char");

-- INDEX: opening_of_facility

CREATE INDEX opening_of_facility ON store.opening USING btree (facility, until);

-- INDEX: opening_of_glass

CREATE INDEX opening_of_glass ON store.opening USING btree (until) WHERE (kind = 'g'::"char");

-- INDEX: opening_of_patient

CREATE INDEX opening_of_patient ON store.opening USING btree (pat, facility);

-- INDEX: opening_to_review

CREATE INDEX opening_to_review ON store.opening USING btree (since) WHERE ((kind = 'g'::"char") AND (reviewed IS NULL));

-- INDEX: questioned_open

CREATE INDEX questioned_open ON store.questioned USING btree (opened) WHERE (answered IS NULL);

-- INDEX: questioned_row

CREATE UNIQUE INDEX questioned_row ON store.questioned USING btree (shard, patient, lane, n);

-- INDEX: relation_of_holder

CREATE INDEX relation_of_holder ON store.relation USING btree (holder, pat);

-- INDEX: relation_of_patient

CREATE INDEX relation_of_patient ON store.relation USING btree (pat, holder);

-- INDEX: relation_same

CREATE INDEX relation_same ON store.relation USING btree (pat) WHERE (kind = 's'::"char");

-- INDEX: relation_same_id

CREATE INDEX relation_same_id ON store.relation USING btree (id) WHERE (kind = 's'::"char");

-- INDEX: relation_spread

CREATE INDEX relation_spread ON store.relation USING btree (pat) WHERE (type = 0);

-- INDEX: relation_spread_id

CREATE INDEX relation_spread_id ON store.relation USING btree (id) WHERE (type = 0);

-- INDEX: resource_code

CREATE INDEX resource_code ON store.resource USING btree (code, d_lo) WHERE (code IS NOT NULL);

-- INDEX: resource_date

CREATE INDEX resource_date ON store.resource USING btree (type, d_lo);

-- INDEX: resource_labelled

CREATE INDEX resource_labelled ON store.resource USING btree (pat) WHERE (label <> 0);

-- INDEX: resource_long

CREATE INDEX resource_long ON store.resource USING btree (type, d_hi) WHERE ((d_hi - d_lo) > '2678400000000'::bigint);

-- INDEX: resource_patient

CREATE INDEX resource_patient ON store.resource USING btree (pat, type, d_lo) WHERE (pat IS NOT NULL);

-- INDEX: resource_t

CREATE INDEX resource_t ON store.resource USING btree (t);

-- INDEX: resource_tok

CREATE INDEX resource_tok ON store.resource USING gin (tok) WITH (fastupdate='on', gin_pending_list_limit='512');

-- INDEX: resource_updated

CREATE INDEX resource_updated ON store.resource USING btree (type, ts);

-- INDEX: shape_marks

CREATE INDEX shape_marks ON store.shape USING gin (marks) WITH (fastupdate=off);

-- INDEX: spent_warned

CREATE INDEX spent_warned ON store.spent USING btree (hour) WHERE (warned IS NOT NULL);

-- INDEX: standing_approval_who

CREATE INDEX standing_approval_who ON store.standing_approval USING btree (who, until);

-- INDEX: string_of

CREATE INDEX string_of ON store.string USING btree (t, hid);

-- INDEX: string_val

CREATE INDEX string_val ON store.string USING btree (key, val);

-- INDEX: subject_request_open

CREATE INDEX subject_request_open ON store.subject_request USING btree (due) WHERE (closed IS NULL);

-- INDEX: subject_request_person

CREATE INDEX subject_request_person ON store.subject_request USING btree (shard, patient);

-- INDEX ATTACH: audit_default_pats_idx

ALTER INDEX store.audit_pats ATTACH PARTITION store.audit_default_pats_idx;

-- INDEX ATTACH: audit_default_pkey

ALTER INDEX store.audit_pkey ATTACH PARTITION store.audit_default_pkey;

-- INDEX ATTACH: audit_default_t_idx

ALTER INDEX store.audit_t ATTACH PARTITION store.audit_default_t_idx;

-- INDEX ATTACH: audit_default_ts_idx

ALTER INDEX store.audit_ts ATTACH PARTITION store.audit_default_ts_idx;

-- INDEX ATTACH: audit_default_ts_idx1

ALTER INDEX store.audit_refused ATTACH PARTITION store.audit_default_ts_idx1;

-- INDEX ATTACH: history_default_pkey

ALTER INDEX store.history_pkey ATTACH PARTITION store.history_default_pkey;

-- INDEX ATTACH: history_default_type_ts_idx

ALTER INDEX store.history_updated ATTACH PARTITION store.history_default_type_ts_idx;

-- STATISTICS: resource_width

CREATE STATISTICS store.resource_width ON (d_hi - d_lo) FROM store.resource;

-- TRIGGER: audit audit_keep

CREATE TRIGGER audit_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON store.audit FOR EACH STATEMENT EXECUTE FUNCTION store.keep();

-- TRIGGER: dictionary dictionary_keep

CREATE TRIGGER dictionary_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON store.dictionary FOR EACH STATEMENT EXECUTE FUNCTION store.keep();

-- TRIGGER: processing processing_keep

CREATE TRIGGER processing_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON store.processing FOR EACH STATEMENT EXECUTE FUNCTION store.keep();

-- TRIGGER: relation relation_dropped

CREATE TRIGGER relation_dropped AFTER DELETE ON store.relation REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION store.drop_spread();

-- TRIGGER: root root_keep

CREATE TRIGGER root_keep BEFORE DELETE OR UPDATE OR TRUNCATE ON store.root FOR EACH STATEMENT EXECUTE FUNCTION store.keep();

-- TRIGGER: relation same_added

CREATE TRIGGER same_added AFTER INSERT ON store.relation FOR EACH ROW WHEN ((new.kind = 's'::"char")) EXECUTE FUNCTION store.note_same();

-- TRIGGER: relation same_dropped

CREATE TRIGGER same_dropped AFTER DELETE ON store.relation FOR EACH ROW WHEN ((old.kind = 's'::"char")) EXECUTE FUNCTION store.note_same();

-- ROW SECURITY: care

ALTER TABLE store.care ENABLE ROW LEVEL SECURITY;

-- ROW SECURITY: consent_rule

ALTER TABLE store.consent_rule ENABLE ROW LEVEL SECURITY;

-- ROW SECURITY: history

ALTER TABLE store.history ENABLE ROW LEVEL SECURITY;

-- ROW SECURITY: inspection

ALTER TABLE store.inspection ENABLE ROW LEVEL SECURITY;

-- ROW SECURITY: moment

ALTER TABLE store.moment ENABLE ROW LEVEL SECURITY;

-- ROW SECURITY: number

ALTER TABLE store.number ENABLE ROW LEVEL SECURITY;

-- ROW SECURITY: opening

ALTER TABLE store.opening ENABLE ROW LEVEL SECURITY;

-- ROW SECURITY: relation

ALTER TABLE store.relation ENABLE ROW LEVEL SECURITY;

-- ROW SECURITY: resource

ALTER TABLE store.resource ENABLE ROW LEVEL SECURITY;

-- ROW SECURITY: string

ALTER TABLE store.string ENABLE ROW LEVEL SECURITY;

-- POLICY: care wall_care

CREATE POLICY wall_care ON store.care FOR SELECT TO yteso_care USING ((facility = current_setting('yteso.holder'::text, true)));

-- POLICY: history wall_care

CREATE POLICY wall_care ON store.history FOR SELECT TO yteso_care USING ((
CASE
    WHEN ((pat IS NULL) AND (type = 9)) THEN store.wall_file_past(shard, id, ver)
    WHEN (pat IS NULL) THEN (type = ANY (( SELECT (NULLIF(current_setting('yteso.loose'::text, true), ''::text))::smallint[] AS "nullif")::smallint[]))
    ELSE ((( SELECT true
       FROM store.care c
      WHERE ((c.pat = history.pat) AND (c.facility = current_setting('yteso.holder'::text, true)))
     LIMIT 1) OR COALESCE((pat = ANY (( SELECT store.wall_others() AS wall_others)::bigint[])), store.wall_related(pat))) AND (type = ANY (( SELECT (NULLIF(current_setting('yteso.types'::text, true), ''::text))::smallint[] AS "nullif")::smallint[])) AND
    CASE
        WHEN ((label = 0) AND (( SELECT true
           FROM store.consent_rule c
          WHERE (c.pat = history.pat)
         LIMIT 1) IS NULL)) THEN true
        ELSE store.wall_label(pat, type, label, maker, '-9223372036854775808'::bigint, '9223372036854775807'::bigint)
    END)
END AND (((pat IS NULL) AND (type = 9)) OR (COALESCE(current_setting('yteso.app'::text, true), ''::text) = ''::text) OR store.wall_app_past(shard, type, id, pat)) AND store.wall_now(shard, type, id)));

-- POLICY: opening wall_care

CREATE POLICY wall_care ON store.opening FOR SELECT TO yteso_care USING ((facility = current_setting('yteso.holder'::text, true)));

-- POLICY: resource wall_care

CREATE POLICY wall_care ON store.resource FOR SELECT TO yteso_care USING ((
CASE
    WHEN ((pat IS NULL) AND (type = 9)) THEN store.wall_file(shard, hid, ver, tok)
    WHEN (pat IS NULL) THEN (type = ANY (( SELECT (NULLIF(current_setting('yteso.loose'::text, true), ''::text))::smallint[] AS "nullif")::smallint[]))
    ELSE ((( SELECT true
       FROM store.care c
      WHERE ((c.pat = resource.pat) AND (c.facility = current_setting('yteso.holder'::text, true)))
     LIMIT 1) OR COALESCE((pat = ANY (( SELECT store.wall_others() AS wall_others)::bigint[])), store.wall_related(pat))) AND (type = ANY (( SELECT (NULLIF(current_setting('yteso.types'::text, true), ''::text))::smallint[] AS "nullif")::smallint[])) AND
    CASE
        WHEN ((label = 0) AND (( SELECT true
           FROM store.consent_rule c
          WHERE (c.pat = resource.pat)
         LIMIT 1) IS NULL)) THEN true
        ELSE store.wall_label(pat, type, label, maker, d_lo, d_hi)
    END)
END AND (((pat IS NULL) AND (type = 9)) OR (COALESCE(current_setting('yteso.app'::text, true), ''::text) = ''::text) OR store.wall_app(shard, type, hid, pat, tok))));

-- POLICY: consent_rule wall_every

CREATE POLICY wall_every ON store.consent_rule FOR SELECT TO yteso_every USING (true);

-- POLICY: history wall_every

CREATE POLICY wall_every ON store.history FOR SELECT TO yteso_every USING (true);

-- POLICY: moment wall_every

CREATE POLICY wall_every ON store.moment FOR SELECT TO yteso_every USING (true);

-- POLICY: number wall_every

CREATE POLICY wall_every ON store.number FOR SELECT TO yteso_every USING (true);

-- POLICY: resource wall_every

CREATE POLICY wall_every ON store.resource FOR SELECT TO yteso_every USING (true);

-- POLICY: string wall_every

CREATE POLICY wall_every ON store.string FOR SELECT TO yteso_every USING (true);

-- POLICY: relation wall_holder

CREATE POLICY wall_holder ON store.relation FOR SELECT TO yteso_care, yteso_person USING ((holder = current_setting('yteso.holder'::text, true)));

-- POLICY: consent_rule wall_named

CREATE POLICY wall_named ON store.consent_rule FOR SELECT TO yteso_care, yteso_person, yteso_types, yteso_notifiable, yteso_order USING (((facility = ANY (ARRAY[''::text, current_setting('yteso.facility'::text, true)])) AND (account = ANY (ARRAY[''::text, current_setting('yteso.account'::text, true)]))));

-- POLICY: history wall_notifiable

CREATE POLICY wall_notifiable ON store.history FOR SELECT TO yteso_notifiable USING ((
CASE
    WHEN ((pat IS NULL) AND (type = 9)) THEN store.wall_file_past(shard, id, ver)
    WHEN (pat IS NULL) THEN (type = ANY (( SELECT (NULLIF(current_setting('yteso.loose'::text, true), ''::text))::smallint[] AS "nullif")::smallint[]))
    ELSE (store.wall_notifiable(pat, type, id, ( SELECT (NULLIF(current_setting('yteso.facts'::text, true), ''::text))::bigint[] AS "nullif")) AND (type = ANY (( SELECT (NULLIF(current_setting('yteso.types'::text, true), ''::text))::smallint[] AS "nullif")::smallint[])) AND
    CASE
        WHEN ((label = 0) AND (( SELECT true
           FROM store.consent_rule c
          WHERE (c.pat = history.pat)
         LIMIT 1) IS NULL)) THEN true
        ELSE store.wall_label(pat, type, label, maker, '-9223372036854775808'::bigint, '9223372036854775807'::bigint)
    END)
END AND (((pat IS NULL) AND (type = 9)) OR (COALESCE(current_setting('yteso.app'::text, true), ''::text) = ''::text) OR store.wall_app_past(shard, type, id, pat)) AND store.wall_now(shard, type, id)));

-- POLICY: resource wall_notifiable

CREATE POLICY wall_notifiable ON store.resource FOR SELECT TO yteso_notifiable USING ((
CASE
    WHEN ((pat IS NULL) AND (type = 9)) THEN store.wall_file(shard, hid, ver, tok)
    WHEN (pat IS NULL) THEN (type = ANY (( SELECT (NULLIF(current_setting('yteso.loose'::text, true), ''::text))::smallint[] AS "nullif")::smallint[]))
    ELSE (store.wall_notifiable(pat, type, id, ( SELECT (NULLIF(current_setting('yteso.facts'::text, true), ''::text))::bigint[] AS "nullif")) AND (type = ANY (( SELECT (NULLIF(current_setting('yteso.types'::text, true), ''::text))::smallint[] AS "nullif")::smallint[])) AND
    CASE
        WHEN ((label = 0) AND (( SELECT true
           FROM store.consent_rule c
          WHERE (c.pat = resource.pat)
         LIMIT 1) IS NULL)) THEN true
        ELSE store.wall_label(pat, type, label, maker, d_lo, d_hi)
    END)
END AND (((pat IS NULL) AND (type = 9)) OR (COALESCE(current_setting('yteso.app'::text, true), ''::text) = ''::text) OR store.wall_app(shard, type, hid, pat, tok))));

-- POLICY: care wall_order

CREATE POLICY wall_order ON store.care FOR SELECT TO yteso_order USING ((EXISTS ( SELECT
   FROM store.inspection c
  WHERE ((c.facility = care.facility) AND (c.since <= now()) AND (c.until > now())))));

-- POLICY: history wall_order

CREATE POLICY wall_order ON store.history FOR SELECT TO yteso_order USING ((
CASE
    WHEN ((pat IS NULL) AND (type = 9)) THEN store.wall_file_past(shard, id, ver)
    WHEN (pat IS NULL) THEN (type = ANY (( SELECT (NULLIF(current_setting('yteso.loose'::text, true), ''::text))::smallint[] AS "nullif")::smallint[]))
    ELSE (store.wall_inspected(pat) AND (type = ANY (( SELECT (NULLIF(current_setting('yteso.types'::text, true), ''::text))::smallint[] AS "nullif")::smallint[])) AND
    CASE
        WHEN ((label = 0) AND (( SELECT true
           FROM store.consent_rule c
          WHERE (c.pat = history.pat)
         LIMIT 1) IS NULL)) THEN true
        ELSE store.wall_label(pat, type, label, maker, '-9223372036854775808'::bigint, '9223372036854775807'::bigint)
    END)
END AND (((pat IS NULL) AND (type = 9)) OR (COALESCE(current_setting('yteso.app'::text, true), ''::text) = ''::text) OR store.wall_app_past(shard, type, id, pat)) AND store.wall_now(shard, type, id)));

-- POLICY: inspection wall_order

CREATE POLICY wall_order ON store.inspection FOR SELECT TO yteso_order USING ((who = current_setting('yteso.holder'::text, true)));

-- POLICY: resource wall_order

CREATE POLICY wall_order ON store.resource FOR SELECT TO yteso_order USING ((
CASE
    WHEN ((pat IS NULL) AND (type = 9)) THEN store.wall_file(shard, hid, ver, tok)
    WHEN (pat IS NULL) THEN (type = ANY (( SELECT (NULLIF(current_setting('yteso.loose'::text, true), ''::text))::smallint[] AS "nullif")::smallint[]))
    ELSE (store.wall_inspected(pat) AND (type = ANY (( SELECT (NULLIF(current_setting('yteso.types'::text, true), ''::text))::smallint[] AS "nullif")::smallint[])) AND
    CASE
        WHEN ((label = 0) AND (( SELECT true
           FROM store.consent_rule c
          WHERE (c.pat = resource.pat)
         LIMIT 1) IS NULL)) THEN true
        ELSE store.wall_label(pat, type, label, maker, d_lo, d_hi)
    END)
END AND (((pat IS NULL) AND (type = 9)) OR (COALESCE(current_setting('yteso.app'::text, true), ''::text) = ''::text) OR store.wall_app(shard, type, hid, pat, tok))));

-- POLICY: history wall_person

CREATE POLICY wall_person ON store.history FOR SELECT TO yteso_person USING ((
CASE
    WHEN ((pat IS NULL) AND (type = 9)) THEN store.wall_file_past(shard, id, ver)
    WHEN (pat IS NULL) THEN (type = ANY (( SELECT (NULLIF(current_setting('yteso.loose'::text, true), ''::text))::smallint[] AS "nullif")::smallint[]))
    ELSE ((pat = ANY (( SELECT store.wall_wards() AS wall_wards)::bigint[])) AND (type = ANY (( SELECT (NULLIF(current_setting('yteso.types'::text, true), ''::text))::smallint[] AS "nullif")::smallint[])) AND
    CASE
        WHEN ((label = 0) AND (( SELECT true
           FROM store.consent_rule c
          WHERE (c.pat = history.pat)
         LIMIT 1) IS NULL)) THEN true
        ELSE store.wall_label(pat, type, label, maker, '-9223372036854775808'::bigint, '9223372036854775807'::bigint)
    END)
END AND (((pat IS NULL) AND (type = 9)) OR (COALESCE(current_setting('yteso.app'::text, true), ''::text) = ''::text) OR store.wall_app_past(shard, type, id, pat)) AND store.wall_now(shard, type, id)));

-- POLICY: resource wall_person

CREATE POLICY wall_person ON store.resource FOR SELECT TO yteso_person USING ((
CASE
    WHEN ((pat IS NULL) AND (type = 9)) THEN store.wall_file(shard, hid, ver, tok)
    WHEN (pat IS NULL) THEN (type = ANY (( SELECT (NULLIF(current_setting('yteso.loose'::text, true), ''::text))::smallint[] AS "nullif")::smallint[]))
    ELSE ((pat = ANY (( SELECT store.wall_wards() AS wall_wards)::bigint[])) AND (type = ANY (( SELECT (NULLIF(current_setting('yteso.types'::text, true), ''::text))::smallint[] AS "nullif")::smallint[])) AND
    CASE
        WHEN ((label = 0) AND (( SELECT true
           FROM store.consent_rule c
          WHERE (c.pat = resource.pat)
         LIMIT 1) IS NULL)) THEN true
        ELSE store.wall_label(pat, type, label, maker, d_lo, d_hi)
    END)
END AND (((pat IS NULL) AND (type = 9)) OR (COALESCE(current_setting('yteso.app'::text, true), ''::text) = ''::text) OR store.wall_app(shard, type, hid, pat, tok))));

-- POLICY: moment wall_row

CREATE POLICY wall_row ON store.moment FOR SELECT TO yteso_care, yteso_person, yteso_types, yteso_notifiable, yteso_order USING ((EXISTS ( SELECT
   FROM store.resource w
  WHERE ((w.shard = moment.shard) AND (w.type = moment.type) AND (w.hid = moment.hid)))));

-- POLICY: number wall_row

CREATE POLICY wall_row ON store.number FOR SELECT TO yteso_care, yteso_person, yteso_types, yteso_notifiable, yteso_order USING ((EXISTS ( SELECT
   FROM store.resource w
  WHERE ((w.shard = number.shard) AND (w.type = number.type) AND (w.hid = number.hid)))));

-- POLICY: string wall_row

CREATE POLICY wall_row ON store.string FOR SELECT TO yteso_care, yteso_person, yteso_types, yteso_notifiable, yteso_order USING ((EXISTS ( SELECT
   FROM store.resource w
  WHERE ((w.shard = string.shard) AND (w.type = string.type) AND (w.hid = string.hid)))));

-- POLICY: history wall_types

CREATE POLICY wall_types ON store.history FOR SELECT TO yteso_types USING ((
CASE
    WHEN ((pat IS NULL) AND (type = 9)) THEN store.wall_file_past(shard, id, ver)
    WHEN (pat IS NULL) THEN (type = ANY (( SELECT (NULLIF(current_setting('yteso.loose'::text, true), ''::text))::smallint[] AS "nullif")::smallint[]))
    ELSE (true AND (type = ANY (( SELECT (NULLIF(current_setting('yteso.types'::text, true), ''::text))::smallint[] AS "nullif")::smallint[])) AND
    CASE
        WHEN ((label = 0) AND (( SELECT true
           FROM store.consent_rule c
          WHERE (c.pat = history.pat)
         LIMIT 1) IS NULL)) THEN true
        ELSE store.wall_label(pat, type, label, maker, '-9223372036854775808'::bigint, '9223372036854775807'::bigint)
    END)
END AND (((pat IS NULL) AND (type = 9)) OR (COALESCE(current_setting('yteso.app'::text, true), ''::text) = ''::text) OR store.wall_app_past(shard, type, id, pat)) AND store.wall_now(shard, type, id)));

-- POLICY: resource wall_types

CREATE POLICY wall_types ON store.resource FOR SELECT TO yteso_types USING ((
CASE
    WHEN ((pat IS NULL) AND (type = 9)) THEN store.wall_file(shard, hid, ver, tok)
    WHEN (pat IS NULL) THEN (type = ANY (( SELECT (NULLIF(current_setting('yteso.loose'::text, true), ''::text))::smallint[] AS "nullif")::smallint[]))
    ELSE (true AND (type = ANY (( SELECT (NULLIF(current_setting('yteso.types'::text, true), ''::text))::smallint[] AS "nullif")::smallint[])) AND
    CASE
        WHEN ((label = 0) AND (( SELECT true
           FROM store.consent_rule c
          WHERE (c.pat = resource.pat)
         LIMIT 1) IS NULL)) THEN true
        ELSE store.wall_label(pat, type, label, maker, d_lo, d_hi)
    END)
END AND (((pat IS NULL) AND (type = 9)) OR (COALESCE(current_setting('yteso.app'::text, true), ''::text) = ''::text) OR store.wall_app(shard, type, hid, pat, tok))));

-- ACL: SCHEMA store

GRANT USAGE ON SCHEMA store TO yteso_reader;
GRANT USAGE ON SCHEMA store TO yteso_care;
GRANT USAGE ON SCHEMA store TO yteso_person;
GRANT USAGE ON SCHEMA store TO yteso_types;
GRANT USAGE ON SCHEMA store TO yteso_every;
GRANT USAGE ON SCHEMA store TO yteso_notifiable;
GRANT USAGE ON SCHEMA store TO yteso_order;

-- ACL: TABLE resource

GRANT SELECT ON TABLE store.resource TO yteso_reader;
GRANT SELECT ON TABLE store.resource TO yteso_care;
GRANT SELECT ON TABLE store.resource TO yteso_person;
GRANT SELECT ON TABLE store.resource TO yteso_types;
GRANT SELECT ON TABLE store.resource TO yteso_every;
GRANT SELECT ON TABLE store.resource TO yteso_notifiable;
GRANT SELECT ON TABLE store.resource TO yteso_order;

-- ACL: TABLE care

GRANT SELECT ON TABLE store.care TO yteso_reader;
GRANT SELECT ON TABLE store.care TO yteso_care;
GRANT SELECT ON TABLE store.care TO yteso_person;
GRANT SELECT ON TABLE store.care TO yteso_types;
GRANT SELECT ON TABLE store.care TO yteso_every;
GRANT SELECT ON TABLE store.care TO yteso_notifiable;
GRANT SELECT ON TABLE store.care TO yteso_order;

-- ACL: TABLE consent_rule

GRANT SELECT ON TABLE store.consent_rule TO yteso_reader;
GRANT SELECT ON TABLE store.consent_rule TO yteso_care;
GRANT SELECT ON TABLE store.consent_rule TO yteso_person;
GRANT SELECT ON TABLE store.consent_rule TO yteso_types;
GRANT SELECT ON TABLE store.consent_rule TO yteso_every;
GRANT SELECT ON TABLE store.consent_rule TO yteso_notifiable;
GRANT SELECT ON TABLE store.consent_rule TO yteso_order;

-- ACL: TABLE dictionary

GRANT SELECT ON TABLE store.dictionary TO yteso_reader;
GRANT SELECT ON TABLE store.dictionary TO yteso_care;
GRANT SELECT ON TABLE store.dictionary TO yteso_person;
GRANT SELECT ON TABLE store.dictionary TO yteso_types;
GRANT SELECT ON TABLE store.dictionary TO yteso_every;
GRANT SELECT ON TABLE store.dictionary TO yteso_notifiable;
GRANT SELECT ON TABLE store.dictionary TO yteso_order;

-- ACL: TABLE history

GRANT SELECT ON TABLE store.history TO yteso_reader;
GRANT SELECT ON TABLE store.history TO yteso_care;
GRANT SELECT ON TABLE store.history TO yteso_person;
GRANT SELECT ON TABLE store.history TO yteso_types;
GRANT SELECT ON TABLE store.history TO yteso_every;
GRANT SELECT ON TABLE store.history TO yteso_notifiable;
GRANT SELECT ON TABLE store.history TO yteso_order;

-- ACL: TABLE inspection

GRANT SELECT ON TABLE store.inspection TO yteso_reader;
GRANT SELECT ON TABLE store.inspection TO yteso_care;
GRANT SELECT ON TABLE store.inspection TO yteso_person;
GRANT SELECT ON TABLE store.inspection TO yteso_types;
GRANT SELECT ON TABLE store.inspection TO yteso_every;
GRANT SELECT ON TABLE store.inspection TO yteso_notifiable;
GRANT SELECT ON TABLE store.inspection TO yteso_order;

-- ACL: TABLE moment

GRANT SELECT ON TABLE store.moment TO yteso_reader;
GRANT SELECT ON TABLE store.moment TO yteso_care;
GRANT SELECT ON TABLE store.moment TO yteso_person;
GRANT SELECT ON TABLE store.moment TO yteso_types;
GRANT SELECT ON TABLE store.moment TO yteso_every;
GRANT SELECT ON TABLE store.moment TO yteso_notifiable;
GRANT SELECT ON TABLE store.moment TO yteso_order;

-- ACL: TABLE number

GRANT SELECT ON TABLE store.number TO yteso_reader;
GRANT SELECT ON TABLE store.number TO yteso_care;
GRANT SELECT ON TABLE store.number TO yteso_person;
GRANT SELECT ON TABLE store.number TO yteso_types;
GRANT SELECT ON TABLE store.number TO yteso_every;
GRANT SELECT ON TABLE store.number TO yteso_notifiable;
GRANT SELECT ON TABLE store.number TO yteso_order;

-- ACL: TABLE opening

GRANT SELECT ON TABLE store.opening TO yteso_reader;
GRANT SELECT ON TABLE store.opening TO yteso_care;
GRANT SELECT ON TABLE store.opening TO yteso_person;
GRANT SELECT ON TABLE store.opening TO yteso_types;
GRANT SELECT ON TABLE store.opening TO yteso_every;
GRANT SELECT ON TABLE store.opening TO yteso_notifiable;
GRANT SELECT ON TABLE store.opening TO yteso_order;

-- ACL: TABLE parameter

GRANT SELECT ON TABLE store.parameter TO yteso_reader;
GRANT SELECT ON TABLE store.parameter TO yteso_care;
GRANT SELECT ON TABLE store.parameter TO yteso_person;
GRANT SELECT ON TABLE store.parameter TO yteso_types;
GRANT SELECT ON TABLE store.parameter TO yteso_every;
GRANT SELECT ON TABLE store.parameter TO yteso_notifiable;
GRANT SELECT ON TABLE store.parameter TO yteso_order;

-- ACL: TABLE relation

GRANT SELECT ON TABLE store.relation TO yteso_reader;
GRANT SELECT ON TABLE store.relation TO yteso_care;
GRANT SELECT ON TABLE store.relation TO yteso_person;
GRANT SELECT ON TABLE store.relation TO yteso_types;
GRANT SELECT ON TABLE store.relation TO yteso_every;
GRANT SELECT ON TABLE store.relation TO yteso_notifiable;
GRANT SELECT ON TABLE store.relation TO yteso_order;

-- ACL: TABLE shape

GRANT SELECT ON TABLE store.shape TO PUBLIC;

-- ACL: TABLE string

GRANT SELECT ON TABLE store.string TO yteso_reader;
GRANT SELECT ON TABLE store.string TO yteso_care;
GRANT SELECT ON TABLE store.string TO yteso_person;
GRANT SELECT ON TABLE store.string TO yteso_types;
GRANT SELECT ON TABLE store.string TO yteso_every;
GRANT SELECT ON TABLE store.string TO yteso_notifiable;
GRANT SELECT ON TABLE store.string TO yteso_order;
