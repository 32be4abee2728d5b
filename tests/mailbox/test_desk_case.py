"""The page of a case at the desk: what it shows to whom, and what can be done on it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import NAMESPACE_DNS, uuid4, uuid5

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localdate
from pypdf import PdfReader

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.departments.models import Department
from engage.journal.models import JournalRow
from mailbox import actions, rules
from mailbox.actions import DraftWords, Given
from mailbox.actions.clocks import profile_of_receipt, today_of
from mailbox.actions.held import snapshot
from mailbox.desk.board import board_of
from mailbox.desk.forms import StepForm
from mailbox.desk.steps import CHORES, ELSEWHERE, carry_out
from mailbox.kinds import KINDS
from mailbox.letterbox.files import add_to_case
from mailbox.machine import Transition
from mailbox.models import Case, CoConsultation, Draft, Link
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, answered, approved, handed_in, house, later, sender, taken_on
from tests.mailbox.test_walk import PAGE, Walk

pytestmark = pytest.mark.django_db
NOON = NOW + timedelta(hours=1)


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk looks on the day on which the cases of the factories came."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def page(user: User, case: Case, language: str = "en", **asked: str) -> HttpResponse:
    return browser(user, language).get(reverse("desk_case", args=[case.pk]), asked)


def post(user: User, name: str, case: Case, code: str, /, **given: Any) -> HttpResponse:
    """Send a form for the case as it is now."""
    case.refresh_from_db()
    sent = {"revision": case.revision, "token": str(uuid4())} | given
    return browser(user).post(reverse(name, args=[case.pk, code]), sent)


def take(user: User, case: Case, code: str, /, **given: Any) -> HttpResponse:
    return post(user, "desk_case_step", case, code, **given)


def do(user: User, case: Case, code: str, /, **given: Any) -> HttpResponse:
    return post(user, "desk_case_chore", case, code, **given)


def write(user: User, case: Case, revision: int, text: str, **given: Any) -> HttpResponse:
    sent = {"revision": revision, "shared": "True", "text": text, "basis": "", "cites": "", "result": ""}
    headers = given.pop("headers", {})
    return browser(user).post(reverse("desk_case_draft", args=[case.pk]), sent | given, headers=headers)


def state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_the_page_shows_words_clocks_and_what_happened(place):
    case = taken_on(place)
    text = page(place.officer, case).content.decode()
    for said in (
        "水管坏了，没有人来修。",
        "being handled",
        "Take on",
        "working days left",
        case.reference,
        "Water Unit",
    ):
        assert said in text, said


def test_the_proof_of_the_first_due_day_is_one_key_away_and_the_sheet_says_so(place):
    case = taken_on(place, "grievance")
    text = page(place.officer, case).content.decode()
    proofs = re.findall(rf'<a href="(/desk/cases/{case.pk}/clocks/\d+/)"([^>]*)>(<kbd>d</kbd>)?', text)
    assert len(proofs) >= 1 and [mark for _url, mark, _kbd in proofs] == [
        ' data-page-key="d"' if first else "" for first in (True, *[False] * (len(proofs) - 1))
    ]
    proof = browser(place.officer).get(proofs[0][0]).content.decode()
    assert proofs[0][2] and 'data-behaviour="desk-keys" data-keys="on"' in proof and 'data-page-key="u"' in proof
    keys = re.findall(r'data-page-key="([^"]+)"', text)
    assert len(keys) == len(set(keys)), "a key does one thing"
    sheet = browser(place.officer).get(reverse("desk_keys")).content.decode()
    assert "<kbd>d</kbd> </td><td>In a case: how its first due day was computed</td>" in sheet


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_needs_few_queries_whatever_is_in_the_case(place, language):
    speakers = [actions.Representative("王芳"), actions.Representative("赵强")]
    case = taken_on(place, "grievance", people=3, representatives=speakers)
    actions.set_questions(case.pk, ["什么时候修？", "谁来修？"], actor=place.officer)
    actions.consult(case.pk, department_id=place.roads.pk, question="路面？", actor=place.officer, now=NOW)
    actions.link_cases(case.pk, taken_on(place).pk, actor=place.officer, now=NOW)
    actions.tag_cases([case.pk], "水管", actor=place.officer, now=NOW)
    actions.save_draft(case.pk, DraftWords(text="正在修。"), actor=place.officer, now=NOW)
    client = browser(place.officer, language)
    client.get(reverse("desk_case", args=[case.pk]))
    with CaptureQueriesContext(connection) as seen:
        assert client.get(reverse("desk_case", args=[case.pk])).status_code == 200
    assert len(seen) <= 20, "\n".join(query["sql"][:150] for query in seen)


def test_only_what_the_table_allows_is_offered(place):
    case = factories.case()
    offered = page(place.clerk, case).content.decode()
    assert reverse("desk_case_step", args=[case.pk, "route"]) in offered
    assert reverse("desk_case_step", args=[case.pk, "accept"]) not in offered
    assert page(place.officer, case).status_code == 404
    # Who may not take it is told so, even with an address of their own making.
    taken = taken_on(place)
    assert take(place.clerk, taken, "draft").status_code == 409
    assert state(taken) == "handling"


def test_the_units_that_a_case_accuses_and_strangers_find_nothing(place):
    case = factories.case("grievance", barred=place.water.pk)
    for code in ("desk_case", "desk_case_draft"):
        address = reverse(code, args=[case.pk])
        assert browser(place.officer).get(address).status_code in (404, 405)
    assert browser(place.stranger).get(reverse("desk_case", args=[case.pk])).status_code == 404
    assert browser(person(Role.ANALYST)).get(reverse("desk_case", args=[case.pk])).status_code == 404
    assert browser(place.clerk).get(reverse("desk_case", args=[10**25])).status_code == 404


def test_the_name_is_shown_where_the_law_asks_for_it_and_nowhere_else(place):
    letter, grievance = taken_on(place), taken_on(place, "grievance")
    assert "李梅" not in page(place.officer, letter).content.decode()
    assert "李梅" in revealed(place.officer, grievance)
    # A unit that is only asked reads the letter, not who wrote it.
    actions.consult(grievance.pk, department_id=place.roads.pk, question="路面？", actor=place.officer, now=NOW)
    seen = page(place.stranger, grievance).content.decode()
    assert "水管坏了" in seen
    assert "李梅" not in seen
    assert "mei@example.org" not in seen
    for one, case in ((place.stranger, grievance), (place.officer, letter), (place.stranger, letter)):
        assert browser(one).post(reverse("desk_case_contact", args=[case.pk])).status_code == 404


def revealed(user: User, case: Case) -> str:
    """The page of a case after name and address were asked for."""
    return browser(user).post(reverse("desk_case_contact", args=[case.pk]), follow=True).content.decode()


def test_name_and_address_are_shown_on_request_and_the_journal_says_to_whom(place):
    case, other = (taken_on(place, "grievance") for _ in range(2))
    client = browser(place.officer)
    url = reverse("desk_case", args=[case.pk])
    before = client.get(url).content.decode()
    assert "李梅" not in before and "mei@example.org" not in before and "Show name and address" in before
    assert not JournalRow.objects.filter(verb="case.contact_read").exists()
    answer = client.post(reverse("desk_case_contact", args=[case.pk]))
    assert answer.url.startswith(url)
    row = JournalRow.objects.get(verb="case.contact_read")
    assert (row.actor_id, row.submission_id) == (str(place.officer.pk), case.pk)
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        seen = client.get(url).content.decode()
    assert "李梅" in seen and "mei@example.org" in seen and "Show name and address" not in seen and len(asked) <= 20
    assert JournalRow.objects.filter(verb="case.contact_read").count() == 1
    # Another case is asked for by itself, and then the first anew; so is the same on another day.
    client.post(reverse("desk_case_contact", args=[other.pk]))
    assert "李梅" not in client.get(url).content.decode()
    session = client.session
    session["desk_case_contact"] = [case.pk, "2026-01-01"]
    session.save()
    assert "李梅" not in client.get(url).content.decode()


def test_after_a_low_rating_the_telephone_is_there_to_call_back(place):
    case = answered(place, taken_on(place))
    assert "mei@example.org" not in page(place.officer, case).content.decode()
    actions.rate_case(case.pk, score=1, actor=sender(case), now=later(NOW))
    assert "mei@example.org" in revealed(place.officer, case)


def test_a_clock_says_day_by_day_how_it_was_computed(place):
    case = taken_on(place)
    clock = case.clocks.get()
    answer = browser(place.officer).get(reverse("desk_case_clock", args=[case.pk, clock.pk]))
    assert answer.status_code == 200, answer.headers
    text = answer.content.decode()
    assert "weekend" in text
    assert "counted" in text
    assert browser(place.officer).get(reverse("desk_case_clock", args=[case.pk, clock.pk + 1])).status_code == 404


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "已转"), ("en", "Passed to Water Unit")])
def test_the_officer_sees_what_the_sender_sees(place, language, said):
    case = taken_on(place)
    address = reverse("desk_case_as_sender", args=[case.pk, language])
    text = browser(place.officer).get(address).content.decode()
    assert "水管坏了" in text
    if language == "en":
        assert said in text
    assert "<a href" not in text.partition("data-foreign")[2]
    assert browser(place.officer).get(reverse("desk_case_as_sender", args=[case.pk, "fr"])).status_code == 404


def test_what_is_not_possible_yet_says_why(place):
    case = answered(place, taken_on(place))
    text = page(place.officer, case).content.decode()
    assert "Not possible now" in text
    assert reverse("desk_case_step", args=[case.pk, "close"]) not in text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_whole_file_is_printed_with_what_the_page_shows(place, language):
    case = taken_on(place, "grievance")
    actions.consult(case.pk, department_id=place.roads.pk, question="路面何时恢复？", actor=place.officer, now=NOW)
    letter = taken_on(place)
    answer = browser(place.officer, language).get(reverse("desk_case_pdf", args=[case.pk]))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{case.reference}.pdf"'
    text = printed(answer.content)
    for said in ("水管坏了，没有人来修。", "路面何时恢复？", case.reference, "李梅"):
        assert said in text, said
    other = browser(place.officer, language).get(reverse("desk_case_pdf", args=[letter.pk]))
    assert "李梅" not in printed(other.content)
    assert browser(place.stranger).get(reverse("desk_case_pdf", args=[letter.pk])).status_code == 404
    # Who is only asked for an opinion reads the case and does not take it along.
    assert browser(place.stranger).get(reverse("desk_case", args=[case.pk])).status_code == 200
    assert browser(place.stranger).get(reverse("desk_case_pdf", args=[case.pk])).status_code == 404
    assert JournalRow.objects.filter(verb="case.printed").count() == 2


def printed(content: bytes) -> str:
    """The text layer of a PDF."""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).replace("\n", "")


# --- steps ------------------------------------------------------------------------------------------------------------


class DeskWalk(Walk):
    """The walk through a table in which officers take each step by the desk's form."""

    def __init__(self, place: House, kind: str) -> None:
        super().__init__(place, kind)
        self.undone: set[str] = set()

    def _take(self, transition: Transition, actor: Any, now: Any) -> None:
        if not isinstance(actor, User) or transition.door in ELSEWHERE:
            super()._take(transition, actor, now)
            return
        before = snapshot(self.case)
        back = self._carry_out(transition, actor, now)
        assert (back is not None) == rules.may_be_undone(transition), transition.code
        if back is not None and transition.code in self.undone:
            assert actions.tell_held(now=later(now)) == 1
        elif back is not None:
            self.undone.add(transition.code)
            # Taken back, the case and its clocks are what they were, and its sender has heard of nothing; then again.
            told = self.case.submission.timeline.count(), self.case.notices.count()
            [[_sort, pk, revision]] = back["back"]
            actions.undo_step(pk, revision=revision, actor=actor, now=now)
            assert snapshot(self.case) == before, transition.code
            assert (self.case.submission.timeline.count(), self.case.notices.count()) == told, transition.code
            self._carry_out(transition, actor, now)
            assert actions.tell_held(now=later(now)) == 1

    def _carry_out(self, transition: Transition, actor: User, now: Any) -> Any:
        case = self.case
        board = board_of(case.pk, actor=actor, now=now)
        assert board is not None
        sent = (
            {
                "revision": case.revision,
                "token": str(uuid4()),
                "department": self._unit(transition),
                "reason": transition.reasons[0] if transition.reasons else "",
                "sha256": board.shared.sha256 if board.shared else "",
                "draft": board.shared.revision if board.shared else "",
                "kind": "letter" if case.kind == "enquiry" else "enquiry",
                "approver": "",
            }
            | dict.fromkeys(("words", "note", "question"), "说明")
            | {"cites": PAGE}
        )
        form = StepForm(sent | {"units": "5", "days": "3"}, case=board.case, transition=transition)
        assert form.is_valid(), (transition.code, form.errors)
        return carry_out(board.case, transition, form.cleaned_data, actor=actor, now=now)

    def _unit(self, transition: Transition) -> str:
        if transition.door == "consult":
            return Department.objects.get(pk=self._unasked()).code
        return (self.place.water if self.case.lead_id is None else self.place.roads).name_zh


