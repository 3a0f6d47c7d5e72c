-- The first day somebody is so old, as access.mandate.birthday counts: who was born on 29 February is it on 1 March where the
-- year has no such day. What is subtracted from today instead (store.wards, store.wall_wards) comes to the same.
CREATE OR REPLACE FUNCTION store.birthday(born timestamp, years integer) RETURNS timestamp
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT born - m.into_month + make_interval(years => years) + m.into_month
    FROM (SELECT make_interval(days => extract(day FROM born)::integer - 1) AS into_month) m
$$;

-- As before (0080), by that day: labels ended on 28 February, a day before the parent's sight.
CREATE OR REPLACE FUNCTION store.ward_labels(a_person bigint, a_pat bigint, a_lo bigint, a_hi bigint) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(sum(v.bit), 0)::integer
    FROM (
        SELECT to_timestamp(max(p.d_lo) / 1000000) AT TIME ZONE 'Asia/Ho_Chi_Minh' AS born FROM store.resource s
        JOIN store.relation m ON m.pat = a_pat AND m.holder = 'Patient/' || s.id AND m.kind = 'm' AND m.since <= now() AND m.until > now()
        JOIN store.resource p ON p.pat = a_pat AND p.type = 103 AND p.hash IS NOT NULL AND p.d_lo > -62135596800000000
        WHERE s.pat = a_person AND s.type = 103 AND s.hash IS NOT NULL
    ) child
    CROSS JOIN (VALUES (1, 15), (2, 16), (4, 16), (8, 16), (64, 16), (32, 18)) AS v (bit, age)
    WHERE (extract(epoch FROM store.birthday(child.born, v.age) AT TIME ZONE 'Asia/Ho_Chi_Minh') * 1000000)::bigint
        > CASE WHEN a_lo = -9223372036854775808 THEN (extract(epoch FROM now()) * 1000000)::bigint
               ELSE least(a_hi, (extract(epoch FROM now()) * 1000000)::bigint) END
$$;
