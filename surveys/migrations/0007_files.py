import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import engage.participation.models


class Migration(migrations.Migration):
    dependencies = [
        ("participation", "0001_initial"),
        ("surveys", "0006_library"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "file",
                    models.FileField(
                        storage=engage.participation.models.private_storage, upload_to="attachments/%Y/%m"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField(help_text="bytes")),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("sheet", models.CharField(db_index=True, editable=False, max_length=64)),
            ],
            options={
                "ordering": ["pk"],
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("name",), name="survey_held_file_once")],
            },
        ),
        migrations.CreateModel(
            name="AnswerFile",
            fields=[
                (
                    "attachment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="survey_answer",
                        serialize=False,
                        to="participation.attachment",
                    ),
                ),
                ("question", models.TextField()),
                ("stored", models.CharField(max_length=64, unique=True)),
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="surveys.response"
                    ),
                ),
            ],
            options={
                "ordering": ["stored"],
            },
        ),
    ]
