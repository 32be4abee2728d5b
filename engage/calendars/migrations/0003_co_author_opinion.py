"""Give the rules of 2019 on open information the time after which a body that is asked and says nothing agrees.

Art. 34 of the Regulations on Open Government Information (2019). It was a number of the kind of case before, and so
counted under every law. No clock of a case counts by it, so no day that was told to anybody moves.
"""

from datetime import date

from django.db import migrations

FROM = date(2019, 5, 15)
OLD, NEW = "政府信息公开条例（2019）第三十条至第三十三条", "政府信息公开条例（2019）第三十条至第三十四条"
TARGET = {
    "name": "co_author_opinion",
    "count": 15,
    "unit": "working_day",
    "counts_from": "co_author_asked",
    "from_receipt": True,
    "extension_limit": 0,
    "restart": None,
    "stops": [],
    "before": False,
    "silence_agrees": True,
}


def add(apps, schema_editor):
    """Add it to the version that comes with Engage and to those that an office made of it."""
    for row in apps.get_model("calendars", "ClockProfile").objects.filter(family="cn-foi", valid_from__gte=FROM):
        if all(target["name"] != TARGET["name"] for target in row.targets):
            row.targets = [*row.targets, TARGET]
            row.source = NEW if row.source == OLD else row.source
            row.save(update_fields=["targets", "source"])


def take_away(apps, schema_editor):
    """Undo `add`."""
    for row in apps.get_model("calendars", "ClockProfile").objects.filter(family="cn-foi", valid_from__gte=FROM):
        row.targets = [target for target in row.targets if target["name"] != TARGET["name"]]
        row.source = OLD if row.source == NEW else row.source
        row.save(update_fields=["targets", "source"])


class Migration(migrations.Migration):
    dependencies = [("calendars", "0002_shipped")]

    operations = [migrations.RunPython(add, take_away)]
