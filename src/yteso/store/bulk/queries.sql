-- hold_caller --
-- One kick-off of a caller at a time, so that the number of jobs in progress is counted truly.
SELECT pg_advisory_xact_lock(7306, hashtext(%s));

-- count_open --
-- How many jobs of a caller are in progress.
SELECT count(*) FROM store.bulk_job WHERE who = %s AND state IN ('held', 'waiting');

-- add_job --
-- What was asked for.
INSERT INTO store.bulk_job (shard, id, kind, who, role, facility, purpose, request, wish, state, approved_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s);

-- fetch_job --
-- One job.
SELECT id, kind, who, role, facility, purpose, request, wish, state, asked, ended, expires, t, as_of, place, written
FROM store.bulk_job WHERE shard = %s AND id = %s;

-- hold_job --
-- The job while it is in progress, ours until the end of the transaction; nothing when another worker has it. A lock
-- beside the row, not of it: a reading transaction gets no number and holds nobody back who follows by number.
SELECT id, kind, who, role, facility, purpose, request, wish, state, asked, ended, expires, t, as_of, place, written
FROM store.bulk_job
WHERE shard = %(shard)s AND id = %(id)s AND state = 'waiting' AND pg_try_advisory_xact_lock(7307, hashtext(%(id)s));

-- fix_moment --
-- The number an export is true as of: everything up to it is finished. Once fixed it stays.
-- as_of: no change with a higher number carries an earlier time, so that the next export may begin there.
UPDATE store.bulk_job SET t = store.finished_t() - 1, as_of = least(now(), (
    SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL))
WHERE shard = %s AND id = %s AND t IS NULL
RETURNING t, as_of;

-- save_place --
-- How far an export came.
UPDATE store.bulk_job SET place = %s::jsonb, written = %s, failures = 0
WHERE shard = %s AND id = %s AND state = 'waiting' RETURNING id;

-- note_failure --
-- One failed attempt in a row; gives back how many there were.
UPDATE store.bulk_job SET failures = failures + 1 WHERE shard = %s AND id = %s AND state = 'waiting' RETURNING failures;

-- save_file --
-- What of a file is certain.
INSERT INTO store.bulk_file (shard, job, name, kind, type, size, written) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (shard, job, name) DO UPDATE SET size = excluded.size, written = excluded.written;

-- fetch_files --
-- The files of a job.
SELECT name, kind, type, size, written FROM store.bulk_file WHERE shard = %s AND job = %s ORDER BY kind DESC, name;

-- end_job --
-- The job is over; its files live on for a while.
UPDATE store.bulk_job SET state = %s, ended = now(), expires = now() + %s
WHERE shard = %s AND id = %s AND state = 'waiting'
RETURNING id;

-- fetch_old --
-- Jobs whose files have had their time, and exports on which nobody decided within a week.
SELECT id FROM store.bulk_job WHERE expires < now() OR (state = 'held' AND asked < now() - interval '7 days');

-- fetch_ids --
-- Every job there is, to tell folders that belong to none.
SELECT id FROM store.bulk_job;

-- forget_job --
-- A job and everything of it.
WITH p AS (DELETE FROM store.bulk_problem WHERE shard = %(shard)s AND job = %(id)s),
     c AS (DELETE FROM store.bulk_chunk WHERE shard = %(shard)s AND job = %(id)s),
     f AS (DELETE FROM store.bulk_file WHERE shard = %(shard)s AND job = %(id)s)
DELETE FROM store.bulk_job WHERE shard = %(shard)s AND id = %(id)s;

-- fetch_waiting --
-- Jobs in progress.
SELECT id, kind FROM store.bulk_job WHERE state = 'waiting' ORDER BY asked;

-- add_chunk --
-- One piece of an import's input.
INSERT INTO store.bulk_chunk (shard, job, n, file, start, size, line) VALUES (%s, %s, %s, %s, %s, %s, %s);

-- take_chunk --
-- The next piece nobody works on; taken as long as the transaction lasts.
SELECT c.n, c.file, c.start, c.size, c.line FROM store.bulk_chunk c
WHERE c.shard = %s AND c.job = %s AND NOT c.done
ORDER BY c.n LIMIT 1 FOR UPDATE SKIP LOCKED;

-- finish_chunk --
-- A piece is in the record.
UPDATE store.bulk_chunk SET done = true, t = store.present_t(), created = %s, updated = %s, unchanged = %s, failed = %s, loose = %s
WHERE shard = %s AND job = %s AND n = %s;

-- find_there --
-- Which of many keys are of something that is there.
SELECT r.shard, r.type, r.hid
FROM unnest((SELECT %b::smallint[]), (SELECT %b::smallint[]), (SELECT %b::bigint[])) AS k (shard, type, hid)
JOIN store.resource r ON r.shard = k.shard AND r.type = k.type AND r.hid = k.hid AND r.hash IS NOT NULL;

-- fetch_loose --
-- Pieces with references that named nothing when they were written.
SELECT n, file, start, size, line, loose FROM store.bulk_chunk WHERE shard = %s AND job = %s AND loose <> '{}' ORDER BY n;

-- count_chunks --
-- How an import stands: pieces, pieces done, created, updated, unchanged, failed.
SELECT count(*), count(*) FILTER (WHERE done), coalesce(sum(created), 0), coalesce(sum(updated), 0),
       coalesce(sum(unchanged), 0), coalesce(sum(failed), 0)
FROM store.bulk_chunk WHERE shard = %s AND job = %s;

-- fetch_transactions --
-- The transactions in which an import wrote something.
SELECT t FROM store.bulk_chunk WHERE shard = %s AND job = %s AND created + updated > 0;

-- count_problems --
-- How many findings are kept.
SELECT count(*) FROM store.bulk_problem WHERE shard = %s AND job = %s;

-- fetch_problems --
-- Findings in the order of files and lines.
SELECT file, line, issue FROM store.bulk_problem WHERE shard = %s AND job = %s ORDER BY file, line, n;

-- copy_problem --
-- Findings of one piece.
COPY store.bulk_problem (shard, job, file, line, n, issue) FROM STDIN;
