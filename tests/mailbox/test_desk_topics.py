"""Topics of letters at the desk, the review that is opened because of one, and what its evidence tells of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consultations.models import Consultation
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.participation import evidence, reviews
from engage.participation.models import EvidenceLink
from mailbox import actions
from mailbox.desk import topics
from mailbox.models import Tag
from tests.accounts.people import person, sign_in
from tests.mailbox.factories import House, house, taken_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> House:
    return house()


def tagged(place: House, name: str, days_ago: list[int]) -> Tag:
    now = timezone.now()
    made = [taken_on(place, now=now - timedelta(days=days), text=f"第{days}天{name}又坏了") for days in days_ago]
    return actions.tag_cases([one.pk for one in made], name, actor=place.officer, now=now)


def test_what_grows_comes_first(place):
    tagged(place, "路灯", [1, 2, 3])
    tagged(place, "水管", [100, 130, 160, 190])
    first, second = topics.topics(place.officer, now=timezone.now())
    assert (first.tag.name, first.recent, first.year) == ("路灯", 3, 3)
    assert (second.tag.name, second.recent, second.year) == ("水管", 0, 4)
    assert second.usual == pytest.approx(4 / (335 / 30))
    assert first.may_open and first.times > second.times


def test_who_may_open_one_is_the_unit_and_an_administrator(place):
    tagged(place, "路灯", [1])
    now = timezone.now()
    for actor, may in ((place.officer, True), (place.approver, True), (person(Role.ADMINISTRATOR), True)):
        assert topics.topics(actor, now=now)[0].may_open is may
    (seen,) = topics.topics(place.clerk, now=now)
    assert not seen.may_open


def test_nobody_sees_topics_of_cases_of_others(place):
    tag = tagged(place, "路灯", [1])
    stranger = person(Role.OFFICER)
    assert topics.topics(stranger, now=timezone.now()) == []
    with pytest.raises(Refused) as refused:
        topics.open_review(tag.pk, actor=stranger, now=timezone.now())
    assert refused.value.code == "topic_gone"


def test_a_review_is_planned_once_and_seen_by_staff_alone(place):
    tag, now = tagged(place, "路灯", [1, 2]), timezone.now()
    call = Consultation.objects.get(pk=topics.open_review(tag.pk, actor=place.officer, now=now))
    assert (call.kind, call.department, call.announced_at) == (Consultation.Kind.REVIEW, place.water, None)
    assert call.opens_at > now and call.closes_at > call.opens_at
    assert topics.open_review(tag.pk, actor=place.approver, now=now) == call.pk
    assert EvidenceLink.objects.count() == 1 == Consultation.objects.count()
    assert not Consultation.objects.visible_to(ANYONE).exists()
    assert {"call.made", "case_topic.review"} <= set(JournalRow.objects.values_list("verb", flat=True))
    (shown,) = topics.topics(place.officer, now=now)
    assert [one.call for one in shown.reviews] == [call.pk] and not shown.may_open
    call.opens_at, call.closes_at = now - timedelta(days=40), now - timedelta(days=1)
    call.save()
    (shown,) = topics.topics(place.officer, now=now)
    assert shown.may_open and shown.reviews[0].is_over
    assert topics.open_review(tag.pk, actor=place.officer, now=now) != call.pk


def test_whoever_does_not_work_in_the_unit_opens_none(place):
    tag = tagged(place, "路灯", [1])
    with pytest.raises(Refused) as refused:
        reviews.open_review(
            reviews.Topic(topics.SOURCE, tag.pk), place.water.pk, actor=person(Role.OFFICER), now=timezone.now()
        )
    assert refused.value.code == "not_allowed" and not Consultation.objects.exists()
    with pytest.raises(Refused):
        topics.open_review(0, actor=SYSTEM, now=timezone.now())


def test_the_evidence_tells_the_number_of_letters_and_nothing_else(place):
    tag, now = tagged(place, "路灯", [1, 2, 40]), timezone.now()
    call = topics.open_review(tag.pk, actor=place.officer, now=now)
    (told,) = topics.letters_about(call, ANYONE)
    assert (told.mode, told.n) == ("web", 3)
    assert told.first == timezone.localdate(now - timedelta(days=40))
    assert topics.letters_about(call + 1, ANYONE) == []
    assert [one.code for one in evidence.registered() if one.apart and one.if_any] == [topics.SOURCE]


def test_the_page_lists_topics_and_opens_a_review(place, django_assert_max_num_queries):
    tag = tagged(place, "路灯", [1, 2])
    client = sign_in(Client(), place.officer)
    client.get(reverse("desk_topics"))
    with django_assert_max_num_queries(15):
        page = client.get(reverse("desk_topics")).content.decode()
    assert "路灯" in page and reverse("desk_topic_review", args=[tag.pk]) in page
    assert client.post(reverse("desk_topic_review", args=[tag.pk])).status_code == 302
    page = client.get(reverse("desk_topics")).content.decode()
    assert f"review-{Consultation.objects.get().pk}" in page
    assert reverse("desk_topic_review", args=[tag.pk]) not in page
    gone = client.post(reverse("desk_topic_review", args=[tag.pk + 1]))
    assert gone.status_code == 404 and "没有你可以查看的案件" in gone.content.decode()
    assert client.post(reverse("desk_topic_review", args=[10**30])).status_code == 404
