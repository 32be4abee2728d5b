"""Every write of the gate: handing in, deciding, handing on, voiding what changed, and letting go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext
from wagtail.models import Page

from engage.accounts.actors import SYSTEM, Actor, Role, System, has_role, is_staff, roles_of, works_here
from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.errors import Refused
from engage.journal import actions as journal
from engage.publishing import alarms, registry, rules, signals
from engage.publishing.models import Release, ReleaseForm, Review
from engage.publishing.preflight.bundle import Finding
from engage.publishing.preflight.queries import blocking
from engage.publishing.preflight.words import sentence as preflight_sentence
from engage.publishing.reading import markup

# Forms of at most so many bytes are kept with the release; a larger one is told by its hash and its words.
KEPT_MOST = 1024 * 1024
TEXT_MOST = 500_000


# --- handing in -----------------------------------------------------------------------------------------------------


@transaction.atomic
def request(
    kind: str,
    obj: models.Model,
    *,
    actor: Actor,
    now: datetime,
    release_at: datetime | None = None,
    emergency: str | None = None,
    days: int = rules.DAYS_USUAL,
) -> Release:
    """Hand an object in: its forms are frozen with their hashes, and each key of its kind gets a review with a due day.

    What is handed in already is brought up to date instead. `emergency`: why one approver must be enough; the skipped
    reviews are made up for afterwards. Raises Refused("not_allowed"), Refused("release_incomplete", lacks=[...]),
    Refused("release_unchanged") when the public reads exactly this, and those of `rules.check_request`.
    """
    if not may_hand_in(obj, actor):
        raise Refused("not_allowed")
    rules.check_request(days=days, emergency=emergency or "", is_emergency=emergency is not None)
    gated, subject = registry.get(kind), registry.subject_of(kind)
    obj = _as_stored(subject, obj)
    if missing := lacks(kind, obj):
        raise Refused("release_incomplete", lacks=[sentence for sentence, _address in missing])
    forms = list(subject.forms(obj))
    hashes = {form.name: form.digest for form in forms}
    releases = Release.objects.select_for_update().filter(kind=kind, object_id=obj.pk)
    open_one = releases.open().first()
    if open_one is not None:
        _renew(open_one, forms, actor=actor, now=now)
        signals.moved.send(Release, release=open_one)
        return open_one
    content_hash = rules.manifest_hash(hashes)
    current = releases.filter(state=Release.State.RELEASED).first()
    if current is not None and current.content_hash == content_hash:
        raise Refused("release_unchanged")
    release = Release.objects.create(
        kind=kind,
        object_id=obj.pk,
        number=(releases.aggregate(last=Max("number"))["last"] or 0) + 1,
        title=subject.title(obj)[:300],
        content_hash=content_hash,
        requested_by=actor if isinstance(actor, User) else None,
        requested_at=now,
        release_at=release_at,
        emergency=(emergency or "").strip(),
    )
    release.writers.set(_writers(subject, obj, actor))
    _store_forms(release, forms)
    keys = gated.keys_for(obj)
    if release.emergency:
        keys = (registry.HEAD,)
    due = due_at(now, days)
    Review.objects.bulk_create(Review(release=release, key=key.code, due_at=due) for key in keys)
    journal.record(
        actor,
        "release.requested",
        release,
        kind=kind,
        object=obj.pk,
        sha256=content_hash,
        keys=[key.code for key in keys],
        emergency=release.emergency,
        release_at=release_at.isoformat() if release_at else "",
    )
    signals.moved.send(Release, release=release)
    return release


def _as_stored(subject: registry.Subject, obj: models.Model) -> models.Model:
    """What goes out is what is stored, not what somebody holds in memory."""
    return subject.model_class._default_manager.get(pk=obj.pk)


def lacks(kind: str, obj: models.Model) -> list[tuple[str, str]]:
    """Name all that keeps an object from being handed in, each with where to mend it, in the active language."""
    found = [(str(sentence), address) for sentence, address in registry.subject_of(kind).lacks(obj)]
    return [*found, *((_told(one), one.fix_url) for one in blocking(kind, obj))]


def _told(finding: Finding) -> str:
    told = {"where": finding.where, "sentence": preflight_sentence(finding)}
    return gettext("%(where)s: %(sentence)s") % told if finding.where else told["sentence"]


def may_hand_in(obj: models.Model, actor: Actor) -> bool:
    """Tell whether somebody hands an object in: a page who edits it, all else who works on the whole site."""
    if isinstance(obj, Page) and isinstance(actor, User):
        return works_here(actor) and obj.permissions_for_user(actor).can_edit()
    return is_staff(actor)


def due_at(now: datetime, days: int) -> datetime:
    """Return the end of the nth working day from now, as the office's calendar counts."""
    zone = ZoneInfo(settings.TIME_ZONE)
    calendar = calendars.work_calendar(settings.WORK_CALENDAR)
    day = calendar.add(now.astimezone(zone).date(), days)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def _writers(subject: registry.Subject, obj: models.Model, actor: Actor) -> set[int]:
    writers = set(subject.writers(obj))
    if isinstance(actor, User):
        writers.add(actor.pk)
    return writers


