"""What somebody should look at before an answer is handed in: newer words of colleagues or of the sender."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from mailbox.desk.board import Board
from mailbox.desk.presence import Present
from mailbox.models import Draft, Message

# The steps by which an answer leaves its author's hands.
HANDING_IN = frozenset({"submit_draft", "answer_plainly"})


def doubts(board: Board, *, user_id: int, others: Sequence[Present], seen: int | None = None) -> list[str]:
    """Say why handing in now may pass over somebody. `seen` is the revision of the draft that the page showed."""
    case, shared = board.case, board.shared
    found = []
    newer = Draft.objects.filter(case=case, shared=False).exclude(author_id=user_id).exclude(state=Draft.State.SENT)
    if shared is not None:
        newer = newer.filter(changed_at__gt=shared.changed_at)
    for draft in newer.exclude(text="").select_related("author"):
        said = gettext("%(name)s has a newer draft of their own, changed at %(at)s")
        found.append(said % {"name": draft.author, "at": time_format(localtime(draft.changed_at), "TIME_FORMAT")})
    writing = [one.name for one in others if one.writing]
    if shared is not None and shared.is_held_from(user_id, board.now):
        writing.append(str(shared.held_by))
    for name in dict.fromkeys(writing):
        found.append(gettext("%(name)s is writing in the answer now") % {"name": name})
    if shared is not None and seen is not None and seen != shared.revision:
        found.append(gettext("The draft was changed since this page was opened. Read it again"))
    if shared is not None and _last_word(board) > shared.changed_at.timestamp():
        found.append(gettext("The sender wrote after the draft was changed last"))
    return found


def _last_word(board: Board) -> float:
    came = [one.at.timestamp() for one in board.messages if one.direction == Message.Direction.IN]
    return max(came, default=0.0)
