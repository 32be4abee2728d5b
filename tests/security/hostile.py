"""Hostile values, the visitors that send them, and a reader of what the pages answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from consultations.coding import actions as coding
from consultations.coding.models import BlindItem, BlindSample
from consultations.models import Consultation
from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.calendars.models import CalendarDay, CalendarYear, ClockProfile
from engage.departments.models import Department, Membership
from engage.desk.models import SavedView
from engage.participation.new_code import sign as sign_new_code
from mailbox.performance.actions import count_year
from tests.accounts.people import person
from tests.consultations.factories import call, comment, department
from tests.security.forms import WORDS, Form, World
from tests.security.test_url_matrix import client_of
from tests.shared import shared_file

LANGUAGES = {"zh-hans": "zh", "en": "en"}
CJK = re.compile(r"[\u4e00-\u9fff]")


# --- the values ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """One hostile value and the group it comes from."""

    group: str
    text: str


def values() -> list[Value]:
    """All values of the shared list, and three that databases and Python's own integers stumble over."""
    listed = json.loads(shared_file("data", "badinput", "strings.json").read_text("utf-8"))
    own = [Value("number_date", "9" * 30), Value("number_date", "9" * 5_000), Value("nul_control", "\x00")]
    return [Value(entry["group"], entry["value"]) for entry in listed] + own


def few(most: int, turn: int = 0) -> list[Value]:
    """The first `most` of every fourth group and our own; turns take the other groups.

    On PostgreSQL only what a database can stumble over: what pages make of the others is the same.
    """
    if connection.vendor == "postgresql":
        wide, _long, nul = values()[-3:]
        return [wide, nul]
    counts: dict[str, int] = {}
    kept = []
    everything = values()
    for place, value in enumerate(everything):
        counts[value.group] = counts.get(value.group, 0) + 1
        its_turn = (list(counts).index(value.group) + turn) % 4 == 0
        if (its_turn and counts[value.group] <= most) or place >= len(everything) - 3:
            kept.append(value)
    return kept


def of_a_choice(turn: int) -> tuple[Value, ...]:
    """A number that no column holds, and by turns one that Python reads no more or a NUL; on PostgreSQL one of them.

    Each database refuses them in its own way.
    """
    wide, long, nul = values()[-3:]
    if connection.vendor == "postgresql":
        return ((wide, nul)[turn % 2],)
    return wide, (long, nul)[turn % 2]


# --- the site ------------------------------------------------------------------------------------------------------


def sender(consultation: Consultation, text: str = WORDS) -> Client:
    """Return a visitor with one comment in the basket."""
    client = Client(raise_request_exception=False)
    client.post(f"/zh/c/{consultation.slug}/art-2/comment/", {"stance": "change", "text": text})
    return client


class Clients(dict[str, Client]):
    """One client for each value of Form.who, made when it is first asked for."""

    STAFF = (Role.OFFICER, Role.EDITOR, Role.ADMINISTRATOR)
    HALF_WAY = {"signing_in": "account_login", "signing_up": "account_signup", "resetting": "account_reset_password"}

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def __missing__(self, who: str) -> Client:
        self[who] = client = self._make(who)
        return client

    def _make(self, who: str) -> Client:
        if who == "sender":
            return sender(self.world["call"])
        if who in self.STAFF:
            return client_of(who)
        client = Client(raise_request_exception=False)
        if who == "holder":
            receipt = {"reference": self.world["submission"].reference, "code": self.world["code"]}
            assert client.post("/zh/track/", receipt).status_code == 302
        elif who == "citizen":
            client.force_login(person(Role.CITIZEN), backend="django.contrib.auth.backends.ModelBackend")
        elif who == "with_password":
            known = person(Role.CITIZEN, password="correct horse battery")
            client.force_login(known, backend="django.contrib.auth.backends.ModelBackend")
        elif who in self.HALF_WAY:
            email = "fresh@example.org" if who == "signing_up" else person(Role.CITIZEN).email
            assert client.post(reverse(self.HALF_WAY[who]), {"login": email, "email": email}).status_code == 302
        return client


