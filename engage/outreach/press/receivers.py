"""Keeps editors of sections in step with memberships and roles, and the search with the room's pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.departments.models import Membership
from engage.outreach.press.actions import sections
from engage.outreach.press.models import DepartmentSectionPage, Section, SignedArticlePage
from engage.search import actions as search


def membership_changed(sender: type, instance: Membership, raw: bool = False, **kwargs: Any) -> None:
    """Somebody came to a department or left it."""
    if not raw and instance.role == Role.SECTION_EDITOR:
        sections.sync_below(instance.department)


def role_changed(sender: type, instance: Any, action: str, reverse: bool, pk_set: Any, **kwargs: Any) -> None:
    """Somebody got or lost the role itself: without it no membership counts."""
    if action not in ("post_add", "post_remove", "post_clear"):
        return
    if action == "post_clear":
        concerns = not reverse or instance.name == Role.SECTION_EDITOR
    elif reverse:
        concerns = instance.name == Role.SECTION_EDITOR
    else:
        concerns = Group.objects.filter(pk__in=pk_set or (), name=Role.SECTION_EDITOR.value).exists()
    if concerns and Section.objects.exists():
        sections.sync_all()


def page_saved(sender: type, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """A page of the room was saved: it is found now, or no longer."""
    if not raw:
        search.index(instance)


def page_leaving(sender: type, instance: Any, **kwargs: Any) -> None:
    """A page of the room goes."""
    search.remove(instance)


def connect() -> None:
    """Listen."""
    post_save.connect(membership_changed, sender=Membership, dispatch_uid="press.member_added")
    post_delete.connect(membership_changed, sender=Membership, dispatch_uid="press.member_removed")
    m2m_changed.connect(role_changed, sender=User.groups.through, dispatch_uid="press.role_changed")
    for model in (SignedArticlePage, DepartmentSectionPage):
        post_save.connect(page_saved, sender=model, dispatch_uid=f"press.index.{model.__name__}")
        pre_delete.connect(page_leaving, sender=model, dispatch_uid=f"press.unindex.{model.__name__}")
