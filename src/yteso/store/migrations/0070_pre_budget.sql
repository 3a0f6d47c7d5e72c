-- Egress budgets: how many people an account may see within an hour (of the clock). Counted in the transaction of the
-- access from the very notes that become its audit rows, so that nothing is seen that was not counted.

-- The installation's budgets, written at each start from its configuration. warn: from here on the data officer is told.
CREATE TABLE store.budget (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    role text COLLATE "C" NOT NULL,
    most integer NOT NULL CHECK (most > 0),
    warn integer NOT NULL CHECK (warn BETWEEN 1 AND most),
    PRIMARY KEY (shard, role)
);

-- What the data officer granted one account beyond that, for a while.
CREATE TABLE store.budget_grant (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    who text COLLATE "C" NOT NULL,
    most integer NOT NULL CHECK (most > 0),
    reason text NOT NULL CHECK (length(reason) >= 10),
    given_by text COLLATE "C" NOT NULL CHECK (given_by <> who),
    given timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    PRIMARY KEY (shard, id)
);
CREATE INDEX budget_grant_who ON store.budget_grant (who, until);

-- One row for each account and hour: how many people it has seen, and since when that is worth telling.
CREATE TABLE store.spent (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    who text COLLATE "C" NOT NULL,
    hour timestamptz NOT NULL,
    role text COLLATE "C" NOT NULL,
    facility text COLLATE "C" NOT NULL,
    people integer NOT NULL DEFAULT 0,
    most integer NOT NULL,
    warned timestamptz,
    PRIMARY KEY (shard, who, hour)
);
CREATE INDEX spent_warned ON store.spent (hour) WHERE warned IS NOT NULL;

-- Whom it has seen in that hour; rows of past hours are removed.
CREATE TABLE store.seen (
    shard smallint NOT NULL DEFAULT 0 CHECK (shard = 0),
    who text COLLATE "C" NOT NULL,
    hour timestamptz NOT NULL,
    pat bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (shard, who, hour, pat)
);

-- What an account of this role may spend now; nothing when there is no limit.
CREATE FUNCTION store.budget_of(a_who text, a_role text, OUT most integer, OUT warn integer) LANGUAGE plpgsql STABLE AS $$
DECLARE
    granted integer;
BEGIN
    SELECT b.most, b.warn INTO most, warn FROM store.budget b WHERE b.shard = 0 AND b.role = a_role;
    IF most IS NULL THEN RETURN; END IF;
    SELECT max(g.most) INTO granted FROM store.budget_grant g WHERE g.who = a_who AND g.until > now();
    IF granted > most THEN
        warn := warn::bigint * granted / most;
        most := granted;
    END IF;
END $$;

-- Count people: [[who, role, facility, [number of a patient's key]]], ordered by who, so that two cannot wait for each other.
-- exceeded: the budget that would be; then the caller must end the transaction. known: everybody was counted by
-- transactions that are committed, so that within this hour nobody need ask again.
CREATE FUNCTION store.spend(spending jsonb, OUT exceeded integer, OUT known boolean) LANGUAGE plpgsql AS $$
DECLARE
    one jsonb;
    pats bigint[];
    fresh bigint[];
    budget record;
    now_hour timestamptz := date_trunc('hour', clock_timestamp());
    total integer;
BEGIN
    known := true;
    FOR one IN SELECT value FROM jsonb_array_elements(spending) LOOP
        pats := translate(one->>3, '[] ', '{}')::bigint[];
        fresh := ARRAY(SELECT p FROM unnest(pats) p WHERE (
            SELECT s.since FROM store.seen s WHERE s.shard = 0 AND s.who = one->>0 AND s.hour = now_hour AND s.pat = p
        ) < now() IS NOT TRUE);
        CONTINUE WHEN fresh = '{}';
        budget := store.budget_of(one->>0, one->>1);
        CONTINUE WHEN budget.most IS NULL;
        known := false;
        INSERT INTO store.spent (who, hour, role, facility, most) VALUES (one->>0, now_hour, one->>1, one->>2, budget.most)
        ON CONFLICT DO NOTHING;
        PERFORM FROM store.spent s WHERE s.shard = 0 AND s.who = one->>0 AND s.hour = now_hour FOR UPDATE;
        INSERT INTO store.seen (who, hour, pat) SELECT one->>0, now_hour, p FROM unnest(fresh) p ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS total = ROW_COUNT;
        UPDATE store.spent s SET people = s.people + total, most = budget.most,
               warned = coalesce(s.warned, CASE WHEN s.people + total >= budget.warn THEN clock_timestamp() END)
        WHERE s.shard = 0 AND s.who = one->>0 AND s.hour = now_hour RETURNING s.people INTO total;
        IF total > budget.most THEN
            exceeded := budget.most;
            RETURN;
        END IF;
    END LOOP;
END $$;

-- Audit rows of an act by which people are seen: counted first, and not written when it is too many.
CREATE FUNCTION store.note_and_spend(notes jsonb, spending jsonb, OUT a_t bigint, OUT a_ts timestamptz, OUT exceeded integer, OUT known boolean)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.exceeded, s.known INTO exceeded, known FROM store.spend(spending) s;
    IF exceeded IS NULL THEN
        SELECT w.a_t, w.a_ts INTO a_t, a_ts FROM store.write_notes(notes) w;
    END IF;
END $$;
