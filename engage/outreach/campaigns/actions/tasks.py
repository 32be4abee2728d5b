"""The tasks of a campaign: made from a template, moved with its day, handed to somebody, done."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.campaigns import queries, rules
from engage.outreach.campaigns.access import check_editor
from engage.outreach.campaigns.models import Campaign, Task, TaskTemplate


def tasks_from(template: TaskTemplate, campaign: Campaign) -> list[Task]:
    """Make the tasks of a template for a campaign, inside the caller's transaction."""
    calendar = calendars.work_calendar(settings.WORK_CALENDAR)
    return Task.objects.bulk_create(
        Task(
            campaign=campaign,
            title_zh=line.title_zh,
            title_en=line.title_en,
            offset=line.offset,
            exact=line.exact,
            due_on=rules.due_day(campaign.day, line.offset, calendar, exact=line.exact),
            owner=campaign.owner,
        )
        for line in template.tasks.all()
    )


def move_tasks(campaign: Campaign) -> None:
    """Compute anew when the tasks that are not done are due, inside the caller's transaction; done ones stay."""
    calendar = calendars.work_calendar(settings.WORK_CALENDAR)
    open_ones = list(campaign.tasks.select_for_update().filter(done_at=None))
    for task in open_ones:
        task.due_on = rules.due_day(campaign.day, task.offset, calendar, exact=task.exact)
    Task.objects.bulk_update(open_ones, ["due_on"])


def _task(task_id: int, actor: Actor) -> Task:
    """Lock a task and its campaign; raises Task.DoesNotExist."""
    check_editor(actor)
    campaign_id = Task.objects.values_list("campaign_id", flat=True).get(pk=task_id)
    Campaign.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=campaign_id)
    return Task.objects.select_for_update(of=("self",)).get(pk=task_id)


@transaction.atomic
def add_task(campaign_id: int, *, title_zh: str, title_en: str, offset: int, exact: bool = False, actor: Actor) -> Task:
    """Add a task of one's own.

    Raises Refused("not_allowed"), Refused("task_title_missing"), Refused("campaign_text_too_long", most=...),
    Refused("offset_wrong", most=...), Refused("tasks_full", most=...).
    """
    check_editor(actor)
    check_titles(title_zh, title_en)
    rules.check_offset(offset)
    campaign = Campaign.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=campaign_id)
    if campaign.tasks.count() >= rules.TASKS_MOST:
        raise Refused("tasks_full", most=rules.TASKS_MOST)
    calendar = calendars.work_calendar(settings.WORK_CALENDAR)
    task = Task.objects.create(
        campaign=campaign,
        title_zh=title_zh.strip(),
        title_en=title_en.strip(),
        offset=offset,
        exact=exact,
        due_on=rules.due_day(campaign.day, offset, calendar, exact=exact),
        owner=actor if isinstance(actor, User) else None,
    )
    journal.record(actor, "campaign.task_added", campaign, task=task.pk, due=task.due_on.isoformat())
    return task


def check_titles(title_zh: str, title_en: str) -> None:
    """Raise Refused("task_title_missing") or Refused("campaign_text_too_long", most=...)."""
    if not title_zh.strip() or not title_en.strip():
        raise Refused("task_title_missing")
    if max(len(title_zh), len(title_en)) > rules.LINE_MOST:
        raise Refused("campaign_text_too_long", most=rules.LINE_MOST)


@transaction.atomic
def mark_task(task_id: int, *, done: bool, now: datetime, actor: Actor) -> Task:
    """Say that a task is done, or that it is not after all; said again it changes nothing.

    One that was done and is not any more is due as the campaign's day asks now.
    """
    task = _task(task_id, actor)
    if (task.done_at is not None) == done:
        return task
    task.done_at = now if done else None
    task.done_by = actor if done and isinstance(actor, User) else None
    if not done:
        calendar = calendars.work_calendar(settings.WORK_CALENDAR)
        task.due_on = rules.due_day(task.campaign.day, task.offset, calendar, exact=task.exact)
    task.save()
    journal.record(actor, "campaign.task_done" if done else "campaign.task_reopened", task.campaign, task=task.pk)
    return task


@transaction.atomic
def assign_task(task_id: int, *, owner_id: int | None, actor: Actor) -> Task:
    """Hand a task to somebody who works on campaigns, or to nobody; raises Refused("campaign_owner_gone")."""
    task = _task(task_id, actor)
    owner = queries.people().filter(pk=owner_id).first() if owner_id is not None else None
    if owner_id is not None and owner is None:
        raise Refused("campaign_owner_gone")
    task.owner = owner
    task.save(update_fields=["owner"])
    journal.record(actor, "campaign.task_assigned", task.campaign, task=task.pk, to=owner_id or 0)
    return task


@transaction.atomic
def remove_task(task_id: int, *, actor: Actor) -> Campaign:
    """Remove a task that is not done; raises Refused("task_done")."""
    task = _task(task_id, actor)
    if task.done_at is not None:
        raise Refused("task_done")
    campaign = task.campaign
    journal.record(actor, "campaign.task_removed", campaign, task=task.pk, title=task.title_zh)
    task.delete()
    return campaign
