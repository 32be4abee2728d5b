"""Reads of redaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.permissions import policy_registry

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.participation.attachments.packages import Package
from engage.publishing.reading.kinds import PICTURES
from engage.publishing.redaction import engine
from engage.publishing.redaction.marks import Mark
from engage.publishing.redaction.models import Basis, Redaction, RedactionMark
from engage.publishing.redaction.places import Place

IMAGE_KINDS = frozenset(PICTURES)
CHOICES_SHOWN = 50
PLACES_SHOWN = 200


def one(redaction_id: int, actor: Actor) -> Redaction:
    """Return a redaction. Raises Refused("redaction_gone") for one the actor does not see."""
    redaction = Redaction.objects.visible_to(actor).filter(pk=redaction_id).first()
    if redaction is None:
        raise Refused("redaction_gone")
    return redaction


def listed(actor: Actor, view: str) -> QuerySet[Redaction]:
    """Return the redactions in work, or those that are confirmed."""
    seen = Redaction.objects.visible_to(actor).select_related("created_by")
    done = seen.filter(state=Redaction.State.DONE)
    return done if view == "done" else seen.exclude(state=Redaction.State.DONE)


def original_of(redaction: Redaction) -> bytes:
    """Return the bytes of the original. Raises Refused("file_gone") when they were deleted."""
    if not redaction.original:
        raise Refused("file_gone")
    with redaction.original.open("rb") as opened:
        return opened.read()


def marks_of(redaction: Redaction) -> list[Mark]:
    """Return the marks in their order, as the engine takes them."""
    return [mark_of(row) for row in redaction.marks.select_related("basis")]


def mark_of(row: RedactionMark) -> Mark:
    """Return a kept mark as the engine takes it."""
    return Mark(row.kind, row.value, row.basis.code, row.note, row.whole, **row.place)


@dataclass
class MarkRow:
    """A mark with the places it was found in."""

    row: RedactionMark
    places: list[Place] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        """How many of the places nobody sees."""
        return sum(place.hidden for place in self.places)

    @property
    def pages(self) -> list[int]:
        """The pages of the places, each once."""
        return sorted({place.page for place in self.places if place.page})


@dataclass
class Personal:
    """Personal data of one kind and wording, with its places."""

    kind: str
    words: str
    places: list[Place]


def rows(redaction: Redaction, survey: engine.Survey) -> list[MarkRow]:
    """Return the marks with their places."""
    found = [MarkRow(row) for row in redaction.marks.select_related("basis")]
    for place in survey.places:
        if place.mark < len(found):
            found[place.mark].places.append(place)
    return found


def survey_of(redaction: Redaction) -> engine.Survey:
    """Return what was found in the original."""
    return engine.survey_of(redaction.survey) if redaction.survey else engine.Survey(redaction.kind)


def personal(survey: engine.Survey, kinds: tuple[str, ...]) -> list[Personal]:
    """Return the personal data that is not marked yet, each wording once."""
    marked = {(place.page, place.where, sign) for place in survey.places for sign in range(place.start, place.end)}
    grouped: dict[tuple[str, str], Personal] = {}
    for place in survey.personal:
        if all((place.page, place.where, sign) in marked for sign in range(place.start, place.end)):
            continue
        key = (kinds[place.mark], place.words)
        grouped.setdefault(key, Personal(*key, [])).places.append(place)
    return list(grouped.values())


def bases() -> list[Basis]:
    """Return the bases that are offered."""
    return list(Basis.objects.filter(is_active=True))


def documents(actor: Actor) -> QuerySet[Document]:
    """Return the documents of the Studio that the actor may choose, newest first."""
    return _choosable(actor, Document).order_by("-created_at")


def images(actor: Actor) -> QuerySet[Image]:
    """Return the images of the Studio that the actor may choose, newest first."""
    return _choosable(actor, Image).order_by("-created_at")


def _choosable(actor: Actor, model: type[Document] | type[Image]) -> QuerySet[Any]:
    if not isinstance(actor, User):
        return model.objects.none()
    policy = policy_registry.get_by_type(model)
    return policy.instances_user_has_any_permission_for(actor, ["choose", "change", "delete"])


def may_replace(actor: Actor, old: Document | Image | None, *, is_image: bool) -> bool:
    """Tell whether the actor may put the result into the Studio, and delete what it was made of."""
    if not isinstance(actor, User):
        return False
    policy = policy_registry.get_by_type(Image if is_image else Document)
    if not policy.user_has_permission(actor, "add"):
        return False
    return old is None or policy.user_has_permission_for_instance(actor, "delete", old)


def uses(redaction: Redaction) -> list[str]:
    """Name what shows the file that would be deleted."""
    old = redaction.source_image or redaction.source_document
    if old is None:
        return []
    return [str(using) for using, _references in old.get_usage()[:20]]


def inner_picture(redaction: Redaction, name: str) -> tuple[bytes, str]:
    """Return a picture inside an office file, and a name that says what it is."""
    content = Package(original_of(redaction)).read(name)
    return content, f"picture.{name.rpartition('.')[2]}"
