-- take_turn --
-- One migrating process at a time; the lock goes with the session, also when it is killed.
SELECT pg_advisory_lock(7304981250);

-- prepare --
-- The table that remembers what was applied.
CREATE SCHEMA IF NOT EXISTS db;
CREATE TABLE IF NOT EXISTS db.migration (
    room text NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (room, number)
);

-- is_prepared --
-- Whether anything was ever applied.
SELECT to_regclass('db.migration') IS NOT NULL;

-- fetch_applied --
-- What was applied and the hash its file had.
SELECT room, number, sha256 FROM db.migration;

-- note_applied --
-- One migration is done.
INSERT INTO db.migration (room, number, name, sha256) VALUES (%s, %s, %s, %s);

-- fetch_durable_settings --
-- The settings that keep an acknowledged commit, as this session has them.
SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit');

-- fetch_session_overrides --
-- What any role or database overrides for its sessions: (role, database, "name=value").
SELECT coalesce(r.rolname, '*'), coalesce(d.datname, '*'), entry
FROM pg_db_role_setting s
CROSS JOIN LATERAL unnest(s.setconfig) AS entry
LEFT JOIN pg_roles r ON r.oid = s.setrole
LEFT JOIN pg_database d ON d.oid = s.setdatabase;