def make_world() -> World:
    """Make an open call with a comment, and what the forms of the staff work on."""
    shown = call(slug="shown", moderation="post")
    sent, submission, code = comment(shown)
    count_year(2026, today=date(2026, 11, 24))
    made: World = {
        "call": shown,
        "comment": sent,
        "submission": submission,
        "code": code,
        "signed": sign_new_code(submission.pk),
        "version": shown.drafts.get().published,
        "department": department(),
        "membership": Membership.objects.create(user=person(), department=department(), role="officer"),
        "spare": Department.add_root(code="spare", name_zh="备用", name_en="Spare"),
        "day": CalendarDay.objects.order_by("pk").first(),
        "year": CalendarYear.objects.order_by("pk").first(),
        "profile": ClockProfile.objects.order_by("pk").first(),
    }
    made["theme"] = coding.make_theme(shown, "周末", actor=SYSTEM)
    made["order"] = coding.order_bulk(made["theme"].pk, [sent.pk], actor=SYSTEM)
    made["clients"] = Clients(made)
    return made


def sample_of_the_administrator(world: World) -> BlindSample:
    """Return a blind sample of the one administrator, with the comment to code in it."""
    coder = User.objects.get(pk=world["clients"]["administrator"].session["_auth_user_id"])
    sample, _made = BlindSample.objects.get_or_create(consultation=world["call"], coder=coder, seed="a")
    BlindItem.objects.get_or_create(sample=sample, comment=world["comment"])
    return sample


def view_of_the_officer(world: World) -> SavedView:
    """Return a saved view of the one officer."""
    officer = User.objects.get(pk=world["clients"]["officer"].session["_auth_user_id"])
    return SavedView.objects.get_or_create(user=officer, queue="moderation", name="First", defaults={"filters": {}})[0]


def address(name: str, form: Form, world: World, language: str = "en") -> str:
    """Return the form's address."""
    if name == "desk_change_view":
        world["view"] = view_of_the_officer(world)
    if name == "coding_blind":
        world["sample"] = sample_of_the_administrator(world)
    with translation.override(language):
        return reverse(name, args=form.arguments(world))


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collect the statements that change something, except the visitor's own session."""
    seen: list[str] = []

    def note(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql:
            seen.append(sql)
        return result

    with connection.execute_wrapper(note):
        yield seen


# --- what a page says ----------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Title, sentences of errors, and whatever could run or lead away."""

    MARKS = frozenset({"err", "errors", "error-message", "help-critical", "messages"})
    VOID = frozenset(
        ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "path", "source", "use")
    )

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.beside: list[str] = []
        self.summary: list[str] = []
        self.danger: list[str] = []
        self._open: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        runs = tag == "script" and "src" not in given and "json" not in given.get("type", "")
        if runs or tag in ("iframe", "object", "math", "style", "base"):
            self.danger.append(tag)
        self.danger += [name for name in given if name.startswith("on") or name in ("srcdoc", "style")]
        for name in ("href", "src", "action", "formaction"):
            target = given.get(name, "").strip().lower()
            if target.startswith(("javascript:", "data:text", "//", "vbscript:")):
                self.danger.append(f"{name}={target[:60]}")
        if tag not in self.VOID:
            self._open.append((tag, given.get("class", "")))
            if "err" in given.get("class", "").split() or "error-message" in given.get("class", "").split():
                self.beside.append("")
            elif self.MARKS & set(given.get("class", "").split()):
                self.summary.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        if self._open and self._open[-1][0] == "title" and not self.title:
            self.title = text
        for _tag, names in self._open:
            classes = set(names.split())
            if classes & {"err", "error-message"}:
                self.beside[-1] += text
            elif classes & self.MARKS:
                self.summary[-1] += text


def body(response: HttpResponse) -> str:
    return b"".join(response).decode() if response.streaming else response.content.decode()
