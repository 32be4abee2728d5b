"""Signing as it is written: always a new request, confirmed at most once a person, by the database's clock."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from engage.errors import Refused
from engage.participation.rules import code_digest
from mailbox.petitions.actions import guarding, letters, signing
from mailbox.petitions.addresses import AddressError
from mailbox.petitions.models import Petition, PetitionRules, Signature, SignatureLetter, SignatureTally, State
from mailbox.petitions.queries import signing as queries
from tests.petitions import factories

pytestmark = pytest.mark.django_db


def petition(state: str = State.OPEN, **fields):
    """A petition of today: the database's own clock judges it."""
    return factories.petition(state, now=timezone.now() - timedelta(hours=1), **fields)


def asking(of, **fields) -> signing.Ask:
    given = {"petition_id": of.pk, "token": uuid.uuid4(), "name": "王芳", "email": "wang.fang@example.org"}
    return signing.Ask(**(given | {"language": "zh-hans", "region": "east", "client": "192.0.2.7"} | fields))


def signed(of, **fields) -> Signature:
    return Signature.objects.get(pk=signing.ask_to_sign(asking(of, **fields)).pk)


def refusal(of, **fields) -> str:
    with pytest.raises(Refused) as refused:
        signing.ask_to_sign(asking(of, **fields))
    return refused.value.code


def test_a_request_is_a_row_with_its_letter_and_a_receipt(settings):
    of = petition()
    ask = asking(of)
    receipt = signing.ask_to_sign(ask)
    row = Signature.objects.get()
    assert (row.pk, row.state, row.name, row.email) == (receipt.pk, "pending", "王芳", "wang.fang@example.org")
    assert receipt.reference.startswith(f"S-{timezone.localtime(row.asked_at).year}-{row.pk:06d}-")
    assert row.code_digest == code_digest(receipt.code, settings.TRACKING_KEY)
    assert (row.region, row.domain, row.wants_news, row.slot) == ("east", "example.org", False, None)
    assert abs(timezone.now() - row.asked_at) < timedelta(minutes=1)
    letter = SignatureLetter.objects.get()
    assert (letter.signature_id, letter.kind, letter.state) == (row.pk, "confirm", "waiting")
    assert not SignatureTally.objects.exists()


def test_the_same_token_is_the_same_request():
    of = petition()
    ask = asking(of)
    assert signing.ask_to_sign(ask) == signing.ask_to_sign(ask)
    assert (Signature.objects.count(), SignatureLetter.objects.count()) == (1, 1)


def test_asking_again_is_always_a_new_request():
    of = petition()
    first, second = signed(of), signed(of)
    assert first.pk != second.pk
    assert (first.address, first.person) == (second.address, second.person)


def test_spellings_of_one_address_and_of_one_name_are_one():
    of = petition()
    plain = signed(of, name="Li Wei", email="liwei@gmail.com")
    same = signed(of, name="ＬＩ  WEI", email="L.i.Wei+petition@GoogleMail.com")
    assert (plain.address, plain.person) == (same.address, same.person)
    assert same.email == "L.i.Wei+petition@GoogleMail.com"


def test_an_address_is_kept_in_plain_characters_and_one_that_no_server_takes_is_refused():
    of = petition()
    assert signed(of, email="ｗangfang＠example.org").email == "wangfang@example.org"
    assert signed(of, email="li@bücher.example").email == "li@bücher.example"
    with pytest.raises(AddressError, match="form"):
        signing.ask_to_sign(asking(of, email="王芳@example.org"))


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.COLLECTING, "petition_not_open"),
        (State.WAITING, "petition_not_open"),
        (State.REJECTED, "petition_not_open"),
        (State.HIDDEN, "petition_not_open"),
        (State.CLOSED, "petition_closed"),
    ],
)
def test_only_an_open_petition_takes_signatures(state, code):
    assert refusal(petition(state)) == code
    assert not Signature.objects.exists()


