-- The second wall (ADR 39): row-level security for who reads. The owner of the tables, who writes, walks and exports, is
-- not bound by it. Readers are yteso_reader, who sees nothing, until a transaction names for whom it reads: it takes the role of a bound
-- (care, person, ...) and says in settings yteso.* what binds it (search/wall.py). Missing or empty settings show nothing.
--   yteso.types   type numbers that may be seen           yteso.loose    those of them that need no patient
--   yteso.holder  facility's code, Patient/<id>, or an inspector's account; yteso.pat the number of the person's key
--   yteso.facility, account, role, purpose, own, anywhere who asks, as store.open_to wants it; yteso.facts notifiable tokens

CREATE FUNCTION store.wall_numbers(name text) RETURNS smallint[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('yteso.' || name, true), '')::smallint[] $$;

-- A labelled fact: the labels everybody with this role sees, or what store.open_to says.
CREATE FUNCTION store.wall_label(a_pat bigint, a_type smallint, a_label smallint, a_maker text, a_lo bigint, a_hi bigint)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    anywhere integer := nullif(current_setting('yteso.anywhere', true), '');
BEGIN
    RETURN a_label & ~anywhere = 0 OR store.open_to(
        a_pat, a_type, a_label, a_maker, a_lo, a_hi, current_setting('yteso.account', true),
        current_setting('yteso.facility', true), current_setting('yteso.role', true), current_setting('yteso.purpose', true),
        nullif(current_setting('yteso.own', true), '')::integer, anywhere, nullif(current_setting('yteso.pat', true), '')::bigint);
END $$;

-- Whose records are opened to the account of the facility now, with the other Patients of the same persons: few.
CREATE FUNCTION store.wall_opened() RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(SELECT s.pat FROM store.opening o CROSS JOIN LATERAL (SELECT o.pat UNION ALL SELECT store.same_person(o.pat)) s (pat)
                 WHERE o.facility = current_setting('yteso.holder', true)
                   AND o.account IN ('', current_setting('yteso.account', true)) AND o.since <= now() AND o.until > now());
END $$;

-- The person and whom they represent now. With the owner's rights: a minor's birth date is looked up.
CREATE FUNCTION store.wall_wards() RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

-- A notifiable diagnosis (type 28, Condition), or who has one (103, Patient). With the owner's rights: it looks at Conditions.
CREATE FUNCTION store.wall_notifiable(a_pat bigint, a_type smallint, a_id text, facts bigint[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.resource c WHERE c.pat = a_pat AND c.type = 28 AND c.hash IS NOT NULL
                   AND c.tok && facts AND (a_type = 103 OR (a_type = 28 AND c.id = a_id)));
END $$;

-- Patients of facilities that an order running now lets the account inspect.
CREATE FUNCTION store.wall_inspected(a_pat bigint) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.inspection c JOIN store.care v ON v.facility = c.facility
                   WHERE c.who = current_setting('yteso.holder', true) AND v.pat = a_pat AND c.since <= now() AND c.until > now());
END $$;

-- What is missing for the wall to stand; empty when nothing is. `roles` come from the server's administrator, and only a
-- superuser may say that looking for tokens tells nothing (`leakproof`), without which the index of tokens is not used.
CREATE FUNCTION store.wall_missing() RETURNS text[] LANGUAGE sql STABLE AS $$
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
           OR (SELECT count(*) FROM pg_policies WHERE schemaname = 'store') < 25 THEN 'policies' END], NULL) $$;

-- Builds what stands on roles. It is run again at each start of the platform that finds something missing.
CREATE FUNCTION store.raise_wall() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    bound text;
    side text;
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

    -- Types are asked inside CASE: as a condition of its own their list would be sorted anew for each look-up by index.
    visible := 'CASE WHEN pat IS NULL THEN type = ANY ((SELECT store.wall_numbers(''loose''))::smallint[]) ELSE %s '
        'AND type = ANY ((SELECT store.wall_numbers(''types''))::smallint[]) '
        'AND (label = 0 OR store.wall_label(pat, type, label, maker, %s)) END';
    FOR side, bound IN VALUES
        ('resource', 'd_lo, d_hi'), ('history', '(-9223372036854775808)::bigint, 9223372036854775807') LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', side);
        EXECUTE format('CREATE POLICY wall_care ON store.%I FOR SELECT TO yteso_care USING (%s)', side, format(visible, format(
            '((SELECT true FROM store.care c WHERE c.pat = %1$I.pat AND c.facility = current_setting(''yteso.holder'', true) LIMIT 1) '
            'OR (SELECT true FROM store.relation c WHERE c.pat = %1$I.pat AND c.holder = current_setting(''yteso.holder'', true) '
            'AND c.kind IN (''r'', ''a'', ''f'') AND c.since <= now() AND c.until > now() LIMIT 1) '
            'OR pat = ANY ((SELECT store.wall_opened())::bigint[]))', side), bound));
        EXECUTE format('CREATE POLICY wall_person ON store.%I FOR SELECT TO yteso_person USING (%s)', side, format(visible,
            'pat = ANY ((SELECT store.wall_wards())::bigint[])', bound));
        EXECUTE format('CREATE POLICY wall_notifiable ON store.%I FOR SELECT TO yteso_notifiable USING (%s)', side, format(visible,
            'store.wall_notifiable(pat, type, id, (SELECT nullif(current_setting(''yteso.facts'', true), '''')::bigint[])::bigint[])',
            bound));
        EXECUTE format('CREATE POLICY wall_order ON store.%I FOR SELECT TO yteso_order USING (%s)', side, format(visible,
            'store.wall_inspected(pat)', bound));
        EXECUTE format('CREATE POLICY wall_types ON store.%I FOR SELECT TO yteso_types USING (%s)', side, format(visible, 'true', bound));
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
END $$;
SELECT store.raise_wall();
