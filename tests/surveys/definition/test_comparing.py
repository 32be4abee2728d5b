"""What differs between two versions."""

import pytest

from surveys.definition import editing, model
from surveys.definition.comparing import Change, Property, compare
from tests.surveys.definition.builders import choice, definition, question

pytestmark = pytest.mark.sqlite_only


def made(**more):
    return definition(
        [choice("fruit", "apple", "pear"), question("text", "why"), question("text", "where")],
        [{"type": "group", "name": "home", "items": [question("text", "street"), question("number", "door")]}],
        **more,
    )


def after(document):
    return compare(made(), model.parse(document))


def test_the_same_differs_in_nothing():
    assert compare(made(), made()) == ()


def test_added_and_removed_parts_are_named():
    assert after(editing.add_item(made(), question("text", "new"), into="page1")) == (Change("item", "added", "new"),)
    assert after(editing.remove(made(), "item", "home")) == (
        Change("item", "removed", "home"), Change("item", "removed", "street"), Change("item", "removed", "door"),
    )  # fmt: skip
    assert after(editing.add_page(made(), {"name": "last"})) == (Change("page", "added", "last"),)


def test_a_change_has_its_properties_before_and_after():
    changed = editing.write(made(), "item", "why", question("long_text", "why", label={"en": "Why?"}))
    assert after(changed) == (
        Change(
            "item", "changed", "why", (Property("type", "text", "long_text"), Property("label", None, {"en": "Why?"}))
        ),
    )


def test_the_questionnaire_and_its_lists_and_quotas_are_compared():
    new = made(
        title={"en": "Fruit"}, lists={"l": [{"value": "1"}]}, quotas=[{"name": "q", "when": "1 = 1", "limit": 5}]
    )
    assert [(c.what, c.how, c.name) for c in compare(made(), new)] == [
        ("questionnaire", "changed", ""), ("list", "added", "l"), ("quota", "added", "q"),
    ]  # fmt: skip


def test_only_what_moved_is_named():
    document = editing.move(made(), "item", "fruit", 1)
    assert len(after(document)) == 1 and after(document)[0].how == "moved"
    assert after(editing.move(made(), "item", "where", 1)) == (Change("item", "moved", "where"),)
    assert after(editing.move(made(), "item", "door", 1)) == (Change("item", "moved", "door"),)
    assert [c.what for c in after(editing.move(made(), "page", "page1", 1))] == ["page"]
