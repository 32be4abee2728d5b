"""Every write about what is published of cases."""

from mailbox.publication.actions.files import (
    NewFile,
    add_file,
    attachment_file,
    fetch_result,
    remove_file,
    uploaded_file,
)
from mailbox.publication.actions.preparing import Checked, check_words, may_prepare, open_publication
from mailbox.publication.actions.readers import fold_helped, note_helped
from mailbox.publication.actions.releasing import forget_senders, publish, set_consent, unpublish

__all__ = [
    "Checked",
    "NewFile",
    "add_file",
    "attachment_file",
    "check_words",
    "fetch_result",
    "fold_helped",
    "forget_senders",
    "may_prepare",
    "note_helped",
    "open_publication",
    "publish",
    "remove_file",
    "set_consent",
    "unpublish",
    "uploaded_file",
]
