"""Sending a notice once more: which, why, and what that does to the time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.models import User
from mailbox import actions
from mailbox.actions.resend import CAUSES, KEEP, RESTART
from mailbox.desk.forms import DeskForm
from mailbox.kinds.reasons import REASONS
from mailbox.models import Case


class ResendForm(DeskForm):
    """Nothing is chosen beforehand: both choices are decisions that stand in the file."""

    notice = forms.ChoiceField(
        label=pgettext_lazy("case", "Notice"), error_messages={"required": _("Choose the notice")}
    )
    cause = forms.ChoiceField(
        label=_("Why it is sent again"),
        choices=[("", _("Choose")), *((code, REASONS[code]) for code in CAUSES)],
        error_messages={"required": _("Choose why it is sent again")},
    )
    clock = forms.ChoiceField(
        label=_("The time that began with it"),
        choices=[("", _("Choose")), (KEEP, _("keeps its day")), (RESTART, _("begins anew today"))],
        help_text=_("What we lost gains the house no time; a time that runs for the sender may begin anew"),
        error_messages={"required": _("Choose whether the time keeps or begins anew")},
    )

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        super().__init__(data, case=case)
        rows = case.notices.order_by("-pk")
        self.fields["notice"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.content['number']} {one.title}") for one in rows
        ]


def resend(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    """Send it again."""
    given = form.cleaned_data
    actions.resend_notice(
        case.pk,
        int(given["notice"]),
        cause=given["cause"],
        clock=given["clock"],
        actor=actor,
        now=now,
        revision=given["revision"],
    )


def received(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    """Say that the case has come."""
    actions.acknowledge_handover(case.pk, actor=actor, now=now)
