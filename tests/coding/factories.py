"""People and comments for the coding desk."""

from django.core.cache import cache

from consultations.coding import actions
from consultations.coding.models import Theme
from consultations.models import Comment, Consultation
from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.departments.models import Membership
from tests.accounts.people import person
from tests.consultations.factories import call, comment, department

TEXT = "开放五天太少。周末也应当开放。另外，管理员最好会手语。"


def officer(**fields) -> User:
    """An officer of the department in charge."""
    user = person(Role.OFFICER, **fields)
    Membership.objects.create(user=user, department=department(), role=Role.OFFICER)
    return user


def analyst() -> User:
    """An analyst, who belongs to no department."""
    return person(Role.ANALYST)


def stranger() -> User:
    """An officer of another department."""
    return person(Role.OFFICER)


def said(consultation: Consultation, text: str = TEXT, **values) -> Comment:
    """One comment."""
    return comment(consultation, text=text, **values)[0]


def theme(consultation: Consultation, name: str, actor: User, parent: Theme | None = None) -> Theme:
    """One theme."""
    return actions.make_theme(consultation, name, parent=parent.pk if parent else None, actor=actor)


def desk_call(n: int = 1) -> tuple[Consultation, list[Comment], User]:
    """A call with n comments, and an officer who may code and decide."""
    consultation = call()
    comments = [said(consultation, f"{TEXT}（{number}）") for number in range(n)]
    cache.clear()
    return consultation, comments, officer()
