import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from engage.migrating import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("consultations", "0002_studio"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Evidence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title_zh", models.CharField(max_length=200, verbose_name="title in Chinese")),
                        ("title_en", models.CharField(max_length=200, verbose_name="title in English")),
                        ("source_zh", models.CharField(max_length=200, verbose_name="source in Chinese")),
                        ("source_en", models.CharField(max_length=200, verbose_name="source in English")),
                        ("dated", models.DateField(verbose_name="date of the document")),
                        (
                            "consultation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="evidence",
                                to="consultations.consultation",
                                verbose_name="consultation",
                            ),
                        ),
                        (
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="wagtaildocs.document",
                                verbose_name="document",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "evidence document",
                        "verbose_name_plural": "evidence documents",
                        "ordering": ["-dated", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Extension",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("closed_before", models.DateTimeField(help_text="The close that had been announced.")),
                        ("closes_after", models.DateTimeField()),
                        ("reason_zh", models.TextField()),
                        ("reason_en", models.TextField()),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "consultation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="extensions",
                                to="consultations.consultation",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("closes_after__gt", models.F("closed_before"))),
                                name="extension_is_later",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reason_zh", ""), _negated=True),
                                    models.Q(("reason_en", ""), _negated=True),
                                ),
                                name="extension_has_a_reason",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
