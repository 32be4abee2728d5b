"""A version as people will meet it, page by page, at the width of a telephone and of a desk. Nothing is sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.participation.queries import about_options
from engage.studio import for_editors
from surveys import queries
from surveys.answering import posting, showing
from surveys.answering.views import STAYING, change_rows, nearest, target_of
from surveys.building import LANGUAGES
from surveys.definition.model import FILE_TYPES, Question
from surveys.definition.runtime import Course, Fault, ShownPage, Sitting
from surveys.models import Version
from surveys.studio.views import about, page, version_or_404
from surveys.studio.words import language_name

# Where the answers of a preview are kept: those of one version at a time, in the editor's session.
KEPT = "questionnaire_preview"


@dataclass
class Preview:
    """One preview: the version, its answers so far, and the language of the words."""

    version: Version
    answers: dict[str, Any]
    shown: queries.Shown

    def course(self) -> Course:
        """What the questionnaire looks like for these answers; the same draw of all that is random every time."""
        regions = frozenset(code for code, _name in about_options("region")) or None
        sitting = Sitting(
            now=timezone.localtime().replace(tzinfo=None),
            seed=f"preview/{self.version.pk}",
            language=self.shown.language,
            regions=regions,
        )
        return self.shown.runtime.course(self.answers, sitting)


@require_safe
@for_editors
def frames(request: HttpRequest, version_id: int, code: str) -> HttpResponse:
    """Show the preview in two frames, in one language of the questionnaire."""
    version = version_or_404(request, version_id)
    languages = version.parsed.languages
    if code not in languages:
        raise Http404
    context = {
        **about(version),
        "code": code,
        "languages": [(one, language_name(one)) for one in languages],
        "start": reverse("questionnaire_preview_page", args=[version.pk, code, 0]),
    }
    return page(request, "preview", context)


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@for_editors
def preview_page(request: HttpRequest, version_id: int, code: str, number: int) -> HttpResponse:
    """Show one page, or take what was typed on it and go on or back. Page 0 begins anew at the first one."""
    version = version_or_404(request, version_id)
    if code not in version.parsed.languages:
        raise Http404
    with translation.override(code if code in LANGUAGES else translation.get_language()):
        return _page(request, version, code, number)


@for_editors
@require_POST
def preview_look(request: HttpRequest, version_id: int, code: str, number: int) -> HttpResponse:
    """Show the parts of a page as they are for what stands on it now, as while somebody answers; nothing is kept."""
    version = version_or_404(request, version_id)
    if code not in version.parsed.languages:
        raise Http404
    with translation.override(code if code in LANGUAGES else translation.get_language()):
        preview = _preview(request, version, code, number)
        here = preview.course().page(number - 1)
        if here is None:
            raise Http404
        course = posting.take_page(preview.answers, here, request.POST, preview.course)
        after = course.page(here.number)
        if after is None:
            return HttpResponse(status=204)
        context = {
            "title": course.words(after.page.title) or preview.shown.title,
            "help": course.words(after.page.help),
            "shapes": _shapes(preview, course, after, {}, fresh=True),
        }
        return render(request, "surveys/looked.html", context)


def _preview(request: HttpRequest, version: Version, code: str, number: int) -> Preview:
    """Take up the preview of this session; page 0 begins anew. Its answers are a copy until they are kept."""
    kept = request.session.get(KEPT, {})
    answers = {} if number == 0 or kept.get("version") != version.pk else deepcopy(kept["answers"])
    return Preview(version, answers, queries.shown(version, language=code, now=timezone.now()))


def _page(request: HttpRequest, version: Version, code: str, number: int) -> HttpResponse:
    preview = _preview(request, version, code, number)
    answers, course = preview.answers, preview.course()
    here = course.page(number - 1)
    if here is None:
        return _go(request, preview, nearest(course, max(0, number - 1)), number - 1)
    if request.method != "POST":
        return _show(request, preview, course, here)
    sent = request.POST
    way = "rows" if any(name in sent for name in STAYING) else sent.get("go", "next")
    course = posting.take_page(answers, here, sent, preview.course)
    stands = course.page(here.number) or here
    if change_rows(answers, stands, sent.get("add", ""), sent.get("remove", "")):
        course = preview.course()
    after = course.page(here.number)
    if after is not None and way == "next" and _faults(course, here):
        return _show(request, preview, course, after, judged=True)
    return _go(request, preview, target_of(course, here, way), here.number)


def _faults(course: Course, here: ShownPage) -> list[Fault]:
    """What is wrong on a page. A preview takes no files in, so none is asked for."""
    named = course.runtime.definition.by_name

    def asks_for_file(fault: Fault) -> bool:
        item = named[fault.name].item if fault.name in named else None
        return isinstance(item, Question) and item.type in FILE_TYPES

    return [fault for fault in course.faults_of([here.number]) if not asks_for_file(fault)]


def _go(request: HttpRequest, preview: Preview, place: int | None, before: int) -> HttpResponse:
    """Keep the answers and lead to a page; behind the last one there is only a notice."""
    request.session[KEPT] = {"version": preview.version.pk, "answers": preview.answers}
    if place is None:
        return render(request, "surveys/studio/preview_over.html", _context(preview, before))
    return redirect("questionnaire_preview_page", preview.version.pk, preview.shown.language, place + 1)


def _context(preview: Preview, place: int) -> dict[str, Any]:
    here = [preview.version.pk, preview.shown.language]
    return {
        "shown": preview.shown,
        "again": reverse("questionnaire_preview_page", args=[*here, 0]),
        "action": reverse("questionnaire_preview_page", args=[*here, place + 1]),
    }


def _shapes(
    preview: Preview, course: Course, here: ShownPage, faults: Mapping[str, Sequence[Fault]], *, fresh: bool
) -> tuple[showing.Shape, ...]:
    ready = preview.shown.ready
    look = showing.Look(
        course,
        preview.answers,
        faults,
        about_options("region"),
        fresh,
        reads=ready.live[here.number],
        pictures=ready.pictures,
    )
    return showing.shapes(here.items, look)


def _look_url(preview: Preview, here: ShownPage) -> str:
    if not preview.shown.ready.live[here.number]:
        return ""
    return reverse("questionnaire_preview_look", args=[preview.version.pk, preview.shown.language, here.number + 1])


def _show(
    request: HttpRequest, preview: Preview, course: Course, here: ShownPage, *, judged: bool = False
) -> HttpResponse:
    faults = defaultdict(list)
    if judged:
        for fault in _faults(course, here):
            faults[fault.key].append(fault)
    shapes = _shapes(preview, course, here, faults, fresh=not judged)
    places = [one.number for one in course.pages]
    context = {
        **_context(preview, here.number),
        "title": course.words(here.page.title) or preview.shown.title,
        "help": course.words(here.page.help),
        "shapes": shapes,
        "problems": showing.problems(course, shapes),
        "at": places.index(here.number) + 1,
        "of": len(places),
        "is_first": places[0] == here.number,
        "look_url": _look_url(preview, here),
    }
    return render(request, "surveys/studio/preview_page.html", context, status=422 if judged else 200)
