"""The table of days an office works and rests, and the dated clock profiles."""

from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.db import models
from django.utils import formats
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from engage.accounts.actors import Actor

# The longest name the package gives a day has 132 letters.
NAME_MAX_LENGTH = 250
CODE_MAX_LENGTH = 60


class PublicQuerySet(models.QuerySet):
    """Rows that everybody may read: by which days and rules an office counts is no secret."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return every row."""
        return self


def _in_active_language(zh: str, en: str) -> str:
    return (en or zh) if (get_language() or "").startswith("en") else (zh or en)


class Calendar(models.Model):
    """One work calendar. `revision` changes with every change of its days, so that a process knows its copy is old."""

    code = models.SlugField(_("code"), max_length=20, primary_key=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=NAME_MAX_LENGTH)
    name_en = models.CharField(_("name in English"), max_length=NAME_MAX_LENGTH)
    revision = models.UUIDField(default=uuid4, editable=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("work calendar")
        verbose_name_plural = _("work calendars")
        ordering = ["code"]

    def __str__(self) -> str:
        return _in_active_language(self.name_zh, self.name_en)


class CalendarDay(models.Model):
    """A day that breaks the weekend rule. A day that a person set is never touched by an import."""

    class Source(models.TextChoices):
        IMPORT = "import", _("imported")
        OVERRIDE = "override", _("set by an editor")

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="days", verbose_name=_("work calendar"))
    date = models.DateField(_("date"))
    is_workday = models.BooleanField(_("working day"), default=False)
    name_zh = models.CharField(_("name in Chinese"), max_length=NAME_MAX_LENGTH, blank=True)
    name_en = models.CharField(_("name in English"), max_length=NAME_MAX_LENGTH, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, editable=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["-date", "calendar"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "date"],
                name="calendar_day_once",
                violation_error_message=_("This calendar already has a row for that day. Change the row instead."),
            ),
        ]

    def __str__(self) -> str:
        return formats.date_format(self.date, "DATE_FORMAT")

    @property
    def name(self) -> str:
        """The name in the active language."""
        return _in_active_language(self.name_zh, self.name_en)

    @property
    def kind(self) -> str:
        """What the day is, in the active language."""
        return gettext("Working day") if self.is_workday else gettext("Day off")


class CalendarYear(models.Model):
    """One year of a calendar. Due days counted through an unconfirmed year may still move."""

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="years", verbose_name=_("work calendar"))
    year = models.PositiveSmallIntegerField(_("year"))
    confirmed = models.BooleanField(
        _("confirmed"),
        default=False,
        help_text=_("The year's official notice is out and the days below agree with it."),
    )

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["-year", "calendar"]
        constraints = [models.UniqueConstraint(fields=["calendar", "year"], name="calendar_year_once")]

    def __str__(self) -> str:
        return gettext("%(calendar)s, %(year)s") % {"calendar": self.calendar, "year": str(self.year)}


class ClockProfile(models.Model):
    """A dated version of the clocks of one family, as `profiles.Profile`.

    A row is never changed: a case keeps it for life. A new version begins on a later day and closes this one.
    """

    code = models.SlugField(_("code"), max_length=CODE_MAX_LENGTH, unique=True)
    family = models.SlugField(_("family"), max_length=CODE_MAX_LENGTH)
    kind = models.SlugField(_("kind"), max_length=30)
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="profiles", verbose_name=_("work calendar"))
    valid_from = models.DateField(_("for what is received from"))
    valid_to = models.DateField(_("for what is received until"), null=True, blank=True)
    rolls = models.BooleanField(
        _("moves to the next working day"),
        default=False,
        help_text=_("A day counted in calendar days that falls on a day off moves to the next working day."),
    )
    targets = models.JSONField(_("what is due when"))
    source = models.CharField(_("source of the rule"), max_length=300)
    shipped = models.BooleanField(_("comes with Engage"), default=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock profile")
        verbose_name_plural = _("clock profiles")
        ordering = ["family", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["family", "valid_from"], name="clock_profile_once_per_day"),
            models.UniqueConstraint(
                fields=["family"], condition=models.Q(valid_to=None), name="clock_profile_one_open_per_family"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="clock_profile_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.code
