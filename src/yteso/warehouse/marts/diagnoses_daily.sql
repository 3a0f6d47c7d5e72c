-- Daily course of the commoner diagnosis groups (three characters of ICD-10) in the province.
SELECT
    coalesce(CAST(try_cast(recorded AS TIMESTAMPTZ) AS DATE), try_cast(left(recorded, 10) AS DATE)) AS day,
    left(code, 3) AS code,
    CASE WHEN count(DISTINCT encounter_key) >= 5 THEN count(DISTINCT encounter_key) END AS visits
FROM condition
GROUP BY ALL
ORDER BY day, code
