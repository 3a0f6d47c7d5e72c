-- What several marts need, made anew for each publication from the flat tables.
CREATE OR REPLACE TEMP VIEW facility AS
SELECT _id AS key, code, name, kind FROM organization;

CREATE OR REPLACE TEMP VIEW facility_by_code AS
SELECT code, arg_max(name, _t) AS name, arg_max(kind, _t) AS kind FROM organization GROUP BY code;

-- The wording of a diagnosis, only where at least 5 visits share it: free text of fewer could point at a person.
CREATE OR REPLACE TEMP VIEW diagnosis_name AS
SELECT code, arg_max(text, visits) AS name
FROM (
    SELECT code, text, count(DISTINCT encounter_key) AS visits
    FROM condition
    WHERE text IS NOT NULL
    GROUP BY ALL
    HAVING visits >= 5
)
GROUP BY code;
