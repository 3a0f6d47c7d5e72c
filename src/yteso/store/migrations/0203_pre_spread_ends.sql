-- Two Patients that are parted by any write of theirs, not only at the desk: what held for both ends with the next sweep (0123 looked
-- only at those that are joined still).
CREATE OR REPLACE FUNCTION store.sweep_same() RETURNS integer LANGUAGE plpgsql AS $$
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
-- Those that were parted so before: once, for everybody.
SELECT store.spread_same();
