-- fetch_keys_of --
-- The keys that lead to these persons.
SELECT key FROM identity.link WHERE patient = ANY(%s::text[]) ORDER BY key;

-- move_keys --
-- They lead to somebody else from now on; only those given, where any are, and only while they lead where it is said.
UPDATE identity.link SET patient = %(to)s WHERE patient = %(from)s AND (%(keys)s::bytea[] IS NULL OR key = ANY(%(keys)s::bytea[]))
RETURNING key;

-- add_proposal --
-- Somebody says that it is one person; nothing when the other one is in a joining or proposal already.
INSERT INTO identity.joining (shard, id, survivor, other, reason, facility, joined_by, joined, added, moved)
VALUES (%(shard)s, %(id)s, %(survivor)s, %(other)s, %(reason)s, %(facility)s, %(who)s, %(now)s, '[]', '{}')
ON CONFLICT (shard, other) WHERE parted IS NULL DO NOTHING RETURNING id;

-- second_proposal --
-- A second person agrees: what was done, and what it takes to undo it.
UPDATE identity.joining SET seconded = %(now)s, seconded_by = %(who)s, added = %(added)s::jsonb, active = %(active)s, moved = %(moved)s
WHERE shard = %(shard)s AND id = %(id)s::uuid;

-- hold_joining --
-- One that was not parted, held until the transaction ends.
SELECT survivor, other, facility, joined_by, seconded IS NOT NULL, added, active, moved FROM identity.joining
WHERE shard = %s AND id = %s::uuid AND parted IS NULL FOR UPDATE;

-- end_joining --
-- It is parted, or its proposal refused.
UPDATE identity.joining SET parted = %s, parted_by = %s, parting = %s WHERE shard = %s AND id = %s::uuid;

-- find_joinings --
-- Those of a facility's staff, newest first.
SELECT id::text, survivor, other, reason, joined_by, joined, seconded, seconded_by, parted, parted_by, parting
FROM identity.joining WHERE facility = %s ORDER BY joined DESC, id LIMIT %s;
