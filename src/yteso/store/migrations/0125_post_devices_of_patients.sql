-- A Device that names its patient belongs to that patient's record: those stored already are indexed again.
-- 35: Device (standards.fhir_r4.TYPE_NUMBER).
INSERT INTO store.parameter (id, url, code, types, state, definition)
SELECT '*', '', '', ARRAY[35::smallint], 'indexing', '{}'
WHERE EXISTS (SELECT FROM store.resource WHERE type = 35)
ON CONFLICT (shard, id) DO NOTHING;
