"""Sections of departments: opened once, with a group, a collection and pages; who edits them follows the memberships.

Who is a department editor: whoever holds the role `section_editor` through a membership of a department
(engage.departments) and not the role `editor`. The two are kept apart on purpose. Wagtail only adds permissions up:
whoever is in the group `editor`, which may edit every page, cannot be held to a part of the tree by another group; and
the role `editor` opens far more than pages, of all departments: drafts of laws, calls, interpretations, the media list.
So the role `section_editor` opens the Studio and nothing in it, and the group of each section adds its own subtree and
its own collection. A person who holds both roles is an editor of the whole site, as before.

A membership counts for the department and all below it, as everywhere (`departments.queries.members_of`).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import override
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from engage.accounts.actors import SYSTEM, Actor, Role
from engage.accounts.models import User
from engage.departments.models import Department
from engage.departments.queries import members_of
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.press.access import check_administrator
from engage.outreach.press.models import DepartmentIndexPage, DepartmentSectionPage, Section

PAGE_VERBS = ("add_page", "change_page", "publish_page")
FILE_VERBS = (
    ("wagtailimages", "add_image"),
    ("wagtailimages", "change_image"),
    ("wagtailimages", "choose_image"),
    ("wagtaildocs", "add_document"),
    ("wagtaildocs", "change_document"),
    ("wagtaildocs", "choose_document"),
)


@transaction.atomic
def open_section(department: Department, *, actor: Actor) -> Section:
    """Give a department pages of its own: an unpublished front page in each language, a collection, a group of editors.

    Raises Refused("not_allowed") for everybody but administrators, Refused("section_exists").
    """
    check_administrator(actor)
    if Section.objects.filter(department=department).exists():
        raise Refused("section_exists")
    group = Group.objects.create(name=f"section:{department.code}")
    collection = Collection.get_first_root_node().add_child(name=f"{department.name_zh} {department.name_en}".strip())
    for label, codename in FILE_VERBS:
        GroupCollectionPermission.objects.create(
            group=group, collection=collection, permission=_permission(label, codename)
        )
    key = None
    for index in DepartmentIndexPage.objects.select_related("locale").order_by("path"):
        page = _front_page(index, department, key)
        key = page.translation_key
        for codename in PAGE_VERBS:
            GroupPagePermission.objects.create(group=group, page=page, permission=_permission("wagtailcore", codename))
    section = Section.objects.create(department=department, group=group, collection=collection)
    journal.record(actor, "section.opened", section, department=department.code)
    sync_section(section, actor=actor)
    return section


def _front_page(index: DepartmentIndexPage, department: Department, key: Any) -> DepartmentSectionPage:
    with override(index.locale.language_code):
        page = DepartmentSectionPage(
            title=department.name,
            slug=_slug(index, department),
            locale=index.locale,
            department=department,
            live=False,
        )
    if key is not None:
        page.translation_key = key
    index.add_child(instance=page)
    page.save_revision()
    return page


def _slug(index: Page, department: Department) -> str:
    """Return a free last part of the address: the department's code in Latin letters."""
    wanted = "".join(sign if sign.isalnum() else "-" for sign in department.code.lower()).strip("-") or "department"
    taken = set(index.get_children().values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _permission(label: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=label, codename=codename)


@transaction.atomic
def sync_section(section: Section, *, actor: Actor = SYSTEM) -> None:
    """Let the group of a section hold exactly the people whose membership makes them its editors."""
    wanted = set(members_of(section.department, Role.SECTION_EDITOR).values_list("user_id", flat=True))
    held = set(section.group.user_set.values_list("pk", flat=True))
    if wanted == held:
        return
    section.group.user_set.set(User.objects.filter(pk__in=wanted))
    journal.record(actor, "section.editors", section, added=sorted(wanted - held), removed=sorted(held - wanted))


def sync_below(department: Department) -> None:
    """Bring the sections of a department and of all below it in step."""
    for section in Section.objects.filter(department__path__startswith=department.path).select_related("department"):
        sync_section(section)


def sync_all() -> int:
    """Bring every section in step, after departments moved; returns how many sections there are."""
    sections = list(Section.objects.select_related("department", "group"))
    for section in sections:
        sync_section(section)
    return len(sections)
