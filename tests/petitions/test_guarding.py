"""Holding in the database: windows over minutes, lists, looking back, waiting, alarms, the pause, who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engage.accounts.actors import Role
from engage.errors import Refused
from engage.participation import actions as participation
from mailbox.petitions.actions import guard_alarms, guard_settings, guarding, invalidation
from mailbox.petitions.guarding import rules
from mailbox.petitions.hashes import network_key
from mailbox.petitions.models import Listed, Pace, PetitionRules, Signature, SignatureLetter, Suspect, Trend
from mailbox.petitions.queries import guarding as queries
from tests.accounts.people import person
from tests.petitions import factories
from tests.petitions.factories import NOW

pytestmark = pytest.mark.django_db
HELD, PENDING, CONFIRMED = Signature.State.HELD, Signature.State.PENDING, Signature.State.CONFIRMED


def asking(petition, number: int = 1, state: str = PENDING, **fields: Any) -> list[Signature]:
    rows = [factories.signature(petition, state, **fields) for _n in range(number)]
    for row in rows:
        SignatureLetter.objects.create(signature=row, kind="confirm")
    return rows


def held_by(rows: list[Signature]) -> dict[int, str]:
    return dict(Signature.objects.filter(pk__in=[row.pk for row in rows], state=HELD).values_list("pk", "why"))


def test_a_limit_slides_over_the_minutes_and_over_batches():
    petition = factories.petition()
    first = asking(petition, 30, network="one")
    assert guarding.hold(first, NOW) == {}
    second = asking(petition, 30, network="one", now=NOW + timedelta(seconds=30))
    assert len(guarding.hold(second, NOW + timedelta(seconds=30))) == 20
    later = asking(petition, 1, network="one", now=NOW + timedelta(minutes=5))
    assert guarding.hold(later, NOW + timedelta(minutes=5)) == {}


def test_what_waits_under_a_mark_that_gave_itself_away_is_held_and_what_counts_stays():
    petition = factories.petition()
    early = asking(petition, 3, network="one")
    counting = asking(petition, 1, CONFIRMED, network="one")
    friend = asking(petition, 1, network="one", domain="friend.example")
    Listed.objects.create(what="domain", value="friend.example", shown="friend.example", allowed=True)
    rest = asking(petition, 85, network="one")
    assert len(guarding.hold([*early, *counting, *friend, *rest], NOW)) == 89
    assert set(held_by(early).values()) == {"limit_network"}
    assert SignatureLetter.objects.get(signature=early[0]).state == "stopped"
    assert Signature.objects.get(pk=counting[0].pk).state == CONFIRMED
    assert Signature.objects.get(pk=friend[0].pk).state == PENDING
    assert Suspect.objects.get().why == "limit_network"
    [after] = asking(petition, 1, network="one", now=NOW + timedelta(hours=2))
    assert guarding.hold([after], NOW + timedelta(hours=2)) == {after.pk: "limit_network"}


def test_a_starter_is_not_held_looking_back():
    of = factories.petition("pending")
    [starter] = asking(of, 1, part="starter", network="one")
    [reader] = asking(of, 1, network="one")
    assert guarding.hold_back({("network", "one"): rules.Why.REGULAR}, NOW) == 1
    assert held_by([starter, reader]) == {reader.pk: "regular"}


def test_numbered_addresses_are_found_though_they_are_sealed():
    petition = factories.petition()
    before = [asking(petition, email=f"user10{n:02}@example.org", subnet=f"a{n}")[0] for n in range(9)]
    assert guarding.hold(before, NOW) == {}
    after = [asking(petition, email=f"user15{n:02}@example.org", subnet=f"b{n}")[0] for n in range(4)]
    assert set(guarding.hold(after, NOW).values()) == {"sequence"}
    assert len(held_by(before)) == 9


def test_who_waits_for_the_end_of_a_flood_gets_the_letter_or_is_held_for_a_reason():
    petition = factories.petition()
    alone = asking(petition, domain="mine.example")[0]
    few = [asking(petition, domain="bought.example", subnet=f"s{n}")[0] for n in range(3)]
    guarding.hold([alone, *few], NOW)
    Signature.objects.filter(pk__in=[alone.pk, *[one.pk for one in few]]).update(state=HELD, why="wait")
    SignatureLetter.objects.update(state="stopped", said="held")
    assert guarding.look_again(NOW + timedelta(minutes=5)) == 0
    assert guarding.look_again(NOW + timedelta(minutes=91)) == 4
    assert Signature.objects.get(pk=alone.pk).state == PENDING
    assert SignatureLetter.objects.get(signature=alone).state == "ready"
    assert set(held_by(few).values()) == {"many_domains"}


def test_a_network_whose_letters_nobody_answers_is_suspected():
    petition = factories.petition()
    silent = asking(petition, 45, subnet="rented")
    for one in asking(petition, 45, CONFIRMED, subnet="campus"):
        assert one.state == CONFIRMED
    guarding.hold(list(Signature.objects.order_by("pk")), NOW)
    assert guarding.note_silence(NOW + timedelta(minutes=10)) == 0
    assert guarding.note_silence(NOW + timedelta(minutes=40)) == 1
    assert set(held_by(silent).values()) == {"never_confirmed"}


def test_a_batch_costs_the_same_number_of_queries_however_large_it_is():
    petition = factories.petition()

    def queries_for(number: int) -> int:
        rows = asking(petition, number)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            guarding.hold(rows, NOW)
        return len(seen)

    assert queries_for(3) == queries_for(60)


def test_counts_of_more_than_a_day_ago_are_deleted():
    guarding.hold(asking(factories.petition()), NOW)
    assert guarding.clean(NOW + timedelta(hours=23)) == 0
    assert guarding.clean(NOW + timedelta(hours=25)) > 0
    assert not Pace.objects.exists()


def test_administrators_are_told_of_a_busy_domain_once_an_hour():
    person(Role.ADMINISTRATOR, email="root@example.org")
    hour = NOW.replace(minute=0)
    Trend.objects.create(what="domain", value="busy.example", hour=hour, total=250)
    Trend.objects.create(what="domain", value="qq.com", hour=hour, total=9_000)
    assert guard_alarms.raise_alarms(now=NOW) == 1
    Trend.objects.create(what="network", value="b" * 32, hour=hour, total=300)
    assert guard_alarms.raise_alarms(now=NOW + timedelta(minutes=20)) == 0
    participation.deliver_mail(now=NOW + timedelta(days=400))
    [letter] = [one for one in mail.outbox if one.to == ["root@example.org"]]
    assert "busy.example" in letter.body
    assert "qq.com" not in letter.body


def test_signing_is_paused_with_words_in_both_languages_by_those_who_may():
    approver, officer = person(Role.APPROVER, email="a@example.org"), person(Role.OFFICER, email="o@example.org")
    with pytest.raises(Refused, match="petition_guard_role"):
        guard_settings.set_pause(True, zh="暂停", en="Paused", actor=officer)
    with pytest.raises(Refused, match="petition_pause_words"):
        guard_settings.set_pause(True, zh="暂停", en=" ", actor=approver)
    guard_settings.set_pause(True, zh="暂停", en="Paused", actor=approver)
    assert PetitionRules.objects.get().signing_paused
    guard_settings.set_pause(False, zh="", en="", actor=approver)
    assert not PetitionRules.objects.get().signing_paused


def test_a_wide_network_is_one_entry_of_a_list_and_goes_as_one():
    approver = person(Role.APPROVER, email="a@example.org")
    row = guard_settings.put_on_list("network", "198.51.0.0/20", allowed=False, note="x", actor=approver, now=NOW)
    assert Listed.objects.count() == 16
    [one] = asking(factories.petition(), subnet=network_key("198.51.3.0/24"))
    assert guarding.hold([one], NOW) == {one.pk: "blocked"}
    guard_settings.take_off_list(row.pk, actor=approver)
    assert not Listed.objects.exists()


@pytest.mark.parametrize(
    ("what", "typed", "code"),
    [
        ("domain", "no domain", "petition_list_domain"),
        ("address", "nobody", "petition_list_address"),
        ("network", "1.2.3", "petition_list_network"),
        ("network", "10.0.0.0/8", "petition_list_wide"),
    ],
)
def test_what_cannot_be_on_a_list_is_refused_with_its_reason(what: str, typed: str, code: str):
    with pytest.raises(Refused, match=code):
        guard_settings.marks_of(what, typed)


def test_an_address_is_listed_by_its_hash_in_all_its_spellings():
    shown, [value] = guard_settings.marks_of("address", "Some.One+petition@gmail.com")
    assert guard_settings.marks_of("address", "someone@gmail.com")[1] == [value]
    assert "someone" not in shown


def test_held_ones_are_let_go_with_their_letter_or_taken_out_and_brought_back():
    approver = person(Role.APPROVER, email="a@example.org")
    one, other = asking(factories.petition(), 2)
    Signature.objects.update(state=HELD, why="blocked")
    SignatureLetter.objects.update(state="stopped", said="held")
    assert invalidation.release([one.pk], actor=approver) == 1
    assert Signature.objects.get(pk=one.pk).state == PENDING
    assert SignatureLetter.objects.get(signature=one).state == "ready"
    order = invalidation.drop([other.pk], actor=approver, now=NOW)
    assert Signature.objects.get(pk=other.pk).state == "invalidated"
    invalidation.undo(order.pk, actor=approver)
    while invalidation.step(now=NOW):
        pass
    assert held_by([other]) == {other.pk: "blocked"}
    with pytest.raises(Refused, match="petition_not_held"):
        invalidation.release([one.pk], actor=approver)


def test_whoever_pressed_while_held_counts_from_that_moment_whatever_became_of_the_petition():
    petition = factories.petition("closed")
    pressed, twin, other, never = asking(petition, 4, HELD, why="blocked")
    Signature.objects.filter(pk=twin.pk).update(address=pressed.address, person=pressed.person)
    for row, minutes in ((other, 3), (twin, 2), (pressed, 1)):
        Signature.objects.filter(pk=row.pk).update(confirmed_at=NOW + timedelta(minutes=minutes))
    assert guarding.let_out([row.pk for row in (never, other, twin, pressed)]) == 4
    found = {row.pk: (row.state, row.confirmed_at, row.why) for row in Signature.objects.all()}
    assert found[pressed.pk] == (CONFIRMED, NOW + timedelta(minutes=1), "")
    assert found[other.pk] == (CONFIRMED, NOW + timedelta(minutes=3), "")
    assert found[twin.pk] == found[never.pk] == (PENDING, None, "")


def test_one_that_is_refused_keeps_none_of_the_others_held():
    of = factories.petition("collecting")
    PetitionRules.objects.update_or_create(defaults={"sponsors_needed": 1, "sponsors_most": 1})
    rows = asking(of, 2, HELD, why="blocked", part="sponsor", confirmed_at=NOW)
    rows += asking(factories.petition(), 1, HELD, why="blocked", confirmed_at=NOW)
    guarding.let_out([row.pk for row in rows])
    assert [Signature.objects.get(pk=row.pk).state for row in rows] == [CONFIRMED, PENDING, CONFIRMED]


def test_a_mark_is_let_go_and_not_held_again_for_a_week():
    approver = person(Role.APPROVER, email="a@example.org")
    petition = factories.petition()
    guarding.hold(asking(petition, 90, network="one"), NOW)
    row = guard_settings.let_go(Suspect.objects.get().pk, actor=approver, now=NOW)
    [after] = asking(petition, network="one", now=NOW + timedelta(hours=5))
    assert guarding.hold([after], NOW + timedelta(hours=5)) == {}
    assert queries.lists(queries.asked_of([after]), NOW).let_go == {(row.what, row.value)}
