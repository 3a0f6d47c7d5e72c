-- fetch_mark --
-- Whether what is defined changed since it was last read.
SELECT coalesce(max(mark), 0), count(*) FROM store.parameter;

-- fetch_definitions --
-- What is defined and can be used, ready or not.
SELECT url, definition, state = 'ready' FROM store.parameter WHERE state IN ('indexing', 'ready') AND id <> '*' ORDER BY id;

-- save_definition --
-- A definition, new or in a new version: its index is made anew.
INSERT INTO store.parameter (id, url, code, types, state, reason, definition)
VALUES (%s, %s, %s, %s::smallint[], %s, %s, %s::jsonb)
ON CONFLICT (shard, id) DO UPDATE SET url = excluded.url, code = excluded.code, types = excluded.types,
    state = excluded.state, reason = excluded.reason, definition = excluded.definition, since = now(), seen = NULL, fence = NULL,
    at_shard = -1, at_type = 0, at_hid = -9223372036854775808, done = 0, total = 0, mark = nextval('store.parameter_mark');

-- forget_definitions --
-- Definitions whose resource was deleted. The mark of the others grows, so that it is seen.
WITH gone AS (
    DELETE FROM store.parameter WHERE shard = 0 AND id = ANY(%(ids)s) RETURNING id
)
UPDATE store.parameter SET mark = nextval('store.parameter_mark') WHERE EXISTS (SELECT FROM gone);

-- fetch_indexing --
-- Whose index is being made.
SELECT id FROM store.parameter WHERE state = 'indexing' ORDER BY id;

-- hold_indexing --
-- One of them, held by one worker at a time; nothing when another has it or it is done.
SELECT types, seen, seen < clock_timestamp() - %s, fence,
       fence IS NOT NULL AND store.finished_t() > fence, at_shard, at_type, at_hid
FROM store.parameter WHERE shard = 0 AND id = %s AND state = 'indexing' FOR UPDATE SKIP LOCKED;

-- set_seen --
-- From now on every process can read the definition.
UPDATE store.parameter SET seen = clock_timestamp() WHERE shard = 0 AND id = %s;

-- set_fence --
-- From here on every writer knows the definition; what wrote before must be finished before the index is made.
UPDATE store.parameter SET fence = store.present_t(),
    total = (SELECT count(*) FROM store.resource WHERE type = ANY(%s::smallint[]) AND hash IS NOT NULL)
WHERE shard = 0 AND id = %s;

-- fetch_to_index --
-- The next resources in the order of keys, locked as a writer would.
SELECT r.shard, r.type, r.id, r.t, r.dict, r.body
FROM store.resource r
WHERE (r.shard, r.type, r.hid) > (%s::smallint, %s::smallint, %s::bigint) AND r.type = ANY(%s::smallint[]) AND r.hash IS NOT NULL
ORDER BY r.shard, r.type, r.hid LIMIT %s FOR UPDATE;

-- update_index --
-- What can be searched of resources whose content stays. Papers keep the labels that facts of their visit gave them.
UPDATE store.resource r
SET pat = u.pat, code = u.code, d_lo = u.d_lo, d_hi = u.d_hi, tok = u.tok::bigint[],
    shape = u.shape, label = u.label | CASE WHEN u.paper THEN r.label ELSE 0::smallint END, maker = coalesce(nullif(u.maker, ''), r.maker),
    amount = u.amount, unit = u.unit, bare = u.bare
FROM unnest(%s::smallint[], %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::integer[], %s::smallint[], %s::text[], %s::boolean[],
            %s::double precision[], %s::integer[], %s::integer[])
     AS u (shard, type, hid, pat, code, d_lo, d_hi, tok, shape, label, maker, paper, amount, unit, bare)
WHERE r.shard = u.shard AND r.type = u.type AND r.hid = u.hid;

-- note_indexed --
-- How far it came.
UPDATE store.parameter SET at_shard = %s, at_type = %s, at_hid = %s, done = done + %s WHERE shard = 0 AND id = %s;

-- end_indexing --
-- All is indexed: queries may use it.
UPDATE store.parameter SET state = 'ready', mark = nextval('store.parameter_mark') WHERE shard = 0 AND id = %s;

-- fetch_progress --
-- What operators see.
SELECT id, url, code, state, reason, done, total, since FROM store.parameter ORDER BY id;
