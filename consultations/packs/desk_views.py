"""The editors' table of packs: parse, one query or action, render."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.outcomes.words import language_name
from consultations.packs import access, actions, queries, rules
from consultations.packs.desk import PACKS
from consultations.packs.forms import BlockForm, InviteForm, NoteForm
from consultations.packs.gated import body
from consultations.packs.models import Block, Invitation, Pack
from consultations.packs.queries.building import TEXT_FIELDS
from consultations.packs.words import gap_url, kind_label, missing_sentence
from engage.desk.registry import pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.pages.translation import HTML_LANG
from engage.publishing import gate
from engage.typed import whole_number

View = Callable[..., HttpResponse]


def for_packs(view: View) -> View:
    """Let in who works on packs; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if PACKS not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@dataclass(frozen=True)
class Bench:
    """One pack, as one request works on it."""

    pack: Pack
    may_write: bool


def _bench(request: HttpRequest, pk: int) -> Bench:
    pack = queries.pack_of(pk, actor=request.user)
    if pack is None:
        raise Http404
    return Bench(pack, access.may_write(request.user))


def _block(request: HttpRequest, pk: int, block_id: int) -> tuple[Bench, Block]:
    """Return a block of a pack that is being written, for who writes it."""
    bench = _bench(request, pk)
    block = next((one for one in queries.blocks_of(bench.pack) if one.pk == block_id), None)
    if block is None or bench.pack.state != Pack.State.DRAFT or not bench.may_write:
        raise Http404
    return bench, block


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"consultations/packs/desk/{template}.html", frame(request, PACKS) | context, status=status)


def _refused(refusal: Refused) -> dict[str, Any]:
    return {"refusal": refusal_message(refusal), "status": refusal_status(refusal.code)}


def _revision(request: HttpRequest) -> int:
    return whole_number(request.POST.get("revision", ""), digits=9, otherwise=-1)


# --- the list -------------------------------------------------------------------------------------------------------


@require_safe
@for_packs
def home(request: HttpRequest) -> HttpResponse:
    """List the packs that are written, in review, or published."""
    return _home(request)


