"""Themes: made, renamed, moved, merged, split, taken out of use; each step is kept in the theme's history."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from consultations.coding import rules
from consultations.coding.actions.rows import leave_step, locked_consultation, locked_theme, person
from consultations.coding.models import BlindCoding, Coding, Decision, Step, Theme, ThemeEvent
from consultations.models import Consultation
from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal import actions as journal


def theme_parents(consultation_id: int) -> dict[int, int | None]:
    """Return the tree of the themes in use: theme to the one above."""
    return dict(Theme.objects.filter(consultation=consultation_id, retired_at=None).values_list("pk", "parent_id"))


@transaction.atomic
def make_theme(
    consultation: Consultation, name: str, *, parent: int | None = None, description: str = "", actor: Actor
) -> Theme:
    """Make a theme, the last one below its parent (or on top).

    Raises Refused("theme_needs_name"), Refused("theme_name_too_long"), Refused("theme_name_taken"),
    Refused("too_many_themes") and those of `rules.check_place`.
    """
    locked_consultation(consultation.pk, actor)
    parents = theme_parents(consultation.pk)
    if len(parents) >= rules.THEMES_MOST:
        raise Refused("too_many_themes", most=rules.THEMES_MOST)
    rules.check_place(None, parent, parents)
    theme = _keep(
        Theme(
            consultation=consultation,
            parent_id=parent,
            name=_clean_name(name),
            description=_clean_description(description),
            position=_last_place(consultation.pk, parent),
            created_by=person(actor),
        )
    )
    _tell(theme, ThemeEvent.Kind.CREATED, actor, name=theme.name)
    leave_step(actor, Step.Kind.THEME, consultation.pk, theme=theme.pk)
    return theme


@transaction.atomic
def edit_theme(theme_id: int, *, name: str, description: str, revision: int, actor: Actor) -> Theme:
    """Give a theme another name or say better what belongs to it.

    Raises Refused("theme_changed", name) when somebody changed it since, and those of `make_theme`.
    """
    theme = _locked(theme_id, actor, revision)
    name, description = _clean_name(name), _clean_description(description)
    if (name, description) == (theme.name, theme.description):
        return theme
    before = {"name": theme.name, "description": theme.description}
    theme.name, theme.description = name, description
    _keep(theme)
    _tell(theme, ThemeEvent.Kind.RENAMED, actor, before=before, name=name, description=description)
    return theme


@transaction.atomic
def move_theme(theme_id: int, parent: int | None, *, revision: int, actor: Actor) -> Theme:
    """Put a theme below another, or on top, with all that is below it; raises those of `rules.check_place`."""
    theme = _locked(theme_id, actor, revision)
    if parent == theme.parent_id:
        return theme
    rules.check_place(theme.pk, parent, theme_parents(theme.consultation_id))
    before = theme.parent_id
    theme.parent_id = parent
    theme.position = _last_place(theme.consultation_id, parent)
    _keep(theme)
    _tell(theme, ThemeEvent.Kind.MOVED, actor, before=before, parent=parent)
    return theme


@transaction.atomic
def shift_theme(theme_id: int, by: int, *, actor: Actor) -> Theme:
    """Move a theme one place up (-1) or down (1) among its neighbours: their order gives the number keys."""
    theme = _locked(theme_id, actor, None)
    row = list(
        Theme.objects.filter(consultation=theme.consultation_id, parent=theme.parent_id, retired_at=None)
        .order_by("position", "pk")
        .values_list("pk", flat=True)
    )
    place = row.index(theme.pk)
    other = place + (1 if by > 0 else -1)
    if 0 <= other < len(row):
        row[place], row[other] = row[other], row[place]
        for position, pk in enumerate(row):
            Theme.objects.filter(pk=pk).update(position=position)
        journal.record(actor, "theme.shifted", theme, by=1 if by > 0 else -1)
    return theme


@transaction.atomic
def merge_theme(theme_id: int, into_id: int, *, revision: int, actor: Actor) -> Theme:
    """Move all points of a theme, and the themes below it, to another; the merged one keeps its row and history.

    A decision on the merged theme ends with it: what was decided for its points has to be decided on the other.
    Raises those of `rules.check_merge`.
    """
    theme = _locked(theme_id, actor, revision)
    into = locked_theme(into_id, actor)
    if into.consultation_id != theme.consultation_id:
        raise Refused("theme_gone")
    rules.check_merge(theme.pk, into.pk, theme_parents(theme.consultation_id))
    _move_children(theme, into)
    moved = _move_codings(theme, into, None, Coding.Source.MERGE)
    known = BlindCoding.objects.filter(theme=into).values("item_id")
    BlindCoding.objects.filter(theme=theme, item_id__in=known).delete()
    BlindCoding.objects.filter(theme=theme).update(theme=into)
    now = timezone.now()
    ended = Decision.objects.filter(theme=theme, replaced_at=None).update(replaced_at=now)
    theme.merged_into, theme.retired_at = into, now
    _keep(theme)
    _keep(into)
    _tell(theme, ThemeEvent.Kind.MERGED, actor, other=into, points=moved, decisions_ended=ended)
    return into


@transaction.atomic
def split_theme(theme_id: int, name: str, point_ids: Collection[int], *, revision: int, actor: Actor) -> Theme:
    """Move chosen points of a theme to a new theme beside it.

    Raises Refused("nothing_chosen"), Refused("points_gone") when one of them left the theme, and those of `make_theme`.
    """
    theme = _locked(theme_id, actor, revision)
    if not point_ids:
        raise Refused("nothing_chosen")
    made = _keep(
        Theme(
            consultation=theme.consultation,
            parent_id=theme.parent_id,
            name=_clean_name(name),
            position=_last_place(theme.consultation_id, theme.parent_id),
            created_by=person(actor),
        )
    )
    moved = _move_codings(theme, made, set(point_ids), Coding.Source.SPLIT)
    if moved != len(set(point_ids)):
        raise Refused("points_gone")
    _keep(theme)
    _tell(made, ThemeEvent.Kind.SPLIT, actor, other=theme, name=made.name, points=moved)
    return made


@transaction.atomic
def retire_theme(theme_id: int, *, revision: int, actor: Actor) -> Theme:
    """Take an empty theme out of use; raises Refused("theme_in_use") while it has points or themes below it."""
    theme = _locked(theme_id, actor, revision)
    retire(theme, actor)
    return theme


def retire(theme: Theme, actor: Actor) -> None:
    """Take a locked theme out of use if it is empty."""
    has_points = Coding.objects.filter(theme=theme, removed_at=None).exists()
    if has_points or Theme.objects.filter(parent=theme, retired_at=None).exists():
        raise Refused("theme_in_use", name=theme.name)
    now = timezone.now()
    Decision.objects.filter(theme=theme, replaced_at=None).update(replaced_at=now)
    theme.retired_at = now
    _keep(theme)
    _tell(theme, ThemeEvent.Kind.RETIRED, actor)


def _locked(theme_id: int, actor: Actor, revision: int | None) -> Theme:
    """Lock the tree, then the theme: a change of one must not meet a move of another."""
    consultation_id = Theme.objects.visible_to(actor).filter(pk=theme_id).values_list("consultation", flat=True).first()
    if consultation_id is None:
        raise Refused("theme_gone")
    locked_consultation(consultation_id, actor)
    return locked_theme(theme_id, actor, revision=revision)


def _move_children(theme: Theme, into: Theme) -> None:
    """Put the themes below one below the other; raises Refused("theme_name_taken") for a name that is there too."""
    place = _last_place(into.consultation_id, into.pk)
    for offset, child in enumerate(Theme.objects.filter(parent=theme, retired_at=None)):
        child.parent, child.position = into, place + offset
        _keep(child)


def _move_codings(theme: Theme, into: Theme, points: set[int] | None, source: Coding.Source) -> int:
    """Close the codings of a theme and open the same ones on another; returns how many points moved.

    The closed rows stay: they say who gave which theme before.
    """
    live = Coding.objects.filter(theme=theme, removed_at=None)
    rows = [
        row
        for row in live.order_by("point_id").values_list("pk", "point_id", "coder_id")
        if points is None or row[1] in points
    ]
    there = set(Coding.objects.filter(theme=into, removed_at=None).values_list("point_id", flat=True))
    now = timezone.now()
    for batch in _batches(rows):
        Coding.objects.filter(pk__in=[pk for pk, _point, _coder in batch]).update(removed_at=now)
        Coding.objects.bulk_create(
            Coding(point_id=point, theme=into, coder_id=coder, source=source, created_at=now)
            for _pk, point, coder in batch
            if point not in there
        )
    return len(rows)


def _batches(rows: list[Any]) -> Iterable[list[Any]]:
    return (rows[start : start + 500] for start in range(0, len(rows), 500))


def _keep(theme: Theme) -> Theme:
    """Save a theme under its next revision."""
    if theme.pk:
        theme.revision += 1
    try:
        with transaction.atomic():
            theme.save()
    except IntegrityError as exc:
        raise Refused("theme_name_taken", name=theme.name) from exc
    return theme


def _tell(theme: Theme, kind: ThemeEvent.Kind, actor: Actor, *, other: Theme | None = None, **detail: Any) -> None:
    ThemeEvent.objects.create(theme=theme, kind=kind, other=other, detail=detail, by=person(actor))
    journal.record(actor, f"theme.{kind}", theme, **detail, **({"other": other.pk} if other else {}))


def _last_place(consultation_id: int, parent: int | None) -> int:
    last = Theme.objects.filter(consultation=consultation_id, parent=parent).aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _clean_name(name: str) -> str:
    cleaned = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not cleaned:
        raise Refused("theme_needs_name")
    if len(cleaned) > rules.THEME_NAME_MOST:
        raise Refused("theme_name_too_long", most=rules.THEME_NAME_MOST)
    return cleaned


def _clean_description(description: str) -> str:
    cleaned = clean_text(description)
    if len(cleaned) > rules.DESCRIPTION_MOST:
        raise Refused("description_too_long", most=rules.DESCRIPTION_MOST)
    return cleaned


def clean_text(text: str) -> str:
    """Return a text of several lines without what cannot be seen or kept."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(c for c in line if c.isprintable() or c in "\t\u3000").rstrip() for line in lines).strip()
