"""Editors and administrators lay documents open beside a call."""

from django.db import migrations

from engage.accounts.permissions import grant_model


def grant(apps, schema_editor):
    grant_model(apps, ["editor", "administrator"], "calls", "evidence", ["add", "change", "delete"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_roles"),
        ("calls", "0001_initial"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
