"""Administrators open accounts and give roles in the Studio; the journal sees all of it."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from engage.accounts.actors import Role, roles_of
from engage.accounts.models import User
from engage.journal.models import JournalRow
from tests.accounts.people import person, sign_in, staff_client

pytestmark = pytest.mark.django_db

ADD = "wagtailusers_users:add"
EDIT = "wagtailusers_users:edit"


@pytest.fixture
def studio() -> Client:
    return staff_client(Role.ADMINISTRATOR)


def verbs(user: User) -> list[str]:
    return list(JournalRow.objects.filter(target_pk=str(user.pk)).order_by("pk").values_list("verb", flat=True))


def test_an_account_is_opened_with_an_address_and_roles(studio):
    response = studio.post(reverse(ADD), {"email": "Li@Example.org", "roles": ["officer", "editor"]})
    assert response.status_code == 302
    user = User.objects.get(email="li@example.org")
    assert roles_of(user) == {Role.OFFICER, Role.EDITOR}
    assert not user.has_usable_password() and not user.is_superuser
    assert verbs(user) == ["account.opened", "role.granted", "role.granted"]


def test_the_form_knows_neither_user_names_nor_passwords_nor_superusers(studio):
    body = studio.get(reverse(ADD)).content.decode()
    assert 'name="email"' in body and 'name="roles"' in body and 'value="reviewer_secrecy"' in body
    assert not any(f'name="{name}"' in body for name in ("username", "password1", "is_superuser", "groups"))


def test_what_the_form_does_not_know_changes_nothing(studio):
    user = person(Role.CITIZEN)
    studio.post(
        reverse(EDIT, args=[user.pk]),
        {"email": user.email, "roles": ["citizen"], "is_active": "on", "is_superuser": "on", "groups": "1"},
    )
    user.refresh_from_db()
    assert not user.is_superuser and roles_of(user) == {Role.CITIZEN}


def test_roles_are_given_and_taken(studio):
    user = person(Role.OFFICER)
    studio.post(reverse(EDIT, args=[user.pk]), {"email": user.email, "roles": ["approver"], "is_active": "on"})
    assert roles_of(User.objects.get(pk=user.pk)) == {Role.APPROVER}
    assert verbs(user)[-2:] == ["role.granted", "role.revoked"]


def test_a_new_address_replaces_the_old_one(studio):
    user = person(Role.OFFICER, email="old@example.org")
    studio.post(reverse(EDIT, args=[user.pk]), {"email": "new@example.org", "roles": ["officer"], "is_active": "on"})
    assert list(EmailAddress.objects.filter(user=user).values_list("email", "primary")) == [("new@example.org", True)]
    assert verbs(user)[-1] == "account.address_changed"


def test_closing_an_account_is_journalled(studio):
    user = person(Role.OFFICER)
    studio.post(reverse(EDIT, args=[user.pk]), {"email": user.email, "roles": ["officer"]})
    assert not User.objects.get(pk=user.pk).is_active
    assert verbs(user)[-1] == "account.closed"


def test_an_address_belongs_to_one_account(studio):
    person(email="taken@example.org")
    response = studio.post(reverse(ADD), {"email": "TAKEN@example.org"})
    assert response.status_code == 200
    assert response.context["form"].errors["email"]


def test_the_last_administrator_keeps_the_role():
    client, last = Client(), person(Role.ADMINISTRATOR)
    sign_in(client, last)
    response = client.post(reverse(EDIT, args=[last.pk]), {"email": last.email, "roles": ["citizen"]})
    assert response.context["form"].errors["roles"]
    assert roles_of(User.objects.get(pk=last.pk)) == {Role.ADMINISTRATOR}


def test_nobody_closes_the_own_account(studio):
    me = User.objects.get(groups__name="administrator")
    studio.post(reverse(EDIT, args=[me.pk]), {"email": me.email, "roles": ["administrator"]})
    assert User.objects.get(pk=me.pk).is_active


def test_giving_a_role_to_several_people_goes_through_the_journal(studio):
    people = [person(), person()]
    url = reverse("wagtail_bulk_action", args=["accounts", "user", "assign_role"])
    query = "&".join(f"id={user.pk}" for user in people)
    group = Group.objects.get(name="analyst")
    studio.post(f"{url}?{query}", {"role": group.pk})
    assert [verbs(user)[-1] for user in people] == ["role.granted", "role.granted"]


def test_closing_several_accounts_goes_through_the_journal(studio):
    people = [person(), person()]
    url = reverse("wagtail_bulk_action", args=["accounts", "user", "set_active_state"])
    query = "&".join(f"id={user.pk}" for user in people)
    studio.post(f"{url}?{query}", {"mark_as_active": "False"})
    assert [verbs(user)[-1] for user in people] == ["account.closed", "account.closed"]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.REVIEWER_LEGAL])
def test_other_staff_see_no_people_in_the_studio(role):
    client = staff_client(role)
    for address in (reverse("wagtailusers_users:index"), reverse(ADD)):
        assert client.get(address).status_code in {302, 404}
    assert client.post(reverse(ADD), {"email": "x@example.org", "roles": ["administrator"]}).status_code == 302
    assert not User.objects.filter(email="x@example.org").exists()
