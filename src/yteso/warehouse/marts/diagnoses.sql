-- Visits per diagnosis in windows that end now; what fewer than 5 visits have is added up under '*'.
WITH visit AS (
    SELECT
        c.encounter_key,
        c.code,
        coalesce(o.code, '') AS facility,
        coalesce(CAST(try_cast(c.recorded AS TIMESTAMPTZ) AS DATE), try_cast(left(c.recorded, 10) AS DATE)) AS day
    FROM condition c
    LEFT JOIN encounter e ON e._id = c.encounter_key
    LEFT JOIN facility o ON o.key = e.organization_key
),
span AS (
    SELECT * FROM (VALUES ('today', 1), ('7d', 7), ('30d', 30), ('all', 1000000)) AS s (span, days)
),
counted AS (
    SELECT s.span, f.facility, v.code, count(DISTINCT v.encounter_key) AS visits
    FROM visit v
    JOIN span s ON v.day > CAST(getvariable('now') AS DATE) - s.days AND v.day <= CAST(getvariable('now') AS DATE)
    CROSS JOIN LATERAL (SELECT unnest([v.facility, '']) AS facility) f
    GROUP BY ALL
)
SELECT
    span,
    c.facility,
    CASE WHEN visits < 5 THEN '*' ELSE c.code END AS code,
    CASE WHEN visits < 5 THEN '' ELSE coalesce(n.name, '') END AS name,
    sum(visits)::BIGINT AS visits
FROM counted c
LEFT JOIN diagnosis_name n ON n.code = c.code
GROUP BY ALL
ORDER BY span, c.facility, visits DESC, code
