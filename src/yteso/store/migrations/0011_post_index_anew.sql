-- Composite parameters, types of identifiers, places and parameters on extensions came into the index: what is stored
-- already is indexed again, in the background (see `yteso reindex`). A new installation has nothing to do.
INSERT INTO store.parameter (id, url, code, types, state, definition)
SELECT '*', '', '', ARRAY(SELECT generate_series(1, 1000)::smallint), 'indexing', '{}'
WHERE EXISTS (SELECT FROM store.resource)
ON CONFLICT (shard, id) DO NOTHING;