# test_walk.py takes every step on both databases.
@pytest.mark.sqlite_only
@pytest.mark.parametrize("kind", [code for code in KINDS if code != "petition_answer"])
def test_every_step_of_every_kind_can_be_taken_by_its_form(place, kind):
    walk = DeskWalk(place, kind)
    walk.visit(NOW)
    assert {code for code, _state in walk.tried} == {one.code for one in walk.machine.transitions}


def test_a_case_goes_from_the_receipt_to_the_answer_through_the_pages(place):
    case = factories.case()
    assert take(place.clerk, case, "route", department="水务").status_code == 302
    assert take(place.officer, case, "accept").status_code == 302
    assert take(place.officer, case, "draft").status_code == 302
    assert write(place.officer, case, 0, "已派人修理。").status_code == 302
    assert take(place.officer, case, "submit", approver="", note="").status_code == 302
    draft = case.drafts.get()
    assert take(place.approver, case, "return_draft", note="写上日期。").status_code == 302
    seen = page(place.officer, case).content.decode()
    assert "写上日期。" in seen
    assert write(place.officer, case, draft.revision, "已于11月24日派人修理。").status_code == 302
    assert take(place.officer, case, "submit", approver=str(place.approver.pk), note="").status_code == 302
    changed = page(place.approver, case).content.decode()
    assert "Changed since you looked" in changed
    assert "<ins>于11月24日</ins>" in changed
    draft.refresh_from_db()
    assert take(place.approver, case, "approve", sha256=draft.sha256, note="").status_code == 302
    assert state(case) == "approved"
    actions.send_due_answers(now=later(NOON))
    assert state(case) == "answered"
    assert "已于11月24日派人修理。" in page(place.officer, case).content.decode()


