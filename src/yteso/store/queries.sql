-- fetch_present --
-- The version, hash and time of what is there now, for many keys.
SELECT r.shard, r.type, r.id, r.ver, r.hash, r.ts, r.pat, r.t
FROM unnest((SELECT %b::smallint[]), (SELECT %b::smallint[]), (SELECT %b::bigint[])) AS k (shard, type, hid)
JOIN store.resource r ON r.shard = k.shard AND r.type = k.type AND r.hid = k.hid;

-- lock_present --
-- The same, locked in the order of the primary key so that two writers cannot wait for each other.
SELECT r.shard, r.type, r.id, r.ver, r.hash, r.ts, r.pat, r.t
FROM unnest((SELECT %b::smallint[]), (SELECT %b::smallint[]), (SELECT %b::bigint[])) AS k (shard, type, hid)
JOIN store.resource r ON r.shard = k.shard AND r.type = k.type AND r.hid = k.hid
ORDER BY r.shard, r.type, r.id
FOR UPDATE OF r;

-- note --
-- Audit rows (a JSON array of arrays); gives back the transaction number and the moment.
SELECT a_t, a_ts FROM store.write_notes(%s::jsonb);

-- note_and_spend --
-- The same of acts by which people are seen: counted first. An error (YT429) when a budget would be exceeded.
SELECT a_t, a_ts, known FROM store.note_spending(%s::jsonb, %s::jsonb);

-- count_attempt --
-- One more try of each bucket, and how many they are within the hour since the first.
INSERT INTO store.attempt AS a (bucket, count, since)
SELECT b, 1, now() FROM unnest(%(buckets)s::smallint[]) b
ON CONFLICT (shard, bucket) DO UPDATE SET
    count = CASE WHEN a.since < now() - interval '1 hour' THEN 1 ELSE a.count + 1 END,
    since = CASE WHEN a.since < now() - interval '1 hour' THEN now() ELSE a.since END
RETURNING bucket, count;

-- fetch_shapes --
-- The numbers of sets of marks, and whether an earlier transaction wrote them.
SELECT w.marks, s.shape, s.made < now() FROM unnest(%s::text[]) AS w (marks) JOIN store.shape s ON s.marks = w.marks::integer[];

-- add_shapes --
-- Numbers for further sets of marks.
INSERT INTO store.shape (marks) SELECT w.marks::integer[] FROM unnest(%s::text[]) AS w (marks) RETURNING marks::text, shape;

-- write_versions --
-- Audit rows (JSON), versions that end, new ones, their index: all a write does; gives back the transaction number and the moment.
SELECT a_t, a_ts FROM store.write_versions(%s::jsonb, %b, %b, %b, %b, %b, %b, %b, %b);

-- drop_sides --
-- The texts, dates and numbers of these versions go away.
SELECT store.drop_sides(%b);

-- add_sides --
-- Texts, dates and numbers of versions.
SELECT store.add_sides(%b, %b, %b, NULL);

-- add_care --
-- Facilities that care for patients.
INSERT INTO store.care (shard, pat, facility, hid) SELECT n.shard, n.pat, n.facility, n.hid FROM unnest(%b::store.new_care[]) n;

-- add_relations --
-- Further reasons to see a patient.
INSERT INTO store.relation (shard, type, id, pat, holder, kind, since, until)
SELECT * FROM unnest(%s::smallint[], %s::smallint[], %s::text[], %s::bigint[], %s::text[], %s::"char"[], %s::timestamptz[],
                     %s::timestamptz[]);

-- add_contexts --
-- What the present versions of Binaries name as their context.
INSERT INTO store.context (shard, hid, ver, of_shard, of_type, of_hid)
SELECT r.shard, r.hid, r.ver, k.of_shard, k.of_type, k.of_hid
FROM unnest(%s::smallint[], %s::bigint[], %s::smallint[], %s::smallint[], %s::bigint[]) AS k (shard, hid, of_shard, of_type, of_hid)
JOIN store.resource r ON r.shard = k.shard AND r.type = 9 AND r.hid = k.hid
ON CONFLICT (shard, hid, ver) DO UPDATE SET of_shard = excluded.of_shard, of_type = excluded.of_type, of_hid = excluded.of_hid;

