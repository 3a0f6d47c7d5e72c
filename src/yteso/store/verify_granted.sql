-- fetch_unfounded_opening --
-- A record that is opened otherwise than the chain says: by nobody's act, for somebody else, longer, after it was closed, or
-- with a second person who never agreed. The chain's row is a moment younger than the beginning of its transaction, which the opening has.
SELECT o.id::text FROM store.opening o
WHERE o.until > o.since + CASE o.kind WHEN 'g' THEN %(glass)s ELSE %(visit)s END
   OR o.account <> CASE o.kind WHEN 'g' THEN o.opened_by ELSE '' END
   OR NOT EXISTS (
        SELECT FROM store.audit a
        WHERE a.ts >= o.since AND a.ts < o.since + %(moment)s AND a.who = o.opened_by AND a.facility = o.facility
          AND a.action = 'E' AND a.outcome IS NULL AND o.pat = ANY (a.pats)
          AND a.what = 'Patient/' || o.patient || CASE o.kind WHEN 'g' THEN '/$break-glass' ELSE '/$open' END
          AND split_part(a.detail, ' ', 1) = CASE o.kind WHEN 'g' THEN 'glass:' || o.reason ELSE 'visit-code' END)
   OR (o.kind = 'v' AND NOT EXISTS (
        SELECT FROM store.audit a
        WHERE a.ts >= o.since - %(code)s - %(moment)s AND a.ts < o.since + %(moment)s AND a.action = 'C' AND a.outcome IS NULL
          AND a.what = 'Patient/' || o.patient || '/$visit-code'))
   OR EXISTS (
        SELECT FROM store.audit a
        WHERE a.ts >= o.since AND a.ts < o.until AND a.who = o.opened_by AND a.action = 'E' AND a.outcome IS NULL
          AND o.pat = ANY (a.pats) AND a.detail = 'glass:ended ' || o.id)
   OR (o.second IS NOT NULL AND (NOT o.wants_second OR NOT EXISTS (
        SELECT FROM store.audit a
        WHERE a.ts >= o.since AND a.ts < o.since + %(glass)s + %(moment)s AND a.who = o.second AND a.facility = o.facility
          AND a.action = 'E' AND a.outcome IS NULL AND o.pat = ANY (a.pats)
          AND a.what = 'Patient/' || o.patient || '/$break-glass' AND a.detail = 'glass:second')))
   OR (o.reviewed IS NOT NULL AND NOT EXISTS (
        SELECT FROM store.audit a
        WHERE a.ts >= o.reviewed AND a.ts < o.reviewed + %(moment)s AND a.who = o.reviewer AND a.action = 'E' AND a.outcome IS NULL
          AND o.pat = ANY (a.pats) AND a.what = 'Patient/' || o.patient || '/$break-glass' AND a.detail = 'glass:' || o.verdict))
ORDER BY o.since, o.id LIMIT 1;

-- fetch_missing_opening --
-- Whose record the chain says was opened, or was looked at again by the data officer, more often than there are openings that say
-- so. Nobody takes an opening away, so that its review cannot be escaped.
WITH told (patient, who, detail, many) AS (
    SELECT split_part(a.what, '/', 2), a.who, split_part(a.detail, ' ', 1), count(*) FROM store.audit a
    WHERE a.action = 'E' AND a.outcome IS NULL AND a.detail !~ '^glass:(second|ended)'
      AND (a.what LIKE 'Patient/%%/$break-glass' OR a.what LIKE 'Patient/%%/$open') GROUP BY 1, 2, 3
), there (patient, who, detail, many) AS (
    SELECT patient, opened_by, CASE kind WHEN 'g' THEN 'glass:' || reason ELSE 'visit-code' END, count(*)
    FROM store.opening GROUP BY 1, 2, 3
    UNION ALL
    SELECT patient, reviewer, 'glass:' || verdict, count(*) FROM store.opening WHERE reviewed IS NOT NULL GROUP BY 1, 2, 3
)
SELECT t.patient FROM told t LEFT JOIN there USING (patient, who, detail)
WHERE t.many > coalesce(there.many, 0) ORDER BY 1 LIMIT 1;

-- fetch_granted --
-- More of a budget, what a machine may export without asking, which inspector may see a facility's patients: what it is, and
-- what the chain says of it. NULL where nobody gave it, and where it was ended and holds all the same.
WITH granted (place, id, what, by, given, since, until, words, ended) AS (
    SELECT 'store.budget_grant ' || id, id, 'budget/' || who, given_by, given, NULL::timestamptz, until,
           most || ' people an hour', 'grant ' || id || ' ended' FROM store.budget_grant
    UNION ALL
    SELECT 'store.standing_approval ' || id, id, 'export/' || who, given_by, given, NULL, until,
           'standing approval', 'standing approval ' || id || ' ended' FROM store.standing_approval
    UNION ALL
    SELECT 'store.inspection ' || id, id, 'inspection/' || who, given_by, given, since, until,
           'inspection order ' || number || ' of ' || facility, 'inspection order ' || number || ' of ' || facility || ' ended'
    FROM store.inspection
)
SELECT g.place, g.words, g.since, g.until,
       CASE WHEN NOT EXISTS (
            SELECT FROM store.audit d WHERE d.ts >= g.given AND d.ts < g.until AND d.action = 'D' AND d.outcome IS NULL
               AND d.what = g.what AND d.detail = g.ended
       ) THEN a.detail END
