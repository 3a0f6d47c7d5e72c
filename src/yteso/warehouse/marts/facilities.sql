-- Every facility that should send or has sent, with its last sign of life.
WITH sent AS (
    SELECT facility AS code, max(received) AS last_received, count(*) AS files FROM intake GROUP BY ALL
),
cared AS (
    SELECT o.code, count(*) AS visits,
        max(coalesce(try_cast(e.ended AS TIMESTAMPTZ), try_cast(e.started AS TIMESTAMPTZ))) AS last_visit
    FROM encounter e JOIN facility o ON o.key = e.organization_key
    GROUP BY ALL
)
SELECT
    k.code AS facility,
    coalesce(o.name, '') AS facility_name,
    coalesce(o.kind, '') AS kind,
    k.code IN (SELECT code FROM expected) AS expected,
    coalesce(s.files, 0) AS files,
    coalesce(c.visits, 0) AS visits,
    s.last_received,
    c.last_visit,
    date_diff('minute', s.last_received, getvariable('now')) / 60.0 AS silent_hours,
    coalesce(s.last_received < getvariable('now') - INTERVAL 24 HOURS, true) AS silent
FROM known_facility k
LEFT JOIN facility_by_code o ON o.code = k.code
LEFT JOIN sent s ON s.code = k.code
LEFT JOIN cared c ON c.code = k.code
ORDER BY facility
