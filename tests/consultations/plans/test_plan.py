"""The forward plan: what the public sees, dated moves that never change, what is told to those who follow it."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.calls.actions import extend_call, withdraw_call
from consultations.plans import actions, rules
from consultations.plans.models import Policy, StageMove
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.outreach.follows.models import Follower
from engage.participation.models import Contact, OutgoingMail
from tests.accounts.people import staff_client
from tests.consultations.factories import call, department
from tests.consultations.test_studio import in_language, words
from tests.follows.builders import asked_link, follower, link, sent
from tests.publishing.signing import sign_newest

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 11, 25)


def policy(*, public: bool = True, slug: str = "library-rules", **values) -> Policy:
    return Policy.objects.create(
        slug=slug,
        department=department(),
        title_zh="社区图书馆条例",
        title_en="Community library rules to come",
        summary_zh="让借书更方便。",
        summary_en="So that borrowing gets easier.",
        public_from=timezone.now() - 90 * DAY if public else None,
        **values,
    )


def move(row: Policy, stage: str, *, ago: int = 0, **values) -> StageMove:
    now = timezone.now() - ago * DAY
    given = {"on": timezone.localdate(now), "now": now, "actor": SYSTEM} | values
    return actions.record_move(row.pk, stage=stage, **given)


def read(path: str) -> str:
    client = Client()
    client.cookies["sessionid"] = "somebody"
    return client.get(path).content.decode()


def code_of(act) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


@pytest.mark.parametrize(
    ("stage", "on", "code"),
    [
        ("drafting", TODAY, "stage_same"),
        ("review", TODAY + DAY, "move_in_future"),
        ("review", TODAY - 11 * DAY, "move_before_last"),
    ],
)
def test_a_move_is_another_stage_and_in_order(stage, on, code):
    before = {"before": "drafting", "before_on": TODAY - 10 * DAY, "today": TODAY}
    assert code_of(lambda: rules.check_move(stage, on, **before)) == code
    rules.check_move("planned", TODAY, **before)  # a policy may go back


def test_the_plan_is_read_in_both_languages_and_hides_what_is_not_public(client):
    shown, hidden = policy(expected_on=date(2027, 3, 15)), policy(public=False, slug="secret")
    move(shown, "planned", ago=60)
    move(shown, "drafting", ago=10, note_zh="开始起草。", note_en="Drafting began.")
    move(hidden, "planned")
    for path in ("/zh/plan/", "/zh/plan/feed.rss", "/zh/plan/feed.atom", "/zh/plan/library-rules/"):
        assert "社区图书馆条例" in read(path)
        assert "secret" not in read(path)
    page = read("/en/plan/library-rules/")
    assert "Drafting began." in page and "March 2027" in page and page.count('class="done"') == 1
    assert "2027年3月" in read("/zh/plan/")
    for path in ("/zh/plan/secret/", "/zh/plan/secret/follow/"):
        assert client.get(path).status_code == 404
    row = client.get("/api/v1/plan/?language=en").json()
    assert [found["slug"] for found in row] == ["library-rules"]
    assert [step["stage"] for step in row[0]["moves"]] == ["planned", "drafting"] and row[0]["expected"] == "2027-03"
    assert "/zh/plan/library-rules/" in read("/sitemap.xml") and "secret" not in read("/sitemap.xml")
    assert "/zh/plan/library-rules/" in read("/zh/search/?q=社区图书馆条例")


def test_a_move_is_never_changed():
    moved = move(policy(), "planned")
    moved.stage = "adopted"
    for change in (
        moved.save,
        moved.delete,
        StageMove.objects.all().delete,
        lambda: StageMove.objects.update(stage="x"),
    ):
        with pytest.raises(TypeError):
            change()
    assert StageMove.objects.get().stage == "planned"
    assert JournalRow.objects.get(verb="policy.moved").content["stage"] == "planned"


def test_only_editors_move_a_policy_and_write_notes_in_both_languages():
    row = policy()
    assert code_of(lambda: move(row, "planned", actor=ANYONE)) == "not_allowed"
    assert code_of(lambda: move(row, "planned", note_zh="只有中文")) == "note_in_one_language"


def test_a_policy_moves_with_its_call():
    row = policy()
    consultation = call(opens=-5 * DAY, closes=30 * DAY)
    row.calls.add(consultation)
    move(row, "drafting", ago=20)
    now = timezone.now()
    actions.move_with_calls(now=now)
    actions.move_with_calls(now=now)
    assert [moved.stage for moved in row.moves.all()] == ["drafting", "consultation"]
    assert row.moves.last().on == timezone.localdate(consultation.opens_at)
    actions.move_with_calls(now=consultation.closes_at)
    assert row.moves.last().stage == "review"
    assert "/zh/plan/library-rules/" in read(f"/zh/c/{consultation.slug}/")


def test_a_look_back_moves_no_stage():
    row = policy()
    consultation = call(opens=-5 * DAY, closes=30 * DAY)
    consultation.kind = "review"
    consultation.save()
    row.calls.add(consultation)
    move(row, "in_force", ago=20)
    actions.move_with_calls(now=timezone.now())
    assert row.moves.last().stage == "in_force"
    assert "政策实施后评估" in read(f"/zh/c/{consultation.slug}/")


def test_somebody_follows_confirms_hears_and_leaves(client):
    row = policy()
    path = "/en/plan/library-rules/follow/"
    page = client.get(path)
    assert page.status_code == 200 and row.title_en in page.content.decode()
    assert client.post(path, {"email": "nobody"}).status_code == 422
    assert "li@example.org" in client.post(path, {"email": "li@example.org"}).content.decode()
    assert row.title_en in OutgoingMail.objects.get().subject
    confirm = asked_link()
    move(row, "planned", ago=0)
    assert sent() == []  # nobody confirmed yet
    client.get(confirm)  # a link scanner
    assert Follower.objects.get().confirmed_at is None
    (waiting,) = Follower.objects.get().follows.all()
    assert client.post(confirm, {"row": waiting.pk}).status_code == 200
    move(row, "drafting", note_zh="开始起草。", note_en="Drafting began.")
    (letter,) = sent()
    assert sent() == []
    assert "Drafting began." in letter.body and "/en/plan/library-rules/" in letter.body
    stop = link(letter).replace("/manage/", "/stop/")
    client.get(stop)
    assert Follower.objects.count() == 1
    client.post(stop)
    assert not Follower.objects.exists() and not Contact.objects.exists() and not OutgoingMail.objects.exists()
    assert client.get(stop).status_code == 410


def told() -> list[str]:
    actions.move_with_calls(now=timezone.now())
    return [letter.body for letter in sent()]


def test_followers_hear_of_opening_extension_and_withdrawal_once():
    row = policy()
    consultation = call(opens=-DAY, closes=30 * DAY)
    row.calls.add(consultation)
    follower(row, language="zh-hans")
    now = timezone.now()
    (opened,) = told()
    assert f"/zh/c/{consultation.slug}/" in opened
    assert told() == []
    extend_call(consultation.pk, closes_at=now + 50 * DAY, reason_zh="雪灾。", reason_en="Snow.", now=now, actor=SYSTEM)
    (extended,) = told()
    assert "雪灾。" in extended
    withdraw_call(consultation.pk, reason_zh="另行起草。", reason_en="Redrafted.", now=now, actor=SYSTEM)
    (withdrawn,) = told()
    assert "另行起草。" in withdrawn


def test_letters_tell_nothing_of_a_hidden_call():
    row = policy()
    row.calls.add(call(live=False))
    follower(row)
    assert told() == []


def test_letters_about_a_policy_taken_out_of_the_plan_wait():
    row = policy()
    follower(row)
    move(row, "planned")
    Policy.objects.filter(pk=row.pk).update(public_from=None)
    assert sent() == []
    Policy.objects.filter(pk=row.pk).update(public_from=timezone.now() - DAY)
    assert len(sent()) == 1


def test_letters_name_the_last_day_as_pages_do():
    midnight = timezone.localtime(timezone.now() + 30 * DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    row = policy()
    row.calls.add(call(opens=-DAY, closes=midnight - timezone.now()))
    follower(row)
    (letter,) = told()
    assert ", 11:59 pm (China time)" in letter


def test_an_editor_keeps_the_plan_in_the_studio():
    editor = in_language(staff_client(Role.EDITOR), "zh-hans")
    given = {
        "slug": "new-policy",
        "department": department().pk,
        "title_zh": "新办法",
        "title_en": "New rules",
        "summary_zh": "说明。",
        "summary_en": "What it is.",
        "public_from": "2026-01-01 09:00",
    }
    assert editor.post(reverse("wagtailsnippets_plans_policy:add"), given).status_code == 302
    assert not Policy.objects.filter(slug="new-policy").exists()
    sign_newest("policy")
    made = Policy.objects.get(slug="new-policy")
    path = reverse("plan_move", args=[made.pk])
    assert path in editor.get(reverse("wagtailsnippets_plans_policy:edit", args=[made.pk])).content.decode()
    assert editor.post(path, {"stage": "planned", "on": "2099-01-01"}).status_code == 422
    assert editor.post(path, {"stage": "planned", "on": f"{timezone.localdate():%Y-%m-%d}"}).status_code == 302
    sign_newest("stage_move")
    assert made.moves.get().by is not None
    assert "计划中" in words(editor.get(reverse("wagtailsnippets_plans_policy:list")))
