-- Audit rows at the end of a free lane, one after the other, in one statement: the accesses of several callers share a
-- transaction. Each row is [who, role, facility, purpose, action, what, detail, [patients]]. Gives back the transaction
-- number and the moment, which all of them have.
CREATE FUNCTION store.write_notes(notes jsonb, OUT a_t bigint, OUT a_ts timestamptz) LANGUAGE plpgsql AS $$
DECLARE
    head store.lane;
    row store.audit;
    one jsonb;
BEGIN
    SELECT * INTO head FROM store.lane WHERE shard = pg_backend_pid() % 64 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT * INTO head FROM store.lane LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    IF NOT FOUND THEN
        SELECT * INTO head FROM store.lane WHERE shard = pg_backend_pid() % 64 FOR UPDATE;
    END IF;
    a_t := store.present_t();
    a_ts := clock_timestamp();
    FOR one IN SELECT value FROM jsonb_array_elements(notes) LOOP
        head.n := head.n + 1;
        row := ROW(head.shard, head.n, a_ts, a_t, one->>0, one->>1, one->>2, one->>3, one->>4, one->>5, one->>6,
                   translate(one->>7, '[] ', '{}')::bigint[], NULL);
        head.hash := store.chain(head.hash, row.shard, row.n, row.ts, row.t, row.who, row.role, row.facility,
                                 row.purpose, row.action, row.what, row.detail, row.pats);
        row.hash := head.hash;
        INSERT INTO store.audit SELECT row.*;
    END LOOP;
    UPDATE store.lane SET n = head.n, hash = head.hash WHERE shard = head.shard;
END $$;
