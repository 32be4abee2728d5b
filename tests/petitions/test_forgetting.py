"""Months after the end nothing in the whole database or in files says who signed; the counts stay."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db.models import Q
from django.utils import timezone

from engage.accounts.actors import SYSTEM, Role
from engage.errors import Refused
from engage.participation import actions as participation
from mailbox.petitions.actions import counting, forgetting, guarding, letters, signing
from mailbox.petitions.models import Invalidation, Petition, PetitionRules, Signature, SignatureLetter, State, Trend
from mailbox.petitions.queries import counting as queries
from tests.accounts.people import person
from tests.mailbox.test_none_has import everything, stored_files
from tests.petitions.factories import NOW, petition, signature

pytestmark = pytest.mark.django_db
AFTER = NOW + timedelta(days=190)
NAME, EMAIL, IP = "欧阳沐晴", "muqing.ouyang@example.org", "203.0.113.77"


def ended(state: str = State.CLOSED, **fields) -> Petition:
    return petition(state, **{"ended_at": NOW} | fields)


def identifying(one: Petition) -> int:
    rows = Signature.objects.filter(petition=one)
    return rows.filter(Q(name__isnull=False) | Q(email__isnull=False) | Q(address__isnull=False)).count()


def test_after_the_time_nothing_in_database_or_files_says_who_signed(django_capture_on_commit_callbacks, mailoutbox):
    others, now = stored_files(), timezone.now()
    one = petition(opened_at=now, closes_at=now + timedelta(days=1))
    asked = signing.Ask(one.pk, uuid.uuid4(), NAME, EMAIL, "zh-hans", region="east", wants_news=True, client=IP)
    receipt = signing.ask_to_sign(asked)
    letters.carry(clock=timezone.now)
    assert signing.confirm(receipt.pk) == "confirmed"
    row = Signature.objects.get(pk=receipt.pk)
    SignatureLetter.objects.filter(signature=row).update(said=f"550 <{EMAIL}> is away")
    Trend.objects.create(what="network", value=row.network, hour=now, total=1)
    Invalidation.objects.create(
        petition=one,
        state=Invalidation.State.CANCELLED,
        conditions={"network": IP, "networks": [row.network], "region": "east"},
        why="test",
        ended_at=now,
    )
    counting.roll_up(now)
    needles = [NAME, EMAIL, IP, row.address, row.person, row.network, row.subnet, row.token_digest, row.code_digest]
    before = everything(others)
    for needle in needles:
        assert needle in before, needle
    Petition.objects.filter(pk=one.pk).update(state=State.CLOSED, ended_at=now)
    after = now + timedelta(days=190)
    assert forgetting.forget_signers(now=after) == 1
    with django_capture_on_commit_callbacks(execute=True):
        participation.delete_expired_contacts(now=after, actor=SYSTEM)
    guarding.clean(after)
    left = everything(others)
    for needle in needles:
        assert needle not in left, f"{needle}: {left[max(0, left.index(needle) - 300) : left.index(needle) + 100]}"
    assert (queries.exact(one).total, queries.shown([one.pk])[one.pk].total) == (1, 1)
    assert counting.recount(verify=True, now=after)["differences"] == []
    kept = Signature.objects.get(pk=receipt.pk)
    assert (kept.region, kept.state, kept.numbered.number) == ("east", "confirmed", 1)
    assert Invalidation.objects.get().conditions == {"region": "east"}


@pytest.mark.parametrize(
    "state", [State.CLOSED, State.REJECTED, State.STOPPED, State.HIDDEN, State.WITHDRAWN, State.REMOVED]
)
def test_signers_of_every_ended_petition_are_forgotten(state):
    one = ended(state)
    for how in (Signature.State.CONFIRMED, Signature.State.PENDING, Signature.State.HELD, Signature.State.INVALIDATED):
        signature(one, how)
    Signature.objects.update(link_since=NOW)
    assert forgetting.forget_signers(now=AFTER) == 4
    assert not Signature.objects.filter(link_since__isnull=False).exists()
    one.refresh_from_db()
    assert (identifying(one), one.forgotten_at) == (0, AFTER)
    assert forgetting.forget_signers(now=AFTER) == 0


def test_before_the_time_and_while_it_is_open_nobody_is_forgotten():
    recent = ended(ended_at=AFTER - timedelta(days=100))
    old_but_open = petition(State.OPEN, opened_at=NOW - timedelta(days=900))
    for one in (recent, old_but_open):
        signature(one)
    assert forgetting.forget_signers(now=AFTER) == 0
    assert (identifying(recent), identifying(old_but_open)) == (1, 1)


def test_a_petition_whose_starter_never_confirmed_keeps_nobody_either():
    one = petition(State.PENDING)
    signature(one, Signature.State.PENDING, part="starter")
    assert forgetting.forget_signers(now=AFTER) == 1
    assert identifying(one) == 0


def test_a_protected_petition_is_skipped_alone():
    kept, after_it = ended(protected=True), ended()
    for one in (kept, after_it):
        signature(one)
    assert forgetting.forget_signers(now=AFTER) == 1
    assert (identifying(kept), identifying(after_it)) == (1, 0)
    forgetting.protect(kept.pk, protected=False, actor=person(Role.ADMINISTRATOR))
    assert forgetting.forget_signers(now=AFTER) == 1


def test_only_an_administrator_protects(client):
    one = ended()
    with pytest.raises(Refused, match="not_allowed"):
        forgetting.protect(one.pk, protected=True, actor=person(Role.OFFICER))


def test_forgetting_goes_on_where_it_stopped_and_counts_stay_right_meanwhile(monkeypatch):
    monkeypatch.setattr(forgetting, "BATCH", 3)
    one = ended()
    for number in range(7):
        signature(one, region=("east", "west")[number % 2])
    counting.roll_up(NOW)
    regions = list(one.regions.order_by("region").values_list("region", "total"))
    assert forgetting.forget_signers(now=AFTER, batches=1) == 3
    one.refresh_from_db()
    assert (identifying(one), one.forgotten_at) == (4, None)
    assert counting.recount(verify=True, now=AFTER)["differences"] == []
    assert forgetting.forget_signers(now=AFTER) == 4
    assert identifying(one) == 0
    assert counting.roll_up(AFTER) == 0
    assert list(one.regions.order_by("region").values_list("region", "total")) == regions
    assert counting.recount(verify=True, now=AFTER)["differences"] == []


def test_how_many_months_is_the_offices_business():
    PetitionRules.objects.update_or_create(pk=1, defaults={"keep_months": 12})
    from django.core.cache import cache

    cache.clear()
    one = ended()
    signature(one)
    assert forgetting.forget_signers(now=AFTER) == 0
    assert forgetting.forget_signers(now=NOW + timedelta(days=370)) == 1
    cache.clear()


def test_the_page_and_the_words_of_the_petition_stay(client):
    one = ended()
    signature(one)
    forgetting.forget_signers(now=AFTER)
    one.refresh_from_db()
    assert one.title and Petition.objects.public().filter(pk=one.pk).exists()
