"""A call carries several texts and a list of questions: each is read, commented on, counted and answered."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations import actions, exports, queries
from consultations.actions import CommentInput, Place
from consultations.coding.queries.desk import clause_choices
from consultations.drafts.questions import read_questions
from consultations.drafts.reader import parse_text
from consultations.models import Draft
from consultations.outcomes import actions as outcomes
from consultations.outcomes import queries as answers
from consultations.published import published_versions
from consultations.rules import QUESTIONS, check_draft_name, name_in
from consultations.story import comment_story
from consultations.voices.paper import clause_key
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from tests.accounts.people import staff_client
from tests.consultations import factories
from tests.participation.factories import envelope
from tests.publishing.signing import release_call

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

SCHEDULE = "借书证收费表\n第一条　工本费\n借书证收取工本费五元。\n第二条　补办\n补办借书证收费十元。\n"
QUESTIONS_ZH = "[标题] 想请您回答的问题\n1. 您是否同意每周开放五天？\n请说明理由。\n2. 收费是否合理？\n"
QUESTIONS_EN = "[title] What we ask you\n1. Do you agree with five days a week?\nPlease say why.\n2. Is the fee fair?\n"


def add(consultation, text, name, *, english="", read=None):
    how = {"read": read} if read else {}
    parsed = parse_text(text, language="zh-hans", **how)
    version = actions.store_draft(parsed, place=Place(consultation, name), actor=SYSTEM)
    if english:
        actions.add_translation(version, parse_text(english, language="en", **how), actor=SYSTEM)
    return actions.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)


@pytest.fixture
def consultation():
    found = factories.call()
    add(found, QUESTIONS_ZH, QUESTIONS, english=QUESTIONS_EN, read=read_questions)
    add(found, SCHEDULE, "fees")
    return found


def send(consultation, *keys):
    given = [CommentInput(key=key, stance="support", text=f"这是对{key}的意见，写得足够长。") for key in keys]
    return actions.submit_comments(
        consultation.slug, given, envelope(received_at=timezone.now()), title="", actor=ANYONE
    )


def test_the_texts_come_in_the_order_of_reading_with_keys_of_their_own(consultation):
    versions = published_versions(consultation)
    assert [version.draft.slug for version in versions] == ["", "fees", "questions"]
    assert [version.draft.kind for version in versions] == ["text", "text", "questions"]
    keys = [clause.key for version in versions for clause in version.clauses.all()]
    assert len(keys) == len(set(keys))
    assert {"art_1", "fees__art_1", "questions__art_1__para_2"} <= set(keys)


@pytest.mark.parametrize("name", ["annex", "art-one", "Fees", "fee_list", "fees2", "f", "comment", "-fees", "download"])
def test_a_name_that_could_be_taken_for_something_else_is_refused(name):
    with pytest.raises(Refused) as refused:
        check_draft_name(name, [])
    assert refused.value.code == "draft_name_unfit"


def test_a_key_says_which_text_it_belongs_to():
    names = ["", "fees", "questions"]
    assert name_in("fees__art_1", names) == name_in("fees--art-1", names) == "fees"
    assert name_in("art_1", names) == name_in("annex__art_1", names) == ""


def test_names_and_questions_are_given_once(consultation):
    for name, code in (("fees", "draft_name_taken"), (QUESTIONS, "questions_there")):
        with pytest.raises(Refused) as refused:
            actions.store_draft(parse_text(SCHEDULE), place=Place(consultation, name), actor=SYSTEM)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("draft/", "社区图书馆每周开放不少于五天。"),
        ("draft/fees/", "借书证收取工本费五元。"),
        ("draft/questions/", "您是否同意每周开放五天？"),
        ("fees--art-1/", "借书证收取工本费五元。"),
        ("questions--art-2/", "收费是否合理？"),
        ("questions--art-2/comment/", "收费是否合理？"),
        ("download/html/?draft=fees", "借书证收取工本费五元。"),
        ("compare/?draft=fees", "目前只有一个版本"),
    ],
)
def test_every_text_has_its_pages(consultation, path, words):
    response = Client().get(f"/zh/c/{consultation.slug}/{path}")
    assert response.status_code == 200
    assert words in response.content.decode()


@pytest.mark.parametrize(
    "path", ["draft/none/", "none--art-1/", "fees--art-9/", "download/html/?draft=none", "compare/?draft=none"]
)
def test_a_text_that_is_not_there_is_not_found(consultation, path):
    assert Client().get(f"/zh/c/{consultation.slug}/{path}").status_code == 404


def test_a_further_text_bears_its_own_title(consultation):
    base = f"/en/c/{consultation.slug}/draft/"
    assert "<title>What we ask you · Community library rules" in Client().get(f"{base}questions/").content.decode()
    assert "What we ask you</h2>" not in Client().get(base).content.decode()


def test_the_overview_leads_to_every_text(consultation):
    page = Client().get(f"/en/c/{consultation.slug}/").content.decode()
    for path in ("draft/", "draft/fees/", "draft/questions/"):
        assert f'href="/en/c/{consultation.slug}/{path}"' in page
    assert "What we ask you" in page


def test_a_call_with_one_text_looks_as_before():
    page = Client().get(f"/en/c/{factories.call().slug}/").content.decode()
    assert "What this call is about" not in page


def test_one_basket_holds_comments_on_every_text(consultation):
    submission = send(consultation, "", "art_2", "fees__art_1", "questions__art_1")
    texts = [comment.version.draft.slug for comment in submission.comments.order_by("position")]
    assert texts == ["", "", "fees", "questions"]
    counts = {
        article.key: article.comments
        for version in published_versions(consultation)
        for article in queries.text_of(version, language="zh-hans").articles
    }
    assert {key: n for key, n in counts.items() if n} == {"art_2": 1, "fees__art_1": 1, "questions__art_1": 1}


def test_the_list_of_comments_names_each_clause_and_filters_by_it(consultation):
    send(consultation, "art_2", "fees__art_1", "questions__art_1")
    address = f"/zh/c/{consultation.slug}/comments/"
    page = Client().get(address).content.decode()
    for slug in ("art-2", "fees--art-1", "questions--art-1"):
        assert f'href="/zh/c/{consultation.slug}/{slug}/"' in page
    texts = queries.read_together(published_versions(consultation), language="zh-hans")
    shown = queries.present(list(consultation.comments.select_related("clause", "submission")), texts)
    assert [comment.written for comment in shown] == [None] * 3
    one = Client().get(address, {"clause": "questions--art-1"}).content.decode()
    assert "questions__art_1的意见" in one and "fees__art_1的意见" not in one


def test_each_comment_has_its_page(consultation):
    for comment in send(consultation, "fees__art_2", "questions__art_2").comments.all():
        page = Client().get(f"/zh/c/{consultation.slug}/comments/{comment.pk}/").content.decode()
        assert comment.text in page and comment.clause.slug in page


def test_a_clause_that_is_in_no_text_is_refused(consultation):
    with pytest.raises(Refused) as refused:
        send(consultation, "questions__art_9")
    assert refused.value.code == "clause_gone"


def test_the_way_through_the_forms_works_for_a_question(consultation):
    client = Client()
    address = f"/zh/c/{consultation.slug}/questions--art-1/comment/"
    assert 'name="suggested"' not in client.get(address).content.decode()
    sent = client.post(address, {"stance": "support", "text": "同意，每周五天已经足够。"})
    assert sent.url == f"/zh/c/{consultation.slug}/mine/"
    page = client.get(sent.url).content.decode()
    assert "问题一" in page and "同意，每周五天已经足够。" in page


def test_a_new_version_is_aligned_within_its_own_text(consultation):
    comment = send(consultation, "fees__art_2").comments.get()
    fees = consultation.drafts.get(slug="fees")
    changed = SCHEDULE.replace("第一条", "第一条　说明\n收费依照物价规定。\n第二条", 1).replace(
        "第二条　补办", "第三条　补办"
    )
    version = actions.store_draft(parse_text(changed, language="zh-hans"), draft=fees, actor=SYSTEM)
    actions.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)
    assert version.clauses.get(key="fees__art_3").stable_id == comment.clause.stable_id
    text = queries.text_of(version, language="zh-hans")
    assert text.article("fees--art-3").comments == 1
    page = Client().get(f"/zh/c/{consultation.slug}/compare/?draft=fees").content.decode()
    assert "第二条" in page and "第三条" in page
    assert Client().get(f"/zh/c/{consultation.slug}/draft/").status_code == 200


def test_a_file_holds_its_own_keys(consultation):
    fees = consultation.drafts.get(slug="fees").published
    assert exports.draft_of(fees, "zh-hans") == parse_text(SCHEDULE, language="zh-hans")


def test_the_api_names_and_gives_every_text(consultation):
    base = f"/api/v1/consultations/{consultation.slug}"
    listed = Client().get(f"{base}/drafts", {"language": "en"}).json()
    assert [(one["draft"], one["kind"], one["version"]) for one in listed] == [
        ("", "text", 1),
        ("fees", "text", 1),
        ("questions", "questions", 1),
    ]
    found = Client().get(f"{base}/text", {"draft": "questions", "language": "en"}).json()
    assert [article["label"] for article in found["articles"]] == ["Question 1", "Question 2"]
    assert Client().get(f"{base}/text", {"draft": "none"}).status_code == 404
    send(consultation, "questions__art_2")
    assert Client().get(f"{base}/comments").json()["items"][0]["clause"] == "questions__art_2"


def test_questions_are_found_and_in_the_sitemap(consultation):
    page = Client().get("/zh/search/", {"q": "收费是否合理"}).content.decode()
    assert f"/zh/c/{consultation.slug}/questions--art-2/" in page
    assert f"/zh/c/{consultation.slug}/draft/questions/" in Client().get("/sitemap.xml").content.decode()


def test_the_receipt_names_each_clause(consultation):
    submission = send(consultation, "art_2", "questions__art_2")
    story = comment_story(submission, SYSTEM, timezone.now())
    assert [part["title"] for part in story.context["parts"]] == ["第二条 开放时间", "问题二"]


def test_the_outcome_groups_its_rows_by_text(consultation):
    send(consultation, "art_2", "fees__art_1", "questions__art_1")
    outcome = outcomes.open_outcome(consultation.pk, actor=SYSTEM)
    assert outcome.version.draft.slug == ""
    built = answers.build(outcome)
    rows = {row["key"]: row for row in built.content["rows"]}
    assert list(rows) == ["art_2", "fees__art_1", "questions__art_1"]
    assert "part" not in rows["art_2"]
    assert rows["questions__art_1"]["part"] == {"zh-hans": "想请您回答的问题", "en": "What we ask you"}
    view = answers.shown(built.content, "zh-hans")
    assert [row.full_title for row in view.rows] == ["第二条 开放时间", "借书证收费表 · 第一条 工本费", "问题一"]


# In the Studio


def fields(response, **more):
    found = {name: response.context[name] for name in ("text", "source", "purpose", "name")}
    found |= {name: response.context[name].pk for name in ("draft", "call", "version") if response.context[name]}
    return {**found, "language": response.context["parsed"].language, **more}


def test_an_editor_adds_questions_and_another_text_to_a_call():
    consultation = factories.call()
    editor = staff_client(Role.EDITOR)
    for purpose, text, name, keys in (
        ("questions", QUESTIONS_ZH, "", {"questions__art_1", "questions__art_2"}),
        ("another", SCHEDULE, "fees", {"fees__art_1", "fees__art_2"}),
    ):
        given = {"text": text, "purpose": purpose, "call": consultation.pk, "name": name}
        review = editor.post(reverse("draft_import"), given)
        assert review.status_code == 200
        kept = editor.post(reverse("draft_review"), fields(review, keep="1"))
        assert kept.status_code == 302
        version = Draft.objects.latest("pk").versions.get()
        assert {clause.key for clause in version.clauses.filter(level="article")} == keys
        assert "/hand-in/" in editor.post(reverse("draft_publish", args=[version.pk])).url
    release_call(consultation)
    assert [version.draft.slug for version in published_versions(consultation)] == ["", "fees", "questions"]


def test_questions_are_corrected_as_questions(consultation):
    editor = staff_client(Role.EDITOR)
    draft = consultation.drafts.get(slug=QUESTIONS)
    given = {"text": QUESTIONS_ZH + "3. 还有什么建议？\n", "purpose": "version", "draft": draft.pk}
    review = editor.post(reverse("draft_import"), given)
    editor.post(reverse("draft_review"), fields(review, keep="1"))
    version = draft.versions.latest("number")
    assert version.clauses.filter(level="article").count() == 3
    again = editor.get(reverse("draft_correct", args=[version.pk]))
    assert "3. 还有什么建议？" in again.context["text"]
    text = again.context["text"].replace("还有什么建议", "还有什么意见")
    editor.post(reverse("draft_review"), fields(again, text=text, keep="1"))
    assert [
        clause.texts.get(language="zh-hans").text for clause in version.clauses.filter(key="questions__art_3__para_1")
    ] == ["还有什么意见？"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"purpose": "version"}, "draft"),
        ({"purpose": "another", "name": "fees"}, "call"),
        ({"purpose": "questions"}, "call"),
        ({"purpose": "none"}, "purpose"),
    ],
)
def test_what_a_purpose_needs_is_asked_for(given, field):
    response = staff_client(Role.EDITOR).post(reverse("draft_import"), {"text": SCHEDULE, **given})
    assert response.status_code == 422
    assert list(response.context["where"].errors) == [field]


def test_a_name_that_is_taken_or_unfit_is_told_at_its_field(consultation):
    editor = staff_client(Role.EDITOR)
    for name in ("fees", "Fees 2", "questions", ""):
        given = {"text": SCHEDULE, "purpose": "another", "call": consultation.pk, "name": name}
        response = editor.post(reverse("draft_import"), given)
        assert (response.status_code, list(response.context["where"].errors)) == (422, ["name"])
    given = {"text": QUESTIONS_ZH, "purpose": "questions", "call": consultation.pk}
    response = editor.post(reverse("draft_import"), given)
    assert list(response.context["where"].errors) == ["call"]


def test_paper_about_a_question_is_keyed_in(consultation):
    versions = published_versions(consultation)
    assert clause_key(versions, "2") == "art_2"
    assert clause_key(versions, "Q2") == clause_key(versions, "问题2") == "questions__art_2"
    with pytest.raises(Refused):
        clause_key(versions, "Q9")


def test_the_coders_filter_names_every_clause(consultation):
    choices = dict(clause_choices(consultation))
    assert list(choices) == [
        "art_1", "art_2", "art_3", "fees__art_1", "fees__art_2", "questions__art_1", "questions__art_2",
    ]  # fmt: skip
    assert choices["fees__art_1"] == "借书证收费表 · 第一条 工本费"
    assert choices["questions__art_1"] == "问题一"
