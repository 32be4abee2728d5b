"""Writing a release: its words in both languages, its files, what it points to. None of it is public."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.departments.models import Department
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.press import registry, rules
from engage.outreach.press.access import check_editor
from engage.outreach.press.models import Material, Release
from engage.pages.models import Topic
from engage.publishing import gate

KIND = "press_release"
SMALL_SIDE = 1280


@transaction.atomic
def open_release(kind: str, slug: str, department: Department, *, actor: Actor) -> Release:
    """Begin a release.

    Raises Refused("not_allowed"), Refused("press_slug_taken"), Refused("press_slug_reserved").
    """
    check_editor(actor)
    _check_slug(slug)
    try:
        with transaction.atomic():
            release = Release.objects.create(
                kind=Release.Kind(kind).value, slug=slug, department=department, author=_person(actor)
            )
    except IntegrityError as exc:
        raise Refused("press_slug_taken") from exc
    _note_writer(release, actor)
    journal.record(actor, "press.begun", release, kind=release.kind, slug=slug)
    return release


def locked(release_id: int, revision: int, actor: Actor) -> Release:
    """Return a release to be changed, locked; raises Refused("not_allowed") and Refused("press_stale")."""
    check_editor(actor)
    release = Release.objects.select_for_update(of=("self",)).select_related("department").get(pk=release_id)
    if release.revision != revision:
        raise Refused("press_stale")
    return release


def _changed(release: Release, actor: Actor, verb: str, **values: object) -> Release:
    """Count the change, note who wrote, and void what was signed on forms that are others now."""
    release.revision += 1
    release.save()
    _note_writer(release, actor)
    journal.record(actor, verb, release, **values)
    gate.touched(KIND, release, actor=actor)
    return release


def _note_writer(release: Release, actor: Actor) -> None:
    if isinstance(actor, User):
        release.writers.add(actor)


def _person(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None


def _check_slug(slug: str) -> None:
    if slug in rules.TAKEN:
        raise Refused("press_slug_reserved")


@transaction.atomic
def write_release(
    release_id: int,
    *,
    kind: str,
    slug: str,
    department: Department,
    topics: Sequence[Topic],
    words: Mapping[str, Mapping[str, str]],
    correction: Mapping[str, str],
    related: Sequence[tuple[str, str]],
    embargo_until: datetime | None,
    revision: int,
    now: datetime,
    actor: Actor,
) -> Release:
    """Save the whole of a release. What is missing or too long is said when it is handed in.

    Raises Refused: "not_allowed", "press_stale", "press_slug_taken", "press_slug_reserved",
    "press_slug_kept" (once it went out), "press_html", "press_embargo_past", "press_embargo_emergency",
    "press_related_unknown".
    """
    release = locked(release_id, revision, actor)
    _check_slug(slug)
    if slug != release.slug and release.editions.exists():
        raise Refused("press_slug_kept")
    texts = [text for given in words.values() for text in given.values()]
    if any(rules.holds_html(text) for text in [*texts, *correction.values()]):
        raise Refused("press_html")
    if embargo_until is not None and kind == rules.EMERGENCY:
        raise Refused("press_embargo_emergency")
    if embargo_until is not None and embargo_until <= now and embargo_until != release.embargo_until:
        raise Refused("press_embargo_past")
    _check_related(related, release)
    release.kind, release.slug, release.department = Release.Kind(kind).value, slug, department
    release.words = {
        language: {field: words.get(language, {}).get(field, "").strip() for field in rules.FIELDS}
        for language in rules.LANGUAGES
    }
    release.correction = {language: correction.get(language, "").strip() for language in rules.LANGUAGES}
    release.related = [list(pair) for pair in related]
    release.embargo_until = embargo_until
    try:
        with transaction.atomic():
            release.save()
    except IntegrityError as exc:
        raise Refused("press_slug_taken") from exc
    release.topics.set(topics)
    return _changed(release, actor, "press.written")


def _check_related(related: Sequence[tuple[str, str]], release: Release) -> None:
    """Take what everybody may read now, and what was chosen before."""
    known = {tuple(pair) for pair in release.related}
    for code, key in related:
        kind = registry.related_kind(code)
        if (code, key) not in known and (kind is None or key not in kind.found([key])):
            raise Refused("press_related_unknown")


@transaction.atomic
def add_file(
    release_id: int, upload: BinaryIO, name: str, *, alt_zh: str, alt_en: str, revision: int, actor: Actor
) -> Material:
    """Check and clean a picture or document and hang it under a release.

    Raises Refused("press_files_full", most=...), those of `attachments.inspect` and of every change.
    """
    # Its image and PDF libraries cost every start a third of a second; only taking a file in needs them.
    from engage.participation.attachments import inspect, sanitise

    release = locked(release_id, revision, actor)
    if release.materials.filter(removed_at__isnull=True).count() >= rules.FILES_MOST:
        raise Refused("press_files_full", most=rules.FILES_MOST)
    inspected = inspect(upload, name=name)
    clean = sanitise(inspected, upload.read())
    row = Material(
        release=release,
        name=inspected.safe_name,
        media_type=inspected.media_type,
        size=len(clean),
        sha256=_sha256(clean),
        alt_zh=alt_zh.strip(),
        alt_en=alt_en.strip(),
    )
    row.file.save(inspected.safe_name, ContentFile(clean), save=False)
    if row.is_picture:
        small, row.width, row.height = _smaller(clean)
        row.small.save(f"small-{inspected.safe_name}", ContentFile(small), save=False)
    row.save()
    _changed(release, actor, "press.file_added", sha256=row.sha256)
    return row


def _sha256(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()


def _smaller(content: bytes) -> tuple[bytes, int, int]:
    """Return a picture as pages show it, with its width and height."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as picture:
        form = picture.format or "PNG"
        picture.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        target = io.BytesIO()
        picture.save(target, form, **({"quality": 82} if form in {"JPEG", "WEBP"} else {"optimize": True}))
        return target.getvalue(), picture.width, picture.height


