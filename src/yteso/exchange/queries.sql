-- open_file --
-- Whether a machine account may send (NULL for people's accounts), the receipt these bytes were given before, and where
-- they are new, the sender's next number; the row lock puts the files of one sender in order until the transaction ends.
WITH standing AS (
    SELECT (SELECT active FROM exchange.sender WHERE shard = %s AND name = %s) AS active,
        (SELECT receipt FROM exchange.intake WHERE shard = %s AND id = %s) AS receipt
), counted AS (
    INSERT INTO exchange.counter AS c (shard, sender, last)
    SELECT %s, %s, 1 FROM standing WHERE active IS NOT FALSE AND receipt IS NULL
    ON CONFLICT (shard, sender) DO UPDATE SET last = c.last + 1 RETURNING last, clock_timestamp() AS received
)
SELECT active, receipt, last, received FROM standing LEFT JOIN counted ON true

-- fetch_receipt --
-- The receipt given for these bytes of this sender before.
SELECT receipt FROM exchange.intake WHERE shard = %s AND id = %s

-- insert_file --
-- One received file with the first piece of its raw.
WITH file AS (
    INSERT INTO exchange.intake
        (shard, id, sender, seq, facility, received_at, sha256, size, name, adapter, door, receipt)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING shard, id
)
INSERT INTO exchange.raw_chunk (shard, intake, n, body) SELECT shard, id, 0, %b FROM file

-- copy_chunks --
-- Further pieces of the raw.
COPY exchange.raw_chunk (shard, intake, n, body) FROM STDIN (FORMAT binary)

-- fetch_chunk --
-- One piece of the raw.
SELECT body FROM exchange.raw_chunk WHERE shard = %s AND intake = %s AND n = %s

-- fetch_first_chunks --
-- The first piece of several files.
SELECT c.intake::text, c.body FROM exchange.raw_chunk c
JOIN unnest(%s::smallint[], %s::uuid[]) AS k (shard, intake) USING (shard, intake) WHERE c.n = 0

-- fetch_sender --
-- One machine account.
SELECT name, facility, active, signature_policy, certificate, password
FROM exchange.sender WHERE shard = %s AND name = %s

-- fetch_senders --
-- All machine accounts, without their secrets.
SELECT name, facility, active, signature_policy, certificate <> '', created_at FROM exchange.sender ORDER BY name

-- fetch_rights --
-- What machine accounts are and how they prove it; one of them, or all.
SELECT name, facility, active, signature_policy, certificate, password
FROM exchange.sender WHERE %(name)s::text IS NULL OR name = %(name)s ORDER BY name;

-- save_sender --
-- Create or change a machine account.
INSERT INTO exchange.sender (shard, name, password, facility, active, signature_policy, certificate)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (shard, name) DO UPDATE SET password = EXCLUDED.password, facility = EXCLUDED.facility,
    active = EXCLUDED.active, signature_policy = EXCLUDED.signature_policy, certificate = EXCLUDED.certificate

-- rehash_sender --
-- The same password by the parameters of today, unless it was changed meanwhile.
UPDATE exchange.sender SET password = %s WHERE shard = %s AND name = %s AND password = %s;

-- set_sender_active --
-- Lock or unlock a machine account.
UPDATE exchange.sender SET active = %s WHERE shard = %s AND name = %s RETURNING name

-- fetch_failures --
-- Failed log-ins since a moment.
SELECT failures FROM exchange.throttle WHERE shard = %s AND key = %s AND since > %s

-- note_failure --
-- One failed log-in more; an old count starts again.
INSERT INTO exchange.throttle AS t (shard, key, failures, since) VALUES (%(shard)s, %(key)s, 1, %(now)s)
ON CONFLICT (shard, key) DO UPDATE SET
    failures = CASE WHEN t.since > %(after)s THEN t.failures + 1 ELSE 1 END,
    since = CASE WHEN t.since > %(after)s THEN t.since ELSE %(now)s END

-- forget_old_failures --
-- Keeps the table as small as the last minutes' failures.
DELETE FROM exchange.throttle WHERE since <= %s

-- forget_failures --
-- A good log-in clears the count.
DELETE FROM exchange.throttle WHERE shard = %s AND key = %s

-- claim_received --
-- The oldest waiting files become ours; the session's lock on each tells others that their walker lives.
UPDATE exchange.intake i SET state = 'walking', attempts = attempts + 1
FROM (
    SELECT shard, id FROM exchange.intake WHERE state = 'received'
    ORDER BY received_at, seq LIMIT %s FOR UPDATE SKIP LOCKED
) c
WHERE i.shard = c.shard AND i.id = c.id
RETURNING i.shard, i.id::text, pg_try_advisory_lock(hashtextextended(i.id::text, 0))

-- find_orphans --
-- Files whose walker is gone: its session held the lock, and the lock went with it.
SELECT c.shard, c.id::text FROM (
    SELECT shard, id FROM exchange.intake WHERE state = 'walking' ORDER BY attempts, received_at, seq LIMIT 300
) c WHERE pg_try_advisory_lock(hashtextextended(c.id::text, 0))

-- claim_orphans --
-- Take over what is still open.
UPDATE exchange.intake i SET attempts = attempts + 1
FROM unnest(%s::smallint[], %s::uuid[]) AS k (shard, id)
WHERE i.shard = k.shard AND i.id = k.id AND i.state = 'walking'
RETURNING i.shard, i.id::text

-- fetch_work --
-- What the walk needs to know about its files.
SELECT i.shard, i.id::text, i.sender, i.seq, i.facility, i.received_at, encode(i.sha256, 'hex'), i.size, i.name,
    i.attempts, i.progress, coalesce(s.signature_policy, 'optional'), coalesce(s.certificate, '')
FROM exchange.intake i JOIN unnest(%s::smallint[], %s::uuid[]) AS k (shard, id) USING (shard, id)
LEFT JOIN exchange.sender s ON s.shard = i.shard AND s.name = i.sender
ORDER BY i.received_at, i.seq

-- save_progress --
-- What this transaction added to its files; how a finished file ended follows from its counts.
UPDATE exchange.intake i SET
    state = CASE WHEN NOT p.finished THEN 'walking'
        WHEN i.accepted + p.accepted + i.unchanged + p.unchanged + i.outdated + p.outdated = 0
            AND i.quarantined + p.quarantined + i.errors + p.errors > i.failed + p.failed THEN 'quarantined'
        WHEN i.accepted + p.accepted + i.unchanged + p.unchanged + i.outdated + p.outdated = 0
            AND i.failed + p.failed > 0 THEN 'failed'
        WHEN i.errors + p.errors > 0 THEN 'done_with_issues'
        ELSE 'done' END,
    attempts = 0, progress = p.progress,
    visits = i.visits + p.visits, accepted = i.accepted + p.accepted, unchanged = i.unchanged + p.unchanged,
    outdated = i.outdated + p.outdated, quarantined = i.quarantined + p.quarantined, failed = i.failed + p.failed,
    errors = i.errors + p.errors, warnings = i.warnings + p.warnings, notes = i.notes + p.notes,
    signature = CASE WHEN p.signature = '' THEN i.signature ELSE p.signature END,
    done_at = CASE WHEN p.finished THEN clock_timestamp() END,
    changed = pg_current_xact_id()
FROM unnest(
    %s::smallint[], %s::uuid[], %s::boolean[], %s::text[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[],
    %s::int[], %s::int[], %s::int[], %s::int[], %s::int[]
) AS p (shard, id, finished, signature, progress, visits, accepted, unchanged, outdated, quarantined, failed, errors,
    warnings, notes)
WHERE i.shard = p.shard AND i.id = p.id

-- note_given_up --
-- Why a file was given up.
INSERT INTO exchange.issue (shard, intake, n, pos, code, severity, ma_lk, tbl, row, field, texts)
VALUES (%s, %s, 0, 0, %s, %s, '', '', 0, '', %s)
ON CONFLICT (shard, intake, n) DO UPDATE SET texts = EXCLUDED.texts

-- give_up --
-- A file that took its walker down too often.
UPDATE exchange.intake SET state = 'failed', errors = errors + 1, attempts = 0, done_at = clock_timestamp(),
    changed = pg_current_xact_id()
WHERE shard = %s AND id = %s

-- release --
-- Our session's claims end.
SELECT pg_advisory_unlock_all()

-- copy_visits --
-- What became of each visit.
COPY exchange.visit (shard, intake, pos, ma_lk, facility, state, t, patient, resources) FROM STDIN

-- copy_issues --
-- What was found.
COPY exchange.issue (shard, intake, n, pos, code, severity, ma_lk, tbl, row, field, texts) FROM STDIN

-- lock_visits --
-- One after the other for the same visits, in the order of the keys.
SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) AS k

-- fetch_held --
-- Which files the facts of these visits are from.
SELECT h.facility, h.ma_lk, h.rank, h.received_at, h.seq, h.pos, h.intake::text, h.patient, h.digest, h.resources
FROM exchange.held h JOIN unnest(%s::smallint[], %s::text[], %s::text[]) AS k (shard, facility, ma_lk)
USING (shard, facility, ma_lk)

-- save_held --
-- From now on the facts of these visits are from these files.
INSERT INTO exchange.held AS h (shard, facility, ma_lk, rank, received_at, seq, pos, intake, patient, digest,
    resources)
SELECT * FROM unnest(%s::smallint[], %s::text[], %s::text[], %s::smallint[], %s::timestamptz[], %s::bigint[],
    %s::int[], %s::uuid[], %s::text[], %s::bytea[], %s::bytea[])
ON CONFLICT (shard, facility, ma_lk) DO UPDATE SET rank = EXCLUDED.rank, received_at = EXCLUDED.received_at,
    seq = EXCLUDED.seq, pos = EXCLUDED.pos, intake = EXCLUDED.intake, patient = EXCLUDED.patient,
    digest = EXCLUDED.digest, resources = EXCLUDED.resources

-- waiting --
-- How many files wait or are being walked.
SELECT count(*) FROM exchange.intake WHERE state IN ('received', 'walking')

-- tally --
-- Files received since a moment: by door and state, how many, and how many of them with findings.
SELECT door, state, count(*), count(*) FILTER (WHERE errors + warnings > 0)
FROM exchange.intake WHERE received_at >= %s GROUP BY door, state

-- forget_results --
-- Before a replay: what the last walk said about a file.
WITH v AS (DELETE FROM exchange.visit WHERE shard = %(shard)s AND intake = %(id)s),
    n AS (DELETE FROM exchange.issue WHERE shard = %(shard)s AND intake = %(id)s)
UPDATE exchange.intake SET state = 'received', attempts = 0, progress = 0, visits = 0, accepted = 0, unchanged = 0,
    outdated = 0, quarantined = 0, failed = 0, errors = 0, warnings = 0, notes = 0, done_at = NULL,
    changed = pg_current_xact_id()
WHERE shard = %(shard)s AND id = %(id)s AND state NOT IN ('received', 'walking') RETURNING id

-- notify_intake --
-- Live pages hear that something came in.
NOTIFY yteso_live, 'intake'

-- notify_record --
-- Live pages hear that the record changed.
NOTIFY yteso_live, 'record'
