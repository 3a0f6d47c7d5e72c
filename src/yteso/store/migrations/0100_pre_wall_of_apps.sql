-- The second wall (0090, ADR 39) holds what it did not: what a person closed without a label, labels that came after a past
-- version, and the scopes of an app. Of these it is told in further settings (search/wall.py); where they are missing, as
-- when the release before this one reads, or empty, nobody's app asks:
--   yteso.app        the number of the patient an app was started for, `-` for none
--   yteso.app_free   types its scopes let it see of everybody; app_own of that patient; app_loose outside every compartment
--   yteso.app_found  [{"types", "own", "loose", "tokens": [[...], ...]}]: these, of rows with a token of each group

-- A fact that is labelled, or of somebody who said something. Who is not bound by labels is not bound by persons either.
CREATE OR REPLACE FUNCTION store.wall_label(a_pat bigint, a_type smallint, a_label smallint, a_maker text, a_lo bigint, a_hi bigint)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    anywhere integer := nullif(current_setting('yteso.anywhere', true), '');
BEGIN
    RETURN anywhere = 32767 OR store.open_to(
        a_pat, a_type, a_label, a_maker, a_lo, a_hi, current_setting('yteso.account', true),
        current_setting('yteso.facility', true), current_setting('yteso.role', true), current_setting('yteso.purpose', true),
        nullif(current_setting('yteso.own', true), '')::integer, anywhere, nullif(current_setting('yteso.pat', true), '')::bigint);
END $$;

-- The same of what a past version is today. With the owner's rights: the reader may see the past version alone.
CREATE OR REPLACE FUNCTION store.wall_now(a_shard smallint, a_type smallint, a_id text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT l.pat IS NULL OR store.wall_label(l.pat, l.type, l.label, l.maker, (-9223372036854775808)::bigint, 9223372036854775807)
            FROM store.resource l WHERE l.shard = a_shard AND l.type = a_type AND l.hid = store.hid(a_id));
END $$;

-- What the scopes of an app leave (search.scoped).
CREATE OR REPLACE FUNCTION store.wall_app(a_type smallint, a_pat bigint, a_tok bigint[]) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
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

-- The same of a past version, which is judged by the tokens of the present one: it alone is indexed.
CREATE OR REPLACE FUNCTION store.wall_app_past(a_shard smallint, a_type smallint, a_id text, a_pat bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN store.wall_app(a_type, a_pat, (
        SELECT l.tok FROM store.resource l
        WHERE l.shard = a_shard AND l.type = a_type AND l.hid = store.hid(a_id) AND l.hash IS NOT NULL));
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
           -- Policies of before know of no app.
           OR NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_policy'::regclass AND refclassid = 'pg_proc'::regclass
                          AND refobjid = to_regprocedure('store.wall_app(smallint, bigint, bigint[])')) THEN 'policies' END], NULL) $$;

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

    -- Types are asked inside CASE: as a condition of its own their list would be sorted anew for each look-up by index.
    FOR side, dates, app IN VALUES
        ('resource', 'd_lo, d_hi', 'store.wall_app(type, pat, tok)'),
        ('history', '(-9223372036854775808)::bigint, 9223372036854775807', 'store.wall_app_past(shard, type, id, pat)') LOOP
        visible := format(
            'CASE WHEN pat IS NULL THEN type = ANY ((SELECT store.wall_numbers(''loose''))::smallint[]) ELSE %%s '
            'AND type = ANY ((SELECT store.wall_numbers(''types''))::smallint[]) '
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
