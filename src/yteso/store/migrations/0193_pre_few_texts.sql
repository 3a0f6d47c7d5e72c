-- Whether at most so many texts begin so: then they are looked up one by one (search/plan.py `Texts`), by a plan that is made
-- once. Of all texts, not of those the reader may see, as the planner's statistics are: policies would ask each of them.
CREATE OR REPLACE FUNCTION store.few_texts(keys bigint[], begun text, ended text, most integer) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT count(*) FROM (
        SELECT FROM store.string x WHERE x.key = ANY (keys) AND x.val >= begun AND x.val < ended LIMIT most + 1) c) <= most;
END $$;
