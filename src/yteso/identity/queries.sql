-- lock_keys --
-- One decision at a time for the same keys, in the order of the keys.
SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) AS k

-- fetch_links --
-- Where these keys lead.
SELECT l.key, l.patient FROM identity.link l JOIN unnest(%s::smallint[], %s::bytea[]) AS k (shard, key)
USING (shard, key)

-- fetch_people --
-- What is known about these persons.
SELECT p.patient, p.name, p.birth_date, p.gender, p.cccd, p.bhxh, p.as_of
FROM identity.person p JOIN unnest(%s::smallint[], %s::text[]) AS k (shard, patient) USING (shard, patient)

-- insert_links --
-- These keys lead there from now on.
INSERT INTO identity.link (shard, key, kind, patient)
SELECT * FROM unnest(%s::smallint[], %s::bytea[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING

-- save_people --
-- What is known about these persons now.
INSERT INTO identity.person (shard, patient, name, birth_date, gender, cccd, bhxh, as_of)
SELECT * FROM unnest(%s::smallint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bytea[], %s::bytea[],
    %s::text[])
ON CONFLICT (shard, patient) DO UPDATE SET name = EXCLUDED.name, birth_date = EXCLUDED.birth_date,
    gender = EXCLUDED.gender, cccd = EXCLUDED.cccd, bhxh = EXCLUDED.bhxh, as_of = EXCLUDED.as_of

-- open_reviews --
-- Doubts for a person; the same doubt of the same visit is opened once.
INSERT INTO identity.review (shard, id, patient, other, doubt, facility, source)
SELECT * FROM unnest(%s::smallint[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
ON CONFLICT DO NOTHING

-- fetch_reviews --
-- Open doubts, oldest first; empty facility: all.
SELECT id::text, patient, coalesce(other, ''), doubt, facility, source, opened_at FROM identity.review
WHERE settled_at IS NULL AND (%(facility)s = '' OR facility = %(facility)s)
ORDER BY opened_at, id LIMIT %(limit)s

-- settle_review --
-- A person has looked and decided; empty facility: whoever raised it.
UPDATE identity.review SET settled_at = clock_timestamp(), settled_by = %s, decision = %s
WHERE id::text = %s AND settled_at IS NULL AND (%s = '' OR facility = %s)
RETURNING patient, coalesce(other, '')
