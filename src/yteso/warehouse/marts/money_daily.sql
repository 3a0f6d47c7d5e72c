-- Money of bills by the day the visit ended.
SELECT
    coalesce(CAST(try_cast(coalesce(c.ended, c.started) AS TIMESTAMPTZ) AS DATE),
             try_cast(left(coalesce(c.ended, c.started), 10) AS DATE)) AS day,
    coalesce(o.code, '') AS facility,
    coalesce(o.name, '') AS facility_name,
    c.insured,
    count(*) AS visits,
    sum(coalesce(c.hospital_amount, c.total, 0)) AS hospital_amount,
    sum(coalesce(c.insurance_amount, 0)) AS insurance_amount,
    sum(coalesce(c.fund, 0)) AS fund,
    sum(coalesce(c.copay, 0)) AS copay,
    sum(coalesce(c.own_pocket, 0)) AS own_pocket,
    sum(coalesce(c.other_sources, 0)) AS other_sources
FROM claim c
LEFT JOIN facility o ON o.key = c.organization_key
GROUP BY ALL
ORDER BY day, facility, insured
