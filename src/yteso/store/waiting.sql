-- count_waiting --
-- What waits for the data officer: broken glass to review, questions, requests, breach cases, exports. Names nobody.
SELECT (SELECT count(*) FROM store.opening WHERE kind = 'g' AND reviewed IS NULL),
       (SELECT count(*) FROM store.questioned WHERE answered IS NULL),
       (SELECT count(*) FROM store.subject_request WHERE closed IS NULL),
       (SELECT count(*) FROM store.breach WHERE closed IS NULL),
       (SELECT count(*) FROM store.bulk_job WHERE kind = 'export' AND state = 'held'),
       (SELECT count(*) FROM (SELECT FROM store.opening WHERE kind = 'g' AND since > now() - interval '7 days'
                              GROUP BY opened_by, facility HAVING count(*) > %(often)s) o),
       (SELECT count(*) FROM store.opening WHERE kind = 'g' AND reviewed IS NULL AND since < now() - %(review)s);
