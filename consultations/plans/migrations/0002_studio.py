"""Editors and administrators keep the plan; a policy is never deleted once it moved."""

from django.db import migrations

from engage.accounts.permissions import grant_model


def grant(apps, schema_editor):
    grant_model(apps, ["editor", "administrator"], "plans", "policy", ["add", "change"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_roles"),
        ("plans", "0001_initial"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
