"""How far somebody has come in the guided tour. It is the only thing that the real site keeps of practice."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class DoneStep(models.Model):
    """That a person did one step of one task in the practice site."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    task = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "task", "step"], name="one_row_per_done_step")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.task}/{self.step}"
