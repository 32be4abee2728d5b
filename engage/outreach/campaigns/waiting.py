"""What of campaigns waits for an editor: tasks of one's own that are due or overdue."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.outreach.campaigns import queries
from engage.outreach.campaigns.access import may_write
from engage.pages.studio import Group, Waiting

SOON = timedelta(days=7)


def for_editors(actor: Actor) -> list[Waiting]:
    """Return the tasks that are due within a week, the overdue ones first."""
    if not may_write(actor):
        return []
    today = timezone.localdate()
    return [
        Waiting(
            title=f"{task.campaign.title} · {task.title}",
            note=(gettext("Overdue since %(day)s") if task.is_overdue(today) else gettext("Due on %(day)s"))
            % {"day": date_format(task.due_on, "DATE_FORMAT")},
            url=reverse("campaign_builder", args=[task.campaign_id]) + f"#task-{task.pk}",
        )
        for task in queries.my_tasks(actor=actor)
        if task.due_on <= today + SOON
    ]


WAITING = Group("campaigns", _("Campaigns"), 60, for_editors)
