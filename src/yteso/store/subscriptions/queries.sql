-- hold_watch --
-- How far changes were looked at; one process at a time looks.
SELECT t FROM store.watch FOR UPDATE SKIP LOCKED;

-- fetch_horizon --
-- The last number below which every transaction is finished.
SELECT store.finished_t() - 1;

-- fetch_end --
-- Where a look that began after the first number and may take so many rows of these types ends.
SELECT t FROM store.resource WHERE t > %s AND t <= %s AND type = ANY(%s::smallint[]) ORDER BY t OFFSET %s LIMIT 1;

-- fetch_first --
-- Whether anything of these types changed in between.
SELECT 1 FROM store.resource WHERE t > %s AND t <= %s AND type = ANY(%s::smallint[]) LIMIT 1;

-- save_watch --
-- Looked at up to here.
UPDATE store.watch SET t = %s;

-- fetch_watch --
-- How far changes were looked at.
SELECT t FROM store.watch;

-- fetch_changed --
-- Subscription resources that changed in between.
SELECT r.id, r.ver, r.t, r.hash IS NULL FROM store.resource r WHERE r.t > %s AND r.t <= %s AND r.type = %s ORDER BY r.t;

-- fetch_writer --
-- Who wrote a resource in a transaction: by name of the resource, or whoever wrote a bundle in it.
SELECT who, role FROM store.audit
WHERE t = %s AND action IN ('C', 'U') AND (what = %s OR what LIKE '%% resources')
ORDER BY what = %s DESC LIMIT 1;

-- fetch_all --
-- Every subscription in some state.
SELECT id, version, state, owner, resource, started, events, delivered, failures, retry_at, sent_at, error
FROM store.subscription WHERE state = ANY(%s::text[]) ORDER BY shard, id;

-- count_states --
-- Subscriptions by state, with the events that were numbered and not yet told.
SELECT state, count(*), sum(events - delivered)::bigint FROM store.subscription GROUP BY state ORDER BY state;

-- fetch_one --
-- One subscription.
SELECT id, version, state, owner, resource, started, events, delivered, failures, retry_at, sent_at, error
FROM store.subscription WHERE shard = %s AND id = %s;

-- save_one --
-- A subscription as its resource now says; its numbers go on.
INSERT INTO store.subscription (shard, id, version, state, owner, resource, started, error)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (shard, id) DO UPDATE SET version = excluded.version, state = excluded.state, owner = excluded.owner,
    resource = excluded.resource, error = excluded.error, failures = 0, retry_at = NULL,
    started = CASE WHEN store.subscription.state = 'off' THEN excluded.started ELSE store.subscription.started END;

-- remove_one --
-- A subscription that was deleted, with everything it was to be told.
WITH n AS (DELETE FROM store.notice WHERE shard = %(shard)s AND subscription = %(id)s)
DELETE FROM store.subscription WHERE shard = %(shard)s AND id = %(id)s;

-- save_state --
-- Another state, written together with the resource that says so.
UPDATE store.subscription SET state = %s, version = %s, error = %s, failures = 0, retry_at = NULL, sent_at = now()
WHERE shard = %s AND id = %s AND version = %s;

-- save_sealed --
-- The same subscription, its secrets out of its text.
UPDATE store.subscription SET resource = %s, version = %s WHERE shard = %s AND id = %s;

-- save_told --
-- Told up to this number.
UPDATE store.subscription SET delivered = greatest(delivered, %s), failures = 0, retry_at = NULL, sent_at = now(),
    error = ''
WHERE shard = %s AND id = %s AND version = %s;

-- save_failure --
-- Telling failed; again after a while.
UPDATE store.subscription SET failures = failures + 1, retry_at = now() + %s, error = %s
WHERE shard = %s AND id = %s AND version = %s RETURNING failures;

-- copy_notice --
-- What happened, under the next numbers.
COPY store.notice (shard, subscription, n, t, at, type, id, ver, verb) FROM STDIN;

-- save_events --
-- The last number given.
UPDATE store.subscription SET events = %s WHERE shard = %s AND id = %s;

-- fetch_notices --
-- What happened, from one number to another.
SELECT n, t, at, type, id, ver, verb::text FROM store.notice
WHERE shard = %s AND subscription = %s AND n >= %s AND n <= %s ORDER BY n LIMIT %s;

-- prune_notices --
-- What was told long ago; what lived then counts as known.
WITH old AS (
    DELETE FROM store.notice n USING store.subscription s
    WHERE s.shard = n.shard AND s.id = n.subscription AND n.n <= s.delivered AND n.at < now() - %s
    RETURNING n.shard, n.subscription, n.t
), last AS (
    SELECT shard, subscription, max(t) AS t FROM old GROUP BY 1, 2
)
UPDATE store.subscription s SET started = greatest(s.started, last.t) FROM last
WHERE s.shard = last.shard AND s.id = last.subscription;

-- add_ticket --
-- A ticket for a websocket.
INSERT INTO store.notice_ticket (hash, subscriptions, expires, who, client, by_grant, drawn) VALUES (%s, %s, %s, %s, %s, %s, %s);

-- take_ticket --
-- A ticket is good once.
DELETE FROM store.notice_ticket WHERE shard = 0 AND hash = %s AND expires > now()
RETURNING subscriptions, who, client, by_grant, drawn;

-- give_up --
-- Subscriptions that nobody repaired for a long time are looked at no more, and what they were not told is gone.
WITH late AS (
    UPDATE store.subscription SET state = 'off', delivered = events
    WHERE state = 'error' AND sent_at < now() - %s RETURNING shard, id
)
DELETE FROM store.notice n USING late WHERE n.shard = late.shard AND n.subscription = late.id;

-- try_lead --
-- One process tells subscribers: true for the one that holds this until its transaction ends.
SELECT pg_try_advisory_xact_lock(7309, 1);

-- prune_tickets --
-- Tickets nobody used.
DELETE FROM store.notice_ticket WHERE expires < now();