def _store_forms(release: Release, forms: Iterable[registry.Form]) -> None:
    if release.forms.exists():
        release.forms.all().delete()
    ReleaseForm.objects.bulk_create(
        ReleaseForm(
            release=release,
            name=form.name[:120],
            labels=_labels(form),
            media_type=form.media_type,
            language=form.language,
            sha256=form.digest,
            size=form.size or len(form.content),
            text=(form.text or _readable(form))[:TEXT_MOST].replace("\x00", ""),
            content=form.content if len(form.content) <= KEPT_MOST else b"",
        )
        for form in forms
    )


def _labels(form: registry.Form) -> dict[str, str]:
    """Return what a form is called in every language: others read of it than who handed it in."""
    labels = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            labels[language] = str(form.label)
    return labels


def _readable(form: registry.Form) -> str:
    if form.media_type.startswith("text/html"):
        try:
            return markup.read(form.content).text
        except Refused:
            # Nothing in it that anybody could read.
            return ""
    if form.media_type.startswith("text/") or form.media_type in ("application/json", "application/xml"):
        return form.content.decode("utf-8", "replace")
    return ""


@transaction.atomic
def take_back(release_id: int, *, now: datetime, actor: Actor) -> Release:
    """Stop a release that has not gone out; who handed it in or wrote in it may, and an editor.

    Raises Refused("not_allowed"), Refused("release_not_open").
    """
    release = _locked(release_id, actor)
    if not has_role(actor, Role.EDITOR) and not release.writers.filter(pk=actor.pk).exists():
        raise Refused("not_allowed")
    if not release.is_open:
        raise Refused("release_not_open")
    release.state = Release.State.TAKEN_BACK
    release.save(update_fields=["state"])
    journal.record(actor, "release.taken_back", release)
    signals.moved.send(Release, release=release)
    return release


def _locked(release_id: int, actor: Actor) -> Release:
    if not is_staff(actor):
        raise Refused("not_allowed")
    return Release.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=release_id)


# --- what changed meanwhile -----------------------------------------------------------------------------------------


@transaction.atomic
def touched(kind: str, obj: models.Model, *, actor: Actor, now: datetime | None = None) -> list[Review]:
    """Compare an object with what was handed in; the sign-offs on forms that changed are void. Returns those.

    Every action that edits an object calls this; what does not is found out before the release.
    """
    release = Release.objects.select_for_update().open().filter(kind=kind, object_id=obj.pk).first()
    if release is None:
        return []
    subject = registry.subject_of(kind)
    forms = list(subject.forms(_as_stored(subject, obj)))
    before = release.content_hash
    voided = _renew(release, forms, actor=actor, now=now or timezone.now())
    if release.content_hash != before:
        signals.moved.send(Release, release=release)
    return voided


def _renew(release: Release, forms: Sequence[registry.Form], *, actor: Actor, now: datetime) -> list[Review]:
    before = dict(release.forms.values_list("name", "sha256"))
    after = {form.name[:120]: form.digest for form in forms}
    changed = rules.changed_forms(before, after)
    if not changed:
        return []
    _store_forms(release, forms)
    if isinstance(actor, User):
        release.writers.add(actor)
    subject = registry.subject_of(release.kind)
    obj = subject.model_class._default_manager.filter(pk=release.object_id).first()
    if obj is not None:
        release.title = subject.title(obj)[:300]
        release.writers.add(*subject.writers(obj))
    release.content_hash = rules.manifest_hash(after)
    voided = [review for review in _decided(release) if _touches(release, review, changed)]
    for review in voided:
        _void(review, changed, actor=actor, now=now)
    release.state = Release.State.REVIEW
    release.save(update_fields=["title", "content_hash", "state"])
    journal.record(
        actor,
        "release.changed",
        release,
        sha256=release.content_hash,
        forms=changed,
        voided=[{"key": review.key, "by": review.decided_by_id or 0} for review in voided],
    )
    alarms.sign_offs_fell(release, voided)
    return voided


