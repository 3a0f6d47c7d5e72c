-- add_inspection --
-- One facility of an order; nothing when it is there.
INSERT INTO store.inspection (number, who, facility, since, until, reason, given_by)
VALUES (%(number)s, %(who)s, %(facility)s, %(since)s, %(until)s, %(reason)s, %(given_by)s)
ON CONFLICT DO NOTHING RETURNING id;

-- fetch_inspections --
-- Those that are not over first, then the latest.
SELECT * FROM (
    SELECT number, who, facility, since, until, reason, given_by, given, id::text,
           CASE WHEN until <= now() THEN 100000000000000000 ELSE 0 END - (extract(epoch FROM given) * 1000000)::bigint AS at, concat_ws(' ', number, facility, who) AS tie
    FROM store.inspection
) listed
WHERE %(at)s::bigint IS NULL OR CASE WHEN %(back)s THEN (at, tie) < (%(at)s, %(tie)s) ELSE (at, tie) > (%(at)s, %(tie)s) END
ORDER BY CASE WHEN %(back)s THEN at END DESC, CASE WHEN %(back)s THEN tie END DESC, at, tie LIMIT %(count)s;

-- fetch_running --
-- What an inspector may look at now.
SELECT number, who, facility, since, until, reason, given_by, given, id::text FROM store.inspection
WHERE who = %s AND since <= now() AND until > now() ORDER BY facility, number;

-- end_inspection --
-- Over from now on; one that has not begun never was.
WITH ended AS (
    UPDATE store.inspection SET until = now() WHERE shard = 0 AND id = %(id)s::uuid AND since < now() AND until > now()
    RETURNING number, who, facility
), gone AS (
    DELETE FROM store.inspection WHERE shard = 0 AND id = %(id)s::uuid AND since >= now() RETURNING number, who, facility
)
SELECT * FROM ended UNION ALL SELECT * FROM gone;
