"""What the builder's templates ask of form fields."""

from __future__ import annotations

from django import forms, template
from django.forms.boundfield import BoundField

from surveys.definition.pictures import STORED_NAME
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
def is_stored_picture(name: str) -> bool:
    """Tell whether a name is that of a picture which was taken in, and not only spoken of."""
    return bool(STORED_NAME.fullmatch(str(name)))


@register.filter
def language_named(code: str) -> str:
    """Name the language of a field."""
    return language_name(code)
