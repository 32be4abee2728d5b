"""The desk's pages of one case: parse, one query or action, render."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import time_format
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.accounts.actors import has_role
from engage.calendars.words import TARGETS, source_words
from engage.desk.actions import keep_undo
from engage.desk.queries import screen_filters
from engage.desk.rules import clean_search
from engage.desk.views import for_staff, frame, say, toast_of
from engage.diffs import diff
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.participation.queries import tracked
from engage.search.queries import Hit, search
from engage.typed import LARGEST_KEY, whole_number
from mailbox import actions, queries, rules
from mailbox.actions import DraftWords
from mailbox.actions.steps import say_if_moved_away
from mailbox.desk import actions as desk
from mailbox.desk import exports
from mailbox.desk.board import Board, board_of, may_export
from mailbox.desk.collision import HANDING_IN, doubts
from mailbox.desk.forms import FOR_GOOD, DeskForm, DraftForm, StepForm, needs_form, rearranged
from mailbox.desk.papers import case_pdf
from mailbox.desk.presence import come
from mailbox.desk.preview import preview_of
from mailbox.desk.queries import people_who_see
from mailbox.desk.queue import CASES, come_from, neighbour
from mailbox.desk.show import (
    TURNS_AWAY,
    asked_about,
    case_context,
    draft_context,
    draft_previews,
    happened,
    step_name,
    thread_of,
)
from mailbox.desk.steps import CHORES, ELSEWHERE, Chore, carry_out, may_do
from mailbox.desk.words import html_lang, language_name, present_words, why_counted
from mailbox.library.queries import found as found_in_library
from mailbox.machine import Transition
from mailbox.models import DESK_ROLES, Case

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
View = Callable[..., HttpResponse]
CITED_SHOWN = 10
# The session's word for the list that the present case was opened from.
CAME_FROM = "desk_case_from"
PLACE_MOST = 600
# The session's word for the case whose sender's name and address were asked for, and the day: with another of either
# they are asked for anew.
REVEALED = "desk_case_contact"
LINKED = re.compile(r'(<a\b[^>]*?) href="[^"]*"')


def for_cases(view: View) -> View:
    """Let in who works on cases; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_role(request.user, *DESK_ROLES):
            raise Http404
        try:
            return view(request, *args, **kwargs)
        except MovedAway as moved:
            return _moved_away(request, moved.refusal)

    return guarded


def for_queue(view: View) -> View:
    """Let in who has the queue of cases; for everybody else there is nothing here."""

    @for_cases
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_role(request.user, *CASES.roles):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


class MovedAway(Exception):
    """A case that lay at a unit of the reader's, and does so no longer."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def _board(request: HttpRequest, pk: int) -> Board:
    board = board_of(pk, actor=request.user, now=timezone.now()) if pk <= LARGEST_KEY else None
    if board is not None:
        return board
    if request.method == "POST" and pk <= LARGEST_KEY:
        try:
            say_if_moved_away(pk, request.user)
        except Refused as refusal:
            raise MovedAway(refusal) from None
    raise Http404


# What of a form somebody typed; the rest is the page's own.
TYPED = ("text", "words", "note", "question", "basis", "cites", "questions", "part_1", "part_2", "part_3", "because")


def _moved_away(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Say where a case went, with everything that was typed for it."""
    said, status = refusal_message(refusal), refusal_status(refusal.code)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"message": said}, status=status)
    typed = [text for name in TYPED if (text := request.POST.get(name, "").strip())]
    return _page(request, "moved", {"refusal": said, "typed": typed}, status)


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    own = {"current_queue": CASES, "has_queue": has_role(request.user, *CASES.roles)}
    return render(request, f"mailbox/desk/{template}.html", frame(request, CASES) | own | context, status=status)


@require_safe
@for_cases
def home(request: HttpRequest) -> HttpResponse:
    """Open the queue; who has none is led to where the own work waits."""
    return _out(request)


