import modelcluster.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pages", "0002_studio")]
    operations = [
        migrations.AddField(
            model_name="articlepage",
            name="topics",
            field=modelcluster.fields.ParentalManyToManyField(blank=True, to="pages.topic", verbose_name="topics"),
        ),
    ]
