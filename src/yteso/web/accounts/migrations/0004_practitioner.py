"""The Practitioner that a member of staff is."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds only, with a default of the database; the last release runs on it."""

    dependencies = [
        ("accounts", "0003_factors_and_identities"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="practitioner",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=64,
                validators=[django.core.validators.RegexValidator("^[A-Za-z0-9.-]+\\Z")],
            ),
        ),
    ]
