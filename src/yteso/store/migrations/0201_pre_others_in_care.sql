-- Who is in care for another reason than a visit is seldom asked for: in both walls once a statement, as a list of few, in place of
-- two look-ups that are made ready wherever a statement names the record. The list of a facility that cares so for more ends with
-- NULL, by which whoever is not in it is asked for one by one.

-- For the first wall, which says whose.
CREATE OR REPLACE FUNCTION store.others_in_care(a_facility text, a_account text) RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    related bigint[] := ARRAY(SELECT c.pat FROM store.relation c WHERE c.holder = a_facility AND c.kind IN ('r', 'a', 'f')
                              AND c.since <= now() AND c.until > now() LIMIT 101);
BEGIN
    IF cardinality(related) > 100 THEN
        related := ARRAY[NULL::bigint];
    END IF;
    RETURN CASE WHEN a_account = '' THEN related ELSE store.opened_to(a_facility, a_account) || related END;
END $$;

-- For the second, which reads whose from the settings; with the rights of who is named, as the policies of these tables let them.
CREATE OR REPLACE FUNCTION store.wall_others() RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    related bigint[] := ARRAY(SELECT c.pat FROM store.relation c WHERE c.holder = current_setting('yteso.holder', true)
                              AND c.kind IN ('r', 'a', 'f') AND c.since <= now() AND c.until > now() LIMIT 101);
BEGIN
    RETURN store.wall_opened() || CASE WHEN cardinality(related) > 100 THEN ARRAY[NULL::bigint] ELSE related END;
END $$;

CREATE OR REPLACE FUNCTION store.wall_related(a_pat bigint) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.relation c WHERE c.pat = a_pat AND c.holder = current_setting('yteso.holder', true)
                   AND c.kind IN ('r', 'a', 'f') AND c.since <= now() AND c.until > now());
END $$;

-- The policy of a facility's readers asks so, in place of the two look-ups; all else is as it was.
DO $do$
BEGIN
    EXECUTE replace(pg_get_functiondef('store.raise_wall()'::regprocedure), $was$
            'OR (SELECT true FROM store.relation c WHERE c.pat = %1$I.pat AND c.holder = current_setting(''yteso.holder'', true) '
            'AND c.kind IN (''r'', ''a'', ''f'') AND c.since <= now() AND c.until > now() LIMIT 1) '
            'OR pat = ANY ((SELECT store.wall_opened())::bigint[]))', side)));$was$, $is$
            'OR coalesce(pat = ANY ((SELECT store.wall_others())::bigint[]), store.wall_related(pat)))', side)));$is$);
    ASSERT position('store.wall_others()' IN pg_get_functiondef('store.raise_wall()'::regprocedure)) > 0;
END $do$;
SELECT store.raise_wall();
