-- enqueue --
-- A job in the caller's transaction. With a queueing lock: nothing when such a job already waits, and never a wait for
-- another transaction that is adding the same one (the advisory lock lets one transaction at a time try).
INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args, scheduled_at)
SELECT %s, %s, %s, %s, %s::jsonb, now() + %s
WHERE %s::text IS NULL
   OR (NOT EXISTS (SELECT FROM jobs.procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo')
       AND pg_try_advisory_xact_lock(7304, hashtext(%s)))
ON CONFLICT DO NOTHING
RETURNING id;

-- register_worker --
-- A row for this worker's heartbeat.
SELECT worker_id FROM jobs.procrastinate_register_worker_v1();

-- unregister_worker --
-- The worker ends in good order.
SELECT jobs.procrastinate_unregister_worker_v1(%s);

-- beat --
-- The worker lives; returns nothing when its row was pruned meanwhile.
UPDATE jobs.procrastinate_workers SET last_heartbeat = now() WHERE id = %s RETURNING id;

-- fetch_job --
-- The next job that may run now, marked as being done by this worker.
SELECT id, task_name, args, attempts FROM jobs.procrastinate_fetch_job_v2(%s::varchar[], %s) WHERE id IS NOT NULL;

-- finish_job --
-- Done: a job that succeeded is removed, one that failed stays to be seen. False when another has taken it over.
WITH mine AS (SELECT id FROM jobs.procrastinate_jobs WHERE id = %(id)s AND status = 'doing' AND worker_id = %(worker)s)
SELECT jobs.procrastinate_finish_job_v1(id, %(status)s::jobs.procrastinate_job_status, %(delete)s) FROM mine;

-- retry_job --
-- Back to waiting, later. When an equal job (same queueing lock) already waits, this one is simply over.
WITH mine AS (
    SELECT id, queueing_lock FROM jobs.procrastinate_jobs
    WHERE id = %(id)s AND status = 'doing' AND worker_id IS NOT DISTINCT FROM %(worker)s
    FOR UPDATE
), twin AS (
    SELECT mine.id FROM mine JOIN jobs.procrastinate_jobs waiting USING (queueing_lock) WHERE waiting.status = 'todo'
)
SELECT CASE WHEN EXISTS (SELECT FROM twin)
    THEN jobs.procrastinate_finish_job_v1(id, 'failed', true)
    ELSE jobs.procrastinate_retry_job_v2(id, now() + %(delay)s, NULL, NULL, NULL)
END FROM mine;

-- fetch_orphans --
-- Jobs whose worker stopped beating (or whose row is gone): (job, worker, attempts).
SELECT job.id, job.worker_id, job.attempts
FROM jobs.procrastinate_jobs job
LEFT JOIN jobs.procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - %s)
FOR UPDATE OF job SKIP LOCKED;

-- give_up_job --
-- An orphan that killed its workers too often.
SELECT jobs.procrastinate_finish_job_v1(%s, 'failed', false);

-- prune_workers --
-- Rows of workers that are long gone.
SELECT count(*) FROM jobs.procrastinate_prune_stalled_workers_v1(%s);

-- prune_jobs --
-- Failed, cancelled and aborted jobs nobody looked at for that long.
DELETE FROM jobs.procrastinate_jobs job
WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted')
  AND NOT EXISTS (SELECT FROM jobs.procrastinate_events event WHERE event.job_id = job.id AND event.at > now() - %s);

-- count_jobs --
-- How many jobs are in each state.
SELECT status::text, count(*) FROM jobs.procrastinate_jobs GROUP BY status;

-- count_beating --
-- Workers whose heart beat within that time.
SELECT count(*) FROM jobs.procrastinate_workers WHERE last_heartbeat > now() - %s;
