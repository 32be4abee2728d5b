"""Reads of this room."""

from django.db.models import Q

from engage.accounts.actors import Role
from engage.accounts.models import User


def is_last_administrator(user: User) -> bool:
    """Tell whether nobody else who can sign in is an administrator."""
    administrators = Q(groups__name=Role.ADMINISTRATOR.value) | Q(is_superuser=True)
    return (
        User.objects.filter(administrators, pk=user.pk).exists()
        and not User.objects.filter(administrators, is_active=True).exclude(pk=user.pk).exists()
    )


def roles_held(user: User) -> frozenset[Role]:
    """Return the roles given to a person, whether or not the account is open; read anew."""
    return frozenset(Role(name) for name in user.groups.filter(name__in=list(Role)).values_list("name", flat=True))


def administrators() -> list[User]:
    """Return everybody who can sign in and is an administrator."""
    held = Q(groups__name=Role.ADMINISTRATOR.value) | Q(is_superuser=True)
    return list(User.objects.filter(held, is_active=True).distinct().order_by("pk"))
