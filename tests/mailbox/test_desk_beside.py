"""What the desk keeps beside a case: snoozes, notes with names, checklists, pieces of text, who else is here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import reverse
from wagtail.models import PageViewRestriction

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.pages.models import ArticlePage
from engage.search.models import SearchEntry
from mailbox import actions as cases
from mailbox.actions import DraftWords
from mailbox.desk import actions
from mailbox.desk.actions import Point
from mailbox.desk.models import CheckItem, Snippet
from mailbox.desk.queries import mentions_for, people_who_see
from mailbox.desk.queue import CASES, counts, rows
from mailbox.desk.rules import find_mentions, places_filled
from mailbox.desk.told import late_words_part, mentions_part
from mailbox.letterbox.actions import add_information
from mailbox.models import Case
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, answered, handed_in, house, later, member, sender, taken_on

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def place() -> House:
    cache.clear()
    return house()


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def page(user: User, case: Case) -> str:
    return browser(user).get(reverse("desk_case", args=[case.pk])).content.decode()


def do(user: User, code: str, case: Case, **given: Any) -> HttpResponse:
    case.refresh_from_db()
    sent = {"revision": case.revision, "token": str(uuid4())} | given
    return browser(user).post(reverse("desk_case_chore", args=[case.pk, code]), sent)


def listed(user: User, view: str) -> list[int]:
    found = User.objects.get(pk=user.pk)
    return [int(row.id.partition("-")[0]) for row in rows(found, view, {}, "").rows]


# --- snooze -----------------------------------------------------------------------------------------------------------


def test_a_case_put_away_leaves_its_officers_list_and_no_other(place):
    case = taken_on(place)
    due = case.due
    assert do(place.officer, "snooze", case, days="3", until="").status_code == 302
    assert listed(place.officer, "mine") == []
    assert listed(place.officer, "snoozed") == listed(place.officer, "open") == [case.pk]
    officer = User.objects.get(pk=place.officer.pk)
    assert (counts(officer)["mine"], counts(officer)["snoozed"]) == (0, 1)
    case.refresh_from_db()
    # Its clock goes on: three working days after Tuesday are Friday.
    assert (case.due, case.snooze.until.isoformat()) == (due, "2026-11-27")
    assert "Put away until 27 November 2026" in page(place.officer, case)


@pytest.mark.parametrize("what", ["day", "message", "step", "opinion"])
def test_it_is_back_on_its_day_and_when_anything_happens(place, what, monkeypatch):
    case = taken_on(place)
    if what == "opinion":
        for unit in (place.roads, place.intake):
            cases.consult(case.pk, department_id=unit.pk, question="？", actor=place.officer, now=NOW)
    actions.snooze_case(case.pk, days=2, actor=place.officer, now=NOW)
    assert listed(place.officer, "mine") == []
    after = NOW + timedelta(minutes=5)
    if what == "day":
        after = NOW + timedelta(days=2)
        monkeypatch.setattr("django.utils.timezone.now", lambda: after)
    elif what == "message":
        cases.add_message(case.pk, "还有一件事。", actor=sender(case), now=after)
    elif what == "step":
        cases.take_step(case.pk, "draft", actor=place.officer, now=after)
    else:
        row = case.consultations.get(department=place.roads)
        cases.give_opinion(row.pk, text="同意。", actor=place.stranger, now=after)
    assert listed(place.officer, "mine") == [case.pk]
    assert listed(place.officer, "snoozed") == []
    shown = page(place.officer, case)
    assert "is back" in shown and "Put away again for 2 working days" in shown
    # The same again, with one press.
    monkeypatch.setattr("django.utils.timezone.now", lambda: after + timedelta(minutes=1))
    assert do(place.officer, "snooze", case, days="2", until="").status_code == 302
    assert listed(place.officer, "mine") == []


def test_how_long_is_asked_and_has_an_end(place):
    case = taken_on(place)
    empty = do(place.officer, "snooze", case, days="", until="")
    assert empty.status_code == 422 and "Give working days or a day" in empty.content.decode()
    assert do(place.officer, "snooze", case, days="", until=TODAY.isoformat()).status_code == 422
    with pytest.raises(Refused, match="snooze_too_long"):
        actions.snooze_case(case.pk, until=TODAY + timedelta(days=400), actor=place.officer, now=NOW)
    with pytest.raises(Case.DoesNotExist):
        actions.snooze_case(case.pk, days=1, actor=place.stranger, now=NOW)


# --- notes ------------------------------------------------------------------------------------------------------------


def named(place: House) -> User:
    place.approver.first_name, place.approver.last_name = "", "王芳"
    place.approver.save()
    return place.approver


def test_who_is_named_finds_the_case_until_it_was_seen(place):
    wang, case = named(place), taken_on(place)
    assert do(place.officer, "note", case, text="请@王芳看一下第三点。").status_code == 302
    assert listed(wang, "mentions") == [case.pk]
    assert [one.note.text for one in mentions_for(wang)] == ["请@王芳看一下第三点。"]
    assert "You are named here." in page(wang, case)
    assert do(wang, "seen", case).status_code == 302
    assert listed(wang, "mentions") == [] and counts(User.objects.get(pk=wang.pk))["mentions"] == 0
    # The sender's page has none of it.
    assert not case.messages.filter(text__contains="王芳").exists()


def test_the_morning_letter_names_the_cases_once_each(place):
    wang, case, other = named(place), taken_on(place), taken_on(place)
    for one, text in ((case, "@王芳 请看"), (case, "@王芳 还有一点"), (other, "不用看")):
        actions.write_note(one.pk, text, actor=place.officer, now=NOW)
    [part] = mentions_part(User.objects.get(pk=wang.pk), NOW)
    [line] = part.splitlines()[1:]
    assert line.startswith(case.reference) and reverse("desk_case", args=[case.pk]) in line
    actions.see_mentions(case.pk, actor=wang, now=NOW)
    assert mentions_part(User.objects.get(pk=wang.pk), NOW) == []


def test_who_may_not_see_the_case_cannot_be_named(place):
    case = taken_on(place)
    for user, name in ((place.stranger, "陈强"), (person(Role.OFFICER), "李明")):
        user.last_name = name
        user.save()
        answer = do(place.officer, "note", case, text=f"@{name} 请看")
        assert answer.status_code == 422
        assert f"nobody “{name}” who may see this case" in answer.content.decode()
        # What was typed is still there.
        assert f"@{name} 请看" in answer.content.decode()
    assert not case.talk.exists()


def test_a_mention_ends_with_the_right_to_see_the_case(place):
    wang, case = named(place), taken_on(place)
    actions.write_note(case.pk, "@王芳 请看", actor=place.officer, now=NOW)
    note = "不归我们管"
    cases.take_step(
        case.pk, "transfer", cases.Given(department=place.roads.pk, note=note), actor=place.officer, now=NOW
    )
    assert listed(wang, "mentions") == [] and not mentions_for(wang)


def test_who_sees_a_case_is_the_same_from_both_sides(place):
    case, barred = taken_on(place), taken_on(place, "grievance", barred=place.roads.pk)
    cases.consult(case.pk, department_id=place.roads.pk, question="？", actor=place.officer, now=NOW)
    Case.objects.filter(pk=barred.pk).update(reviewer=place.roads)
    everybody = [*place.people(), member(place.intake, Role.OFFICER), person(Role.OFFICER)]
    about_root = factories.case("grievance", barred=place.root.pk)
    about_desk = factories.case("grievance", barred=place.intake.pk)
    for one in (case, barred, factories.case(), about_root, about_desk):
        one = Case.objects.select_related("triage", "lead", "reviewer", "barred").get(pk=one.pk)
        seen = {user.pk for user in everybody if Case.objects.visible_to(user).filter(pk=one.pk).exists()}
        assert {user.pk for user in people_who_see(one)} == seen


@pytest.mark.parametrize(
    ("text", "found", "unknown"),
    [
        ("请@王芳看", {1}, ""),
        ("@王芳芳，@王芳", {1, 2}, ""),
        ("@Wang Li: see below", {3}, ""),
        ("mail a.b@example.org", set(), ""),
        ("@ alone", set(), ""),
        ("@谁也不是", set(), "谁也不是"),
    ],
)
def test_names_are_found_in_the_midst_of_chinese(text, found, unknown):
    assert find_mentions(text, {"王芳": 1, "王芳芳": 2, "wang li": 3}) == (found, unknown)


# --- checklist --------------------------------------------------------------------------------------------------------


def test_a_point_that_must_be_ticked_holds_the_answer_up(place):
    boss, case = person(Role.ADMINISTRATOR), taken_on(place)
    must, may = actions.set_checklist(
        "letter", [Point("已核对事实", "Facts checked", True), Point("已附法条", "Law attached")], actor=boss
    )
    shown = page(place.officer, case)
    assert "Facts checked" in shown and "must be ticked" in shown
    with pytest.raises(Refused, match="checklist_open"):
        handed_in(place, case)
    case.refresh_from_db()
    assert "Facts checked" in page(place.officer, case)
    assert do(place.officer, "tick", case, of=str(must.pk), done="on").status_code == 302
    handed_in(place, Case.objects.get(pk=case.pk))
    assert not case.ticked.filter(item=may).exists()
    # Another kind has its own.
    handed_in(place, taken_on(place, "enquiry"))


def test_administrators_write_checklists_in_both_languages(place):
    boss = browser(person(Role.ADMINISTRATOR))
    address = reverse("desk_checklist", args=["letter"])
    sent = {
        "point-0-words_zh": "已核对",
        "point-0-words_en": "Checked",
        "point-0-blocking": "on",
        "point-1-words_zh": "",
        "point-1-words_en": "",
        "point-2-words_zh": "只有中文",
        "point-2-words_en": "",
    }
    refused = boss.post(address, sent)
    assert refused.status_code == 422 and "Write each point in both languages" in refused.content.decode()
    assert boss.post(address, sent | {"point-2-words_en": "In English, too"}).status_code == 302
    assert [(item.words_en, item.blocking) for item in CheckItem.objects.all()] == [
        ("Checked", True),
        ("In English, too", False),
    ]
    # A point that goes is kept out of use, for the cases that have its tick.
    boss.post(address, {})
    assert not CheckItem.objects.filter(active=True).exists() and CheckItem.objects.count() == 2
    assert browser(place.officer).get(address).status_code == 404


# --- pieces of text ---------------------------------------------------------------------------------------------------


def test_a_piece_of_text_calls_the_sender_as_they_wished_or_by_a_name_that_may_be_read_which_is_recorded(place):
    letter, grievance = taken_on(place), taken_on(place, "grievance")
    pen = taken_on(place, signature="河边散步的人")
    given = {"title": "开头", "language": "zh-hans", "department": None, "actor": place.officer}
    named, plain = (actions.keep_snippet(None, text=text, **given) for text in ("{name}，您好。", "{reference}"))
    told = []
    for case, piece in ((letter, named), (pen, named), (grievance, plain), (grievance, named)):
        told.append(actions.use_snippet(case.pk, piece.pk, actor=place.officer, now=NOW).text)
    assert told == [
        "{name}，您好。",
        "河边散步的人，您好。",
        grievance.reference,
        f"{grievance.reference}\n\n李梅，您好。",
    ]
    row = JournalRow.objects.get(verb="case.contact_read")
    assert (row.submission_id, row.actor_id) == (grievance.pk, str(place.officer.pk))


def test_a_piece_of_text_is_filled_in_and_counted(place):
    case = taken_on(place, "grievance")
    text = "{name}：您的来信（{reference}）已由{department}办理。"
    piece = actions.keep_snippet(
        None, title="开头", text=text, language="zh-hans", department=place.water, actor=place.officer
    )
    form = browser(place.officer).get(reverse("desk_case_chore", args=[case.pk, "snippet"])).content.decode()
    assert "开头" in form and "used 0 times" in form
    assert do(place.officer, "snippet", case, snippet=str(piece.pk), shared="True").status_code == 302
    draft = case.drafts.get()
    assert draft.text == f"李梅：您的来信（{case.reference}）已由水务处办理。"
    piece.refresh_from_db()
    assert piece.uses == 1
    do(place.officer, "snippet", case, snippet=str(piece.pk), shared="True")
    draft.refresh_from_db()
    assert draft.text.count(case.reference) == 2


def test_a_place_that_is_not_filled_holds_the_answer_up(place):
    case = taken_on(place, name="")
    piece = actions.keep_snippet(
        None, title="开头", text="{name}，您好。", language="zh-hans", department=None, actor=place.officer
    )
    actions.use_snippet(case.pk, piece.pk, actor=place.officer, now=NOW)
    cases.take_step(case.pk, "draft", actor=place.officer, now=NOW)
    with pytest.raises(Refused) as refused:
        cases.submit_draft(case.pk, actor=place.officer, now=NOW)
    assert (refused.value.code, refused.value.values["names"]) == ("draft_unfilled", ["{name}"])
    cases.save_draft(case.pk, DraftWords(text="您好。"), actor=place.officer, now=NOW)
    cases.submit_draft(case.pk, actor=place.officer, now=NOW)
    enquiry = taken_on(place, "enquiry")
    words = DraftWords(text="请见{reference}。", cites=(factories.published().url,))
    with pytest.raises(Refused, match="draft_unfilled"):
        cases.answer_plainly(enquiry.pk, words, actor=place.officer, now=NOW)


def test_pieces_of_text_are_ones_own_or_the_units_and_of_the_senders_language(place):
    given = {"text": "……", "department": None, "actor": place.officer}
    mine = actions.keep_snippet(None, title="mine", language="en", **given)
    shared = actions.keep_snippet(None, title="shared", language="en", **given | {"department": place.water})
    of_house = actions.keep_snippet(None, title="house", language="zh-hans", **given | {"department": place.root})
    assert set(Snippet.objects.visible_to(place.officer)) == {mine, shared, of_house}
    assert set(Snippet.objects.visible_to(place.approver)) == {shared, of_house}
    assert set(Snippet.objects.visible_to(place.stranger)) == {of_house}
    with pytest.raises(Refused, match="snippet_elsewhere"):
        actions.keep_snippet(None, title="x", language="en", **given | {"department": place.roads})
    case = taken_on(place, language="en")
    form = browser(place.officer).get(reverse("desk_case_chore", args=[case.pk, "snippet"])).content.decode()
    assert "mine" in form and "shared" in form and ">house<" not in form
    # An approver of the unit changes what is shared, a colleague does not.
    assert browser(place.approver).get(reverse("desk_snippet", args=[shared.pk])).status_code == 200
    assert browser(member(place.water, Role.OFFICER)).get(reverse("desk_snippet", args=[shared.pk])).status_code == 404
    client = browser(place.officer)
    assert client.post(reverse("desk_snippet_delete", args=[mine.pk])).status_code == 302
    assert not Snippet.objects.filter(pk=mine.pk).exists()


def test_places_are_filled_as_far_as_they_are_known():
    assert places_filled("{a}{b} {a}", {"a": "1"}) == "1{b} 1"


def test_something_published_is_cited_from_inside_the_answer(place):
    case = taken_on(place)
    from engage.search.terms import haystack, terms_in

    folded = haystack("漏水怎么办", "打电话给供水热线。")
    SearchEntry.objects.create(
        kind="page",
        owner_id="1",
        object_id="1",
        language="zh-hans",
        title="漏水怎么办",
        body="打电话给供水热线。",
        url="/zh/answers/1/",
        published_at=NOW,
        folded=folded,
        terms=" ".join(sorted(terms_in(folded))),
    )
    client = browser(place.officer)
    kept = client.post(
        reverse("desk_case_draft", args=[case.pk]),
        {"revision": "0", "shared": "True", "text": "请看：", "basis": "", "cites": "", "then": "cite"},
    )
    assert kept.url == reverse("desk_case_chore", args=[case.pk, "cite"])
    line = "漏水怎么办 http://testserver/zh/answers/1/"
    assert do(place.officer, "cite", case, line=line, shared="True").status_code == 302
    draft = case.drafts.get()
    assert (draft.text, draft.cites) == ("请看：", [line])


# --- who else ---------------------------------------------------------------------------------------------------------


def here(user: User, case: Case, **said: str) -> dict[str, Any]:
    return browser(user).post(reverse("desk_case_here", args=[case.pk]), said).json()


def test_who_else_has_a_case_open_is_shown_and_forgotten(place, monkeypatch):
    case, other = taken_on(place), member(place.water, Role.OFFICER)
    assert here(other, case)["others"] == ""
    assert f"{other} has this case open, too" in here(place.officer, case)["others"]
    assert f"{other} has this case open, too" in page(place.officer, case)
    assert (
        f"{place.officer} is writing the answer"
        in (here(place.officer, case, writing="yes"), here(other, case))[1]["others"]
    )
    here(place.officer, case, leaving="yes")
    assert here(other, case)["others"] == ""
    here(place.officer, case)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(seconds=30))
    assert here(other, case)["others"] == ""
    assert browser(place.stranger).post(reverse("desk_case_here", args=[case.pk])).status_code == 404


def test_a_page_hears_that_its_case_moved_on(place):
    case = taken_on(place)
    before = here(place.officer, case)["revision"]
    cases.add_message(case.pk, "还有一件事。", actor=sender(case), now=NOW)
    assert here(place.officer, case)["revision"] > before


def hand_in(user: User, case: Case, **given: Any) -> HttpResponse:
    case.refresh_from_db()
    sent = {"revision": case.revision, "token": str(uuid4()), "approver": "", "note": ""} | given
    return browser(user).post(reverse("desk_case_step", args=[case.pk, "submit"]), sent)


def drafting(place: House) -> Case:
    case = taken_on(place)
    cases.take_step(case.pk, "draft", actor=place.officer, now=NOW)
    cases.save_draft(case.pk, DraftWords(text="已派人修好。"), actor=place.officer, now=NOW)
    return case


def test_handing_in_asks_first_while_a_colleague_has_newer_words(place):
    case, other = drafting(place), member(place.water, Role.OFFICER)
    words = DraftWords(text="周二修好。")
    cases.save_draft(case.pk, words, shared=False, actor=other, now=NOW + timedelta(minutes=1))
    asked = hand_in(place.officer, case)
    assert asked.status_code == 422
    assert f"{other} has a newer draft of their own" in asked.content.decode()
    # A private draft is its writer's alone: that there is one is said, not what it says.
    assert "周二修好" not in asked.content.decode()
    assert hand_in(place.officer, case, sure="on").status_code == 302


def test_handing_in_asks_first_when_the_draft_or_the_sender_moved_on(place):
    case, other = drafting(place), member(place.water, Role.OFFICER)
    seen = case.drafts.get().revision
    here(other, case, writing="yes")
    assert "is writing in the answer now" in hand_in(place.officer, case, draft=str(seen)).content.decode()
    here(other, case, leaving="yes")
    cases.save_draft(case.pk, DraftWords(text="周二已修好。"), actor=other, now=NOW, take=True)
    stale = hand_in(place.officer, case, draft=str(seen))
    assert stale.status_code == 422 and "changed since this page was opened" in stale.content.decode()
    cases.add_message(case.pk, "不用修了。", actor=sender(case), now=later(NOW))
    fresh = case.drafts.get().revision
    assert (
        "The sender wrote after the draft was changed last"
        in hand_in(place.officer, case, draft=str(fresh)).content.decode()
    )
    cases.save_draft(case.pk, DraftWords(text="好的。"), actor=place.officer, now=later(NOW, 60), take=True)
    fresh = case.drafts.get().revision
    assert hand_in(place.officer, case, draft=str(fresh)).status_code == 302


# --- moved away -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [False, True])
def test_who_works_on_a_case_that_moved_away_is_told_where_and_keeps_the_words(place, script):
    case = drafting(place)
    revision = case.revision
    cases.take_step(case.pk, "take_back", actor=place.officer, now=NOW) if case.state == "approval" else None
    Case.objects.filter(pk=case.pk).update(state="handling")
    given = cases.Given(department=place.roads.pk, note="归道路处管")
    cases.take_step(case.pk, "transfer", given, actor=member(place.water, Role.OFFICER), now=NOW)
    client = browser(place.officer)
    sent = {"revision": str(revision), "shared": "True", "text": "写了很久的答复。", "basis": "", "cites": ""}
    headers = {"accept": "application/json"} if script else {}
    answer = client.post(reverse("desk_case_draft", args=[case.pk]), sent, headers=headers)
    assert answer.status_code == 409
    if script:
        assert "Roads Unit" in answer.json()["message"]
    else:
        assert "Roads Unit" in answer.content.decode() and "写了很久的答复。" in answer.content.decode()
    # A case that never lay here is not there at all.
    strange = client.post(reverse("desk_case_draft", args=[factories.case().pk]), sent)
    assert strange.status_code == 404


def test_a_step_that_is_not_possible_says_by_whom_and_when_it_is(place):
    case = taken_on(place)
    sent = {"revision": str(case.revision), "token": str(uuid4()), "sha256": "", "note": ""}
    answer = browser(place.officer).post(reverse("desk_case_step", args=[case.pk, "approve"]), sent)
    assert answer.status_code in (409, 422)
    with pytest.raises(Refused) as refused:
        cases.take_step(case.pk, "route", cases.Given(department=place.roads.pk), actor=place.officer, now=NOW)
    from engage.pages.messages import refusal_message

    said = refusal_message(refused.value)
    assert "an officer of the receiving unit" in said or "受理单位" in said


# --- words after the answer -------------------------------------------------------------------------------------------


def test_words_after_the_answer_that_open_nothing_reach_the_unit_in_charge(place):
    case = answered(place, taken_on(place, "grievance"))
    assert counts(User.objects.get(pk=place.officer.pk))["late"] == 0
    add_information(case.pk, "还有一件事", actor=sender(case), now=later(NOW, 60))
    case.refresh_from_db()
    assert case.state == "replied"
    for one in (place.officer, place.approver):
        assert listed(one, "late") == [case.pk]
        assert counts(User.objects.get(pk=one.pk))["late"] == 1
    assert listed(place.clerk, "late") == [] == listed(place.stranger, "late")
    assert case.owner == place.officer
    (part,) = late_words_part(place.officer, NOW)
    assert case.reference in part and "还有一件事" not in part
    assert late_words_part(place.approver, NOW) == []
    seen = page(place.officer, case)
    assert "The sender wrote in this case while nobody works on it" in seen
    assert do(place.officer, "late", case).status_code == 302
    assert listed(place.officer, "late") == [] and not late_words_part(place.officer, NOW)
    assert "while nobody works on it" not in page(place.officer, case)
    assert JournalRow.objects.get(verb="case.late_words_read").actor_id == str(place.officer.pk)
    # An officer who notes what the sender said has read it.
    cases.add_message(case.pk, "来电补充", actor=place.officer, now=later(NOW, 90))
    assert listed(place.officer, "late") == []


def test_words_that_open_a_case_again_are_read_at_the_desk_and_later_ones_are_shown(place):
    case = answered(place, taken_on(place))
    add_information(case.pk, "不满意", actor=sender(case), now=later(NOW, 60))
    case.refresh_from_db()
    assert case.state == "reopened" and listed(place.officer, "late") == []
    answered(place, case, text="已再次处理。", now=later(NOW, 120))
    add_information(case.pk, "还是不满意", actor=sender(case), now=later(NOW, 300))
    assert Case.objects.get(pk=case.pk).state == "answered" and listed(place.officer, "late") == [case.pk]


def test_words_to_a_case_that_is_answered_with_another_are_shown_too(place):
    leading, merged = taken_on(place), taken_on(place)
    cases.merge_case(merged.pk, into=leading.pk, actor=place.officer, now=NOW)
    add_information(merged.pk, "我家的情况不一样", actor=sender(merged), now=later(NOW, 60))
    assert listed(place.officer, "late") == [merged.pk]
    answered(place, leading)
    cases.answer_merged(now=later(NOW, 120))
    assert listed(place.officer, "late") == [merged.pk]


def test_an_approved_answer_that_does_not_go_out_is_in_a_view_of_its_own_with_the_reason(place):
    case = taken_on(place, "enquiry")
    guide = factories.published()
    words = DraftWords(text="见网页", cites=(guide.url,))
    cases.answer_plainly(case.pk, words, actor=place.officer, now=NOW)
    assert listed(place.officer, "held") == []
    restricted = ArticlePage.objects.get(pk=guide.owner_id)
    limit = PageViewRestriction.objects.create(page=restricted, restriction_type=PageViewRestriction.LOGIN)
    assert cases.send_due_answers(now=later(NOW)) == 0
    for one in (place.officer, place.approver):
        assert listed(one, "held") == [case.pk]
        assert counts(User.objects.get(pk=one.pk))["held"] == 1
    assert listed(place.stranger, "held") == []
    [row] = rows(User.objects.get(pk=place.officer.pk), "held", {}, "").rows
    assert row.cells[0].note == CASES.view("held").label
    said = page(place.officer, case)
    assert "what it rests on is not public any more (办事指南" in said and "Answer held, not sent" in said
    limit.delete()
    cases.send_answer(case.pk, actor=place.officer, now=later(NOW))
    assert listed(place.officer, "held") == []
