-- set_budgets --
-- The installation's budgets: [[role, people, from where on it is told]].
WITH wanted AS (
    SELECT value->>0 AS role, (value->>1)::integer AS most, (value->>2)::integer AS warn FROM jsonb_array_elements(%s::jsonb)
), gone AS (
    DELETE FROM store.budget b WHERE NOT EXISTS (SELECT FROM wanted w WHERE w.role = b.role)
)
INSERT INTO store.budget (role, most, warn, told) SELECT role, most, warn, true FROM wanted
ON CONFLICT (shard, role) DO UPDATE SET most = excluded.most, warn = excluded.warn, told = true;

-- fetch_budgets --
-- The installation's budgets, and whether the chain was told of them.
SELECT role, most, warn, told FROM store.budget ORDER BY role;

-- find_spent --
-- Accounts near or beyond their budget, by hour. Stops are counted from the chain's own rows of what was refused.
WITH stopped AS (
    SELECT a.who, max(a.role) AS role, max(a.facility) AS facility, date_trunc('hour', a.ts) AS hour, count(*) AS stops
    FROM store.audit a WHERE a.outcome IS NOT NULL AND a.ts >= %(since)s AND a.detail LIKE %(code)s GROUP BY 1, 4
), near AS (
    SELECT who, role, facility, hour, people, most, warned FROM store.spent WHERE warned IS NOT NULL AND hour >= %(since)s
)
SELECT * FROM (
    SELECT who, coalesce(n.role, s.role), coalesce(n.facility, s.facility), hour,
           coalesce(n.people, t.people, 0),
           coalesce(n.most, t.most, (SELECT b.most FROM store.budget b WHERE b.role = coalesce(n.role, s.role)), 0), n.warned, coalesce(s.stops, 0),
           (SELECT max(g.until) FROM store.budget_grant g WHERE g.who = coalesce(n.who, s.who) AND g.until > now()),
           -(extract(epoch FROM hour) * 1000000)::bigint AS at, lpad((999999999 - coalesce(s.stops, 0))::text, 9, '0') || ' ' || who AS tie
    FROM near n FULL JOIN stopped s USING (who, hour) LEFT JOIN store.spent t USING (who, hour)
) listed
WHERE %(at)s::bigint IS NULL OR CASE WHEN %(back)s THEN (at, tie) < (%(at)s, %(tie)s) ELSE (at, tie) > (%(at)s, %(tie)s) END
ORDER BY CASE WHEN %(back)s THEN at END DESC, CASE WHEN %(back)s THEN tie END DESC, at, tie LIMIT %(count)s;

-- add_grant --
-- More for one account.
INSERT INTO store.budget_grant (who, most, reason, given_by, until) VALUES (%s, %s, %s, %s, %s);

-- find_grants --
-- What is granted at a moment.
SELECT id::text, who, most, reason, given_by, given, until FROM store.budget_grant WHERE until > %s ORDER BY given DESC, id;

-- end_grant --
-- Over from now on.
UPDATE store.budget_grant SET until = now() WHERE shard = 0 AND id = %s::uuid AND until > now() RETURNING who, id::text;

-- forget_seen --
-- Whom accounts saw in hours that are over.
DELETE FROM store.seen WHERE hour < %s;

-- forget_spent --
-- Counts that had their time.
DELETE FROM store.spent WHERE hour < %s;

-- count_alarms --
-- Accounts beyond the alarm in this and the last hour, and refusals within an hour.
SELECT (SELECT count(*) FROM store.spent WHERE warned IS NOT NULL AND hour >= %s - interval '1 hour'),
       (SELECT count(*) FROM store.audit WHERE outcome IS NOT NULL AND detail LIKE %s AND ts > %s - interval '1 hour');
