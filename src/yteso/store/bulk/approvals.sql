-- find_standing --
-- Who approved once and for a while that this account exports.
SELECT given_by FROM store.standing_approval WHERE who = %s AND until > now() ORDER BY until DESC LIMIT 1;

-- find_exports --
-- Exports that wait for a decision, then the newest ones.
SELECT * FROM (
    SELECT id, who, role, facility, purpose, request, wish->>'level', wish->'types', jsonb_array_length(nullif(wish->'patients', 'null')),
           asked, state, coalesce(approved_by, ''), decided, coalesce(decision, ''), written,
           CASE WHEN state = 'held' THEN 0 ELSE 100000000000000000 END - (extract(epoch FROM asked) * 1000000)::bigint AS at, id::text AS tie
    FROM store.bulk_job WHERE kind = 'export'
) listed
WHERE %(at)s::bigint IS NULL OR CASE WHEN %(back)s THEN (at, tie) < (%(at)s, %(tie)s) ELSE (at, tie) > (%(at)s, %(tie)s) END
ORDER BY CASE WHEN %(back)s THEN at END DESC, CASE WHEN %(back)s THEN tie END DESC, at, tie LIMIT %(count)s;

-- decide_export --
-- The second person's decision, once, and never on one's own.
UPDATE store.bulk_job SET state = %(state)s, approved_by = %(who)s, decided = now(), decision = %(reason)s,
       ended = CASE WHEN %(state)s = 'refused' THEN now() END,
       expires = CASE WHEN %(state)s = 'refused' THEN now() + interval '7 days' END
WHERE shard = %(shard)s AND id = %(id)s AND kind = 'export' AND state = 'held' AND who <> %(who)s RETURNING id;

-- add_standing --
-- For a while, without asking each time.
INSERT INTO store.standing_approval (who, reason, given_by, until) VALUES (%s, %s, %s, %s);

-- fetch_standing --
-- Those that hold now.
SELECT id::text, who, reason, given_by, given, until FROM store.standing_approval WHERE until > now() ORDER BY given DESC, id;

-- end_standing --
-- Over from now on.
UPDATE store.standing_approval SET until = now() WHERE shard = 0 AND id = %s::uuid AND until > now() RETURNING who, id::text;

-- fetch_begun_by_standing --
-- Exports in progress that nobody looked at, as the account had a standing approval.
SELECT id FROM store.bulk_job WHERE who = %s AND kind = 'export' AND state = 'waiting' AND decided IS NULL;
