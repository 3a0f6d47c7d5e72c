"""Roles of all people, the Patient a citizen is, the last activity, why an account is disabled."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds only; the last release runs on it."""

    dependencies = [
        ("accounts", "0001_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="disabled_reason",
            field=models.CharField(
                blank=True,
                choices=[("", ""), ("administrator", "Quản trị viên khóa"), ("idle", "45 ngày không đăng nhập")],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="last_active",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="person",
            field=models.CharField(
                blank=True, max_length=64, validators=[django.core.validators.RegexValidator("^[A-Za-z0-9.-]+\\Z")]
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("administrator", "Quản trị viên"),
                    ("operator", "Điều hành Sở Y tế"),
                    ("staff", "Nhân viên cơ sở"),
                    ("doctor", "Bác sĩ"),
                    ("nurse", "Điều dưỡng"),
                    ("lab", "Xét nghiệm"),
                    ("pharmacist", "Dược sĩ"),
                    ("cashier", "Thu ngân"),
                    ("facility-administrator", "Quản trị cơ sở"),
                    ("station", "Nhân viên trạm y tế"),
                    ("surveillance", "Giám sát dịch tễ"),
                    ("inspector", "Thanh tra"),
                    ("analyst", "Phân tích số liệu"),
                    ("data-officer", "Cán bộ bảo vệ dữ liệu"),
                    ("citizen", "Người dân"),
                ],
                max_length=32,
            ),
        ),
    ]
