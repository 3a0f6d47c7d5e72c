-- Of the facilities known, how many gave anything for a window that ends now: a visit in it, or a file received in it.
WITH span AS (
    SELECT * FROM (VALUES ('today', 1), ('7d', 7), ('14d', 14), ('30d', 30), ('all', 1000000)) AS s (span, days)
),
sign AS (
    SELECT DISTINCT facility AS code, CAST(received AS DATE) AS day, true AS is_file FROM intake
    UNION ALL
    SELECT DISTINCT facility, day, false FROM visit
)
SELECT
    s.span,
    (SELECT count(*) FROM known_facility) AS known,
    count(DISTINCT g.code) AS with_data,
    count(DISTINCT g.code) FILTER (WHERE g.is_file) AS with_files
FROM span s
LEFT JOIN sign g
    ON g.code IN (SELECT code FROM known_facility)
    AND g.day > CAST(getvariable('now') AS DATE) - s.days
    AND (g.is_file OR g.day <= CAST(getvariable('now') AS DATE)) -- a visit may be dated ahead, a receipt cannot
GROUP BY s.span, s.days
ORDER BY s.days
