-- Visits per main diagnosis in windows that end now; what fewer than 5 visits have is added up under '*', last.
WITH span AS (
    SELECT * FROM (VALUES ('today', 1), ('7d', 7), ('30d', 30), ('all', 1000000)) AS s (span, days)
),
counted AS (
    SELECT s.span, f.facility, v.code, count(DISTINCT v.encounter_key) AS visits
    FROM main_diagnosis v
    JOIN span s ON v.day > CAST(getvariable('now') AS DATE) - s.days AND v.day <= CAST(getvariable('now') AS DATE)
    CROSS JOIN LATERAL (SELECT unnest([v.facility, '']) AS facility) f
    GROUP BY ALL
),
shown AS (
    SELECT
        c.span,
        c.facility,
        CASE WHEN c.visits < 5 THEN '*' ELSE c.code END AS code,
        CASE WHEN c.visits < 5 THEN '' ELSE coalesce(n.name, '') END AS name,
        c.visits
    FROM counted c
    LEFT JOIN diagnosis_name n ON n.code = c.code
)
SELECT span, facility, code, name, sum(visits)::BIGINT AS visits
FROM shown
GROUP BY span, facility, code, name
ORDER BY span, facility, code = '*', sum(visits) DESC, code