-- fetch_patients_of_files --
-- Whose records these are of: what Binaries name as their context, and Binaries that are there.
SELECT x.pat FROM unnest(%s::smallint[], %s::smallint[], %s::bigint[]) AS k (shard, type, hid)
JOIN store.resource x ON x.shard = k.shard AND x.type = k.type AND x.hid = k.hid WHERE x.pat IS NOT NULL
UNION
SELECT p.pat FROM unnest(%s::smallint[], %s::bigint[]) AS k (shard, hid)
JOIN store.resource r ON r.shard = k.shard AND r.type = 9 AND r.hid = k.hid
CROSS JOIN LATERAL store.context_pat(r.shard, r.hid, r.ver) p (pat) WHERE p.pat IS NOT NULL;

-- spread_same --
-- Relations to one of a person's Patients hold for the others.
SELECT store.spread_same(%s::bigint[]);

-- sweep_same --
-- The same for persons who were written about since the last time.
SELECT store.sweep_same();

-- drop_relations --
-- What these keys said about who may see goes away.
DELETE FROM store.relation x USING unnest(%s::smallint[], %s::smallint[], %s::text[]) AS k (shard, type, id)
WHERE x.shard = k.shard AND x.type = k.type AND x.id = k.id;

-- fetch_unserved --
-- Encounters written in these transactions that no facility is known to serve, after one of them.
SELECT r.shard, r.id, r.dict, r.body FROM store.resource r
WHERE r.t = ANY(%s::bigint[]) AND r.type = %s AND r.hash IS NOT NULL AND r.pat IS NOT NULL AND (r.shard, r.id) > (%s, %s)
  AND NOT EXISTS (SELECT FROM store.care c WHERE c.shard = r.shard AND c.hid = r.hid)
ORDER BY r.shard, r.id LIMIT %s;

-- fetch_many --
-- Present versions of many keys, for the platform's own work.
SELECT r.type, r.id, r.ver, r.ts, r.t, r.hash IS NULL, r.dict, r.body
FROM unnest((SELECT %b::smallint[]), (SELECT %b::smallint[]), (SELECT %b::bigint[])) AS k (shard, type, hid)
JOIN store.resource r ON r.shard = k.shard AND r.type = k.type AND r.hid = k.hid;

-- fetch_changes --
-- What changed after a transaction number, up to the last one that no older transaction can still precede.
SELECT r.type, r.id, r.ver, r.ts, r.t, r.hash IS NULL, r.dict, r.body
FROM store.resource r
WHERE r.t > %s AND r.t < store.finished_t()
ORDER BY r.t
FETCH FIRST %s ROWS WITH TIES;

-- fetch_reach --
-- The newest transaction number, and since when the oldest change after a given number waits (NULL: nothing waits).
SELECT (SELECT coalesce(max(t), 0) FROM store.resource),
       (SELECT ts FROM store.resource WHERE t > %s ORDER BY t LIMIT 1);

-- fetch_training --
-- The newest dictionary, about how many resources there are, and whether nobody else trains.
SELECT (SELECT coalesce(max(dict), 0) FROM store.dictionary),
       (SELECT reltuples FROM pg_class WHERE oid = 'store.resource'::regclass), pg_try_advisory_xact_lock(7304981253);

-- fetch_dictionary --
-- One compression dictionary.
SELECT content FROM store.dictionary WHERE shard = 0 AND dict = %s;

-- fetch_newest_dictionaries --
-- The newest dictionary of each type, and of all types (0).
SELECT type, max(dict) FROM store.dictionary GROUP BY type;

-- add_dictionary --
-- A further dictionary, unless the same one is there; gives back its number.
WITH same AS (
    SELECT dict FROM store.dictionary WHERE sha256 = %(sha256)s AND type = %(type)s
), added AS (
    INSERT INTO store.dictionary (dict, type, content, sha256)
    SELECT greatest((SELECT max(dict) FROM store.dictionary), 99) + 1, %(type)s, %(content)s, %(sha256)s
    WHERE NOT EXISTS (SELECT FROM same)
    RETURNING dict
)
SELECT dict FROM same UNION ALL SELECT dict FROM added;

-- sample_bodies --
-- Present bodies spread over the table, to train a dictionary with; in no order of time, which would teach it less.
SELECT type, dict, body FROM store.resource TABLESAMPLE SYSTEM (%s) WHERE hash IS NOT NULL ORDER BY hash LIMIT %s;

-- make_partitions --
-- Partitions of history and audit for the months to come.
SELECT store.make_partitions(%s);

