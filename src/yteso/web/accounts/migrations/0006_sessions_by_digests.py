"""Sessions are named by digests of their cookies (`kept_sessions`): those that live go on under the new names."""

from django.db import migrations

_RENAME = """
UPDATE {table} SET session_key = left(encode(sha256(convert_to(session_key, 'UTF8')), 'hex'), 40)
WHERE length(session_key) < 40
"""


class Migration(migrations.Migration):
    """There is no way back to the secrets; the release before asks everybody to sign in again."""

    dependencies = [
        ("accounts", "0005_names_are_kept"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(_RENAME.format(table=table), migrations.RunSQL.noop)
        for table in ("django_session", "usersessions_usersession")
    ]
