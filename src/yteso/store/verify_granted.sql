-- fetch_unfounded_opening --
-- A record that is opened otherwise than the chain says: by nobody's act, for somebody else, longer, or with a second person
-- who never agreed. The chain's row is a moment younger than the beginning of its transaction, which the opening has.
SELECT o.id::text FROM store.opening o
WHERE o.until > o.since + CASE o.kind WHEN 'g' THEN %(glass)s ELSE %(visit)s END
   OR o.account <> CASE o.kind WHEN 'g' THEN o.opened_by ELSE '' END
   OR NOT EXISTS (
        SELECT FROM store.audit a
        WHERE a.ts >= o.since AND a.ts < o.since + %(moment)s AND a.who = o.opened_by AND a.facility = o.facility
          AND a.action = 'E' AND a.outcome IS NULL AND o.pat = ANY (a.pats)
          AND a.what = 'Patient/' || o.patient || CASE o.kind WHEN 'g' THEN '/$break-glass' ELSE '/$open' END
          AND a.detail = CASE o.kind WHEN 'g' THEN 'glass:' || o.reason ELSE 'visit-code' END)
   OR (o.second IS NOT NULL AND (NOT o.wants_second OR NOT EXISTS (
        SELECT FROM store.audit a
        WHERE a.ts >= o.since AND a.ts < o.since + %(glass)s + %(moment)s AND a.who = o.second AND a.facility = o.facility
          AND a.action = 'E' AND a.outcome IS NULL AND o.pat = ANY (a.pats)
          AND a.what = 'Patient/' || o.patient || '/$break-glass' AND a.detail = 'glass:second')))
ORDER BY o.since, o.id LIMIT 1;

-- fetch_budget_grants --
-- More for an account, with what the chain says of it: NULL where nobody gave it.
SELECT g.id::text, g.most, g.until, a.detail FROM store.budget_grant g LEFT JOIN store.audit a
    ON a.ts >= g.given AND a.ts < g.given + %(moment)s AND a.who = g.given_by AND a.action = 'C' AND a.outcome IS NULL
   AND a.what = 'budget/' || g.who
ORDER BY g.given, g.id;

-- fetch_standing_approvals --
-- What a machine may export without asking, likewise.
SELECT s.id::text, s.until, a.detail FROM store.standing_approval s LEFT JOIN store.audit a
    ON a.ts >= s.given AND a.ts < s.given + %(moment)s AND a.who = s.given_by AND a.action = 'C' AND a.outcome IS NULL
   AND a.what = 'export/' || s.who
ORDER BY s.given, s.id;

-- fetch_inspections --
-- Which inspector may see a facility's patients, likewise; what was ended and holds all the same was given by nobody.
SELECT i.id::text, i.number, i.facility, i.since, i.until,
       CASE WHEN NOT EXISTS (
            SELECT FROM store.audit d WHERE d.ts >= i.given AND d.ts < i.until AND d.action = 'D' AND d.outcome IS NULL
               AND d.what = 'inspection/' || i.who AND d.detail = 'inspection order ' || i.number || ' of ' || i.facility || ' ended'
       ) THEN a.detail END FROM store.inspection i LEFT JOIN store.audit a
    ON a.ts >= i.given AND a.ts < i.given + %(moment)s AND a.who = i.given_by AND a.action = 'C' AND a.outcome IS NULL
   AND a.what = 'inspection/' || i.who
ORDER BY i.given, i.id;

-- fetch_unfounded_export --
-- An export somebody let begin, and no row of the chain says so. What began by a standing approval was decided by nobody.
SELECT j.id FROM store.bulk_job j
WHERE j.kind = 'export' AND j.decided IS NOT NULL AND j.state <> 'refused' AND NOT EXISTS (
    SELECT FROM store.audit a
    WHERE a.ts >= j.decided AND a.ts < j.decided + %(moment)s AND a.who = j.approved_by AND a.action = 'U'
      AND a.outcome IS NULL AND a.what = 'bulk/' || j.id AND a.detail = 'approved')
ORDER BY j.decided, j.id LIMIT 1;
