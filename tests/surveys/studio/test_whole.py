"""What stands beside the pages in the builder: lists, split ballots, quotas, languages, translations."""

from typing import Any

import pytest
from django.urls import reverse

from engage.accounts.actors import Role
from surveys import actions
from surveys.definition import model
from surveys.models import Version
from surveys.studio.option_lines import read_arms, write_arms
from surveys.studio.whole_views import TEXTS_A_SCREEN
from tests.accounts.people import person, staff_client
from tests.surveys.answering.builders import published
from tests.surveys.studio.builders import PARKS, fields, parks

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


@pytest.fixture
def editor():
    return staff_client(Role.EDITOR)


def at(version: Version, name: str, *more: Any) -> str:
    return reverse(f"questionnaire_{name}", args=[version.pk, *more])


def stored(version: Version) -> model.Definition:
    return Version.objects.get(pk=version.pk).parsed


def save(editor, version: Version, name: str, given: dict[str, Any]):
    """Change some fields of a screen and send it."""
    sent = fields(editor.get(at(version, name))) | given
    return editor.post(at(version, name), {key: value for key, value in sent.items() if value is not None})


def write(version: Version, **parts: Any) -> None:
    """Put other parts into the definition."""
    now = Version.objects.get(pk=version.pk)
    document = model.dump(now.parsed) | parts
    actions.write_definition(version.pk, document, revision=now.revision, actor=person(Role.EDITOR))


# --- lists, ballots, quotas -----------------------------------------------------------------------------------------


def test_a_list_is_written_taken_by_a_question_and_stays_while_it_is_taken(editor):
    version = parks()
    assert (
        save(editor, version, "lists", {"name_new": "yn", "options_new": "y | 是 | Yes\nn | 否 | No"}).status_code
        == 302
    )
    assert [option.label for option in stored(version).lists["yn"]] == [
        {"zh-hans": "是", "en": "Yes"},
        {"zh-hans": "否", "en": "No"},
    ]
    page = dict(PARKS["pages"][1])
    taker = {"name": "open", "type": "single", "label": {"en": "Open?"}, "list": "yn"}
    write(version, pages=[PARKS["pages"][0], page | {"items": [taker]}])

    refused = save(editor, version, "lists", {"remove/yn": "on"})
    assert refused.status_code == 422 and "remove/yn" in refused.context["form"].errors
    assert "open" in refused.content.decode() and "yn" in stored(version).lists

    assert save(editor, version, "lists", {"options/yn": "y | 是 | Yes\nn | 不 | No | alone"}).status_code == 302
    assert stored(version).lists["yn"][1].label["zh-hans"] == "不" and stored(version).lists["yn"][1].exclusive

    write(version, pages=PARKS["pages"])
    assert save(editor, version, "lists", {"remove/yn": "on"}).status_code == 302
    assert not stored(version).lists


def test_a_ballot_has_forms_with_weights_and_conditions_read_it(editor):
    version = parks()
    assert save(editor, version, "ballots", {"name_new": "wording", "arms_new": "a | 2\nb"}).status_code == 302
    assert [(arm.value, arm.weight) for arm in stored(version).ballots[0].arms] == [("a", 2), ("b", 1)]
    first = dict(PARKS["pages"][0]) | {"relevant": "${wording} = 'a'"}
    write(version, pages=[first, PARKS["pages"][1]])
    screen = editor.get(at(version, "ballots")).content.decode()
    assert "visits" in screen
    assert save(editor, version, "ballots", {"remove/wording": "on"}).status_code == 422


def test_lines_of_a_ballot_keep_words_and_exact_weights():
    arms = [{"value": "a | b", "weight": 0.123456789, "label": {"en": "First"}}, {"value": "c"}]
    assert read_arms(write_arms(arms), arms) == [arms[0], {"value": "c", "weight": 1}]


@pytest.mark.parametrize("line", ["a | many", "| 1", "a | 1 | 2", "a | -1", "a | nan"])
def test_a_line_of_a_ballot_that_is_none_is_refused_and_kept(editor, line):
    version = parks()
    refused = save(editor, version, "ballots", {"name_new": "wording", "arms_new": f"a\n{line}"})
    assert refused.status_code == 422 and "2" in refused.context["form"].errors["arms_new"][0]
    assert line in refused.content.decode() and not stored(version).ballots


