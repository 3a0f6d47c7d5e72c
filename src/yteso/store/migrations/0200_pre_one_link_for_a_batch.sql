-- The rows that one call writes share one link of the chain. A row's leaf is SHA-256 over its place among them and its note; the link is SHA-256 over the
-- link before, lane, number of rows before, moment, transaction number, and the leaves in their order. The last row of the call
-- has the link (32 bytes) as its hash, each other one the beginning of its leaf (16 bytes), so that the first row that was
-- changed is still known. Rows from before have a link each. A lane is taken by an advisory lock, which costs no row version.

CREATE OR REPLACE FUNCTION store.write_notes(notes jsonb, OUT a_t bigint, OUT a_ts timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    lane smallint := pg_backend_pid() % 64;
    many integer := jsonb_array_length(notes);
    judged boolean := false;
    last bigint;
    link bytea;
BEGIN
    IF many = 0 THEN
        a_t := store.present_t();
        a_ts := clock_timestamp();
        RETURN;
    END IF;
    IF NOT pg_try_advisory_xact_lock(730498125, lane) THEN
        lane := store.free_lane(lane);
    END IF;
    a_ts := clock_timestamp();
    LOOP
        UPDATE store.lane l
        SET n = l.n + many,
            hash = sha256(l.hash || int2send(l.shard) || int8send(l.n) || timestamptz_send(a_ts)
                || int8send(pg_current_xact_id()::text::bigint + b.shift)
                || (SELECT string_agg(sha256(int8send(e.k) || convert_to(e.note::text, 'UTF8')), ''::bytea ORDER BY e.k)
                    FROM jsonb_array_elements(notes) WITH ORDINALITY AS e (note, k)))
        FROM store.numbering b
        WHERE l.shard = lane AND (judged OR NOT EXISTS (SELECT FROM store.opening o WHERE o.kind = 'g' AND o.until > a_ts))
        RETURNING l.n, l.hash, pg_current_xact_id()::text::bigint + b.shift INTO last, link, a_t;
        EXIT WHEN FOUND;
        IF judged THEN
            RAISE EXCEPTION 'lane % of the audit is gone', lane;
        END IF;
        notes := store.under_glass(notes, a_ts);
        judged := true;
    END LOOP;
    INSERT INTO store.audit
    SELECT lane, last - many + k, a_ts, a_t, note->>0, note->>1, note->>2, note->>3, note->>4, note->>5, note->>6,
           translate(note->>7, '[] ', '{}')::bigint[],
           CASE WHEN k = many THEN link ELSE substr(sha256(int8send(k) || convert_to(note::text, 'UTF8')), 1, 16) END,
           note->>8, note->>9, note->>10, decode(note->>11, 'base64')
    FROM jsonb_array_elements(notes) WITH ORDINALITY AS e (note, k);
END $$;

-- Another lane that nobody writes in, from `taken` on; when there is none, `taken`, as soon as it is free.
CREATE OR REPLACE FUNCTION store.free_lane(taken smallint) RETURNS smallint LANGUAGE plpgsql AS $$
BEGIN
    FOR step IN 1 .. 63 LOOP
        IF pg_try_advisory_xact_lock(730498125, (taken + step) % 64) THEN
            RETURN (taken + step) % 64;
        END IF;
    END LOOP;
    PERFORM pg_advisory_xact_lock(730498125, taken);
    RETURN taken;
END $$;

-- Notes with the purpose BTG where their account holds broken glass over whom they are about.
CREATE OR REPLACE FUNCTION store.under_glass(notes jsonb, at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
SELECT jsonb_agg(CASE WHEN store.breaks_glass(note->>0, note->>2, translate(note->>7, '[] ', '{}')::bigint[], at)
                      THEN jsonb_set(note, '{3}', '"BTG"') ELSE note END ORDER BY k)
FROM jsonb_array_elements(notes) WITH ORDINALITY AS e (note, k) $$;
SELECT store.raise_wall();
