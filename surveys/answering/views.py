"""Answering on the web, without a script and without a cookie: parse, one query or action, render.

No form here carries a token against forged requests: nothing hangs on who is signed in. What a sheet allows, its code
in the address allows, and no other site knows that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from engage.errors import Refused
from engage.pages.caching import shared_for_seconds
from engage.pages.framing import let_frame
from engage.pages.messages import refusal_message, refusal_status
from engage.pages.translation import HTML_LANG
from engage.participation import challenge, limits, sending, wallet
from engage.participation.models import Submission
from engage.participation.receipts import qr_svg, track_url
from engage.participation.rules import Window, format_code
from engage.participation.views import receipt_page
from surveys import queries, quotas
from surveys.answering import actions, codes, devices, files, posting, rules, showing
from surveys.answering.sheets import ANSWERABLE, Sheet, find
from surveys.answering.words import minutes_needed
from surveys.definition.model import FILE_TYPES, Question, Repeat
from surveys.definition.runtime import Course, Fault, Shown, ShownPage
from surveys.models import Questionnaire, Response

# Codes and links that open nothing, per address: they cannot be guessed (60 and 128 bits), and nobody is to try for
# free.
FORGED_WINDOWS = (Window(300, 600),)
BEGIN_WINDOWS = (Window(60, 60), Window(600, 3600))
# Of files, in one form or one by one, as with letters.
UPLOAD_WINDOWS = (Window(20, 60), Window(100, 3600))
# What a button asks for that leads back to the page: one more row or one less, files given or dropped.
STAYING = ("add", "remove", "give", "drop")
_KIOSK_SALT = "surveys.answering.kiosk"
# What ends answering for good; the page says so and what can be done instead.
_OVER = {
    "survey_quota_full": 410,
    "survey_link_used": 410,
    "survey_link_unknown": 410,
    "survey_taken_down": 410,
    "survey_device_answered": 403,
    "survey_own_device": 403,
    "survey_other_way": 403,
}


def _page(shown: queries.Shown, **more: Any) -> dict[str, Any]:
    language = get_language() or ""
    return {
        "door": "have_your_say",
        "shown": shown,
        "questionnaire": shown.questionnaire,
        "foreign_lang": HTML_LANG.get(shown.language, shown.language) if shown.language != language else "",
        **more,
    }


@require_safe
@shared_for_seconds
def surveys(request: HttpRequest) -> HttpResponse:
    """List the questionnaires that everybody may answer, and take the code of what was put aside."""
    found = queries.listed(language=get_language() or "", actor=request.user, now=timezone.now())
    entries = [(one, minutes_needed(one)) for one in found]
    return render(request, "surveys/list.html", {"door": "have_your_say", "entries": entries})


def in_frames(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the sites that a questionnaire names show the pages of a sheet that was begun there."""

    @wraps(view)
    def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        hosts = getattr(request, "survey_hosts", ())
        return let_frame(response, hosts) if hosts else response

    return framed


def let_own_frame(request: HttpRequest, questionnaire: Questionnaire) -> None:
    request.survey_hosts = questionnaire.embed_hosts  # type: ignore[attr-defined]


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_frames
def embed(request: HttpRequest, key: str) -> HttpResponse:
    """Begin in a frame of another site; none may show it: there is no such page."""
    return survey(request, key, embedded=True)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(
    request: HttpRequest, key: str, secret: str = "", *, kiosk: bool = False, embedded: bool = False
) -> HttpResponse:
    """Say what a questionnaire is for, how long it takes and who learns what; a POST begins.

    `kiosk`: on a device of the house that many use one after the other. `embedded`: in a frame of another site.
    """
    now, language = timezone.now(), get_language() or ""
    shown = queries.published(key, language=language, actor=request.user, now=now)
    if shown is None:
        raise Http404
    if embedded:
        if not shown.questionnaire.embed_hosts:
            raise Http404
        let_own_frame(request, shown.questionnaire)
    refusal: Refused | None = None
    try:
        if not shown.is_on_web:
            raise Refused("survey_other_way")
        if devices.is_once(shown.definition) and shown.state == "open":
            if kiosk or embedded:
                raise Refused("survey_own_device")
            _check_device(request, shown)
        if secret:
            actions.check_link(shown.questionnaire, secret)
        if request.method == "POST":
            limits.check("survey-begin", limits.client_address(request), BEGIN_WINDOWS)
            mode = Response.Mode.KIOSK if kiosk else Response.Mode.EMBED if embedded else Response.Mode.WEB
            code = actions.begin(
                shown, language=language, secret=secret, parameters=request.GET.dict(), mode=mode, now=now
            )
            return redirect("survey_page", key=key, code=code, number=1)
    except Refused as refused:
        if refused.code == "survey_link_unknown":
            count_forged(request, "survey-link")
        if refused.code in _OVER:
            return _over(request, shown, refused, embedded=embedded)
        refusal = refused
    context = _page(
        shown,
        minutes=minutes_needed(shown),
        invited=bool(secret),
        closed_to_others=shown.questionnaire.access == Questionnaire.Access.INVITED and not secret,
        error=refusal_message(refusal) if refusal else "",
        kept_days=rules.KEPT.days,
        kiosk=kiosk,
        embedded=embedded,
        has_results=rules.may_see_results(
            shown.questionnaire.results, queries.period_of(shown.questionnaire), now, has_answered=False
        ),
    )
    return render(request, "surveys/start.html", context, status=refusal_status(refusal.code) if refusal else 200)


