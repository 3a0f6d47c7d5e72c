-- What several marts need, made anew for each publication from the flat tables.
CREATE OR REPLACE TEMP VIEW facility AS
SELECT _id AS key, code, name, kind FROM organization;

CREATE OR REPLACE TEMP VIEW facility_by_code AS
SELECT code, arg_max(name, _t) AS name, arg_max(kind, _t) AS kind FROM organization GROUP BY code;

-- Who should send (an active account) and who ever did.
CREATE OR REPLACE TEMP VIEW known_facility AS
SELECT code FROM expected UNION SELECT facility FROM intake;

-- A visit with the day it began in Vietnamese time; facility and care are empty where the record names none.
CREATE OR REPLACE TEMP VIEW visit AS
SELECT
    coalesce(CAST(try_cast(e.started AS TIMESTAMPTZ) AS DATE), try_cast(left(e.started, 10) AS DATE)) AS day,
    coalesce(o.code, '') AS facility,
    coalesce(o.name, '') AS facility_name,
    coalesce(e.care, '') AS care,
    e.status
FROM encounter e
LEFT JOIN facility o ON o.key = e.organization_key;

-- The main diagnosis of each visit: the one its Encounter ranks first; all of them where it ranks none. A sensitive one,
-- by its code or because its sender says so, goes by the code '' from here on: it is counted, and shown nowhere.
CREATE OR REPLACE TEMP VIEW main_diagnosis AS
SELECT
    c.encounter_key,
    CASE WHEN c.marked OR regexp_matches(replace(upper(c.code), '.', ''), getvariable('sensitive')) THEN '' ELSE c.code END AS code,
    c.text,
    coalesce(o.code, '') AS facility,
    coalesce(CAST(try_cast(c.recorded AS TIMESTAMPTZ) AS DATE), try_cast(left(c.recorded, 10) AS DATE)) AS day
FROM condition c
LEFT JOIN encounter e ON e._id = c.encounter_key
LEFT JOIN facility o ON o.key = e.organization_key
WHERE e.main_condition_key IS NULL OR e.main_condition_key = c._id;

-- The wording of a diagnosis, only where at least 5 visits share it: free text of fewer could point at a person.
CREATE OR REPLACE TEMP VIEW diagnosis_name AS
SELECT code, arg_max(text, visits) AS name
FROM (
    SELECT code, text, count(DISTINCT encounter_key) AS visits
    FROM main_diagnosis
    WHERE text IS NOT NULL AND code <> ''
    GROUP BY ALL
    HAVING visits >= 5
)
GROUP BY code;

-- Visits per facility (empty: the province) and diagnosis in four windows that end now, each inside the next.
CREATE OR REPLACE TEMP TABLE diagnosis_count AS
SELECT
    f.facility,
    v.code,
    count(DISTINCT v.encounter_key) FILTER (WHERE v.day > CAST(getvariable('now') AS DATE) - 1) AS today,
    count(DISTINCT v.encounter_key) FILTER (WHERE v.day > CAST(getvariable('now') AS DATE) - 7) AS week,
    count(DISTINCT v.encounter_key) FILTER (WHERE v.day > CAST(getvariable('now') AS DATE) - 30) AS month,
    count(DISTINCT v.encounter_key) AS ever
FROM main_diagnosis v
CROSS JOIN LATERAL (SELECT unnest([v.facility, '']) AS facility) f
WHERE v.day <= CAST(getvariable('now') AS DATE)
GROUP BY ALL;

-- Which of these counts may be shown. Not a sensitive one, nor one below 5 (small), nor one that would tell a small one
-- when it is taken from another: 1. the same count of a longer window, then 2. the province's less the facilities', then
-- 3. all of a place less its diagnoses (the complement): there the smallest shown goes too. Each step hides counts of at
-- least 5 only, so that no later one undoes an earlier one.
CREATE OR REPLACE TEMP TABLE diagnosis_cell AS
WITH in_month AS (
    SELECT *, month >= 5 AND code <> '' AND ever - month NOT BETWEEN 1 AND 4 AS month_shown FROM diagnosis_count
),
in_week AS (
    SELECT *, week >= 5 AND code <> '' AND CASE WHEN month_shown THEN month ELSE ever END - week NOT BETWEEN 1 AND 4 AS week_shown
    FROM in_month
),
in_day AS (
    SELECT *,
        today >= 5 AND code <> ''
        AND CASE WHEN week_shown THEN week WHEN month_shown THEN month ELSE ever END - today NOT BETWEEN 1 AND 4 AS today_shown
    FROM in_week
),
by_window AS (
    SELECT s.span, d.facility, d.code, s.visits, s.shown
    FROM in_day d
    CROSS JOIN LATERAL (VALUES
        ('today', d.today, d.today_shown), ('7d', d.week, d.week_shown), ('30d', d.month, d.month_shown),
        ('all', d.ever, d.ever >= 5 AND d.code <> '')
    ) AS s (span, visits, shown)
    WHERE s.visits > 0
),
by_province AS (
    SELECT *,
        coalesce(max(visits) FILTER (WHERE shown AND facility = '') OVER line, 0)
        - coalesce(sum(visits) FILTER (WHERE shown AND facility <> '') OVER line, 0) AS rest,
        row_number() OVER (PARTITION BY span, code, shown AND facility <> '' ORDER BY visits, facility) AS rank
    FROM by_window
    WINDOW line AS (PARTITION BY span, code)
),
in_place AS (
    SELECT span, facility, code, visits, shown AND NOT (rest BETWEEN 1 AND 4 AND facility <> '' AND rank = 1) AS shown FROM by_province
),
by_place AS (
    SELECT *,
        coalesce(sum(visits) FILTER (WHERE NOT shown) OVER (PARTITION BY span, facility), 0) AS rest,
        row_number() OVER (PARTITION BY span, facility, shown ORDER BY visits, code) AS rank
    FROM in_place
)
SELECT span, facility, code, visits, shown AND NOT (rest BETWEEN 1 AND 4 AND rank = 1) AS shown FROM by_place;
