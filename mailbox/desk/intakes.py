"""Who receives what: the page of the desk where administrators set unit, clocks and zone of each kind of case."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from engage.accounts.actors import Role
from engage.calendars.words import TARGETS, length, source_words
from engage.departments.models import Department
from engage.desk.registry import MAILBOX, DeskPage
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message
from mailbox.actions import set_intake
from mailbox.desk.forms import ListedInput, UnitField
from mailbox.desk.texts import only_managers
from mailbox.kinds import KINDS
from mailbox.machine import Machine
from mailbox.queries.intakes import InForce, intakes_in_force, profile_today
from mailbox.words import listed

INTAKES = DeskPage("intakes", _("Receiving units"), (Role.ADMINISTRATOR,), "desk_intakes", group=MAILBOX)
# Where the form shows what `set_intake` refuses.
FIELDS = {"department_gone": "department", "clock_profile_unknown": "family", "zone_unknown": "zone"}


@cache
def _zones() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name)


class ZoneInput(ListedInput):
    """A field for a time zone, with the names of all to choose from."""

    def choices(self) -> list[str]:
        """Return the names of the zones that lie somewhere."""
        return _zones()


class IntakeForm(forms.Form):
    """Unit, clocks and zone of one kind; what is left empty is as the house has it."""

    department = UnitField(label=_("Receiving unit"), required=False, help_text=_("Empty: the first unit of the house"))
    family = forms.ChoiceField(label=_("Clocks"), required=False)
    zone = forms.CharField(label=_("Time zone"), required=False, max_length=40, widget=ZoneInput)

    def __init__(self, data: Any = None, *, now: InForce) -> None:
        initial = {}
        if now.row is not None:
            initial = {"department": _typed(now.row.department), "family": now.row.family, "zone": now.row.zone}
        super().__init__(data, initial=initial)
        families = now.machine.families
        own = gettext("As the kind has it: %(clocks)s") % {"clocks": clock_words(now.machine, families[0])}
        choices = [("", own), *((family, clock_words(now.machine, family)) for family in families)]
        self.fields["family"].choices = choices  # type: ignore[attr-defined]
        self.fields["zone"].widget.attrs |= {"class": "input", "autocomplete": "off", "spellcheck": "false"}
        self.fields["zone"].help_text = gettext("Empty: the zone of the house, %(zone)s") % {"zone": settings.TIME_ZONE}


def _typed(unit: Department | None) -> str:
    """Return a unit as `UnitField` reads it: by its name, or by its code where another is called so, too."""
    if unit is None:
        return ""
    names = [one.name for one in Department.objects.active()]
    return unit.code if names.count(unit.name) > 1 else unit.name


def clock_words(machine: Machine, family: str) -> str:
    """Say how long the clocks of a family are that begin with a case of the kind."""
    profile = profile_today(family)
    if profile is None:
        return family
    begin = {effect.target for effect in machine.opening}
    said = [
        gettext("%(clock)s: %(length)s")
        % {"clock": TARGETS.get(target.name, target.name), "length": length(target.count, target.unit)}
        for target in profile.targets
        if target.name in begin
    ]
    if profile.rolls:
        said.append(gettext("moves to the next working day"))
    return f"{listed(said)} ({family})"


@require_safe
@for_staff
def intakes(request: HttpRequest) -> HttpResponse:
    """List the kinds with what is in force for each."""
    only_managers(request)
    shown = []
    for one in intakes_in_force():
        profile = profile_today(one.family)
        source = source_words(profile.source) if profile else ""
        shown.append((one, clock_words(one.machine, one.family), source))
    return render(request, "mailbox/desk/intakes.html", frame(request, INTAKES) | {"kinds": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def intake_of(request: HttpRequest, kind: str) -> HttpResponse:
    """Set who receives a kind, by which clocks and in which zone."""
    only_managers(request)
    if kind not in KINDS:
        raise Http404
    [now] = intakes_in_force(kind)
    form = IntakeForm(request.POST if request.method == "POST" else None, now=now)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        unit = given["department"]
        try:
            set_intake(
                kind,
                department_id=unit.pk if unit else None,
                family=given["family"],
                zone=given["zone"],
                actor=request.user,
            )
        except Refused as refused:
            form.add_error(FIELDS[refused.code], refusal_message(refused))
        else:
            messages.success(request, gettext("It is set for what comes from now on"))
            return redirect("desk_intakes")
    context = {"form": form, "now": now, "clocks": clock_words(now.machine, now.family)}
    status = 422 if form.is_bound else 200
    return render(request, "mailbox/desk/intake_of.html", frame(request, INTAKES) | context, status=status)