-- resume_numbering --
-- After a restore: transaction numbers go on above every number used so far.
SELECT store.resume_numbering();

-- fetch_lanes --
-- The ends of the audit chains.
SELECT shard, n, hash FROM store.lane ORDER BY shard;

-- fetch_audit --
-- The rows of one lane in order, with all their hash is made of.
SELECT n, hash, extract(epoch FROM ts)::text, t, who, role, facility, purpose, action, what, detail, pats,
       outcome, client, behalf, content, ts
FROM store.audit WHERE shard = %s ORDER BY n;

-- find_access --
-- Audit rows, newest first; what is NULL limits nothing. A person's rows are those of all their Patients.
SELECT shard, n, ts, who, role, facility, purpose, action, what, detail, outcome, client, behalf,
       CASE WHEN action IN ('R', 'E') AND what !~ '^[a-z]+:' THEN content END
FROM store.audit
WHERE (%(pat)s::bigint IS NULL OR pats && (ARRAY[%(pat)s::bigint] || ARRAY(SELECT store.same_person(%(pat)s::bigint))))
  AND (%(since)s::timestamptz IS NULL OR ts >= %(since)s) AND (%(until)s::timestamptz IS NULL OR ts < %(until)s)
  AND (%(who)s::text IS NULL OR who = %(who)s) AND (%(facility)s::text IS NULL OR facility = %(facility)s)
  AND (%(action)s::text IS NULL OR CASE WHEN what ~ '^[a-z]+:' THEN action::text WHEN action = 'E' THEN 'R'
       WHEN action = 'R' AND strpos(what, '?') > 0 THEN 'E' ELSE action::text END = ANY(string_to_array(%(action)s, ',')))
  AND (%(outcome)s::text IS NULL OR coalesce(outcome, '0')::text = ANY(string_to_array(%(outcome)s, ',')))
  AND (%(role)s::text IS NULL OR role = ANY(string_to_array(%(role)s, ','))) AND (%(mandate)s::text IS NULL OR behalf = %(mandate)s)
  AND (%(entity)s::text IS NULL OR what = %(entity)s OR starts_with(what, %(entity)s || '/_history/'))
  AND (%(subtype)s::text IS NULL OR CASE WHEN what ~ '^[a-z]+:' THEN split_part(what, ':', 1)
       ELSE CASE action WHEN 'C' THEN 'create' WHEN 'U' THEN 'update' WHEN 'D' THEN 'delete'
            WHEN 'R' THEN CASE WHEN strpos(what, '?') > 0 THEN 'search-type' ELSE 'read' END END
       END = ANY(string_to_array(%(subtype)s, ',')))
  AND (%(others)s::text IS NULL OR behalf IS DISTINCT FROM %(others)s)
  AND (%(when)s::timestamptz IS NULL OR (ts, shard, n) < (%(when)s, %(lane)s::smallint, %(n)s::bigint))
  AND facility <> ALL(%(not_at)s::text[]) AND t <> ALL(%(not_in)s::bigint[])
  AND split_part(what, '/', 1) || '/' || split_part(what, '/', 2) <> ALL(%(not_of)s::text[])
ORDER BY ts DESC, shard DESC, n DESC LIMIT %(count)s;

-- fetch_one_access --
-- One audit row.
SELECT shard, n, ts, who, role, facility, purpose, action, what, detail, outcome, client, behalf,
       CASE WHEN action IN ('R', 'E') AND what !~ '^[a-z]+:' THEN content END
FROM store.audit
WHERE shard = %(lane)s AND n = %(n)s AND (%(pat)s::bigint IS NULL OR pats && (ARRAY[%(pat)s::bigint] || ARRAY(SELECT store.same_person(%(pat)s::bigint))))
  AND facility <> ALL(%(not_at)s::text[]) AND t <> ALL(%(not_in)s::bigint[])
  AND split_part(what, '/', 1) || '/' || split_part(what, '/', 2) <> ALL(%(not_of)s::text[]);

