-- Visits by the day they began, in Vietnamese time.
SELECT
    coalesce(CAST(try_cast(e.started AS TIMESTAMPTZ) AS DATE), try_cast(left(e.started, 10) AS DATE)) AS day,
    coalesce(o.code, '') AS facility,
    coalesce(o.name, '') AS facility_name,
    coalesce(e.care, '') AS care,
    count(*) AS visits,
    count(*) FILTER (WHERE e.status = 'in-progress') AS still_in
FROM encounter e
LEFT JOIN facility o ON o.key = e.organization_key
GROUP BY ALL
ORDER BY day, facility, care
