"""The table of accounts, in the schema `web`."""

import django.core.validators
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """The first version."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "username",
                    models.CharField(
                        max_length=64,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^[a-z0-9][a-z0-9._-]*\\Z")],
                    ),
                ),
                ("display_name", models.CharField(max_length=120)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("administrator", "Quản trị viên"),
                            ("operator", "Điều hành Sở Y tế"),
                            ("staff", "Nhân viên cơ sở"),
                            ("doctor", "Bác sĩ"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "facility",
                    models.CharField(
                        blank=True, max_length=5, validators=[django.core.validators.RegexValidator("^[0-9A-Z]{5}\\Z")]
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=2)),
                ("is_active", models.BooleanField(default=True)),
                ("demo", models.BooleanField(default=False)),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
