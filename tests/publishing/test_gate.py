"""The release gate: every key of a kind, on this very content, by somebody who did not write it."""

import pytest
from django.contrib.auth.models import Group

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.pages.messages import refusal_message
from engage.publishing import gate, registry
from engage.publishing.models import SignOff

pytestmark = pytest.mark.django_db
HASH, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def notice():
    """A kind that needs two keys."""
    keys = (
        registry.Key("legal", "legal review", (Role.REVIEWER_LEGAL,)),
        registry.Key("approval", "approval", (Role.APPROVER,)),
    )
    registry.register(registry.GatedKind("test_notice", "notice", keys))
    yield "test_notice"
    registry._kinds.pop("test_notice")


def person(*roles: Role) -> User:
    user = User.objects.create_user(f"gate-{User.objects.count()}@example.org")
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def test_a_content_passes_with_every_key_turned(notice):
    gate.sign(notice, HASH, person(Role.REVIEWER_LEGAL))
    approver = person(Role.APPROVER)
    gate.sign(notice, HASH, approver)
    gate.require(notice, HASH, approver)
    assert JournalRow.objects.filter(verb="release.signed").count() == 2
    assert JournalRow.objects.filter(verb="release.passed", target_pk=HASH).count() == 1


def test_a_missing_key_is_named(notice):
    approver = person(Role.APPROVER)
    gate.sign(notice, HASH, approver)
    with pytest.raises(Refused) as refused:
        gate.require(notice, HASH, approver)
    assert refused.value.values["keys"] == ["legal"]
    assert "legal review" in refusal_message(refused.value)


def test_a_sign_off_holds_for_its_content_only(notice):
    both = person(Role.REVIEWER_LEGAL, Role.APPROVER)
    assert len(gate.sign(notice, HASH, both)) == 2
    with pytest.raises(Refused, match="sign_off_missing"):
        gate.require(notice, OTHER, both)


def test_who_wrote_in_it_signs_nothing_and_their_key_counts_nothing(notice):
    both = person(Role.REVIEWER_LEGAL, Role.APPROVER)
    with pytest.raises(Refused, match="sign_off_own"):
        gate.sign(notice, HASH, both, writers={both.pk})
    gate.sign(notice, HASH, both)
    with pytest.raises(Refused, match="sign_off_missing"):
        gate.require(notice, HASH, both, writers={both.pk})


def test_who_holds_no_key_may_not_sign(notice):
    for actor in (ANYONE, person(Role.EDITOR), person()):
        with pytest.raises(Refused, match="not_allowed"):
            gate.sign(notice, HASH, actor)
    assert not SignOff.objects.exists()


def test_signing_twice_is_signing_once(notice):
    approver = person(Role.APPROVER)
    first, second = gate.sign(notice, HASH, approver), gate.sign(notice, HASH, approver)
    assert first == second
    assert SignOff.objects.count() == 1
    assert JournalRow.objects.filter(verb="release.signed").count() == 1


def test_the_platform_itself_signs_without_a_name(notice):
    gate.sign(notice, HASH, SYSTEM)
    gate.require(notice, HASH, SYSTEM)
    assert set(SignOff.objects.values_list("signer", flat=True)) == {None}


def test_a_kind_needs_a_key_and_one_meaning(notice):
    with pytest.raises(ValueError, match="needs a key"):
        registry.register(registry.GatedKind("test_free", "free", ()))
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(registry.GatedKind(notice, "another", registry.get(notice).keys))