def _decided(release: Release) -> list[Review]:
    return list(
        release.reviews.select_for_update(of=("self",)).filter(state=Review.State.DECIDED).select_related("decided_by")
    )


def _touches(release: Release, review: Review, changed: Sequence[str]) -> bool:
    key = registry.get(release.kind).key(review.key)
    return any(key.covers_form(name) for name in changed)


def _void(review: Review, reason: Sequence[str], *, actor: Actor, now: datetime) -> None:
    review.state, review.voided_at, review.void_reason = Review.State.VOID, now, list(reason)
    review.save(update_fields=["state", "voided_at", "void_reason"])
    Review.objects.create(
        release_id=review.release_id,
        key=review.key,
        due_at=due_at(now, rules.DAYS_USUAL),
        assignee=review.assignee,
        afterwards=review.afterwards,
    )


# --- deciding -------------------------------------------------------------------------------------------------------


def holds(actor: Actor, kind: str, review: Review) -> bool:
    """Tell whether the actor may decide a review: by the role itself, not as an administrator, and if it is theirs."""
    if isinstance(actor, System):
        return True
    key = registry.get(kind).key(review.key)
    if not roles_of(actor) & set(key.roles):
        return False
    return review.assignee_id is None or review.assignee_id == actor.pk


@transaction.atomic
def decide(
    review_id: int,
    decision: str,
    *,
    content_hash: str,
    basis: str = "",
    comment: str = "",
    now: datetime,
    actor: Actor,
) -> Release:
    """Decide one review about exactly what was read; the last key that is turned lets the release go when it is time.

    `content_hash`: that of what the reviewer read. Raises Refused("not_allowed"), Refused("review_decided"),
    Refused("release_not_open"), Refused("release_changed") with what was read no longer being what would go out,
    Refused("sign_off_own"), Refused("review_second_key") and those of `rules.check_decision`.
    """
    if not is_staff(actor):
        raise Refused("not_allowed")
    release = Release.objects.select_for_update(of=("self",)).get(reviews=review_id)
    review = Review.objects.select_for_update(of=("self",)).get(pk=review_id)
    if not holds(actor, release.kind, review):
        raise Refused("not_allowed")
    if review.state != Review.State.WAITING:
        raise Refused("review_decided")
    if not release.is_open and not (review.afterwards and release.state == Release.State.RELEASED):
        raise Refused("release_not_open")
    rules.check_decision(decision, basis=basis, comment=comment, allowed=Review.Decision.values)
    others = release.reviews.filter(state=Review.State.DECIDED).exclude(decided_by=None)
    rules.check_signer(
        actor.pk,
        writers=set(release.writers.values_list("pk", flat=True)),
        signed_before=set(others.values_list("decided_by", flat=True)),
    )
    if content_hash != release.content_hash:
        raise Refused("release_changed")
    _keep_decision(release, review, decision, basis.strip(), comment.strip(), now, actor)
    if decision == Review.Decision.OPEN:
        release = _advance(release, now=now, actor=actor)
    else:
        release = _turn_away(release, review, now=now, actor=actor)
    signals.moved.send(Release, release=release)
    return release


def _keep_decision(
    release: Release, review: Review, decision: str, basis: str, comment: str, now: datetime, actor: Actor
) -> None:
    key = registry.get(release.kind).key(review.key)
    forms = release.forms.values_list("name", "sha256")
    review.state, review.decision, review.basis, review.comment = Review.State.DECIDED, decision, basis, comment
    review.decided_by = actor if isinstance(actor, User) else None
    review.decided_at = now
    review.signed = {name: digest for name, digest in forms if key.covers_form(name)}
    review.save()
    journal.record(
        actor,
        "release.signed" if decision == Review.Decision.OPEN else "release.refused",
        release,
        key=review.key,
        decision=decision,
        basis=basis,
        sha256=release.content_hash,
        forms=review.signed,
    )


