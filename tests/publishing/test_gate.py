"""The registry of gated kinds, and the people of the gate's tests."""

import pytest
from django.contrib.auth.models import Group

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.publishing import registry


def person(*roles: Role) -> User:
    user = User.objects.create_user(f"gate-{User.objects.count()}@example.org")
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def test_a_kind_needs_a_key_and_one_meaning():
    outcome = registry.get("outcome")
    with pytest.raises(ValueError, match="needs a key"):
        registry.register(registry.GatedKind("test_free", "free", (), outcome.subject))
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(registry.GatedKind("outcome", "another", outcome.keys, outcome.subject))


def test_every_kind_says_what_goes_out_and_is_signed_by_somebody():
    for kind in registry.registered():
        assert kind.subject.model_class
        assert all(key.roles for key in kind.keys), kind.code
