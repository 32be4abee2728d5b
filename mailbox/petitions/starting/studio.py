"""The Studio's screens for how petitions are run: rules, reasons for turning one down, thresholds, limits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSetGroup

from engage.studio import Journalled, WithoutHistory
from mailbox.petitions.models import PetitionRules, RateLimit, RejectionReason, Threshold

NUMBERS = {"sponsors_needed": 1_000, "months_open": 60, "confirm_days": 365, "keep_months": 120}


class RulesForm(forms.ModelForm):
    """Numbers that go together."""

    required_css_class = "required"

    class Meta:
        model = PetitionRules
        fields = [
            "sponsors_needed", "sponsors_most", "months_open", "moderation_days", "moderation_near_days", "queue_long",
            "confirm_days", "keep_months", "signing_paused", "pause_zh", "pause_en",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse rules by which no petition could be run."""
        given: dict[str, Any] = super().clean() or {}
        for name, most in NUMBERS.items():
            if name in given and not 1 <= given[name] <= most:
                self.add_error(name, _("Write a number from 1 to %(most)d") % {"most": most})
        if not self.errors and given["sponsors_most"] < given["sponsors_needed"]:
            self.add_error("sponsors_most", _("This must not be less than the sponsors that are needed"))
        if not self.errors and given["moderation_near_days"] > given["moderation_days"]:
            self.add_error("moderation_near_days", _("This must not be more than the days for moderation"))
        return given


class RulesEdit(Journalled, generic.EditView):
    journal_verb = "petition.rules_changed"


class RulesViewSet(WithoutHistory):
    """One row: it is changed, never added, never deleted."""

    model = PetitionRules
    name = "petition-rules"
    menu_label = _("Rules of petitions")
    icon = "cog"
    unused_views = WithoutHistory.unused_views | {"add", "delete"}
    edit_view_class = RulesEdit
    list_display = [
        Column("__str__", label=_("Rules"), accessor=str),
        "sponsors_needed",
        "months_open",
        "moderation_days",
        "signing_paused",
    ]
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return RulesForm


class ReasonCreate(Journalled, generic.CreateView):
    journal_verb = "petition.reason_made"


class ReasonEdit(Journalled, generic.EditView):
    journal_verb = "petition.reason_changed"


class ReasonViewSet(WithoutHistory):
    """Reasons for turning a petition down. One that is not used any more is switched off: old decisions name it."""

    model = RejectionReason
    name = "petition-reasons"
    menu_label = _("Reasons for turning down")
    icon = "cross"
    unused_views = WithoutHistory.unused_views | {"delete"}
    add_view_class, edit_view_class = ReasonCreate, ReasonEdit
    list_display = [Column("title", label=_("Reason"), accessor=str), "code", "hides", "active", "position"]
    list_filter = ["hides", "active"]
    form_fields = ["code", "title_zh", "title_en", "mend_zh", "mend_en", "hides", "active", "position"]
    copy_view_enabled = False


class ThresholdForm(forms.ModelForm):
    """Thresholds are dated: what is in force for petitions that are open stays."""

    required_css_class = "required"

    class Meta:
        model = Threshold
        fields = ["kind", "number", "days", "valid_from"]
        widgets = {"valid_from": forms.DateInput(attrs={"type": "date"})}

    def clean(self) -> dict[str, Any]:
        """Only what is not in force yet can be set."""
        given: dict[str, Any] = super().clean() or {}
        today = timezone.localdate()
        before = Threshold.objects.filter(pk=self.instance.pk).first()
        if before is not None and before.valid_from < today:
            message = _("This one is in force: open petitions keep it. Add another with a later day")
            self.add_error("valid_from", message)
        elif given.get("valid_from") and given["valid_from"] < today:
            self.add_error("valid_from", _("Choose today or a later day: petitions that are open keep what they had"))
        if given.get("number") == 0:
            self.add_error("number", _("Write a number of at least 1"))
        if given.get("days") == 0:
            self.add_error("days", _("Write a number of at least 1"))
        return given


class ThresholdCreate(Journalled, generic.CreateView):
    journal_verb = "petition.threshold_made"


class ThresholdEdit(Journalled, generic.EditView):
    journal_verb = "petition.threshold_changed"


class ThresholdViewSet(WithoutHistory):
    """From how many signatures on an answer or a debate is due."""

    model = Threshold
    name = "petition-thresholds"
    menu_label = _("Thresholds")
    icon = "tick"
    unused_views = WithoutHistory.unused_views | {"delete"}
    add_view_class, edit_view_class = ThresholdCreate, ThresholdEdit
    list_display = [
        Column("kind", accessor="get_kind_display", label=_("What is earned")),
        "number",
        "days",
        "valid_from",
    ]
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return ThresholdForm


class LimitCreate(Journalled, generic.CreateView):
    journal_verb = "petition.limit_made"


class LimitEdit(Journalled, generic.EditView):
    journal_verb = "petition.limit_changed"


class LimitForm(forms.ModelForm):
    """A window that holds something."""

    required_css_class = "required"

    class Meta:
        model = RateLimit
        fields = ["by", "most", "seconds", "active"]

    def clean(self) -> dict[str, Any]:
        """Refuse a window of no length, and one that no row is kept for."""
        given: dict[str, Any] = super().clean() or {}
        if "seconds" in given and not 10 <= given["seconds"] <= 24 * 3600:
            self.add_error("seconds", _("Write from 10 to 86,400 seconds"))
        if given.get("most") == 0:
            self.add_error("most", _("Write a number of at least 1"))
        return given


class LimitViewSet(WithoutHistory):
    """How many requests to sign are normal."""

    model = RateLimit
    name = "petition-limits"
    menu_label = _("Limits of signing")
    icon = "warning"
    unused_views = WithoutHistory.unused_views | {"delete"}
    add_view_class, edit_view_class = LimitCreate, LimitEdit
    list_display = [Column("by", accessor="get_by_display", label=_("Counted by")), "most", "seconds", "active"]
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return LimitForm


class PetitionsGroup(ModelViewSetGroup):
    """The menu."""

    menu_label = _("Petitions")
    menu_icon = "group"
    menu_order = 130
    items = (RulesViewSet, ReasonViewSet, ThresholdViewSet, LimitViewSet)
