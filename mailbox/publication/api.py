"""Published answers and disclosures in the public API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import translation
from ninja import Query, Router, Schema

from engage.participation.forms import clean_text
from engage.typed import whole_number
from mailbox.publication import queries, rules

replies = Router(tags=["published replies"])
disclosures = Router(tags=["disclosures"])


class Asked(Schema):
    """What is asked for: `language` is `zh-hans` or `en`, `before` the `next` of the page before."""

    language: str = "zh-hans"
    q: str = ""
    topic: str = ""
    department: str = ""
    kind: str = ""
    year: str = ""
    before: str = ""

    @property
    def code(self) -> str:
        """The language asked for if there is such a one, else Chinese."""
        return "en" if self.language.startswith("en") else "zh-hans"

    @property
    def filters(self) -> queries.Filters:
        """What the list is narrowed to."""
        year = whole_number(self.year, digits=4, otherwise=0)
        words, *codes = (clean_text(typed[:200]) for typed in (self.q, self.topic, self.department, self.kind))
        return queries.Filters(words, *codes, year)


class FileOut(Schema):
    """A file that goes along."""

    name: str
    title: str
    size: int


class TakenOutOut(Schema):
    """How many places were taken out by one legal basis."""

    basis: str
    places: int


class PublishedOut(Schema):
    """One item; `answer` of a disclosure is its summary. `letters`: how many letters the answer answers."""

    id: int
    kind: str
    title: str
    question: list[str]
    answer: list[str]
    basis: list[str]
    cites: list[str]
    result: str
    department: str
    topics: list[str]
    letters: int
    received_on: date | None
    answered_on: date | None
    working_days: int | None
    files: list[FileOut]
    taken_out: list[TakenOutOut]
    url: str
    published_at: datetime | None
    revised_at: datetime | None


class PageOut(Schema):
    """One page of a list, newest first; `next` asks for the one after it, empty at the end."""

    count: int
    items: list[PublishedOut]
    next: str


def _out(item: queries.Shown) -> dict[str, Any]:
    return queries.as_data(item) | {"published_at": item.published_at, "revised_at": item.revised_at}


def _page(form: str, asked: Asked) -> dict[str, Any]:
    with translation.override(asked.code):
        found = queries.listed(form, asked.filters, language=asked.code, before=asked.before[:40])
        return {"count": found.total, "items": [_out(item) for item in found.items], "next": found.after}


def _one(form: str, key: int, asked: Asked) -> dict[str, Any]:
    row = queries.one_public(form, key) if key < 2**63 else None
    if row is None:
        raise Http404
    with translation.override(asked.code):
        return _out(queries.shown(row, asked.code, titles=False))


@replies.get("", response=PageOut)
def list_published_replies(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """List published questions with the office's answers."""
    return _page(rules.REPLY, asked)


@replies.get("{int:key}", response=PublishedOut)
def one_published_reply(request: HttpRequest, key: int, asked: Query[Asked]) -> dict[str, Any]:
    """Return one published question with its answer."""
    return _one(rules.REPLY, key, asked)


@disclosures.get("", response=PageOut)
def list_disclosures(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """List what was given out when people asked for documents and data."""
    return _page(rules.DISCLOSURE, asked)


@disclosures.get("{int:key}", response=PublishedOut)
def one_disclosure(request: HttpRequest, key: int, asked: Query[Asked]) -> dict[str, Any]:
    """Return one entry of the disclosure log."""
    return _one(rules.DISCLOSURE, key, asked)
