"""Orders: previewed, carried out in batches with the count following, cancelled, undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from engage.accounts.actors import Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from mailbox.petitions.actions import counting, invalidation
from mailbox.petitions.guarding.orders import Conditions
from mailbox.petitions.models import Invalidation, PetitionCount, Signature, SignatureLetter
from mailbox.petitions.queries import orders as queries
from tests.accounts.people import person
from tests.petitions import factories
from tests.petitions.factories import NOW

pytestmark = pytest.mark.django_db
CONFIRMED, PENDING, HELD, OUT = (
    Signature.State.CONFIRMED,
    Signature.State.PENDING,
    Signature.State.HELD,
    Signature.State.INVALIDATED,
)


def approver(name: str = "a"):
    return person(Role.APPROVER, email=f"{name}@example.org")


def finish() -> int:
    batches = 0
    while invalidation.step(now=NOW):
        batches += 1
    return batches


def counted(petition) -> int:
    counting.roll_up(NOW)
    found = PetitionCount.objects.filter(petition=petition).first()
    return found.total if found else 0


def order(petition=None, actor=None, **conditions) -> Invalidation:
    return invalidation.preview(
        Conditions(**conditions), "machines", petition=petition, actor=actor or approver(), now=NOW
    )


def test_an_order_takes_out_what_it_previewed_and_the_count_is_right_at_once():
    petition = factories.petition()
    honest = [factories.signature(petition) for _n in range(4)]
    bad = [factories.signature(petition, domain="mail.bad.example") for _n in range(5)]
    waiting = factories.signature(petition, PENDING, domain="bad.example")
    SignatureLetter.objects.create(signature=waiting, kind="confirm")
    assert counted(petition) == 9
    made = order(petition, domain="bad.example")
    assert (made.found, made.counted, made.state) == (6, 5, "preview")
    assert counted(petition) == 9
    later = factories.signature(petition, domain="bad.example")
    invalidation.run(made.pk, actor=made.by)
    finish()
    assert set(Signature.objects.filter(state=OUT).values_list("pk", flat=True)) == {one.pk for one in [*bad, waiting]}
    assert counted(petition) == len(honest) + 1
    assert Signature.objects.get(pk=later.pk).state == CONFIRMED
    assert SignatureLetter.objects.get(signature=waiting).state == "stopped"
    made.refresh_from_db()
    assert (made.state, made.changed) == ("done", 6)
    verbs = set(JournalRow.objects.filter(verb__startswith="petition.invalidation").values_list("verb", flat=True))
    assert verbs == {f"petition.invalidation_{what}" for what in ("previewed", "started", "done")}


def test_an_order_is_undone_but_for_those_in_whose_place_others_count(monkeypatch):
    monkeypatch.setattr(invalidation, "WALK", 3)
    petition = factories.petition()
    same = {"address": "a" * 32, "person": "p" * 32, "domain": "bad.example"}
    signed = factories.signature(petition, **same)
    others = [factories.signature(petition, domain="bad.example") for _n in range(4)]
    held = factories.signature(petition, HELD, domain="bad.example", why="blocked")
    waiting = factories.signature(petition, PENDING, domain="bad.example")
    made = order(petition, domain="bad.example")
    invalidation.run(made.pk, actor=made.by)
    assert finish() > 1
    factories.signature(petition, **same)
    invalidation.undo(made.pk, actor=made.by)
    finish()
    made.refresh_from_db()
    assert (made.state, made.changed, made.stay_out) == ("undone", 1, 1)
    assert Signature.objects.get(pk=signed.pk).state == OUT
    assert Signature.objects.filter(pk__in=[one.pk for one in others], state=CONFIRMED).count() == 4
    assert Signature.objects.get(pk=held.pk).state == HELD
    assert Signature.objects.get(pk=waiting.pk).state == PENDING
    assert counted(petition) == 5


def test_undoing_gives_the_free_place_of_an_address_and_no_third_one():
    petition = factories.petition()
    home, other = {"address": "a" * 32}, {"address": "b" * 32}
    first = factories.signature(petition, **home, domain="bad.example")
    crowded = [factories.signature(petition, **other, slot=slot, domain="bad.example") for slot in (1, 2)]
    made = order(petition, domain="bad.example")
    invalidation.run(made.pk, actor=made.by)
    finish()
    for address in (home, other):
        factories.signature(petition, **address, slot=1)
    invalidation.undo(made.pk, actor=made.by)
    finish()
    first.refresh_from_db()
    assert (first.state, first.slot) == (CONFIRMED, 2)
    states = Signature.objects.filter(pk__in=[one.pk for one in crowded]).values_list("state", flat=True)
    assert sorted(states) == [CONFIRMED, OUT]
    made.refresh_from_db()
    assert (made.state, made.stay_out) == ("undone", 1)
    assert counted(petition) == 4


def test_two_of_one_person_in_one_batch_come_back_as_one():
    petition = factories.petition()
    same = {"address": "a" * 32, "person": "p" * 32, "domain": "bad.example"}
    first = factories.signature(petition, **same)
    made = order(petition, domain="bad.example")
    invalidation.run(made.pk, actor=made.by)
    finish()
    second = factories.signature(petition, **same)
    Signature.objects.filter(pk=second.pk).update(state=OUT, invalidation=made)
    invalidation.undo(made.pk, actor=made.by)
    finish()
    states = sorted(Signature.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True))
    assert states == [CONFIRMED, OUT]


def test_an_order_is_stopped_between_two_batches_and_undone(monkeypatch):
    monkeypatch.setattr(invalidation, "WALK", 2)
    petition = factories.petition()
    for _n in range(6):
        factories.signature(petition, domain="bad.example")
    made = order(petition, domain="bad.example")
    Invalidation.objects.filter(pk=made.pk).update(last_key=0)
    invalidation.run(made.pk, actor=made.by)
    while not Signature.objects.filter(state=OUT).exists():
        invalidation.step(now=NOW)
    invalidation.cancel(made.pk, actor=made.by, now=NOW)
    assert finish() == 0
    assert 0 < Signature.objects.filter(state=OUT).count() < 6
    invalidation.undo(made.pk, actor=made.by)
    finish()
    assert counted(petition) == 6


def test_above_a_thousand_counted_signatures_a_second_person_carries_the_order_out(monkeypatch):
    monkeypatch.setattr("mailbox.petitions.guarding.orders.SECOND_PERSON_ABOVE", 2)
    petition, first, second = factories.petition(), approver("a"), approver("b")
    for _n in range(3):
        factories.signature(petition)
    made = order(petition, actor=first, domain="example.org")
    with pytest.raises(Refused, match="petition_order_second"):
        invalidation.run(made.pk, actor=first)
    assert invalidation.run(made.pk, actor=second).state == "running"


def test_an_order_names_something_gives_a_reason_and_is_for_approvers_alone():
    officer = person(Role.OFFICER, email="o@example.org")
    with pytest.raises(Refused, match="petition_order_empty"):
        order(factories.petition())
    with pytest.raises(Refused, match="petition_guard_role"):
        order(actor=officer, domain="bad.example")
    made = order(actor=approver("b"), domain="bad.example")
    for act in (invalidation.run, invalidation.undo):
        with pytest.raises(Refused, match="petition_guard_role"):
            act(made.pk, actor=officer)


def test_conditions_are_all_meant_together():
    petition, other = factories.petition(), factories.petition()
    factories.signature(other, subnet="net", now=NOW)
    mine = factories.signature(petition, subnet="net", region="west", now=NOW)
    factories.signature(petition, subnet="net", now=NOW - timedelta(days=1))
    never = factories.signature(petition, PENDING, network="net", now=NOW)

    def keys(of=petition, **conditions) -> set[int]:
        return set(queries.meant(Conditions(**conditions), of).values_list("pk", flat=True))

    assert keys(networks=("net",), since=NOW.isoformat()) == {mine.pk, never.pk}
    assert keys(networks=("net",), standing="never") == {never.pk}
    assert keys(region="west") == {mine.pk}
    assert keys(until=NOW.isoformat(), standing="confirmed").isdisjoint({mine.pk, never.pk})
    assert len(keys(None, networks=("net",))) == 4
    assert keys(mark=("subnet", "net"), since=NOW.isoformat()) == {mine.pk}


def test_the_preview_tells_hours_and_domains_and_nothing_of_a_person():
    petition = factories.petition()
    factories.signature(petition, domain="bad.example")
    shown = queries.preview(order(petition, domain="bad.example"))
    assert shown.domains == [("bad.example", 1)]
    assert shown.hours == [(NOW, 1)]
    assert not {"name", "email", "address", "person"} & shown.sample[0].keys()


def test_whoever_is_brought_back_before_a_letter_went_out_has_the_whole_time_of_its_link():
    petition = factories.petition()
    waiting = factories.signature(petition, PENDING, domain="bad.example")
    told = factories.signature(petition, PENDING, domain="bad.example")
    SignatureLetter.objects.create(signature=waiting, kind="confirm")
    SignatureLetter.objects.create(signature=told, kind="confirm", state="sent")
    made = order(petition, domain="bad.example")
    invalidation.run(made.pk, actor=made.by)
    finish()
    invalidation.undo(made.pk, actor=made.by)
    finish()
    waiting.refresh_from_db()
    told.refresh_from_db()
    assert (waiting.state, told.state, told.link_since) == (PENDING, PENDING, None)
    assert abs(timezone.now() - waiting.link_since) < timedelta(minutes=1)
    assert SignatureLetter.objects.get(signature=waiting).state == "ready"
