"""The editors' table of the outbox: items, variants with their counters, previews, the ledger's single rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.desk.registry import pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.outreach.delivery import access, actions, adapters, queries, rules, variants, words
from engage.outreach.delivery.desk import OUTBOX
from engage.outreach.delivery.forms import BeginForm, ChannelsForm, ItemForm, VariantForm
from engage.outreach.delivery.models import Channel, Item
from engage.pages.messages import refusal_message, refusal_status
from engage.publishing import gate
from engage.typed import whole_number

View = Callable[..., HttpResponse]
PAGE = 25
# Forms whose bytes are a page of their own, shown in a frame.
_PAGES = (rules.ARTICLE, rules.MAIL)


def for_outbox(view: View) -> View:
    """Let in who works on the outbox; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if OUTBOX not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page of the outbox within the desk."""
    more = {"may_write": access.may_write(request.user), "may_set_up": access.may_set_up(request.user)}
    return render(request, f"delivery/desk/{template}.html", frame(request, OUTBOX) | more | context, status=status)


def refused(refusal: Refused) -> dict[str, Any]:
    """Return what a page needs to tell a refusal, and its status."""
    return {"refusal": refusal_message(refusal), "status": refusal_status(refusal.code)}


def _revision(request: HttpRequest) -> int:
    return whole_number(request.POST.get("revision", ""), digits=9, otherwise=-1)


def _item(request: HttpRequest, pk: int) -> Item:
    found = queries.item_of(pk, actor=request.user)
    if found is None:
        raise Http404
    return found


def _writable(request: HttpRequest, pk: int) -> Item:
    found = _item(request, pk)
    if not access.may_write(request.user):
        raise Http404
    return found


# --- the list -------------------------------------------------------------------------------------------------------


@require_safe
@for_outbox
def home(request: HttpRequest) -> HttpResponse:
    """List the items that are written, or were released."""
    return _home(request)


def _home(request: HttpRequest, form: BeginForm | None = None, **more: Any) -> HttpResponse:
    view = "done" if request.GET.get("view") == "done" else "work"
    number = whole_number(request.GET.get("page", "1"), digits=5, otherwise=1)
    shown = Paginator(queries.items(view, actor=request.user), PAGE).get_page(number)
    form = form or BeginForm(choices=queries.choices(actor=request.user))
    counts = queries.state_counts(actor=request.user)
    context = {
        "view": view,
        "items": shown,
        "form": form,
        "failed": counts.get("failed", 0) + counts.get("given_up", 0),
        "waiting": counts.get("scheduled", 0) + counts.get("sending", 0),
    }
    return page(request, "list", context | more, more.get("status", 200))


@require_POST
@for_outbox
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an item."""
    if not access.may_write(request.user):
        raise Http404
    form = BeginForm(request.POST, choices=queries.choices(actor=request.user))
    if not form.is_valid():
        return _home(request, form, status=422)
    try:
        made = actions.open_item(subject=form.pair, actor=request.user)
    except Refused as refusal:
        return _home(request, form, **refused(refusal))
    return redirect("outbox_item", made.pk)


