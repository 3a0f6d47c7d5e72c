-- store.open_to of somebody told in one value: each parameter of a statement is bound each time it runs, and this is asked
-- of few rows. who: account, facility, role, purpose, own, anywhere, person, as store.open_to has them.
CREATE FUNCTION store.open_for(
    a_pat bigint, a_type smallint, a_label smallint, a_maker text, a_lo bigint, a_hi bigint, who text[]
) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN store.open_to(a_pat, a_type, a_label, a_maker, a_lo, a_hi, who[1], who[2], who[3], who[4],
                         who[5]::integer, who[6]::integer, who[7]::bigint);
END $$;
