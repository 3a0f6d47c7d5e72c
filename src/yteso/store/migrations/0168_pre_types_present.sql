-- The types that have rows, deleted ones among them: a search of everything leaves out the others. It steps from type
-- to type in the index, for the platform; of what a type has, who asks sees what the wall lets through.
CREATE OR REPLACE FUNCTION store.types_present() RETURNS smallint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH RECURSIVE found (type) AS (
        SELECT min(r.type) FROM store.resource r
        UNION ALL
        SELECT (SELECT min(r.type) FROM store.resource r WHERE r.type > f.type) FROM found f WHERE f.type IS NOT NULL
    )
    SELECT coalesce(array_agg(type), '{}') FROM found WHERE type IS NOT NULL
$$;
