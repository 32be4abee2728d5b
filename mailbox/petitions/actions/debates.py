"""Debates and hearings: planned, held or called off at the desk; the public reads what the gate let go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from engage.accounts.actors import SYSTEM, Actor, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import timeline
from engage.publishing import gate
from mailbox.actions.steps import apply_step, locked_case
from mailbox.petitions.actions import announcing
from mailbox.petitions.answering import building, rules
from mailbox.petitions.models import MODERATORS, Crossing, Debate, Petition, PetitionEvent, Threshold

KIND = "petition_debate"
CONCLUDE = "conclude"


@dataclass(frozen=True)
class DebateWords:
    """What is written about a debate. `held`: None while it is planned, False when it was called off."""

    kind: str
    on: date | None = None
    place_zh: str = ""
    place_en: str = ""
    video: str = ""
    transcript: str = ""
    what_zh: str = ""
    what_en: str = ""
    held: bool | None = None


@transaction.atomic
def plan_debate(petition_id: int, words: DebateWords, *, actor: Actor, now: datetime) -> Debate:
    """Begin to prepare a debate or hearing about a petition.

    Raises Petition.DoesNotExist, Refused("not_allowed"), Refused("debate_not_yet") for a petition that was never
    published, Refused("debate_too_long", most=...).
    """
    petition = Petition.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=petition_id)
    _check(actor, words)
    if petition.opened_at is None or not Petition.objects.public().filter(pk=petition.pk).exists():
        raise Refused("debate_not_yet")
    debate = Debate.objects.create(petition=petition, at=now, by=_user(actor), **vars(words))
    _wrote(debate, actor)
    journal.record(actor, "debate.begun", debate, petition=petition.pk, kind=words.kind)
    return debate


@transaction.atomic
def edit_debate(debate_id: int, words: DebateWords, *, revision: int | None, actor: Actor, now: datetime) -> Debate:
    """Change what is written about a debate; sign-offs that it touches are void, the public reads what was released.

    Raises Debate.DoesNotExist, Refused("not_allowed"), Refused("debate_changed") for an older view,
    Refused("debate_too_long", most=...).
    """
    debate = Debate.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=debate_id)
    _check(actor, words)
    if revision is not None and revision != debate.revision:
        raise Refused("debate_changed")
    for name, value in vars(words).items():
        setattr(debate, name, value)
    debate.revision += 1
    debate.save(update_fields=[*vars(words), "revision"])
    _wrote(debate, actor)
    stage = rules.stage_of(held=debate.held, has_day=debate.on is not None)
    journal.record(actor, "debate.edited", debate, petition=debate.petition_id, stage=stage)
    gate.touched(KIND, debate, actor=actor, now=now)
    return debate


def _check(actor: Actor, words: DebateWords) -> None:
    if not has_role(actor, *MODERATORS):
        raise Refused("not_allowed")
    if max(len(words.what_zh), len(words.what_en)) > rules.WORDS_MOST:
        raise Refused("debate_too_long", most=rules.WORDS_MOST)
    if max(len(words.place_zh), len(words.place_en)) > rules.PLACE_MOST:
        raise Refused("debate_too_long", most=rules.PLACE_MOST)


def _user(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None


def _wrote(debate: Debate, actor: Actor) -> None:
    if isinstance(actor, User):
        debate.writers.add(actor)


# --- the gate calls these in its own transaction ----------------------------------------------------------------------


@transaction.atomic
def publish(debate: Debate, /, *, now: datetime, actor: Actor) -> None:
    """Freeze what was signed and let everybody read it.

    A new stage, or another day of a plan, is told to the public, the starter and signers; the same twice to nobody.
    Raises Refused("debate_incomplete"), Refused("release_changed") for what is no longer as it was signed.
    """
    petition = Petition.objects.select_for_update(of=("self",)).select_related("submission").get(pk=debate.petition_id)
    debate = Debate.objects.select_for_update().get(pk=debate.pk)
    built = building.build(debate)
    if built.lacks:
        raise Refused("debate_incomplete")
    gate.require_signed(KIND, debate, built.hash)
    before = debate.content.get("stage", "") if debate.is_public else ""
    stage = built.content["stage"]
    if before == stage:
        debate.revised_at = now
    else:
        debate.published_at, debate.revised_at = now, None
    debate.content, debate.content_hash, debate.taken_down_at = built.content, built.hash, None
    debate.save(update_fields=["content", "content_hash", "published_at", "revised_at", "taken_down_at"])
    journal.record(actor, "debate.published", debate, petition=petition.pk, sha256=debate.content_hash)
    _show_state(petition)
    if event := rules.event_of(stage, built.content["on"], _told(debate)):
        _tell(petition, debate, *event, now=now)
    if stage in (rules.HELD, rules.NONE):
        _conclude(petition, now)


@transaction.atomic
def unpublish(debate: Debate, /, *, now: datetime, actor: Actor) -> None:
    """Take it from the public again; again: nothing changes."""
    petition = Petition.objects.select_for_update(of=("self",)).get(pk=debate.petition_id)
    debate = Debate.objects.select_for_update().get(pk=debate.pk)
    if not debate.is_public:
        return
    debate.taken_down_at = now
    debate.save(update_fields=["taken_down_at"])
    journal.record(actor, "debate.taken_down", debate, petition=petition.pk)
    _show_state(petition)


def _show_state(petition: Petition) -> None:
    """Bring the petition's column in step with what is released of its debates."""
    stages = [row.content["stage"] for row in Debate.objects.public().filter(petition=petition)]
    is_owed = Crossing.objects.filter(petition=petition, kind=Threshold.Kind.DEBATE).exists()
    petition.debate_state = rules.debate_state(stages, is_owed=is_owed)
    petition.save(update_fields=["debate_state"])


def _told(debate: Debate) -> tuple[str, str | None] | None:
    """Return what was told of a debate last, whether that is public now or not."""
    last = PetitionEvent.objects.filter(petition=debate.petition_id, params__debate=debate.pk).order_by("pk").last()
    return (last.code, last.params.get("debate_on")) if last else None


def _tell(petition: Petition, debate: Debate, code: str, day: str | None, *, now: datetime) -> None:
    params = {"kind": debate.kind, "debate": debate.pk}
    said = {}
    if day:
        params["debate_on"] = day
        said["day"] = {"day": day}
    event = PetitionEvent.objects.create(petition=petition, at=now, code=code, params=params)
    timeline.add(petition.submission, f"petition.{code}", at=now, **said)
    announcing.announce(event, rules.LETTERS[code])


def _conclude(petition: Petition, now: datetime) -> None:
    """Close the case that the debate was owed in."""
    crossing = Crossing.objects.filter(petition=petition, kind=Threshold.Kind.DEBATE, case__isnull=False).first()
    if crossing is None or crossing.case_id is None:
        return
    case = locked_case(crossing.case_id, SYSTEM)
    step = case.machine.transition(CONCLUDE)
    if case.state in step.sources:
        apply_step(case, step, actor=SYSTEM, now=now)