def handed_in_again(place: House, **words: Any) -> str:
    """Return what the approver, who sent an answer back, sees when it comes again with other words."""
    case = taken_on(place, "information_request")
    given = {"text": "见附件。", "basis": "第三十六条", "cites": ("年报 https://example.org/a",), "result": "GRANTED"}
    cases = {"actor": place.officer, "now": NOW}
    actions.take_step(case.pk, "draft", **cases)
    actions.save_draft(case.pk, DraftWords(**given), **cases)
    actions.submit_draft(case.pk, **cases)
    assert "since you looked" not in page(place.approver, case).content.decode()
    actions.return_draft(case.pk, note="再看一看。", actor=place.approver, now=NOW)
    actions.save_draft(case.pk, DraftWords(**given | words), **cases)
    actions.submit_draft(case.pk, **cases)
    return page(place.approver, case).content.decode()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ({"result": "REFUSED"}, "<h4>What is decided</h4>"),
        ({"basis": "第三十七条"}, "<h4>Basis</h4>"),
        ({"cites": ()}, "<del>年报 https://example.org/a</del>"),
        ({"text": "见附件二。"}, "<h4>Answer</h4>"),
    ],
)
def test_an_approver_sees_which_of_all_the_words_changed(place, words, shown):
    seen = handed_in_again(place, **words)
    assert "Changed since you looked" in seen and shown in seen
    assert seen.count("<h4>") == 1


def test_an_approver_is_told_that_nothing_changed(place):
    seen = handed_in_again(place)
    assert "Nothing changed since you looked" in seen and "Changed since you looked" not in seen


def test_the_button_of_an_approval_says_what_was_read(place):
    case = taken_on(place)
    handed_in(place, case)
    form = browser(place.approver).get(reverse("desk_case_step", args=[case.pk, "approve"])).content.decode()
    assert case.drafts.get().sha256 in form
    answer = take(place.approver, case, "approve", sha256="0" * 64, note="")
    assert answer.status_code == 409
    assert "Read it again" in answer.content.decode()
    assert state(case) == "approval"


def test_nobody_approves_own_words(place):
    case = taken_on(place)
    both = factories.member(place.water, Role.OFFICER, Role.APPROVER)
    actions.take_step(case.pk, "draft", actor=both, now=NOW)
    actions.save_draft(case.pk, DraftWords(text="已修好。"), actor=both, now=NOW)
    draft = actions.submit_draft(case.pk, actor=both, now=NOW)
    assert take(both, case, "approve", sha256=draft.sha256, note="").status_code == 403
    assert state(case) == "approval"


