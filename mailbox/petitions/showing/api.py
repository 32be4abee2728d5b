"""Petitions in the public API: counts only."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone, translation
from ninja import Query, Router, Schema

from engage.typed import LARGEST_KEY
from mailbox.petitions.queries import showing as queries
from mailbox.petitions.showing.views import filters_of

router = Router(tags=["petitions"])


class Asked(Schema):
    """What is asked for, as in the addresses of the pages; `after` is the `next` of the page before."""

    language: str = "zh-hans"
    state: str = ""
    region: str = ""
    q: str = ""
    sort: str = ""
    after: str = ""

    @property
    def code(self) -> str:
        """The language asked for if there is such a one, else Chinese."""
        return "en" if self.language.startswith("en") else "zh-hans"


class PetitionOut(Schema):
    """One petition in a list. `signatures` are the confirmed ones; who signed is not told."""

    id: int
    reference: str
    state: str
    language: str
    title: str
    action: str
    signatures: int
    goal: int | None
    opened_at: str | None
    closes_at: str | None
    decided_at: str | None
    answer: str
    debate: str
    reason: str
    url: str


class PetitionPageOut(Schema):
    """One page of a list; `next` asks for the one after it, empty at the end."""

    count: int
    petitions: list[PetitionOut]
    next: str


class PetitionRejectionOut(Schema):
    """Why a petition was turned down, and how to mend it."""

    code: str
    title: str
    mend: str


class PetitionEarnedOut(Schema):
    """A threshold that was crossed."""

    what: str
    signatures: int
    crossed_at: str
    due_on: str
    days_late: int
    fell_below_at: str | None


class PetitionAnswerOut(Schema):
    """The released answer of the government."""

    department: str
    on: str | None
    text: list[str]
    url: str


class PetitionDebateOut(Schema):
    """A debate or hearing as it was released."""

    what: str
    stage: str
    on: str | None
    url: str


class PetitionPlaceOut(Schema):
    """The signatures of a region or a country; small counts are hidden."""

    region: str
    country: str
    name: str
    signatures: int | None
    hidden: str


class PetitionDayOut(Schema):
    """The new signatures of a day, and all up to it."""

    day: str
    new: int
    signatures: int


class PetitionLineOut(Schema):
    """One line of the public story."""

    at: str
    code: str
    text: str


class PetitionDetailOut(PetitionOut):
    """One petition whole."""

    background: str
    details: str
    region: str
    department: str
    edited_by_moderators: bool
    counted_at: str | None
    on_paper: int
    missing: int | None
    rejection: PetitionRejectionOut | None
    merged_into: int | None
    earned: list[PetitionEarnedOut]
    answered: PetitionAnswerOut | None
    debates: list[PetitionDebateOut]
    by_region: list[PetitionPlaceOut]
    by_day: list[PetitionDayOut]
    story: list[PetitionLineOut]


@router.get("", response=PetitionPageOut)
def list_petitions(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """List petitions of one of the seven lists."""
    with translation.override(asked.code):
        filters = filters_of(lambda name, otherwise: getattr(asked, name, otherwise))
        found = queries.listed(filters, after=asked.after[:80])
        return {"count": found.total, "petitions": list(map(queries.row_data, found.items)), "next": found.after}


@router.get("{int:key}", response=PetitionDetailOut)
def one_petition(request: HttpRequest, key: int, asked: Query[Asked]) -> dict[str, Any]:
    """Return one petition with its counts by region and day."""
    with translation.override(asked.code):
        petition = queries.one_public(key) if key <= LARGEST_KEY else None
        if petition is None:
            raise Http404
        return queries.detail_data(queries.detail(petition, today=timezone.localdate()))
