"""The builder of questionnaires in the Studio."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from wagtail.users.models import UserProfile

from engage.accounts.actors import Role
from engage.accounts.models import User
from surveys import actions
from surveys.definition import model
from surveys.definition.xlsform import export
from surveys.models import Questionnaire, SavedResponse, Version
from surveys.studio.words import ERRORS, PROPERTIES, TYPES, error_sentence
from tests.accounts.people import person, staff_client
from tests.surveys.answering.builders import department, published
from tests.surveys.studio.builders import PARKS, fields, parks
from tests.surveys.xlsform.workbooks import workbook

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


@pytest.fixture
def editor():
    return staff_client(Role.EDITOR)


def in_english(client):
    """The same browser, whose user reads the Studio in English."""
    profile = UserProfile.get_for_user(User.objects.get(pk=client.session["_auth_user_id"]))
    profile.preferred_language = "en"
    profile.save()
    return client


def colleague():
    """Another editor."""
    return person(Role.EDITOR)


def at(version, name, *more):
    return reverse(f"questionnaire_{name}", args=[version.pk, *more])


def stored(version):
    return Version.objects.get(pk=version.pk)


def names(version):
    return [(page.name, [item.name for item in page.items]) for page in stored(version).parsed.pages]


# --- the questionnaire ----------------------------------------------------------------------------------------------

NEW = {
    "title_zh": "公园开放时间", "title_en": "Opening hours", "key": "parks-2026", "opens_at": "2026-12-01 00:00",
    "closes_at": "2026-12-31 00:00", "one_per": "none", "anonymous": "on", "results": "at_close",
}  # fmt: skip


def test_a_new_questionnaire_begins_with_a_page_and_its_period(editor):
    response = editor.post(reverse("questionnaire_new"), NEW | {"department": department().pk})
    made = Questionnaire.objects.get(key="parks-2026")
    version = made.versions.get()
    assert response.url == at(version, "version")
    assert editor.get(response.url).context["pages"][0].items == ()
    assert version.parsed.title == {"zh-hans": "公园开放时间", "en": "Opening hours"}
    assert made.opens_at.isoformat() == "2026-11-30T16:00:00+00:00" and made.closes_at > made.opens_at
    assert "公园开放时间" in editor.get(reverse("questionnaires")).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"key": "公园"}, "key"), ({"title_en": ""}, "title_en"), ({"closes_at": "2026-11-01 00:00"}, "closes_at"),
     ({"department": "0"}, "department")],
)  # fmt: skip
def test_what_is_wrong_with_a_new_one_stands_at_its_field_and_nothing_is_lost(editor, wrong, field):
    response = editor.post(reverse("questionnaire_new"), NEW | {"department": department().pk} | wrong)
    assert response.status_code == 422 and field in response.context["form"].errors
    assert "公园开放时间" in response.content.decode() and not Questionnaire.objects.exists()


def test_a_key_that_is_taken_is_refused(editor):
    parks("parks-2026")
    response = editor.post(reverse("questionnaire_new"), NEW | {"department": department().pk})
    assert response.status_code == 422 and "key" in response.context["form"].errors
    assert Questionnaire.objects.count() == 1


# --- questions ------------------------------------------------------------------------------------------------------


def test_a_question_is_added_written_moved_copied_and_removed(editor):
    version = parks()
    screen = editor.get(at(version, "add"), {"type": "multiple", "page": "wishes"})
    sent = fields(screen) | {
        "name": "topics", "label:zh-hans": "关心什么？", "label:en": "What matters?", "required": "yes",
        "options": "lawns | 草坪 | Lawns\nnone | 都不 | None | alone", "max_chosen": "2",
    }  # fmt: skip
    response = editor.post(at(version, "add"), sent)
    assert response.url == at(version, "version") + "#item-topics"
    topics = stored(version).parsed.by_name["topics"].item
    assert topics.required is True and topics.max_chosen == 2 and topics.options[1].exclusive
    assert topics.options[0].label == {"zh-hans": "草坪", "en": "Lawns"}

    screen = editor.get(at(version, "part", "item", "hours"))
    editor.post(at(version, "part", "item", "hours"), fields(screen) | {"label:en": "Hours?", "minimum": "0"})
    hours = stored(version).parsed.by_name["hours"].item
    assert hours.label["en"] == "Hours?" and hours.minimum == 0 and hours.maximum == 24

    for step, expected in (
        ("up", [("visits", ["often", "why"]), ("wishes", ["topics", "hours"])]),
        ("copy", [("visits", ["often", "why"]), ("wishes", ["topics", "topics_2", "hours"])]),
        ("remove", [("visits", ["often", "why"]), ("wishes", ["topics_2", "hours"])]),
    ):
        revision = stored(version).revision
        response = editor.post(at(version, "arrange", "item", "topics"), {"step": step, "revision": revision})
        assert response.status_code == 302 and names(version) == expected
    revision = stored(version).revision
    address = at(version, "arrange", "item", "why")
    sent = {"step": "to", "before": "hours", "revision": revision}
    assert editor.post(address, sent).url.endswith("#item-why")
    assert names(version) == [("visits", ["often"]), ("wishes", ["topics_2", "why", "hours"])]
    refused = editor.post(address, sent)
    assert refused.status_code == 409 and refused.context["refusal"] and stored(version).revision == revision + 1
    sent = {"step": "to", "page": "visits", "revision": revision + 1}
    assert editor.post(address, sent | {"page": "nowhere"}).status_code == 404
    assert editor.post(address, sent | {"page": "", "before": "hours"}).status_code == 302
    assert stored(version).revision == revision + 1
    assert editor.post(address, sent).status_code == 302
    revision = stored(version).revision
    editor.post(at(version, "arrange", "page", "wishes"), {"step": "up", "revision": revision})
    assert [name for name, _items in names(version)] == ["wishes", "visits"]
    assert version.writers.count() == 2


def test_every_kind_of_part_can_be_opened_and_saved_unchanged(editor):
    kinds = [kind for kind in model.QUESTION_TYPES if kind != "meta"]
    asked = {"zh-hans": "问", "en": "Ask"}
    items = [
        {"name": f"q_{kind}", "type": kind, **({} if kind in model.UNASKED_TYPES else {"label": asked})}
        for kind in kinds
    ]
    items += [{"name": "g", "type": "group"}, {"name": "r", "type": "repeat", "minimum": 1, "maximum": 3}]
    version = parks(definition=PARKS | {"pages": [{"name": "p", "items": items}]})
    before = stored(version).definition
    for item in items:
        address = at(version, "part", "item", item["name"])
        screen = editor.get(address)
        shown = screen.content.decode()
        assert all(f'name="{name}"' in shown for name in screen.context["form"].fields), item
        assert editor.post(address, fields(screen)).status_code == 302, item
    assert stored(version).definition == before


def test_a_condition_that_means_nothing_is_refused_with_the_character(editor):
    version = parks()
    address = at(version, "part", "item", "why")
    sent = fields(editor.get(address)) | {"relevant": "${often} = 'never", "label:en": "Typed just now"}
    response = editor.post(address, sent)
    assert response.status_code == 422
    [sentence] = response.context["form"].errors["relevant"]
    assert re.search(r"\b12\b", sentence) and "Typed just now" in response.content.decode()
    assert stored(version).revision == version.revision


def test_a_name_that_is_taken_and_a_value_twice_are_refused_at_their_fields(editor):
    version = parks()
    new = {"type": "single", "page": "wishes", "revision": version.revision, "options": "a|1|1\na|2|2"}
    response = editor.post(at(version, "add"), new | {"name": "often"})
    assert response.status_code == 422 and "name" in response.context["form"].errors
    response = editor.post(at(version, "add"), new | {"name": "fresh"})
    assert response.status_code == 422 and "options" in response.context["form"].errors


def test_an_older_view_is_refused_and_what_was_typed_is_kept(editor):
    version = parks()
    address = at(version, "part", "item", "why")
    sent = fields(editor.get(address)) | {"label:en": "Typed on an older view"}
    actions.write_definition(version.pk, PARKS, revision=version.revision, actor=colleague())
    response = editor.post(address, sent)
    assert response.status_code == 409 and "Typed on an older view" in response.content.decode()
    assert stored(version).parsed.by_name["why"].item.label["en"] == "Why not?"
    again = editor.post(address, sent | {"revision": response.context["revision"]})
    assert again.status_code == 302
    assert stored(version).parsed.by_name["why"].item.label["en"] == "Typed on an older view"


def test_what_was_typed_about_a_question_removed_meanwhile_is_kept(editor):
    version = parks()
    address = at(version, "part", "item", "hours")
    sent = fields(editor.get(address)) | {"label:en": "Typed meanwhile"}
    without = PARKS | {"pages": PARKS["pages"][:1]}
    actions.write_definition(version.pk, without, revision=version.revision, actor=colleague())
    response = editor.post(address, sent)
    assert response.status_code == 409 and "Typed meanwhile" in response.content.decode()
    response = editor.post(at(version, "arrange", "item", "often"), {"step": "up", "revision": version.revision})
    assert response.status_code == 409 and stored(version).definition == model.dump(model.parse(without))


# --- settings, files, checks ----------------------------------------------------------------------------------------


def test_settings_are_written_and_questions_stay(editor):
    version = parks()
    sent = fields(editor.get(at(version, "settings"))) | {"introduction:en": "Why we ask", "results": "never"}
    sent.pop("anonymous")
    assert editor.post(at(version, "settings"), sent).status_code == 302
    after = stored(version).parsed
    assert after.introduction == {"en": "Why we ask"} and after.settings.results == "never"
    assert not after.settings.anonymous and names(version)[0] == ("visits", ["often", "why"])


def test_the_period_is_set_under_its_own_revision(editor):
    version = parks()
    sent = {"opens_at": "2026-12-01 00:00", "closes_at": "", "revision": version.questionnaire.revision}
    assert editor.post(at(version, "period"), sent).status_code == 302
    assert editor.post(at(version, "period"), sent).status_code == 409
    assert Questionnaire.objects.get().opens_at is not None


def test_a_questionnaire_comes_in_as_a_form_and_goes_out_again(editor):
    content = export(model.parse(PARKS)).content
    given = {"key": "from-form", "department": department().pk, "file": SimpleUploadedFile("a.xlsx", content)}
    response = editor.post(reverse("questionnaire_import"), given)
    version = Version.objects.get(questionnaire__key="from-form")
    assert response.status_code in (200, 302)
    assert list(version.parsed.by_name) == ["often", "why", "hours"]
    sent = json.loads(editor.get(at(version, "export", "json")).content)
    assert sent == version.definition
    assert editor.get(at(version, "export", "xlsx")).content[:2] == b"PK"
    table = editor.get(at(version, "export", "csv")).content
    sent = {"revision": version.revision, "file": SimpleUploadedFile("a.csv", table)}
    assert editor.post(at(version, "import_into"), sent).status_code in (200, 302)
    assert stored(version).definition == version.definition
    assert b"ddi:codebook:2_5" in editor.get(at(version, "export", "ddi")).content
    assert editor.get(at(version, "export", "pdf")).status_code == 404


def test_a_definition_replaces_a_version_under_its_revision(editor):
    version = parks()
    other = json.dumps(PARKS | {"pages": PARKS["pages"][:1]}).encode()
    for revision, status in ((version.revision + 5, 409), (version.revision, 302)):
        sent = {"revision": revision, "file": SimpleUploadedFile("a.json", other)}
        assert editor.post(at(version, "import_into"), sent).status_code == status
    assert names(version) == [("visits", ["often", "why"])]


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("a.json", b'{"format": "engage-questionnaire/1", "languages": ["en"], "pages": [{}]}', "/pages/0/name"),
        ("a.json", b"{", "/"),
        ("a.xlsx", b"nothing", ""),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_the_place(editor, name, content, shown):
    given = {"key": "wrong", "department": department().pk, "file": SimpleUploadedFile(name, content)}
    response = editor.post(reverse("questionnaire_import"), given)
    assert response.status_code == 422 and shown in response.content.decode()
    assert not Questionnaire.objects.exists()


def test_the_faults_of_a_form_stand_with_sheet_and_cell(editor):
    content = workbook([["type", "name", "label"], ["select_one nowhere", "a", "A"]])
    given = {"key": "wrong", "department": department().pk, "file": SimpleUploadedFile("a.xlsx", content)}
    response = in_english(editor).post(reverse("questionnaire_import"), given)
    assert response.status_code == 422 and "sheet survey, cell A2" in response.content.decode()


def test_checks_lead_to_the_question_and_the_logic_is_a_table(editor):
    wrong = json.loads(json.dumps(PARKS).replace("${often} = 'never'", "${often} = 'nowhere'"))
    version = parks(definition=wrong)
    page = editor.get(at(version, "checks"))
    assert ("item", "why") in {(found.kind, found.name) for found in page.context["findings"]}
    assert at(version, "part", "item", "why") in page.content.decode()
    assert page.context["map"].arrows and page.content.decode().count('class="arrow"') == 1
    [rule] = page.context["rules"]
    assert rule.reads == ("often",) and rule.expression == "${often} = 'nowhere'"


def test_a_preview_takes_answers_page_by_page_and_keeps_none(editor):
    version = parks()
    frames = editor.get(at(version, "preview", "zh-hans"))
    start, first = (at(version, "preview_page", "zh-hans", number) for number in (0, 1))
    assert frames.content.decode().count(f'src="{start}"') == 2
    assert editor.get(start).url == first
    page = editor.get(first)
    assert "您多久去一次公园？" in page.content.decode() and page.headers["X-Frame-Options"] == "SAMEORIGIN"
    refused = editor.post(first, {"go": "next"})
    assert refused.status_code == 422 and refused.context["problems"]
    assert editor.post(first, {"q:often": "weekly", "go": "next"}).url == at(version, "preview_page", "zh-hans", 2)
    second = at(version, "preview_page", "zh-hans", 2)
    assert editor.post(second, {"q:hours": "5", "go": "back"}).url == first
    assert 'value="weekly" checked' in re.sub(r"\s+", " ", editor.get(first).content.decode())
    over = editor.post(second, {"q:hours": "5", "go": "next"})
    assert over.status_code == 200 and start in over.content.decode()
    assert not SavedResponse.objects.exists()
    assert editor.get(at(version, "preview", "fr")).status_code == 404


def test_random_people_walk_through(editor):
    version = parks()
    assert "tested" not in editor.get(at(version, "test")).context
    tested = editor.post(at(version, "test")).context["tested"]
    assert tested.run.respondents == 200 == tested.run.finished
    shares = {share.name: share.percent for share in tested.questions}
    assert shares["often"] == 100 and 0 < shares["why"] < 100


def test_versions_are_compared_and_the_next_one_is_opened_once(editor):
    first = published(PARKS)
    for _twice in range(2):
        response = editor.post(reverse("questionnaire_next", args=[first.questionnaire_id]))
        assert response.status_code == 302
    second = Version.objects.get(number=2)
    changed = PARKS | {"pages": PARKS["pages"][:1]}
    actions.write_definition(second.pk, changed, revision=second.revision, actor=colleague())
    page = in_english(editor).get(at(first, "compare", second.pk))
    assert [(one.what, one.how, one.label) for one in page.context["differences"]] == [
        ("Page", "removed", "Wishes"), ("Question", "removed", "How many hours a day?"),
    ]  # fmt: skip
    assert editor.get(at(first, "compare", parks("other").pk)).status_code == 404


def test_what_is_added_to_a_group_is_offered_behind_its_last_question(editor):
    inner = {"name": "inner", "type": "group", "items": [{"name": "street", "type": "text"}]}
    outer = {"name": "outer", "type": "group", "items": [inner]}
    items = [outer, {"name": "empty", "type": "group"}, {"name": "last", "type": "text"}]
    version = parks(definition=PARKS | {"pages": [{"name": "p", "items": items}]})
    page = editor.get(at(version, "version"))
    rows = {row.name: [name for name, _words in row.ended] for row in page.context["pages"][0].items}
    assert rows == {"outer": [], "inner": [], "street": ["inner", "outer"], "empty": ["empty"], "last": []}
    assert page.content.decode().count('name="group"') == 3


def test_every_screen_has_its_heading(editor):
    version = parks()
    shown = [editor.get(reverse(name)) for name in ("questionnaires", "questionnaire_new", "questionnaire_import")]
    shown += [editor.get(at(version, name)) for name in ("version", "settings", "period", "checks", "test")]
    shown.append(editor.get(at(version, "part", "item", "why")))
    for page in shown:
        assert page.content.decode().count("<h1") == 1, page.wsgi_request.path


def test_a_published_version_is_shown_and_not_changed(editor):
    version = published(PARKS)
    assert "questionnaire_arrange" not in editor.get(at(version, "version")).content.decode()
    address = at(version, "part", "item", "why")
    response = editor.post(address, fields(editor.get(address)) | {"label:en": "New"})
    assert response.status_code == 409 and stored(version).definition == version.definition


def test_the_outline_leads_to_the_release_gate(editor):
    version = parks()
    page = editor.get(at(version, "version")).content.decode()
    gate = reverse("release_hand_in", args=["questionnaire", version.pk])
    assert gate in page and editor.get(gate).status_code == 200


# --- who and how ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.OFFICER, Role.REVIEWER_LEGAL, Role.ANALYST])
def test_nobody_else_finds_the_builder(role):
    version = parks()
    client = staff_client(role)
    for address in (reverse("questionnaires"), reverse("questionnaire_new"), at(version, "version")):
        assert client.get(address).status_code == 404
    step = {"step": "remove", "revision": version.revision}
    assert client.post(at(version, "arrange", "item", "why"), step).status_code == 404
    assert names(version)[0] == ("visits", ["often", "why"])


def test_the_list_and_the_outline_ask_little_of_the_database(editor, django_assert_max_num_queries):
    for number in range(5):
        version = parks(f"parks-{number}")
    editor.get(reverse("questionnaires"))
    with django_assert_max_num_queries(25):
        editor.get(reverse("questionnaires"))
    with django_assert_max_num_queries(25):
        editor.get(at(version, "version"))


def test_every_type_and_property_has_a_name():
    assert set(model.QUESTION_TYPES) <= set(TYPES)
    parts = (model.Question, model.Page, model.Group, model.Repeat, model.Definition, model.Quota, model.Ballot)
    for part in parts:
        assert set(part.model_fields) <= set(PROPERTIES), part


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_fault_of_a_document_has_a_sentence(language):
    values = {"limit": 1, "expected": "a", "value": "v", "name": "n", "language": "l", "list": "x", "at": 0}
    values |= {"character": "c", "found": "f", "what": "w"}
    told = re.findall(r"[a-z_]+", model.parse.__doc__.partition("codes:")[2].partition("and the codes")[0])
    codes = {code for code in told if code not in (*values, "and", "first", "type")}
    told = re.findall(r"[a-z_]+", model.expressions.ExpressionError.__doc__.partition("Codes:")[2])
    codes |= {code for code in told if code not in (*values, "least", "most")}
    assert codes == set(ERRORS)
    with translation.override(language):
        for code in codes:
            assert error_sentence(model.Error("", code, values))
