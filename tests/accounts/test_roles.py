"""Roles are groups with permissions; only administrators give and take them, and the journal knows."""

import pytest
from django.apps import apps as django_apps
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as Perm
from wagtail.models import Page

from engage.accounts import actions
from engage.accounts.actors import STAFF_ROLES, SYSTEM, Role, has_role, is_staff, roles_of, works_here
from engage.accounts.permissions import grant_model, permission
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.pages.messages import registered_codes
from tests.accounts.people import person

pytestmark = pytest.mark.django_db

STUDIO = {
    Role.APPROVER,
    Role.EDITOR,
    Role.SECTION_EDITOR,
    Role.REVIEWER_LEGAL,
    Role.REVIEWER_OPENNESS,
    Role.REVIEWER_SECRECY,
    Role.ADMINISTRATOR,
}
# Role, and what it may do: enter the Studio, add a page, publish one, bulk delete, add an image, change users,
# change departments.
MATRIX = {
    Role.CITIZEN: "-------",
    Role.INTERVIEWER: "-------",
    Role.OFFICER: "-------",
    Role.APPROVER: "s-p----",
    Role.EDITOR: "sap-i--",
    Role.SECTION_EDITOR: "s------",
    Role.REVIEWER_LEGAL: "s------",
    Role.REVIEWER_OPENNESS: "s------",
    Role.REVIEWER_SECRECY: "s------",
    Role.ANALYST: "-------",
    Role.JOURNALIST: "-------",
    Role.ADMINISTRATOR: "sapbiud",
}


def held(role: Role) -> str:
    """What a person of one role may do, in the letters of the matrix."""
    from wagtail.images.models import Image
    from wagtail.permissions import policy_registry

    user = person(role)
    root = Page.objects.get(depth=1).permissions_for_user(user)
    may = {
        "s": user.has_perm("wagtailadmin.access_admin"),
        "a": root.can_add_subpage(),
        "p": root.can_publish_subpage() or bool(root.permissions & {"publish"}),
        "b": "bulk_delete" in root.permissions,
        "i": policy_registry.get_by_type(Image).user_has_permission(user, "add"),
        "u": user.has_perm("accounts.change_user"),
        "d": user.has_perm("departments.change_department"),
    }
    return "".join(letter if may[letter] else "-" for letter in "sapbiud")


def test_the_matrix_names_every_role():
    assert set(MATRIX) == set(Role)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_the_matrix_says(role):
    assert held(role) == MATRIX[role]


def test_every_role_is_a_group_of_its_name():
    assert set(Role) <= set(Group.objects.values_list("name", flat=True))


def test_no_permission_was_made_twice():
    pairs = list(Perm.objects.values_list("content_type", "codename"))
    assert len(pairs) == len(set(pairs))


def test_all_but_citizens_and_journalists_work_here_and_an_editor_of_a_section_sees_no_other_drafts():
    assert {role for role in Role if works_here(person(role))} == STAFF_ROLES
    assert {role for role in Role if is_staff(person(role))} == STAFF_ROLES - {Role.SECTION_EDITOR}


def test_a_permission_of_a_table_that_does_not_exist_yet_can_be_given():
    grant_model(django_apps, ["editor"], "mailbox", "futurething", ["view"])
    assert person(Role.EDITOR).has_perm("mailbox.view_futurething")
    assert permission(django_apps, "mailbox", "futurething", "view_futurething").name == "Can view futurething"


def test_an_administrator_gives_a_role_and_the_journal_says_so():
    administrator, user = person(Role.ADMINISTRATOR), person()
    assert actions.grant_role(user, Role.OFFICER, actor=administrator)
    assert roles_of(user) == {Role.OFFICER}
    row = JournalRow.objects.filter(verb="role.granted").latest("pk")
    assert (row.target_pk, row.actor_id, row.content) == (str(user.pk), str(administrator.pk), {"role": "officer"})


def test_giving_a_role_twice_writes_the_journal_once():
    user = person()
    assert actions.grant_role(user, Role.OFFICER, actor=SYSTEM)
    assert not actions.grant_role(user, Role.OFFICER, actor=SYSTEM)
    assert JournalRow.objects.filter(verb="role.granted", target_pk=str(user.pk)).count() == 1


def test_a_role_that_is_taken_no_longer_counts_on_the_same_object():
    user = person(Role.OFFICER)
    assert has_role(user, Role.OFFICER)
    assert actions.revoke_role(user, Role.OFFICER, actor=SYSTEM)
    assert not has_role(user, Role.OFFICER)
    assert JournalRow.objects.filter(verb="role.revoked", target_pk=str(user.pk)).count() == 1
    assert not actions.revoke_role(user, Role.OFFICER, actor=SYSTEM)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_but_an_administrator_gives_or_takes_a_role(role):
    actor, user = person(role), person(Role.CITIZEN)
    for change in (actions.grant_role, actions.revoke_role):
        with pytest.raises(Refused) as refused:
            change(user, Role.CITIZEN, actor=actor)
        assert refused.value.code == "not_allowed"


def test_the_last_administrator_stays():
    last = person(Role.ADMINISTRATOR)
    with pytest.raises(Refused) as refused:
        actions.revoke_role(last, Role.ADMINISTRATOR, actor=last)
    assert refused.value.code == "last_administrator"
    second = person(Role.ADMINISTRATOR)
    assert actions.revoke_role(last, Role.ADMINISTRATOR, actor=second)


def test_the_last_administrator_cannot_close_the_own_account():
    last = person(Role.ADMINISTRATOR)
    last.is_active = False
    with pytest.raises(Refused) as refused:
        actions.change_account(last, actor=SYSTEM)
    assert refused.value.code == "last_administrator"


def test_an_administrator_with_a_closed_account_is_not_counted():
    last, gone = person(Role.ADMINISTRATOR), person(Role.ADMINISTRATOR)
    gone.is_active = False
    actions.change_account(gone, actor=last)
    with pytest.raises(Refused):
        actions.revoke_role(last, Role.ADMINISTRATOR, actor=last)


def test_set_roles_gives_and_takes_what_differs():
    user = person(Role.OFFICER, Role.CITIZEN)
    actions.set_roles(user, frozenset({Role.CITIZEN, Role.EDITOR}), actor=SYSTEM)
    assert roles_of(user) == {Role.CITIZEN, Role.EDITOR}


def test_an_inactive_account_has_no_role():
    user = person(Role.EDITOR)
    user.is_active = False
    assert roles_of(user) == frozenset()


def test_every_refusal_of_this_room_has_a_sentence():
    assert {"not_allowed", "last_administrator", "demo_off"} <= registered_codes()