def _home(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    default = "write" if access.may_write(request.user) else "review"
    view = request.GET.get("view", default)
    view = view if view in queries.VIEWS else default
    context = {
        "packs": list(queries.packs(view, actor=request.user)[:200]),
        "view": view,
        "targets": [(_value(target), _named(target)) for target in queries.targets()]
        if access.may_write(request.user)
        else [],
        "refusal": refusal,
    }
    return _page(request, "list", context, status)


def _value(target: queries.Target) -> str:
    return f"{target.about}:{target.version.pk}"


def _named(target: queries.Target) -> str:
    if target.about == Pack.About.FINAL:
        return gettext("%(call)s: the final document, version %(n)d") % {
            "call": target.call,
            "n": target.version.number,
        }
    return gettext("%(call)s: the draft, version %(n)d") % {"call": target.call, "n": target.version.number}


@require_POST
@for_packs
def begin(request: HttpRequest) -> HttpResponse:
    """Open a pack, or its correction, or the one that is in work."""
    wanted = {_value(target): target for target in queries.targets()}.get(request.POST.get("target", ""))
    if wanted is None:
        return _home(request, gettext("Choose what is to be explained"), 422)
    try:
        pack = actions.open_pack(wanted.version.pk, about=wanted.about, actor=request.user)
    except Refused as refusal:
        return _home(request, refusal_message(refusal), refusal_status(refusal.code))
    return redirect("pack_builder", pack.pk)


# --- the table of one pack ------------------------------------------------------------------------------------------


@require_safe
@for_packs
def builder(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the blocks of one pack: what is written, what is missing, what can be done next."""
    return _builder(request, _bench(request, pk))


def _builder(request: HttpRequest, bench: Bench, refusal: Refused | None = None) -> HttpResponse:
    pack = bench.pack
    context: dict[str, Any] = {
        "pack": pack,
        "call": pack.consultation,
        "bench": bench,
        "languages": [(code, language_name(code)) for code in queries.LANGUAGES],
        "release": gate.standing_of(actions.KIND, pack),
        "now": timezone.now(),
    }
    if refusal is not None:
        context |= _refused(refusal)
    if pack.state == Pack.State.DRAFT:
        context |= _writing(pack)
    return _page(request, "builder", context, context.get("status", 200))


def _writing(pack: Pack) -> dict[str, Any]:
    blocks = queries.blocks_of(pack)
    built = queries.build(pack)
    return {
        "rows": [_row(block) for block in blocks],
        "missing": [(missing_sentence(gap), gap_url(pack, gap, blocks)) for gap in built.missing],
        "kinds": [(kind, kind_label(kind)) for kind in rules.OPTIONAL if kind != rules.EXPERT],
    }


def _row(block: Block) -> dict[str, Any]:
    texts = {text.language: text for text in block.texts.all()}
    heading = texts.get(get_language() or "")
    needed = rules.needed(block.kind, no_interest=block.no_interest)
    return {
        "block": block,
        "label": kind_label(block.kind),
        "heading": heading.heading if heading else "",
        "invitation": getattr(block, "invitation", None),
        "clauses": len(block.clauses.all()),
        "languages": [
            (language_name(code), all(getattr(texts.get(code), name, "").strip() for name in needed))
            for code in queries.LANGUAGES
        ],
    }


def _change(request: HttpRequest, pk: int, change: Callable[[Bench], object]) -> HttpResponse:
    """Carry one button of the table out; a refusal is said on the table."""
    bench = _bench(request, pk)
    try:
        change(bench)
    except Refused as refusal:
        return _builder(request, _bench(request, pk), refusal)
    return redirect("pack_builder", pk)


@require_POST
@for_packs
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an optional block."""
    kind = request.POST.get("kind", "")[:12]
    return _change(
        request,
        pk,
        lambda bench: actions.add_block(bench.pack.pk, kind, revision=_revision(request), actor=request.user),
    )


@require_POST
@for_packs
def move(request: HttpRequest, pk: int, block: int) -> HttpResponse:
    """Move a block one place up or down."""
    _bench_found, found = _block(request, pk, block)
    up = request.POST.get("to") == "up"
    return _change(
        request,
        pk,
        lambda bench: actions.move_block(found.pk, up=up, revision=_revision(request), actor=request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_packs
def remove(request: HttpRequest, pk: int, block: int) -> HttpResponse:
    """Ask, then remove an optional block."""
    bench, found = _block(request, pk, block)
    if request.method == "POST":
        return _change(
            request,
            pk,
            lambda bench: actions.remove_block(found.pk, revision=_revision(request), actor=request.user),
        )
    return _page(request, "remove", {"pack": bench.pack, "call": bench.pack.consultation, "row": _row(found)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_packs
def block(request: HttpRequest, pk: int, block: int) -> HttpResponse:
    """Write one block in both languages, and say which clauses it explains."""
    bench, found = _block(request, pk, block)
    articles = queries.articles_of(bench.pack.version, get_language() or "")
    form = BlockForm(
        request.POST if request.method == "POST" else None,
        block=found,
        articles=articles,
        initial=_initial(found, bench.pack),
    )
    context: dict[str, Any] = {
        "pack": bench.pack,
        "call": bench.pack.consultation,
        "part": found,
        "label": kind_label(found.kind),
        "form": form,
        "original": next((text for text in found.texts.all() if text.language == found.original_language), None),
        "chosen": set(form["clauses"].value() or []) if articles else set(),
    }
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            actions.write_block(
                found.pk,
                texts=form.texts,
                dated=given["dated"],
                url=given["url"],
                clauses=given.get("clauses", []),
                revision=given["revision"],
                actor=request.user,
            )
        except Refused as refusal:
            return _again(request, "block", context, refusal, bench.pack)
        return redirect(reverse("pack_builder", args=[pk]) + f"#block-{found.pk}")
    return _page(request, "block", context, 422 if form.is_bound else 200)


def _initial(block: Block, pack: Pack) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "revision": pack.revision,
        "dated": block.dated,
        "url": block.url,
        "clauses": [clause.key for clause in block.clauses.all()],
    }
    for text in block.texts.all():
        initial |= {f"{name}_{text.language}": getattr(text, name) for name in TEXT_FIELDS}
    return initial


def _again(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refused, pack: Pack) -> HttpResponse:
    """Show a form again with what was typed; sent once more, it counts for the newest state."""
    form = context["form"]
    form.data = form.data.copy()
    form.data["revision"] = str(Pack.objects.values_list("revision", flat=True).get(pk=pack.pk))
    refused = _refused(refusal)
    return _page(request, template, context | refused, refused["status"])


# --- experts --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_packs
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite an expert to write one block."""
    bench = _bench(request, pk)
    if bench.pack.state != Pack.State.DRAFT or not bench.may_write:
        raise Http404
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        initial={"revision": bench.pack.revision, "language": get_language(), "days": rules.DAYS_USUAL},
    )
    context: dict[str, Any] = {"pack": bench.pack, "call": bench.pack.consultation, "form": form}
    if form.is_bound and form.is_valid():
        try:
            made, _token = actions.invite(pk, **form.cleaned_data, now=timezone.now(), actor=request.user)
        except Refused as refusal:
            return _again(request, "invite", context, refusal, bench.pack)
        return redirect("pack_expert", pk, made.block_id)
    return _page(request, "invite", context, 422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_packs
def expert(request: HttpRequest, pk: int, block: int) -> HttpResponse:
    """Read what an expert handed in; take it over, send it back, renew or end the invitation."""
    bench, found = _block(request, pk, block)
    invitation = getattr(found, "invitation", None)
    if invitation is None:
        raise Http404
    note = NoteForm(request.POST if request.method == "POST" else None)
    do = request.POST.get("do", "")
    context: dict[str, Any] = {}
    if request.method == "POST" and not note.is_valid():
        context["status"] = 422
    elif request.method == "POST":
        try:
            _decide_expert(request, invitation, do, note.cleaned_data["note"])
        except Refused as refusal:
            context = _refused(refusal)
            if refusal.code == "note_missing":
                note.add_error("note", context.pop("refusal"))
        else:
            return redirect("pack_builder", pk) if do == "accept" else redirect("pack_expert", pk, block)
    bench, found = _block(request, pk, block)
    context |= {
        "pack": bench.pack,
        "call": bench.pack.consultation,
        "invitation": found.invitation,
        "email": found.invitation.contact.email if found.invitation.contact else "",
        "is_open": found.invitation.is_open(timezone.now()),
        "written_in": language_name(found.invitation.written_in),
        "note_form": note,
    }
    return _page(request, "expert", context, context.get("status", 200))


def _decide_expert(request: HttpRequest, invitation: Invitation, do: str, note: str) -> None:
    now = timezone.now()
    if do == "accept":
        actions.accept_text(invitation.pk, revision=_revision(request), now=now, actor=request.user)
    elif do == "return":
        actions.return_text(invitation.pk, note, now=now, actor=request.user)
    elif do == "renew":
        actions.renew_invitation(invitation.pk, now=now, actor=request.user)
    elif do == "revoke":
        actions.revoke_invitation(invitation.pk, now=now, actor=request.user)
    else:
        raise Http404


# --- the way to the public ------------------------------------------------------------------------------------------


@require_safe
@for_packs
def preview(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Show the page as it would be published now."""
    bench = _bench(request, pk)
    if language not in queries.LANGUAGES:
        raise Http404
    pack = bench.pack
    content = pack.content or queries.build(pack).content
    context = {
        "pack": pack,
        "call": pack.consultation,
        "name": language_name(language),
        "lang": HTML_LANG.get(language, language),
        "body": body(content, pack, language),
    }
    return _page(request, "preview", context)
