"""The Studio's screens: days of the work calendars, their years, and clock profiles.

Wagtail's generic views list and ask; every change goes through an action, so permission, lock and journal are the
same as for a command.
"""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_filters import NumberFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSetGroup

from engage.calendars import actions, queries
from engage.calendars.forms import ChangedDayForm, DayForm, OwnProfileForm, ProfileForm, YearForm, YearImportForm
from engage.calendars.models import CalendarDay, CalendarYear, ClockProfile
from engage.calendars.words import TARGETS, length, source_words
from engage.studio import RefusalsInForm, WithoutHistory


def year_badge(confirmed: bool) -> str:
    return gettext("Confirmed") if confirmed else gettext("Unconfirmed year")


class DayFilters(WagtailFilterSet):
    """What the list of days can be narrowed to. A year that no calendar has would be more than a database can ask."""

    date__year = NumberFilter(field_name="date", lookup_expr="year", min_value=1, max_value=9999, label=_("Year"))

    class Meta:
        model = CalendarDay
        fields = ["calendar", "date__year", "is_workday", "source"]


class DayIndex(generic.IndexView):
    def get_base_queryset(self) -> "QuerySet[CalendarDay]":
        return queries.calendar_days(self.request.user)


class DayCreate(RefusalsInForm, generic.CreateView):
    def save_instance(self) -> CalendarDay:
        return _override(self.request.user, self.form.cleaned_data)


class DayEdit(RefusalsInForm, generic.EditView):
    def save_instance(self) -> CalendarDay:
        return _override(self.request.user, self.form.cleaned_data)


class DayDelete(generic.DeleteView):
    def delete_action(self) -> None:
        actions.remove_day(self.request.user, self.object.calendar_id, self.object.date)


def _override(actor: Any, entered: dict[str, Any]) -> CalendarDay:
    return actions.override_day(
        actor,
        entered["calendar"].pk,
        entered["date"],
        is_workday=entered["is_workday"],
        name_zh=entered["name_zh"],
        name_en=entered["name_en"],
    )


class DayViewSet(WithoutHistory):
    """Days that break the weekend rule. A day saved here is an editor's and stays so through every import."""

    model = CalendarDay
    name = "calendar-days"
    menu_label = _("Days off and working weekends")
    icon = "date"
    index_view_class, add_view_class, edit_view_class, delete_view_class = DayIndex, DayCreate, DayEdit, DayDelete
    list_display = [
        "date",
        "calendar",
        Column("kind", label=_("What it is")),
        Column("name", label=pgettext_lazy("of a day", "Name")),
        "source",
        StatusTagColumn(
            "year",
            label=_("Year"),
            accessor=lambda day: year_badge(day.year_confirmed),
            primary=lambda day: not day.year_confirmed,
        ),
    ]
    filterset_class = DayFilters
    list_per_page = 50
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[DayForm]:
        return ChangedDayForm if for_update else DayForm


class YearIndex(generic.IndexView):
    def get_base_queryset(self) -> "QuerySet[CalendarYear]":
        return queries.calendar_years(self.request.user)

    @cached_property
    def add_item_label(self) -> str:
        return gettext("Import a year")


class YearCreate(RefusalsInForm, generic.CreateView):
    """Importing makes the year."""

    page_title = _("Import a year")
    submit_button_label = _("Import")

    def save_instance(self) -> CalendarYear:
        entered = self.form.cleaned_data
        found = actions.import_year(self.request.user, entered["calendar"].pk, entered["year"])
        return queries.calendar_years(self.request.user).get(calendar=found.calendar, year=found.year)


class YearEdit(RefusalsInForm, generic.EditView):
    def save_instance(self) -> CalendarYear:
        change = actions.confirm_year if self.form.cleaned_data["confirmed"] else actions.withdraw_confirmation
        return change(self.request.user, self.object.calendar_id, self.object.year)


class YearViewSet(WithoutHistory):
    """Which years are confirmed; a year is added by importing it and is never deleted."""

    model = CalendarYear
    name = "calendar-years"
    menu_label = _("Calendar years")
    icon = "calendar-check"
    unused_views = WithoutHistory.unused_views | {"delete"}
    index_view_class, add_view_class, edit_view_class = YearIndex, YearCreate, YearEdit
    list_display = [
        "__str__",
        StatusTagColumn(
            "confirmed",
            label=_("State"),
            accessor=lambda year: year_badge(year.confirmed),
            primary=lambda year: not year.confirmed,
        ),
        Column("days_off", label=_("Weekdays off")),
        Column("make_up_days", label=_("Weekend days worked")),
    ]
    list_filter = ["calendar", "confirmed"]
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[YearForm] | type[YearImportForm]:
        return YearForm if for_update else YearImportForm


class ProfileSupersede(RefusalsInForm, generic.EditView):
    """A profile is never edited: saving makes its successor."""

    page_title = _("New version")
    submit_button_label = _("Make the new version")

    def get_page_subtitle(self) -> str:
        return gettext("New version of %(profile)s") % {"profile": self.object}

    def save_instance(self) -> ClockProfile:
        return actions.supersede_profile(self.request.user, self.object.code, self.form.profile(), now=timezone.now())


class ProfileCopy(RefusalsInForm, generic.CopyView):
    """An office's own profile starts as a copy of another."""

    page_title = _("Own profile")
    form_class = OwnProfileForm

    def get_add_url(self) -> str:
        """The form comes back here: a profile is only ever made from another one."""
        return self.request.path

    def get_page_subtitle(self) -> str:
        return gettext("Own profile like %(profile)s") % {"profile": self.get_object()}

    def save_instance(self) -> ClockProfile:
        return actions.add_profile(self.request.user, self.form.profile(), now=timezone.now())


class ProfileInspect(generic.InspectView):
    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        value = getattr(self.object, field_name)
        if field_name == "targets":
            return format_html_join(mark_safe("<br>"), "{}", ((target_line(row),) for row in value))
        if field_name == "source":
            return source_words(value)
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        if value is None:
            return pgettext("end of validity", "Open")
        return super().get_field_display_value(field_name, field)


def target_line(row: dict[str, Any]) -> str:
    """One clock of a profile as people read it: its name and length."""
    return gettext("%(clock)s: %(length)s") % {
        "clock": TARGETS.get(row["name"], row["name"]),
        "length": length(row["count"], row["unit"]),
    }


class ProfileViewSet(WithoutHistory):
    """Dated clock profiles: read, superseded, copied; never changed and never deleted."""

    model = ClockProfile
    name = "clock-profiles"
    menu_label = _("Clock profiles")
    icon = "history"
    unused_views = WithoutHistory.unused_views | {"add", "delete"}
    edit_view_class, copy_view_class, inspect_view_class = ProfileSupersede, ProfileCopy, ProfileInspect
    inspect_view_enabled = True
    inspect_view_fields = [
        "code", "family", "calendar", "valid_from", "valid_to", "rolls", "targets", "source", "shipped",
    ]  # fmt: skip
    list_display = [
        "code",
        "family",
        "calendar",
        "valid_from",
        "valid_to",
        Column("source", label=_("Source of the rule"), accessor=lambda profile: source_words(profile.source)),
    ]
    list_filter = ["calendar", "kind"]
    list_per_page = 50

    def get_form_class(self, for_update: bool = False) -> type[ProfileForm]:
        return ProfileForm if for_update else OwnProfileForm


class CalendarsGroup(ModelViewSetGroup):
    """The menu."""

    menu_label = _("Calendars and clocks")
    menu_icon = "date"
    menu_order = 700
    items = (DayViewSet, YearViewSet, ProfileViewSet)
