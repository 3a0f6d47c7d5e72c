-- What is asked of each row about its patient, and is seldom needed: in functions. A look-up that is written into a condition or
-- a policy is planned with every statement that touches the table, and made ready each time it runs, whether it is asked or not.

-- A relation that lets a facility see a patient now, other than a visit.
CREATE FUNCTION store.related(a_pat bigint, a_facility text) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.relation c WHERE c.pat = a_pat AND c.holder = a_facility AND c.kind IN ('r', 'a', 'f')
                   AND c.since <= now() AND c.until > now());
END $$;

-- Whose records are opened to an account of a facility now, with the other Patients of the same persons: few.
CREATE FUNCTION store.opened_to(a_facility text, a_account text) RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(SELECT s.pat FROM store.opening o CROSS JOIN LATERAL (SELECT o.pat UNION ALL SELECT store.same_person(o.pat)) s (pat)
                 WHERE o.facility = a_facility AND o.account IN ('', a_account) AND o.since <= now() AND o.until > now());
END $$;

-- What is missing for the wall to stand; empty when nothing is. `roles` come from the server's administrator, and only a
-- superuser may say that looking for tokens tells nothing (`leakproof`), without which the index of tokens is not used.
CREATE OR REPLACE FUNCTION store.wall_missing() RETURNS text[] LANGUAGE sql STABLE AS $$
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
                      AND refobjid = to_regprocedure('store.wall_numbers(text)'))
         THEN 'policies' END], NULL) $$;

-- Builds what stands on roles. It is run again at each start of the platform that finds something missing.
CREATE OR REPLACE FUNCTION store.raise_wall() RETURNS void LANGUAGE plpgsql AS $$
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
        ('resource', 'd_lo, d_hi', 'store.wall_app(type, pat, tok)'),
        ('history', '(-9223372036854775808)::bigint, 9223372036854775807', 'store.wall_app_past(shard, type, id, pat)') LOOP
        visible := format(
            'CASE WHEN pat IS NULL THEN type = ANY ((SELECT nullif(current_setting(''yteso.loose'', true), '''')::smallint[])::smallint[]) '
            'ELSE %%s AND type = ANY ((SELECT nullif(current_setting(''yteso.types'', true), '''')::smallint[])::smallint[]) '
            'AND CASE WHEN label = 0 AND (SELECT true FROM store.consent_rule c WHERE c.pat = %s.pat LIMIT 1) IS NULL THEN true '
            'ELSE store.wall_label(pat, type, label, maker, %s) END END '
            'AND (coalesce(current_setting(''yteso.app'', true), '''') = '''' OR %s)', side, dates, app);
        IF side = 'history' THEN
            visible := visible || ' AND store.wall_now(shard, type, id)';
        END IF;
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', side);
        EXECUTE format('CREATE POLICY wall_care ON store.%I FOR SELECT TO yteso_care USING (%s)', side, format(visible, format(
            '((SELECT true FROM store.care c WHERE c.pat = %1$I.pat AND c.facility = current_setting(''yteso.holder'', true) LIMIT 1) '
            'OR (SELECT true FROM store.relation c WHERE c.pat = %1$I.pat AND c.holder = current_setting(''yteso.holder'', true) '
            'AND c.kind IN (''r'', ''a'', ''f'') AND c.since <= now() AND c.until > now() LIMIT 1) '
            'OR pat = ANY ((SELECT store.wall_opened())::bigint[]))', side)));
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
END $$;
SELECT store.raise_wall();
