-- Visits by the day they began, in Vietnamese time.
SELECT
    day,
    facility,
    facility_name,
    care,
    count(*) AS visits,
    count(*) FILTER (WHERE status = 'in-progress') AS still_in
FROM visit
GROUP BY ALL
ORDER BY day, facility, care
