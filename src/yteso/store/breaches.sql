-- add_breach --
-- A new case.
INSERT INTO store.breach (what, noticed, account, facility, since, until, opened_by, opened)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id::text;

-- find_breaches --
-- Cases, open ones first, then the newest; one where its id is given.
SELECT * FROM (
    SELECT id::text, what, noticed, account, facility, since, until, opened_by, opened, kinds, consequences, measures,
           authority_told, people_told, closed, closed_by, coalesce(conclusion, ''),
           coalesce(notice, ''), coalesce(notice_by, ''), notice_at,
           CASE WHEN closed IS NULL THEN 0 ELSE 100000000000000000 END - (extract(epoch FROM noticed) * 1000000)::bigint AS at, id::text AS tie
    FROM store.breach WHERE %(id)s::uuid IS NULL OR (shard = 0 AND id = %(id)s::uuid)
) listed
WHERE %(at)s::bigint IS NULL OR CASE WHEN %(back)s THEN (at, tie) < (%(at)s, %(tie)s) ELSE (at, tie) > (%(at)s, %(tie)s) END
ORDER BY CASE WHEN %(back)s THEN at END DESC, CASE WHEN %(back)s THEN tie END DESC, at, tie LIMIT %(count)s;

-- describe_breach --
-- What the notice must say.
UPDATE store.breach SET what = %s, kinds = %s, consequences = %s, measures = %s
WHERE shard = 0 AND id = %s::uuid AND closed IS NULL RETURNING id;

-- tell_authority --
-- When the authority was told; said once.
UPDATE store.breach SET authority_told = %s WHERE shard = 0 AND id = %s::uuid AND closed IS NULL AND authority_told IS NULL RETURNING id;

-- tell_people --
-- When the people were told; said once.
UPDATE store.breach SET people_told = %s WHERE shard = 0 AND id = %s::uuid AND closed IS NULL AND people_told IS NULL RETURNING id;

-- close_breach --
-- What came of it. Not before the authority was told.
UPDATE store.breach SET closed = %s, closed_by = %s, conclusion = %s
WHERE shard = 0 AND id = %s::uuid AND closed IS NULL AND authority_told IS NOT NULL RETURNING id;

-- find_affected --
-- Whom the suspects saw in that time, from the chain: number of the key, how often, from when to when, by how many and which
-- accounts, through what: an app's id, '$export' or, by the platform's own doors, nothing.
-- Only what was done and shows people: what was refused showed nothing, what was written showed nobody else's. Who fetches a
-- file of an export sees everybody in the export, who stand in the rows of its making: up to a month before.
WITH suspected AS MATERIALIZED (
    SELECT a.ts, a.who, a.what, a.action, a.pats, CASE WHEN a.what = '$export' THEN a.what ELSE coalesce(a.client, '') END AS through
    FROM store.audit a
    WHERE a.ts >= %(since)s AND a.ts < %(until)s AND a.outcome IS NULL AND a.action IN ('R', 'E')
      AND (%(account)s = '' OR a.who = %(account)s) AND (%(facility)s = '' OR a.facility = %(facility)s)
), fetched AS MATERIALIZED (
    SELECT split_part(what, '/', 2) || ':' AS export, who, min(ts) AS ts FROM suspected
    WHERE action = 'R' AND starts_with(what, 'bulk/') GROUP BY 1, 2
), shown AS (
    SELECT ts, who, pats, through FROM suspected
    UNION ALL
    SELECT f.ts, f.who, e.pats, e.what FROM fetched f JOIN store.audit e ON split_part(e.detail, ' ', 2) = f.export
    WHERE e.what = '$export' AND e.action = 'E' AND e.ts < %(until)s AND e.ts >= %(since)s - interval '31 days'
)
SELECT p, count(*), min(s.ts), max(s.ts), count(DISTINCT s.who), array_agg(DISTINCT s.who), array_agg(DISTINCT s.through) FROM shown s CROSS JOIN unnest(s.pats) p
GROUP BY p ORDER BY min(s.ts), p;

-- fetch_acted --
-- Whether an account did anything in that time: machines of facilities and what is gone stand in the chain alone.
SELECT 1 FROM store.audit a WHERE a.ts >= %s AND a.ts < %s AND a.who = %s LIMIT 1;

-- fetch_patients --
-- The Patients of these keys.
SELECT r.pat, r.id FROM store.resource r WHERE r.pat = ANY(%s::bigint[]) AND r.type = %s AND r.hash IS NOT NULL;
