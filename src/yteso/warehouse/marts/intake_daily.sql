-- Files by the day they were received.
SELECT
    CAST(i.received AS DATE) AS day,
    i.facility,
    coalesce(o.name, '') AS facility_name,
    count(*) AS files,
    count(*) FILTER (WHERE i.state = 'done') AS accepted,
    count(*) FILTER (WHERE i.state IN ('done_with_issues', 'quarantined', 'failed')) AS with_errors,
    count(*) FILTER (WHERE i.state IN ('received', 'walking')) AS waiting,
    sum(i.visits)::BIGINT AS visits,
    sum(i.accepted + i.unchanged)::BIGINT AS visits_accepted,
    sum(i.quarantined + i.failed)::BIGINT AS visits_refused,
    sum(i.errors)::BIGINT AS errors,
    sum(i.warnings)::BIGINT AS warnings
FROM intake i
LEFT JOIN facility_by_code o ON o.code = i.facility
GROUP BY ALL
ORDER BY day, i.facility