def _check_device(request: HttpRequest, shown: queries.Shown) -> None:
    """Raise Refused("survey_device_answered") where the device says so and one answer is all it may give."""
    if devices.is_once(shown.definition) and devices.has_answered(request, shown.questionnaire):
        raise Refused("survey_device_answered")


def count_forged(request: HttpRequest, scope: str) -> None:
    """Count a code or link that opened nothing; raise Refused("too_many", seconds=...) for whoever tried many.

    Whoever has a right one is never held up by others at the same address who guess.
    """
    limits.check(scope, limits.client_address(request), FORGED_WINDOWS)


def _stopped(request: HttpRequest, sheet: Sheet, refused: Refused) -> HttpResponse:
    """End a sheet that cannot be sent (any more). At a kiosk it goes: its person leaves, and the next stands there."""
    if sheet.is_kiosk:
        actions.discard(sheet)
    return _over(request, sheet.shown, refused, sheet)


def _over(
    request: HttpRequest,
    shown: queries.Shown,
    refused: Refused,
    sheet: Sheet | None = None,
    *,
    embedded: bool = False,
) -> HttpResponse:
    """Tell kindly that it cannot be answered (any more), and what can be done instead."""
    message = ""
    if refused.code == "survey_quota_full":
        quota = next((q for q in shown.definition.quotas if q.name == refused.values["cell"]), None)
        message = shown.runtime.choose(quota.message, shown.language) if quota else ""
    context = _page(
        shown,
        code=refused.code,
        sentence=refusal_message(refused),
        message=message,
        sheet=sheet,
        embedded=embedded or (sheet is not None and sheet.is_embedded),
        code_shown=format_code(sheet.code) if sheet is not None else "",
        has_results=shown.questionnaire.results == Questionnaire.Results.AT_ONCE,
    )
    return render(request, "surveys/over.html", context, status=_OVER[refused.code])


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_frames
def resume(request: HttpRequest, key: str = "") -> HttpResponse:
    """Take the code of what was put aside, on any device, and go on where it stopped.

    The way here leads from a sheet that is gone, also inside of a frame.
    """
    if asked := Questionnaire.objects.visible_to(request.user).filter(key=key).first() if key else None:
        let_own_frame(request, asked)
    typed, error, status = request.POST.get("code", ""), "", 200
    if request.method == "POST":
        try:
            code = codes.read_code(typed)
            sheet = find(code, key=key, language=get_language() or "", now=timezone.now())
            if sheet is not None:
                number = sheet.saved.page + 1
                return redirect("survey_page", key=sheet.shown.questionnaire.key, code=sheet.code, number=number)
            if code and (sent := actions.sent_before(code)) is not None:
                return _sent(queries.key_and_mode(sent)[0], code)
            count_forged(request, "survey-code")
            raise Refused("survey_code_wrong")
        except Refused as refused:
            error, status = refusal_message(refused), refusal_status(refused.code)
    context = {"door": "have_your_say", "typed": typed, "error": error, "kept_days": rules.KEPT.days}
    return render(request, "surveys/resume.html", context, status=status)


def _sent(key: str, code: str) -> HttpResponse:
    return redirect("survey_sent", key=key, code=code)


