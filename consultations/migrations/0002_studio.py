"""Editors and administrators make calls and publish what changed; a call with comments is never deleted."""

from django.db import migrations

from engage.accounts.permissions import grant_model


def grant(apps, schema_editor):
    grant_model(apps, ["editor", "administrator"], "consultations", "consultation", ["add", "change"])
    grant_model(apps, ["administrator"], "consultations", "consultation", ["delete"])
    grant_model(apps, ["editor", "administrator"], "consultations", "change", ["add", "change", "delete"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_roles"),
        ("consultations", "0001_initial"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
