"""A name once given to an account stays that account's: the audit and tokens know people by it."""

from django.db import migrations

_KEEP = """
CREATE OR REPLACE FUNCTION accounts_keep_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'accounts are disabled, never removed or renamed: the audit knows people by their name'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER IF EXISTS accounts_are_kept ON accounts_user;
CREATE TRIGGER accounts_are_kept BEFORE DELETE ON accounts_user FOR EACH ROW EXECUTE FUNCTION accounts_keep_name();
DROP TRIGGER IF EXISTS names_are_kept ON accounts_user;
CREATE TRIGGER names_are_kept BEFORE UPDATE OF username ON accounts_user FOR EACH ROW
WHEN (old.username IS DISTINCT FROM new.username) EXECUTE FUNCTION accounts_keep_name();
"""
_LET_GO = """
DROP TRIGGER IF EXISTS accounts_are_kept ON accounts_user;
DROP TRIGGER IF EXISTS names_are_kept ON accounts_user;
DROP FUNCTION IF EXISTS accounts_keep_name();
"""


class Migration(migrations.Migration):
    """Triggers only; no release removes or renames an account."""

    dependencies = [
        ("accounts", "0004_practitioner"),
    ]

    operations = [
        migrations.RunSQL(_KEEP, _LET_GO),
    ]
