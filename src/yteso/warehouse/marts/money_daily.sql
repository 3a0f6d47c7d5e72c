-- Money of bills by the day the visit ended. An amount is always that of a multiple of 5 bills, in the order they came: so no
-- figure less another one, of another row or of an earlier hour, is what one person paid. What is left over of a facility's
-- day, or is all it has, stands with that of the others under '*'; what is left over there is in no amount (untold).
WITH bill AS (
    SELECT
        coalesce(CAST(try_cast(coalesce(c.ended, c.started) AS TIMESTAMPTZ) AS DATE),
                 try_cast(left(coalesce(c.ended, c.started), 10) AS DATE)) AS day,
        coalesce(o.code, '') AS facility,
        coalesce(o.name, '') AS facility_name,
        c.insured,
        c._t,
        c._id,
        coalesce(c.hospital_amount, c.total, 0) AS hospital_amount,
        coalesce(c.insurance_amount, 0) AS insurance_amount,
        coalesce(c.fund, 0) AS fund,
        coalesce(c.copay, 0) AS copay,
        coalesce(c.own_pocket, 0) AS own_pocket,
        coalesce(c.other_sources, 0) AS other_sources
    FROM claim c
    LEFT JOIN facility o ON o.key = c.organization_key
),
own AS (
    SELECT *, row_number() OVER (PARTITION BY day, insured, facility ORDER BY _t, _id) AS place,
        count(*) OVER (PARTITION BY day, insured, facility) AS bills
    FROM bill
),
stood AS (
    SELECT * REPLACE (
        CASE WHEN place <= bills - bills % 5 THEN facility ELSE '*' END AS facility,
        CASE WHEN place <= bills - bills % 5 THEN facility_name ELSE '' END AS facility_name
    )
    FROM own
),
told AS (
    SELECT *, row_number() OVER (PARTITION BY day, insured, facility ORDER BY _t, _id)
        <= (count(*) OVER (PARTITION BY day, insured, facility)) // 5 * 5 AS is_told
    FROM stood
)
SELECT
    day,
    facility,
    facility_name,
    insured,
    count(*)::BIGINT AS visits,
    sum(hospital_amount) FILTER (WHERE is_told) AS hospital_amount,
    sum(insurance_amount) FILTER (WHERE is_told) AS insurance_amount,
    sum(fund) FILTER (WHERE is_told) AS fund,
    sum(copay) FILTER (WHERE is_told) AS copay,
    sum(own_pocket) FILTER (WHERE is_told) AS own_pocket,
    sum(other_sources) FILTER (WHERE is_told) AS other_sources,
    (count(*) FILTER (WHERE NOT is_told))::BIGINT AS untold
FROM told
GROUP BY day, facility, facility_name, insured
ORDER BY day, facility = '*', facility, insured
