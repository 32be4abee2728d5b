"""Parts of questionnaires for the library."""

import pytest

from surveys.definition import editing, keeping, model
from tests.surveys.definition.builders import choice, definition, question

pytestmark = pytest.mark.sqlite_only

TRUST = [{"value": "low", "label": {"en": "Low"}}, {"value": "high", "label": {"en": "High"}}]


def kept(made, name, kind="item"):
    return model.parse(keeping.keep(made, kind, name))


def into(target, part, kind="item", **place):
    taken = keeping.take(target, part, kind, **place)
    return taken, model.parse(taken.document)


def test_a_question_is_kept_with_its_list_and_nothing_else():
    made = definition(
        [question("single", "trust", list="trust"), choice("fruit", "apple")],
        lists={"trust": TRUST, "other": [{"value": "a"}]},
    )
    part = kept(made, "trust")
    assert list(part.by_name) == ["trust"] and list(part.lists) == ["trust"]
    assert keeping.kept_part(part, "item").name == "trust"
    with pytest.raises(editing.NotThere):
        keeping.keep(made, "item", "nowhere")


def test_a_copy_has_a_free_name_and_reads_itself():
    source = definition([
        {
            "type": "group",
            "name": "home",
            "items": [choice("pet", "yes", "no"), question("text", "which", relevant="${pet} = 'yes'",
                                                           label={"en": "You have one, ${pet}?"})],
        }
    ])  # fmt: skip
    target = definition([question("text", "pet")], [question("text", "home")])
    taken, after = into(target, kept(source, "home"), into="page2")
    assert taken.name == "home_2" and not taken.taken_off
    assert [entry.item.name for entry in after.entries] == ["pet", "home", "home_2", "pet_2", "which"]
    which = after.by_name["which"].item
    assert which.relevant == "${pet_2} = 'yes'" and which.label["en"] == "You have one, ${pet_2}?"


def test_conditions_that_read_what_is_not_there_are_taken_off_and_named():
    source = definition([
        choice("fruit", "apple"),
        question("single", "why", relevant="${fruit} = 'apple'", required="${gone.row} = 'x'", constraint=". != ''",
                 options=[{"value": "a", "relevant": "${fruit} = 'apple'"}, {"value": "b"}]),
    ])  # fmt: skip
    part = kept(source, "why")
    taken, after = into(definition([question("text", "else")]), part, into="page1")
    why = after.by_name["why"].item
    assert (why.relevant, why.required, why.constraint, why.options[0].relevant) == ("", False, ". != ''", "")
    assert [(one.property, one.option, one.missing) for one in taken.taken_off] == [
        ("relevant", "", ("fruit",)),
        ("required", "", ("gone.row",)),
        ("relevant", "a", ("fruit",)),
    ]
    taken, after = into(definition([choice("fruit", "apple")]), part, into="page1")
    assert after.by_name["why"].item.relevant == "${fruit} = 'apple'" and len(taken.taken_off) == 1


@pytest.mark.parametrize(
    ("there", "names", "read"),
    [
        ({}, ["trust"], "trust"),
        ({"trust": TRUST}, ["trust"], "trust"),
        ({"trust": TRUST[:1]}, ["trust", "trust_2"], "trust_2"),
    ],
)
def test_its_list_comes_with_it_unless_the_same_one_is_there(there, names, read):
    part = kept(definition([question("single", "trust", list="trust")], lists={"trust": TRUST}), "trust")
    _taken, after = into(definition([], lists=there), part, into="page1")
    assert list(after.lists) == names and after.by_name["trust"].item.list == read


def test_a_page_goes_to_the_end_and_an_item_into_a_group():
    source = definition([question("text", "one")])
    target = definition([{"type": "group", "name": "box", "items": [question("text", "one")]}])
    taken, after = into(target, kept(source, "page1", "page"), "page")
    assert [page.name for page in after.pages] == ["page1", "page1_2"] == ["page1", taken.name]
    taken, after = into(target, kept(source, "one"), into="box", holder="item")
    assert [item.name for item in after.by_name["box"].item.items] == ["one", "one_2"]
    with pytest.raises(editing.NotThere):
        keeping.take(target, kept(source, "one"), "item", into="nowhere")


def test_texts_in_other_languages_stay_behind_unless_there_are_no_others():
    labels = {"fr": "Pourquoi ?", "en": "Why?"}
    part = kept(definition([question("text", "why", label=labels)], languages=("fr", "en")), "why")
    for languages, expected in ((("en", "zh-hans"), {"en": "Why?"}), (("zh-hans",), labels)):
        _taken, after = into(definition([], languages=languages), part, into="page1")
        assert after.by_name["why"].item.label == expected
