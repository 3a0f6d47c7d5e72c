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

-- The main diagnosis of each visit: the one its Encounter ranks first; all of them where it ranks none.
CREATE OR REPLACE TEMP VIEW main_diagnosis AS
SELECT
    c.encounter_key,
    c.code,
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
    WHERE text IS NOT NULL
    GROUP BY ALL
    HAVING visits >= 5
)
GROUP BY code;
