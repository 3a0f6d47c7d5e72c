-- Visits per main diagnosis in windows that end now; what is rare or sensitive is added up under '*', last.
WITH said AS (
    SELECT
        c.span,
        c.facility,
        CASE WHEN c.shown THEN c.code ELSE '*' END AS code,
        CASE WHEN c.shown THEN coalesce(n.name, '') ELSE '' END AS name,
        c.visits
    FROM diagnosis_cell c
    LEFT JOIN diagnosis_name n ON n.code = c.code
)
SELECT span, facility, code, name, CASE WHEN sum(visits) >= 5 THEN sum(visits)::BIGINT END AS visits
FROM said
GROUP BY span, facility, code, name
ORDER BY span, facility, code = '*', sum(visits) DESC, code
