-- fetch_case --
-- Questioned accesses: all, or one.
SELECT id::text, patient, lane, n, asked_by, question, opened, due, answer, answered_by, answered
FROM store.questioned WHERE %(id)s::uuid IS NULL OR (shard = %(shard)s AND id = %(id)s::uuid);

-- fetch_request --
-- Requests of people: all, or one.
SELECT id::text, patient, asked_by, kind, words, filed, answer_due, due, acknowledged, extended, outcome, answer, closed, closed_by, others
FROM store.subject_request WHERE %(id)s::uuid IS NULL OR (shard = %(shard)s AND id = %(id)s::uuid);

-- fetch_breach --
-- Breach cases: all, or one.
SELECT id::text, what, noticed, account, facility, since, until, opened_by, opened, kinds, consequences, measures,
       authority_told, people_told, closed, closed_by, conclusion, notice, notice_by, notice_at
FROM store.breach WHERE %(id)s::uuid IS NULL OR (shard = %(shard)s AND id = %(id)s::uuid);

-- fetch_acts --
-- What acts said of them; content is NULL where an earlier release did not say what they left.
SELECT what, content FROM store.audit
WHERE action IN ('C', 'U') AND outcome IS NULL AND what ~ '^(case|request|breach)/[0-9a-f-]+$' ORDER BY ts, shard, n;
