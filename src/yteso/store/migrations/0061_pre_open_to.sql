-- Whether a person's fact is open to somebody now. Asked only of labelled facts and of persons who said something, so that
-- a statement for everybody else stays small to plan. STABLE: it looks with the snapshot of the statement that asks.
-- lo, hi: clinical date, all of time for a past version. own, anywhere: labels seen of facts of the own facility, of all.
CREATE FUNCTION store.open_to(
    a_pat bigint, a_type smallint, a_label integer, a_maker text, a_lo bigint, a_hi bigint, a_account text, a_facility text,
    a_role text, a_purpose text, a_own integer, a_anywhere integer, a_person bigint
) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    broken boolean := false;
    approved boolean := false;
    opened boolean := false;
BEGIN
    IF a_pat = a_person THEN
        RETURN true;
    END IF;
    SELECT coalesce(bool_or(o.kind = 'g'), false), coalesce(bool_or(o.kind = 'g' AND o.second IS NOT NULL), false), count(*) > 0
    INTO broken, approved, opened FROM store.opening o
    WHERE a_facility <> '' AND o.pat = a_pat AND o.facility = a_facility AND o.account IN ('', a_account)
      AND o.since <= now() AND o.until > now();
    IF NOT (a_label & ~a_anywhere = 0
            OR (a_facility <> '' AND a_label & ~a_own = 0 AND a_maker = a_facility)
            OR (broken AND (approved OR a_label & 128 = 0))
            OR EXISTS (SELECT FROM store.consent_rule p WHERE p.pat = a_pat AND p.permit AND a_label & ~p.label = 0
                       AND (p.type = 0 OR p.type = a_type) AND (p.maker = '' OR p.maker = a_maker)
                       AND p.facility IN ('', a_facility) AND p.account IN ('', a_account) AND p.role IN ('', a_role)
                       AND p.purpose IN ('', a_purpose) AND p.since <= now() AND p.until > now())) THEN
        RETURN false;
    END IF;
    RETURN opened OR NOT EXISTS (
        SELECT FROM store.consent_rule c WHERE c.pat = a_pat AND NOT c.permit
        AND c.facility IN ('', a_facility) AND c.account IN ('', a_account) AND c.role IN ('', a_role)
        AND c.purpose IN ('', a_purpose) AND c.since <= now() AND c.until > now()
        AND (c.type = 0 OR c.type = a_type) AND (c.label = 0 OR c.label & a_label <> 0)
        AND (c.maker = '' OR c.maker = a_maker) AND a_lo <= c.hi AND a_hi >= c.lo
        AND NOT (c.facility = '' AND c.account = '' AND EXISTS (
            SELECT FROM store.consent_rule p WHERE p.pat = a_pat AND p.permit AND (p.facility <> '' OR p.account <> '')
            AND p.facility IN ('', a_facility) AND p.account IN ('', a_account) AND p.role IN ('', a_role)
            AND p.purpose IN ('', a_purpose) AND p.since <= now() AND p.until > now()
            AND (p.type = 0 OR p.type = a_type) AND (p.maker = '' OR p.maker = a_maker)
            AND (c.label = 0 OR a_label & ~p.label = 0))));
END $$;