@require_safe
@for_cases
def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give a view of the queue as CSV."""
    content = exports.as_csv(exports.cases_for(request.user, request.GET.dict(), "csv"))
    return _file(StreamingHttpResponse(content, content_type="text/csv; charset=utf-8"), "csv")


@require_safe
@for_cases
def as_xlsx(request: HttpRequest) -> FileResponse:
    """Give a view of the queue as a workbook."""
    book = exports.as_xlsx(exports.cases_for(request.user, request.GET.dict(), "xlsx"))
    return _file(FileResponse(book, content_type=XLSX), "xlsx")


def _file(response: Any, ending: str) -> Any:
    name = f"cases-{timezone.localdate().isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@for_cases
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one case with all that can be done with it."""
    board = _board(request, pk)
    if "in" in request.GET and has_role(request.user, *CASES.roles):
        came = [pk, _place(request)]
        if request.session.get(CAME_FROM) != came:
            request.session[CAME_FROM] = came
    return _case(request, board)


def _place(request: HttpRequest) -> dict[str, str]:
    """Return the list that an address says a case was opened from, as far as there is such a list."""
    view, filters = screen_filters(request.user, CASES, QueryDict(request.GET.get("in", "")[:PLACE_MOST]).dict())
    return {"view": view} | filters


def _came_from(request: HttpRequest, pk: int) -> dict[str, str]:
    """Return the list that the present case was opened from: the steps that are taken in it keep it."""
    case, place = request.session.get(CAME_FROM, (0, {}))
    return place if case == pk else {}


@require_safe
@for_cases
def beside(request: HttpRequest, pk: int, back: bool) -> HttpResponse:
    """Lead to the case before or after one in the list that it was opened from; at its end to the list."""
    if not has_role(request.user, *CASES.roles) or pk > LARGEST_KEY:
        raise Http404
    place = _place(request)
    filters = {name: value for name, value in place.items() if name != "view"}
    found = neighbour(request.user, place["view"], filters, pk, back=back)
    if found is None:
        say(request, gettext("This was the first of the list") if back else gettext("This was the last of the list"))
        return redirect(f"{reverse('desk_queue', args=[CASES.code])}?{urlencode(place)}")
    return redirect(reverse("desk_case", args=[found]) + come_from(place))


def show_case(request: HttpRequest, pk: int, refusal: Refused) -> HttpResponse:
    """Show a case with what was refused on it, for rooms that do something beside it."""
    return _case(request, _board(request, pk), refusal)


def _case(
    request: HttpRequest, board: Board, refusal: Refused | None = None, draft: DraftForm | None = None
) -> HttpResponse:
    context = case_context(
        board,
        actor=request.user,
        private=request.GET.get("draft") == "private",
        revealed=is_revealed(request, board.case.pk),
    )
    if draft is not None:
        context["draft_form"] = draft
    context |= {"refusal": refusal_message(refusal) if refusal else "", "queue": CASES}
    if place := _came_from(request, board.case.pk):
        context |= {"list": f"?{urlencode(place)}", "came": come_from(place)}
    context |= toast_of(request) | {"others": present_words(come(board.case.pk, request.user, now=board.now))}
    return _page(request, "case", context, refusal_status(refusal.code) if refusal else 200)


def is_revealed(request: HttpRequest, pk: int | None) -> bool:
    """Tell whether the name and address of a case's sender were asked for last, and today."""
    return pk is not None and request.session.get(REVEALED) == _revealed(pk)


def _revealed(pk: int) -> list[Any]:
    return [pk, timezone.localdate().isoformat()]


@require_POST
@for_cases
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sender's name and address to who asks for them; every asking is recorded."""
    try:
        desk.read_contact(pk if pk <= LARGEST_KEY else 0, actor=request.user)
    except (Refused, Case.DoesNotExist):
        raise Http404 from None
    request.session[REVEALED] = _revealed(pk)
    # Who asked on the page of a mail goes on reading it.
    if mail := whole_number(request.POST.get("mail", ""), digits=18, otherwise=0):
        return redirect("desk_post_mail", mail)
    return HttpResponseRedirect(reverse("desk_case", args=[pk]) + "#sender-head")