-- fetch_facts_told --
-- A person's facts, each with every transaction that wrote it, and whether it is hidden from somebody.
WITH fact AS MATERIALIZED (
    SELECT r.shard, r.type, r.id, r.maker, r.t, NOT store.open_for(r.pat, r.type, r.label, r.maker, r.d_lo, r.d_hi, %(who)s::text[]) AS hidden
    FROM store.resource r
    WHERE r.pat = ANY (ARRAY[%(pat)s::bigint] || ARRAY(SELECT store.same_person(%(pat)s::bigint))) AND r.hash IS NOT NULL
)
SELECT type, id, maker, hidden, t FROM fact
UNION ALL
SELECT f.type, f.id, f.maker, f.hidden, h.t FROM fact f
JOIN store.history h ON h.shard = f.shard AND h.type = f.type AND h.id = f.id;

-- fetch_whose --
-- Whose record a resource belongs to, also one that was deleted.
SELECT pat FROM store.resource WHERE shard = %s AND type = %s AND hid = %s AND pat IS NOT NULL;

-- see_one_moment --
-- What is written while all is compared is not seen, and nothing is written.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- fetch_versions --
-- Every version there is, present and past, in the order of transactions.
SELECT r.type, r.id, r.ver, r.ts, r.t, r.hash IS NULL, r.dict, r.body, r.hash, r.pat, r.shard, r.hid, r.label, r.maker,
       r.code, r.d_lo, r.d_hi, r.tok, r.shape, r.amount, r.unit, r.bare FROM store.resource r
UNION ALL
SELECT h.type, h.id, h.ver, h.ts, h.t, h.deleted, h.dict, h.body, NULL, h.pat, h.shard, NULL, h.label, h.maker,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM store.history h
ORDER BY 5, 4, 1, 2, 3;

-- fetch_indexed --
-- Whether nothing is being indexed anew, and whether nobody ever defined a search parameter.
SELECT NOT EXISTS (SELECT FROM store.parameter WHERE state = 'indexing'), NOT EXISTS (SELECT FROM store.resource WHERE type = %s);

-- fetch_written --
-- What audit rows say was written, in the order of transactions.
SELECT shard, n, t, ts, content FROM store.audit WHERE content IS NOT NULL AND action IN ('C', 'U', 'D') AND what !~ '^[a-z]+[:/]' ORDER BY t, ts, shard, n;

-- fetch_told_rights --
-- What acts said of the rows that give somebody a right.
SELECT what, t, ts, shard, n, content FROM store.audit WHERE what ~ '^[a-z]+:' AND (content IS NOT NULL OR what = 'adopted:rights');

-- fetch_versions_until --
-- A resource's version and those before it, newest first.
SELECT t, ver, deleted, dict, body FROM (
    SELECT r.t, r.ver, r.hash IS NULL AS deleted, r.dict, r.body FROM store.resource r
    WHERE r.shard = %(shard)s AND r.type = %(type)s AND r.id = %(id)s AND r.ver <= %(version)s
    UNION ALL
    SELECT h.t, h.ver, h.deleted, h.dict, h.body FROM store.history h
    WHERE h.shard = %(shard)s AND h.type = %(type)s AND h.id = %(id)s AND h.ver <= %(version)s
) v ORDER BY ver DESC;

-- fetch_writers --
-- Who wrote a resource in a transaction: by its name, or whoever wrote a bundle in it.
SELECT DISTINCT who, role FROM store.audit
WHERE t = %s AND action IN ('C', 'U') AND outcome IS NULL AND (what = %s OR what LIKE '%% resources');

-- fetch_unbound_t --
-- The last write of the time when the audit did not yet name content (migration 0040).
SELECT max(t) FROM store.audit WHERE content IS NULL AND outcome IS NULL AND action IN ('C', 'U', 'D') AND (what ~ '^[A-Z][A-Za-z]+/' OR what ~ ' resources$');

-- fetch_misdated --
-- A past version that does not end where the next one begins.
SELECT h.type, h.id, h.ver FROM store.history h
WHERE NOT EXISTS (SELECT FROM store.resource r WHERE r.shard = h.shard AND r.type = h.type AND r.id = h.id AND r.ver = h.ver + 1 AND r.ts = h.until)
  AND NOT EXISTS (SELECT FROM store.history n WHERE n.shard = h.shard AND n.type = h.type AND n.id = h.id AND n.ver = h.ver + 1 AND n.ts = h.until)
LIMIT 1;

-- fetch_telling --
-- Present resources that say who may see, in the order of keys.
SELECT r.shard, r.type, r.id, r.t, r.dict, r.body FROM store.resource r WHERE r.type = ANY(%s::smallint[]) AND r.hash IS NOT NULL
ORDER BY r.shard, r.type, r.hid;

