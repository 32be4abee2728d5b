"""People who may and may not change calendars. Models are imported late: pytest reads this before Django is set up."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from engage.accounts.models import User


def person(role: str) -> "User":
    from django.contrib.auth.models import Group

    from engage.accounts.models import User

    user = User.objects.create_user(f"{role}@example.org")
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def editor(db: None) -> "User":
    return person("editor")


@pytest.fixture
def administrator(db: None) -> "User":
    return person("administrator")


@pytest.fixture
def officer(db: None) -> "User":
    return person("officer")


@pytest.fixture
def studio(client: "Client") -> Callable[["User"], "Client"]:
    """Return a function that signs a person in as the Studio wants it, second factor and all."""

    def signed_in(user: "User") -> "Client":
        client.force_login(user)
        session = client.session
        session["second_factor"] = {"user": user.pk, "how": "demo"}
        session.save()
        return client

    return signed_in
