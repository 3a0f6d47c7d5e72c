-- Who has a relation to one of a person's Patients has it to all of them: rows of type 0, which no resource wrote. Also a
-- representative with several Patients. Run when Patients are joined or parted, and every few seconds for what came since.
-- a_only: keys of some Patients, for thousands of joined persons must not be looked at again and again; NULL: everybody.
CREATE INDEX IF NOT EXISTS relation_same_id ON store.relation (id) WHERE kind = 's';

CREATE OR REPLACE FUNCTION store.spread_same(a_only bigint[] DEFAULT NULL) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    persons bigint[];
    joined bigint[];
    names text[];
    changed integer := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM store.relation WHERE kind = 's') AND NOT EXISTS (SELECT FROM store.relation WHERE type = 0) THEN
        RETURN 0;
    END IF;
    PERFORM pg_advisory_xact_lock(7304981254);
    persons := ARRAY(SELECT p FROM unnest(a_only) p UNION SELECT s.pat FROM unnest(a_only) p CROSS JOIN LATERAL store.same_person(p) s (pat));
    names := ARRAY(SELECT 'Patient/' || id FROM store.resource WHERE pat = ANY(persons) AND type = 103);
    -- Whom they represent, and who represents them: either side may have several Patients.
    persons := ARRAY(
        WITH linked AS (
            SELECT r.pat FROM store.relation r WHERE r.holder = ANY(names) AND r.kind IN ('p', 'm') AND r.type <> 0
            UNION
            SELECT h.pat FROM store.relation r JOIN store.relation h ON h.kind = 's' AND h.id = substr(r.holder, 9)
            WHERE r.pat = ANY(persons) AND r.kind IN ('p', 'm') AND r.type <> 0
        )
        SELECT p FROM unnest(persons) p UNION SELECT pat FROM linked
        UNION SELECT s.pat FROM linked l CROSS JOIN LATERAL store.same_person(l.pat) s (pat));
    joined := ARRAY(SELECT DISTINCT pat FROM store.relation WHERE kind = 's' AND (a_only IS NULL OR pat = ANY(persons)));
    names := ARRAY(SELECT 'Patient/' || id FROM store.resource WHERE pat = ANY(persons) AND type = 103);
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
    ), told AS (
        SELECT * FROM base UNION SELECT p.other, b.kind, b.holder, b.id, b.since, b.until FROM base b JOIN pair p ON p.pat = b.pat
    ), spread AS (
        SELECT * FROM told
        UNION
        SELECT n.pat, n.kind, 'Patient/' || p.other_id, n.id, n.since, n.until
        FROM told n JOIN pair p ON n.kind IN ('p', 'm') AND n.holder = 'Patient/' || p.id
    ), wanted AS MATERIALIZED (
        SELECT DISTINCT ON (s.pat, s.holder, s.id) s.* FROM (SELECT * FROM spread EXCEPT SELECT * FROM base) s
        ORDER BY s.pat, s.holder, s.id, s.until DESC
    ), gone AS (
        DELETE FROM store.relation r WHERE r.type = 0 AND (a_only IS NULL OR r.pat = ANY(persons) OR r.holder = ANY(names))
        AND NOT EXISTS (SELECT FROM wanted w WHERE w.pat = r.pat AND w.holder = r.holder AND w.id = r.id)
        -- A representative's row may come from the ward's side, of a person not looked at now.
        AND (a_only IS NULL OR r.pat = ANY(persons) OR NOT EXISTS (SELECT FROM store.relation k WHERE k.pat = r.pat AND k.kind = 's'))
        RETURNING 1
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

-- What a resource no longer says holds for none of the person's Patients either, in the same transaction.
CREATE OR REPLACE FUNCTION store.drop_spread() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM gone WHERE type <> 0 AND kind <> 's') THEN
        DELETE FROM store.relation r USING gone g WHERE r.type = 0 AND r.id = g.id AND g.type <> 0 AND g.kind <> 's';
    END IF;
    RETURN NULL;
END $$;
CREATE INDEX IF NOT EXISTS relation_spread_id ON store.relation (id) WHERE type = 0;
DROP TRIGGER IF EXISTS relation_dropped ON store.relation;
CREATE TRIGGER relation_dropped AFTER DELETE ON store.relation REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION store.drop_spread();

-- Every few seconds: the joined persons whom writes since the last time were about, as the chain says.
CREATE TABLE IF NOT EXISTS store.same_sweep (shard smallint PRIMARY KEY DEFAULT 0 CHECK (shard = 0), t bigint NOT NULL);
INSERT INTO store.same_sweep (t) VALUES (store.finished_t()) ON CONFLICT DO NOTHING;

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
    IF EXISTS (SELECT FROM store.relation WHERE kind = 's') THEN
        touched := ARRAY(
            WITH written AS MATERIALIZED (
                SELECT DISTINCT p FROM store.audit a CROSS JOIN unnest(a.pats) p
                WHERE a.t >= last AND a.t < finished AND a.action IN ('C', 'U', 'D') AND a.outcome IS NULL
            )
            SELECT s.pat FROM written w JOIN store.relation s ON s.pat = w.p AND s.kind = 's'
            UNION
            SELECT s.pat FROM written w JOIN store.relation r ON r.pat = w.p AND r.kind IN ('p', 'm') AND r.type <> 0
            JOIN store.relation s ON s.id = substr(r.holder, 9) AND s.kind = 's');
    END IF;
    UPDATE store.same_sweep SET t = finished WHERE shard = 0 AND t < finished;
    RETURN CASE WHEN touched = '{}' THEN 0 ELSE store.spread_same(touched) END;
END $$;
