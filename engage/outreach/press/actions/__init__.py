"""Every write of the press room."""

from engage.outreach.press.actions.digests import (
    hand_in_digest,
    make_digest,
    publish_digest,
    write_digest,
    write_letters,
)
from engage.outreach.press.actions.media import (
    add_contact,
    ask_to_join,
    confirm_contact,
    contact_by,
    end_contact,
    is_signed,
    signed,
)
from engage.outreach.press.actions.release import (
    announce,
    hand_in,
    note_early_read,
    publish,
    take_down,
    take_down_by_gate,
)
from engage.outreach.press.actions.sections import open_section, sync_all, sync_below, sync_section
from engage.outreach.press.actions.writing import (
    add_file,
    delete_release,
    describe_file,
    open_release,
    remove_file,
    write_release,
)

__all__ = [
    "add_contact",
    "add_file",
    "announce",
    "ask_to_join",
    "confirm_contact",
    "contact_by",
    "delete_release",
    "describe_file",
    "end_contact",
    "hand_in",
    "hand_in_digest",
    "is_signed",
    "make_digest",
    "note_early_read",
    "open_release",
    "open_section",
    "publish",
    "publish_digest",
    "remove_file",
    "signed",
    "sync_all",
    "sync_below",
    "sync_section",
    "take_down",
    "take_down_by_gate",
    "write_digest",
    "write_letters",
    "write_release",
]
