"""What a queue must be to be shown."""

from dataclasses import replace

import pytest
from django.utils import translation

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.desk import registry
from engage.desk.registry import (
    ALONE,
    OUTREACH,
    PUBLISHING,
    DeskPage,
    RowAction,
    View,
    bar_for,
    queue_for,
    queues_for,
    register,
    register_page,
)
from tests.accounts.people import person
from tests.desk.double import Letters, registered


def described(**changes):
    return Letters([]).queue("test-queue", **changes)


def action(code: str, key: str = "") -> RowAction:
    return RowAction(code, code.title(), Letters([]).accept, key=key)


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "Not a code"},
        {"views": ()},
        {"roles": ()},
        {"views": (View("new", "New"), View("new", "Again"))},
        {"actions": (action("one", "a"), action("two", "a"))},
        {"actions": (action("one", "j"),)},
        {"actions": (action("one", "A"),)},
        {"actions": (action("one", "ab"),)},
        {"actions": (action("same"), action("same"))},
        {"actions": (action("with/slash"),)},
    ],
)
def test_a_queue_that_could_not_work_is_refused(changes):
    with pytest.raises(ValueError):
        register(Letters([]).queue(**({"code": "test-queue"} | changes)))
    assert queue_for(SYSTEM, "test-queue") is None


@pytest.mark.parametrize("name", ["q", "page", "view", "saved"])
def test_filters_do_not_take_the_names_of_the_desk(name):
    from engage.desk.registry import Filter

    with pytest.raises(ValueError):
        register(described(filters=(Filter(name, "Name", lambda actor: []),)))


def test_a_code_is_registered_once():
    with registered(described()), pytest.raises(ValueError):
        register(described())


@pytest.mark.django_db
def test_a_queue_is_there_for_its_roles_and_for_administrators_only():
    with registered(described()):
        there = {role for role in Role if queue_for(person(role), "test-queue")}
    assert there == {Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR}


@pytest.mark.django_db
def test_a_queue_for_citizens_would_still_open_no_desk_to_them():
    with registered(described(roles=(Role.CITIZEN,))):
        assert queues_for(person(Role.CITIZEN)) == []
        assert queues_for(ANYONE) == []


def place(code: str, **values) -> DeskPage:
    return DeskPage(code, code.title(), (Role.OFFICER,), "desk_keys", **values)


def only(monkeypatch, *pages: DeskPage, queues: tuple[str, ...] = ()) -> None:
    """Let the desk have these places and no others."""
    monkeypatch.setattr(registry, "_pages", {page.code: page for page in pages})
    monkeypatch.setattr(registry, "_queues", {code: replace(described(), code=code) for code in queues})


def told(actor) -> list[tuple[str, list[str]]]:
    return [(str(item.label), [one.code for one in item.places]) for item in bar_for(actor)]


@pytest.mark.django_db
def test_few_places_stand_side_by_side_and_more_under_their_sorts(monkeypatch):
    officer = person(Role.OFFICER)
    several = [place(f"p{n}", group=OUTREACH) for n in range(5)]
    waits = place("gate", group=PUBLISHING, count=lambda actor: 0)
    one, alone = place("fresh", group=PUBLISHING), place("help", group=ALONE)
    only(monkeypatch, *several, alone, queues=("letters", "replies"))
    assert told(officer) == [("", [code]) for code in ("letters", "replies", "p0", "p1", "p2", "p3", "p4", "help")]
    only(monkeypatch, *several, waits, one, alone, queues=("letters", "replies"))
    with translation.override("en"):
        assert told(officer) == [
            ("", ["gate"]),
            ("Consultations", ["letters", "replies"]),
            ("", ["fresh"]),
            ("Outreach", ["p0", "p1", "p2", "p3", "p4"]),
            ("", ["help"]),
        ]
    assert told(person(Role.CITIZEN)) == []


def test_a_place_of_no_known_sort_is_refused():
    with pytest.raises(ValueError):
        register_page(place("lost", group="nowhere"))
    with pytest.raises(ValueError):
        register(replace(described(), group=ALONE))
