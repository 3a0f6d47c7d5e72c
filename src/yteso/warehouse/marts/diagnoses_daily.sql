-- Daily course of the commoner main diagnoses (three characters of ICD-10) in the province.
SELECT
    day,
    left(code, 3) AS code,
    CASE WHEN count(DISTINCT encounter_key) >= 5 THEN count(DISTINCT encounter_key) END AS visits
FROM main_diagnosis
GROUP BY ALL
ORDER BY day, code
