-- A person with more than two Patients: all that are joined, over any number of steps (0080 knew one step).
CREATE OR REPLACE FUNCTION store.same_person(a_pat bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog AS $$
    WITH RECURSIVE same (pat) AS (
        SELECT a_pat
        UNION
        SELECT b.pat FROM same s JOIN store.relation a ON a.pat = s.pat AND a.kind = 's'
        JOIN store.relation b ON b.kind = 's' AND b.holder = 'Patient/' || a.id AND a.holder = 'Patient/' || b.id
    )
    SELECT pat FROM same WHERE pat <> a_pat
$$;
CREATE INDEX IF NOT EXISTS relation_same ON store.relation (pat) WHERE kind = 's';
CREATE INDEX IF NOT EXISTS relation_spread ON store.relation (pat) WHERE type = 0;
