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

-- What is hashed of a row is the note as it came, whose text is that of `store.link`; the rows are made by the statement that
-- adds them, not one by one.
CREATE OR REPLACE FUNCTION store.write_notes(notes jsonb, OUT a_t bigint, OUT a_ts timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    head store.lane;
    place text;
    moment text;
    one jsonb;
    broken boolean;
    chain bytea[] := '{}';
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
    place := '[' || head.shard || ', ';
    moment := ', ' || extract(epoch FROM a_ts) || ', ' || a_t || ', ';
    FOR k IN 1 .. jsonb_array_length(notes) LOOP
        one := notes->(k - 1);
        IF broken AND store.breaks_glass(one->>0, one->>2, translate(one->>7, '[] ', '{}')::bigint[], a_ts) THEN
            one := jsonb_set(one, '{3}', '"BTG"');
            notes := jsonb_set(notes, ARRAY[(k - 1)::text], one);
        END IF;
        head.n := head.n + 1;
        head.hash := sha256(
            head.hash || convert_to(place || head.n || moment
            || substr(CASE WHEN jsonb_array_length(one) = 8 THEN one ELSE one - 11 - 10 - 9 - 8 END::text, 2), 'UTF8')
            || CASE WHEN coalesce(one->>8, one->>9, one->>10, one->>11) IS NULL THEN '\x'::bytea
               ELSE convert_to(jsonb_build_array(one->8, one->9, one->10)::text, 'UTF8')
                    || coalesce(decode(one->>11, 'base64'), '\x'::bytea) END);
        chain[k] := head.hash;
    END LOOP;
    INSERT INTO store.audit
    SELECT head.shard, head.n - cardinality(chain) + k, a_ts, a_t, note->>0, note->>1, note->>2, note->>3, note->>4, note->>5,
           note->>6, translate(note->>7, '[] ', '{}')::bigint[], chain[k], note->>8, note->>9, note->>10,
           decode(note->>11, 'base64')
    FROM jsonb_array_elements(notes) WITH ORDINALITY AS e (note, k);
    UPDATE store.lane SET n = head.n, hash = head.hash WHERE shard = head.shard;
END $$;
SELECT store.raise_wall();
