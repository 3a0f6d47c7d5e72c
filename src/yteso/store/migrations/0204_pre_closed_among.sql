-- What a visible resource names, and its reader may not see. Both are asked with the owner's rights, for a reader does not see
-- the rows they are about, and tell nothing but of what was asked for.

-- Whether anything of these patients carries a label or is closed: of most nothing is, and nothing more is asked then.
CREATE OR REPLACE FUNCTION store.guarded(a_pats bigint[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.resource r WHERE r.pat = ANY(a_pats) AND r.label <> 0)
        OR EXISTS (SELECT FROM store.consent_rule c WHERE c.pat = ANY(a_pats));
END $$;

-- Which of these resources are closed to somebody, or carry labels this one may not see (who: as store.open_for has it).
-- OFFSET 0: each is looked up by its key, however many the planner takes them for. CASE: what is dear is asked of few.
CREATE OR REPLACE FUNCTION store.closed_among(a_shards smallint[], a_types smallint[], a_hids bigint[], who text[])
RETURNS TABLE (type smallint, hid bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog AS $$
BEGIN
    RETURN QUERY SELECT k.type, k.hid FROM unnest(a_shards, a_types, a_hids) AS k (shard, type, hid)
    CROSS JOIN LATERAL (
        SELECT r.pat, r.label, r.maker, r.d_lo, r.d_hi FROM store.resource r
        WHERE r.shard = k.shard AND r.type = k.type AND r.hid = k.hid AND r.pat IS NOT NULL OFFSET 0
    ) r
    WHERE CASE WHEN r.label = 0 AND (SELECT true FROM store.consent_rule c WHERE c.pat = r.pat LIMIT 1) IS NULL THEN false
               ELSE NOT store.open_for(r.pat, k.type, r.label, r.maker, r.d_lo, r.d_hi, who) END;
END $$;
