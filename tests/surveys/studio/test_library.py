"""The library of questions in the Studio."""

import uuid

import pytest
from django.urls import reverse

from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.departments.models import Department, Membership
from engage.errors import Refused
from engage.journal.models import JournalRow
from surveys import actions, demo
from surveys.models import KeptPart, Version
from tests.accounts.people import person, staff_client
from tests.surveys.answering.builders import published
from tests.surveys.studio.builders import PARKS, kept, parks

pytestmark = pytest.mark.django_db

EMPTY = PARKS | {"pages": [{"name": "page1"}]}


@pytest.fixture
def editor():
    return staff_client(Role.EDITOR)


def at(version, name, *more):
    return reverse(f"questionnaire_{name}", args=[version.pk, *more])


def user_of(client):
    return User.objects.get(pk=client.session["_auth_user_id"])


def test_a_question_is_kept_found_and_taken_into_another_questionnaire(editor):
    source, target = parks(), parks("other", EMPTY)
    address = at(source, "keep", "item", "often")
    assert address in editor.get(at(source, "part", "item", "often")).content.decode()
    screen = editor.get(address)
    assert screen.context["form"]["title_en"].value() == "How often do you go to a park?"
    sent = {"title_zh": "去公园", "title_en": "Visits", "topics": "parks， leisure,parks"}
    sent["token"] = str(screen.context["form"]["token"].value())
    answer = editor.post(address, sent)
    part = KeptPart.objects.get()
    assert answer.url == reverse("questionnaire_library_entry", args=[part.pk]) == editor.post(address, sent).url
    assert (part.topics, part.is_shared, part.department) == ("parks, leisure", False, source.questionnaire.department)
    assert KeptPart.objects.count() == 1

    for typed, found in (("每周", 1), ("LEISURE visits", 1), ("nothing", 0)):
        assert len(editor.get(reverse("questionnaire_library"), {"q": typed}).context["rows"]) == found
    assert "每周" in editor.get(answer.url).content.decode()

    screen = editor.get(at(target, "take"), {"page": "page1", "q": "visits"})
    assert screen.context["place_title"] == "page1"
    take = {"part": part.pk, "page": "page1", "group": "", "revision": target.revision}
    assert editor.post(at(target, "take"), take).url == at(target, "version") + "#item-often"
    after = Version.objects.get(pk=target.pk)
    assert after.parsed.by_name["often"].item == source.parsed.by_name["often"].item
    assert user_of(editor) in after.writers.all()
    refused = editor.post(at(target, "take"), take)
    assert refused.status_code == 409 and refused.context["refusal"] and len(refused.context["rows"]) == 1
    assert Version.objects.get(pk=target.pk).revision == after.revision
    assert editor.post(at(target, "take"), take | {"page": "nowhere", "revision": after.revision}).status_code == 404
    verbs = JournalRow.objects.filter(verb__startswith="library.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["library.kept", "library.taken"]


@pytest.mark.sqlite_only
def test_what_did_not_come_with_it_is_said(editor):
    part, target = kept("why"), parks("other", EMPTY)
    sent = {"part": part.pk, "page": "page1", "revision": target.revision}
    said = editor.post(at(target, "take"), sent)
    assert said.status_code == 200
    assert [(one.name, one.expression, one.missing) for one in said.context["lost"]] == [
        ("why", "${often} = 'never'", ("often",))
    ]
    assert at(target, "part", "item", "why") in said.content.decode()


def test_a_department_has_its_own_and_everybody_what_is_shared(editor):
    mine = user_of(editor)
    elsewhere = Department.add_root(code="roads", name_zh="道路科", name_en="Roads")
    shared, theirs = kept(), kept("hours", is_shared=False, department_id=elsewhere.pk)
    own = kept("why", is_shared=False, department_id=elsewhere.pk, actor=mine)
    assert set(KeptPart.objects.visible_to(mine)) == {shared, own}
    hidden = reverse("questionnaire_library_entry", args=[theirs.pk])
    assert editor.get(hidden).status_code == 404
    target = parks("other", EMPTY)
    sent = {"part": theirs.pk, "page": "page1", "revision": target.revision}
    assert editor.post(at(target, "take"), sent).status_code == 404
    Membership.objects.create(user=mine, department=elsewhere, role=Role.EDITOR.value)
    assert set(KeptPart.objects.visible_to(mine)) == {shared, own, theirs}
    assert not KeptPart.objects.visible_to(person(Role.ANALYST)).exists()


def test_what_is_shared_is_changed_by_those_who_may_share(editor):
    part = kept()
    address = reverse("questionnaire_library_entry", args=[part.pk])
    page = editor.get(address)
    assert not page.context["may_change"] and 'value="remove"' not in page.content.decode()
    words = {"title_zh": "新", "title_en": "New", "topics": "", "is_shared": "on", "revision": 0}
    assert editor.post(address, words).status_code == 403
    assert editor.post(address, {"do": "remove", "revision": 0}).status_code == 403
    with pytest.raises(Refused, match="not_allowed"):
        kept("why", actor=user_of(editor))

    both = staff_client(Role.EDITOR)
    user_of(both).groups.add(*person(Role.ANALYST).groups.all())
    assert both.get(address).context["may_change"]
    assert both.post(address, words).status_code == 302
    stale = both.post(address, words | {"title_en": "Typed on an older view"})
    assert stale.status_code == 409 and "Typed on an older view" in stale.content.decode()
    part.refresh_from_db()
    assert (part.title_en, part.revision) == ("New", 1) and "visits to parks" not in part.words
    assert both.post(address, words | {"title_en": " ", "revision": 1}).status_code == 422
    assert both.post(address, {"do": "remove", "revision": 1}).status_code == 302
    assert not KeptPart.objects.exists()


@pytest.mark.sqlite_only
def test_a_whole_questionnaire_and_an_older_version_are_refused(editor):
    many = [{"name": f"q{number}", "type": "text"} for number in range(201)]
    version = parks(definition=PARKS | {"pages": [{"name": "p", "items": many}]})
    sent = {"title_zh": "长", "title_en": "Long", "token": str(uuid.uuid4())}
    assert editor.post(at(version, "keep", "page", "p"), sent).status_code == 422
    assert editor.get(at(version, "keep", "page", "nowhere")).status_code == 404
    out = published(PARKS, key="out")
    part = kept()
    assert 'name="part"' not in editor.get(at(out, "take")).content.decode()
    sent = {"part": part.pk, "page": "visits", "revision": out.revision}
    assert editor.post(at(out, "take"), sent).status_code == 409


@pytest.mark.sqlite_only
def test_the_library_asks_little_of_the_database(editor, django_assert_max_num_queries):
    for number in range(6):
        kept(token=uuid.UUID(int=number + 1))
    editor.get(reverse("questionnaire_library"))
    with django_assert_max_num_queries(25):
        assert len(editor.get(reverse("questionnaire_library")).context["rows"]) == 6


@pytest.mark.sqlite_only
def test_the_demo_keeps_its_standard_questions_once():
    department = Department.add_root(code="social-assistance", name_zh="社会救助科", name_en="Social assistance")
    for _twice in range(2):
        demo.keep_standard_questions(department)
    found = {part.type for part in KeptPart.objects.all()}
    assert KeptPart.objects.count() == 5 and found == {"single", "matrix", "slider", "region", "long_text"}
    version = parks("other", EMPTY)
    for part in KeptPart.objects.all():
        version, taken = actions.take_kept(version.pk, part.pk, into="page1", revision=version.revision, actor=SYSTEM)
        assert not taken.taken_off
    assert len(Version.objects.get(pk=version.pk).parsed.questions) == 5