def _sheet(request: HttpRequest, key: str, code: str, now: datetime) -> Sheet | HttpResponse:
    """Open a sheet, or answer for one that is not there (any more)."""
    read = codes.read_code(code)
    sheet = find(read, key=key, language=get_language() or "", now=now)
    if sheet is None:
        if read and actions.sent_before(read) is not None:
            return _sent(key, read)
        count_forged(request, "survey-code")
        return redirect("survey_resume_here", key=key)
    if sheet.is_embedded:
        let_own_frame(request, sheet.shown.questionnaire)
    if sheet.shown.version.state not in ANSWERABLE:
        return _stopped(request, sheet, Refused("survey_taken_down"))
    return sheet


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_frames
def page(request: HttpRequest, key: str, code: str, number: int) -> HttpResponse:
    """Show one page, or take what was typed on it and go on, back, aside or to the check."""
    now = timezone.now()
    sheet = _sheet(request, key, code, now)
    if isinstance(sheet, HttpResponse):
        return sheet
    course = sheet.course(now)
    here = course.page(number - 1)
    if here is None:
        # Answers on other pages have hidden it, or nobody has been there: the page where it stopped, or the first.
        return _go(sheet, nearest(course, number - 1))
    if request.method != "POST":
        return _show(request, sheet, course, here)
    return _take(request, sheet, here, now)


def nearest(course: Course, number: int) -> int | None:
    """The page that is shown now at or behind a place in the definition; the first one where there is none behind."""
    places = [one.number for one in course.pages]
    return next((place for place in places if place >= number), places[0] if places else None)


def _go(sheet: Sheet, number: int | None, mark: str = "") -> HttpResponse:
    key = sheet.shown.questionnaire.key
    if number is None:
        return redirect("survey_check", key=key, code=sheet.code)
    return redirect(reverse("survey_page", args=[key, sheet.code, number + 1]) + mark)


def _take(request: HttpRequest, sheet: Sheet, here: ShownPage, now: datetime) -> HttpResponse:
    filled, sent = sheet.filled, request.POST
    way = "rows" if any(name in sent for name in STAYING) else sent.get("go", "next")
    given, refusal = "", None
    untaken: list[Fault] = []
    standing = _standing(sheet, here, sent, now)
    if next(files.questions(standing.items), None) is not None:
        try:
            given, untaken = _change_files(request, sheet, standing)
        except Refused as refused:
            refusal = refused
    course = posting.take_page(filled.answers, here, sent, lambda: sheet.course(now))
    stands = course.page(here.number) or here
    moved = change_rows(filled.answers, stands, sent.get("add", ""), sent.get("remove", ""))
    if moved:
        course = sheet.course(now)
    moved = moved or given
    if here.number not in filled.seen and way != "rows":
        filled.seen.append(here.number)
    after = course.page(here.number)
    shown_now = {shown.key for shown in posting.asked(after.items)} if after is not None else set()
    untaken = [fault for fault in untaken if fault.key in shown_now]
    if after is not None and (untaken or refusal):
        # A file that was not taken is said whatever was pressed: to go on would be to go on without it.
        return _show(request, sheet, course, after, judged=way == "next", untaken=untaken, error=refusal)
    stood = sent.getlist(posting.ASKED)
    opened = _opened(here, after, stood) if after is not None and way == "next" else ""
    faulty = after is not None and way == "next" and bool(course.faults_of([here.number]))
    target = target_of(course, here, way)
    if after is not None and faulty and not opened:
        # Nothing is kept of a page that is refused: what was typed stands in it again.
        return _show(request, sheet, course, after, judged=True)
    stays = opened or target is None
    try:
        actions.keep(sheet, course, page=here.number if stays else target or 0, language=get_language() or "", now=now)
    except Refused as refused:
        return _show(request, sheet, course, here, error=refused)
    if way in ("next", "check") and (full := quotas.full_cells(sheet.shown.questionnaire.pk, course.quotas)):
        return _stopped(request, sheet, Refused("survey_quota_full", cell=full[0]))
    if way == "rows" or opened:
        return _go(sheet, here.number, f"#q-{moved or opened}" if moved or opened else "")
    if way == "aside":
        return redirect("survey_aside", key=sheet.shown.questionnaire.key, code=sheet.code)
    return _go(sheet, target)


