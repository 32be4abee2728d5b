"""Every write of questionnaires and their versions."""

from surveys.actions.release import KIND, publish, unpublish
from surveys.actions.writing import (
    IN_WORK,
    check_editor,
    create_questionnaire,
    editable,
    locked,
    open_version,
    set_period,
    write_definition,
)

__all__ = [
    "IN_WORK",
    "KIND",
    "check_editor",
    "create_questionnaire",
    "editable",
    "locked",
    "open_version",
    "publish",
    "set_period",
    "unpublish",
    "write_definition",
]