def test_a_quota_is_written_changed_and_taken_out(editor):
    version = parks()
    given = {"name_new": "weekly", "when_new": "${often} = 'weekly'", "limit_new": "500", "label_new:en": "Regulars"}
    assert save(editor, version, "quotas", given).status_code == 302
    quota = stored(version).quotas[0]
    assert (quota.name, quota.when, quota.limit, quota.label) == (
        "weekly",
        "${often} = 'weekly'",
        500,
        {"en": "Regulars"},
    )
    assert (
        save(
            editor, version, "quotas", {"limit/weekly": "600", "message/weekly:en": "Thank you, we are full."}
        ).status_code
        == 302
    )
    assert stored(version).quotas[0].limit == 600 and stored(version).quotas[0].message["en"].startswith("Thank")
    assert save(editor, version, "quotas", {"remove/weekly": "on"}).status_code == 302
    assert not stored(version).quotas


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name_new": "", "when_new": "${often} = 'weekly'", "limit_new": "5"}, "name_new"),
        ({"name_new": "a b", "when_new": "${often} = 'weekly'", "limit_new": "5"}, "name_new"),
        ({"name_new": "q", "when_new": "", "limit_new": "5"}, "when_new"),
        ({"name_new": "q", "when_new": "${often} = ", "limit_new": "5"}, "when_new"),
        ({"name_new": "q", "when_new": "${often} = 'weekly'", "limit_new": ""}, "limit_new"),
        ({"name_new": "q", "when_new": "${often} = 'weekly'", "limit_new": "-1"}, "limit_new"),
    ],
)
def test_what_is_wrong_with_a_quota_stands_at_its_field_and_nothing_is_lost(editor, given, field):
    version = parks()
    refused = save(editor, version, "quotas", given | {"message_new:en": "We are full."})
    assert refused.status_code == 422 and field in refused.context["form"].errors
    assert "We are full." in refused.content.decode() and not stored(version).quotas


def test_a_name_that_is_taken_is_said_at_its_field(editor):
    version = parks()
    save(editor, version, "lists", {"name_new": "yn", "options_new": "y | 是 | Yes"})
    twice = save(editor, version, "lists", {"name_new": "yn", "options_new": "n | 否 | No"})
    assert twice.status_code == 422 and "name_new" in twice.context["form"].errors
    # A ballot is read like a question, so it cannot have the name of one.
    clash = save(editor, version, "ballots", {"name_new": "often", "arms_new": "a\nb"})
    assert clash.status_code == 422 and clash.context["form"].errors


def test_a_list_with_a_value_twice_says_so_at_its_field(editor):
    version = parks()
    refused = save(editor, version, "lists", {"name_new": "yn", "options_new": "y | 是 | Yes\ny | 否 | No"})
    assert refused.status_code == 422 and "options_new" in refused.context["form"].errors


# --- languages ------------------------------------------------------------------------------------------------------


def test_a_language_is_added_shown_first_and_taken_out_with_its_words(editor):
    version = parks()
    assert save(editor, version, "languages", {"add": "FR"}).status_code == 302
    assert stored(version).languages == ("zh-hans", "en", "fr")
    assert save(editor, version, "languages", {"add": None, "first": "en", "remove": ["zh-hans"]}).status_code == 302
    after = stored(version)
    assert after.languages == ("en", "fr") and after.title == {"en": "Opening hours of parks"}
    assert after.by_name["often"].item.options[0].label == {"en": "Every week"}


@pytest.mark.parametrize(
    ("given", "field"),
    [({"add": "en"}, "add"), ({"add": "中文"}, "add"), ({"first": "en", "remove": ["en"]}, "remove")],
)
def test_a_language_that_is_none_or_there_or_the_first_is_refused(editor, given, field):
    version = parks()
    refused = save(editor, version, "languages", given)
    assert refused.status_code == 422 and field in refused.context["form"].errors
    assert stored(version).languages == ("zh-hans", "en")


def test_what_is_missing_in_a_language_is_translated_beside_the_other(editor):
    version = parks()
    save(editor, version, "languages", {"add": "fr"})
    address = at(version, "translate", "fr")
    screen = editor.get(address, {"missing": "1"})
    rows = screen.context["rows"]
    assert [row.source for row in rows[:2]] == ["公园开放时间", "去公园"]
    assert {row.kind for row in rows} == {"", "page", "item"} and screen.context["total"] == len(rows) == 8
    sent = {"revision": screen.context["revision"], rows[0].field.name: "Heures d’ouverture"}
    response = editor.post(f"{address}?missing=1", sent)
    assert response.url == f"{address}?start=0&missing=1"
    assert stored(version).title["fr"] == "Heures d’ouverture" and stored(version).title["en"]
    assert editor.get(response.url).context["total"] == 7


