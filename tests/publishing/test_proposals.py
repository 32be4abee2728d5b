"""Writes that go public at once: proposed with their words, tried without a trace, carried out when signed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from engage.accounts.actors import Role
from engage.errors import Refused
from engage.pages.models import Topic
from engage.publishing import actions, proposals, registry
from engage.publishing.models import Proposal, Release
from engage.publishing.registry import Form
from tests.publishing.test_gate import person

pytestmark = pytest.mark.django_db
KIND = "test_rename"


def rename(proposal: Proposal, *, now, actor) -> None:
    topic = Topic.objects.get(pk=proposal.target_id)
    if topic.name_en == "Closed":
        raise Refused("not_allowed")
    topic.name_en = proposal.payload["name"]
    topic.save()


@pytest.fixture
def kind():
    proposals.register(
        proposals.ProposedKind(
            KIND,
            "name of a topic",
            (registry.HEAD,),
            run=rename,
            forms=lambda proposal: [Form("name", "name", "text/plain", proposal.payload["name"].encode())],
            title=lambda proposal: proposal.payload["name"],
        )
    )
    yield KIND
    registry._kinds.pop(KIND)
    proposals._kinds.pop(KIND)


def propose(name: str = "Door") -> tuple[Topic, Release]:
    topic = Topic.objects.create(code="gate", name_zh="门", name_en="Gate")
    release = proposals.propose(KIND, {"name": name}, target_id=topic.pk, actor=person(Role.EDITOR), now=timezone.now())
    return topic, release


def sign(release: Release) -> Release:
    return actions.decide(
        release.reviews.get().pk,
        "open",
        content_hash=release.content_hash,
        now=timezone.now(),
        actor=person(Role.APPROVER),
    )


def test_nothing_happens_before_the_last_key(kind):
    topic, release = propose()
    topic.refresh_from_db()
    assert topic.name_en == "Gate"
    assert proposals.waiting(KIND, topic.pk) == [release]
    sign(release)
    topic.refresh_from_db()
    assert topic.name_en == "Door" and Proposal.objects.get().done_at
    assert proposals.waiting(KIND, topic.pk) == []


def test_what_the_write_refuses_is_refused_at_the_form(kind):
    Topic.objects.create(code="closed", name_zh="关", name_en="Closed")
    with pytest.raises(Refused, match="not_allowed"):
        proposals.propose(
            KIND,
            {"name": "Open"},
            target_id=Topic.objects.get(code="closed").pk,
            actor=person(Role.EDITOR),
            now=timezone.now(),
        )
    assert not Proposal.objects.exists() and not Release.objects.filter(kind=KIND).exists()


def test_words_put_in_after_the_signature_do_not_go_out(kind):
    topic, release = propose()
    Proposal.objects.update(payload={"name": "Secret"})
    release = sign(release)
    topic.refresh_from_db()
    assert topic.name_en == "Gate" and release.state == Release.State.REVIEW


def test_a_scheduled_write_that_can_no_longer_be_done_stays_undone_and_alarms(kind):
    topic = Topic.objects.create(code="gate", name_zh="门", name_en="Gate")
    at = timezone.now() + timedelta(hours=1)
    release = proposals.propose(
        KIND, {"name": "Door"}, target_id=topic.pk, actor=person(Role.EDITOR), now=timezone.now(), release_at=at
    )
    assert sign(release).state == Release.State.CLEARED
    Topic.objects.update(name_en="Closed")
    assert actions.release_due(now=at) == 0
    release.refresh_from_db()
    assert release.missed_at == at and not Proposal.objects.get().done_at