def _standing(sheet: Sheet, here: ShownPage, sent: QueryDict, now: datetime) -> ShownPage:
    """A page with the questions for files that its own answers have opened, where the form says that they stood on it.

    Files are kept before the answers, so that these are only looked at here.
    """
    known = {shown.key for shown in posting.asked(here.items)}
    if not asks_for_files(sheet, here) or not set(sent.getlist(posting.ASKED)) - known:
        return here
    answers = deepcopy(sheet.filled.answers)
    runtime, sitting = sheet.shown.runtime, sheet.sitting(now)
    course = posting.take_page(answers, here, sent, lambda: runtime.course(answers, sitting))
    after = course.page(here.number) or here
    opened = (shown for shown, _question in files.questions(after.items) if shown.key not in known)
    return replace(here, items=(*here.items, *opened))


def asks_for_files(sheet: Sheet, here: ShownPage) -> bool:
    """Whether a page asks for files now, or can while it is filled in."""
    if not sheet.shown.ready.live[here.number]:
        return next(files.questions(here.items), None) is not None
    entries = (entry.item for entry in sheet.shown.definition.entries if entry.page == here.number)
    return any(isinstance(item, Question) and item.type in FILE_TYPES for item in entries)


def _change_files(request: HttpRequest, sheet: Sheet, here: ShownPage) -> tuple[str, list[Fault]]:
    """Take in and drop the files of a page; returns the key of the question to stay at, and what was not taken.

    Raises Refused("too_many", seconds=...) for who sends many in a short time.
    """
    # A browser sends an empty part for a field in which nothing was chosen; Django leaves it out.
    uploads = {name: request.FILES.getlist(name) for name in request.FILES}
    if uploads:
        limits.check("upload", limits.client_address(request), UPLOAD_WINDOWS)
    drop = request.POST.get("drop", "")
    stood = frozenset(request.POST.getlist(posting.ASKED))
    untaken = files.change(sheet, here, drop=drop, uploads=uploads, stood=stood)
    asked = request.POST.get("give", "") or drop.rpartition(":")[0]
    return next((shown.key for shown, _question in files.questions(here.items) if shown.key == asked), ""), untaken


def target_of(course: Course, here: ShownPage, way: str) -> int | None:
    """The place of the page to go to; None for the check."""
    places = [one.number for one in course.pages]
    if way in ("aside", "rows"):
        return here.number
    if way == "check":
        return None
    if here.number not in places:
        return next((place for place in places if place > here.number), None)
    at = places.index(here.number)
    if way == "back":
        return places[max(0, at - 1)]
    return places[at + 1] if at + 1 < len(places) else None


def _opened(before: ShownPage, after: ShownPage, stood: Collection[str]) -> str:
    """The key of the first question of a page that an answer on the same page has opened; empty when none has.

    `stood` are the keys of questions that the form says it has shown.
    """
    known = {shown.key for shown in posting.asked(before.items)} | set(stood)
    return next((shown.key for shown in posting.asked(after.items) if shown.key not in known), "")


def change_rows(answers: dict[str, Any], here: ShownPage, add: str, remove: str) -> str:
    """Add or take away an instance of a repeat of the page; returns the repeat's key, empty when nothing was asked."""
    wanted, _, number = remove.partition(":")
    for shown in _repeats(here.items):
        assert isinstance(shown.item, Repeat)
        if shown.item.count:
            continue
        if add == shown.key and len(shown.children) < shown.item.maximum:
            posting.add_row(answers, shown.path, shown.item.name, len(shown.children))
            return shown.key
        numbers = {str(place + 1): place for place in range(len(shown.children))}
        if wanted == shown.key and number in numbers and len(shown.children) > shown.item.minimum:
            posting.take_row(answers, shown.path, shown.item.name, numbers[number])
            return shown.key
    return ""


def _repeats(items: tuple[Shown, ...]) -> list[Shown]:
    found = [shown for shown in items if isinstance(shown.item, Repeat)]
    for shown in items:
        for instance in shown.children:
            found += _repeats(instance)
    return found


def shapes_of(
    sheet: Sheet, course: Course, here: ShownPage, faults: Mapping[str, Sequence[Fault]] | None = None
) -> tuple[showing.Shape, ...]:
    """Make the shapes of a page of a sheet."""
    return showing.shapes(
        here.items,
        showing.Look(
            course,
            sheet.filled.answers,
            faults or {},
            sheet.regions,
            fresh=here.number not in sheet.filled.seen,
            shared=sheet.is_kiosk,
            reads=sheet.shown.ready.live[here.number],
            files=sheet.filled.files,
            pictures=sheet.shown.ready.pictures,
        ),
    )