-- fetch_care_of --
-- The facilities of these Encounters.
SELECT c.shard, c.hid, c.pat, c.facility FROM unnest(%s::smallint[], %s::bigint[], %s::smallint[]) AS k (shard, hid, type)
JOIN store.care c ON c.shard = k.shard AND c.hid = k.hid AND k.type = %s;

-- fetch_files --
-- All versions of Binaries, tombstones too.
SELECT r.shard, r.id, r.ver, r.hash IS NULL, r.dict, r.body FROM store.resource r WHERE r.type = %(type)s
UNION ALL SELECT h.shard, h.id, h.ver, h.deleted, h.dict, h.body FROM store.history h WHERE h.type = %(type)s;

-- fetch_contexts_of --
-- What versions of these Binaries name as their context.
SELECT DISTINCT c.shard, c.hid, c.ver, c.of_shard, c.of_type, c.of_hid
FROM unnest(%s::smallint[], %s::bigint[]) AS k (shard, hid) JOIN store.context c ON c.shard = k.shard AND c.hid = k.hid;

-- fetch_stray_context --
-- A row of a Binary that is not there.
SELECT c.shard, c.hid, c.ver FROM store.context c LEFT JOIN store.resource r ON r.shard = c.shard AND r.type = %s AND r.hid = c.hid
WHERE r.ver IS NULL OR r.ver < c.ver LIMIT 1;

-- fetch_relations_of --
-- The relations these resources say.
SELECT x.shard, x.type, x.id, x.pat, x.holder, x.kind, x.since, x.until
FROM unnest(%s::smallint[], %s::smallint[], %s::text[]) AS k (shard, type, id)
JOIN store.relation x ON x.shard = k.shard AND x.type = k.type AND x.id = k.id;

-- fetch_rules_of --
-- The rules of these Consents; a Patient that names another of the same person has one that says so (n = -1).
SELECT c.shard, c.id, c.n, c.pat, c.permit, c.facility, c.account, c.role, c.purpose, c.type, c.label, c.maker, c.lo, c.hi,
       CASE WHEN c.n >= 0 THEN c.since END, CASE WHEN c.n >= 0 THEN c.until END
FROM unnest(%s::smallint[], %s::smallint[], %s::text[]) AS k (shard, type, id)
JOIN store.consent_rule c ON c.shard = k.shard AND c.id = k.id
WHERE k.type = CASE WHEN c.n >= 0 THEN %s ELSE %s END;

-- fetch_ever --
-- Every version of one resource there ever was.
SELECT r.t, r.hash IS NULL, r.dict, r.body FROM store.resource r WHERE r.type = %(type)s AND r.hid = %(hid)s AND r.id = %(id)s
UNION ALL
SELECT h.t, h.deleted, h.dict, h.body FROM store.history h WHERE h.type = %(type)s AND h.id = %(id)s;

-- fetch_stray_care --
-- Who cares for a patient by an Encounter that is not there.
SELECT c.shard, c.hid, c.pat, c.facility FROM store.care c WHERE NOT EXISTS (
    SELECT FROM store.resource r WHERE r.shard = c.shard AND r.type = %(encounter)s AND r.hid = c.hid AND r.hash IS NOT NULL) LIMIT 1;

-- fetch_stray_relation --
-- A relation by a resource that is not there.
SELECT x.shard, x.type, x.id, x.pat, x.holder FROM store.relation x WHERE x.type <> 0 AND NOT EXISTS (
    SELECT FROM store.resource r WHERE r.shard = x.shard AND r.type = x.type AND r.id = x.id AND r.hash IS NOT NULL
        AND r.type = ANY(%(telling)s::smallint[])) LIMIT 1;

-- fetch_stray_consent_rule --
-- A rule of a Consent, or of a Patient, that is not there.
SELECT c.shard, c.id, c.n FROM store.consent_rule c WHERE NOT EXISTS (
    SELECT FROM store.resource r WHERE r.shard = c.shard AND r.id = c.id AND r.hash IS NOT NULL
        AND r.type = CASE WHEN c.n >= 0 THEN %(consent)s WHEN c.n = -1 THEN %(patient)s END) LIMIT 1;

