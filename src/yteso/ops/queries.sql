-- begin_province --
-- The end of this province's simulated time: as noted when it was begun, else the moment given.
INSERT INTO ops.province (seed, facilities, visits, until) VALUES (%s, %s, %s, %s)
ON CONFLICT (shard, seed, facilities, visits) DO UPDATE SET seed = excluded.seed
RETURNING until, fed_at IS NOT NULL;

-- fetch_provinces --
-- The sample provinces that were ever begun here.
SELECT DISTINCT seed, facilities FROM ops.province;

-- finish_province --
-- Every file of this province was received.
UPDATE ops.province SET fed_at = now() WHERE seed = %s AND facilities = %s AND visits = %s;

-- fetch_most_visited --
-- The person with most visits.
SELECT p.id FROM (
    SELECT pat FROM store.resource WHERE type = %s AND pat IS NOT NULL AND hash IS NOT NULL
    GROUP BY pat ORDER BY count(*) DESC, pat LIMIT 1
) AS e JOIN store.resource p ON p.pat = e.pat AND p.type = %s AND p.hash IS NOT NULL;

-- fetch_child --
-- The child under twelve with most results, beside one person.
SELECT p.id FROM store.resource p
WHERE p.type = %s AND p.hash IS NOT NULL AND p.id <> %s
  AND p.d_lo > (extract(epoch FROM now() - interval '12 years') * 1000000)::bigint
ORDER BY (SELECT count(*) FROM store.resource o WHERE o.pat = p.pat AND o.type = %s AND o.hash IS NOT NULL) DESC, p.id
LIMIT 1;

-- notify_marts --
-- The live pages hear that figures are new.
SELECT pg_notify('yteso_live', 'marts');

-- fetch_database_identity --
-- Which database this is: its cluster's number and its own, both new when it is made again.
SELECT format('%s/%s', c.system_identifier, d.oid)
FROM pg_control_system() c, pg_database d
WHERE d.datname = current_database();

-- note_adopted --
-- From now on the chain holds what gives rights; nothing when it did before.
INSERT INTO ops.adopted DEFAULT VALUES ON CONFLICT DO NOTHING RETURNING at;