def _turn_away(release: Release, review: Review, *, now: datetime, actor: Actor) -> Release:
    subject = registry.subject_of(release.kind)
    if release.state == Release.State.RELEASED:
        release.state = Release.State.TAKEN_DOWN
        release.save(update_fields=["state"])
        if subject.unpublish is not None:
            obj = subject.model_class._default_manager.get(pk=release.object_id)
            subject.unpublish(obj, now=now, actor=actor)
        journal.record(actor, "release.taken_down", release, key=review.key)
    else:
        withheld = review.decision == Review.Decision.WITHHOLD
        release.state = Release.State.WITHHELD if withheld else Release.State.RETURNED
        release.save(update_fields=["state"])
        journal.record(actor, "release.withheld" if withheld else "release.returned", release, key=review.key)
    alarms.turned_away(release, review)
    return release


@transaction.atomic
def delegate(review_id: int, to: User, *, comment: str = "", now: datetime, actor: Actor) -> Review:
    """Hand a review on to somebody who holds its key too.

    Raises Refused("not_allowed"), Refused("review_decided"), Refused("review_delegate_wrong").
    """
    review = Review.objects.select_for_update(of=("self",)).select_related("release").get(pk=review_id)
    if not is_staff(actor) or not holds(actor, review.release.kind, review):
        raise Refused("not_allowed")
    if review.state != Review.State.WAITING:
        raise Refused("review_decided")
    key = registry.get(review.release.kind).key(review.key)
    is_writer = review.release.writers.filter(pk=to.pk).exists()
    if not to.is_active or is_writer or not roles_of(to) & set(key.roles):
        raise Refused("review_delegate_wrong")
    review.assignee = to
    review.save(update_fields=["assignee"])
    journal.record(actor, "release.delegated", review.release, key=review.key, to=to.pk, comment=comment.strip()[:500])
    return review


# --- letting go -----------------------------------------------------------------------------------------------------


def _open_keys(release: Release) -> list[str]:
    needed = release.reviews.filter(afterwards=False).exclude(state=Review.State.VOID)
    return [
        review.key
        for review in needed
        if review.state != Review.State.DECIDED or review.decision != Review.Decision.OPEN
    ]


def _advance(release: Release, *, now: datetime, actor: Actor) -> Release:
    if release.state == Release.State.RELEASED or _open_keys(release):
        return release
    release.state = Release.State.CLEARED
    release.save(update_fields=["state"])
    if release.release_at is not None and release.release_at > now:
        journal.record(actor, "release.cleared", release, sha256=release.content_hash)
        return release
    return _let_go(release, now=now, actor=actor)


def _let_go(release: Release, *, now: datetime, actor: Actor) -> Release:
    """Publish what was signed if it still is what would go out; otherwise void what fell and stay closed."""
    subject = registry.subject_of(release.kind)
    obj = subject.model_class._default_manager.filter(pk=release.object_id).first()
    if obj is None:
        release.state = Release.State.TAKEN_BACK
        release.save(update_fields=["state"])
        journal.record(actor, "release.object_gone", release)
        return release
    _renew(release, list(subject.forms(obj)), actor=SYSTEM, now=now)
    _drop_lost_roles(release, now=now)
    if _open_keys(release):
        release.state = Release.State.REVIEW
        release.save(update_fields=["state"])
        return release
    Release.objects.filter(kind=release.kind, object_id=release.object_id, state=Release.State.RELEASED).update(
        state=Release.State.SUPERSEDED
    )
    release.state, release.released_at = Release.State.RELEASED, now
    release.save(update_fields=["state", "released_at"])
    subject.publish(obj, now=now, actor=actor)
    journal.record(actor, "release.passed", release, kind=release.kind, sha256=release.content_hash)
    if release.emergency:
        _owe_reviews(release, obj, now=now)
    return release


def _drop_lost_roles(release: Release, *, now: datetime) -> None:
    """A sign-off of somebody who no longer holds the key, or no longer works here, opens nothing."""
    lost = [
        review
        for review in _decided(release)
        if review.decided_by is not None
        and not roles_of(review.decided_by) & set(registry.get(release.kind).key(review.key).roles)
    ]
    for review in lost:
        _void(review, ["signer"], actor=SYSTEM, now=now)
        journal.record(SYSTEM, "release.signer_lost_role", release, key=review.key, by=review.decided_by_id)
    if lost:
        alarms.sign_offs_fell(release, lost)


