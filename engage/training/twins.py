"""Who somebody is in the practice site: a person of the same roles there, and what the worker would do for them."""

from __future__ import annotations

import logging
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from engage import schedule
from engage.accounts import actions as accounts
from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.departments import actions as departments
from engage.departments.models import Membership

log = logging.getLogger("engage.training")

# What soon follows a press of a button is done at once; what leaves the house is not done at all.
SOON_SECONDS = 30
LEAVES_THE_HOUSE = ("engage.outreach.delivery.", "engage.outreach.follows.", "engage.outreach.health.")


EMAIL = "trainee@example.org"


def make(name: tuple[str, str], roles: frozenset[str], *, is_superuser: bool) -> User:
    """Make the person in the practice site that a trainee is; runs inside it.

    An officer or editor there belongs to every department that its own officers and editors belong to.
    """
    user = User(email=EMAIL, first_name=name[0], last_name=name[1], is_superuser=is_superuser)
    user.is_staff = is_superuser
    user.set_unusable_password()
    user.save()
    bring_roles(user, roles)
    return get(user.pk)


def bring_roles(user: User, roles: frozenset[str]) -> None:
    """Give the person in the practice site the roles that the trainee holds today."""
    accounts.set_roles(user, frozenset(Role(role) for role in roles), actor=SYSTEM)
    for membership in Membership.objects.filter(role__in=roles).exclude(user=user).select_related("department"):
        departments.add_member(membership.department, user, Role(membership.role), actor=SYSTEM)


def get(pk: int) -> User:
    """Return the person that was made; runs inside the practice site."""
    return User.objects.get(pk=pk)


def catch_up() -> None:
    """Do what the worker would do in the next half minute: seals, counts, letters into the outbox."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "tasks"):
            import_module(f"{config.name}.tasks")
    for job in schedule.jobs():
        if job.alone or job.seconds > SOON_SECONDS or job.name.startswith(LEAVES_THE_HOUSE):
            continue
        try:
            job.run()
        except Exception:
            log.exception("periodic job %s failed in a practice site", job.name)
