"""Inviting people by letter, each with a link of their own, and reminding those who have not answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from engage.accounts.actors import SYSTEM, Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation.models import Contact
from engage.participation.vault import blind_index, normalised_email
from surveys import letters, queries
from surveys.actions.writing import check_editor
from surveys.answering import links, rules
from surveys.models import Invitation, Questionnaire

# Nobody is written to again sooner.
BETWEEN_REMINDERS = timedelta(days=3)
AT_ONCE = 500


@dataclass(frozen=True)
class Invitee:
    """Somebody to be asked: an address, the language of the letter, and perhaps a group for the study panel."""

    email: str
    language: str = "zh-hans"
    group: str = ""


@dataclass(frozen=True)
class Invited:
    """How many were invited, and how many of the list were invited before."""

    new: int
    known: int


def _by_invitation(questionnaire_id: int, now: datetime, actor: Actor) -> queries.Shown:
    """Return what is published of a questionnaire for invited people; locks it, so that no two invite at once."""
    check_editor(actor)
    questionnaire = Questionnaire.objects.visible_to(actor).select_for_update().get(pk=questionnaire_id)
    shown = queries.published(questionnaire.key, language="", actor=SYSTEM, now=now)
    if shown is None or questionnaire.access != Questionnaire.Access.INVITED:
        raise Refused("survey_not_by_invitation")
    if not shown.is_on_web:
        raise Refused("survey_other_way")
    if shown.state == "closed":
        rules.check_open(queries.period_of(questionnaire), now)
    return shown


@transaction.atomic
def invite(questionnaire_id: int, people: Iterable[Invitee], *, wave: int = 1, now: datetime, actor: Actor) -> Invited:
    """Invite people who were not invited yet; each gets a letter with a link that can be used once.

    The secret of a link stands in its letter alone, which the outbox keeps encrypted until it has gone and empties
    then. Raises Refused("not_allowed"), Refused("survey_not_by_invitation"), Refused("survey_other_way") where letters
    would lead to nothing to fill in, Refused("survey_closed"),
    Refused("survey_address_wrong", line=...), Refused("survey_language_unknown", line=...); then nobody is invited.
    """
    shown = _by_invitation(questionnaire_id, now, actor)
    wanted = _checked(people)
    known = _known(questionnaire_id, wanted)
    fresh = [(index, one) for index, one in wanted.items() if index not in known]
    until = (shown.questionnaire.closes_at or now) + timedelta(days=settings.CONTACT_RETENTION_DAYS)
    for start in range(0, len(fresh), AT_ONCE):
        _invite_some(shown, fresh[start : start + AT_ONCE], wave=wave, until=until, now=now)
    journal.record(actor, "questionnaire.invited", shown.questionnaire, wave=wave, people=len(fresh))
    return Invited(len(fresh), len(wanted) - len(fresh))


def _checked(people: Iterable[Invitee]) -> dict[str, Invitee]:
    """Return who is meant by the index of the address: who stands there twice is one person."""
    wanted: dict[str, Invitee] = {}
    for line, one in enumerate(people, start=1):
        try:
            validate_email(one.email.strip())
        except ValidationError:
            raise Refused("survey_address_wrong", line=line) from None
        if one.language not in settings.LANGUAGE_PATHS:
            raise Refused("survey_language_unknown", line=line)
        wanted.setdefault(blind_index("email", normalised_email(one.email)), one)
    return wanted


def _known(questionnaire_id: int, wanted: dict[str, Invitee]) -> set[str]:
    indexes = list(wanted)
    found: set[str] = set()
    for start in range(0, len(indexes), AT_ONCE):
        some = Invitation.objects.filter(
            questionnaire=questionnaire_id, contact__email_index__in=indexes[start : start + AT_ONCE]
        )
        found.update(some.values_list("contact__email_index", flat=True))
    return found


def _invite_some(
    shown: queries.Shown, fresh: list[tuple[str, Invitee]], *, wave: int, until: datetime, now: datetime
) -> None:
    contacts = Contact.objects.bulk_create(
        [Contact(email=one.email.strip(), email_index=index, delete_after=until) for index, one in fresh]
    )
    secrets = [links.new_secret() for _ in fresh]
    Invitation.objects.bulk_create(
        Invitation(
            questionnaire=shown.questionnaire,
            digest=links.invited_digest(secret),
            contact=contact,
            language=one.language,
            wave=wave,
            group=one.group[:60],
            created_at=now,
        )
        for (_index, one), contact, secret in zip(fresh, contacts, secrets, strict=True)
    )
    for (_index, one), contact, secret in zip(fresh, contacts, secrets, strict=True):
        subject, body = letters.invited(shown, one.language, secret)
        participation.enqueue_letter(contact, subject=subject, body=body)


@transaction.atomic
def remind(questionnaire_id: int, *, wave: int | None = None, now: datetime, actor: Actor) -> int:
    """Write to those who, as far as is known, have not answered; returns to how many.

    The letter asks for the first one, for its link is kept nowhere. Raises Refused("not_allowed"),
    Refused("survey_not_by_invitation"), Refused("survey_closed").
    """
    shown = _by_invitation(questionnaire_id, now, actor)
    waiting = (
        Invitation.objects.visible_to(actor)
        .filter(questionnaire=questionnaire_id, created_at__lte=now - BETWEEN_REMINDERS, contact__isnull=False)
        .filter(Q(reminded_at=None) | Q(reminded_at__lte=now - BETWEEN_REMINDERS))
        .unanswered()
        .select_related("contact")
    )
    if wave is not None:
        waiting = waiting.filter(wave=wave)
    written = 0
    for invitation in waiting:
        if invitation.contact is None:
            continue
        subject, body = letters.reminded(shown, invitation)
        participation.enqueue_letter(invitation.contact, subject=subject, body=body)
        written += 1
    Invitation.objects.filter(pk__in=[invitation.pk for invitation in waiting]).update(reminded_at=now)
    journal.record(actor, "questionnaire.reminded", shown.questionnaire, wave=wave or 0, people=written)
    return written