-- fetch_unswept --
-- Whom rows of the last minutes were about that are not spread over the Patients of one person yet.
SELECT DISTINCT p FROM store.audit a CROSS JOIN unnest(a.pats) p
WHERE a.t >= (SELECT t FROM store.same_sweep) AND a.action IN ('C', 'U', 'D') AND a.outcome IS NULL
  AND a.ts > (SELECT max(ts) FROM store.audit) - interval '10 minutes';

-- fetch_spread --
-- Relations that hold because somebody has several Patients.
SELECT shard, id, pat, holder FROM store.relation WHERE type = 0;

-- fetch_links --
-- Patients that name others of the same person.
SELECT id, pat, holder FROM store.relation WHERE kind = 's';

-- fetch_represented --
-- Who is represented, by whom.
SELECT pat, holder FROM store.relation WHERE kind IN ('p', 'm') AND type <> 0;

-- fetch_care_of_patients --
-- The facilities of these patients.
SELECT DISTINCT pat, facility FROM store.care WHERE pat = ANY(%s::bigint[]);

-- fetch_relations_of_patients --
-- What gives a right to see these patients, other than visits.
SELECT shard, type, id, pat, holder, kind, since, until FROM store.relation WHERE pat = ANY(%s::bigint[]) AND kind <> 's';

-- fetch_stray_row --
-- An audit row of no lane.
SELECT shard, n FROM store.audit WHERE shard <> ALL(%s::smallint[]) ORDER BY shard, n LIMIT 1;

-- fetch_last_root --
-- The newest signed root.
SELECT n, document FROM store.root ORDER BY n DESC LIMIT 1;

-- fetch_roots --
-- Signed roots after a number.
SELECT document FROM store.root WHERE n > %s ORDER BY n;

-- lock_roots --
-- One signer at a time.
SELECT pg_advisory_xact_lock(7304981252);

-- add_root --
-- A further signed root.
INSERT INTO store.root (n, made, document) VALUES (%s, %s, %s::jsonb);

-- fetch_changed_since --
-- Whether a resource of these types changed in a transaction that was not finished at `t`; no change before `ts` is one.
SELECT store.finished_t(), now(), EXISTS (
    SELECT FROM store.resource r WHERE r.type = ANY(%(types)s::smallint[]) AND r.ts >= %(ts)s AND r.t >= %(t)s
);

-- note_labelling --
-- The rules the record is labelled by; gives back a row when they are others than before.
INSERT INTO store.labelling (fingerprint) VALUES (%s)
ON CONFLICT (shard) DO UPDATE SET fingerprint = excluded.fingerprint, since = now()
WHERE labelling.fingerprint <> excluded.fingerprint
RETURNING fingerprint;

-- fetch_labelled --
-- The labelled facts of some patients that are no papers.
SELECT pat, shard, type, hid, label, tok FROM store.resource
WHERE pat = ANY(%s::bigint[]) AND label <> 0 AND hash IS NOT NULL AND NOT type = ANY(%s::smallint[]);

-- fetch_facts_of_papers --
-- The labelled facts of patients about whom these transactions wrote papers.
SELECT r.pat, r.type, r.id, r.label, r.dict, r.body FROM store.resource r
WHERE r.label <> 0 AND r.hash IS NOT NULL AND NOT r.type = ANY(%(papers)s::smallint[]) AND r.pat IN (
    SELECT p.pat FROM store.resource p WHERE p.t = ANY(%(ts)s::bigint[]) AND p.type = ANY(%(papers)s::smallint[]));

-- label_papers --
-- The papers of a patient's visit are as sensitive as its facts.
UPDATE store.resource SET label = label | %(label)s::smallint
WHERE pat = %(pat)s AND type = ANY(%(papers)s::smallint[]) AND tok && %(tok)s::bigint[]
    AND label & %(label)s::smallint <> %(label)s::smallint;

-- is_labelled --
-- Whether everything present is labelled by these rules.
SELECT EXISTS (SELECT FROM store.labelling WHERE fingerprint = %s)
    AND NOT EXISTS (SELECT FROM store.parameter WHERE id = '*' AND state = 'indexing');

-- label_anew --
-- Everything is looked at again, as for a new index.
INSERT INTO store.parameter (id, url, code, types, state, definition)
SELECT '*', '', '', ARRAY(SELECT generate_series(1, 1000)::smallint), 'indexing', '{}'
WHERE EXISTS (SELECT FROM store.resource)
ON CONFLICT (shard, id) DO UPDATE SET state = 'indexing', seen = NULL, fence = NULL, at_shard = -1, at_type = 0,
    at_hid = -9223372036854775808, done = 0, total = 0, mark = nextval('store.parameter_mark');