def test_sending_can_be_undone_while_there_is_time(place):
    case = taken_on(place)
    approved(place, case, now=NOON)
    assert "Undo (30 seconds)" in page(place.officer, case).content.decode()
    assert do(place.officer, case, "hold").status_code == 302
    assert actions.send_due_answers(now=later(NOON, 60)) == 0
    assert "The answer is approved and held" in page(place.officer, case).content.decode()
    assert do(place.officer, case, "send").status_code == 302
    assert actions.send_due_answers(now=later(NOON, 60)) == 1
    refused = do(place.officer, case, "hold")
    assert refused.status_code == 404
    assert state(case) == "answered"


def test_what_a_step_needs_is_asked_for_and_kept(place):
    case = factories.case("letter")
    answer = take(place.clerk, case, "refuse", reason="", words="这件事不归我们管。")
    assert answer.status_code == 422
    assert "这件事不归我们管。" in answer.content.decode()
    assert "Choose one of the reasons" in answer.content.decode()
    assert take(place.clerk, case, "refuse", reason="NOT_OURS", words="这件事不归我们管。").status_code == 302
    assert not case.notices.exists()
    actions.tell_held(now=later(NOON))
    assert "这件事不归我们管。" in case.notices.get().content["words"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("no such unit", "There is no unit"), ("处", "Several units are called so"), ("", "Choose a unit")],
)
def test_a_unit_is_found_by_its_name(place, typed, said):
    answer = take(place.clerk, factories.case(), "route", department=typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.parametrize("typed", ["Water Unit", "水务处", "water", "务"])
def test_a_part_of_a_name_that_one_unit_has_is_enough(place, typed):
    case = factories.case()
    assert take(place.clerk, case, "route", department=typed).status_code == 302
    case.refresh_from_db()
    assert case.lead == place.water


def test_a_case_that_moved_meanwhile_says_what_happened_and_keeps_what_was_typed(place):
    case = factories.case()
    seen = case.revision
    actions.take_step(case.pk, "ask_detail", Given(words="哪一栋？"), actor=place.clerk, now=NOON)
    answer = post(
        place.clerk, "desk_case_step", case, "refuse", reason="NOT_OURS", words="写了很久的话。", revision=seen
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "写了很久的话。" in text
    assert "What happened meanwhile" in text
    assert "Ask for details" in text
    assert state(case) == "returned"


def test_the_same_form_sent_twice_takes_the_step_once(place):
    case = factories.case()
    token = str(uuid4())
    for _ in range(2):
        take(place.clerk, case, "ask_detail", words="哪一栋？", token=token)
    assert case.steps.filter(code="ask_detail").count() == 1
    assert state(case) == "returned"


def test_a_reviewer_of_openness_extends_an_information_request(place):
    case = taken_on(place, "information_request")
    text = page(place.openness, case).content.decode()
    assert reverse("desk_case_step", args=[case.pk, "extend"]) in text
    queue = reverse("desk_queue", args=["cases"])
    assert queue not in text
    assert queue in page(place.officer, case).content.decode()
    given = {"reason": "COMPLEX", "units": "5", "words": "材料较多。"}
    assert take(place.openness, case, "extend", **given).status_code == 302
    assert case.clocks.get(target="final_reply").extension == 5
    assert browser(place.openness).get(reverse("desk_cases")).url == reverse("desk_home")


def test_what_left_the_officers_sight_leads_back_to_the_queue(place):
    case = taken_on(place)
    answer = take(place.officer, case, "transfer", department="Roads Unit", note="归道路处。")
    assert answer.url == reverse("desk_queue", args=["cases"])


@pytest.mark.parametrize("code", ["rate", "withdraw", "answer", "nothing"])
def test_what_no_officer_does_has_no_page(place, code):
    assert browser(place.officer).get(reverse("desk_case_step", args=[taken_on(place).pk, code])).status_code == 404


# --- writing ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_by_a_script_too(place):
    case = taken_on(place)
    as_script = {"Accept": "application/json"}
    kept = write(place.officer, case, 0, "正在修。", headers=as_script)
    assert kept.json()["revision"] == 1
    late = write(place.officer, case, 0, "别的话。", headers=as_script)
    assert late.status_code == 409
    assert "Somebody wrote" in late.json()["message"]
    assert write(place.officer, case, 1, "字" * 20_001, headers=as_script).status_code == 422
    assert case.drafts.get().text == "正在修。"


def test_while_somebody_writes_the_draft_is_shown_and_can_be_taken_over(place, monkeypatch):
    case = taken_on(place)
    other = factories.member(place.water, Role.OFFICER)
    write(place.officer, case, 0, "正在修。")
    assert 'id="answer"' in page(place.officer, case).content.decode()
    shown = page(other, case).content.decode()
    assert f"{place.officer} is writing this answer" in shown and "正在修。" in shown
    assert 'id="answer"' not in shown and reverse("desk_case_chore", args=[case.pk, "take"]) in shown
    # Handing it in asks, as it does for whoever is typing.
    actions.take_step(case.pk, "draft", actor=place.officer, now=NOON)
    asked = page_of_step(other, case, "submit").content.decode()
    assert f"{place.officer} is writing in the answer now" in asked
    # Who had the form open before keeps what was typed, and may take it over with these words.
    script = write(other, case, 1, "正在修，周五修好。", headers={"Accept": "application/json"})
    assert script.status_code == 409 and f"{place.officer} is writing in this draft" in script.json()["message"]
    refused = write(other, case, 1, "正在修，周五修好。")
    text = refused.content.decode()
    assert refused.status_code == 409 and "正在修，周五修好。" in text and 'name="take"' in text
    assert case.drafts.get().text == "正在修。"
    assert write(other, case, 1, "正在修，周五修好。", take="yes").status_code == 302
    assert case.drafts.get().text == "正在修，周五修好。"
    # By the button of the page, without words.
    assert do(place.officer, case, "take").status_code == 302
    assert 'id="answer"' in page(place.officer, case).content.decode()
    assert 'id="answer"' not in page(other, case).content.decode()
    monkeypatch.setattr("django.utils.timezone.now", lambda: later(NOON, rules.DRAFT_HELD_SECONDS))
    assert 'id="answer"' in page(other, case).content.decode()


def test_two_who_write_at_once_put_their_texts_together(place):
    case = taken_on(place)
    other = factories.member(place.water, Role.OFFICER)
    write(place.officer, case, 0, "正在修。")
    write(other, case, 1, "正在修，周五修好。", take="yes")
    case.drafts.update(held_by=None, held_until=None)
    answer = write(place.officer, case, 1, "正在修，请等候。")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "正在修，请等候。" in text
    assert "正在修，周五修好。" in text
    assert case.drafts.get().text == "正在修，周五修好。"
    assert write(place.officer, case, 2, "正在修，周五修好，请等候。").status_code == 302
    assert case.drafts.get().text == "正在修，周五修好，请等候。"


def test_a_private_draft_is_one_s_own_until_it_is_shared(place):
    case = taken_on(place)
    other = factories.member(place.water, Role.OFFICER)
    write(place.officer, case, 0, "我的草稿。", shared="False")
    assert "我的草稿。" in page(place.officer, case, draft="private").content.decode()
    assert "我的草稿。" not in page(other, case).content.decode()
    assert "我的草稿。" not in page(other, case, draft="private").content.decode()
    assert do(other, case, "share", of=case.drafts.get().pk).status_code == 404
    assert do(place.officer, case, "share", of=case.drafts.get().pk).status_code == 302
    assert "我的草稿。" in page(other, case).content.decode()


def test_two_windows_of_one_private_draft_are_put_together(place):
    case = taken_on(place)
    write(place.officer, case, 0, "共用的草稿。")
    write(place.officer, case, 0, "我的草稿。", shared="False")
    write(place.officer, case, 1, "我的草稿，第二句。", shared="False")
    answer = write(place.officer, case, 1, "我的草稿，另一句。", shared="False")
    text = answer.content.decode()
    assert answer.status_code == 409 and "我的草稿，另一句。" in text and "我的草稿，第二句。" in text
    assert "共用的草稿。" not in text
    assert write(place.officer, case, 2, "我的草稿，两句都在。", shared="False").status_code == 302
    assert {one.text for one in case.drafts.all()} == {"共用的草稿。", "我的草稿，两句都在。"}


def test_who_may_not_write_is_refused(place):
    case = taken_on(place)
    assert write(place.approver, case, 0, "我来写。").status_code == 403
    assert not Draft.objects.exists()


# --- beside the steps -------------------------------------------------------------------------------------------------


def test_a_case_is_given_to_an_officer_of_the_unit(place):
    case = taken_on(place)
    other = factories.member(place.water, Role.OFFICER)
    assert do(place.officer, case, "assign", to=str(other.pk)).status_code == 302
    case.refresh_from_db()
    assert case.owner == other
    assert do(place.officer, case, "mine").status_code == 302
    case.refresh_from_db()
    assert case.owner == place.officer
    assert do(place.officer, case, "assign", to=str(place.stranger.pk)).status_code == 422


def test_taking_over_is_offered_to_officers_of_the_unit_alone(place):
    case = taken_on(place)
    other = factories.member(place.water, Role.OFFICER)
    offered = reverse("desk_case_chore", args=[case.pk, "mine"])
    assert offered in page(other, case).content.decode()
    for one in (place.officer, place.approver, place.clerk, person(Role.ADMINISTRATOR)):
        assert offered not in page(one, case).content.decode(), one


def test_the_questions_of_a_letter_are_settled_before_the_answer_is_handed_in(place):
    case = taken_on(place)
    assert do(place.officer, case, "questions", questions="什么时候修？\n\n谁来修？").status_code == 302
    first, second = case.questions.all()
    assert do(place.officer, case, "settle", of=first.pk, answered="on").status_code == 302
    assert do(place.officer, case, "settle", of=second.pk, because="").status_code == 422
    assert do(place.officer, case, "settle", of=second.pk, because="还没有定。").status_code == 302
    assert list(case.questions.values_list("state", flat=True)) == ["answered", "not_answered"]
    other = taken_on(place)
    assert do(place.officer, other, "settle", of=first.pk, answered="on").status_code == 404


def test_a_unit_that_is_asked_gives_its_opinion_and_nothing_else(place):
    case = taken_on(place)
    assert (
        take(place.officer, case, "consult", department="Roads", question="路面何时恢复？", days="3").status_code == 302
    )
    asked = CoConsultation.objects.get()
    assert "路面何时恢复？" in page(place.stranger, case).content.decode()
    assert do(place.stranger, case, "assign", to="").status_code == 404
    assert do(place.officer, case, "opinion", of=asked.pk, text="我们自己说。").status_code == 404
    assert do(place.stranger, case, "opinion", of=asked.pk, text="周四恢复。", agrees="yes").status_code == 302
    assert state(case) == "handling"
    assert "周四恢复。" in page(place.officer, case).content.decode()


def test_going_on_without_an_opinion_needs_a_note(place):
    case = taken_on(place)
    take(place.officer, case, "consult", department="Roads", question="路面？", days="3")
    assert take(place.officer, case, "consulted", note="").status_code == 422
    assert take(place.officer, case, "consulted", note="已电话沟通。").status_code == 302
    asked = CoConsultation.objects.get()
    assert do(place.officer, case, "waive", of=asked.pk, note="已电话沟通。").status_code == 302
    asked.refresh_from_db()
    assert asked.state == CoConsultation.State.WAIVED


def test_of_a_linked_case_at_another_unit_only_the_reference_is_shown(place):
    case, elsewhere = taken_on(place), factories.case(title="路灯的事")
    actions.link_cases(case.pk, elsewhere.pk, actor=place.head, now=NOW)
    body = page(place.officer, case).content.decode()
    assert elsewhere.reference in body and "路灯的事" not in body
    assert reverse("desk_case", args=[elsewhere.pk]) not in body
    assert "路灯的事" in page(place.clerk, case).content.decode()


def test_cases_are_linked_merged_split_and_grouped(place):
    case, other = taken_on(place), taken_on(place)
    assert do(place.officer, case, "link", other=other.reference).status_code == 302
    link = Link.objects.get()
    assert do(place.officer, other, "unlink", of=link.pk).status_code == 302
    assert do(place.officer, case, "tag", name="水管").status_code == 302
    assert do(place.officer, case, "untag", of=case.tags.get().pk).status_code == 302
    file = add_to_case(case.submission, BytesIO("灯".encode()), "lamp.txt", actor=sender(case))
    form = browser(place.officer).get(reverse("desk_case_chore", args=[case.pk, "split"])).content.decode()
    assert "lamp.txt" in form and "Files that go along with matter 2" in form
    alone = do(place.officer, case, "split", part_1="路灯也坏了。", files_2=[file.pk])
    assert alone.status_code == 422 and "the matter to which the chosen files belong" in alone.content.decode()
    assert do(place.officer, case, "split", part_1="路灯也坏了。", files_1=[file.pk]).status_code == 302
    part = Link.objects.get(kind=Link.Kind.SPLIT, target=case).source
    assert [one.name for one in part.submission.attachments.all()] == ["lamp.txt"]
    assert do(place.officer, case, "merge", other=case.reference).status_code == 422
    assert do(place.officer, case, "merge", other=other.reference).status_code == 302
    case.refresh_from_db()
    assert case.merged_into == other
    assert do(place.officer, case, "unmerge").status_code == 302
    case.refresh_from_db()
    assert case.merged_into is None


def test_a_case_of_another_unit_cannot_be_found_by_its_reference(place):
    hidden = factories.case()
    answer = do(place.officer, taken_on(place), "link", other=hidden.reference)
    assert answer.status_code == 422
    assert not Link.objects.exists()


def test_what_the_sender_said_is_noted(place):
    case = taken_on(place)
    assert do(place.officer, case, "add", words="来电说水又漏了。").status_code == 302
    assert "来电说水又漏了。" in page(place.officer, case).content.decode()
    assert str(place.officer) in page(place.officer, case).content.decode()


def test_an_approval_is_handed_on(place):
    case = taken_on(place)
    handed_in(place, case)
    other = factories.member(place.water, Role.APPROVER)
    assert do(place.approver, case, "delegate", to=str(other.pk)).status_code == 302
    draft = case.drafts.get()
    assert take(place.approver, case, "approve", sha256=draft.sha256, note="").status_code == 403
    assert take(other, case, "approve", sha256=draft.sha256, note="").status_code == 302


@pytest.mark.parametrize("code", sorted(CHORES))
def test_every_chore_has_a_page_that_opens(place, code):
    case = taken_on(place)
    actions.save_draft(case.pk, DraftWords(text="正在修。"), actor=place.officer, now=NOW)
    answer = browser(place.officer).get(reverse("desk_case_chore", args=[case.pk, code]), {"of": "1"})
    chore = CHORES[code]
    if code in ("opinion", "delegate", "unmerge"):
        assert answer.status_code == 404
    else:
        assert answer.status_code == (302 if chore.is_button else 200)


def test_an_answer_from_what_is_published_begins_from_the_draft_and_can_be_undone(place):
    case = taken_on(place, "enquiry")
    entry = factories.published()
    actions.save_draft(case.pk, DraftWords(text="见网页。", cites=("公告栏",)), actor=place.officer, now=NOW)
    url = reverse("desk_case_step", args=[case.pk, "answer_plainly"])
    form = browser(place.officer).get(url).content.decode()
    assert "见网页。" in form and "公告栏" in form
    # The page was opened before there was a draft: it shows both texts.
    other = take(place.officer, case, "answer_plainly", words="见公告。", cites=PAGE, note="", draft="")
    assert other.status_code == 409 and "What is kept now" in (both := other.content.decode())
    assert "见网页。" in both and "见公告。" in both
    given = {"note": "", "draft": case.drafts.get().revision}
    refused = take(place.officer, case, "answer_plainly", words="见网页。", cites="公告栏", **given)
    assert refused.status_code == 422 and "names nothing that is published here: 公告栏" in refused.content.decode()
    assert "见网页。" in refused.content.decode()
    assert take(place.officer, case, "answer_plainly", words="见网页。", cites=PAGE, **given).status_code == 302
    shown = page(place.officer, case).content.decode()
    assert "The answer goes out at" in shown and "is approved" not in shown and entry.title in shown
    assert do(place.officer, case, "hold").status_code == 302
    assert "The answer is held<" in page(place.officer, case).content.decode()
    actions.add_message(case.pk, "还有一句", actor=sender(case), now=later(NOW))
    Draft.objects.update(changed_at=NOW)
    assert "The answer is held: the sender wrote meanwhile" in page(place.officer, case).content.decode()
    assert do(place.officer, case, "send").status_code == 302
    assert Draft.objects.get().send_at is not None


# --- a chain of approvers ---------------------------------------------------------------------------------------------


def chain_form(user: User, case: Case, places: list[str], order: str = "", **given: Any) -> HttpResponse:
    """Send the form of the chain; `order` is one of its buttons that add a place or take one out."""
    case.refresh_from_db()
    sent = {"revision": case.revision, "token": str(uuid4()), "note": "", "approver": places} | given
    url = reverse("desk_case_step", args=[case.pk, "submit"])
    return browser(user).post(url, sent | ({"chain": order} if order else {}))


def chosen_places(answer: HttpResponse) -> list[str]:
    return [value for _number, value in answer.context["form"].places]


def test_a_chain_of_approvers_is_put_together_without_a_script(place):
    second = factories.member(place.water, Role.APPROVER)
    case = taken_on(place)
    actions.take_step(case.pk, "draft", actor=place.officer, now=NOW)
    actions.save_draft(case.pk, DraftWords(text="已修。"), actor=place.officer, now=NOW)
    one, two = str(place.approver.pk), str(second.pk)
    longer = chain_form(place.officer, case, [one], "add", note="请看")
    assert longer.status_code == 200 and chosen_places(longer) == [one, ""]
    shown = longer.content.decode()
    assert "请看" in shown and 'name="approver" autofocus' in shown and 'value="remove-2"' in shown
    assert chosen_places(chain_form(place.officer, case, [one, two, ""], "remove-1")) == [two, ""]
    assert chosen_places(chain_form(place.officer, case, [one], "remove-9")) == [one]
    full = chain_form(place.officer, case, [""] * 6, "add")
    assert len(chosen_places(full)) == 6 and 'value="add"' not in full.content.decode()
    assert state(case) == "drafting"
    twice = chain_form(place.officer, case, [one, one])
    assert twice.status_code == 422 and "Name each approver once" in twice.content.decode()
    assert chosen_places(twice) == [one, one]
    assert chain_form(place.officer, case, [one, "999999"]).status_code == 422
    assert chain_form(place.officer, case, [one, two]).status_code == 302
    assert list(case.drafts.get().approvals.values_list("assignee_id", flat=True)) == [place.approver.pk, second.pk]


def test_the_page_of_a_case_shows_the_chain_whose_turn_it_is_and_who_stands_in(place):
    second, third = (factories.member(place.water, Role.APPROVER) for _ in range(2))
    case = taken_on(place)
    draft = handed_in(place, case, chain=[place.approver.pk, second.pk])
    today = localdate()
    actions.set_absence(second.pk, first=today, last=today, deputy=third.pk, actor=second)
    seen = page(place.officer, case).content.decode()
    assert seen.index(str(place.approver)) < seen.index("whose turn it is") < seen.index(f"{second}</span>")
    assert take(place.approver, case, "approve", sha256=draft.sha256, note="可以").status_code == 302
    client = browser(third)
    client.get(reverse("desk_case", args=[case.pk]))
    with CaptureQueriesContext(connection) as asked:
        seen = client.get(reverse("desk_case", args=[case.pk])).content.decode()
    assert len(asked) <= 20
    assert "可以" in seen and f"{second}, away; in their place {third}" in seen
    assert take(third, case, "return_draft", note="写上日期").status_code == 302
    back = page(place.officer, case).content.decode()
    assert "What the approvers said in round 1" in back and "写上日期" in back
    assert f"{third} in place of {second}" in back
    case.refresh_from_db()
    handed_in(place, case, text="已于周五修好。", chain=[place.approver.pk, third.pk])
    draft.refresh_from_db()
    assert "Changed since you looked" in page(place.approver, case).content.decode()
    for one in (place.approver, third):
        assert take(one, case, "approve", sha256=draft.sha256, note="").status_code == 302
    actions.send_due_answers(now=timezone.now() + timedelta(minutes=1))
    client = browser(place.officer)
    client.get(reverse("desk_case", args=[case.pk]))
    with CaptureQueriesContext(connection) as asked:
        over = client.get(reverse("desk_case", args=[case.pk])).content.decode()
    assert len(asked) <= 20
    assert "Who approved it" in over and str(third) in over


def test_a_form_about_one_thing_of_a_case_says_what_it_is_about(place):
    case = taken_on(place)
    (question,) = actions.set_questions(case.pk, ["什么时候修？"], actor=place.officer)
    asked = browser(place.officer).get(reverse("desk_case_chore", args=[case.pk, "settle"]), {"of": question.pk})
    assert "什么时候修？" in asked.content.decode().split("asked-about")[2]
    actions.consult(
        case.pk, department_id=place.roads.pk, question="路面归谁？", days=5, actor=place.officer, now=timezone.now()
    )
    consultation = CoConsultation.objects.get(case=case)
    for user, code in ((place.stranger, "opinion"), (place.officer, "waive")):
        address = reverse("desk_case_chore", args=[case.pk, code])
        asked = browser(user).get(address, {"of": consultation.pk})
        assert "路面归谁？" in asked.content.decode().split("asked-about")[2]
        assert "asked-about" not in browser(user).get(address, {"of": "x"}).content.decode()


def in_working_days(row: CoConsultation, count: int) -> date:
    profile = profile_of_receipt(row.case)
    return calendars.work_calendar(profile.calendar).add(today_of(row.case, row.asked_at), count)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "If left empty: 5 working days, or 15 working days"), ("zh-hans", "共同制作")]
)
def test_who_made_the_information_together_is_asked_as_such_and_reads_what_silence_means(place, language, said):
    case = taken_on(place, "information_request")
    step = reverse("desk_case_step", args=[case.pk, "consult"])
    asks = browser(place.officer, language)
    shown = asks.get(step).content.decode()
    assert said in shown and 'name="co_author"' in shown
    case.refresh_from_db()
    sent = {"revision": case.revision, "token": str(uuid4()), "question": "能否公开？", "days": ""}
    asks.post(step, sent | {"department": str(place.roads), "co_author": "on"})
    row = CoConsultation.objects.get(case=case)
    assert row.co_author and row.due == in_working_days(row, 15)
    board = page(place.stranger, case, language).content.decode()
    form = browser(place.stranger, language).get(reverse("desk_case_chore", args=[case.pk, "opinion"]), {"of": row.pk})
    silent = "if it says nothing in 15 working days" if language == "en" else "15个工作日"
    assert silent in board and silent in form.content.decode()


