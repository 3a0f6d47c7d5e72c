-- start_telling --
-- The text the officer reviewed; kept once, while the case is open.
UPDATE store.breach SET notice = %(words)s, notice_by = %(who)s, notice_at = %(now)s
WHERE shard = 0 AND id = %(id)s::uuid AND closed IS NULL AND notice IS NULL RETURNING id;

-- add_people --
-- Whom to tell: of a person's several Patients one.
INSERT INTO store.breach_person (shard, breach, pat, patient)
SELECT (one.pat & 255)::smallint, %(id)s::uuid, one.pat, one.patient
FROM unnest(%(pats)s::bigint[], %(patients)s::text[]) AS one (pat, patient)
WHERE NOT EXISTS (SELECT FROM store.same_person(one.pat) s (pat) WHERE s.pat < one.pat AND s.pat = ANY(%(pats)s::bigint[]))
ON CONFLICT DO NOTHING;

-- ask_again --
-- Whoever had no account waits again; nothing of a closed case, or one nobody was told of.
UPDATE store.breach_person SET state = 'w' WHERE breach = %(id)s::uuid AND state = 'l'
AND EXISTS (SELECT FROM store.breach b WHERE b.shard = 0 AND b.id = %(id)s::uuid AND b.closed IS NULL AND b.notice IS NOT NULL);

-- fetch_telling --
-- The text and who had it sent.
SELECT notice, notice_by FROM store.breach WHERE shard = 0 AND id = %s::uuid AND notice IS NOT NULL;

-- take_people --
-- The next people of a case, held for this transaction.
SELECT pat, patient FROM store.breach_person WHERE breach = %s::uuid AND state = 'w' ORDER BY shard, pat LIMIT %s
FOR UPDATE SKIP LOCKED;

-- add_messages --
-- A message for each; who has it already gets no second.
INSERT INTO store.inbox (shard, pat, about, patient, kind, words, told)
SELECT (one.pat & 255)::smallint, one.pat, %(about)s, one.patient, 'breach', %(words)s, %(now)s
FROM unnest(%(pats)s::bigint[], %(patients)s::text[]) AS one (pat, patient) ON CONFLICT DO NOTHING;

-- note_people --
-- What became of them.
UPDATE store.breach_person SET state = %(state)s::"char", told = %(told)s
WHERE breach = %(id)s::uuid AND pat = ANY(%(pats)s::bigint[]) AND state = 'w';

-- end_telling --
-- All were told in their inbox: then that was when the people were told.
UPDATE store.breach SET people_told = %(now)s WHERE shard = 0 AND id = %(id)s::uuid AND people_told IS NULL
AND EXISTS (SELECT FROM store.breach_person p WHERE p.breach = %(id)s::uuid)
AND NOT EXISTS (SELECT FROM store.breach_person p WHERE p.breach = %(id)s::uuid AND p.state <> 't') RETURNING notice_by;

-- fetch_waiting --
-- Cases with people who wait.
SELECT DISTINCT breach::text FROM store.breach_person WHERE state = 'w';

-- count_people --
-- How many of a case are told, wait, and get a letter.
SELECT count(*) FILTER (WHERE state = 't'), count(*) FILTER (WHERE state = 'w'), count(*) FILTER (WHERE state = 'l')
FROM store.breach_person WHERE breach = %s::uuid;

-- fetch_told --
-- Who was told in the inbox, and when.
SELECT pat, told FROM store.breach_person WHERE breach = %s::uuid AND state = 't';

-- find_messages --
-- A person's messages, newest first: those of all their Patients.
SELECT * FROM (
    SELECT about, kind, words, told, read,
           -(extract(epoch FROM told) * 1000000)::bigint AS at, concat_ws(' ', about, pat) AS tie
    FROM store.inbox
    WHERE pat = ANY(ARRAY[%(pat)s::bigint] || ARRAY(SELECT store.same_person(%(pat)s::bigint)))
) listed
WHERE %(at)s::bigint IS NULL OR CASE WHEN %(back)s THEN (at, tie) < (%(at)s, %(tie)s) ELSE (at, tie) > (%(at)s, %(tie)s) END
ORDER BY CASE WHEN %(back)s THEN at END DESC, CASE WHEN %(back)s THEN tie END DESC, at, tie LIMIT %(count)s;

-- count_unread --
-- How many of them nobody read.
SELECT count(*) FROM store.inbox
WHERE pat = ANY(ARRAY[%(pat)s::bigint] || ARRAY(SELECT store.same_person(%(pat)s::bigint))) AND read IS NULL;

-- note_read --
-- They were shown.
UPDATE store.inbox SET read = %(now)s, read_by = %(who)s
WHERE pat = ANY(ARRAY[%(pat)s::bigint] || ARRAY(SELECT store.same_person(%(pat)s::bigint))) AND about = ANY(%(shown)s) AND read IS NULL;

-- fetch_others --
-- The other Patients of these persons (103: Patient).
SELECT one.pat, p.id FROM unnest(%s::bigint[]) AS one (pat) CROSS JOIN LATERAL store.same_person(one.pat) s (pat)
JOIN store.resource p ON p.pat = s.pat AND p.type = 103 AND p.hash IS NOT NULL;
