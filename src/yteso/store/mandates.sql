-- fetch_mandates --
-- Representations in force of somebody for others, of one of them where a key is given: the RelatedPerson, whether it is of
-- a minor, the ward's Patient, the first day its birth date can mean (103: Patient), and today. A minor is not yet 18.
SELECT m.id, m.kind = 'm', p.id, p.d_lo, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM store.relation m
JOIN store.resource p ON p.pat = m.pat AND p.type = 103 AND p.hash IS NOT NULL
WHERE m.holder = %(holder)s AND m.kind IN ('p', 'm') AND m.since <= now() AND m.until > now()
  AND (%(pat)s::bigint IS NULL OR m.pat = %(pat)s)
  AND (m.kind = 'p' OR p.d_lo > (extract(epoch FROM date_trunc('day', now() AT TIME ZONE 'Asia/Ho_Chi_Minh')
                                 - interval '18 years') * 1000000)::bigint)
ORDER BY m.kind DESC, m.id;

-- fetch_mandates_of --
-- The same for whom they represent: the ward's key and the holder first.
SELECT m.pat, substr(m.holder, 9), m.id, m.kind = 'm', p.d_lo, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM store.relation m
JOIN store.resource p ON p.pat = m.pat AND p.type = 103 AND p.hash IS NOT NULL
WHERE m.pat = ANY(%s::bigint[]) AND m.kind IN ('p', 'm') AND m.since <= now() AND m.until > now()
ORDER BY m.pat, m.id;
