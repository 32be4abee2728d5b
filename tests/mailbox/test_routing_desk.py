"""Proposed units at the desk: made once, shown with reasons, accepted by one press, logged; and the switch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.departments.models import Department, Duty
from engage.errors import Refused
from mailbox import actions as cases
from mailbox.desk.queue import rows
from mailbox.models import Case, StepRecord
from mailbox.routing import actions, learning, queries
from mailbox.routing.models import RouteModel, Suggestion
from mailbox.routing.rules import Proposal, Reason
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, answered, house, later, taken_on

pytestmark = pytest.mark.django_db
NOON = NOW + timedelta(hours=1)


@pytest.fixture
def place() -> House:
    built = house()
    Duty.objects.create(
        department=built.water, position=0, text_zh="2.1.4 自来水管网维修", text_en="2.1.4 Repair of water mains"
    )
    Duty.objects.create(department=built.roads, position=3, text_zh="道路路灯养护", text_en="Street lights")
    return built


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def page_of(user: User, case: Case) -> str:
    return browser(user).get(reverse("desk_case", args=[case.pk])).content.decode()


def proposed(
    case: Case, *units: Department, shares: tuple[float, ...] = (0.83, 0.05, 0.02), **fields: Any
) -> Suggestion:
    """Write what a learned model would have proposed."""
    version = RouteModel.objects.create(made_at=NOW, content=b"x", sha256="x", letters=100, offices=3)
    found = [
        Proposal(str(unit.pk), share, (Reason("duty", "2.1.4"),)) for unit, share in zip(units, shares, strict=False)
    ]
    kept = [actions._as_kept(one) for one in found]
    return Suggestion.objects.create(
        case=case, model=version, made_at=NOW, proposals=kept, chosen=fields.pop("chosen", True), **fields
    )


def test_units_are_proposed_once_with_their_reasons(place):
    case = factories.case(text="小区的自来水管网坏了，请派人维修。")
    assert actions.suggest_routes(now=NOON) == 1
    assert actions.suggest_routes(now=NOON) == 0
    row = Suggestion.objects.get(case=case)
    assert [one["department"] for one in row.proposals] == [place.water.pk]
    assert row.proposals[0]["reasons"] == [["duty", "2.1.4"]]
    # By the rules alone there is no measured share, and nothing is chosen beforehand.
    assert row.model is None and not row.chosen
    text = page_of(place.clerk, case)
    assert "Pass to Water Unit" in text and "matches item 2.1.4 of its list of duties" in text
    assert "% likely" not in text and 'data-page-key="a"' not in text


def test_an_item_without_a_number_is_told_by_its_place(place):
    case = factories.case(text="我们这条道路的路灯养护没人管。")
    actions.suggest_routes(now=NOON)
    assert Suggestion.objects.get(case=case).proposals[0]["reasons"] == [["duty", "4"]]


def test_a_case_that_was_passed_on_already_needs_no_proposal(place):
    case = factories.case()
    cases.route_case(case.pk, to=place.water.pk, actor=place.clerk, now=NOW)
    assert actions.suggest_routes(now=NOON) == 0


def test_the_unit_that_a_report_accuses_is_never_named(place):
    case = factories.case("grievance", text="自来水管网维修处的人收钱不办事。", barred=place.water.pk)
    actions.suggest_routes(now=NOON)
    assert all(one["department"] != place.water.pk for one in Suggestion.objects.get(case=case).proposals)
    # Nor when it was stored before it was known.
    Suggestion.objects.all().delete()
    proposed(case, place.water, place.roads)
    case.refresh_from_db()
    shown = queries.proposals_for([case])[case.pk]
    assert [one.unit for one in shown] == [place.roads] and not shown[0].chosen


def test_a_unit_out_of_service_is_not_named(place):
    case = factories.case()
    proposed(case, place.water)
    Department.objects.filter(pk=place.water.pk).update(active=False)
    assert queries.proposals_for([case]) == {}


def test_one_press_passes_the_case_on_and_can_be_taken_back(place):
    case = factories.case()
    proposed(case, place.water, place.roads)
    text = page_of(place.clerk, case)
    assert "83 % likely" in text and text.count('data-page-key="a"') == 1
    client = browser(place.clerk)
    sent = {"to": place.water.pk, "revision": case.revision}
    answer = client.post(reverse("desk_route_proposed", args=[case.pk]), sent)
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.state, case.lead) == ("routed", place.water)
    row = Suggestion.objects.get(case=case)
    assert (row.accepted_by, row.accepted_at) == (place.clerk, NOON)
    assert "Pass to Water Unit" not in page_of(place.clerk, case)
    token = client.get(answer.url).context["toast"]["token"]
    client.post(reverse("desk_undo"), {"queue": "cases", "token": token})
    case.refresh_from_db()
    assert (case.state, case.lead) == ("registered", None)


def test_what_was_not_proposed_or_has_moved_is_refused(place):
    case = factories.case()
    proposed(case, place.water)
    address = reverse("desk_route_proposed", args=[case.pk])
    client = browser(place.clerk)
    assert client.post(address, {"to": place.roads.pk, "revision": case.revision}).status_code == 409
    assert client.post(address, {"to": "x", "revision": "y"}).status_code == 409
    cases.add_message(case.pk, "又漏水了", actor=factories.sender(case), now=NOW)
    assert client.post(address, {"to": place.water.pk, "revision": case.revision}).status_code == 409
    assert browser(place.stranger).post(address, {"to": place.water.pk, "revision": 0}).status_code in (404, 409)
    case.refresh_from_db()
    assert case.state == "registered"


def test_the_row_of_the_queue_says_the_unit_and_takes_the_key(place):
    clear, close, none = factories.case(), factories.case(), factories.case()
    proposed(clear, place.water, place.roads)
    proposed(close, place.roads, place.water, chosen=False, shares=(0.4, 0.35))
    with translation.override("en"):
        shown = rows(User.objects.get(pk=place.clerk.pk), "new", {}, "").rows
    found = {row.id.partition("-")[0]: row for row in shown}
    row = found[str(clear.pk)]
    assert row.notes == ["Proposed: Water Unit (83 %; matches item 2.1.4 of its list of duties)"]
    assert "proposed" in row.actions
    assert "proposed" not in found[str(close.pk)].actions and found[str(close.pk)].notes
    assert found[str(none.pk)].notes == []
    client = browser(place.clerk)
    client.post(reverse("desk_act", args=["cases"]), {"act": f"proposed/{row.id}"})
    clear.refresh_from_db()
    assert clear.lead == place.water
    assert client.post(reverse("desk_act", args=["cases"]), {"act": f"proposed/{close.pk}-0"}).status_code == 409


def test_the_log_tells_by_week_and_unit_how_often_it_was_right(place):
    right, second, missed, open_ = (factories.case() for _n in range(4))
    proposed(right, place.water)
    proposed(second, place.roads, place.water)
    proposed(missed, place.roads)
    proposed(open_, place.water)
    for case in (right, second, missed):
        cases.route_case(case.pk, to=place.water.pk, actor=place.clerk, now=NOW)
        cases.accept_case(case.pk, actor=place.officer, now=NOW)
    assert actions.settle_suggestions(now=NOON) == 3
    assert actions.settle_suggestions(now=NOON) == 0
    assert list(Suggestion.objects.order_by("pk").values_list("rank", flat=True)) == [1, 2, 0, None]
    (row,) = queries.record_of_proposals(User.objects.get(pk=place.clerk.pk), today=NOON.date())
    assert (row["unit"], row["n"], row["first"], row["among"]) == (place.water, 3, 1, 2)
    assert queries.record_of_proposals(User.objects.get(pk=place.stranger.pk), today=NOON.date()) == []
    page = browser(place.clerk).get(reverse("desk_routing")).content.decode()
    assert "Proposed first" in page and "Water Unit" in page and "Propose no units" not in page


def test_administrators_switch_it_off_and_on(place):
    chief = person(Role.ADMINISTRATOR)
    case = factories.case(text="自来水管网维修。")
    proposed(case, place.water)
    assert browser(place.clerk).post(reverse("desk_routing"), {"proposes": "off"}).status_code == 404
    client = browser(chief)
    assert client.post(reverse("desk_routing"), {"proposes": "off"}).status_code == 302
    assert "it is switched off" in client.get(reverse("desk_routing")).content.decode()
    assert queries.proposals_for([case]) == {}
    other = factories.case(text="自来水管网维修。")
    actions.suggest_routes(now=NOON)
    assert Suggestion.objects.get(case=other).proposals == []
    client.post(reverse("desk_routing"), {"proposes": "on"})
    assert queries.proposals_for([case])[case.pk]


def handled(place: House, number: int) -> None:
    """Letters that two units handled and answered."""
    for n in range(number):
        water = n % 2 == 0
        text = f"小区停水{n}天，水管漏水，请抢修水管。" if water else f"街上的路灯坏了{n}盏，夜里路灯不亮。"
        case = factories.case(text=text)
        unit, officer = (place.water, place.officer) if water else (place.roads, place.stranger)
        cases.route_case(case.pk, to=unit.pk, actor=place.clerk, now=NOW)
        cases.accept_case(case.pk, actor=officer, now=NOW)
    Case.objects.filter(state="handling").update(phase="closed", at_desk=False, state="closed")


def test_it_learns_from_handled_letters_only_and_once_a_day(place):
    assert learning.learn(now=NOW) is None
    handled(place, 40)
    untouched = taken_on(place, text="还没有答复的信，不能学。")
    assert untouched.title not in [letter.title for letter, _unit in learning.letters_to_learn_from()]
    made = learning.learn(now=NOW)
    assert made is not None and (made.letters, made.offices) == (40, 2)
    assert learning.learn(now=NOW + timedelta(hours=23)) is None
    assert learning.learn(now=NOW + timedelta(hours=25)) is not None
    case = factories.case(text="水管又漏水了，停水两天，请抢修。")
    actions.suggest_routes(now=NOON)
    row = Suggestion.objects.get(case=case)
    assert row.model_id and row.proposals[0]["department"] == place.water.pk
    assert row.chosen and row.proposals[0]["confidence"] > 0.5
    assert "words" in [kind for kind, _said in row.proposals[0]["reasons"]]


def test_bytes_that_were_changed_in_the_database_are_not_used(place, caplog):
    handled(place, 40)
    made = learning.learn(now=NOW)
    assert made is not None
    RouteModel.objects.filter(pk=made.pk).update(content=bytes(made.content)[:-1] + b"!")
    found, version = learning.suggester()
    assert (found.learned, version) == (None, None)
    assert "is not used" in caplog.text


def test_what_is_forgotten_is_not_learned_from_and_its_words_leave_the_proposals(place):
    handled(place, 40)
    case = Case.objects.filter(state="closed").first()
    proposed(case, place.water)
    assert cases.forget_senders(now=NOW + timedelta(days=4_000)) == 40
    row = Suggestion.objects.get(case=case)
    assert row.proposals[0]["reasons"] == [] and row.proposals[0]["department"] == place.water.pk
    assert learning.letters_to_learn_from() == []


def test_only_the_last_versions_are_kept(place):
    handled(place, 40)
    for day in range(7):
        learning.learn(now=NOW + timedelta(days=2 * day))
    assert RouteModel.objects.count() == learning.KEPT_VERSIONS


# --- cases like this one --------------------------------------------------------------------------------------------

QUESTION = "请问老旧小区加装电梯可以申请多少补贴，到哪里申请？"


def test_cases_like_this_one_are_shown_to_who_may_see_them(place):
    first = answered(place, taken_on(place, text=QUESTION))
    new = factories.case(text="老旧小区加装电梯的补贴到哪里申请，有多少？")
    other = factories.case(text="公园几点开门，周末开放吗")
    actions.suggest_routes(now=NOON)
    found = queries.similar_to(new, actor=User.objects.get(pk=place.clerk.pk))
    assert first in found.cases and other not in found.cases
    assert first.reference in page_of(place.clerk, new)
    cases.route_case(new.pk, to=place.roads.pk, actor=place.clerk, now=NOW)
    # The roads unit sees the new case, and not the one that lay at the water unit.
    assert queries.similar_to(new, actor=User.objects.get(pk=place.stranger.pk)).cases == []
    assert first.reference not in page_of(place.stranger, new)


def test_an_answer_that_is_asked_for_three_times_asks_to_be_published(place):
    made = [answered(place, taken_on(place, text=QUESTION + "。" * n, may_publish=True)) for n in range(2)]
    last = taken_on(place, text=QUESTION, may_publish=True)
    actions.suggest_routes(now=NOON)
    Suggestion.objects.update_or_create(
        case=last, defaults={"made_at": NOW, "similar": [one.pk for one in made], "proposals": []}
    )
    assert "Asked 3 times" not in page_of(place.officer, last)
    answered(place, last)
    assert "Asked 3 times" in page_of(place.officer, last)


def test_a_step_record_is_what_settles_a_proposal_not_the_press(place):
    case = factories.case()
    proposed(case, place.water)
    actions.accept_suggestion(case.pk, to=place.water.pk, actor=place.clerk, now=NOW)
    cases.object_to_case(case.pk, note="不归我们管。", actor=place.officer, now=NOW)
    cases.route_case(case.pk, to=place.roads.pk, actor=place.clerk, now=NOW)
    cases.accept_case(case.pk, actor=place.stranger, now=NOW)
    actions.settle_suggestions(now=NOON)
    row = Suggestion.objects.get(case=case)
    assert (row.unit, row.rank) == (place.roads, 0)
    assert StepRecord.objects.filter(case=case, code="object").exists()


def test_no_proposal_is_accepted_for_a_case_one_may_not_see(place):
    case = factories.case()
    proposed(case, place.water)
    with pytest.raises(Refused, match="route_not_proposed"):
        actions.accept_suggestion(case.pk, to=place.water.pk, actor=place.stranger, now=later(NOW))
