"""What leaves a case as a file, and what else its sender sent: each is asked for by pressing a button, and recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from engage.journal import actions as journal
from mailbox.desk import bundle
from mailbox.desk.board import may_export
from mailbox.desk.views import _board, _page, for_cases
from mailbox.desk.words import html_lang
from mailbox.queries import senders

SHOWN_MOST = 100


@require_POST
@for_cases
def export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Send the whole case as a ZIP file, written while it is read."""
    board = _board(request, pk)
    if not may_export(board):
        raise Http404
    name = bundle.file_name(board.case, bundle.day_of(board))
    pieces = bundle.exported(board, actor=request.user, now=board.now)
    return StreamingHttpResponse(
        _in_turns(pieces) if isinstance(request, ASGIRequest) else pieces,
        content_type="application/zip",
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "",
            "Cache-Control": "private, no-store",
        },
    )


async def _in_turns(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Send each piece before the next is made; Django would otherwise make them all first."""
    take = sync_to_async(next)
    while (piece := await take(pieces, None)) is not None:
        yield piece


@require_POST
@for_cases
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what else the same proved sender sent; every look is recorded."""
    board = _board(request, pk)
    if not senders.may_ask(board.case, board.standing):
        raise Http404
    with transaction.atomic():
        found = list(senders.history_of(board.case, request.user)[:SHOWN_MOST])
        journal.record(request.user, "case.history_read", board.case, n=len(found))
    rows = [(case, html_lang(case.submission.language)) for case in found]
    is_sure = bool(senders.proved([pk]))
    return _page(request, "history", {"board": board, "case": board.case, "rows": rows, "is_sure": is_sure})
