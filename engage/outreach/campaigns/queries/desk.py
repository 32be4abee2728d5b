"""What editors of campaigns see at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from engage.accounts.actors import ANYONE, Actor, Role, is_staff
from engage.accounts.models import User
from engage.outreach.campaigns import registry
from engage.outreach.campaigns.models import AudienceTag, Campaign, Part, Task, TaskTemplate
from engage.publishing.models import Release

KIND = "campaign"
SUGGESTED = 8


def _with_review(found: QuerySet[Campaign]) -> QuerySet[Campaign]:
    open_ones = Release.objects.filter(state__in=Release.OPEN, kind=KIND, object_id=OuterRef("pk"))
    return found.annotate(in_review=Exists(open_ones))  # type: ignore[no-redef]


def of_desk(actor: Actor) -> QuerySet[Campaign]:
    """Return all campaigns for who works here, with their words and whether they are in review; else none."""
    if not is_staff(actor):
        return Campaign.objects.none()
    found = Campaign.objects.visible_to(actor).select_related("department").prefetch_related("texts")
    return _with_review(found.defer("content", "report"))


def campaigns(*, actor: Actor, today: date) -> list[Campaign]:
    """Return all campaigns, the latest day first, each with how many tasks are open and overdue."""
    found = of_desk(actor).annotate(
        open_tasks=Count("tasks", filter=Q(tasks__done_at=None), distinct=True),
        late_tasks=Count("tasks", filter=Q(tasks__done_at=None, tasks__due_on__lt=today), distinct=True),
    )
    return list(found.order_by("-day", "-pk")[:300])


def my_tasks(*, actor: Actor) -> list[Task]:
    """Return the tasks that wait for one person, the one due first at the top."""
    if not is_staff(actor) or actor.pk is None:
        return []
    found = Task.objects.filter(owner=actor.pk, done_at=None).select_related("campaign")
    return list(found.prefetch_related("campaign__texts").order_by("due_on", "pk")[:100])


def campaign_of(pk: int, *, actor: Actor) -> Campaign | None:
    """Return a campaign for who works at the desk; None for everybody else."""
    if not is_staff(actor):
        return None
    found = Campaign.objects.visible_to(actor).select_related("department", "owner")
    return _with_review(found.prefetch_related("texts", "topics", "audience")).filter(pk=pk).first()


def parts_of(campaign: Campaign) -> list[Part]:
    """Return the parts of a campaign in their order, with words."""
    return list(campaign.parts.prefetch_related("texts").order_by("position", "pk"))


def tasks_of(campaign: Campaign) -> list[Task]:
    """Return the tasks of a campaign, the one due first at the top."""
    return list(campaign.tasks.select_related("owner", "done_by"))


def people() -> QuerySet[User]:
    """Return who may own a campaign or a task: editors, approvers and analysts."""
    roles = (Role.EDITOR, Role.APPROVER, Role.ANALYST)
    return User.objects.filter(is_active=True, groups__name__in=roles).distinct().order_by("email")


def templates() -> list[TaskTemplate]:
    """Return every template with its tasks, the newest first."""
    return list(TaskTemplate.objects.prefetch_related("tasks").order_by("-valid_from", "-pk"))


def templates_in_force(today: date | None = None) -> QuerySet[TaskTemplate]:
    """Return the templates that campaigns can begin with on a day."""
    day = today or timezone.localdate()
    found = TaskTemplate.objects.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gte=day))
    return found.prefetch_related(Prefetch("tasks"))


def audience_tags() -> list[AudienceTag]:
    """Return the groups of people a campaign can be for."""
    return list(AudienceTag.objects.all())


@dataclass(frozen=True)
class Suggested:
    """One heading of suggestions."""

    code: str
    label: str
    items: list[registry.Item]


def suggested(topics: list[str], *, actor: Actor, language: str) -> list[Suggested]:
    """Return what other rooms suggest for topics; without topics nothing."""
    if not topics:
        return []
    groups = []
    for entry in registry.suggestions():
        if items := list(entry.find(topics, actor=actor, language=language, limit=SUGGESTED)):
            groups.append(Suggested(entry.code, str(entry.label), items))
    return groups


def linkable(topics: list[str], *, language: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return what a part can point to: source, its name, and (key, title) of what everybody may read on the topics."""
    return [
        (source.code, str(source.label), [(item.key, item.title) for item in items])
        for source in registry.sources()
        if source.find is not None
        and (items := source.collect(topics, actor=ANYONE, language=language, limit=50) if topics else ())
    ]
