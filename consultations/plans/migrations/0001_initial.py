import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from engage.migrating import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("consultations", "0002_studio"),
        ("departments", "0001_initial"),
        ("pages", "0002_studio"),
        ("participation", "0002_consent_texts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name="Policy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "slug",
                            models.SlugField(
                                help_text="The last part of the address, in Latin letters.",
                                max_length=80,
                                unique=True,
                                verbose_name="address",
                            ),
                        ),
                        ("title_zh", models.CharField(max_length=200, verbose_name="title in Chinese")),
                        ("title_en", models.CharField(max_length=200, verbose_name="title in English")),
                        ("summary_zh", models.TextField(verbose_name="summary in Chinese")),
                        ("summary_en", models.TextField(verbose_name="summary in English")),
                        (
                            "expected_on",
                            models.DateField(
                                blank=True,
                                help_text="The public reads the month only.",
                                null=True,
                                verbose_name="comments expected from",
                            ),
                        ),
                        (
                            "public_from",
                            models.DateTimeField(
                                blank=True,
                                help_text="Empty: the public does not see it.",
                                null=True,
                                verbose_name="in the public plan from",
                            ),
                        ),
                        (
                            "calls",
                            models.ManyToManyField(
                                blank=True,
                                related_name="policies",
                                to="consultations.consultation",
                                verbose_name="calls",
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="departments.department",
                                verbose_name="department in charge",
                            ),
                        ),
                        ("topics", models.ManyToManyField(blank=True, to="pages.topic", verbose_name="topics")),
                        (
                            "concerns",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Who follows one of them is told. None: it concerns everybody alike.",
                                related_name="+",
                                to="participation.aboutoption",
                                verbose_name="regions and groups concerned",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "planned policy",
                        "verbose_name_plural": "forward plan",
                        "ordering": ["expected_on", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="StageMove",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("planned", "Planned"),
                                    ("drafting", "Being drafted"),
                                    ("consultation", "Open for comments"),
                                    ("review", "Comments and draft under review"),
                                    ("adopted", "Adopted"),
                                    ("in_force", "In force"),
                                    ("reviewed", "Reviewed in practice"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("on", models.DateField()),
                        ("note_zh", models.TextField(blank=True)),
                        ("note_en", models.TextField(blank=True)),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                            "call",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="consultations.consultation",
                            ),
                        ),
                        (
                            "policy",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="plans.policy"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["recorded_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("call__isnull", False)),
                                fields=("policy", "stage", "call"),
                                name="call_moves_once",
                            )
                        ],
                    },
                ),
            ]
        ),
    ]
