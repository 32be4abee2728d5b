"""A house with units and people, and cases that come to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engage.accounts.actors import SYSTEM, Actor, ReceiptHolder, Role
from engage.accounts.models import User
from engage.departments.models import Department, Membership
from engage.pages.gate import release_page
from engage.pages.models import ArticlePage
from engage.pages.structure import ensure_structure
from engage.search.models import SearchEntry
from mailbox import actions
from mailbox.models import Case, Draft, Intake
from tests.accounts.people import person
from tests.participation.factories import envelope

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class House:
    """A root with three units below it, and one person in each place."""

    root: Department
    intake: Department
    water: Department
    roads: Department
    clerk: User
    arbiter: User
    officer: User
    approver: User
    openness: User
    head: User
    stranger: User

    def people(self) -> list[User]:
        """Everybody who works here, from the lowest place up."""
        return [self.stranger, self.clerk, self.officer, self.openness, self.arbiter, self.approver, self.head]


def member(department: Department, *roles: Role, **fields: Any) -> User:
    """Somebody who holds the roles in a unit."""
    user = person(*roles, **fields)
    for role in roles:
        Membership.objects.create(user=user, department=department, role=role.value)
    return user


def house() -> House:
    """Build the house; its receiving unit is "intake" for every kind."""
    root = Department.add_root(code="house", name_zh="市政府", name_en="City")
    units = {
        code: Department.objects.get(pk=root.pk).add_child(code=code, name_zh=zh, name_en=en)
        for code, zh, en in (
            ("intake", "信访室", "Letters Office"),
            ("water", "水务处", "Water Unit"),
            ("roads", "道路处", "Roads Unit"),
        )
    }
    for kind in ("letter", "enquiry", "grievance", "information_request", "petition_answer"):
        Intake.objects.create(kind=kind, department=units["intake"])
    return House(
        root=root,
        **units,
        clerk=member(units["intake"], Role.OFFICER),
        arbiter=member(units["intake"], Role.APPROVER),
        officer=member(units["water"], Role.OFFICER),
        approver=member(units["water"], Role.APPROVER),
        openness=member(units["intake"], Role.REVIEWER_OPENNESS),
        head=member(root, Role.APPROVER),
        stranger=member(units["roads"], Role.OFFICER),
    )


def case(kind: str = "letter", *, text: str = "水管坏了，没有人来修。", now: datetime = NOW, **values: Any) -> Case:
    """Register a case of a named sender with an address."""
    sent = {"name": "李梅", "email": "mei@example.org", "received_at": now}
    given = {
        name: values.pop(name)
        for name in list(values)
        if name in ("language", "channel", "flagged", "token", "name", "signature", "email")
    }
    new = actions.NewCase(kind=kind, text=text, **values)
    actor: Actor = SYSTEM if kind == "petition_answer" else ReceiptHolder(0)
    return actions.register_case(new, envelope(**sent | given), actor=actor)


def published(title: str = "办事指南", slug: str = "guide") -> SearchEntry:
    """A page that everybody may read, as it stands in the index."""
    home = ensure_structure()["zh-hans"]
    release_page(home.add_child(instance=ArticlePage(title=title, slug=slug, intro="说明一句。", locale=home.locale)))
    return SearchEntry.objects.get(url=f"/zh/{slug}/")


def sender(case: Case) -> ReceiptHolder:
    """The holder of the case's receipt."""
    return ReceiptHolder(case.pk)


def taken_on(place: House, kind: str = "letter", *, now: datetime = NOW, **values: Any) -> Case:
    """A case that the water unit works on."""
    made = case(kind, now=now, **values)
    code = "transfer" if kind == "grievance" else "route"
    actions.take_step(made.pk, code, actions.Given(department=place.water.pk), actor=place.clerk, now=now)
    return actions.accept_case(made.pk, actor=place.officer, now=now)


def handed_in(place: House, made: Case, *, now: datetime = NOW, text: str = "已经派人修好。", **how: Any) -> Draft:
    """Write the answer to a case and hand it in."""
    if made.state != "drafting":
        actions.take_step(made.pk, "draft", actor=place.officer, now=now)
    result = made.machine.results[0] if made.machine.results else ""
    basis = "《水务管理办法》第三条" if result in made.machine.grounded else ""
    words = actions.DraftWords(text=text, basis=basis, result=result)
    actions.save_draft(made.pk, words, actor=place.officer, now=now)
    return actions.submit_draft(made.pk, actor=place.officer, now=now, **how)


def approved(place: House, made: Case, *, now: datetime = NOW, **how: Any) -> Draft:
    """Write, hand in and approve the answer."""
    draft = handed_in(place, made, now=now, **how)
    return actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=now)


def answered(place: House, made: Case, *, now: datetime = NOW, **how: Any) -> Case:
    """Answer a case: written, approved, sent after the time to undo."""
    approved(place, made, now=now, **how)
    actions.send_due_answers(now=later(now))
    made.refresh_from_db()
    return made


def later(now: datetime, seconds: int = 31) -> datetime:
    """A moment when the time to undo is over."""
    from datetime import timedelta

    return now + timedelta(seconds=seconds)
