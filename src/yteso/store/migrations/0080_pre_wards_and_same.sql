-- Two more things a person's labelled or closed facts depend on: the age of a child whom somebody represents, and that two
-- Patients are one person.

-- s: the Patient that wrote the row says that it is the same person as its holder (Patient.link). It counts when both say so.
ALTER TABLE store.relation DROP CONSTRAINT IF EXISTS relation_kind_check;
ALTER TABLE store.relation ADD CONSTRAINT relation_kind_check CHECK (kind IN ('r', 'a', 'f', 'p', 'm', 's')) NOT VALID;

-- The keys of the Patients that are the same person as this one. With the owner's rights: who asks may not read relations.
CREATE OR REPLACE FUNCTION store.same_person(a_pat bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog AS $$
    SELECT b.pat FROM store.relation a
    JOIN store.relation b ON b.kind = 's' AND b.holder = 'Patient/' || a.id AND a.holder = 'Patient/' || b.id
    WHERE a.pat = a_pat AND a.kind = 's'
$$;

-- A person with two Patients said something as soon as one of them did: a rule that says nothing (it is over) has every row
-- of both asked one by one (search.closed looks only whether there is a rule). n -1 is never a rule of a Consent.
CREATE OR REPLACE FUNCTION store.note_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM store.consent_rule WHERE shard = OLD.shard AND id = OLD.id AND n = -1 AND pat = OLD.pat;
    ELSE
        INSERT INTO store.consent_rule VALUES (NEW.shard, NEW.id, -1, NEW.pat, true, '', '', '', '', 0, 0, '', 0, 0, '-infinity', '-infinity')
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS same_added ON store.relation;
DROP TRIGGER IF EXISTS same_dropped ON store.relation;
CREATE TRIGGER same_added AFTER INSERT ON store.relation FOR EACH ROW WHEN (NEW.kind = 's') EXECUTE FUNCTION store.note_same();
CREATE TRIGGER same_dropped AFTER DELETE ON store.relation FOR EACH ROW WHEN (OLD.kind = 's') EXECUTE FUNCTION store.note_same();

-- The labels (standards.sensitivity) of a child's facts that their parent or guardian sees: those of facts from before an
-- age (access.consent.WARD). 103: Patient. A fact without a clinical date, and a past version, counts as of now.
CREATE OR REPLACE FUNCTION store.ward_labels(a_person bigint, a_pat bigint, a_lo bigint, a_hi bigint) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(sum(v.bit), 0)::integer
    FROM (
        SELECT to_timestamp(max(p.d_lo) / 1000000) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS born FROM store.resource s
        JOIN store.relation m ON m.pat = a_pat AND m.holder = 'Patient/' || s.id AND m.kind = 'm' AND m.since <= now() AND m.until > now()
        JOIN store.resource p ON p.pat = a_pat AND p.type = 103 AND p.hash IS NOT NULL AND p.d_lo > -62135596800000000
        WHERE s.pat = a_person AND s.type = 103 AND s.hash IS NOT NULL
    ) child
    CROSS JOIN (VALUES (1, 15), (2, 16), (4, 16), (8, 16), (64, 16), (32, 18)) AS v (bit, age)
    WHERE (extract(epoch FROM (child.born + make_interval(years => v.age)) AT TIME ZONE 'Asia/Ho_Chi_Minh') * 1000000)::bigint
        > CASE WHEN a_lo = -9223372036854775808 THEN (extract(epoch FROM now()) * 1000000)::bigint
               ELSE least(a_hi, (extract(epoch FROM now()) * 1000000)::bigint) END
$$;

-- As before (0061), and: what holds for one of a person's Patients holds for all, whose others are looked up only where the
-- mark of such a person (n -1) says that there are some; a child's parent sees some labels; a refusal about a time closes
-- what has no date too.
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
                       AND p.purpose IN ('', a_purpose) AND p.since <= now() AND p.until > now())
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
            AND (c.label = 0 OR a_label & ~p.label = 0))));
END $$;

-- What is open to a facility now, looked up once for a statement.
CREATE INDEX IF NOT EXISTS opening_of_facility ON store.opening (facility, until);
