-- add_opening --
-- A record opened from now on for a while.
INSERT INTO store.opening (kind, pat, patient, facility, account, opened_by, reason, words, until, wants_second)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, now() + %s, %s) RETURNING id::text, until;

-- approve_opening --
-- A second person of the facility agrees that very restricted facts are opened too.
UPDATE store.opening SET second = %(who)s
WHERE shard = 0 AND id = %(id)s::uuid AND kind = 'g' AND wants_second AND second IS NULL AND until > now()
  AND facility = %(facility)s AND opened_by <> %(who)s
RETURNING patient;

-- end_opening --
-- Ended before its time by who opened it.
UPDATE store.opening SET until = now()
WHERE shard = 0 AND id = %s::uuid AND opened_by = %s AND until > now() RETURNING patient, kind::text, id::text;

-- fetch_openings --
-- Openings, newest first, the unreviewed ones oldest first; what is NULL limits nothing.
SELECT * FROM (
    SELECT id::text, kind::text, patient, facility, account, opened_by, reason, words, since, until, wants_second, second, reviewed,
           coalesce(reviewer, ''), coalesce(verdict, ''),
           CASE WHEN %(unreviewed)s THEN 1 ELSE -1 END * (extract(epoch FROM since) * 1000000)::bigint AS at, id::text AS tie
    FROM store.opening
    WHERE (%(pat)s::bigint IS NULL OR pat = %(pat)s) AND (%(account)s::text IS NULL OR opened_by = %(account)s)
      AND (%(facility)s::text IS NULL OR facility = %(facility)s)
      AND (NOT %(now)s OR until > now()) AND (NOT %(glass)s OR kind = 'g') AND (NOT %(unreviewed)s OR reviewed IS NULL)
      AND (NOT %(second)s OR (wants_second AND second IS NULL AND until > now()))
) listed
WHERE %(at)s::bigint IS NULL OR CASE WHEN %(back)s THEN (at, tie) < (%(at)s, %(tie)s) ELSE (at, tie) > (%(at)s, %(tie)s) END
ORDER BY CASE WHEN %(back)s THEN at END DESC, CASE WHEN %(back)s THEN tie END DESC, at, tie LIMIT %(count)s;

-- review_opening --
-- What the data officer found.
UPDATE store.opening SET reviewed = now(), reviewer = %s, verdict = %s
WHERE shard = 0 AND id = %s::uuid AND kind = 'g' AND reviewed IS NULL AND opened_by <> %s RETURNING patient;

-- fetch_overdue --
-- Broken glass of an account that nobody reviewed in time.
SELECT 1 FROM store.opening WHERE kind = 'g' AND opened_by = %s AND reviewed IS NULL AND since < now() - %s LIMIT 1;

-- fetch_often --
-- Accounts that broke the glass more than so often within seven days.
SELECT opened_by, facility, count(*) FROM store.opening
WHERE kind = 'g' AND since > now() - interval '7 days'
GROUP BY opened_by, facility HAVING count(*) > %s ORDER BY count(*) DESC, opened_by;

-- fetch_times --
-- How often an account broke the glass within seven days.
SELECT count(*) FROM store.opening
WHERE kind = 'g' AND opened_by = %s AND facility = %s AND since > now() - interval '7 days';

-- add_visit_code --
-- A code that opens a record once.
INSERT INTO store.visit_code (hash, patient, until) VALUES (%s, %s, now() + %s) RETURNING until;

-- use_visit_code --
-- Whose record a code opens; it is gone then.
DELETE FROM store.visit_code WHERE shard = 0 AND hash = %s AND until > now() RETURNING patient;

-- drop_old_codes --
-- Codes nobody used in time.
DELETE FROM store.visit_code WHERE until <= now();
