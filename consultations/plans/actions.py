"""Every write of the plan: stages, follows, what followers are told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from consultations.calls.models import Extension
from consultations.models import Consultation
from consultations.plans import letters, rules
from consultations.plans.models import Follow, Notice, Policy, StageMove
from consultations.rules import last_moment
from engage.accounts.actors import ANYONE, SYSTEM, Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation.models import Contact
from engage.participation.rules import retention_end
from engage.participation.vault import blind_index, normalised_email
from engage.search import actions as search

UNCONFIRMED = timedelta(days=7)
_SALT = "plan-follow"


@transaction.atomic
def record_move(
    policy_id: int, *, stage: str, on: date, note_zh: str = "", note_en: str = "", now: datetime, actor: Actor
) -> StageMove:
    """Write down that a policy reached a stage; its followers are told.

    Raises Refused("not_allowed"), Refused("note_in_one_language") and the refusals of `rules.check_move`.
    """
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    policy = Policy.objects.select_for_update().get(pk=policy_id)
    if bool(note_zh.strip()) != bool(note_en.strip()):
        raise Refused("note_in_one_language")
    last = policy.moves.last()
    rules.check_move(
        stage,
        on,
        before=last.stage if last else "",
        before_on=last.on if last else None,
        today=timezone.localdate(now),
    )
    move = StageMove.objects.create(
        policy=policy,
        stage=stage,
        on=on,
        note_zh=note_zh.strip(),
        note_en=note_en.strip(),
        recorded_at=now,
        by=actor if isinstance(actor, User) else None,
    )
    journal.record(actor, "policy.moved", policy, stage=stage, on=on.isoformat())
    Notice.objects.create(policy=policy, kind=Notice.Kind.MOVED, ref=move.pk, at=now, happened_at=now)
    search.index(policy)
    return move


@transaction.atomic
def ask_to_follow(about: Policy | Consultation, *, email: str, language: str, now: datetime, actor: Actor) -> Follow:
    """Write the letter that asks an address whether it wants to follow; who follows already is told so by letter."""
    place = {"policy": about} if isinstance(about, Policy) else {"call": about}
    index = blind_index("email", normalised_email(email))
    # Locked: of two equal requests at once, the second finds what the first wrote.
    type(about).objects.select_for_update(no_key=True).get(pk=about.pk)
    follow = Follow.objects.filter(**place, email_index=index).select_related("contact").first()
    if follow is None:
        contact = Contact.objects.create(email=email.strip(), email_index=index, delete_after=now + UNCONFIRMED)
        follow = Follow.objects.create(**place, contact=contact, email_index=index, language=language, asked_at=now)
        journal.record(actor, "follow.asked", follow)
    elif follow.confirmed_at is None:  # the new letter promises as many days, and is written in this language
        follow.language, follow.contact.delete_after = language, now + UNCONFIRMED
        follow.save(update_fields=["language"])
        follow.contact.save(update_fields=["delete_after"])
    subject, body = letters.asked(follow, signed(follow))
    participation.enqueue_letter(follow.contact, subject=subject, body=body)
    return follow


def signed(follow: Follow) -> str:
    """Return what a letter's links carry."""
    return signing.dumps([follow.pk, follow.email_index[:16]], salt=_SALT)


def follow_of(signature: str) -> Follow | None:
    """Return the follow a link belongs to; None for a forged link and for one that is over."""
    pk, index = _read(signature) or (0, "")
    found = Follow.objects.select_related("policy", "call", "contact")
    return found.filter(pk=pk, email_index__startswith=index).first()


def is_signed(signature: str) -> bool:
    """Tell whether a link is one of ours, over or not."""
    return _read(signature) is not None


