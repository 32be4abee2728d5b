"""Every write of packs: the editors' table, the way to the public, experts, what readers say."""

from consultations.packs.actions.audience import KIND as REACTION
from consultations.packs.actions.audience import send_reaction, withdraw_reaction
from consultations.packs.actions.experts import (
    accept_text,
    hand_in,
    invite,
    renew_invitation,
    return_text,
    revoke_invitation,
)
from consultations.packs.actions.release import KIND, publish, unpublish
from consultations.packs.actions.writing import add_block, move_block, open_pack, remove_block, write_block

__all__ = [
    "KIND",
    "REACTION",
    "accept_text",
    "add_block",
    "hand_in",
    "invite",
    "move_block",
    "open_pack",
    "publish",
    "remove_block",
    "renew_invitation",
    "return_text",
    "revoke_invitation",
    "send_reaction",
    "unpublish",
    "withdraw_reaction",
    "write_block",
]
