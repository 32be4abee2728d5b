"""The press room's desk: releases, the media list, digests, sections. Parse, one query or action, render."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.accounts.actors import Role, has_role
from engage.departments.models import Department
from engage.desk.registry import pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.outreach.press import access, actions, queries, rules
from engage.outreach.press.actions.digests import DIGEST
from engage.outreach.press.actions.writing import KIND
from engage.outreach.press.desk import PRESS
from engage.outreach.press.forms import (
    BeginForm,
    ContactForm,
    DescriptionForm,
    DigestForm,
    EmergencyForm,
    FileForm,
    ReleaseForm,
    initial_of,
    month_name,
)
from engage.outreach.press.models import Digest, Edition, Material, Release
from engage.outreach.press.words import lack_sentence, language_name, languages
from engage.pages.messages import refusal_message, refusal_status, registered_codes
from engage.pages.models import Topic
from engage.pages.translation import HTML_LANG
from engage.participation.forms import clean_text
from engage.publishing import gate
from engage.publishing.redaction.words import sentence as file_sentence
from engage.typed import whole_number

View = Callable[..., HttpResponseBase]
SHOWN = 200
# Beside which field a refusal is said.
FIELD_OF = {
    "press_slug_taken": "slug",
    "press_slug_reserved": "slug",
    "press_slug_kept": "slug",
    "press_embargo_past": "embargo_until",
    "press_embargo_emergency": "embargo_until",
}


def for_press(view: View) -> View:
    """Let in who works in the press room; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if PRESS not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def for_press_editors(view: View) -> View:
    """Let in who writes."""

    @for_press
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not access.may_write(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    more = {
        "may_write": access.may_write(request.user),
        "is_administrator": has_role(request.user, Role.ADMINISTRATOR),
    }
    return render(request, f"press/desk/{template}.html", frame(request, PRESS) | more | context, status=status)


def _refused(refusal: Refused) -> dict[str, Any]:
    if refusal.code not in registered_codes():  # what is wrong with a file
        return {"refusal": file_sentence(refusal), "refusals": [file_sentence(refusal)], "status": 422}
    lines = refusal_message(refusal).split("\n")
    return {"refusal": lines[0], "refusals": lines, "status": refusal_status(refusal.code)}


def _revision(request: HttpRequest) -> int:
    return whole_number(request.POST.get("revision", ""), digits=9, otherwise=-1)


# --- releases -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_press
def home(request: HttpRequest) -> HttpResponse:
    """List the releases that are written or out, and begin another."""
    form = BeginForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {}
    if form.is_bound:
        if form.is_valid():
            try:
                release = actions.open_release(**form.cleaned_data, actor=request.user)
            except Refused as refusal:
                form.add_error("slug" if "slug" in refusal.code else None, refusal_message(refusal))
            else:
                return redirect("press_editor", release.pk)
        context["status"] = 422
    view = "out" if request.GET.get("view") == "out" else "write"
    context |= {"view": view, "releases": queries.releases(view, actor=request.user)[:SHOWN], "form": form}
    return _page(request, "list", context, context.get("status", 200))


def _release(request: HttpRequest, pk: int) -> Release:
    release = queries.release_of(pk, actor=request.user)
    if release is None:
        raise Http404
    return release


@require_http_methods(["GET", "HEAD", "POST"])
@for_press
def editor(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a release in both languages; see what is missing, how long it is, where it stands."""
    release = _release(request, pk)
    standing = queries.standing(release)
    form = ReleaseForm(
        request.POST if request.method == "POST" else None, initial=initial_of(release), corrects=standing is not None
    )
    if not form.is_bound:
        return _editor(request, release, form)
    if not access.may_write(request.user):
        raise Http404
    if not form.is_valid():
        return _editor(request, release, form, 422)
    given = form.cleaned_data
    try:
        actions.write_release(
            release.pk,
            kind=given["kind"],
            slug=given["slug"],
            department=given["department"],
            topics=given["topics"],
            words=form.words,
            correction=form.correction,
            related=form.related,
            embargo_until=given["embargo_until"],
            revision=given["revision"],
            now=timezone.now(),
            actor=request.user,
        )
    except Refused as refusal:
        # What was typed stays; sent once more, it counts for the newest state.
        form.data = form.data.copy()
        form.data["revision"] = str(_release(request, pk).revision)
        if field := FIELD_OF.get(refusal.code):
            form.add_error(field, refusal_message(refusal))
            return _editor(request, release, form, refusal_status(refusal.code))
        return _editor(request, release, form, refusal=refusal)
    return redirect("press_editor", pk)


def _editor(
    request: HttpRequest, release: Release, form: ReleaseForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """Show the editor; `more` are the bound forms of its other parts, `described` that of one file, by its key."""
    refusal: Refused | None = more.pop("refusal", None)
    described: tuple[int, DescriptionForm] | None = more.pop("described", None)
    standing = queries.standing(release)
    form = form or ReleaseForm(initial=initial_of(release), corrects=standing is not None)
    bound = [form, *more.values(), *([described[1]] if described else [])]
    context: dict[str, Any] = {
        "release": release,
        "form": form,
        "problems": next((one for one in bound if one.errors), None),
        "standing": standing,
        "changed": standing is None or standing.revision != release.revision,
        "current": gate.release_of(KIND, release),
        "lacks": [lack_sentence(lack) for lack in queries.lacks(release, timezone.now())],
        "lengths": _lengths(release),
        "files": [
            (row, described[1] if described and described[0] == row.pk else _describing(row))
            for row in release.materials.filter(removed_at__isnull=True)
        ],
        "file_form": FileForm(),
        "emergency_form": EmergencyForm(),
        "languages": languages(),
        **more,
    }
    if refusal is not None:
        context |= _refused(refusal)
    return _page(request, "editor", context, context.get("status", status))


def _describing(row: Material, data: Any = None) -> DescriptionForm:
    """Return the form of one file; several stand on one page, so each has names of its own for labels."""
    return DescriptionForm(data, initial={"alt_zh": row.alt_zh, "alt_en": row.alt_en}, auto_id=f"id_%s_{row.pk}")


def _lengths(release: Release) -> list[dict[str, Any]]:
    """Return how long each language is, and the most each kind takes for the counter in the page."""
    found = []
    for language, name in languages():
        words = release.words.get(language, {})
        n = rules.counted(words.get("lead", ""), words.get("body", ""), language)
        most = rules.MOST[release.kind][language]
        found.append(
            {
                "code": language,
                "name": name,
                "n": n,
                "most": most,
                "over": max(n - most, 0),
                "limits": " ".join(f"{kind}:{rules.MOST[kind][language]}" for kind in rules.KINDS),
            }
        )
    return found


def _change(request: HttpRequest, pk: int, change: Callable[[], object], **forms: Any) -> HttpResponse:
    """Carry out one button of the editor; a refusal is said there, beside what was typed."""
    release = _release(request, pk)
    try:
        change()
    except Refused as refusal:
        return _editor(request, _release(request, release.pk), refusal=refusal, **forms)
    return redirect("press_editor", pk)


@require_POST
@for_press_editors
def add_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Hang a picture or document under a release."""
    release = _release(request, pk)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _editor(request, release, status=422, file_form=form)
    given = form.cleaned_data

    def add() -> None:
        actions.add_file(
            pk,
            given["file"],
            given["file"].name,
            alt_zh=given["alt_zh"],
            alt_en=given["alt_en"],
            revision=_revision(request),
            actor=request.user,
        )

    return _change(request, pk, add, file_form=form)


def _material(release: Release, key: int) -> Material:
    row = release.materials.filter(pk=key, removed_at__isnull=True).first()
    if row is None:
        raise Http404
    return row


@require_POST
@for_press_editors
def change_file(request: HttpRequest, pk: int, key: int) -> HttpResponse:
    """Say what a file shows, or take it out."""
    release = _release(request, pk)
    form, revision = _describing(_material(release, key), request.POST), _revision(request)
    if request.POST.get("do") == "remove":
        return _change(
            request,
            pk,
            lambda: actions.remove_file(pk, key, revision=revision, actor=request.user),
            described=(key, form),
        )
    if not form.is_valid():
        return _editor(request, release, status=422, described=(key, form))
    return _change(
        request,
        pk,
        lambda: actions.describe_file(pk, key, **form.cleaned_data, revision=revision, actor=request.user),
        described=(key, form),
    )


@require_safe
@for_press
def see_file(request: HttpRequest, pk: int, key: int) -> HttpResponseBase:
    """Show a file of a release that is written."""
    row = _material(_release(request, pk), key)
    stored = row.small or row.file
    response = FileResponse(
        stored.open("rb"), as_attachment=not row.is_picture, filename=row.name, content_type=row.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@for_press
def preview(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Show what a release says on its public page."""
    release = _release(request, pk)
    if language not in rules.LANGUAGES:
        raise Http404
    now, built = timezone.now(), queries.build(release)
    row = Edition(
        release=release,
        number=built.content["number"],
        kind=release.kind,
        department=release.department,
        content=built.content,
        content_hash=built.hash,
        published_at=now,
        public_from=rules.public_from(now, release.embargo_until),
    )
    with translation.override(language):
        shown = queries.shown(row, now)
        body = render_to_string(
            "press/release_body.html", {"shown": shown, "preview": release.pk, "slug": release.slug}
        )
    context = {"release": release, "name": language_name(language), "lang": HTML_LANG[language], "body": body}
    return _page(request, "preview", context)


@require_POST
@for_press_editors
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a release in for its reviews."""
    release = _release(request, pk)
    form = EmergencyForm(request.POST) if release.kind == rules.EMERGENCY else None
    if form is not None and not form.is_valid():
        return _editor(request, release, status=422, emergency_form=form)
    return _change(
        request,
        pk,
        lambda: actions.hand_in(
            pk,
            revision=_revision(request),
            now=timezone.now(),
            actor=request.user,
            emergency=form.cleaned_data["reason"] if form is not None else "",
        ),
        **({"emergency_form": form} if form is not None else {}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_press_editors
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete a release that was never public."""
    release = _release(request, pk)
    if request.method == "POST":
        try:
            actions.delete_release(pk, revision=_revision(request), actor=request.user)
        except Refused as refusal:
            return _editor(request, release, refusal=refusal)
        return redirect("press_desk")
    return _page(request, "delete", {"release": release})


@require_http_methods(["GET", "HEAD", "POST"])
@for_press_editors
def take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take a release from the public."""
    release = _release(request, pk)
    if queries.standing(release) is None:
        raise Http404
    if request.method == "POST":
        return _change(request, pk, lambda: actions.take_down(pk, now=timezone.now(), actor=request.user))
    return _page(request, "take_down", {"release": release})


# --- the media list -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_press_editors
def media(request: HttpRequest) -> HttpResponse:
    """List who gets the digest, and enter somebody."""
    form = ContactForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                actions.add_contact(**form.cleaned_data, now=timezone.now(), actor=request.user)
            except Refused as refusal:
                form.add_error("email" if refusal.code == "media_on_list" else None, refusal_message(refusal))
                status = refusal_status(refusal.code)
            else:
                return redirect("press_media")
    topics = list(Topic.objects.all())
    topic = request.GET.get("topic", "")
    topic = topic if topic in {known.code for known in topics} else ""
    rows = list(queries.contacts(actor=request.user, topic=topic)[:SHOWN])
    return _page(request, "media", {"form": form, "rows": rows, "topics": topics, "topic": topic}, status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_press_editors
def media_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take somebody off the list."""
    row = queries.contacts(actor=request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        actions.end_contact(pk, actor=request.user)
        return redirect("press_media")
    return _page(request, "media_remove", {"row": row})


# --- digests --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_press
def digests(request: HttpRequest) -> HttpResponse:
    """List the digests, and begin one of a month that is over."""
    months = {f"{month:%Y-%m}": month for month in queries.months_to_tell(timezone.now())}
    context: dict[str, Any] = {}
    if request.method == "POST":
        month: date | None = months.get(request.POST.get("month", ""))
        try:
            if month is None:
                raise Refused("digest_exists")
            made = actions.make_digest(month, actor=request.user)
        except Refused as refusal:
            context = _refused(refusal)
        else:
            return redirect("press_digest", made.pk)
    rows = [(row, month_name(row.month)) for row in queries.digests(actor=request.user)[:SHOWN]]
    context |= {"rows": rows, "months": [(code, month_name(month)) for code, month in months.items()]}
    return _page(request, "digests", context, context.get("status", 200))


def _digest(request: HttpRequest, pk: int) -> Digest:
    found = queries.digest_of(pk, actor=request.user)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_press
def digest(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the foreword; read the letter in both languages as it will go out."""
    found = _digest(request, pk)
    form = DigestForm(request.POST if request.method == "POST" else None, initial=_initial(found))
    if not form.is_bound:
        return _digest_page(request, found, form)
    if not access.may_write(request.user):
        raise Http404
    if not form.is_valid():
        return _digest_page(request, found, form, status=422)
    try:
        actions.write_digest(pk, form.foreword, revision=form.cleaned_data["revision"], actor=request.user)
    except Refused as refusal:
        form.data = form.data.copy()
        form.data["revision"] = str(_digest(request, pk).revision)
        return _digest_page(request, found, form, **_refused(refusal))
    return redirect("press_digest", pk)


def _initial(found: Digest) -> dict[str, Any]:
    return {"revision": found.revision} | {f"foreword_{code}": text for code, text in found.foreword.items()}


def _digest_page(
    request: HttpRequest, found: Digest, form: DigestForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "digest": found,
        "month": month_name(found.month),
        "form": form or DigestForm(initial=_initial(found)),
        "letters": [
            (name, HTML_LANG[code], *(found.content[code].values() if found.content else queries.letter(found, code)))
            for code, name in languages()
        ],
        "lacks": []
        if found.published_at
        else [lack_sentence(lack) for lack in queries.digest_lacks(found, timezone.now())],
        "readers": queries.contacts(actor=request.user).counting().count(),
        "current": gate.release_of(DIGEST, found),
    }
    return _page(request, "digest", context | more, status)


@require_POST
@for_press_editors
def digest_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a digest in for its reviews."""
    found = _digest(request, pk)
    try:
        actions.hand_in_digest(pk, revision=_revision(request), now=timezone.now(), actor=request.user)
    except Refused as refusal:
        return _digest_page(request, found, **_refused(refusal))
    return redirect("press_digest", pk)


# --- sections -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_press
def sections(request: HttpRequest) -> HttpResponse:
    """List the departments with their sections, and open one; administrators only."""
    if not has_role(request.user, Role.ADMINISTRATOR):
        raise Http404
    context: dict[str, Any] = {}
    if request.method == "POST":
        wanted = Department.objects.active().filter(code=clean_text(request.POST.get("department", ""))).first()
        if wanted is None:
            raise Http404
        try:
            actions.open_section(wanted, actor=request.user)
        except Refused as refusal:
            context = _refused(refusal)
        else:
            return redirect("press_sections")
    context["rows"] = queries.sections(actor=request.user)
    return _page(request, "sections", context, context.get("status", 200))