def _read(signature: str) -> tuple[int, str] | None:
    try:
        pk, index = signing.loads(signature, salt=_SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return pk, index


@transaction.atomic
def confirm_follow(follow_id: int, *, now: datetime, actor: Actor) -> Follow:
    """Let a follow count; a second time changes nothing."""
    follow = Follow.objects.select_for_update(of=("self",)).select_related("contact").get(pk=follow_id)
    if follow.confirmed_at is None:
        follow.confirmed_at = now
        follow.save(update_fields=["confirmed_at"])
        _keep(follow.contact, now)
        journal.record(actor, "follow.confirmed", follow)
    return follow


@transaction.atomic
def end_follow(follow_id: int, *, actor: Actor) -> None:
    """End a follow and forget the address with all letters that wait for it."""
    follow = Follow.objects.filter(pk=follow_id).select_related("contact").first()
    if follow is not None:
        journal.record(actor, "follow.ended", follow)
        follow.contact.delete()


def _keep(contact: Contact, now: datetime) -> None:
    contact.delete_after = retention_end(now, settings.CONTACT_RETENTION_DAYS)
    contact.save(update_fields=["delete_after"])


def move_with_calls(*, now: datetime) -> int:
    """Move public policies whose calls opened or closed, and note what followers are told; returns how many."""
    public = Policy.objects.visible_to(ANYONE, now)
    followed = Exists(Follow.objects.filter(call=OuterRef("pk"))) | Exists(public.filter(calls=OuterRef("pk")))
    visible = Consultation.objects.visible_to(ANYONE)
    done = sum(_note(call, now) for call in visible.filter(followed))
    for policy in public.filter(calls__isnull=False).distinct():
        done += sum(_stages_of_call(policy, call, now) for call in policy.calls.filter(pk__in=visible))
    return done


@transaction.atomic
def _note(call: Consultation, now: datetime) -> int:
    """Note what happened to a call and was not noted yet."""
    events = [
        (Notice.Kind.EXTENDED.value, pk, at)
        for pk, at in Extension.objects.filter(consultation=call).values_list("pk", "at")
    ]
    if call.withdrawn_at is not None:
        events.append((Notice.Kind.WITHDRAWN.value, call.pk, call.withdrawn_at))
    elif call.opens_at <= now < call.closes_at:
        events.append((Notice.Kind.OPENED.value, call.pk, call.opens_at))
    known = set(Notice.objects.filter(call=call).values_list("kind", "ref"))
    fresh = [event for event in events if event[:2] not in known]
    Notice.objects.bulk_create(
        Notice(call=call, kind=kind, ref=ref, at=now, happened_at=happened_at) for kind, ref, happened_at in fresh
    )
    return len(fresh)


def note_outcome(call: Consultation, *, now: datetime) -> None:
    """Let followers be told, inside the caller's transaction, that a call is answered; once, whatever is corrected."""
    Notice.objects.get_or_create(
        call=call, kind=Notice.Kind.ANSWERED, ref=call.pk, defaults={"at": now, "happened_at": now}
    )


@transaction.atomic
def _stages_of_call(policy: Policy, call: Consultation, now: datetime) -> int:
    """A call on a draft opens one stage and closes into the next; a look back at a policy in force moves nothing."""
    if call.kind != Consultation.Kind.DRAFT or call.withdrawn_at is not None:
        return 0
    reached = [(Policy.Stage.CONSULTATION, call.opens_at), (Policy.Stage.REVIEW, last_moment(call.closes_at))]
    done = 0
    for stage, moment in reached:
        last = policy.moves.last()
        day = timezone.localdate(moment)
        over = moment > now or (last is not None and last.on > day)
        if over or policy.moves.filter(stage=stage, call=call).exists() or (last is not None and last.stage == stage):
            continue
        StageMove.objects.create(policy=policy, stage=stage, on=day, recorded_at=now, call=call)
        journal.record(SYSTEM, "policy.moved", policy, stage=stage.value, on=day.isoformat(), call=call.slug)
        done += 1
    if done:
        search.index(policy)
    return done


@transaction.atomic
def write_letters(*, now: datetime, limit: int = 200) -> int:
    """Write the next letters to followers; each address hears of a thing once. Returns how many were written.

    What happened to a policy or a call that is hidden meanwhile waits until it is public again.
    """
    written = 0
    public = Q(policy__in=Policy.objects.visible_to(ANYONE, now)) | Q(call__in=Consultation.objects.visible_to(ANYONE))
    owing = Notice.objects.filter(public, lettered_at=None).select_related("policy", "call").order_by("pk")
    for notice in owing.select_for_update(of=("self",))[:20]:
        followers = list(
            _told_of(notice, now)
            .filter(pk__gt=notice.lettered_up_to)
            .select_related("contact", "policy", "call")
            .order_by("pk")[:limit]
        )
        for follow in followers:
            signature = signed(follow)
            subject, body = letters.told(notice, follow, signature)
            participation.enqueue_letter(
                follow.contact, subject=subject, body=body, unsubscribe=letters.one_click(follow, signature)
            )
            _keep(follow.contact, now)
        if followers:
            notice.lettered_up_to = followers[-1].pk
        if len(followers) < limit:
            notice.lettered_at = now
        notice.save(update_fields=["lettered_up_to", "lettered_at"])
        written += len(followers)
    return written


def _told_of(notice: Notice, now: datetime) -> QuerySet[Follow]:
    """Return whom a notice is for; of several follows with one address the first."""
    if notice.policy is not None:
        return Follow.objects.filter(policy=notice.policy, confirmed_at__lte=notice.at)
    policies = Policy.objects.visible_to(ANYONE, now).filter(calls=notice.call)
    audience = Follow.objects.filter(
        Q(call=notice.call, confirmed_at__lte=notice.happened_at)
        | Q(policy__in=policies.values("pk"), confirmed_at__lte=notice.at)
    )
    earlier = audience.filter(email_index=OuterRef("email_index"), pk__lt=OuterRef("pk"))
    return audience.exclude(Exists(earlier))
