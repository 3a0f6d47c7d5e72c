-- What an audit row costs is mostly what each statement inside these functions costs to begin: fewer of them, and none that
-- looks first and writes then.

-- As in 0070. Whom an account saw is written at once, in the order of keys; who is counted already stands in the way.
-- Accounts come in their order, people in that of their keys: two cannot wait for each other.
CREATE OR REPLACE FUNCTION store.spend(spending jsonb, OUT exceeded integer, OUT known boolean) LANGUAGE plpgsql AS $$
DECLARE
    one jsonb;
    account text;
    pats bigint[];
    now_hour timestamptz := date_trunc('hour', clock_timestamp());
    budget record;
    total integer;
BEGIN
    known := true;
    FOR k IN 0 .. jsonb_array_length(spending) - 1 LOOP
        one := spending->k;
        account := one->>0;
        pats := translate(one->>3, '[] ', '{}')::bigint[];
        SELECT b.most, b.warn, (SELECT max(g.most) FROM store.budget_grant g WHERE g.who = account AND g.until > now()) AS granted
        INTO budget FROM store.budget b WHERE b.shard = 0 AND b.role = one->>1;
        CONTINUE WHEN budget.most IS NULL;
        IF budget.granted > budget.most THEN
            budget.warn := budget.warn::bigint * budget.granted / budget.most;
            budget.most := budget.granted;
        END IF;
        WITH fresh AS (
            INSERT INTO store.seen (who, hour, pat) SELECT account, now_hour, p FROM unnest(pats) p ON CONFLICT DO NOTHING RETURNING pat
        )
        INSERT INTO store.spent AS s (who, hour, role, facility, most, people, warned)
        SELECT account, now_hour, one->>1, one->>2, budget.most, count(*),
               CASE WHEN count(*) >= budget.warn THEN clock_timestamp() END
        FROM fresh HAVING count(*) > 0
        ON CONFLICT (shard, who, hour) DO UPDATE SET
            people = s.people + EXCLUDED.people, most = EXCLUDED.most,
            warned = coalesce(s.warned, CASE WHEN s.people + EXCLUDED.people >= budget.warn THEN clock_timestamp() END)
        RETURNING s.people INTO total;
        IF FOUND THEN
            known := false;
            IF total > budget.most THEN
                exceeded := budget.most;
                RETURN;
            END IF;
        ELSIF known THEN
            -- Counted, but perhaps by this very transaction, which may still be undone.
            known := NOT EXISTS (SELECT FROM store.seen s WHERE s.shard = 0 AND s.who = account AND s.hour = now_hour
                                 AND s.pat = ANY (pats) AND s.since >= now());
        END IF;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION store.note_and_spend(
    notes jsonb, spending jsonb, OUT a_t bigint, OUT a_ts timestamptz, OUT exceeded integer, OUT known boolean
) LANGUAGE plpgsql AS $$
DECLARE
    counted record;
    written record;
BEGIN
    counted := store.spend(spending);
    exceeded := counted.exceeded;
    known := counted.known;
    IF exceeded IS NULL THEN
        written := store.write_notes(notes);
        a_t := written.a_t;
        a_ts := written.a_ts;
    END IF;
END $$;
SELECT store.raise_wall();
