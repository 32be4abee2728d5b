"""Every write of the outbox: items and variants, release, the ledger, channels, messages that came in."""

from engage.outreach.delivery.actions.channels import change_secret, drop_old_secret, probe, save_channel, try_channel
from engage.outreach.delivery.actions.ledger import (
    Proof,
    acknowledge,
    give_up,
    hand_over_due,
    mark_posted,
    retry,
    unmark_posted,
)
from engage.outreach.delivery.actions.messages import (
    MESSAGE,
    Incoming,
    channel_name,
    finish_messages,
    import_messages,
    open_message,
    reopen_messages,
)
from engage.outreach.delivery.actions.release import KIND, publish, submit, unpublish
from engage.outreach.delivery.actions.writing import (
    Text,
    choose_channels,
    delete_item,
    follow_item,
    open_item,
    write_item,
    write_variant,
)

__all__ = [
    "KIND",
    "MESSAGE",
    "Incoming",
    "Proof",
    "Text",
    "acknowledge",
    "change_secret",
    "channel_name",
    "choose_channels",
    "delete_item",
    "drop_old_secret",
    "finish_messages",
    "follow_item",
    "give_up",
    "hand_over_due",
    "import_messages",
    "mark_posted",
    "open_item",
    "open_message",
    "probe",
    "publish",
    "reopen_messages",
    "retry",
    "save_channel",
    "submit",
    "try_channel",
    "unmark_posted",
    "unpublish",
    "write_item",
    "write_variant",
]
