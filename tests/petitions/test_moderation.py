"""What moderators do with petitions, and who is told of it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from engage.accounts.actors import ANYONE, SYSTEM, ReceiptHolder, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.participation import timeline
from mailbox.petitions.actions import forgetting
from mailbox.petitions.actions import moderation as actions
from mailbox.petitions.models import (
    Petition,
    PetitionEvent,
    PetitionNote,
    PetitionRules,
    Signature,
    SignatureLetter,
    State,
    Wording,
)
from mailbox.petitions.moderating import rules
from mailbox.petitions.queries import moderation as queries
from tests.accounts.people import person
from tests.petitions.factories import petition, reason
from tests.petitions.moderated import STARTER, officer, post, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def refused(code: str, act, *args, **given) -> None:
    with pytest.raises(Refused) as found:
        act(*args, **given)
    assert found.value.code == code


def who(actor=None) -> dict:
    return {"actor": actor or officer(), "now": timezone.now()}


def verbs(of: Petition) -> list[str]:
    rows = JournalRow.objects.filter(target_label="petitions.petition", target_pk=str(of.pk)).order_by("pk")
    return [verb for verb in rows.values_list("verb", flat=True) if verb != "petition.received"]


# --- behaviour 12 ---------------------------------------------------------------------------------------------------


def test_publishing_opens_for_six_months_and_mails_starter_and_sponsors_once():
    made, now = waiting(), timezone.now()
    opened = actions.open_petition(made.pk, **who() | {"now": now})
    assert (opened.state, opened.opened_at) == (State.OPEN, now)
    assert opened.closes_at == rules.closing_moment(now, 6, queries._zone())
    assert Petition.objects.public().filter(pk=made.pk).exists()
    assert list(PetitionEvent.objects.values_list("code", "at")) == [("opened", now)]
    assert verbs(made) == ["petition.opened"]
    line = timeline.sentence(made.submission.timeline.get(code="petition_opened"))
    assert "%" not in line
    sent = post()
    assert sorted(letter.to[0] == STARTER for letter in sent) == [False] * 5 + [True]
    assert all(made.title in letter.body and f"/zh/petitions/{made.pk}/" in letter.body for letter in sent)
    assert post() == []
    refused("petition_act_not_now", actions.open_petition, made.pk, **who())
    assert post() == [] and SignatureLetter.objects.count() == 5


def test_letters_are_in_the_language_of_each():
    made = waiting(language="en", sponsors=1, title="Bicycle parking at stations")
    actions.open_petition(made.pk, **who())
    starter, sponsor = sorted(post(), key=lambda letter: letter.to[0] != STARTER)
    assert "Your petition is open" in starter.subject and "you support" in sponsor.subject
    assert f"/en/petitions/{made.pk}/" in starter.body


def test_a_petition_whose_starter_has_not_confirmed_is_not_opened():
    made = waiting(starter=False)
    refused("petition_starter_unconfirmed", actions.open_petition, made.pk, **who())
    made.refresh_from_db()
    assert made.state == State.WAITING and post() == []


def test_the_months_are_those_of_the_rules():
    PetitionRules.objects.all().delete()
    PetitionRules.objects.create(months_open=1)
    now = timezone.now()
    opened = actions.open_petition(waiting().pk, **who() | {"now": now})
    assert opened.closes_at == rules.closing_moment(now, 1, queries._zone())


@pytest.mark.parametrize("actor", [ANYONE, "citizen", "editor", "holder"])
def test_nobody_else_moderates(actor):
    made = waiting()
    given = {
        "citizen": lambda: person(Role.CITIZEN),
        "editor": lambda: person(Role.EDITOR),
        "holder": lambda: ReceiptHolder(made.pk),
    }
    one = given[actor]() if isinstance(actor, str) else actor
    refused("not_allowed", actions.open_petition, made.pk, **who(one))
    refused("not_allowed", actions.reject_petition, made.pk, reason().code, **who(one))
    refused("not_allowed", actions.write_note, made.pk, "x", **who(one))
    refused("not_allowed", actions.stop_unpublished, **who(one))


def test_who_looks_at_an_older_state_is_told():
    made = waiting()
    actions.park_petition(made.pk, "flag", **who(), revision=0)
    refused("petition_moved", actions.open_petition, made.pk, **who(), revision=0)


# --- behaviour 13 ---------------------------------------------------------------------------------------------------


def test_rejecting_with_a_public_code_shows_the_reason_and_tells_how_to_mend():
    made, why = waiting(), reason("no-action")
    actions.reject_petition(made.pk, why.code, note="请只提一个诉求。", **who())
    made.refresh_from_db()
    assert (made.state, made.reason, made.reason_note) == (State.REJECTED, why, "请只提一个诉求。")
    assert Petition.objects.public().filter(pk=made.pk).exists()
    assert PetitionEvent.objects.get().code == "rejected"
    sent = post()
    assert len(sent) == 6
    starter = next(letter for letter in sent if letter.to[0] == STARTER)
    assert why.title_zh in starter.body and why.mend_zh in starter.body and "请只提一个诉求。" in starter.body
    refused("petition_act_not_now", actions.open_petition, made.pk, **who())


def test_a_reason_that_hides_needs_two_and_an_unknown_one_is_none():
    made = waiting()
    refused("petition_reason_hides", actions.reject_petition, made.pk, reason(hides=True).code, **who())
    refused("petition_reason_missing", actions.reject_petition, made.pk, "nothing", **who())
    refused("petition_reason_shown", actions.ask_to_hide, made.pk, reason().code, note="x", **who())


def test_a_duplicate_leads_starter_and_sponsors_to_the_open_one():
    made, other = waiting(sponsors=2), petition(now=timezone.now(), title="地铁口自行车停车位")
    reason("duplicate")
    refused("petition_other_itself", actions.merge_petition, made.pk, into=made.pk, **who())
    refused("petition_other_unknown", actions.merge_petition, made.pk, into=waiting().pk, **who())
    actions.merge_petition(made.pk, into=other.pk, **who())
    made.refresh_from_db()
    assert (made.state, made.reason.code, made.merged_into) == (State.REJECTED, "duplicate", other)
    assert PetitionEvent.objects.get().code == "merged"
    sent = post()
    assert len(sent) == 3
    assert all(f"/zh/petitions/{other.pk}/" in letter.body and other.title in letter.body for letter in sent)


def test_sponsors_are_told_of_an_open_one_and_theirs_goes_on():
    made, other = waiting(State.COLLECTING, sponsors=2), petition(now=timezone.now(), title="地铁口自行车停车位")
    for _press in range(2):
        actions.tell_of_petition(made.pk, other.pk, **who())
    made.refresh_from_db()
    assert made.state == State.COLLECTING and made.merged_into is None
    assert sorted(letter.to[0] == STARTER for letter in post()) == [False, False, True, True]


# --- two persons ----------------------------------------------------------------------------------------------------


def test_unlawful_is_decided_by_two_persons_and_hides():
    made, first, second = waiting(), officer(), person(Role.APPROVER)
    why = reason(hides=True)
    actions.ask_to_hide(made.pk, why.code, note="点名攻击个人", **who(first))
    made.refresh_from_db()
    assert (made.state, made.reason, made.hide_asked_by) == (State.WAITING, None, first)
    refused("petition_act_not_now", actions.open_petition, made.pk, **who())
    refused("petition_act_not_now", actions.reject_petition, made.pk, reason().code, **who())
    refused("petition_second_person", actions.decide_hiding, made.pk, agree=True, **who(first))
    refused("not_allowed", actions.decide_hiding, made.pk, agree=True, **who(SYSTEM))
    actions.decide_hiding(made.pk, agree=True, note="同意", **who(second))
    made.refresh_from_db()
    assert (made.state, made.reason, made.decided_by) == (State.HIDDEN, why, second)
    assert not Petition.objects.public().filter(pk=made.pk).exists()
    assert not PetitionEvent.objects.exists()
    assert PetitionNote.objects.get().text == "同意"
    assert verbs(made) == ["petition.hide_asked", "petition.hidden"]
    sent = post()
    # The words that the law forbids are not sent around once more, nor is what the moderators said.
    assert len(sent) == 6
    assert not any(made.title in letter.body + letter.subject or "点名" in letter.body for letter in sent)


def test_the_second_person_may_decline_and_the_first_take_it_back():
    made, first = waiting(), officer()
    for actor in (officer(), first):
        actions.ask_to_hide(made.pk, reason(hides=True).code, note="x", **who(first))
        actions.decide_hiding(made.pk, agree=False, **who(actor))
        made.refresh_from_db()
        assert (made.state, made.hide_asked_at, made.hide_note, made.hide_reason) == (State.WAITING, None, "", None)
    actions.open_petition(made.pk, **who())


def test_a_request_says_why():
    refused("petition_note_missing", actions.ask_to_hide, waiting().pk, reason(hides=True).code, note=" ", **who())


def test_what_was_open_is_taken_down_by_two_and_keeps_its_public_reason_until_then():
    first, second, why = officer(), officer(), reason(hides=True)
    for state in (State.OPEN, State.REJECTED):
        made = waiting(state)
        actions.ask_to_hide(made.pk, why.code, note="法院的裁定", **who(first))
        asked = Petition.objects.public().get(pk=made.pk)
        assert asked.reason == (reason() if state == State.REJECTED else None)
        actions.decide_hiding(made.pk, agree=True, **who(second))
        made.refresh_from_db()
        assert (made.state, made.reason) == (State.REMOVED, why)
        assert not Petition.objects.public().filter(pk=made.pk).exists()
    # Starters alone are told: signers who gave their address for other letters are not.
    assert [letter.to[0] for letter in post()] == [STARTER, STARTER]


@pytest.mark.parametrize("state", [State.HIDDEN, State.REMOVED])
def test_the_database_keeps_to_two_persons(state):
    made, one = waiting(), officer()
    values = {"state": state, "reason": reason(hides=True), "hide_asked_by": one, "decided_by": one}
    with pytest.raises(IntegrityError), transaction.atomic():
        Petition.objects.filter(pk=made.pk).update(**values)


# --- behaviour 14 ---------------------------------------------------------------------------------------------------


def test_flag_and_dormant_park_a_petition_out_of_the_queue_and_can_be_undone():
    made, today = waiting(), timezone.localdate()
    actor = officer()

    def views() -> set[str]:
        return {code for code, n in queries.counts(actor, today=today).items() if n}

    assert views() == {"new", "untagged"}
    for act, view in (("flag", "flagged"), ("dormant", "dormant")):
        parked, before = actions.park_petition(made.pk, act, **who(actor))
        assert views() == {view}
        refused("petition_act_not_now", actions.park_petition, made.pk, act, **who(actor))
        actions.park_petition(made.pk, before, **who(actor), revision=parked.revision)
        assert views() == {"new", "untagged"}
    made.refresh_from_db()
    assert made.state == State.WAITING and not made.submission.timeline.filter(code__contains="park").exists()


# --- behaviour 11 ---------------------------------------------------------------------------------------------------


def test_a_moderator_edits_before_publishing_and_the_trail_keeps_both_texts():
    made = waiting()
    old = {name: getattr(made, name) for name in actions.LENGTHS}
    new = old | {"title": "地铁口增设自行车停车位", "details": "先在三号线试点。"}
    actor = officer()
    actions.edit_words(made.pk, new, note="标题更短", **who(actor))
    made.refresh_from_db()
    assert {name: getattr(made, name) for name in actions.LENGTHS} == new
    first, second = Wording.objects.all()
    assert (first.title, first.by, second.title, second.by) == (old["title"], None, new["title"], actor)
    edit = queries.earlier_wordings(made, public=True)[0]
    assert [part.name for part in edit.parts] == ["title", "details"] and edit.note == "标题更短"
    starter = next(letter for letter in post() if letter.to[0] == STARTER)
    assert old["title"] in starter.body and new["title"] in starter.body and "标题更短" in starter.body
    assert verbs(made) == ["petition.edited"]
    # Once it is open, people have signed these very words.
    actions.open_petition(made.pk, **who())
    refused("petition_act_not_now", actions.edit_words, made.pk, old, **who())


def test_a_second_edit_adds_a_third_text_and_what_may_not_be_read_is_in_none():
    made = waiting()
    words = {name: getattr(made, name) for name in actions.LENGTHS}
    actions.edit_words(made.pk, words | {"title": "甲"}, **who())
    actions.edit_words(made.pk, words | {"title": "乙"}, shown=False, **who())
    assert list(Wording.objects.values_list("title", "shown")) == [(words["title"], False), ("甲", False), ("乙", True)]
    assert queries.earlier_wordings(made, public=True) == []
    assert len(queries.earlier_wordings(made, public=False)) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "petition_words_same"),
        ({"title": "   "}, "petition_words_missing"),
        ({"action": "长" * 301}, "petition_words_long"),
        ({"details": "长" * 801}, "petition_words_long"),
    ],
)
def test_an_edit_keeps_to_the_limits_of_a_petition(change, code):
    made = waiting()
    words = {name: getattr(made, name) for name in actions.LENGTHS}
    refused(code, actions.edit_words, made.pk, words | change, **who())
    assert not Wording.objects.exists()


# --- notes and tags -------------------------------------------------------------------------------------------------


def test_notes_and_tags_stay_among_colleagues():
    made, actor = waiting(), officer()
    actions.write_note(made.pk, "先问交通局。\x00", **who(actor))
    assert actions.tag_petition(made.pk, " 交通  局 ", actor=actor)
    assert not actions.tag_petition(made.pk, "交通 局", actor=actor)
    assert list(made.tags.values_list("word", flat=True)) == ["交通 局"]
    assert queries.counts(actor, today=timezone.localdate())["tagged"] == 1
    assert queries.tags_in_use(actor) == ["交通 局"]
    assert actions.untag_petition(made.pk, "交通 局", actor=actor)
    assert not actions.untag_petition(made.pk, "交通 局", actor=actor)
    assert made.notes.get().text == "先问交通局。" and post() == []
    refused("petition_tag_missing", actions.tag_petition, made.pk, "\x00 ", actor=actor)
    refused("petition_note_missing", actions.write_note, made.pk, " ", **who(actor))
    refused("petition_note_long", actions.write_note, made.pk, "长" * 10_000, **who(actor))


# --- the end at the second ------------------------------------------------------------------------------------------


def test_a_petition_closes_at_the_stated_second():
    now = timezone.now()
    made = petition(now=now - timedelta(days=182), closes_at=now)
    assert actions.close_due(now=now - timedelta(microseconds=1)) == 0
    assert actions.close_due(now=now) == 1
    assert actions.close_due(now=now) == 0
    made.refresh_from_db()
    assert (made.state, made.ended_at) == (State.CLOSED, now)
    assert list(PetitionEvent.objects.values_list("code", "at")) == [("closed", now)]
    assert verbs(made) == ["petition.closed"]


# --- dissolution ----------------------------------------------------------------------------------------------------


def test_all_that_is_unpublished_is_stopped_and_what_is_open_goes_on():
    for state in (State.PENDING, State.COLLECTING, State.WAITING, State.FLAGGED, State.DORMANT):
        waiting(state, sponsors=1)
    asked = waiting(sponsors=0)
    actions.ask_to_hide(asked.pk, reason(hides=True).code, note="x", **who())
    goes_on = [petition(state) for state in (State.OPEN, State.CLOSED, State.REJECTED)]
    assert actions.stop_unpublished(**who(SYSTEM)) == 6
    assert actions.stop_unpublished(**who(SYSTEM)) == 0
    assert Petition.objects.filter(state=State.STOPPED, ended_at__isnull=False).count() == 6
    assert [Petition.objects.get(pk=one.pk).state for one in goes_on] == ["open", "closed", "rejected"]
    # Who never confirmed the address gets no letter there.
    assert len(post()) == 5


def test_who_finds_no_sponsors_in_time_is_told_and_the_signers_are_forgotten_later():
    now = timezone.now()
    then = now - timedelta(days=190)
    made, silent = waiting(State.COLLECTING, now=then), waiting(State.COLLECTING, starter=False, now=then)
    asked = waiting(State.COLLECTING, sponsors=0, now=then)
    actions.ask_to_hide(asked.pk, reason(hides=True).code, note="x", **who())
    others = [waiting(State.COLLECTING, now=now - timedelta(days=170)), waiting(State.DORMANT, now=then)]
    assert (actions.stop_unsupported(now=now), actions.stop_unsupported(now=now)) == (2, 0)
    made.refresh_from_db()
    assert (made.state, made.ended_at, verbs(made)) == (State.STOPPED, now, ["petition.stopped"])
    assert {Petition.objects.get(pk=one.pk).state for one in [asked, *others]} == {State.COLLECTING, State.DORMANT}
    assert "6" in timeline.sentence(made.submission.timeline.get(code="petition_unsupported"))
    # Who never confirmed the address gets no letter there.
    [letter] = post()
    assert letter.to == [STARTER] and made.title in letter.body
    assert forgetting.forget_signers(now=now + timedelta(days=190)) == 12
    assert not Signature.objects.filter(petition__in=[made, silent], email__isnull=False).exists()


@pytest.mark.parametrize(("act", "state"), [("flag", State.FLAGGED), ("dormant", State.DORMANT)])
def test_what_nobody_brings_back_in_time_is_stopped_its_starter_told_and_its_signers_forgotten_later(act, state):
    now = timezone.now()
    made = waiting()
    parked, _before = actions.park_petition(made.pk, act, **who() | {"now": now - timedelta(days=190)})
    young = waiting()
    actions.park_petition(young.pk, act, **who() | {"now": now - timedelta(days=170)})
    asked = waiting(state, parked_since=now - timedelta(days=190))
    actions.ask_to_hide(asked.pk, reason(hides=True).code, note="x", **who())
    assert (actions.stop_parked(now=now), actions.stop_parked(now=now)) == (1, 0)
    made.refresh_from_db()
    assert (made.state, made.ended_at, verbs(made)[-1]) == (State.STOPPED, now, "petition.stopped")
    assert {Petition.objects.get(pk=one.pk).state for one in (young, asked)} == {state}
    assert "6" in timeline.sentence(made.submission.timeline.get(code="petition_left_aside"))
    [letter] = post()
    assert letter.to == [STARTER] and made.title in letter.body
    refused("petition_act_not_now", actions.park_petition, made.pk, "back", **who())
    assert forgetting.forget_signers(now=now + timedelta(days=190)) == 6
    assert not Signature.objects.filter(petition=made, email__isnull=False).exists()


def test_undo_works_to_the_last_day_and_begins_the_time_anew():
    now = timezone.now()
    made = waiting()
    parked, before = actions.park_petition(made.pk, "flag", **who() | {"now": now - timedelta(days=180)})
    assert actions.stop_parked(now=now) == 0
    actions.park_petition(made.pk, before, **who(), revision=parked.revision)
    made.refresh_from_db()
    assert (made.state, made.parked_since) == (State.WAITING, None)
    actions.park_petition(made.pk, "dormant", **who())
    assert actions.stop_parked(now=now + timedelta(days=170)) == 0
    assert actions.stop_parked(now=now + timedelta(days=190)) == 1


# --- behaviour 25 and the clock -------------------------------------------------------------------------------------


def test_the_home_of_moderation_counts_what_is_new_nearly_overdue_overdue_tagged_and_untagged():
    today, actor = timezone.localdate(), officer()
    made = {}
    for days in (0, 10, 11, 14, 15, 40):
        made[days] = waiting(sponsors=0, waiting_since=timezone.now() - timedelta(days=days))
    actions.tag_petition(made[0].pk, "交通", actor=actor)
    waiting(State.COLLECTING, sponsors=0)
    waiting(State.FLAGGED, sponsors=0, waiting_since=timezone.now() - timedelta(days=40))
    actions.ask_to_hide(made[40].pk, reason(hides=True).code, note="x", **who())
    assert queries.counts(actor, today=today) == {
        "new": 2,
        "near": 2,
        "overdue": 2,
        "asked": 1,
        "tagged": 1,
        "untagged": 5,
        "collecting": 1,
        "flagged": 1,
        "dormant": 0,
    }

    def keys(view: str, **given: str) -> set[int]:
        narrowed = {"search": "", "tag": ""} | given
        return set(queries.found(actor, view, today=today, **narrowed).values_list("pk", flat=True))

    assert keys("near") == {made[11].pk, made[14].pk}
    assert keys("new", tag="交通") == {made[0].pk}
    assert keys("overdue", search=made[0].reference) == {made[0].pk}
    assert len(keys("all", search="自行车 停车位")) == 8 and keys("all", search="图书馆") == set()


def test_the_lag_is_told_and_a_long_queue_is_announced():
    now = timezone.now()
    for days in (2, 4, 9):
        made = waiting(sponsors=0, waiting_since=now - timedelta(days=days))
        actions.reject_petition(made.pk, reason().code, **who())
    waiting(sponsors=0)
    cache.clear()
    lag = queries.lag(now=timezone.now())
    assert (lag.days, lag.decided, lag.waiting) == (4.0, 3, 1)
    assert queries.delay() is None
    PetitionRules.objects.all().delete()
    PetitionRules.objects.create(queue_long=0)
    cache.clear()
    assert queries.delay() == 1


# --- similar ones ---------------------------------------------------------------------------------------------------


def test_petitions_that_say_the_same_are_found_with_per_cent_and_what_differs():
    made = waiting(sponsors=0)
    same = petition(now=timezone.now())
    near = petition(title="地铁口需要更多自行车停车位", action="请在地铁口增设自行车停车位，早高峰停不下。")
    petition(title="延长图书馆开放时间", action="请把市图书馆的开放时间延长到晚上十点。", background="下班后来不及。")
    petition(State.HIDDEN)
    found = queries.similar_to(made, actor=officer())
    assert [one.petition.pk for one in found] == [same.pk, near.pk]
    assert found[0].per_cent == 100 and 25 <= found[1].per_cent < 100
    assert {op for part in found[1].parts for op, _words in part.pieces} >= {"ins", "del"}


# --- two at once ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_moderators_who_decide_at_once_one_is_heard_and_everybody_told_once():
    made = waiting(sponsors=2)
    people = [officer() for _one in range(4)]
    clear = reason().code
    start, told = threading.Barrier(len(people)), []

    def decide(place: int) -> None:
        start.wait(timeout=30)
        try:
            if place % 2:
                actions.reject_petition(made.pk, clear, **who(people[place]), revision=0)
            else:
                actions.open_petition(made.pk, **who(people[place]), revision=0)
            told.append("done")
        except Refused as refusal:
            told.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(place,)) for place in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["done", *["petition_moved"] * 3]
    made.refresh_from_db()
    assert made.state in (State.OPEN, State.REJECTED) and made.revision == 1
    assert PetitionEvent.objects.count() == 1 and len(verbs(made)) == 1
    assert len(post()) == 3
