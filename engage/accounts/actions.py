"""Every write of this room: accounts opened and closed, roles given and taken, the people of the demo."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from engage.accounts.actors import SYSTEM, Actor, Role, has_role
from engage.accounts.models import User
from engage.accounts.queries import is_last_administrator, roles_held
from engage.errors import Refused
from engage.journal import actions as journal

DEMO_DOMAIN = "example.org"


@transaction.atomic
def grant_role(user: User, role: Role, *, actor: Actor) -> bool:
    """Give a role; False when the person holds it already. Only administrators and the system may.

    Raises Refused("not_allowed").
    """
    _check_is_administrator(actor)
    # A group that lost its row comes back without permissions: less than the role should have, never more.
    group, _ = Group.objects.get_or_create(name=role.value)
    if user.groups.filter(pk=group.pk).exists():
        return False
    user.groups.add(group)
    _forget_roles(user)
    journal.record(actor, "role.granted", user, role=role.value)
    return True


@transaction.atomic
def revoke_role(user: User, role: Role, *, actor: Actor) -> bool:
    """Take a role away; False when the person did not hold it.

    Raises Refused("not_allowed"), and Refused("last_administrator") when nobody would be left to give it back.
    """
    _check_is_administrator(actor)
    group = Group.objects.filter(name=role.value, user=user).first()
    if group is None:
        return False
    if role is Role.ADMINISTRATOR and is_last_administrator(user):
        raise Refused("last_administrator")
    user.groups.remove(group)
    _forget_roles(user)
    journal.record(actor, "role.revoked", user, role=role.value)
    return True


@transaction.atomic
def set_roles(user: User, roles: frozenset[Role], *, actor: Actor) -> None:
    """Give and take what is missing between the roles held and the roles wanted; refusals as above."""
    held = roles_held(user)
    for role in sorted(roles - held):
        grant_role(user, role, actor=actor)
    for role in sorted(held - roles):
        revoke_role(user, role, actor=actor)


@transaction.atomic
def open_account(user: User, *, actor: Actor) -> User:
    """Save a new account for somebody; they sign in with the code we mail. Raises Refused("not_allowed")."""
    _check_is_administrator(actor)
    user.email = user.email.lower()
    user.set_unusable_password()
    user.save()
    # Not confirmed yet: the first code that is entered confirms it.
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    journal.record(actor, "account.opened", user)
    return user


@transaction.atomic
def change_account(user: User, *, actor: Actor) -> User:
    """Save what an administrator changed: name, address, open or closed.

    A changed address takes the old ones with it, or whoever reads them could still sign in.
    Raises Refused("not_allowed") and Refused("last_administrator").
    """
    _check_is_administrator(actor)
    before = User.objects.select_for_update().get(pk=user.pk)
    if before.is_active and not user.is_active and is_last_administrator(user):
        raise Refused("last_administrator")
    user.email = user.email.lower()
    user.save()
    if before.email != user.email:
        EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"primary": True})
        journal.record(actor, "account.address_changed", user)
    if before.is_active != user.is_active:
        journal.record(actor, "account.reopened" if user.is_active else "account.closed", user)
    return user


@transaction.atomic
def make_demo_users() -> dict[Role, User]:
    """Return one demo user per role (`demo-<role>@example.org`), making those that are missing.

    They have no password and their mailboxes do not exist: the demo's sign-in page is the only way in.
    Raises Refused("demo_off") when the demo setting is off.
    """
    return {role: demo_user(role) for role in Role}


@transaction.atomic
def demo_user(role: Role) -> User:
    """Return the demo user of one role, making it when it is missing. Raises Refused("demo_off")."""
    if not settings.DEMO:
        raise Refused("demo_off")
    user = User.objects.filter(email=demo_email(role)).first()
    if user is None:
        user = User.objects.create_user(demo_email(role))
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    grant_role(user, role, actor=SYSTEM)
    return user


def demo_email(role: Role) -> str:
    """Return the address of a role's demo user."""
    return f"demo-{role.value.replace('_', '-')}@{DEMO_DOMAIN}"


def _check_is_administrator(actor: Actor) -> None:
    if not has_role(actor, Role.ADMINISTRATOR):
        raise Refused("not_allowed")


def _forget_roles(user: User) -> None:
    """Let `roles_of` read the roles again for this object."""
    if hasattr(user, "_engage_roles"):
        del user._engage_roles
