"""How petitions are run is set in the Studio, by administrators, and is on the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engage.accounts.actors import Role
from engage.journal.models import JournalRow
from mailbox.petitions.guarding.rules import DEFAULT_LIMITS
from mailbox.petitions.models import PetitionRules, RateLimit, RejectionReason, Threshold
from tests.security.test_url_matrix import client_of

pytestmark = pytest.mark.django_db
RULES = {
    "sponsors_needed": 3,
    "sponsors_most": 9,
    "months_open": 6,
    "moderation_days": 14,
    "moderation_near_days": 11,
    "queue_long": 500,
    "confirm_days": 7,
    "keep_months": 6,
    "pause_zh": "维护中",
    "pause_en": "Maintenance",
}


@pytest.fixture
def studio():
    return client_of(Role.ADMINISTRATOR)


def recorded(verb: str) -> int:
    return JournalRow.objects.filter(verb=verb).count()


def test_an_installation_begins_with_rules_reasons_thresholds_and_limits():
    assert PetitionRules.objects.get().sponsors_needed == 5
    kept = {row.kind: (row.number, row.days) for row in Threshold.objects.all()}
    assert kept == {"answer": (10_000, 30), "debate": (100_000, 60)}
    limits = set(RateLimit.objects.values_list("by", "most", "seconds"))
    assert limits == {(str(one.by), one.most, one.seconds) for one in DEFAULT_LIMITS}
    reasons = RejectionReason.objects.all()
    assert reasons.count() == 18
    assert all(one.title_zh and one.title_en and one.mend_zh and one.mend_en for one in reasons)
    assert set(reasons.filter(hides=True).values_list("code", flat=True)) == {
        "libellous",
        "offensive",
        "personal",
        "removed",
    }


def test_rules_are_changed_and_never_contradict_each_other(studio):
    url = reverse("petition-rules:edit", args=[PetitionRules.objects.get().pk])
    assert studio.get(url).status_code == 200
    for wrong in (
        {"sponsors_most": 2},
        {"sponsors_needed": 0},
        {"moderation_near_days": 15},
        {"months_open": 0},
        {"confirm_days": 400},
    ):
        assert studio.post(url, RULES | wrong).status_code == 200, wrong
    assert PetitionRules.objects.get().sponsors_needed == 5
    assert studio.post(url, RULES).status_code == 302
    assert PetitionRules.objects.get().sponsors_needed == 3
    assert recorded("petition.rules_changed") == 1


def test_a_threshold_in_force_stays_and_another_comes_with_a_later_day(studio):
    answer = Threshold.objects.get(kind="answer")
    later = timezone.localdate() + timedelta(days=3)
    given = {"kind": "answer", "number": 5_000, "days": 20, "valid_from": later.isoformat()}
    assert studio.post(reverse("petition-thresholds:edit", args=[answer.pk]), given).status_code == 200
    past = given | {"valid_from": (timezone.localdate() - timedelta(days=1)).isoformat()}
    assert studio.post(reverse("petition-thresholds:add"), past).status_code == 200
    assert studio.post(reverse("petition-thresholds:add"), given | {"number": 0}).status_code == 200
    assert Threshold.objects.filter(kind="answer").get() == answer
    assert studio.post(reverse("petition-thresholds:add"), given).status_code == 302
    new = Threshold.objects.get(valid_from=later)
    assert studio.post(reverse("petition-thresholds:edit", args=[new.pk]), given | {"days": 25}).status_code == 302
    new.refresh_from_db()
    assert (new.number, new.days) == (5_000, 25)
    assert (recorded("petition.threshold_made"), recorded("petition.threshold_changed")) == (1, 1)


def test_reasons_and_limits_are_written_and_switched_off(studio):
    words = {"title_zh": "太晚", "title_en": "Too late", "mend_zh": "早些写。", "mend_en": "Write earlier."}
    given = {"code": "late", "position": 5, "active": "on", **words}
    assert studio.post(reverse("petition-reasons:add"), given).status_code == 302
    late = RejectionReason.objects.get(code="late")
    del given["active"]
    assert studio.post(reverse("petition-reasons:edit", args=[late.pk]), given).status_code == 302
    late.refresh_from_db()
    assert not late.active
    limit = {"by": "network", "most": 40, "seconds": 7_321, "active": "on"}
    assert studio.post(reverse("petition-limits:add"), limit | {"seconds": 0}).status_code == 200
    assert studio.post(reverse("petition-limits:add"), limit).status_code == 302
    assert RateLimit.objects.get(by="network", seconds=7_321).most == 40
    assert (
        recorded("petition.reason_made") == recorded("petition.reason_changed") == recorded("petition.limit_made") == 1
    )
    for name in ("petition-rules", "petition-reasons", "petition-thresholds", "petition-limits"):
        assert studio.get(reverse(f"{name}:index")).status_code == 200
