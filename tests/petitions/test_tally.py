"""The database itself writes what begins and ceases to count."""

import pytest

from mailbox.petitions.models import Signature, SignatureTally
from tests.petitions import factories

pytestmark = pytest.mark.django_db


def changes() -> list[int]:
    return list(SignatureTally.objects.order_by("pk").values_list("change", flat=True))


def test_a_signature_counts_from_its_confirmation_to_its_withdrawal():
    petition = factories.petition()
    waiting = factories.signature(petition, Signature.State.PENDING)
    assert changes() == []
    Signature.objects.filter(pk=waiting.pk).update(state="confirmed", confirmed_at=factories.NOW, slot=1)
    row = SignatureTally.objects.get()
    assert (row.petition_id, row.signature_id, row.region, row.change) == (petition.pk, waiting.pk, "east", 1)
    assert row.hour == factories.NOW.replace(minute=0, second=0, microsecond=0)
    Signature.objects.filter(pk=waiting.pk).update(state="withdrawn")
    assert changes() == [1, -1]
    Signature.objects.filter(pk=waiting.pk).delete()
    assert changes() == [1, -1]


def test_a_confirmed_signature_that_is_written_or_deleted_is_counted():
    confirmed = factories.signature(factories.petition())
    Signature.objects.filter(pk=confirmed.pk).update(wants_news=True)
    assert changes() == [1]
    confirmed.delete()
    assert changes() == [1, -1]
