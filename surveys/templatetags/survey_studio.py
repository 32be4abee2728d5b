"""What the builder's templates ask of form fields."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms, template
from django.forms.boundfield import BoundField

from surveys.definition.pictures import kind_of
from surveys.studio.question_forms import Row, side_by_side
from surveys.studio.words import language_name

register = template.Library()


@register.filter
def is_group(field: BoundField) -> bool:
    """Tell whether a field is several controls under one legend."""
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple | forms.RadioSelect)


@register.filter
def rows_of(form: forms.Form) -> list[Row]:
    """Return the fields of any form as rows."""
    return side_by_side(form)


@register.filter
def has_something(rows: Sequence[Row]) -> bool:
    """Tell whether there is something to see in rows that can be folded away."""
    return any(row.is_open for row in rows)


@register.filter
def stored_kind(name: str) -> str:
    """Say what a file is that was taken in; empty of one that is only spoken of."""
    return kind_of(str(name)) or ""


@register.filter
def language_named(code: str) -> str:
    """Name the language of a field."""
    return language_name(code)