def look_url(sheet: Sheet, here: ShownPage) -> str:
    """Where a page asks what it shows while it is filled in; empty where nothing on it can change."""
    if not sheet.shown.ready.live[here.number]:
        return ""
    return reverse("survey_look", args=[sheet.shown.questionnaire.key, sheet.code, here.number + 1])


def _show(
    request: HttpRequest,
    sheet: Sheet,
    course: Course,
    here: ShownPage,
    *,
    judged: bool = False,
    untaken: Sequence[Fault] = (),
    error: Refused | None = None,
) -> HttpResponse:
    """Render a page; `judged`: with what is wrong on it; `untaken`: files that were sent and not taken."""
    faults = defaultdict(list)
    for fault in untaken:
        faults[fault.key].append(fault)
    if judged or "check" in request.GET:
        for fault in course.faults_of([here.number]):
            faults[fault.key].append(fault)
    shapes = shapes_of(sheet, course, here, faults)
    places = [one.number for one in course.pages]
    at = places.index(here.number)
    context = _page(
        sheet.shown,
        sheet=sheet,
        title=course.words(here.page.title) or sheet.shown.title,
        help=course.words(here.page.help),
        shapes=shapes,
        takes_files=asks_for_files(sheet, here),
        problems=showing.problems(course, shapes),
        error=refusal_message(error) if error else "",
        at=at + 1,
        of=len(places),
        minutes_left=minutes_needed(sheet.shown, share=1 - at / len(places)),
        is_first=at == 0,
        look_url=look_url(sheet, here),
        closed=sheet.shown.state == "closed",
        kept_days=rules.KEPT.days,
        code_shown=format_code(sheet.code),
    )
    status = refusal_status(error.code) if error else 422 if context["problems"] and (judged or untaken) else 200
    return render(request, "surveys/page.html", context, status=status)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_frames
