"""Every write of following: asking, confirming, stopping; events; mailings and what came of them."""

from engage.outreach.follows.actions.bounces import bounced
from engage.outreach.follows.actions.digests import begin_digests
from engage.outreach.follows.actions.events import announce, release
from engage.outreach.follows.actions.following import (
    ask_to_follow,
    change,
    confirm,
    forget_unconfirmed,
    rest,
    stop,
    subscribe,
)
from engage.outreach.follows.actions.mailings import begin, forget_recipients, go_on, hold, pause, send_uncertain
from engage.outreach.follows.actions.sending import carry

__all__ = [
    "announce",
    "ask_to_follow",
    "begin",
    "begin_digests",
    "bounced",
    "carry",
    "change",
    "confirm",
    "forget_recipients",
    "forget_unconfirmed",
    "go_on",
    "hold",
    "pause",
    "release",
    "rest",
    "send_uncertain",
    "stop",
    "subscribe",
]
