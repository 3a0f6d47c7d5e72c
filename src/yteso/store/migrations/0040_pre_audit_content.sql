-- The audit says more: how an act ended, which app acted, for whom, and what content a write left.
-- outcome: NULL it was done, 4 it was refused (values of FHIR AuditEvent.outcome); client: the app that acted; behalf: id of
-- the Patient a citizen's account is; content: 16 bytes for each version written (store/audit.py `leaf`), so that whoever
-- changes, adds or removes a version contradicts the chain. A row without any of it has the hash it always had.
ALTER TABLE store.audit ADD COLUMN outcome "char", ADD COLUMN client text, ADD COLUMN behalf text, ADD COLUMN content bytea;
ALTER TABLE store.audit ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX audit_refused ON store.audit (ts) WHERE outcome IS NOT NULL;

CREATE FUNCTION store.link(before bytea, a store.audit) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT sha256(before || convert_to(jsonb_build_array(
       a.shard, a.n, extract(epoch FROM a.ts), a.t, a.who, a.role, a.facility, a.purpose, a.action, a.what, a.detail,
       a.pats)::text, 'UTF8')
   || CASE WHEN a.outcome IS NULL AND a.client IS NULL AND a.behalf IS NULL AND a.content IS NULL THEN '\x'::bytea
      ELSE convert_to(jsonb_build_array(a.outcome, a.client, a.behalf)::text, 'UTF8') || coalesce(a.content, '\x'::bytea) END) $$;

-- As before; a row may go on with [outcome, client, behalf, content in base64].
CREATE OR REPLACE FUNCTION store.write_notes(notes jsonb, OUT a_t bigint, OUT a_ts timestamptz) LANGUAGE plpgsql AS $$
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
                   translate(one->>7, '[] ', '{}')::bigint[], NULL, one->>8, one->>9, one->>10, decode(one->>11, 'base64'));
        head.hash := store.link(head.hash, row);
        row.hash := head.hash;
        INSERT INTO store.audit SELECT row.*;
    END LOOP;
    UPDATE store.lane SET n = head.n, hash = head.hash WHERE shard = head.shard;
END $$;

-- Signed roots over the ends of all lanes, without gaps; each names the one before.
CREATE TABLE store.root (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    n bigint NOT NULL,
    made timestamptz NOT NULL,
    document jsonb NOT NULL,
    PRIMARY KEY (shard, n)
);
CREATE TRIGGER root_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON store.root
    FOR EACH STATEMENT EXECUTE FUNCTION store.keep();
