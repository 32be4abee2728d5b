"""Every write of campaigns."""

from engage.outreach.campaigns.actions.audience import KIND as VOICE
from engage.outreach.campaigns.actions.audience import send_voice, withdraw_voice
from engage.outreach.campaigns.actions.measuring import (
    count_read,
    finish_report,
    fold_reads,
    remove_wave,
    set_targets,
    write_wave,
)
from engage.outreach.campaigns.actions.planning import Dates, change_campaign, create_campaign
from engage.outreach.campaigns.actions.release import KIND, hand_in, publish, unpublish
from engage.outreach.campaigns.actions.tasks import add_task, assign_task, mark_task, remove_task, tasks_from
from engage.outreach.campaigns.actions.templates import TemplateLine, write_template
from engage.outreach.campaigns.actions.writing import add_part, link_part, move_part, remove_part, write_part

__all__ = [
    "KIND",
    "VOICE",
    "Dates",
    "TemplateLine",
    "add_part",
    "add_task",
    "assign_task",
    "change_campaign",
    "count_read",
    "create_campaign",
    "finish_report",
    "fold_reads",
    "hand_in",
    "link_part",
    "mark_task",
    "move_part",
    "publish",
    "remove_part",
    "remove_task",
    "remove_wave",
    "send_voice",
    "set_targets",
    "tasks_from",
    "unpublish",
    "withdraw_voice",
    "write_part",
    "write_template",
    "write_wave",
]
