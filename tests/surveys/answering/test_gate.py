"""A version goes public through the gate alone, as it was signed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.publishing import gate
from engage.search.queries import search
from surveys import actions, building, gated, quotas
from surveys.definition import model
from surveys.models import Questionnaire, SavedResponse, Version
from tests.accounts.people import person
from tests.publishing.signing import sign_object
from tests.surveys.answering.builders import department
from tests.surveys.answering.definitions import BRANCHED, both, definition, options, page, question
from tests.surveys.answering.test_walk import Person

pytestmark = pytest.mark.django_db
CIRCLE = definition(
    page("p", question("a", "text", relevant="${b} = 1"), question("b", "number", relevant="${a} = 'x'"))
)


def written(plain=BRANCHED, *, editor=None):
    return actions.create_questionnaire(
        "parks", department_id=department().pk, definition=plain, actor=editor or person(Role.EDITOR)
    )


def signed(version, editor):
    gate.request(actions.KIND, version, actor=editor, now=timezone.now())
    sign_object(actions.KIND, version)


def test_a_draft_is_hidden_and_a_signed_version_is_open():
    editor = person(Role.EDITOR)
    version = written(editor=editor)
    walker = Person()
    walker.go("/en/surveys/parks/")
    assert walker.status == 404
    signed(version, editor)
    version.refresh_from_db()
    assert version.state == Version.State.PUBLISHED
    assert version.definition_hash == building.definition_hash(version)
    assert "How the parks are" in walker.go("/en/surveys/parks/")
    assert [hit.url for hit in search("parks", language="en").items] == ["/en/surveys/parks/"]


def test_a_change_after_a_sign_off_voids_it_and_a_changed_row_is_not_let_go():
    editor = person(Role.EDITOR)
    version = written(editor=editor)
    release = gate.request(actions.KIND, version, actor=editor, now=timezone.now())
    before = release.content_hash
    actions.write_definition(version.pk, {**BRANCHED, "closing": both("谢谢", "Thanks")}, revision=0, actor=editor)
    release.refresh_from_db()
    assert release.content_hash != before
    Version.objects.filter(pk=version.pk).update(definition={**BRANCHED, "closing": both("换了", "Swapped")})
    with pytest.raises(Refused, match="release_changed"):
        actions.publish(version, now=timezone.now(), actor=SYSTEM)


def test_the_next_version_replaces_and_the_first_stays_as_it_was():
    version = written()
    gate.release_by_platform(actions.KIND, version, now=timezone.now())
    editor = person(Role.EDITOR)
    following = actions.open_version(version.questionnaire_id, actor=editor)
    assert (following.number, following.definition) == (2, version.definition)
    actions.write_definition(following.pk, {**BRANCHED, "title": both("新", "New")}, revision=0, actor=editor)
    gate.release_by_platform(actions.KIND, following, now=timezone.now())
    version.refresh_from_db()
    assert version.state == Version.State.SUPERSEDED
    assert "New" in Person().go("/en/surveys/parks/")
    with pytest.raises(Refused, match="survey_not_in_work"):
        actions.write_definition(version.pk, BRANCHED, revision=version.revision, actor=editor)


def test_taking_down_ends_answering():
    version = written()
    gate.release_by_platform(actions.KIND, version, now=timezone.now())
    walker = Person()
    walker.begin()
    actions.unpublish(Version.objects.get(), now=timezone.now(), actor=SYSTEM)
    walker.answer(comes="no")
    assert walker.status == 410
    assert SavedResponse.objects.exists()
    assert not Questionnaire.objects.visible_to(ANYONE).exists()


def test_what_the_definition_says_of_access_anonymity_and_quotas_holds_once_it_is_public():
    plain = BRANCHED | {
        "settings": {"one_per": "invitation", "anonymous": False, "results": "never"},
        "quotas": [{"name": "yes", "when": "${comes} = 'yes'", "limit": 3}],
    }
    version = written(plain)
    gate.release_by_platform(actions.KIND, version, now=timezone.now())
    questionnaire = Questionnaire.objects.get()
    assert (questionnaire.access, questionnaire.anonymous, questionnaire.results) == ("invited", False, "never")
    assert quotas.counts(questionnaire.pk) == {"yes": (0, 3)}
    assert "How the parks are" not in Person().go("/en/surveys/")


@pytest.mark.parametrize(
    ("plain", "code"),
    [
        (definition(), "no_pages"),
        (BRANCHED | {"languages": ["en"]}, "language_missing"),
        (BRANCHED | {"closing": {"en": "Thanks"}}, "texts_missing"),
        (definition(page("p", question("f", "file", accept=["video/*"]))), "accept_nothing"),
        (definition(page("p", question("m", "email"))), "anonymous_asks_who"),
        (definition(page("p", question("t", "text", personal=True))), "anonymous_asks_who"),
        (BRANCHED | {"settings": {"one_per": "contact"}}, "one_per_untaken"),
        (CIRCLE, "circular"),
        (definition(page("p", question("s", "single"))), "no_options"),
        (BRANCHED | {"quotas": [{"name": "q", "when": "true()", "limit": 200_000}]}, "quota_too_large"),
    ],
)  # fmt: skip
def test_what_is_missing_stands_against_handing_in(plain, code):
    editor = person(Role.EDITOR)
    version = written(plain, editor=editor)
    assert code in {gap.code for gap in building.gaps(version)}
    assert all(sentence for sentence, _url in gated.lacks(version))
    with pytest.raises(Refused, match="release_incomplete"):
        gate.request(actions.KIND, version, actor=editor, now=timezone.now())


def test_every_form_of_the_gate_says_all_words_of_its_language():
    version = written(definition(page("p", question("s", "single", options=options("a", "b")))))
    forms = {form.name: form for form in gated.outgoing_forms(version)}
    assert set(forms) == {"content", "page:zh-hans", "page:en"}
    chinese = forms["page:zh-hans"].content.decode()
    for words in ("公园怎么样", "我们想知道先修什么。", "页p", "问s", "选a", "选b"):
        assert words in chinese
    assert "Question" not in chinese and "Choice" not in chinese


def test_only_editors_write_and_an_address_is_taken_once():
    with pytest.raises(Refused, match="not_allowed"):
        written(editor=person(Role.OFFICER))
    version = written()
    with pytest.raises(Refused, match="survey_key_taken"):
        written()
    for key in ("continue", "", "with space", "ä", "a" * 61, "-"):
        with pytest.raises(Refused, match="survey_key_of_address"):
            actions.create_questionnaire(key, department_id=department().pk, actor=person(Role.EDITOR))
    with pytest.raises(Refused, match="survey_definition_unreadable") as refused:
        actions.write_definition(version.pk, {"format": "x"}, revision=0, actor=person(Role.EDITOR))
    assert all(isinstance(error, model.Error) for error in refused.value.values["errors"])


def test_who_wrote_on_an_older_view_is_told():
    editor = person(Role.EDITOR)
    version = written(editor=editor)
    actions.write_definition(version.pk, BRANCHED, revision=0, actor=editor)
    with pytest.raises(Refused, match="survey_changed_meanwhile"):
        actions.write_definition(version.pk, BRANCHED, revision=0, actor=editor)


def test_a_period_that_was_told_is_kept():
    editor, now = person(Role.EDITOR), timezone.now()
    version = written(editor=editor)
    end = now + timedelta(days=2)
    actions.set_period(version.questionnaire_id, opens_at=None, closes_at=end, revision=0, actor=editor)
    gate.release_by_platform(actions.KIND, version, now=now)
    with pytest.raises(Refused, match="survey_period_told"):
        actions.set_period(
            version.questionnaire_id, opens_at=None, closes_at=end - timedelta(days=1), revision=1, actor=editor
        )
    later = end + timedelta(days=1)
    actions.set_period(version.questionnaire_id, opens_at=None, closes_at=later, revision=1, actor=editor)
    assert Questionnaire.objects.get().closes_at == later


def test_anonymity_cannot_be_changed_once_somebody_has_answered():
    version = written()
    gate.release_by_platform(actions.KIND, version, now=timezone.now())
    walker = Person()
    walker.begin()
    walker.answer(go="check", comes="no")
    walker.go(walker.url, send="1")
    following = actions.open_version(version.questionnaire_id, actor=SYSTEM)
    following = actions.write_definition(
        following.pk, BRANCHED | {"settings": {"anonymous": False}}, revision=0, actor=SYSTEM
    )
    assert "anonymity_changed" in {gap.code for gap in building.gaps(following)}


def test_the_demo_questionnaire_can_be_published_and_is_answered_by_made_up_people():
    from engage.departments.models import Department
    from surveys import demo
    from surveys.models import Response

    Department.add_root(code="social-assistance", name_zh="社会救助处", name_en="Social Assistance Division")
    Department.add_root(code="elderly-care", name_zh="养老服务处", name_en="Elderly Care Division")
    demo.load()
    demo.load()
    versions = {one.questionnaire.key: one for one in Version.objects.select_related("questionnaire")}
    assert {*versions} == {"assistance-application", "canteens"}
    assert {one.state for one in versions.values()} == {Version.State.PUBLISHED}
    answered = {
        key: Response.objects.counted().filter(questionnaire=one.questionnaire).count() for key, one in versions.items()
    }
    assert answered == {"assistance-application": demo.RESPONDENTS, "canteens": 72}
    shown = Person().go("/zh/surveys/canteens/results/")
    assert "社区食堂办得怎么样" in shown and "最该先改的是哪一样？" in shown
    assert "社会救助申请办得怎么样" in Person().go("/zh/surveys/")
