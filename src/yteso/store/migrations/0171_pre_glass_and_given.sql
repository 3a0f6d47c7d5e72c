-- What an account does with a record while its own broken glass lies over it has the purpose BTG (HL7 v3-ActReason), in
-- the row as it is chained. `content` of a row of reading (action R or E) is a digest of what was given (store/audit.py `given`).
CREATE INDEX IF NOT EXISTS opening_of_glass ON store.opening (until) WHERE kind = 'g';

-- Whether this account of this facility holds broken glass over one of these people, by any of their Patients.
CREATE OR REPLACE FUNCTION store.breaks_glass(an_account text, a_facility text, seen bigint[], at timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.opening o WHERE o.kind = 'g' AND o.until > at AND o.since <= at
                   AND o.account = an_account AND o.facility = a_facility
                   AND (o.pat = ANY (seen) OR EXISTS (SELECT FROM store.same_person(o.pat) s (pat) WHERE s.pat = ANY (seen))));
END $$;

CREATE OR REPLACE FUNCTION store.write_notes(notes jsonb, OUT a_t bigint, OUT a_ts timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    head store.lane;
    row store.audit;
    rows store.audit[] := '{}';
    one jsonb;
    seen bigint[];
    purpose text;
    broken boolean;
BEGIN
    SELECT * INTO head FROM store.lane WHERE shard = pg_backend_pid() % 64 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT * INTO head FROM store.lane LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    IF NOT FOUND THEN
        SELECT * INTO head FROM store.lane WHERE shard = pg_backend_pid() % 64 FOR UPDATE;
    END IF;
    a_ts := clock_timestamp();
    SELECT pg_current_xact_id()::text::bigint + shift, EXISTS (SELECT FROM store.opening o WHERE o.kind = 'g' AND o.until > a_ts)
    INTO a_t, broken FROM store.numbering;
    FOR one IN SELECT value FROM jsonb_array_elements(notes) LOOP
        head.n := head.n + 1;
        seen := translate(one->>7, '[] ', '{}')::bigint[];
        purpose := one->>3;
        IF broken AND store.breaks_glass(one->>0, one->>2, seen, a_ts) THEN
            purpose := 'BTG';
        END IF;
        row := ROW(head.shard, head.n, a_ts, a_t, one->>0, one->>1, one->>2, purpose, one->>4, one->>5, one->>6,
                   seen, NULL, one->>8, one->>9, one->>10, decode(one->>11, 'base64'));
        head.hash := store.link(head.hash, row);
        row.hash := head.hash;
        rows := rows || row;
    END LOOP;
    INSERT INTO store.audit SELECT r.* FROM unnest(rows) AS r;
    UPDATE store.lane SET n = head.n, hash = head.hash WHERE shard = head.shard;
END $$;
SELECT store.raise_wall();