@transaction.atomic
def describe_file(
    release_id: int, material_id: int, *, alt_zh: str, alt_en: str, revision: int, actor: Actor
) -> Material:
    """Say in both languages what a file shows. Editions keep what they said."""
    release = locked(release_id, revision, actor)
    row = release.materials.get(pk=material_id, removed_at__isnull=True)
    row.alt_zh, row.alt_en = alt_zh.strip(), alt_en.strip()
    row.save(update_fields=["alt_zh", "alt_en"])
    _changed(release, actor, "press.file_described")
    return row


@transaction.atomic
def remove_file(release_id: int, material_id: int, *, revision: int, actor: Actor) -> None:
    """Take a file out of what is written; what is public goes on carrying it until the correction is out."""
    release = locked(release_id, revision, actor)
    row = release.materials.get(pk=material_id, removed_at__isnull=True)
    if any(entry["id"] == row.pk for edition in release.editions.all() for entry in edition.content["files"]):
        row.removed_at = timezone.now()
        row.save(update_fields=["removed_at"])
    else:
        _forget(row)
    _changed(release, actor, "press.file_removed", sha256=row.sha256)


def _forget(row: Material) -> None:
    kept = [(field.storage, str(field.name)) for field in (row.file, row.small) if field]
    row.delete()
    for storage, name in kept:
        transaction.on_commit(partial(storage.delete, name))


@transaction.atomic
def delete_release(release_id: int, *, revision: int, actor: Actor) -> None:
    """Delete what was never public. Raises Refused("press_is_public") and those of every change."""
    release = locked(release_id, revision, actor)
    if release.editions.exists():
        raise Refused("press_is_public")
    current = gate.release_of(KIND, release)
    if current is not None and current.is_open:
        raise Refused("press_in_review")
    journal.record(actor, "press.deleted", release, slug=release.slug)
    for row in release.materials.all():
        _forget(row)
    release.delete()
