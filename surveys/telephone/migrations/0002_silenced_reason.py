from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("telephone", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="donotcall",
            name="reason",
            field=models.CharField(
                choices=[
                    ("asked", "They asked not to be called"),
                    ("complaint", "They complained"),
                    ("register", "It is on a public register"),
                    ("office", "The office decided so"),
                ],
                default="asked",
                max_length=10,
            ),
        ),
    ]
