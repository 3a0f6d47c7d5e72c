-- The clinical date of a prescription (type 79, MedicationRequest) is when it was written; the times to take it, which hardly any
-- prescription names, are further dates. Keys: of search.keys.token('MedicationRequest:date') and (…':authoredon').
INSERT INTO store.moment (shard, type, t, hid, key, lo, hi)
SELECT r.shard, r.type, r.t, r.hid, -7409772516718166084, r.d_lo, r.d_hi
FROM store.resource r WHERE r.type = 79 AND r.hash IS NOT NULL AND r.d_lo <> (-9223372036854775808)::bigint;
UPDATE store.resource r SET d_lo = coalesce(m.lo, (-9223372036854775808)::bigint), d_hi = coalesce(m.hi, (-9223372036854775808)::bigint)
FROM store.resource o LEFT JOIN store.moment m
    ON m.t = o.t AND m.hid = o.hid AND m.type = o.type AND m.shard = o.shard AND m.key = -7573973037122314516
WHERE o.type = 79 AND o.hash IS NOT NULL AND r.shard = o.shard AND r.type = o.type AND r.hid = o.hid;
DELETE FROM store.moment WHERE type = 79 AND key = -7573973037122314516;
-- Further codes stand beside the clinical date.
UPDATE store.moment m SET lo = r.d_lo, hi = r.d_hi
FROM store.resource r
WHERE m.type = 79 AND m.key <> -7409772516718166084 AND r.t = m.t AND r.hid = m.hid AND r.type = m.type AND r.shard = m.shard;
