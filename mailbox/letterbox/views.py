"""Writing to the office: choose a way, write, check, send. Parse, call one action or query, render."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.errors import Refused
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status, registered_codes
from engage.participation import challenge, limits, personal_data, sending, wallet
from engage.participation.file_faults import file_fault
from engage.participation.forms import checked_rows, clean_text, read_token
from engage.participation.rules import Window, parse_reference
from engage.typed import whole_number
from mailbox.letterbox import actions, files, kept, queries, sent
from mailbox.letterbox.forms import FIELDS, WriteForm
from mailbox.letterbox.words import PART_OF, PETITION, QUESTIONS, WAYS, Way

UPLOAD_WINDOWS = (Window(20, 60), Window(100, 3600))
FOUND_WINDOWS = (Window(20, 60), Window(100, 3600))


def _way(part: str) -> Way:
    if part not in WAYS:
        raise Http404
    return WAYS[part]


def page_context(**more: Any) -> dict[str, Any]:
    """Return what every page about writing needs."""
    return {"door": "write", "ways": [*WAYS.values(), PETITION], **more}


@require_safe
@shared_for_seconds
def door(request: HttpRequest) -> HttpResponse:
    """Show the ways of writing, and the letter that waits."""
    letter = kept.read(request)
    context = page_context(letter=letter, letter_way=WAYS[PART_OF[letter.kind]] if letter else None)
    return render(request, "letterbox/door.html", context)


@require_safe
@shared_for_seconds
def which(request: HttpRequest, number: int = 1) -> HttpResponse:
    """Ask one plain question; a yes leads to a way, a no to the next question."""
    if not 1 <= number <= len(QUESTIONS):
        raise Http404
    context = page_context(
        question=QUESTIONS[number - 1],
        number=number,
        most=len(QUESTIONS),
        after=number + 1 if number < len(QUESTIONS) else None,
        before=number - 1,
    )
    return render(request, "letterbox/which.html", context)


@require_safe
@shared_for_seconds
def answers(request: HttpRequest) -> HttpResponse:
    """Show what is published about a matter; a form that is being written takes its list from here."""
    asked = clean_text(request.GET.get("q", ""))[:300]
    found = queries.answers_to(asked, language=get_language() or "")
    return render(request, "letterbox/answers.html", page_context(asked=asked, answers=found))


# --- writing --------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, part: str) -> HttpResponse:
    """Write a message of one kind; its text stays when it moves to another kind."""
    if part == PETITION.part:
        return redirect("petition_start")
    way = _way(part)
    letter = kept.read(request)
    if request.method != "POST":
        values = dict(letter.values) if letter else {}
        item = queries.cited(request.GET.get("about", "")[:500])
        if item is not None:
            values["about"] = item.url
        form = WriteForm(initial=values, kind=way.kind, departments=queries.department_choices())
        return _write_page(request, way, form, letter, values.get("about", ""))
    form = WriteForm(request.POST, kind=way.kind, departments=queries.department_choices())
    about = request.POST.get("about", "")[:500]
    leaving = request.POST.get("to", "")
    form.is_valid()
    if leaving in {*WAYS, PETITION.part, "which", "files"} and not _too_long(form):
        return _leave(request, way, form, about, leaving)
    if form.errors:
        return _write_page(request, way, form, letter, about, status=422)
    try:
        kept.put(request, way.kind, {**form.cleaned_data, "about": _checked(about)}, checked=True)
    except Refused as refusal:
        form.add_error("text", refusal_message(refusal))
        return _write_page(request, way, form, letter, about, status=refusal_status(refusal.code))
    return redirect("write_check")


def _too_long(form: WriteForm) -> bool:
    """What is longer than a field takes is not put away: the page says by how much."""
    return any(fault.code in ("long", "max_length") for faults in form.errors.as_data().values() for fault in faults)


def _leave(request: HttpRequest, way: Way, form: WriteForm, about: str, leaving: str) -> HttpResponse:
    """Put away what was typed, right or wrong, and go where the button says."""
    typed = {name: clean_text(request.POST.get(name, "")) for name in FIELDS[way.kind]}
    kind = WAYS[leaving].kind if leaving in WAYS else way.kind
    try:
        kept.put(request, kind, {**typed, "about": _checked(about)}, checked=False)
    except Refused as refusal:
        form.add_error("text", refusal_message(refusal))
        return _write_page(request, way, form, None, about, status=refusal_status(refusal.code))
    if leaving in WAYS or leaving == PETITION.part:
        return redirect("write_kind", part=leaving)
    return redirect("write_which" if leaving == "which" else "write_files")


def _checked(about: str) -> str:
    item = queries.cited(about) if about else None
    return item.url if item else ""


def _write_page(
    request: HttpRequest, way: Way, form: WriteForm, letter: kept.Letter | None, about: str, status: int = 200
) -> HttpResponse:
    context = page_context(
        way=way,
        form=form,
        item=queries.cited(about) if about else None,
        files=files.held(letter.digest) if letter else [],
    )
    return render(request, "letterbox/write.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter_files(request: HttpRequest) -> HttpResponse:
    """Add files to the letter that is not sent yet, or remove one."""
    letter = kept.read(request)
    if letter is None:
        return redirect("write")
    error, status = "", 200
    if request.method == "POST":
        try:
            _change_files(request, letter)
            return redirect("write_files")
        except Refused as refusal:
            known = refusal.code in registered_codes()
            error = refusal_message(refusal) if known else file_fault(refusal)
            status = refusal_status(refusal.code) if known else 422
    context = page_context(
        way=WAYS[PART_OF[letter.kind]], files=files.held(letter.digest), error=error, most=files.FILES_MOST
    )
    return render(request, "letterbox/files.html", context, status=status)


def _change_files(request: HttpRequest, letter: kept.Letter) -> None:
    if removed := request.POST.get("remove", ""):
        number = whole_number(removed, digits=18, otherwise=None)
        if number is not None:
            files.drop(letter.digest, number)
        return
    upload = request.FILES.get("file")
    if upload is None or upload.file is None:
        raise Refused("letter_file_missing")
    limits.check("upload", limits.client_address(request), UPLOAD_WINDOWS)
    letter.files = True
    kept.write(request, letter)
    files.hold(letter.digest, cast(BinaryIO, upload.file), upload.name or "", now=timezone.now())


# --- sending --------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show everything once more, with what may answer it already; then send it."""
    if request.method == "POST":
        return _send(request)
    letter = kept.read(request)
    if letter is None:
        return redirect("write")
    form = _form_of(letter)
    if not letter.checked or not form.is_valid():
        return redirect("write_kind", part=PART_OF[letter.kind])
    return _check_page(request, letter, form)


