"""What an author does to pages and questions."""

import pytest

from surveys.definition import editing, model
from tests.surveys.definition.builders import choice, definition, question

pytestmark = pytest.mark.sqlite_only


def made(**more):
    return definition(
        [choice("fruit", "apple", "pear"), question("text", "why", relevant="${fruit} = 'apple'")],
        [
            {
                "type": "group",
                "name": "home",
                "items": [question("text", "street"), question("number", "door", relevant="${street} != ''")],
            },
            question("note", "bye", label={"en": "Bye, ${street}"}),
        ],
        **more,
    )


def names(document):
    def of(items):
        return [[item["name"], of(item["items"])] if "items" in item else item["name"] for item in items]

    model.parse(document)
    return [of(page.get("items", [])) for page in document["pages"]]


def test_an_item_goes_to_the_end_of_a_page_or_group():
    new = question("text", "new")
    assert names(editing.add_item(made(), new, into="page1")) == [
        ["fruit", "why", "new"],
        [["home", ["street", "door"]], "bye"],
    ]
    assert names(editing.add_item(made(), new, into="home", kind="item"))[1][0] == ["home", ["street", "door", "new"]]
    assert [page["name"] for page in editing.add_page(made(), {"name": "last"})["pages"]] == ["page1", "page2", "last"]


def test_an_item_that_goes_nowhere_is_refused():
    with pytest.raises(editing.NotThere):
        editing.add_item(made(), question("text", "new"), into="nowhere")
    for act in (editing.copy, editing.remove):
        with pytest.raises(editing.NotThere):
            act(made(), "item", "page1")


def test_what_a_group_holds_stays_when_it_is_written_anew():
    document = editing.write(made(), "item", "home", {"type": "group", "name": "home", "label": {"en": "At home"}})
    assert document["pages"][1]["items"][0]["label"] == {"en": "At home"}
    assert names(document) == names(model.dump(made()))


@pytest.mark.parametrize(
    ("name", "step", "expected"),
    [
        ("why", -1, [["why", "fruit"], [["home", ["street", "door"]], "bye"]]),
        ("why", 1, [["fruit"], ["why", ["home", ["street", "door"]], "bye"]]),
        ("home", -1, [["fruit", "why", ["home", ["street", "door"]]], ["bye"]]),
        ("door", 1, [["fruit", "why"], [["home", ["street"]], "door", "bye"]]),
        ("street", -1, [["fruit", "why"], ["street", ["home", ["door"]], "bye"]]),
        ("fruit", -1, [["fruit", "why"], [["home", ["street", "door"]], "bye"]]),
        ("bye", 1, [["fruit", "why"], [["home", ["street", "door"]], "bye"]]),
    ],
)
def test_an_item_moves_within_and_over_edges(name, step, expected):
    assert names(editing.move(made(), "item", name, step)) == expected


def test_a_page_moves_and_stays_at_the_ends():
    assert [page["name"] for page in editing.move(made(), "page", "page1", 1)["pages"]] == ["page2", "page1"]
    assert [page["name"] for page in editing.move(made(), "page", "page1", -1)["pages"]] == ["page1", "page2"]


@pytest.mark.parametrize(
    ("name", "place", "expected"),
    [
        ("why", {"before": "fruit"}, [["why", "fruit"], [["home", ["street", "door"]], "bye"]]),
        ("fruit", {"before": "door"}, [["why"], [["home", ["street", "fruit", "door"]], "bye"]]),
        ("bye", {"into": "page1"}, [["fruit", "why", "bye"], [["home", ["street", "door"]]]]),
        ("why", {"into": "home", "holder": "item"}, [["fruit"], [["home", ["street", "door", "why"]], "bye"]]),
        ("home", {"before": "fruit"}, [[["home", ["street", "door"]], "fruit", "why"], ["bye"]]),
        ("bye", {"before": "bye"}, [["fruit", "why"], [["home", ["street", "door"]], "bye"]]),
    ],
)
def test_an_item_goes_to_a_place(name, place, expected):
    assert names(editing.move_to(made(), "item", name, **place)) == expected


def test_a_page_goes_to_a_place_and_nothing_goes_into_itself():
    pages = [page["name"] for page in editing.move_to(made(), "page", "page2", before="page1")["pages"]]
    assert pages == ["page2", "page1"]
    assert [page["name"] for page in editing.move_to(made(), "page", "page1")["pages"]] == ["page2", "page1"]
    for place in ({"before": "door"}, {"into": "home", "holder": "item"}, {"into": "nowhere"}, {}):
        with pytest.raises(editing.NotThere):
            editing.move_to(made(), "item", "home", **place)


def test_a_copy_of_a_group_reads_itself():
    document = editing.copy(made(), "item", "home")
    assert names(document)[1] == [["home", ["street", "door"]], ["home_2", ["street_2", "door_2"]], "bye"]
    assert document["pages"][1]["items"][1]["items"][1]["relevant"] == "${street_2} != ''"
    assert document["pages"][1]["items"][2]["label"]["en"] == "Bye, ${street}"


def test_a_copy_of_a_page_has_names_of_its_own():
    document = editing.copy(made(), "page", "page1")
    assert [page["name"] for page in document["pages"]] == ["page1", "page1_2", "page2"]
    assert names(document)[1] == ["fruit_2", "why_2"]
    assert document["pages"][1]["items"][1]["relevant"] == "${fruit_2} = 'apple'"
    assert names(editing.copy(definition({"name": "empty"}), "page", "empty")) == [[], []]


def test_rows_of_a_copied_matrix_are_read_in_the_copy():
    table = question("matrix", "table", options=[{"value": "1"}], rows=[{"value": "clean"}])
    document = editing.copy(
        definition(
            [{"type": "group", "name": "g", "items": [table, question("text", "why", relevant="${table.clean} = 1")]}]
        ),
        "item",
        "g",
    )
    assert document["pages"][0]["items"][1]["items"][1]["relevant"] == "${table_2.clean} = 1"


def test_what_is_removed_is_still_read_by_others():
    assert names(editing.remove(made(), "item", "home"))[1] == ["bye"]
    assert editing.readers_of(made(), "fruit") == ("why",)
    assert editing.readers_of(made(), "bye") == ()


def test_the_definition_stays_as_it_was():
    before, after = made(), made()
    for act in (editing.copy, editing.remove):
        act(before, "item", "home")
    editing.move(before, "item", "door", 1)
    assert model.dump(before) == model.dump(after)


def test_a_free_name_is_free():
    assert editing.free_name(made(), "why") == "why_2"
    assert editing.free_name(made(), "page1") == "page1"
    assert editing.free_name(made(), "page1", "page") == "page1_2"
