import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


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
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        blank=True, related_name="policies", to="consultations.consultation", verbose_name="calls"
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
            ],
            options={
                "verbose_name": "planned policy",
                "verbose_name_plural": "forward plan",
                "ordering": ["expected_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("moved", "a stage"),
                            ("opened", "a call opened"),
                            ("extended", "a call was extended"),
                            ("withdrawn", "a call was withdrawn"),
                            ("answered", "the outcome of a call"),
                        ],
                        max_length=12,
                    ),
                ),
                ("ref", models.BigIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("happened_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lettered_up_to", models.BigIntegerField(default=0)),
                ("lettered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "call",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="consultations.consultation",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="plans.policy",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("policy", "kind", "ref"), name="notice_once"),
                    models.UniqueConstraint(fields=("call", "kind", "ref"), name="notice_of_call_once"),
                    models.CheckConstraint(
                        condition=models.Q(("policy__isnull", True), ("call__isnull", True), _connector="XOR"),
                        name="notice_of_one_thing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email_index", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=10)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="follow", to="participation.contact"
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="consultations.consultation",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="plans.policy",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("policy", "email_index"), name="follow_once"),
                    models.UniqueConstraint(fields=("call", "email_index"), name="follow_call_once"),
                    models.CheckConstraint(
                        condition=models.Q(("policy__isnull", True), ("call__isnull", True), _connector="XOR"),
                        name="follow_one_thing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StageMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
