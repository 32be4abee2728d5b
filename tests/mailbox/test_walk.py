"""Every kind walked through every state of its table: each step by somebody who may and by somebody who may not.

Generated from the tables. From each state every step is tried in a savepoint that is rolled back, so each way is gone
once; the time goes on where a step needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from engage.accounts.actors import SYSTEM, Actor, Role
from engage.errors import Refused
from mailbox import actions, queries, rules
from mailbox.access import standing_of, took_part
from mailbox.actions.steps import apply_step, locked_case
from mailbox.kinds import KINDS
from mailbox.machine import BACK, MOVED, SAME, Needs, Transition, Who
from mailbox.models import Case, Draft, Rating
from tests.mailbox import factories
from tests.mailbox.factories import House, house, sender

pytestmark = pytest.mark.django_db

PAGE = "/zh/guide/"
# After how long the platform takes a step.
AFTER = {"lapse": 16, "abandon": 16, "close": 31, "settle": 31}


class BackAgainError(Exception):
    """Rolls back what was tried."""


class Walk:
    """One kind on its way through its table."""

    def __init__(self, place: House, kind: str) -> None:
        factories.published()
        self.place, self.machine = place, KINDS[kind]
        self.second_head = factories.member(place.root, Role.APPROVER)
        self.pk = factories.case(kind).pk
        self.seen: set[str] = set()
        self.tried: set[tuple[str, str]] = set()

    @property
    def case(self) -> Case:
        return Case.objects.select_related("submission", "triage", "lead", "reviewer").get(pk=self.pk)

    def actors(self) -> list[Actor]:
        return [sender(self.case), SYSTEM, *self.place.people(), self.second_head]

    def allowed(self, transition: Transition) -> Actor:
        case = self.case
        out = took_part(case) if "another_decides" in transition.guards else set()
        return next(one for one in self.actors() if standing_of(case, one) & set(transition.who) and one.pk not in out)

    def refused(self, transition: Transition) -> Actor:
        """Somebody who sees the case and does not stand in the right place."""
        case = self.case
        return next(
            one
            for one in self.actors()
            if not standing_of(case, one) & set(transition.who)
            and one != SYSTEM
            and Case.objects.visible_to(one).filter(pk=case.pk).exists()
        )

    def visit(self, now: datetime) -> None:
        """Try every step that leaves the state, and go on into each state that is new."""
        state = self.case.state
        self.seen.add(state)
        for transition in self.machine.leaving(state):
            with pytest.raises(BackAgainError), transaction.atomic():
                self._try(transition, now)
                raise BackAgainError

    def _try(self, transition: Transition, now: datetime) -> None:
        now += timedelta(days=AFTER.get(transition.code, 0), seconds=60)
        before = self.case
        self._prepare(transition, now)
        with pytest.raises(Refused, match="transition_not_allowed") as refusal, transaction.atomic():
            self._take(transition, self.refused(transition), now)
        assert refusal.value.values["by"] == transition.who
        assert refusal.value.values["when"] == transition.sources
        before = self.case
        self._take(transition, self.allowed(transition), now)
        after = self.case
        wanted = {SAME: before.state, BACK: before.back_to}.get(transition.to, transition.to)
        if transition.to == MOVED:
            assert (after.kind, after.received_at) == (
                "enquiry" if before.kind != "enquiry" else "letter",
                before.received_at,
            )
        else:
            assert after.state == wanted, transition.code
        assert after.revision > before.revision
        record = after.steps.filter(code=transition.code).last()
        assert (record.from_state, record.stood_as in {str(who) for who in transition.who}) == (before.state, True)
        told = [entry.code for entry in after.submission.timeline.all()]
        assert (f"{before.kind}.{transition.code}" in told) == (transition.told is not None)
        self._check_possible(after, now)
        self.tried.add((transition.code, before.state))
        if transition.to != MOVED and after.state not in self.seen:
            self.visit(now)

    def _check_possible(self, case: Case, now: datetime) -> None:
        """What the desk offers is what the table says."""
        for one in (self.place.clerk, self.place.officer):
            offered = {step.transition.code for step in queries.possible_steps(case, actor=one, now=now)}
            standing = standing_of(case, one)
            assert offered == {t.code for t in case.machine.leaving(case.state) if standing & set(t.who)}

    # --- how each step is taken --------------------------------------------------------------------------------------

    def _prepare(self, transition: Transition, now: datetime) -> None:
        """Bring about what a guard of the step asks for."""
        case = self.case
        if transition.code == "submit":
            result = self.machine.results[0] if self.machine.results else ""
            basis = "第三条" if result in self.machine.grounded else ""
            words = actions.DraftWords(text="答复", basis=basis, result=result)
            actions.save_draft(case.pk, words, actor=self.place.officer, now=now)
        if "rated_low" in transition.guards:
            Rating.objects.filter(case=case).delete()
            Rating.objects.create(case=case, round=1, score=1, at=now)
        if "is_petition" in transition.guards:
            Case.objects.filter(pk=case.pk).update(result=rules.IS_PETITION)
        if "followed_up" in transition.guards:
            actions.rate_case(case.pk, score=1, actor=sender(case), now=now)
        if transition.code == "close" and case.ratings.exists():
            case.ratings.update(score=5)

    def _given(self, transition: Transition) -> actions.Given:
        wanted: dict[str, Any] = {"reason": transition.reasons[0] if transition.reasons else ""}
        for need in transition.needs:
            wanted[str(need)] = {
                Needs.DEPARTMENT: self.place.water.pk if self.case.lead_id is None else self.place.roads.pk,
                Needs.WORDS: "说明",
                Needs.NOTE: "备注",
                Needs.UNITS: 5,
                Needs.CITES: (PAGE,),
            }[need]
        if transition.code == "consulted":
            wanted["note"] = "不再等候"
        return actions.Given(**wanted)

    def _take(self, transition: Transition, actor: Actor, now: datetime) -> None:
        case = self.case
        doors: dict[str, Callable[[], object]] = {
            "consult": lambda: actions.consult(
                case.pk, department_id=self._unasked(), question="贵处意见？", actor=actor, now=now
            ),
            "submit_draft": lambda: actions.submit_draft(case.pk, note="意见未回", actor=actor, now=now),
            "return_draft": lambda: actions.return_draft(case.pk, note="请补充依据", actor=actor, now=now),
            "approve_draft": lambda: actions.approve_draft(case.pk, sha256=self._hash(), actor=actor, now=now),
            "take_back_draft": lambda: actions.take_back_draft(case.pk, actor=actor, now=now),
            "withdraw_case": lambda: actions.withdraw_case(case.pk, actor=actor, now=now),
            "answer_plainly": lambda: actions.answer_plainly(
                case.pk,
                actions.DraftWords(text="见网页", cites=(PAGE,)),
                over=Draft.objects.filter(case=case).values_list("revision", flat=True).first(),
                actor=actor,
                now=now,
            ),
            "open_grievance": lambda: actions.open_grievance(case.pk, actor=actor, now=now),
            "move_case": lambda: actions.move_case(
                case.pk, kind="letter" if case.kind == "enquiry" else "enquiry", words="改为", actor=actor, now=now
            ),
        }
        if transition.code == "rate":
            actions.rate_case(case.pk, score=5, actor=actor, now=now)
        elif transition.code == "answer" and actor == SYSTEM:
            actions.send_due_answers(now=now + timedelta(seconds=31))
        elif transition.door in doors:
            doors[transition.door]()
        elif transition.door:
            with transaction.atomic():
                apply_step(locked_case(case.pk, actor), transition, self._given(transition), actor=actor, now=now)
        else:
            actions.take_step(case.pk, transition.code, self._given(transition), actor=actor, now=now)

    def _unasked(self) -> int:
        asked = set(self.case.consultations.values_list("department_id", flat=True))
        return next(unit.pk for unit in (self.place.roads, self.place.intake, self.place.root) if unit.pk not in asked)

    def _hash(self) -> str:
        return Draft.objects.get(case=self.pk, shared=True, state=Draft.State.APPROVAL).sha256


@pytest.mark.parametrize("kind", KINDS)
def test_each_step_is_taken_by_who_may_and_refused_to_who_may_not_from_every_state(kind):
    walk = Walk(house(), kind)
    walk.visit(factories.NOW)
    machine = KINDS[kind]
    assert walk.seen == {state.code for state in machine.states}
    assert walk.tried == {(t.code, source) for t in machine.transitions for source in t.sources}


@pytest.mark.parametrize("kind", KINDS)
def test_from_a_state_that_is_not_in_its_row_a_step_is_refused_to_everybody(kind):
    place, machine = house(), KINDS[kind]
    made = factories.case(kind)
    everybody = [sender(made), *place.people()]
    for transition in machine.transitions:
        if made.state in transition.sources:
            continue
        for one in everybody:
            if not Case.objects.visible_to(one).filter(pk=made.pk).exists():
                continue
            with pytest.raises(Refused, match="transition_not_allowed"), transaction.atomic():
                apply_step(locked_case(made.pk, one), transition, actions.Given(), actor=one, now=factories.NOW)
    made.refresh_from_db()
    assert (made.state, made.revision) == (machine.initial, 0)
    assert Who.SYSTEM in standing_of(made, SYSTEM)
