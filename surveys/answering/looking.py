"""What a page shows while it is filled in: a script asks, the one runtime decides, and nothing is kept."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from surveys.answering import actions, codes, posting
from surveys.answering.sheets import ANSWERABLE, Sheet, find
from surveys.answering.views import count_forged, in_frames, let_own_frame, shapes_of


@csrf_exempt
@never_cache
@require_POST
@in_frames
def look(request: HttpRequest, key: str, code: str, number: int) -> HttpResponse:
    """Show the parts of a page as they are for what stands on it now; 204 when nothing of it is shown any more.

    The script that asks goes on without an answer, so that whatever cannot be looked at is a plain 404.
    """
    now = timezone.now()
    sheet = _sheet(request, key, code)
    here = sheet.course(now).page(number - 1)
    if here is None:
        raise Http404
    course = posting.take_page(sheet.filled.answers, here, request.POST, lambda: sheet.course(now))
    after = course.page(here.number)
    if after is None:
        return HttpResponse(status=204)
    context = {
        "title": course.words(after.page.title) or sheet.shown.title,
        "help": course.words(after.page.help),
        "shapes": shapes_of(sheet, course, after),
    }
    return render(request, "surveys/looked.html", context)


def _sheet(request: HttpRequest, key: str, code: str) -> Sheet:
    """Open the sheet of a code that can still be answered; raises Http404, for whoever guesses "too_many"."""
    read = codes.read_code(code)
    sheet = find(read, key=key, language=get_language() or "", now=timezone.now())
    if sheet is None:
        if not read or actions.sent_before(read) is None:
            count_forged(request, "survey-code")
        raise Http404
    if sheet.is_embedded:
        let_own_frame(request, sheet.shown.questionnaire)
    if sheet.shown.version.state not in ANSWERABLE:
        raise Http404
    return sheet
