"""What the desk of the press room lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from engage.accounts.actors import Actor, Role, has_role
from engage.departments.models import Department
from engage.outreach.press import rules
from engage.outreach.press.models import DepartmentSectionPage, Digest, Edition, MediaContact, Release, Section

MONTHS_BACK = 12


def releases(view: str, *, actor: Actor) -> QuerySet[Release]:
    """List releases: those being written (or corrected), or those that are out."""
    standing = Edition.objects.filter(release=OuterRef("pk"), superseded=False, taken_down_at__isnull=True)
    found = (
        Release.objects.visible_to(actor)
        .select_related("department", "author")
        .annotate(is_out=Exists(standing))
        .prefetch_related(Prefetch("editions", Edition.objects.filter(superseded=False), to_attr="standing"))
    )
    return found.filter(is_out=view == "out")


def release_of(pk: int, *, actor: Actor) -> Release | None:
    """Return one release as it is written; None when the actor may not see it."""
    return Release.objects.visible_to(actor).select_related("department", "author").filter(pk=pk).first()


def contacts(*, actor: Actor, topic: str = "") -> QuerySet[MediaContact]:
    """List the media list, confirmed first; `topic` keeps one beat."""
    found = MediaContact.objects.visible_to(actor).select_related("contact", "by").prefetch_related("topics")
    return found.filter(topics__code=topic) if topic else found


def digests(*, actor: Actor) -> QuerySet[Digest]:
    """List the digests, newest month first."""
    return Digest.objects.visible_to(actor)


def digest_of(pk: int, *, actor: Actor) -> Digest | None:
    """Return one digest; None when the actor may not see it."""
    return Digest.objects.visible_to(actor).filter(pk=pk).first()


def months_to_tell(now: datetime) -> list[date]:
    """List the past months without a digest, newest first, a year back."""
    month = timezone.localdate(now).replace(day=1)
    months = []
    for _back in range(MONTHS_BACK):
        month = rules.month_before(month)
        months.append(month)
    known = set(Digest.objects.filter(month__in=months).values_list("month", flat=True))
    return [month for month in months if month not in known]


@dataclass(frozen=True)
class SectionRow:
    """A department, its section where there is one, its pages by language and how many edit it."""

    department: Department
    section: Section | None
    pages: dict[str, DepartmentSectionPage]
    editors: int


def sections(*, actor: Actor) -> list[SectionRow]:
    """List the departments in service with their sections; administrators only, for everybody else it is empty."""
    if not has_role(actor, Role.ADMINISTRATOR):
        return []
    editors = Count("group__user", filter=Q(group__user__is_active=True))
    opened = {row.department_id: row for row in Section.objects.annotate(editors=editors)}
    pages: dict[int, dict[str, DepartmentSectionPage]] = {}
    for page in DepartmentSectionPage.objects.select_related("locale").order_by("path"):
        pages.setdefault(page.department_id, {}).setdefault(page.locale.language_code, page)
    return [
        SectionRow(
            department,
            opened.get(department.pk),
            pages.get(department.pk, {}),
            opened[department.pk].editors if department.pk in opened else 0,
        )
        for department in Department.objects.active()
    ]
