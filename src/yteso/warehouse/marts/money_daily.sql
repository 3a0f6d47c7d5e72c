-- Money of bills by the day the visit ended. A facility's day of fewer than 5 visits tells what one person paid: it is
-- added to the others under '*', with the next smallest when they are fewer than 5 even so.
WITH bill AS (
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
),
ranked AS (
    SELECT *,
        min(visits) OVER (PARTITION BY day, insured) < 5 AS some_small,
        coalesce(sum(visits) OVER (
            PARTITION BY day, insured ORDER BY visits, facility ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS smaller
    FROM bill
),
folded AS (
    SELECT * EXCLUDE (facility, facility_name),
        visits < 5 OR (some_small AND smaller < 5) AS folds,
        CASE WHEN folds THEN '*' ELSE facility END AS facility,
        CASE WHEN folds THEN '' ELSE facility_name END AS facility_name
    FROM ranked
)
SELECT
    day,
    facility,
    facility_name,
    insured,
    sum(visits)::BIGINT AS visits,
    CASE WHEN sum(visits) >= 5 THEN sum(hospital_amount) END AS hospital_amount,
    CASE WHEN sum(visits) >= 5 THEN sum(insurance_amount) END AS insurance_amount,
    CASE WHEN sum(visits) >= 5 THEN sum(fund) END AS fund,
    CASE WHEN sum(visits) >= 5 THEN sum(copay) END AS copay,
    CASE WHEN sum(visits) >= 5 THEN sum(own_pocket) END AS own_pocket,
    CASE WHEN sum(visits) >= 5 THEN sum(other_sources) END AS other_sources,
    CASE WHEN sum(visits) >= 5 THEN 0 ELSE sum(visits) END::BIGINT AS untold
FROM folded
GROUP BY day, facility, facility_name, insured
ORDER BY day, facility = '*', facility, insured