-- fetch_past --
-- Past versions of a stretch of keys, those of deleted resources too; to the end of all where no last key is given.
SELECT h.shard, h.type, h.id, h.ver, h.label, h.dict, h.body
FROM store.resource r JOIN store.history h ON h.shard = r.shard AND h.type = r.type AND h.id = r.id
WHERE (r.shard, r.type, r.hid) > (%(shard)s::smallint, %(type)s::smallint, %(hid)s::bigint)
  AND (%(last)s::bigint[] IS NULL
       OR (r.shard, r.type, r.hid) <= ((%(last)s::bigint[])[1]::smallint, (%(last)s::bigint[])[2]::smallint, (%(last)s::bigint[])[3]))
  AND r.ver > 1 AND NOT h.deleted;

-- label_past --
-- What rules add to the labels of past versions.
UPDATE store.history h SET label = h.label | u.label
FROM unnest(%s::smallint[], %s::smallint[], %s::text[], %s::integer[], %s::smallint[]) AS u (shard, type, id, ver, label)
WHERE h.shard = u.shard AND h.type = u.type AND h.id = u.id AND h.ver = u.ver;

-- add_consent_rules --
-- What Consents allow and refuse.
INSERT INTO store.consent_rule (shard, id, n, pat, permit, facility, account, role, purpose, type, label, maker, lo, hi, since, until)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s);

-- drop_consent_rules --
-- What Consents said goes away.
DELETE FROM store.consent_rule x
USING unnest(string_to_array(%s, ' ')::smallint[], string_to_array(%s, ' ')) AS k (shard, id)
WHERE x.shard = k.shard AND x.id = k.id AND x.n >= 0;

-- fetch_same_persons --
-- The other Patients of a merged person.
SELECT p.id FROM store.same_person(%s) AS s (pat) JOIN store.resource p ON p.pat = s.pat AND p.type = 103 AND p.hash IS NOT NULL ORDER BY p.id;

-- fetch_caring --
-- The facilities these patients were at.
SELECT DISTINCT c.facility FROM store.care c WHERE c.pat = ANY(string_to_array(%s, ' ')::bigint[]) ORDER BY 1;

-- add_case --
-- A questioned access; nothing when this person questioned it before.
INSERT INTO store.questioned (shard, id, patient, lane, n, asked_by, question, opened, due)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (shard, patient, lane, n) DO NOTHING RETURNING id;

-- find_cases --
-- Questioned accesses: the open ones, the oldest first, then what was answered last; of one person, or one, where that is given.
SELECT * FROM (
    SELECT id::text, patient, lane, n, asked_by, question, opened, due, answer, answered_by, answered,
           CASE WHEN answered IS NULL THEN (extract(epoch FROM opened) * 1000000)::bigint ELSE 100000000000000000 - (extract(epoch FROM answered) * 1000000)::bigint END AS at, id::text AS tie
    FROM store.questioned
    WHERE (%(patient)s::text IS NULL OR (shard = %(shard)s AND patient = %(patient)s))
      AND (%(open)s::boolean IS NULL OR (answered IS NULL) = %(open)s)
      AND (%(id)s::uuid IS NULL OR (shard = %(shard)s AND id = %(id)s::uuid))
) listed
WHERE %(at)s::bigint IS NULL OR CASE WHEN %(back)s THEN (at, tie) < (%(at)s, %(tie)s) ELSE (at, tie) > (%(at)s, %(tie)s) END
ORDER BY CASE WHEN %(back)s THEN at END DESC, CASE WHEN %(back)s THEN tie END DESC, at, tie LIMIT %(count)s;

-- answer_case --
-- The answer, once.
UPDATE store.questioned SET answer = %s, answered_by = %s, answered = %s
WHERE shard = %s AND id = %s::uuid AND answered IS NULL RETURNING patient;

-- guarded_among --
-- Of whom of these patients anything is labelled or closed.
SELECT store.guarded_among(%s::bigint[]);

-- closed_among --
-- Which of these are hidden from somebody by labels or closings.
SELECT type, hid FROM store.closed_among(%s::smallint[], %s::smallint[], %s::bigint[], %s::text[]);

-- fetch_types --
-- The types that have rows.
SELECT store.types_present();
