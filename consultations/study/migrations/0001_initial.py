import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("consultations", "0002_studio"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MethodNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10)),
                ("publicised", models.TextField(blank=True, verbose_name="how the call was made known")),
                ("reached", models.TextField(blank=True, verbose_name="who was reached, and who was not")),
                ("limits", models.TextField(blank=True, verbose_name="what the figures do not say")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "consultation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="method_notes",
                        to="consultations.consultation",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["consultation_id", "language"],
                "constraints": [
                    models.UniqueConstraint(fields=("consultation", "language"), name="method_note_per_language")
                ],
            },
        ),
    ]
