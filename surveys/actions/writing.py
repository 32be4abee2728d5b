"""Writing a questionnaire: beginning it, opening its next version, its definition, when it is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.publishing import gate
from surveys.answering import rules
from surveys.definition import model
from surveys.models import KEY_MOST, Questionnaire, Version

KIND = "questionnaire"
IN_WORK = (Version.State.DRAFT, Version.State.SUBMITTED)
# Addresses below /surveys/ that are no questionnaire.
RESERVED_KEYS = frozenset({"continue", "pictures"})
EMPTY = {"format": model.FORMAT, "languages": ["zh-hans", "en"]}


def check_editor(actor: Actor) -> None:
    """Raise Refused("not_allowed") for everybody but editors."""
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")


def _check_key(key: str) -> None:
    is_slug = key.isascii() and bool(key) and all(part.isalnum() for part in key.replace("_", "-").split("-"))
    if not is_slug or len(key) > KEY_MOST or key in RESERVED_KEYS:
        raise Refused("survey_key_of_address", most=KEY_MOST)


@transaction.atomic
def create_questionnaire(
    key: str, *, department_id: int, definition: Mapping[str, Any] | None = None, actor: Actor
) -> Version:
    """Begin a questionnaire with its first version; returns the version.

    `key` is its address for ever: letters, digits and hyphens. Raises Refused("not_allowed"),
    Refused("survey_key_of_address"), Refused("survey_key_taken"), Refused("survey_definition_unreadable", errors=...).
    """
    check_editor(actor)
    _check_key(key)
    plain = _readable(definition if definition is not None else EMPTY)
    try:
        with transaction.atomic():
            questionnaire = Questionnaire.objects.create(key=key, department_id=department_id, created_by=_user(actor))
    except IntegrityError:
        if Questionnaire.objects.filter(key=key).exists():
            raise Refused("survey_key_taken", key=key) from None
        raise
    version = Version.objects.create(questionnaire=questionnaire, definition=plain, author=_user(actor))
    _wrote(version, actor)
    journal.record(actor, "questionnaire.created", questionnaire, key=key)
    return version


@transaction.atomic
def open_version(questionnaire_id: int, *, actor: Actor) -> Version:
    """Open the next version, which begins as the last one, or return the one that is in work."""
    check_editor(actor)
    questionnaire = Questionnaire.objects.visible_to(actor).select_for_update().get(pk=questionnaire_id)
    if (open_one := questionnaire.versions.filter(state__in=IN_WORK).first()) is not None:
        return open_one
    last = questionnaire.versions.order_by("-number").first()
    number = (questionnaire.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = Version.objects.create(
        questionnaire=questionnaire,
        number=number,
        definition=last.definition if last is not None else EMPTY,
        author=_user(actor),
    )
    _wrote(version, actor)
    journal.record(actor, "questionnaire.version_opened", questionnaire, number=number)
    return version


def locked(version_id: int, actor: Actor) -> Version:
    """Return a version the actor may see, locked; raises Version.DoesNotExist."""
    found = Version.objects.visible_to(actor).select_for_update(of=("self",))
    return found.select_related("questionnaire__department").get(pk=version_id)


def editable(version_id: int, revision: int, actor: Actor) -> Version:
    """Lock a version in work for a change and count the change.

    Raises Refused("not_allowed"), Refused("survey_not_in_work") for one that is public or was, and
    Refused("survey_changed_meanwhile") when somebody else was faster.
    """
    check_editor(actor)
    version = locked(version_id, actor)
    if version.state not in IN_WORK:
        raise Refused("survey_not_in_work")
    if version.revision != revision:
        raise Refused("survey_changed_meanwhile")
    version.revision += 1
    version.save(update_fields=["revision"])
    _wrote(version, actor)
    return version


@transaction.atomic
def write_definition(version_id: int, definition: Mapping[str, Any], *, revision: int, actor: Actor) -> Version:
    """Write the definition of a version in work; sign-offs on what changes are void.

    Raises Refused("survey_definition_unreadable", errors=...) and those of every change.
    """
    plain = _readable(definition)
    version = editable(version_id, revision, actor)
    version.definition = plain
    version.save(update_fields=["definition"])
    gate.touched(KIND, version, actor=actor, now=timezone.now())
    journal.record(actor, "questionnaire.written", version, number=version.number, revision=version.revision)
    return version


@transaction.atomic
def set_period(
    questionnaire_id: int, *, opens_at: datetime | None, closes_at: datetime | None, revision: int, actor: Actor
) -> Questionnaire:
    """Set when answers are taken; of a version in review the sign-offs are void.

    What the public was told holds: once answers are taken the beginning stays, and the end moves to later only. Raises
    Refused("survey_period_wrong"), Refused("survey_period_told"), Refused("survey_changed_meanwhile"),
    Refused("not_allowed").
    """
    check_editor(actor)
    questionnaire = Questionnaire.objects.visible_to(actor).select_for_update().get(pk=questionnaire_id)
    if questionnaire.revision != revision:
        raise Refused("survey_changed_meanwhile")
    is_public = questionnaire.versions.filter(state=Version.State.PUBLISHED).exists()
    before = rules.Period(questionnaire.opens_at, questionnaire.closes_at)
    rules.check_period(rules.Period(opens_at, closes_at), before if is_public else None, timezone.now())
    questionnaire.opens_at, questionnaire.closes_at = opens_at, closes_at
    questionnaire.revision += 1
    questionnaire.save(update_fields=["opens_at", "closes_at", "revision"])
    for version in questionnaire.versions.filter(state__in=IN_WORK):
        gate.touched(KIND, version, actor=actor, now=timezone.now())
    journal.record(
        actor,
        "questionnaire.period_set",
        questionnaire,
        opens_at=opens_at.isoformat() if opens_at else "",
        closes_at=closes_at.isoformat() if closes_at else "",
    )
    return questionnaire


@transaction.atomic
def set_embed_hosts(questionnaire_id: int, hosts: Sequence[str], *, revision: int, actor: Actor) -> Questionnaire:
    """Say which sites may show a questionnaire in a frame; none: nobody may.

    Raises Refused("survey_changed_meanwhile"), Refused("not_allowed").
    """
    check_editor(actor)
    questionnaire = Questionnaire.objects.visible_to(actor).select_for_update().get(pk=questionnaire_id)
    if questionnaire.revision != revision:
        raise Refused("survey_changed_meanwhile")
    questionnaire.embed_hosts = list(hosts)
    questionnaire.revision += 1
    questionnaire.save(update_fields=["embed_hosts", "revision"])
    journal.record(actor, "questionnaire.embed_hosts", questionnaire, hosts=list(hosts))
    return questionnaire


def _readable(definition: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return model.dump(model.parse(definition))
    except model.Unreadable as found:
        raise Refused("survey_definition_unreadable", errors=found.errors) from found


def _user(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None


def _wrote(version: Version, actor: Actor) -> None:
    if isinstance(actor, User):
        version.writers.add(actor)