def test_a_petition_closes_at_the_stated_second_by_the_clock_of_the_database(monkeypatch):
    of = petition(closes_at=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr(timezone, "now", lambda: factories.NOW - timedelta(days=300))
    assert refusal(of) == "petition_closed"


def test_signing_can_be_paused_on_the_whole_site():
    of = petition()
    row = signed(of)
    PetitionRules.objects.all().delete()
    PetitionRules.objects.create(signing_paused=True)
    assert refusal(of) == "petition_signing_paused"
    with pytest.raises(Refused) as refused:
        signing.confirm(row.pk)
    assert refused.value.code == "petition_signing_paused"
    PetitionRules.objects.update(signing_paused=False)
    assert signing.confirm(row.pk) == "confirmed"


def test_confirming_twice_counts_once():
    row = signed(petition())
    assert signing.confirm(row.pk) == "confirmed"
    assert signing.confirm(row.pk) == "already"
    row.refresh_from_db()
    assert (row.state, row.slot) == ("confirmed", 1)
    assert abs(timezone.now() - row.confirmed_at) < timedelta(minutes=1)
    assert SignatureTally.objects.count() == 1


def test_who_asked_twice_counts_once():
    of = petition()
    first, second = signed(of), signed(of)
    assert [signing.confirm(first.pk), signing.confirm(second.pk)] == ["confirmed", "already"]
    assert Signature.objects.counted().count() == 1


def test_a_second_person_of_the_household_may_sign_with_the_same_address_a_third_may_not():
    of = petition()
    family = [signed(of, name=name) for name in ("王芳", "李伟", "王小明")]
    assert [signing.confirm(row.pk) for row in family] == ["confirmed", "confirmed", "full"]
    assert list(Signature.objects.counted().order_by("slot").values_list("slot", flat=True)) == [1, 2]
    signing.withdraw(family[0].pk)
    assert signing.confirm(family[2].pk) == "confirmed"
    assert sorted(Signature.objects.counted().values_list("slot", flat=True)) == [1, 2]


def test_an_old_link_has_expired():
    row = signed(petition())
    Signature.objects.filter(pk=row.pk).update(asked_at=timezone.now() - timedelta(days=7, minutes=1))
    assert signing.confirm(row.pk) == "expired"
    assert not Signature.objects.counted().exists()


def test_a_link_opens_nothing_after_the_close():
    of = petition()
    row = signed(of)
    type(of).objects.filter(pk=of.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        signing.confirm(row.pk)
    assert refused.value.code == "petition_closed"


def test_a_withdrawn_signature_stays_withdrawn():
    row = signed(petition())
    signing.confirm(row.pk)
    signing.withdraw(row.pk)
    signing.withdraw(row.pk)
    assert signing.confirm(row.pk) == "expired"
    assert list(SignatureTally.objects.order_by("pk").values_list("change", flat=True)) == [1, -1]


def test_a_held_request_is_thanked_for_and_does_not_count():
    row = signed(petition())
    Signature.objects.filter(pk=row.pk).update(state="held", why="subnet")
    assert signing.confirm(row.pk) == "confirmed"
    row.refresh_from_db()
    assert row.state == "held"
    assert row.confirmed_at is not None
    assert not SignatureTally.objects.exists()


@pytest.mark.parametrize("state", ["pending", "held"])
def test_whoever_is_held_is_refused_as_anybody_else(state):
    rows = [signed(of) for of in (petition(), petition())]
    Signature.objects.update(state=state)
    Petition.objects.filter(pk=rows[0].petition_id).update(closes_at=timezone.now() - timedelta(seconds=1))
    Petition.objects.filter(pk=rows[1].petition_id).update(state=State.REMOVED)
    for row, code in zip(rows, ("petition_closed", "petition_not_open"), strict=True):
        with pytest.raises(Refused, match=code):
            signing.confirm(row.pk)
    assert not Signature.objects.filter(confirmed_at__isnull=False).exists()


def test_pages_read_the_clock_of_the_database(monkeypatch):
    of = petition(closes_at=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr(timezone, "now", lambda: factories.NOW - timedelta(days=300))
    assert not queries.takes_signatures(of)
    assert queries.why_not_taken(of.pk, "signer") == "petition_closed"


def test_sponsors_sign_before_the_opening_and_what_follows_happens_with_it():
    of = petition(State.COLLECTING)
    seen = []
    signing.after_confirmation("sponsor", seen.append)
    try:
        row = signed(of, part="sponsor")
        assert signing.confirm(row.pk) == "confirmed"
        assert [one.pk for one in seen] == [row.pk]
    finally:
        signing._after["sponsor"].remove(seen.append)
    assert refusal(petition(), part="sponsor") == "petition_sponsors_over"


def test_a_wrong_address_is_corrected_by_a_new_request_that_voids_the_first():
    of = petition()
    row = signed(of, email="wrong@example.org")
    ask = signing.correct_address(row.pk, "right@example.org", client="192.0.2.7")
    assert ask is not None
    assert signing.correct_address(row.pk, "right@example.org", client="192.0.2.7") == ask
    assert signing.confirm(row.pk) == "expired"
    corrected = Signature.objects.exclude(pk=row.pk).get()
    assert (corrected.email, corrected.name, corrected.state) == ("right@example.org", "王芳", "pending")
    assert signing.confirm(corrected.pk) == "confirmed"
    assert signing.correct_address(corrected.pk, "third@example.org", client="192.0.2.7") is None


def test_the_letter_is_written_again_a_few_times():
    row = signed(petition())
    assert not signing.send_again(row.pk)  # the first is on its way
    for turn in range(6):
        SignatureLetter.objects.update(state="sent", sent_at=timezone.now() - timedelta(seconds=59))
        assert not signing.send_again(row.pk)
        SignatureLetter.objects.update(sent_at=timezone.now() - timedelta(seconds=61))
        assert signing.send_again(row.pk) == (turn < 5)
        assert not signing.send_again(row.pk)
    assert SignatureLetter.objects.count() == 6


def test_a_letter_that_is_sent_again_is_no_new_request(monkeypatch):
    seen = []
    monkeypatch.setattr(guarding, "hold", lambda rows, now: seen.extend(row.pk for row in rows) or {})
    row, older = signed(petition()), signed(petition())
    SignatureLetter.objects.filter(signature=older).update(about=1)
    letters.sift(now=timezone.now())
    assert seen == [row.pk]
    assert set(SignatureLetter.objects.values_list("state", flat=True)) == {"ready"}
    SignatureLetter.objects.update(state="sent", sent_at=timezone.now() - timedelta(hours=1))
    assert signing.send_again(row.pk)
    assert SignatureLetter.objects.get(signature=row, about=1).state == "ready"


def test_who_is_held_gets_no_letter_once_more():
    row = signed(petition())
    SignatureLetter.objects.update(state="sent", sent_at=timezone.now() - timedelta(hours=1))
    Signature.objects.update(state="held", why="subnet")
    assert not signing.send_again(row.pk)
    assert SignatureLetter.objects.count() == 1


# --- the age of a link ------------------------------------------------------------------------------------------------


def test_a_link_of_one_that_was_let_go_late_is_as_old_as_its_letter():
    of, other = petition(), petition()
    row, young = signed(of), signed(other)
    long_ago = timezone.now() - timedelta(days=20)
    Signature.objects.filter(pk=row.pk).update(state="held", why="limit_network", asked_at=long_ago)
    SignatureLetter.objects.filter(signature=row).update(state="stopped", said="held")
    assert guarding.let_out([row.pk]) == 1
    row.refresh_from_db()
    assert queries.standing(row).step == "asked"
    assert SignatureLetter.objects.get(signature=row).state == "ready"
    assert signing.confirm(row.pk) == "confirmed"
    Signature.objects.filter(pk=young.pk).update(asked_at=long_ago)
    young.refresh_from_db()
    assert (queries.standing(young).step, signing.confirm(young.pk)) == ("expired", "expired")


def test_a_link_that_was_let_go_late_ends_in_its_own_time():
    row = signed(petition())
    Signature.objects.update(state="pending", asked_at=timezone.now() - timedelta(days=40))
    Signature.objects.update(link_since=timezone.now() - timedelta(days=8))
    row.refresh_from_db()
    assert (queries.standing(row).step, signing.confirm(row.pk)) == ("expired", "expired")


def test_a_letter_that_is_sent_again_gives_the_days_it_says():
    row = signed(petition())
    SignatureLetter.objects.update(state="sent", sent_at=timezone.now() - timedelta(days=6))
    Signature.objects.update(asked_at=timezone.now() - timedelta(days=6))
    assert signing.send_again(row.pk)
    Signature.objects.update(asked_at=timezone.now() - timedelta(days=10))
    assert signing.confirm(row.pk) == "confirmed"
