"""What the screens of the library show of kept parts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from engage.accounts.actors import Actor
from surveys.definition import editing, keeping, model
from surveys.models import KeptPart
from surveys.studio import queries
from surveys.studio.words import PROPERTIES, TYPES

TYPED_MOST = 200


@dataclass(frozen=True)
class Kept:
    """One entry of the list: its kind in words, and the first words that people read of it."""

    part: KeptPart
    type: str
    about: str
    questions: int


@dataclass(frozen=True)
class Asked:
    """One question, group or page of a kept part, with its answers in words."""

    name: str
    label: str
    type: str
    depth: int
    relevant: str
    answers: tuple[str, ...]

    @property
    def steps(self) -> range:
        """One step to the right for each group around it."""
        return range(self.depth)


def found(typed: str, *, actor: Actor) -> QuerySet[KeptPart]:
    """Return the kept parts an actor may see that hold every word that was typed, the newest first."""
    rows = KeptPart.objects.visible_to(actor).select_related("department")
    for word in typed[:TYPED_MOST].casefold().split():
        rows = rows.filter(words__contains=word)
    return rows


def entry_of(part_id: int, *, actor: Actor) -> KeptPart | None:
    """Return one kept part that an actor may see."""
    return KeptPart.objects.visible_to(actor).select_related("department").filter(pk=part_id).first()


def listed(part: KeptPart, language: str) -> Kept:
    """Return a kept part as lists show it."""
    one = keeping.kept_part(part.parsed, kind_of(part))
    about = queries.said(one.title if isinstance(one, model.Page) else one.label, language)
    return Kept(part, str(TYPES[part.type]), "" if about == part.title else about, len(part.parsed.questions))


def kind_of(part: KeptPart) -> editing.Kind:
    """Return whether a kept part is a page or an item of one."""
    return "page" if part.kind == KeptPart.Kind.PAGE else "item"


def contents(part: KeptPart, language: str) -> list[Asked]:
    """Return what is asked in a kept part, in its written order."""
    definition = part.parsed
    rows = []
    for entry in definition.entries:
        item = entry.item
        options = definition.options_of(item) if isinstance(item, model.Question) else ()
        answers = tuple(queries.said(option.words, language) or option.value for option in options)
        label = queries.said(item.label, language) or item.name
        rows.append(Asked(item.name, label, str(TYPES[item.type]), len(entry.above), item.relevant, answers))
    return rows


@dataclass(frozen=True)
class Lost:
    """One condition that did not come with a kept part, in words."""

    kind: str
    name: str
    label: str
    property: str
    expression: str
    missing: tuple[str, ...]


def lost(taken: keeping.Taken, definition: model.Definition, language: str) -> list[Lost]:
    """Return the conditions that were taken off, each with the words of its question in the definition it came into."""
    titles = {page.name: queries.said(page.title, language) for page in definition.pages}
    rows = []
    for one in taken.taken_off:
        label = titles.get(one.name, "") if one.kind == "page" else ""
        if one.kind == "item":
            label = queries.said(definition.by_name[one.name].item.label, language)
        label = label or one.name
        of = f"{label} · {one.option}" if one.option else label
        rows.append(Lost(one.kind, one.name, of, str(PROPERTIES[one.property]), one.expression, one.missing))
    return rows