# --- one item -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_outbox
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what an item says; see its channels, what is missing, and where it stands at the gate."""
    found = _item(request, pk)
    if request.method != "POST":
        return _show(request, found)
    _writable(request, pk)
    form = ItemForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form=form, status=422)
    given = form.cleaned_data
    try:
        actions.write_item(
            pk,
            texts=form.texts,
            topics=given.get("topics", []),
            department_id=given["department"].pk if given["department"] else None,
            send_at=given["send_at"],
            revision=given["revision"],
            actor=request.user,
        )
    except Refused as refusal:
        form.data = form.data.copy()
        form.data["revision"] = str(_item(request, pk).revision)
        return _show(request, _item(request, pk), form=form, **refused(refusal))
    return redirect("outbox_item", pk)


def _show(request: HttpRequest, found: Item, *, form: ItemForm | None = None, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {"item": found, **more}
    if found.is_released:
        rows = queries.ledger(actor=request.user, item_id=found.pk)
        context["deliveries"] = [(row, words.state_kind(row), words.state_label(row)) for row in rows]
    else:
        texts = {text.language: text for text in found.texts.all()}
        rows = queries.ready_variants(found)
        context |= {
            "form": form or ItemForm(initial=_initial(found)),
            "rows": [(one, words.variant_label(one.variant), _count(one)) for one in rows],
            "matrix": _matrix(request, list(texts), {(one.variant.channel_id, one.variant.language) for one in rows}),
            "languages": [(code, words.language_name(code)) for code in texts],
            "lacks": queries.lacks(found),
            "release": gate.release_of(actions.KIND, found),
            "hand_in_url": reverse("release_hand_in", args=[actions.KIND, found.pk]),
        }
    return page(request, "item", context, more.get("status", 200))


def _matrix(
    request: HttpRequest, languages: list[str], chosen: set[tuple[int, str]]
) -> list[tuple[Channel, list[tuple[str, str, bool]]]]:
    """Return each channel with a box per language: its value, its name for who does not see the table, ticked."""
    return [
        (
            channel,
            [
                (f"{channel.pk}:{code}", words.pair_label(channel, code), (channel.pk, code) in chosen)
                for code in languages
            ],
        )
        for channel in queries.channels(actor=request.user, in_use=True)
    ]


def _count(one: queries.Ready) -> tuple[str, list[str]]:
    """Say how long the text is, and what is wrong with the variant."""
    counted = rules.count(one.parts.body, one.variant.channel.profile.body)
    return words.count_sentence(counted), [words.fault_sentence(fault) for fault in one.faults]


def _initial(found: Item) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "revision": found.revision,
        "department": found.department_id,
        "topics": [topic.code for topic in found.topics.all()],
        "send_at": timezone.localtime(found.send_at) if found.send_at else None,
    }
    for text in found.texts.all():
        initial |= {f"{name}_{text.language}": getattr(text, name) for name in ("title", "summary", "url")}
    return initial


def _press(request: HttpRequest, pk: int, press: Callable[[], object], to: str = "outbox_item") -> HttpResponse:
    """Carry one button out; a refusal is said on the item's page."""
    try:
        press()
    except Refused as refusal:
        return _show(request, _item(request, pk), **refused(refusal))
    return redirect(to, pk)