def aside(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Show the code under which the answers wait; a POST deletes them for good."""
    now = timezone.now()
    sheet = _sheet(request, key, code, now)
    if isinstance(sheet, HttpResponse):
        return sheet
    if request.method == "POST":
        actions.discard(sheet)
        is_framed = sheet.is_embedded and sheet.shown.questionnaire.embed_hosts
        return redirect("survey_kiosk" if sheet.is_kiosk else "survey_embed" if is_framed else "survey", key=key)
    context = _page(
        sheet.shown,
        sheet=sheet,
        code_shown=format_code(sheet.code),
        until=now + rules.KEPT,
        closed=sheet.shown.state == "closed",
    )
    return render(request, "surveys/aside.html", context)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_frames
def check(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Show everything once more; a POST sends it. quick.py answers most of them."""
    now = timezone.now()
    sheet = _sheet(request, key, code, now)
    if isinstance(sheet, HttpResponse):
        return _told_again(request, sheet, key, code, now)
    error: Refused | None = None
    if request.method == "POST":
        try:
            return _send(request, sheet, now)
        except Refused as refused:
            if refused.code in _OVER:
                return _stopped(request, sheet, refused)
            error = refused
    return _check(request, sheet, sheet.course(now), error)


def _told_again(request: HttpRequest, answer: HttpResponse, key: str, code: str, now: datetime) -> HttpResponse:
    """Let the device say that it has answered where the answer to Send, which said so first, was lost on its way.

    Only for Send pressed on a page of ours: a link to a sheet, or a form on another site, keeps nobody from answering.
    """
    if request.method != "POST" or not _pressed_here(request, request.headers.get("Origin")):
        return answer
    read = codes.read_code(code)
    submission = actions.sent_before(read) if read else None
    if submission is not None:
        shown = queries.answered(submission, language=get_language() or "", now=now)
        if shown.questionnaire.key == key and devices.is_once(shown.definition):
            devices.remember(answer, shown.questionnaire)
    return answer


def _pressed_here(request: HttpRequest, origin: str | None) -> bool:
    return origin == request.build_absolute_uri("/").rstrip("/")


def _check(request: HttpRequest, sheet: Sheet, course: Course, error: Refused | None) -> HttpResponse:
    key, regions = sheet.shown.questionnaire.key, dict(sheet.regions)
    names = {stored: str(file["name"]) for stored, file in sheet.filled.files.items()}
    parts = []
    for one in course.pages:
        address = reverse("survey_page", args=[key, sheet.code, one.number + 1])
        entries = list(showing.said(course, one.items, regions, names))
        if entries:
            parts.append({"title": course.words(one.page.title), "url": address, "entries": entries})
    problems = []
    for fault, label, sentence in showing.faults_said(course):
        address = reverse("survey_page", args=[key, sheet.code, fault.page + 1])
        problems.append({"url": f"{address}?check#q-{fault.key}", "sentence": showing.about(label, sentence)})
    context = _page(
        sheet.shown,
        sheet=sheet,
        parts=parts,
        problems=problems,
        error=refusal_message(error) if error else "",
        opened=challenge.sign_moment(timezone.now()),
        challenge=challenge.make() if limits.under_attack() else None,
        closed=sheet.shown.state == "closed",
        code_shown=format_code(sheet.code),
    )
    return render(request, "surveys/check.html", context, status=refusal_status(error.code) if error else 200)


def _send(request: HttpRequest, sheet: Sheet, now: datetime) -> HttpResponse:
    _check_device(request, sheet.shown)
    sending.check_limits(request, token=str(codes.token_of(sheet.code)), email="")
    flagged = sending.seems_automatic(request.POST.get("website", ""), sheet.saved.started_at, now)
    submission = actions.submit(sheet, language=get_language() or "", flagged=flagged, now=now, actor=request.user)
    answer = _sent(sheet.shown.questionnaire.key, sheet.code)
    origin = request.headers.get("Origin")
    # A form on another site sends what its maker has filled in: that keeps nobody from answering.
    if devices.is_once(sheet.shown.definition) and (origin is None or _pressed_here(request, origin)):
        devices.remember(answer, sheet.shown.questionnaire)
    if sheet.is_kiosk:
        answer["Location"] += f"?at={_just_sent(submission)}"
    return answer


@never_cache
@require_safe
@in_frames
def sent(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """Show the receipt of what was sent from a sheet; the device keeps it where it takes cookies."""
    read = codes.read_code(code)
    submission = actions.sent_before(read) if read else None
    own, mode = queries.key_and_mode(submission) if submission is not None else ("", "")
    if submission is None or own != key:
        count_forged(request, "survey-code")
        return redirect("survey_resume_here", key=key)
    code = codes.tracking_code_of(read)
    if mode == Response.Mode.KIOSK:
        return _thanks(request, submission, code)
    if mode == Response.Mode.EMBED:
        return _thanks_in_frame(request, submission, code)
    response = receipt_page(request, submission, code)
    wallet.put(request.COOKIES, response, submission.reference, code)
    return response


def _just_sent(submission: Submission) -> str:
    """Sign that this was sent, or looked at, just now."""
    return signing.dumps(submission.reference, salt=_KIOSK_SALT)


def _is_just_sent(submission: Submission, signed: str) -> bool:
    try:
        reference = signing.loads(signed, salt=_KIOSK_SALT, max_age=rules.SHOWN_AT_KIOSK)
    except signing.BadSignature:
        return False
    return bool(reference == submission.reference)


def _thanks(request: HttpRequest, submission: Submission, code: str) -> HttpResponse:
    """Thank on a shared device: the code is shown for a moment, to be photographed, and never to who comes next."""
    fresh = _is_just_sent(submission, request.GET.get("at", ""))
    shown = queries.answered(submission, language=get_language() or "", now=timezone.now())
    context = _page(
        shown,
        closing=shown.runtime.choose(shown.definition.closing, shown.language),
        submission=submission if fresh else None,
        code=format_code(code),
        qr=qr_svg(track_url(submission, code)) if fresh else "",
        again=_just_sent(submission) if fresh else "",
        seconds=int(rules.SHOWN_AT_KIOSK.total_seconds()),
    )
    return render(request, "surveys/kiosk_done.html", context)


def _thanks_in_frame(request: HttpRequest, submission: Submission, code: str) -> HttpResponse:
    """Thank in a frame, where no cookie is kept: the code is there to be noted."""
    shown = queries.answered(submission, language=get_language() or "", now=timezone.now())
    let_own_frame(request, shown.questionnaire)
    context = _page(
        shown,
        closing=shown.runtime.choose(shown.definition.closing, shown.language),
        submission=submission,
        code=format_code(code),
        track_url=track_url(submission, code),
    )
    return render(request, "surveys/embed_done.html", context)
