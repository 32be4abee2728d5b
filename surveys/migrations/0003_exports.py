import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import engage.participation.models
from engage.migrating import CreateTables

KINDS = [
    ("csv", "CSV"),
    ("xlsx", "XLSX"),
    ("sav", "SPSS"),
    ("parquet", "Parquet"),
    ("json", "JSON"),
    ("personal", "JSON with what says who somebody is"),
]
STATES = [
    ("waiting", "waiting"),
    ("running", "being made"),
    ("ready", "ready"),
    ("cancelled", "cancelled"),
    ("failed", "failed"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0002_frozen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Export",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(choices=KINDS, max_length=10)),
                        ("language", models.CharField(max_length=10)),
                        ("filters", models.JSONField(blank=True, default=dict)),
                        ("ordered_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("state", models.CharField(choices=STATES, default="waiting", max_length=10)),
                        ("done", models.PositiveIntegerField(default=0)),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("moved_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("take", models.PositiveIntegerField(default=0)),
                        ("lost", models.PositiveSmallIntegerField(default=0)),
                        (
                            "file",
                            models.FileField(
                                blank=True, storage=engage.participation.models.private_storage, upload_to=""
                            ),
                        ),
                        ("size", models.PositiveBigIntegerField(default=0)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "ordered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "questionnaire",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="exports",
                                to="surveys.questionnaire",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(state="ready") & ~models.Q(file="")
                                | ~models.Q(state="ready") & models.Q(file=""),
                                name="survey_export_file",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(state__in=["waiting", "running"], expires_at=None)
                                | models.Q(state__in=["ready", "cancelled", "failed"], expires_at__isnull=False),
                                name="survey_export_expires",
                            ),
                        ],
                    },
                ),
            ]
        )
    ]
