-- find_processing --
-- The newest version of each activity.
SELECT DISTINCT ON (activity) activity, version, content, ended, written_by, written FROM store.processing
ORDER BY activity, version DESC;

-- find_versions --
-- Every version of one activity, the newest first.
SELECT activity, version, content, ended, written_by, written FROM store.processing WHERE activity = %s ORDER BY version DESC;

-- add_version --
-- One version more, after the one the writer saw; nothing when somebody else wrote meanwhile.
INSERT INTO store.processing (activity, version, content, ended, written_by)
SELECT %(activity)s, %(seen)s + 1, %(content)s::jsonb, %(ended)s, %(who)s
WHERE %(seen)s = (SELECT coalesce(max(version), 0) FROM store.processing WHERE activity = %(activity)s)
ON CONFLICT DO NOTHING RETURNING version;
