"""The public journal: what checkpoints there are, and how to check a receipt against them."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from engage.journal import queries
from engage.journal.models import JournalCheckpoint
from engage.typed import LARGEST_KEY


@require_safe
def checkpoints(request: HttpRequest) -> HttpResponse:
    """List the checkpoints, newest first, and say in plain words what they are for."""
    page = queries.checkpoints_page(request.GET.get("page", "1"))
    return render(request, "journal/checkpoints.html", {"page": page})


@require_safe
def checkpoint(request: HttpRequest, number: int) -> HttpResponse:
    """Show one checkpoint in full."""
    return render(request, "journal/checkpoint.html", {"checkpoint": _checkpoint(number)})


@require_safe
@cache_control(public=True, max_age=60)
def checkpoints_json(request: HttpRequest) -> JsonResponse:
    """Publish the checkpoints after a number, oldest first, with the address of the following ones."""
    typed = request.GET.get("after", "0")
    if not typed.isascii() or not typed.isdigit() or len(typed) > len(str(LARGEST_KEY)) or int(typed) > LARGEST_KEY:
        return JsonResponse({"errors": [{"code": "not_a_number", "where": {"part": "after"}}]}, status=400)
    found = queries.published_after(int(typed))
    following = None
    if len(found) == queries.DOCUMENTS_AT_ONCE:
        following = f"{settings.PUBLIC_URL}{reverse('journal_checkpoints_json')}?after={found[-1]['number']}"
    return JsonResponse({"checkpoints": found, "next": following}, json_dumps_params={"indent": 1})


@require_safe
@cache_control(public=True, max_age=3600, immutable=True)
def checkpoint_json(request: HttpRequest, number: int) -> JsonResponse:
    """Publish one checkpoint; it never changes."""
    return JsonResponse(queries.published(_checkpoint(number)), json_dumps_params={"indent": 1})


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """Give the program that checks a receipt without Engage."""
    program = (settings.BASE_DIR / "docs" / "verify_receipt.py").read_bytes()
    return HttpResponse(
        program,
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="verify_receipt.py"'},
    )


def _checkpoint(number: int) -> JournalCheckpoint:
    found = queries.checkpoint(number) if number <= LARGEST_KEY else None
    if found is None:
        raise Http404
    return found
