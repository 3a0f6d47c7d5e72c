-- Of whom of several patients anything is labelled or closed: asked once for the pages of all who share a transaction.
CREATE FUNCTION store.guarded_among(a_pats bigint[]) RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(p.pat), '{}') FROM unnest(a_pats) AS p (pat)
            WHERE EXISTS (SELECT FROM store.resource r WHERE r.pat = p.pat AND r.label <> 0)
               OR EXISTS (SELECT FROM store.consent_rule c WHERE c.pat = p.pat));
END $$;
