-- How many of the facilities that should send do.
WITH sign AS (
    SELECT e.code, max(i.received) AS last_received
    FROM expected e LEFT JOIN intake i ON i.facility = e.code
    GROUP BY ALL
)
SELECT
    count(*) AS expected,
    count(*) FILTER (WHERE last_received IS NOT NULL) AS reporting,
    count(*) FILTER (WHERE last_received >= getvariable('now') - INTERVAL 24 HOURS) AS reporting_24h,
    count(*) FILTER (WHERE last_received >= getvariable('now') - INTERVAL 7 DAYS) AS reporting_7d
FROM sign