def test_a_unit_that_made_nothing_is_asked_for_the_houses_own_days(place):
    case = taken_on(place, "information_request")
    take(place.officer, case, "consult", department=str(place.roads), question="？", days="")
    row = CoConsultation.objects.get(case=case)
    assert not row.co_author and row.due == in_working_days(row, 5)
    assert "counts as agreeing" not in page(place.stranger, case).content.decode()
    letter = taken_on(place)
    shown = page_of_step(place.officer, letter, "consult").content.decode()
    assert 'name="co_author"' not in shown and "A unit that says nothing has not agreed" in shown


def test_no_kind_is_chosen_beforehand_and_what_is_empty_is_named(place):
    case = factories.case("grievance")
    assert '<option value="" selected>' in page_of_step(place.clerk, case, "move").content.decode()
    again = take(place.clerk, case, "move", kind="", words="").content.decode()
    assert "Choose how it is to be handled" in again and "“What the sender is told” is empty" in again


def test_who_extends_the_time_reads_how_much_there_is(place):
    case = taken_on(place, "grievance")
    due = Case.objects.get(pk=case.pk).due
    said = page_of_step(place.approver, case, "extend").content.decode()
    assert f"At most 30 days. The last day is now {date_format(due, 'j F Y')}" in said


def test_a_clock_that_stands_still_keeps_its_unit(place):
    case = factories.case("information_request")
    actions.take_step(case.pk, "ask_detail", Given(words="哪一年的？"), actor=place.clerk, now=NOW)
    assert "working days left" in page(place.clerk, case).content.decode().split("stopped since")[1][:60]


