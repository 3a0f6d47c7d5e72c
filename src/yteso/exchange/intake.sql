-- list_files --
-- One page of files, newest first.
SELECT i.id::text, i.facility, i.sender, i.seq, i.name, i.door, i.adapter, i.state, i.received_at, i.done_at,
    encode(i.sha256, 'hex'), i.size, i.signature, i.progress, i.visits, i.accepted, i.unchanged, i.outdated,
    i.quarantined, i.failed, i.errors, i.warnings, i.notes
FROM exchange.intake i
WHERE (%(facility)s = '' OR i.facility = %(facility)s)
    AND (%(other)s = '' OR i.facility = %(other)s)
    AND (%(sender)s = '' OR i.sender = %(sender)s)
    AND (cardinality(%(states)s::text[]) = 0 OR i.state = ANY (%(states)s::text[]))
    AND CASE %(severity)s WHEN '' THEN true WHEN 'error' THEN i.errors > 0 WHEN 'fatal' THEN i.errors > 0
        WHEN 'warning' THEN i.warnings > 0 ELSE i.notes > 0 END
    AND (%(code)s = '' OR EXISTS (
        SELECT FROM exchange.issue n WHERE n.shard = i.shard AND n.intake = i.id AND n.code = %(code)s))
    AND (%(since)s::timestamptz IS NULL OR i.received_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR i.received_at < %(until)s)
    AND (%(before)s::timestamptz IS NULL OR (i.received_at, i.id) < (%(before)s, %(before_id)s::uuid))
ORDER BY i.received_at DESC, i.id DESC LIMIT %(limit)s

-- fetch_file --
-- One file and its receipt.
SELECT i.id::text, i.facility, i.sender, i.seq, i.name, i.door, i.adapter, i.state, i.received_at, i.done_at,
    encode(i.sha256, 'hex'), i.size, i.signature, i.progress, i.visits, i.accepted, i.unchanged, i.outdated,
    i.quarantined, i.failed, i.errors, i.warnings, i.notes, i.receipt
FROM exchange.intake i WHERE i.shard = %s AND i.id = %s AND (%s = '' OR i.facility = %s)

-- fetch_visits --
-- What became of a file's visits.
SELECT pos, ma_lk, facility, state, t, coalesce(patient, ''), resources FROM exchange.visit
WHERE shard = %s AND intake = %s AND pos > %s ORDER BY pos LIMIT %s

-- fetch_patients --
-- Whose visits a file told of.
SELECT DISTINCT patient FROM exchange.visit WHERE shard = %s AND intake = %s AND patient IS NOT NULL

-- fetch_findings --
-- What was found in a file.
SELECT n, pos, ma_lk, code, severity, tbl, row, field, texts FROM exchange.issue
WHERE shard = %s AND intake = %s AND n > %s AND (%s = '' OR severity = %s) ORDER BY n LIMIT %s

-- count_by_facility --
-- Files per facility.
SELECT f.facility, count(i.id), count(i.id) FILTER (WHERE i.state = 'done'),
    count(i.id) FILTER (WHERE i.state IN ('done_with_issues', 'quarantined', 'failed')),
    count(i.id) FILTER (WHERE i.state IN ('received', 'walking')),
    (SELECT max(n.received_at) FROM exchange.intake n WHERE n.facility = f.facility)
FROM (SELECT facility FROM exchange.sender UNION SELECT facility FROM exchange.intake) f
LEFT JOIN exchange.intake i
    ON i.facility = f.facility AND (%(since)s::timestamptz IS NULL OR i.received_at >= %(since)s)
WHERE %(facility)s = '' OR f.facility = %(facility)s
GROUP BY f.facility ORDER BY f.facility

-- count_by_code --
-- How often each rule was broken.
SELECT n.code, n.severity, count(*) FROM exchange.issue n
JOIN exchange.intake i ON i.shard = n.shard AND i.id = n.intake
WHERE i.received_at >= %(since)s AND (%(facility)s = '' OR i.facility = %(facility)s)
GROUP BY n.code, n.severity ORDER BY count(*) DESC, n.code

-- fetch_changes --
-- Files changed after a transaction, as far as no older transaction can still appear; ties come together.
SELECT i.id::text, i.facility, i.sender, i.seq, i.name, i.door, i.adapter, i.state, i.received_at, i.done_at,
    encode(i.sha256, 'hex'), i.size, i.signature, i.progress, i.visits, i.accepted, i.unchanged, i.outdated,
    i.quarantined, i.failed, i.errors, i.warnings, i.notes, i.changed::text::bigint
FROM exchange.intake i
WHERE i.changed > %s::text::xid8 AND i.changed < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY i.changed FETCH FIRST %s ROWS WITH TIES

-- fetch_senders --
-- Facilities with an active machine account: who is expected to send.
SELECT DISTINCT facility FROM exchange.sender WHERE active ORDER BY facility
