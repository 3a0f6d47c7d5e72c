-- store.open_to: a permission of a time (Consent.provision.dataPeriod) opens what lies in that time; a fact without a date lies
-- in none, and neither does a past version.
CREATE OR REPLACE FUNCTION store.of_time(lo bigint, hi bigint, a_lo bigint, a_hi bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (lo = -9223372036854775808 AND hi = 9223372036854775807)
           OR (a_lo <> -9223372036854775808 AND lo <= a_lo AND a_hi <= hi)
$$;

CREATE OR REPLACE FUNCTION store.open_to(
    a_pat bigint, a_type smallint, a_label integer, a_maker text, a_lo bigint, a_hi bigint, a_account text, a_facility text,
    a_role text, a_purpose text, a_own integer, a_anywhere integer, a_person bigint
) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    same bigint[];
    broken boolean := false;
    approved boolean := false;
    opened boolean := false;
BEGIN
    IF a_pat = a_person THEN
        RETURN true;
    END IF;
    same := ARRAY[a_pat];
    IF EXISTS (SELECT FROM store.consent_rule m WHERE m.pat = a_pat AND m.n = -1) THEN
        same := same || ARRAY(SELECT store.same_person(a_pat));
        IF a_person = ANY(same) THEN
            RETURN true;
        END IF;
    END IF;
    SELECT coalesce(bool_or(o.kind = 'g'), false), coalesce(bool_or(o.kind = 'g' AND o.second IS NOT NULL), false), count(*) > 0
    INTO broken, approved, opened FROM store.opening o
    WHERE a_facility <> '' AND o.pat = ANY(same) AND o.facility = a_facility AND o.account IN ('', a_account)
      AND o.since <= now() AND o.until > now();
    IF NOT (a_label & ~a_anywhere = 0
            OR (a_facility <> '' AND a_label & ~a_own = 0 AND a_maker = a_facility)
            OR (broken AND (approved OR a_label & 128 = 0))
            OR EXISTS (SELECT FROM store.consent_rule p WHERE p.pat = ANY(same) AND p.permit AND a_label & ~p.label = 0
                       AND (p.type = 0 OR p.type = a_type) AND (p.maker = '' OR p.maker = a_maker)
                       AND p.facility IN ('', a_facility) AND p.account IN ('', a_account) AND p.role IN ('', a_role)
                       AND p.purpose IN ('', a_purpose) AND p.since <= now() AND p.until > now()
                       AND store.of_time(p.lo, p.hi, a_lo, a_hi))
            OR (a_person IS NOT NULL AND a_label & ~store.ward_labels(a_person, a_pat, a_lo, a_hi) = 0)) THEN
        RETURN false;
    END IF;
    RETURN opened OR NOT EXISTS (
        SELECT FROM store.consent_rule c WHERE c.pat = ANY(same) AND NOT c.permit
        AND c.facility IN ('', a_facility) AND c.account IN ('', a_account) AND c.role IN ('', a_role)
        AND c.purpose IN ('', a_purpose) AND c.since <= now() AND c.until > now()
        AND (c.type = 0 OR c.type = a_type) AND (c.label = 0 OR c.label & a_label <> 0)
        AND (c.maker = '' OR c.maker = a_maker) AND (a_lo = -9223372036854775808 OR (a_lo <= c.hi AND a_hi >= c.lo))
        AND NOT (c.facility = '' AND c.account = '' AND EXISTS (
            SELECT FROM store.consent_rule p WHERE p.pat = ANY(same) AND p.permit AND (p.facility <> '' OR p.account <> '')
            AND p.facility IN ('', a_facility) AND p.account IN ('', a_account) AND p.role IN ('', a_role)
            AND p.purpose IN ('', a_purpose) AND p.since <= now() AND p.until > now()
            AND (p.type = 0 OR p.type = a_type) AND (p.maker = '' OR p.maker = a_maker)
            AND store.of_time(p.lo, p.hi, a_lo, a_hi)
            AND (c.label = 0 OR a_label & ~p.label = 0))));
END $$;