def _form_of(letter: kept.Letter) -> WriteForm:
    """Look at what is kept once more: a unit may have gone meanwhile."""
    return WriteForm(letter.values, kind=letter.kind, departments=queries.department_choices())


def _check_page(
    request: HttpRequest, letter: kept.Letter, form: WriteForm, error: str = "", status: int = 200
) -> HttpResponse:
    values = form.cleaned_data
    text = values.get("text", "")
    held = [found.number for known in wallet.read(request) if (found := parse_reference(known)) is not None]
    context = page_context(
        way=WAYS[PART_OF[letter.kind]],
        letter=letter,
        rows=_rows(form),
        item=queries.cited(letter.values.get("about", "")) if letter.values.get("about") else None,
        files=files.held(letter.digest),
        answers=queries.answers_to(f"{values.get('title', '')}\n{text}", language=get_language() or ""),
        twice=queries.sent_before(text, held),
        findings=personal_data.find(text) if values.get("publish") == "yes" else [],
        publish=values.get("publish"),
        has_email=bool(values.get("email")),
        error=error,
        opened=challenge.sign_moment(timezone.now()),
        challenge=challenge.make() if limits.under_attack() else None,
    )
    return render(request, "letterbox/check.html", context, status=status)


def _rows(form: WriteForm) -> list[dict[str, str]]:
    """Return what the check page lists. That one writes alone goes without saying."""
    return checked_rows(form, without={"people"} if form.cleaned_data.get("people") == "1" else ())


def _send(request: HttpRequest) -> HttpResponse:
    token = read_token(request.POST.get("token", ""))
    letter = kept.read(request)
    if token is None or letter is None or letter.token != str(token):
        return (token and sending.sent_before(request, token)) or redirect("write")
    values = sent.ready_values(letter)
    if values is None:
        return redirect("write_kind", part=PART_OF[letter.kind])
    language, website = get_language() or "", request.POST.get("website", "")
    envelope, dropping = sent.envelope(letter, values, language, website), kept.Dropping(request.session)
    try:
        sending.check_limits(request, token=letter.token, email=envelope.email)
        case = sent.send(letter, values, envelope, dropping, actor=request.user)
    except Refused as refusal:
        form = _form_of(letter)
        if not form.is_valid():
            return redirect("write_kind", part=PART_OF[letter.kind])
        return _check_page(request, letter, form, refusal_message(refusal), refusal_status(refusal.code))
    dropping.finish()
    return sending.to_receipt(request, case.submission.reference, envelope.code)


@never_cache
@require_POST
def answered(request: HttpRequest) -> HttpResponse:
    """Count that a published answer was enough; the text is kept in case it was not."""
    letter = kept.read(request)
    if letter is None:
        return redirect("write")
    url = clean_text(request.POST.get("url", "")[:500])
    limits.check("answer-found", limits.client_address(request), FOUND_WINDOWS)
    letter.helped = True
    kept.write(request, letter)
    found = actions.note_answer_found(letter.digest, kind=letter.kind, url=url, actor=request.user, now=timezone.now())
    context = page_context(item=queries.cited(found.url), way=WAYS[PART_OF[letter.kind]])
    return render(request, "letterbox/answered.html", context)


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw the letter that is not sent away, with its files."""
    letter = kept.read(request)
    if letter is not None:
        for file in files.held(letter.digest):
            files.drop(letter.digest, file.pk)
        kept.drop(request)
    return redirect("write")
