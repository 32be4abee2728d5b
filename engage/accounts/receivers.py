"""What follows from allauth's events; connected in apps.py."""

from typing import Any

from allauth.account.signals import user_signed_up
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.dispatch import receiver
from django.http import HttpRequest

from engage.accounts import second_factor
from engage.accounts.actions import grant_role
from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.journal import actions as journal


@receiver(user_signed_up)
def make_citizen(sender: type, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever opens an account is a citizen; every other role is given by an administrator."""
    grant_role(user, Role.CITIZEN, actor=SYSTEM)


@receiver(authenticator_added)
def note_factor(sender: type, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """A factor that was set up in this session was shown in this session."""
    if authenticator.type in second_factor.FACTORS:
        second_factor.record(request, user, "set_up")
        journal.record(user, "second_factor.added", user, kind=str(authenticator.type))


@receiver(authenticator_removed)
def note_removal(sender: type, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Taking a second factor away is worth a line in the journal."""
    if authenticator.type in second_factor.FACTORS:
        journal.record(user, "second_factor.removed", user, kind=str(authenticator.type))
