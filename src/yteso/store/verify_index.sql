-- fetch_marks --
-- Every set of marks.
SELECT shape, marks FROM store.shape;

-- fetch_string --
-- Texts of these versions.
SELECT x.shard, x.type, x.t, x.hid, x.key, x.val, x.at
FROM unnest(%s::bigint[], %s::bigint[]) k (t, hid) JOIN store.string x ON x.t = k.t AND x.hid = k.hid;

-- fetch_moment --
-- Dates of these versions, and further codes with theirs.
SELECT x.shard, x.type, x.t, x.hid, x.key, x.lo, x.hi
FROM unnest(%s::bigint[], %s::bigint[]) k (t, hid) JOIN store.moment x ON x.t = k.t AND x.hid = k.hid;

-- fetch_number --
-- Numbers of these versions.
SELECT x.shard, x.type, x.t, x.hid, x.key, x.lo, x.hi, x.unit, x.bare, x.code, x.coded
FROM unnest(%s::bigint[], %s::bigint[]) k (t, hid) JOIN store.number x ON x.t = k.t AND x.hid = k.hid;

-- fetch_stray_string --
-- A text of no present version.
SELECT x.type, x.hid FROM store.string x WHERE NOT EXISTS (
    SELECT FROM store.resource r WHERE r.shard = x.shard AND r.type = x.type AND r.hid = x.hid AND r.t = x.t AND r.hash IS NOT NULL
) LIMIT 1;

-- fetch_stray_moment --
-- A date of no present version.
SELECT x.type, x.hid FROM store.moment x WHERE NOT EXISTS (
    SELECT FROM store.resource r WHERE r.shard = x.shard AND r.type = x.type AND r.hid = x.hid AND r.t = x.t AND r.hash IS NOT NULL
) LIMIT 1;

-- fetch_stray_number --
-- A number of no present version.
SELECT x.type, x.hid FROM store.number x WHERE NOT EXISTS (
    SELECT FROM store.resource r WHERE r.shard = x.shard AND r.type = x.type AND r.hid = x.hid AND r.t = x.t AND r.hash IS NOT NULL
) LIMIT 1;