@require_POST
@for_outbox
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Say on which channels it goes."""
    found = _writable(request, pk)
    form = ChannelsForm(
        request.POST,
        channels=queries.channels(actor=request.user, in_use=True),
        languages=[text.language for text in found.texts.all()],
    )
    if not form.is_valid():
        return _show(request, found, **refused(Refused("channel_gone")))
    return _press(
        request,
        pk,
        lambda: actions.choose_channels(pk, form.chosen, revision=form.cleaned_data["revision"], actor=request.user),
    )


@require_POST
@for_outbox
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand it in at the gate."""
    _writable(request, pk)
    return _press(
        request,
        pk,
        lambda: actions.submit(pk, revision=_revision(request), now=timezone.now(), actor=request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_outbox
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then throw an item away that was never handed in."""
    found = _writable(request, pk)
    if found.is_released:
        raise Http404
    if request.method != "POST":
        return page(request, "delete", {"item": found})
    try:
        actions.delete_item(pk, revision=_revision(request), actor=request.user)
    except Refused as refusal:
        return _show(request, _item(request, pk), **refused(refusal))
    return redirect("outbox")


# --- one variant ----------------------------------------------------------------------------------------------------


def _ready(request: HttpRequest, pk: int, variant_id: int) -> queries.Ready:
    found = _writable(request, pk)
    if found.is_released:
        raise Http404
    one = queries.variant_of(found, variant_id)
    if one is None:
        raise Http404
    texts = {text.language: text for text in found.texts.all()}
    return queries.ready(one, texts.get(one.language))


@require_http_methods(["GET", "HEAD", "POST"])
@for_outbox
def variant(request: HttpRequest, pk: int, variant: int) -> HttpResponse:
    """Write the words for one channel; the count is told, and how the result looks."""
    one = _ready(request, pk, variant)
    edited = one.variant
    initial = {
        "title": edited.title,
        "body": edited.body,
        "revision": edited.item.revision,
        "send_at": timezone.localtime(edited.send_at) if edited.send_at else None,
    }
    form = VariantForm(request.POST if request.method == "POST" else None, variant=edited, initial=initial)
    more: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            actions.write_variant(
                edited.pk,
                title=given.get("title", ""),
                body=given["body"],
                send_at=given["send_at"],
                revision=given["revision"],
                actor=request.user,
            )
        except Refused as refusal:
            form.data = form.data.copy()
            form.data["revision"] = str(_item(request, pk).revision)
            more = refused(refusal)
        else:
            return redirect("outbox_variant", pk, variant)
    elif form.is_bound:
        more = {"status": 422}
    context = {
        "item": edited.item,
        "one": one,
        "label": words.variant_label(edited),
        "form": form,
        "counts": _counts(form, one),
        "faults": [words.fault_sentence(fault) for fault in one.faults],
        "preview": _preview(one),
        "has_page": edited.channel.form in _PAGES,
    }
    return page(request, "variant", context | more, more.get("status", 200))


def _counts(form: VariantForm, one: queries.Ready) -> dict[str, tuple[str, bool]]:
    """Return what the counters say about what is in the form now: sentence, and whether it fits."""
    profile = one.variant.channel.profile
    counted = {
        name: rules.count(str(form[name].value() or ""), getattr(profile, name))
        for name in ("title", "body")
        if name in form.fields
    }
    return {name: (words.count_sentence(count), count.fits) for name, count in counted.items()}


def _preview(one: queries.Ready) -> dict[str, str]:
    """Return what is shown of the stored bytes."""
    told = json.loads(one.rendered.content) if one.rendered.media_type == "application/json" else {}
    return {
        "form": one.variant.channel.form,
        "title": told.get("title") or told.get("subject") or one.parts.title,
        "text": told.get("body") or told.get("text") or one.parts.body,
        "url": "" if one.variant.channel.form in rules.LINK_INSIDE else one.parts.url,
        "raw": one.rendered.content.decode(),
    }


@require_POST
@for_outbox
def reset(request: HttpRequest, pk: int, variant: int) -> HttpResponse:
    """Throw the edited words away."""
    one = _ready(request, pk, variant)
    try:
        actions.follow_item(one.variant.pk, revision=_revision(request), actor=request.user)
    except Refused as refusal:
        return _show(request, _item(request, pk), **refused(refusal))
    return redirect("outbox_variant", pk, variant)


@require_safe
@for_outbox
def previews(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all variants side by side, as they would go out now."""
    found = _writable(request, pk)
    if found.is_released:
        raise Http404
    rows = [
        {
            "one": one,
            "label": words.variant_label(one.variant),
            "preview": _preview(one),
            "count": _count(one),
            "has_page": one.variant.channel.form in _PAGES,
        }
        for one in queries.ready_variants(found)
    ]
    return page(request, "previews", {"item": found, "rows": rows})


@require_safe
@xframe_options_sameorigin
@for_outbox
def page_preview(request: HttpRequest, pk: int, variant: int) -> HttpResponse:
    """Show an article or the HTML of a mail in a frame that can do nothing."""
    one = _ready(request, pk, variant)
    form = one.variant.channel.form
    if form not in _PAGES:
        raise Http404
    made = variants.mail_html if form == rules.MAIL else variants.article_html
    language = "zh-Hans" if one.variant.language.startswith("zh") else one.variant.language
    body = made(one.parts, one.variant.language)
    if form == rules.ARTICLE:
        body = (
            f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>·</title></head>'
            f"<body>{body}</body></html>"
        )
    response = HttpResponse(body)
    response._csp_replace = {  # type: ignore[attr-defined]
        "default-src": [NONE],
        "script-src": [NONE],
        "style-src": ["'unsafe-inline'"],
        "img-src": [NONE],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups"],
    }
    return response


# --- the ledger -----------------------------------------------------------------------------------------------------


@require_safe
@for_outbox
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one delivery: where it stands, what went out, each attempt."""
    row = queries.delivery_of(pk, actor=request.user)
    if row is None:
        raise Http404
    context = {
        "row": row,
        "language": words.language_name(row.language),
        "state_kind": words.state_kind(row),
        "state_label": words.state_label(row),
        "reason": words.reason_sentence(row.reason, row.reason_values) if row.reason else "",
        "attempts": [
            (attempt, words.reason_sentence(attempt.reason, attempt.reason_values) if attempt.reason else "")
            for attempt in row.attempts.all()
        ],
        "progress": queries.progress_of(row),
        "by_hand": row.channel.adapter == adapters.FileAdapter.code,
        "back": f"{reverse('desk_queue', args=['deliveries'])}",
    }
    return page(request, "delivery", context)


@require_safe
@for_outbox
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the released bytes of a delivery, to be posted by hand."""
    row = queries.delivery_of(pk, actor=request.user)
    if row is None or not row.item.is_released:
        raise Http404
    name = f"{row.channel.code}-{row.item_id}-{row.language}.{variants.SUFFIXES[row.media_type]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-SHA256": row.sha256,
    }
    return HttpResponse(row.content.encode(), content_type=f"{row.media_type}; charset=utf-8", headers=headers)