# --- steps ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_cases
def step(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Ask what a step needs, and take it."""
    board = _board(request, pk)
    transition = _transition(board, code)
    # Who adds a place to the chain of approvers, or takes one out, gets the form again with what is written so far.
    arranges = transition.door == "submit_draft" and "chain" in request.POST
    posted = request.method == "POST" and not arranges
    asked = _doubts(request, board, transition)
    form = StepForm(
        request.POST if posted else None,
        case=board.case,
        transition=transition,
        initial=_initial(board, transition) | (_arranged(request) if arranges else {}),
        doubts=asked,
    )
    if not posted or not form.is_valid():
        return _ask(request, board, form, transition=transition)
    try:
        back = carry_out(board.case, transition, form.cleaned_data, actor=request.user, now=timezone.now())
    except Refused as refusal:
        if not needs_form(transition):
            return _case(request, _board(request, pk), refusal)
        return _ask(request, _board(request, pk), form, transition=transition, refusal=refusal)
    _told(request, gettext("Done: %(step)s") % {"step": step_name(transition)}, back)
    return _onward(request, pk)


def _arranged(request: HttpRequest) -> dict[str, Any]:
    """Return what was typed into the form of the chain, the case as it was seen included."""
    typed = {name: request.POST[name] for name in ("revision", "draft", "note") if name in request.POST}
    return typed | {"approver": rearranged(request.POST.getlist("approver"), request.POST["chain"])}


def _told(request: HttpRequest, words: str, back: Any) -> None:
    """Say what was done; where it can be taken back, with the way to do it."""
    if back and has_role(request.user, *CASES.roles):
        say(request, words, token=keep_undo(request.user, CASES, "", back, now=timezone.now()))
    else:
        messages.success(request, words)


def _doubts(request: HttpRequest, board: Board, transition: Transition) -> list[str]:
    """Say what should be looked at before an answer leaves its author's hands."""
    if transition.door not in HANDING_IN:
        return []
    seen = whole_number(request.POST.get("draft", ""), digits=9, otherwise=-1)
    others = come(board.case.pk, request.user, now=board.now)
    return doubts(board, user_id=request.user.pk, others=others, seen=seen if seen >= 0 else None)


def _transition(board: Board, code: str) -> Transition:
    """Return a row of the case's table; one that nobody at a desk takes is not there."""
    machine = board.case.machine
    if not machine.has(code) or machine.transition(code).door in ELSEWHERE:
        raise Http404
    return machine.transition(code)


def _initial(board: Board, transition: Transition) -> dict[str, Any]:
    draft = board.shared
    if draft is None:
        return {"sha256": "", "draft": None}
    seen: dict[str, Any] = {"sha256": draft.sha256, "draft": draft.revision}
    if transition.door == "answer_plainly":
        seen |= {"words": draft.text, "cites": "\n".join(draft.cites)}
    return seen


def _onward(request: HttpRequest, pk: int) -> HttpResponse:
    """Return to the case, or to the queue where it left the officer's sight with the step."""
    if Case.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("desk_case", pk)
    return _out(request)


def _out(request: HttpRequest) -> HttpResponse:
    return redirect("desk_queue", CASES.code) if has_role(request.user, *CASES.roles) else redirect("desk_home")


def _ask(
    request: HttpRequest,
    board: Board,
    form: DeskForm,
    *,
    transition: Transition | None = None,
    chore: Chore | None = None,
    refusal: Refused | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show a form; after a refusal with what was typed, sent once more for the case as it is now."""
    incomplete = form.is_bound and form.is_incomplete
    if refusal is not None or incomplete:
        form.renew(board.case.revision)
    label = step_name(transition) if transition else str(chore.label) if chore else ""
    if form.is_bound and "draft" in form.fields and board.shared is not None:
        form.data = form.data.copy()
        form.data["draft"] = str(board.shared.revision)
    context: dict[str, Any] = {
        "board": board,
        "case": board.case,
        "lang": html_lang(board.case.submission.language),
        "form": form,
        "token": uuid4(),
        "code": chore.code if chore else "",
        "label": label,
        "hint": chore.hint if chore else FOR_GOOD.get(transition.code, "") if transition else "",
        "refusal": refusal_message(refusal) if refusal else "",
        "incomplete": incomplete,
        "happened": happened(board)[:3] if refusal and refusal.code == "case_moved" else [],
        "is_bad": transition is not None and transition.code in TURNS_AWAY,
        "thread": thread_of(board),
        "told": transition is not None and transition.told is not None,
        "arranged": not form.is_bound and "approver" in form.initial,
    }
    if transition is not None and transition.door in ("approve_draft", "return_draft"):
        context |= draft_context(board, actor=request.user)
    if transition is not None and transition.door == "answer_plainly" and refusal and refusal.code == "draft_changed":
        context["theirs"] = board.shared
    if chore is not None and chore.code == "note":
        context["people"] = people_who_see(board.case, [one.department.path for one in board.consultations])
    if chore is not None and "of" in form.fields:
        context["asked_about"] = asked_about(
            board, chore.code, whole_number(str(form["of"].value()), digits=18, otherwise=0)
        )
    context |= more or {}
    status = refusal_status(refusal.code) if refusal else 422 if form.is_bound else 200
    return _page(request, "ask", context, status)


# --- chores ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_cases
def chore(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Ask what a chore beside the steps needs, and do it."""
    board = _board(request, pk)
    found = CHORES.get(code)
    if found is None or not may_do(found, board.case, board.standing, is_asked=bool(board.asked_of_us())):
        raise Http404
    # Who asks from the page of a case whom a note may name takes along what is written so far.
    asks = found.code == "note" and "people" in request.POST
    posted = request.method == "POST" and not asks
    form = found.form(request.POST if posted else None, case=board.case, actor=request.user)
    if asks:
        form.initial["text"] = request.POST.get("text", "")
    if "shared" in form.fields and not posted:
        form.initial["shared"] = request.GET.get("draft") != "private"
    if "of" in form.fields and not posted:
        form.initial["of"] = request.GET.get("of", "")[:20]
    if not posted or not form.is_valid():
        if found.is_button:
            return redirect("desk_case", pk)
        return _ask(request, board, form, chore=found, more=_to_choose_from(request, board, code))
    try:
        back = found.run(board.case, form, request.user, timezone.now())
    except Refused as refusal:
        if found.is_button:
            return _case(request, _board(request, pk), refusal)
        return _ask(request, _board(request, pk), form, chore=found, refusal=refusal)
    except ObjectDoesNotExist:  # what the form names is not this case's
        raise Http404 from None
    _told(request, str(found.said), back)
    return _onward(request, pk)


# --- the answer -----------------------------------------------------------------------------------------------------


@require_POST
@for_cases
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the answer that is being written; a script asks for JSON, a person gets the case again."""
    board = _board(request, pk)
    shared = request.POST.get("shared") != "False"
    found = board.shared if shared else board.private
    form = DraftForm(request.POST, case=board.case, draft=found, shared=shared)
    by_script = request.headers.get("Accept") == "application/json"
    if not form.is_valid():
        if by_script:
            return JsonResponse({"message": gettext("Not kept: the text is too long")}, status=422)
        return _case(request, board, draft=form)
    given = form.cleaned_data
    words = DraftWords(given["text"], given["basis"], given["cites"], given.get("result", ""))
    try:
        kept = actions.save_draft(
            pk,
            words,
            shared=shared,
            actor=request.user,
            now=timezone.now(),
            revision=given["revision"],
            take="take" in request.POST,
        )
    except Refused as refusal:
        status = refusal_status(refusal.code)
        if by_script:
            return JsonResponse({"message": refusal_message(refusal)}, status=status)
        if refusal.code in ("draft_changed", "draft_held"):
            return _both(request, _board(request, pk), form, refusal)
        return _case(request, _board(request, pk), refusal, draft=form)
    if by_script:
        at = time_format(localtime(kept.changed_at), "TIME_FORMAT")
        return JsonResponse({"revision": kept.revision, "at": at})
    then = request.POST.get("then", "")
    if then in ("snippet", "cite", "library"):
        onward = reverse("desk_case_chore", args=[pk, then])
        return HttpResponseRedirect(onward if shared else f"{onward}?draft=private")
    messages.success(request, gettext("The draft is kept"))
    address = reverse("desk_case", args=[pk])
    return HttpResponseRedirect(address if shared else f"{address}?draft=private")


@require_safe
@for_cases
def draft_preview(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Show the answer as its sender would get it in a language, as page and as mail; `draft=private`: one's own one."""
    board = _board(request, pk)
    private = request.GET.get("draft") == "private"
    found = board.private if private else board.shared
    seen = None
    if language in dict(settings.LANGUAGES):
        seen = preview_of(board.case, found, language=language, now=board.now)
    if seen is None:
        raise Http404
    sender = board.case.submission
    context = {
        "board": board,
        "case": board.case,
        "draft": found,
        "name": language_name(language),
        "lang": html_lang(language),
        "sent_in": "" if language == sender.language else language_name(sender.language),
        "is_mailed": sender.contact is not None and bool(sender.contact.email_index),
        "others": [one for one in draft_previews(found) if one[0] != language],
        "private": private,
        "seen": seen,
        # Made by `mailbox/notice.html`, which escapes what people wrote.
        "body": mark_safe(seen.html),
    }
    return _page(request, "draft_preview", context)


def _both(request: HttpRequest, board: Board, form: DraftForm, refusal: Refused) -> HttpResponse:
    """Show both texts: what somebody else wrote meanwhile, and what was typed here, to be put together."""
    theirs = board.private if form.data.get("shared") == "False" else board.shared
    if theirs is None:
        # What it would be put together with is gone meanwhile: what was typed stands in the form.
        return _case(request, board, refusal, draft=form)
    form.data = form.data.copy()
    form.data["revision"] = str(theirs.revision)
    context = {
        "board": board,
        "case": board.case,
        "lang": html_lang(board.case.submission.language),
        "theirs": theirs,
        "form": form,
        "pieces": diff(theirs.text, form.cleaned_data["text"], board.case.submission.language),
        "held": refusal.code == "draft_held",
        "refusal": refusal_message(refusal),
    }
    return _page(request, "both", context, refusal_status(refusal.code))


def _to_choose_from(request: HttpRequest, board: Board, code: str) -> dict[str, Any]:
    """Look among what is published for something to cite, or in the library of cases for an answer."""
    if code not in ("cite", "library"):
        return {}
    text = clean_search(request.GET.get("q", ""))
    if code == "library":
        items = found_in_library(request.user, text, language=board.case.submission.language)
        return {"q": text, "items": items[:CITED_SHOWN]}
    found = search(text).items[:CITED_SHOWN] if text else []
    return {"q": text, "hits": [(_cited(hit), hit) for hit in found]}


def _cited(hit: Hit) -> str:
    address = settings.PUBLIC_URL + hit.url
    return f"{strip_tags(hit.title)[: rules.CITE_MOST - len(address) - 1]} {address}"


@require_POST
@for_cases
def here(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who else has the case open and whether it moved on; asked for every two seconds, so two queries at most."""
    revision = Case.objects.visible_to(request.user).filter(pk=pk).values_list("revision", flat=True).first()
    if revision is None:
        raise Http404
    writing, leaving = request.POST.get("writing") == "yes", request.POST.get("leaving") == "yes"
    others = come(pk, request.user, now=timezone.now(), writing=writing, leaving=leaving)
    return JsonResponse({"others": present_words(others), "revision": revision})


# --- looking --------------------------------------------------------------------------------------------------------


@require_safe
@for_cases
def clock(request: HttpRequest, pk: int, clock: int) -> HttpResponse:
    """Show how a due day was computed, day by day."""
    board = _board(request, pk)
    badge = next((one for one in board.clocks if one.clock.pk == clock), None)
    if badge is None:
        raise Http404
    badge.clock.case = board.case
    context = {
        "board": board,
        "case": board.case,
        "badge": badge,
        "target": TARGETS.get(badge.clock.target, badge.clock.target),
        "source": source_words(badge.clock.profile.source),
        "days": [(one.day, one.number, why_counted(one)) for one in queries.date_proof(badge.clock)],
    }
    return _page(request, "clock", context)


@require_safe
@for_cases
def as_sender(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Show what the sender reads, in one language."""
    board = _board(request, pk)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        seen = tracked(board.case.submission, actor=request.user, now=board.now)
        body = render_to_string("mailbox/desk/sender_body.html", {"tracked": seen, "story": seen.story})
    context = {
        "board": board,
        "case": board.case,
        "language": language,
        "name": language_name(language),
        "lang": html_lang(language),
        # Its links are the sender's: they lead an officer to the door where the code is asked for.
        "body": mark_safe(LINKED.sub(r"\1", body)),
    }
    return _page(request, "as_sender", context)


@require_safe
@for_cases
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Print the whole file of a case, for whoever may take it along; every print is recorded."""
    board = _board(request, pk)
    if not may_export(board):
        raise Http404
    desk.print_case(pk, actor=request.user)
    content = case_pdf(board, actor=request.user)
    name = f'attachment; filename="{board.case.reference}.pdf"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name})
