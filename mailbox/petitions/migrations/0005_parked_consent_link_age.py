from django.db import migrations, models
from django.utils import timezone


def begin_the_time(apps, schema_editor):
    """Give what is set aside or at rest by now its whole time."""
    parked = apps.get_model("petitions", "Petition").objects.filter(state__in=["flagged", "dormant"])
    parked.update(parked_since=timezone.now())


class Migration(migrations.Migration):
    """Columns that may be empty and are not checked: no database reads or writes a row of signatures for them."""

    dependencies = [("petitions", "0004_paper_and_letters")]

    operations = [
        migrations.AddField(
            model_name="petition",
            name="parked_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(begin_the_time, migrations.RunPython.noop),
        migrations.AddField(
            model_name="signature",
            name="link_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="signature",
            name="consent",
            field=models.SmallIntegerField(blank=True, null=True),
        ),
    ]
