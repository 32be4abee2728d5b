"""Every write of questionnaires and their versions."""

from surveys.actions.inviting import Invited, Invitee, invite, remind
from surveys.actions.keeping import KeptWords, change_kept, keep_part, may_change, may_share, remove_kept, take_kept
from surveys.actions.picturing import add_picture, settle_pictures
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
    "KeptWords",
    "add_picture",
    "change_kept",
    "check_editor",
    "create_questionnaire",
    "editable",
    "invite",
    "keep_part",
    "locked",
    "may_change",
    "may_share",
    "open_version",
    "publish",
    "remind",
    "remove_kept",
    "set_embed_hosts",
    "set_period",
    "settle_pictures",
    "take_kept",
    "unpublish",
    "write_definition",
]
