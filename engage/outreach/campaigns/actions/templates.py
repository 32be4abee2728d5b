"""Lists of tasks, in force from a day on; campaigns copy from them, so a change touches none that is begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.campaigns import rules
from engage.outreach.campaigns.access import check_editor
from engage.outreach.campaigns.actions.tasks import check_titles
from engage.outreach.campaigns.models import TaskTemplate, TemplateTask


@dataclass(frozen=True)
class TemplateLine:
    """One task of a template."""

    title_zh: str
    title_en: str
    offset: int
    exact: bool = False


@transaction.atomic
def write_template(
    template_id: int | None,
    *,
    name_zh: str,
    name_en: str,
    valid_from: date,
    valid_to: date | None,
    lines: Sequence[TemplateLine],
    actor: Actor,
) -> TaskTemplate:
    """Write a template, or make one when there is no key.

    Raises Refused("not_allowed"), Refused("template_name_missing"), Refused("template_days_reversed"),
    Refused("template_empty"), Refused("tasks_full", most=...) and those of its lines.
    """
    check_editor(actor)
    if not name_zh.strip() or not name_en.strip():
        raise Refused("template_name_missing")
    if max(len(name_zh), len(name_en)) > rules.TITLE_MOST:
        raise Refused("campaign_text_too_long", most=rules.TITLE_MOST)
    if valid_to is not None and valid_to < valid_from:
        raise Refused("template_days_reversed")
    if not lines:
        raise Refused("template_empty")
    if len(lines) > rules.TASKS_MOST:
        raise Refused("tasks_full", most=rules.TASKS_MOST)
    for line in lines:
        check_titles(line.title_zh, line.title_en)
        rules.check_offset(line.offset)
    template = TaskTemplate() if template_id is None else TaskTemplate.objects.select_for_update().get(pk=template_id)
    template.name_zh, template.name_en = name_zh.strip(), name_en.strip()
    template.valid_from, template.valid_to = valid_from, valid_to
    template.save()
    template.tasks.all().delete()
    TemplateTask.objects.bulk_create(
        TemplateTask(
            template=template,
            title_zh=line.title_zh.strip(),
            title_en=line.title_en.strip(),
            offset=line.offset,
            exact=line.exact,
        )
        for line in lines
    )
    journal.record(actor, "campaign.template_written", template, tasks=len(lines))
    return template
