"""What the desk remembers of a person: saved views, keys on or off, the last action that can be taken back."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.departments.models import Department, Membership
from engage.desk.rules import VIEW_NAME_MAX_LENGTH


class SavedViewQuerySet(models.QuerySet):
    """Views that people made for themselves."""

    def visible_to(self, actor: Actor) -> "SavedViewQuerySet":
        """A saved view belongs to who made it; a shared one is there for a unit and those below it."""
        if not actor.pk:
            return self.none()
        inside = Membership.objects.filter(user_id=actor.pk, department__path__startswith=OuterRef("department__path"))
        return self.filter(Q(user_id=actor.pk) | Q(department__isnull=False) & Exists(inside))


class SavedView(models.Model):
    """A view of one queue with filters, under a name. `filters` maps "view", "q" and the queue's filters to values.

    With a unit it is shared: everybody of the unit and those below it has it, who made it changes it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    queue = models.CharField(_("queue"), max_length=40)
    name = models.CharField(_("name"), max_length=VIEW_NAME_MAX_LENGTH)
    filters = models.JSONField(default=dict)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("unit")
    )

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [models.UniqueConstraint(fields=["user", "queue", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """How one person likes the desk."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    single_keys = models.BooleanField(_("single-letter keys"), default=True)

    class Meta:
        verbose_name = _("desk preference")
        verbose_name_plural = _("desk preferences")

    def __str__(self) -> str:
        return str(self.user)


def new_token() -> str:
    """Return an unguessable name for one undo."""
    return secrets.token_urlsafe(18)


class Undo(models.Model):
    """The last action of a person and what its queue needs to take it back; one row each, replaced by the next."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    queue = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("undo")
        verbose_name_plural = _("undos")

    def __str__(self) -> str:
        return f"{self.queue}: {self.action}"