def test_who_decides_a_review_reads_why_it_was_asked_for(place):
    case = answered(place, taken_on(place, "grievance"))
    for _twice in range(2):
        token = uuid5(NAMESPACE_DNS, "review")
        actions.ask_review(case.pk, words="少算了八月", actor=sender(case), now=later(NOW, 60), token=token)
    assert [one.text for one in case.messages.filter(text="少算了八月")] == ["少算了八月"]
    decider = factories.member(place.root, Role.APPROVER)
    said = page_of_step(decider, case, "decide_review").content.decode()
    assert "少算了八月" in said and "已经派人修好" in said


def test_nobody_writes_an_answer_to_what_is_under_review(place):
    case = answered(place, taken_on(place, "grievance"))
    actions.ask_review(case.pk, words="不服", actor=sender(case), now=later(NOW, 60))
    assert 'id="answer" method="post"' not in page(place.head, case).content.decode()


def page_of_step(user: User, case: Case, code: str) -> HttpResponse:
    """Open the form of a step."""
    return browser(user).get(reverse("desk_case_step", args=[case.pk, code]))


def test_a_request_that_is_a_petition_is_opened_as_a_grievance_after_it_is_said_what_that_does(place):
    case = taken_on(place, "information_request")
    actions.take_step(case.pk, "draft", actor=place.officer, now=NOW)
    words = DraftWords(text="不属于信息公开申请。", result="IS_PETITION")
    actions.save_draft(case.pk, words, actor=place.officer, now=NOW)
    draft = actions.submit_draft(case.pk, actor=place.officer, now=NOW)
    actions.approve_draft(case.pk, sha256=draft.sha256, actor=place.approver, now=NOW)
    assert "Open as a grievance" not in page(place.officer, case).content.decode()
    actions.send_due_answers(now=later(NOW))
    shown = page(place.officer, case)
    usual = [step.code for step in shown.context["steps"] if step.is_usual]
    assert usual == ["open_grievance"] and "btn-go" in shown.content.decode()
    assert "It cannot be taken back" in page_of_step(place.officer, case, "open_grievance").content.decode()
    for _ in range(2):
        assert post(place.officer, "desk_case_step", case, "open_grievance").status_code == 302
    [grievance] = Case.objects.filter(kind="grievance")
    after = page(place.officer, case)
    assert grievance.reference in after.content.decode()
    assert "open_grievance" not in [step.code for step in after.context["steps"]]


