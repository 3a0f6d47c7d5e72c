-- A contact is found by its kind (`telecom=phone|…`, before: by its use), a profile by what it lies under (`_profile:below`):
-- what is stored already is indexed again, in the background. A new installation has nothing to do.
INSERT INTO store.parameter (id, url, code, types, state, definition)
SELECT '*', '', '', ARRAY(SELECT generate_series(1, 1000)::smallint), 'indexing', '{}'
WHERE EXISTS (SELECT FROM store.resource)
ON CONFLICT (shard, id) DO UPDATE SET types = excluded.types, state = 'indexing', since = now(), seen = NULL, fence = NULL,
    at_shard = -1, at_type = 0, at_hid = -9223372036854775808, done = 0, total = 0, mark = nextval('store.parameter_mark');
