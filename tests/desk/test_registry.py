"""What a queue must be to be shown."""

import pytest

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.desk.registry import RowAction, View, queue_for, queues_for, register
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