def test_a_request_that_was_decided_otherwise_says_nothing_of_grievances(place):
    case = factories.answered(place, taken_on(place, "information_request"))
    assert "Open as a grievance" not in page(place.officer, case).content.decode()


def test_a_part_is_joined_with_its_letter_again_by_a_button_that_only_such_a_part_has(place):
    letter = factories.case()
    [part] = actions.split_case(letter.pk, ["路灯也坏了。"], actor=place.clerk, now=NOW)
    label = "Join with its letter again"
    assert label not in page(place.clerk, letter).content.decode()
    assert label in page(place.clerk, part).content.decode()
    assert do(place.clerk, part, "unsplit").status_code == 302
    part.refresh_from_db()
    assert part.merged_into == letter
    shown = page(place.clerk, part).content.decode()
    assert label not in shown and "Handle by itself again" in shown


@pytest.mark.parametrize(("kind", "says_parts"), [("grievance", True), ("information_request", False)])
def test_who_writes_an_opinion_is_told_what_it_must_carry(place, kind, says_parts):
    case = taken_on(place, kind)
    actions.take_step(case.pk, "draft", actor=place.officer, now=NOW)
    shown = page(place.officer, case).content.decode()
    assert ("State the request, the facts and reasons, and the finding" in shown) == says_parts
    assert ("It cannot be handed in without one" in shown) == says_parts
    words = DraftWords(text="经查……", result="PART" if says_parts else "PARTLY")
    actions.save_draft(case.pk, words, actor=place.officer, now=NOW)
    refused = take(place.officer, case, "submit", approver="", note="").content.decode()
    assert "on which provision of law the decision rests" in refused


def test_a_page_beside_a_case_listens_to_the_key_that_leads_back(place):
    made = taken_on(place, now=timezone.now())
    page = browser(place.officer).get(reverse("desk_case_as_sender", args=[made.pk, "en"])).content.decode()
    assert 'data-behaviour="desk-keys" data-keys="on"' in page and 'data-page-key="u"' in page
