"""The calendars and clock profiles that come with Engage, and who may change them in the Studio."""

from django.db import migrations

from engage.accounts.permissions import grant_model
from engage.calendars.rows import load_shipped

MAY_EDIT_DAYS = ["editor", "administrator"]


def load(apps, schema_editor):
    load_shipped(apps)
    grant_model(apps, MAY_EDIT_DAYS, "calendars", "calendarday", ["add", "change", "delete", "view"])
    grant_model(apps, MAY_EDIT_DAYS, "calendars", "calendaryear", ["add", "change", "view"])
    grant_model(apps, ["editor"], "calendars", "clockprofile", ["view"])
    grant_model(apps, ["administrator"], "calendars", "clockprofile", ["add", "change", "view"])


def unload(apps, schema_editor):
    """Empty the tables: the step before this one drops them."""
    for name in ("ClockProfile", "CalendarYear", "CalendarDay", "Calendar"):
        apps.get_model("calendars", name).objects.all().delete()
    apps.get_model("auth", "Permission").objects.filter(content_type__app_label="calendars").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("calendars", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(load, unload)]