FROM granted g LEFT JOIN store.audit a
    ON a.ts >= g.given AND a.ts < g.given + %(moment)s AND a.who = g.by AND a.action = 'C' AND a.outcome IS NULL AND a.what = g.what
ORDER BY g.given, g.id;

-- fetch_unfounded_export --
-- An export that began and that nobody approved by the chain, by itself or beforehand (the platform's own need nobody), or that
-- is another account's than it began for.
SELECT j.id FROM store.bulk_job j
WHERE j.kind = 'export' AND (
    (j.decided IS NOT NULL AND j.state <> 'refused' AND NOT EXISTS (
        SELECT FROM store.audit a
        WHERE a.ts >= j.decided AND a.ts < j.decided + %(moment)s AND a.who = j.approved_by AND a.action = 'U'
          AND a.outcome IS NULL AND a.what = 'bulk/' || j.id AND a.detail = 'approved'))
    OR (j.decided IS NULL AND j.state IN ('waiting', 'done') AND (j.role <> 'system' OR j.who NOT LIKE 'yteso %%')
        AND NOT EXISTS (
        SELECT FROM store.audit a
        WHERE a.ts <= j.asked + %(moment)s AND a.who = j.approved_by AND a.action = 'C' AND a.outcome IS NULL
          AND a.what = 'export/' || j.who AND a.detail LIKE 'standing approval until %%'
          AND substr(a.detail, 25)::timestamptz > j.asked))
    OR (j.t IS NOT NULL AND NOT EXISTS (
        SELECT FROM store.audit a
        WHERE a.ts >= j.asked AND a.who = j.who AND a.role = j.role AND a.action = 'E' AND a.outcome IS NULL AND a.what = '$export'
          AND a.detail = 'export ' || j.id))
)
ORDER BY j.asked, j.id LIMIT 1;

-- fetch_unfounded_code --
-- A code that opens a record and that nobody drew for this person. A release before did not name the code in the row.
SELECT left(encode(c.hash, 'hex'), 8) FROM store.visit_code c
WHERE NOT EXISTS (
    SELECT FROM store.audit a
    WHERE a.ts >= c.until - %(code)s AND a.ts < c.until - %(code)s + %(moment)s AND a.action = 'C' AND a.outcome IS NULL
      AND a.what = 'Patient/' || c.patient || '/$visit-code'
      AND split_part(a.detail, ' by ', 1) IN ('visit-code', 'visit-code ' || left(encode(sha256(c.hash), 'hex'), 32)))
ORDER BY c.until LIMIT 1;

-- fetch_forged_code --
-- Whose record was opened by a code that nobody drew for this person, or by one a second time: the code itself is gone then.
SELECT u.what FROM store.audit u
WHERE u.action = 'E' AND u.outcome IS NULL AND u.what LIKE 'Patient/%%/$open' AND u.detail LIKE 'visit-code %%'
  AND (NOT EXISTS (
        SELECT FROM store.audit g
        WHERE g.ts >= u.ts - %(code)s - %(moment)s AND g.ts <= u.ts AND g.action = 'C' AND g.outcome IS NULL
          AND g.what = replace(u.what, '/$open', '/$visit-code') AND split_part(g.detail, ' by ', 1) IN ('visit-code', u.detail))
    OR EXISTS (
        SELECT FROM store.audit o
        WHERE o.ts >= u.ts - %(code)s - %(moment)s AND o.ts < u.ts AND o.action = 'E' AND o.outcome IS NULL
          AND o.what = u.what AND o.detail = u.detail))
ORDER BY u.ts LIMIT 1;

-- fetch_forged_use --
-- What was done by something that counts once (`trail.Did.spent`) and that nobody gave, gave otherwise, or that counted before.
WITH used (link, what, ts, times) AS (
    SELECT right(detail, 32), min(what), min(ts), count(*) FROM store.audit
    WHERE what ~ '^[a-z]+:' AND outcome IS NULL AND detail ~ ' spent=[0-9a-f]{32}$' GROUP BY 1
), given (link, ts) AS (
    SELECT encode(substr(content, 32 * place + 17, 16), 'hex'), min(ts)
    FROM store.audit, generate_series(0, length(content) / 32 - 1) place WHERE what ~ '^[a-z]+:' AND content IS NOT NULL GROUP BY 1
)
SELECT u.what FROM used u LEFT JOIN given g USING (link)
WHERE u.times > 1 OR g.ts IS NULL OR g.ts > u.ts ORDER BY u.ts LIMIT 1;