def _owe_reviews(release: Release, obj: models.Model, *, now: datetime) -> None:
    done = set(release.reviews.exclude(state=Review.State.VOID).values_list("key", flat=True))
    due = due_at(now, rules.DAYS_AFTERWARDS)
    owed = [key for key in registry.get(release.kind).keys_for(obj) if key.code not in done]
    Review.objects.bulk_create(Review(release=release, key=key.code, due_at=due, afterwards=True) for key in owed)
    journal.record(SYSTEM, "release.reviews_owed", release, keys=[key.code for key in owed], due=due.isoformat())


@transaction.atomic
def release_one_due(release_id: int, *, now: datetime) -> bool:
    """Let one scheduled release go at its time; without all keys it stays closed and alarms, once. Tells if it went."""
    release = Release.objects.select_for_update(of=("self",)).open().filter(pk=release_id).first()
    if release is None or release.release_at is None or release.release_at > now:
        return False
    if release.state == Release.State.CLEARED:
        _let_go(release, now=now, actor=SYSTEM)
    if release.state != Release.State.RELEASED and release.missed_at is None and release.is_open:
        release.missed_at = now
        release.save(update_fields=["missed_at"])
        missing = _open_keys(release)
        journal.record(SYSTEM, "release.missed", release, keys=missing)
        alarms.time_passed(release, missing)
    signals.moved.send(Release, release=release)
    return release.state == Release.State.RELEASED


def release_due(*, now: datetime) -> int:
    """Let go what is due, one transaction each; returns how many went out."""
    due = Release.objects.open().filter(release_at__lte=now)
    waiting = due.exclude(state=Release.State.REVIEW, missed_at__isnull=False).values_list("pk", flat=True)
    return sum(_try_one_due(release_id, now=now) for release_id in list(waiting))


def _try_one_due(release_id: int, *, now: datetime) -> bool:
    """What cannot be published any more stays closed and alarms; it stops no other release."""
    try:
        return release_one_due(release_id, now=now)
    except Refused as refusal:
        with transaction.atomic():
            release = Release.objects.select_for_update(of=("self",)).get(pk=release_id)
            if release.missed_at is None:
                release.missed_at = now
                release.state = Release.State.REVIEW
                release.save(update_fields=["missed_at", "state"])
                journal.record(SYSTEM, "release.missed", release, refused=refusal.code)
                alarms.could_not_go(release, refusal)
        return False


@transaction.atomic
def release_by_platform(kind: str, obj: models.Model, *, now: datetime, actor: Actor = SYSTEM) -> Release:
    """Release what the platform itself brings along: the skeleton of a new site, demo content, samples.

    Each key is turned by the platform, on the journal. Raises Refused("not_allowed") for everybody else.
    """
    if not isinstance(actor, System):
        raise Refused("not_allowed")
    gated, subject = registry.get(kind), registry.subject_of(kind)
    obj = _as_stored(subject, obj)
    forms = list(subject.forms(obj))
    content_hash = rules.manifest_hash({form.name: form.digest for form in forms})
    releases = Release.objects.select_for_update().filter(kind=kind, object_id=obj.pk)
    known = releases.filter(state=Release.State.RELEASED, content_hash=content_hash).first()
    if known is not None:
        return known
    last = releases.first()
    releases.filter(state=Release.State.RELEASED).update(state=Release.State.SUPERSEDED)
    releases.open().update(state=Release.State.TAKEN_BACK)
    release = Release.objects.create(
        kind=kind,
        object_id=obj.pk,
        number=last.number + 1 if last is not None else 1,
        title=subject.title(obj)[:300],
        content_hash=content_hash,
        requested_at=now,
        state=Release.State.RELEASED,
        released_at=now,
    )
    _store_forms(release, forms)
    hashes = {form.name[:120]: form.digest for form in forms}
    Review.objects.bulk_create(
        Review(
            release=release,
            key=key.code,
            due_at=now,
            state=Review.State.DECIDED,
            decision=Review.Decision.OPEN,
            decided_at=now,
            signed={name: digest for name, digest in hashes.items() if key.covers_form(name)},
        )
        for key in gated.keys_for(obj)
    )
    subject.publish(obj, now=now, actor=actor)
    journal.record(actor, "release.passed", release, kind=kind, sha256=content_hash)
    return release
