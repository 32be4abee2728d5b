"""People who may and may not change calendars."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from engage.accounts.actors import Role
from engage.accounts.models import User


def person(role: Role) -> User:
    user = User.objects.create_user(f"{role}@example.org")
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def editor(db) -> User:
    return person(Role.EDITOR)


@pytest.fixture
def administrator(db) -> User:
    return person(Role.ADMINISTRATOR)


@pytest.fixture
def officer(db) -> User:
    return person(Role.OFFICER)


@pytest.fixture
def studio(client: Client) -> Callable[[User], Client]:
    """Return a function that signs a person in as the Studio wants it, second factor and all."""

    def signed_in(user: User) -> Client:
        client.force_login(user)
        session = client.session
        session["second_factor"] = {"user": user.pk, "how": "demo"}
        session.save()
        return client

    return signed_in
