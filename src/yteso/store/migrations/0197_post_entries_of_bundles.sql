-- Bundles are found by what their first entry says (`Bundle?composition.patient=…`): those stored already are indexed again, in the
-- background. 12: Bundle.
INSERT INTO store.parameter (id, url, code, types, state, definition)
SELECT '*', '', '', ARRAY[12::smallint], 'indexing', '{}'
WHERE EXISTS (SELECT FROM store.resource WHERE type = 12)
ON CONFLICT (shard, id) DO UPDATE SET state = 'indexing', since = now(), seen = NULL, fence = NULL,
    at_shard = -1, at_type = 0, at_hid = -9223372036854775808, done = 0, total = 0, mark = nextval('store.parameter_mark'),
    types = (SELECT array_agg(DISTINCT t ORDER BY t) FROM unnest(
        excluded.types || CASE WHEN parameter.state = 'indexing' THEN parameter.types ELSE '{}' END) t);
