"""What the public's side keeps beside a case: files that wait, what was asked for at the form, answers that helped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Role, System, has_role
from engage.departments.models import Department
from engage.participation.models import Contact, Held
from engage.participation.vault import SealedTextField
from mailbox.models import DESK_ROLES, Case

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class HeldFile(Held):
    """A file of a letter that is not sent yet; deleted with the session.

    `letter` is the keyed hash of the letter's token, so that only the session that put it there takes it along.
    """

    letter = models.CharField(max_length=64, db_index=True)


class Delivery(models.TextChoices):
    """How somebody wants the information that was asked for."""

    ONLINE = "online", _("On the page of the receipt")
    EMAIL = "email", _("By e-mail")
    POST = "post", _("By post, on paper")
    COLLECT = "collect", _("I collect it at the counter")


class WishQuerySet(models.QuerySet["Wish"]):
    """Reads of what was asked for."""

    def visible_to(self, actor: Actor) -> Any:
        """Whoever sees the case sees it."""
        return self.filter(case__in=Case.objects.visible_to(actor))


class Wish(models.Model):
    """What a sender asked for beside the words: a unit, and how information is to be handed over.

    The unit is a hint for the officer who passes the case on; the case still goes to the receiving unit first.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="wish")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    delivery = models.CharField(max_length=10, choices=Delivery, blank=True)

    objects = WishQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.case_id} {self.delivery}"


class PostalAddress(models.Model):
    """Where a sender lives, where the law asks for it: encrypted, and gone together with the contact."""

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, primary_key=True, related_name="postal_address")
    text = SealedTextField()

    def __str__(self) -> str:
        return f"address {self.contact_id}"


class AnswerFoundQuerySet(models.QuerySet["AnswerFound"]):
    """Reads of what was enough."""

    def visible_to(self, actor: Actor) -> AnswerFoundQuerySet:
        """Whoever works on cases, analysts and administrators read it; everybody else the sums (`performance`)."""
        roles = (*DESK_ROLES, Role.ANALYST, Role.ADMINISTRATOR)
        return self.all() if isinstance(actor, System) or has_role(actor, *roles) else self.none()


class AnswerFound(models.Model):
    """That a published answer was enough, so that no case was opened. Says nothing about who asked or what.

    `token_digest` is the keyed hash of the unsent letter's token: pressing twice counts once.
    """

    token_digest = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=32)
    language = models.CharField(max_length=10)
    url = models.TextField()
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = AnswerFoundQuerySet.as_manager()

    def __str__(self) -> str:
        return self.url
