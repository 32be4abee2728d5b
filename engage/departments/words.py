"""The sentences of this room's refusals."""

from typing import Any

from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Any] = {
    "department_table_unreadable": _("This is not a CSV table in UTF-8 or GB18030."),
    "department_columns_missing": _("The table lacks these columns: %(columns)s."),
    "department_rows_too_many": _("A table can have at most %(limit)s departments."),
    "department_cell_empty": _("This cell must not be empty."),
    "department_code_unusable": _(
        "%(given)s cannot be a code: use up to 40 letters, digits, dots, hyphens and underscores."
    ),
    "department_cell_too_long": _("This may have at most %(limit)s characters."),
    "department_duties_differ": _("Give as many duties in English as in Chinese, in the same order, or none."),
    "department_duty_twice": _("The same duty stands here twice."),
    "department_code_twice": _("The code %(given)s stands already on line %(first)s."),
    "department_code_taken": (_("Another department has the code %(given)s."), 409),
    "department_parent_unknown": _("No department has the code %(parent)s."),
    "department_parent_below": _("%(parent)s is this department itself or lies below it."),
    "department_too_deep": _("A department can have at most %(limit)s others above it."),
    "departments_not_imported": _("Nothing was imported: the table has errors."),
    "departments_file_not_found": _("There is no file %(file)s that can be read."),
    "department_role_unknown": _("Nobody has this role in a department."),
    "department_has_children": (_("Other departments lie below this one. Move them first."), 409),
    "department_in_use": (_("This department is referred to. Take it out of service instead."), 409),
}
