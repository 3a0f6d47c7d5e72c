-- As store.note_and_spend, and an error when a budget would be exceeded: then what comes after it in the same trip, the end of
-- the transaction, is not done. The detail of the error is the budget.
CREATE OR REPLACE FUNCTION store.note_spending(notes jsonb, spending jsonb, OUT a_t bigint, OUT a_ts timestamptz, OUT known boolean)
LANGUAGE plpgsql AS $$
DECLARE
    exceeded integer;
BEGIN
    SELECT n.a_t, n.a_ts, n.exceeded, n.known INTO a_t, a_ts, exceeded, known FROM store.note_and_spend(notes, spending) n;
    IF exceeded IS NOT NULL THEN
        RAISE EXCEPTION 'a budget would be exceeded' USING ERRCODE = 'YT429', DETAIL = exceeded;
    END IF;
END $$;
