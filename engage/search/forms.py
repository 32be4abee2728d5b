"""What the search page takes in. A wrong filter is left out and named; the others still count."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import ANYONE
from engage.departments.models import Department
from engage.search import registry
from engage.search.terms import QUERY_MAX_LENGTH, storable

SHOWN_OF_A_WRONG_VALUE = 40
CODE_MAX_LENGTH = 100


class QuestionField(forms.CharField):
    """Free text: anything may be typed, so nothing is refused. One character past the limit tells that it was cut."""

    def to_python(self, value: Any) -> str:
        """Return the text, shortened, without what no database stores."""
        return storable(str(value or "")[: QUERY_MAX_LENGTH + 1]).strip(" \t\r\n\u3000")


class DayField(forms.DateField):
    """A day as people write it, full-width digits included."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"], **kwargs)

    def to_python(self, value: Any) -> date | None:
        """Return the day; name what is not one."""
        written = unicodedata.normalize("NFKC", str(value or "")[:100]).strip()
        try:
            return super().to_python(written)
        except ValidationError as error:
            raise ValidationError(
                _("“%(value)s” is not a day in the calendar. Write it as 2026-11-24. This day was left out."),
                params={"value": storable(written)[:SHOWN_OF_A_WRONG_VALUE]},
            ) from error


class DepartmentField(forms.ModelChoiceField):
    """A department by its code."""

    def to_python(self, value: Any) -> Department | None:
        """Return the department; an odd code is no more than a code nobody has."""
        return super().to_python(storable(str(value or "")[:CODE_MAX_LENGTH]))


class SearchForm(forms.Form):
    """The question and its filters; `cleaned_data` holds what can be used, even when something else is wrong."""

    q = QuestionField(required=False)
    kind = forms.MultipleChoiceField(
        required=False,
        choices=lambda: [(source.kind, source.label) for source in registry.registered()],
        error_messages={"invalid_choice": _("This kind does not exist. All kinds are shown.")},
    )
    department = DepartmentField(
        queryset=Department.objects.none(),
        to_field_name="code",
        required=False,
        error_messages={"invalid_choice": _("This department does not exist. All departments are shown.")},
    )
    since = DayField()
    until = DayField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.visible_to(ANYONE)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Leave out a period that ends before it begins."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first day. Both days were left out."))
            self.cleaned_data.pop("since")
        return self.cleaned_data
