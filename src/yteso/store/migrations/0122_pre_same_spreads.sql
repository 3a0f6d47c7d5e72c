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

-- Who has a relation to one of a person's Patients has it to all of them: rows of type 0, which no resource wrote. Also a
-- representative with several Patients. Run when Patients are joined or parted, and every few seconds for what came since.
CREATE OR REPLACE FUNCTION store.spread_same() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    joined bigint[];
    changed integer := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM store.relation WHERE kind = 's') AND NOT EXISTS (SELECT FROM store.relation WHERE type = 0) THEN
        RETURN 0;
    END IF;
    PERFORM pg_advisory_xact_lock(7304981254);
    joined := ARRAY(SELECT DISTINCT pat FROM store.relation WHERE kind = 's');
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
    ), persons AS (
        SELECT * FROM base UNION SELECT p.other, b.kind, b.holder, b.id, b.since, b.until FROM base b JOIN pair p ON p.pat = b.pat
    ), spread AS (
        SELECT * FROM persons
        UNION
        SELECT n.pat, n.kind, 'Patient/' || p.other_id, n.id, n.since, n.until
        FROM persons n JOIN pair p ON n.kind IN ('p', 'm') AND n.holder = 'Patient/' || p.id
    ), wanted AS MATERIALIZED (
        SELECT DISTINCT ON (s.pat, s.holder, s.id) s.* FROM (SELECT * FROM spread EXCEPT SELECT * FROM base) s
        ORDER BY s.pat, s.holder, s.id, s.until DESC
    ), gone AS (
        DELETE FROM store.relation r WHERE r.type = 0 AND NOT EXISTS (
            SELECT FROM wanted w WHERE w.pat = r.pat AND w.holder = r.holder AND w.id = r.id) RETURNING 1
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
