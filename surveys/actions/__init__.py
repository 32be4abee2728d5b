"""Every write of questionnaires and their versions."""

from surveys.actions.inviting import Invited, Invitee, invite, remind
from surveys.actions.release import KIND, publish, unpublish
from surveys.actions.writing import (
    IN_WORK,
    check_editor,
    create_questionnaire,
    editable,
    locked,
    open_version,
    set_embed_hosts,
    set_period,
    write_definition,
)

__all__ = [
    "IN_WORK",
    "KIND",
    "Invited",
    "Invitee",
    "check_editor",
    "create_questionnaire",
    "editable",
    "invite",
    "locked",
    "open_version",
    "publish",
    "remind",
    "set_embed_hosts",
    "set_period",
    "unpublish",
    "write_definition",
]
