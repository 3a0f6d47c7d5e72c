-- Whose records somebody may see, as keys that lead a search to its rows (search/leading.py). Those who read ask with their own
-- rights, so that both walls hold here too; only how many there are is told to everybody.

-- The Patients of a person, and whom they represent now: a minor's parent until the minor's 18th birthday.
CREATE OR REPLACE FUNCTION store.wards(a_pat bigint, a_holder text) RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
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

-- Whom a facility has a care relation with now, and who is opened to an account of it.
CREATE OR REPLACE FUNCTION store.cared_for(a_facility text, a_account text) RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(
        SELECT c.pat FROM store.care c WHERE c.facility = a_facility
        UNION
        SELECT c.pat FROM store.relation c
        WHERE c.holder = a_facility AND c.kind IN ('r', 'a', 'f') AND c.since <= now() AND c.until > now()
        UNION
        SELECT unnest(store.opened_to(a_facility, a_account)));
END $$;

-- How many patients a facility has, as far as 100,000 visits tell, and how many the record has by the planner's statistics (0:
-- not known): which way a search goes, and nothing else, hangs on them. With the owner's rights, as statistics are theirs.
CREATE OR REPLACE FUNCTION store.how_many_people(a_facility text, OUT cared integer, OUT known bigint) LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT count(DISTINCT p.pat) INTO cared FROM (
        (SELECT c.pat FROM store.care c WHERE c.facility = a_facility LIMIT 100000)
        UNION ALL
        (SELECT c.pat FROM store.relation c WHERE c.holder = a_facility AND c.kind IN ('r', 'a', 'f') LIMIT 100000)) p;
    SELECT coalesce(max(CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * c.reltuples ELSE s.n_distinct END), 0) INTO known
    FROM pg_stats s JOIN pg_class c ON c.oid = 'store.resource'::regclass
    WHERE s.schemaname = 'store' AND s.tablename = 'resource' AND s.attname = 'pat' AND NOT s.inherited;
END $$;
