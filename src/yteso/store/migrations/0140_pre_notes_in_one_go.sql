-- The rows of several notes go into the audit by one statement: half of what each of them cost alone.
CREATE OR REPLACE FUNCTION store.write_notes(notes jsonb, OUT a_t bigint, OUT a_ts timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    head store.lane;
    row store.audit;
    rows store.audit[] := '{}';
    one jsonb;
BEGIN
    SELECT * INTO head FROM store.lane WHERE shard = pg_backend_pid() % 64 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT * INTO head FROM store.lane LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    IF NOT FOUND THEN
        SELECT * INTO head FROM store.lane WHERE shard = pg_backend_pid() % 64 FOR UPDATE;
    END IF;
    SELECT pg_current_xact_id()::text::bigint + shift INTO a_t FROM store.numbering;
    a_ts := clock_timestamp();
    FOR one IN SELECT value FROM jsonb_array_elements(notes) LOOP
        head.n := head.n + 1;
        row := ROW(head.shard, head.n, a_ts, a_t, one->>0, one->>1, one->>2, one->>3, one->>4, one->>5, one->>6,
                   translate(one->>7, '[] ', '{}')::bigint[], NULL, one->>8, one->>9, one->>10, decode(one->>11, 'base64'));
        head.hash := store.link(head.hash, row);
        row.hash := head.hash;
        rows := rows || row;
    END LOOP;
    INSERT INTO store.audit SELECT r.* FROM unnest(rows) AS r;
    UPDATE store.lane SET n = head.n, hash = head.hash WHERE shard = head.shard;
END $$;
SELECT store.raise_wall();