def test_texts_come_some_at_a_time_and_words_can_be_taken_away(editor):
    version = parks()
    lines = "\n".join(f"v{number} | 值{number} | Value {number}" for number in range(80))
    save(editor, version, "lists", {"name_new": "long", "options_new": lines})
    address = at(version, "translate", "en")
    screen = editor.get(address)
    assert len(screen.context["rows"]) == TEXTS_A_SCREEN and screen.context["later"] == TEXTS_A_SCREEN
    further = editor.get(address, {"start": TEXTS_A_SCREEN})
    assert further.context["rows"] and further.context["later"] is None
    sent = {"revision": screen.context["revision"]} | {
        row.field.name: row.field.value() for row in screen.context["rows"]
    }
    second = screen.context["rows"][1].field.name
    assert editor.post(address, sent | {second: ""}).url == f"{address}?start={TEXTS_A_SCREEN}"
    after = stored(version)
    assert after.lists["long"][0].label == {"zh-hans": "值0"} and after.lists["long"][1].label["en"] == "Value 1"
    assert editor.get(at(version, "translate", "de")).status_code == 404


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten_and_the_words_stay(editor):
    version = parks()
    address = at(version, "translate", "en")
    screen = editor.get(address)
    write(version, closing={"en": "Thank you"})
    sent = {"revision": screen.context["revision"], screen.context["rows"][0].field.name: "Gates of parks"}
    refused = editor.post(address, sent)
    assert refused.status_code == 409 and "Gates of parks" in refused.content.decode()
    assert stored(version).title["en"] == "Opening hours of parks"


# --- who and when ---------------------------------------------------------------------------------------------------

SCREENS = [("lists",), ("ballots",), ("quotas",), ("languages",), ("translate", "en")]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen[0])
def test_a_published_version_is_shown_and_not_changed(editor, screen):
    version = published(PARKS)
    address = at(version, *screen)
    shown = editor.get(address)
    assert shown.status_code == 200 and shown.content.decode().count("<h1") == 1
    sent = {"revision": version.revision, "add": "fr", "first": "en", "name_new": "q1", "arms_new": "a",
            "options_new": "a", "when_new": "1 = 1", "limit_new": "1"}  # fmt: skip
    assert editor.post(address, sent).status_code == 409
    assert Version.objects.get(pk=version.pk).definition == version.definition


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen[0])
def test_nobody_but_editors_finds_them(screen):
    version = parks()
    assert staff_client(Role.ANALYST).get(at(version, *screen)).status_code in (302, 403, 404)


def test_words_for_what_somebody_else_took_out_stay_on_the_screen(editor):
    version = parks()
    save(editor, version, "lists", {"name_new": "yn", "options_new": "y | 是 | Yes"})
    save(editor, version, "lists", {"name_new": "x_new", "options_new": "x | 某 | X"})
    screen = editor.get(at(version, "lists"))
    assert [section.title for section in screen.context["form"].sections][:2] == ["yn", "x_new"]
    sent = fields(screen) | {"options/yn": "y | 是 | Yes\nn | 否 | No", "options/x_new": "x | 某某 | X"}
    save(editor, version, "lists", {"remove/yn": "on"})
    for _again in range(2):
        refused = editor.post(at(version, "lists"), sent)
        assert refused.status_code == 409
        assert refused.context["form"].left_over == ["y | 是 | Yes\nn | 否 | No"]
        assert "否" in refused.content.decode() and "某某" in refused.content.decode()
    assert stored(version).lists["x_new"][0].label["zh-hans"] == "某"


def test_pictures_have_their_words_translated_and_lose_a_language(editor):
    version = parks()
    picture = {"kind": "image", "source": {"zh-hans": "a.png", "en": "b.png"}, "alt": {"zh-hans": "草坪"}}
    page = dict(PARKS["pages"][1])
    page["items"] = [page["items"][0] | {"media": [picture]}]
    write(version, pages=[PARKS["pages"][0], page])
    rows = editor.get(at(version, "translate", "en"), {"missing": "1"}).context["rows"]
    assert [(row.source, row.name) for row in rows if "media" in row.field.name] == [("草坪", "hours")]
    save(editor, version, "languages", {"remove": ["en"]})
    assert dict(stored(version).by_name["hours"].item.media[0].source) == {"zh-hans": "a.png"}


def test_after_the_last_missing_text_come_those_before(editor):
    version = parks()
    save(editor, version, "languages", {"add": "fr"})
    shown = editor.get(at(version, "translate", "fr"), {"missing": "1", "start": TEXTS_A_SCREEN})
    assert shown.context["rows"]
