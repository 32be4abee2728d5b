from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0004_studies"),
    ]

    operations = [
        migrations.AddField(
            model_name="questionnaire",
            name="embed_hosts",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
