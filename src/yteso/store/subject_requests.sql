-- add_request --
-- What a person asks.
INSERT INTO store.subject_request (shard, id, patient, asked_by, kind, words, filed, answer_due, due)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s);

-- count_open_requests --
-- How many of a person's wait.
SELECT count(*) FROM store.subject_request WHERE shard = %s AND patient = %s AND closed IS NULL;

-- find_requests --
-- Requests by what is due first; of one person where one is given.
SELECT * FROM (
    SELECT id::text, patient, asked_by, kind, words, filed, answer_due, due, acknowledged, extended, outcome, answer, closed, closed_by, others,
           CASE WHEN closed IS NOT NULL THEN 100000000000000000 - (extract(epoch FROM closed) * 1000000)::bigint
                WHEN acknowledged IS NULL THEN (extract(epoch FROM answer_due) * 1000000)::bigint ELSE (extract(epoch FROM due) * 1000000)::bigint END AS at, id::text AS tie
    FROM store.subject_request
    WHERE (%(patient)s::text IS NULL OR (shard = %(shard)s AND patient = %(patient)s))
      AND (%(open)s::boolean IS NULL OR (closed IS NULL) = %(open)s)
) listed
WHERE %(at)s::bigint IS NULL OR CASE WHEN %(back)s THEN (at, tie) < (%(at)s, %(tie)s) ELSE (at, tie) > (%(at)s, %(tie)s) END
ORDER BY CASE WHEN %(back)s THEN at END DESC, CASE WHEN %(back)s THEN tie END DESC, at, tie LIMIT %(count)s;

-- acknowledge_request --
-- The person was told that it is worked on.
UPDATE store.subject_request SET acknowledged = %s, others = %s, due = %s
WHERE shard = %s AND id = %s::uuid AND acknowledged IS NULL AND closed IS NULL RETURNING patient;

-- extend_request --
-- More time, once, with the reason.
UPDATE store.subject_request SET extended = %s, due = %s
WHERE shard = %s AND id = %s::uuid AND extended IS NULL AND closed IS NULL RETURNING patient;

-- hold_request --
-- What an open request is about and until when it must be done now.
SELECT kind, filed, due FROM store.subject_request WHERE shard = %s AND id = %s::uuid AND closed IS NULL FOR UPDATE;

-- close_request --
-- The answer.
UPDATE store.subject_request SET outcome = %s, answer = %s, closed = %s, closed_by = %s, acknowledged = coalesce(acknowledged, %s)
WHERE shard = %s AND id = %s::uuid AND closed IS NULL RETURNING patient;
