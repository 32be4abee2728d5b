"""Channels, for administrators: what carries them, their limits, a probe, the change of a secret."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.errors import Refused
from engage.outreach.delivery import access, actions, adapters, configuration, queries, rules
from engage.outreach.delivery.desk_views import View, for_outbox, page, refused
from engage.outreach.delivery.forms import ChannelForm, NewChannelForm
from engage.outreach.delivery.models import Channel
from engage.pages.messages import refusal_message, refusal_status


def for_administrators(view: View) -> View:
    """Let in who sets channels up."""

    @for_outbox
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.may_set_up(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_administrators
def channels(request: HttpRequest) -> HttpResponse:
    """List the channels, and offer a new one."""
    rows = [(channel, adapters.find(channel.adapter)) for channel in queries.channels(actor=request.user)]
    return page(request, "channels", {"rows": rows, "form": NewChannelForm()})


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def new(request: HttpRequest) -> HttpResponse:
    """Make a channel."""
    chosen = NewChannelForm(request.GET)
    if not chosen.is_valid():
        rows = [(channel, adapters.find(channel.adapter)) for channel in queries.channels(actor=request.user)]
        return page(request, "channels", {"rows": rows, "form": chosen if request.GET else NewChannelForm()})
    adapter_code, form_code = chosen.pair
    adapter, shipped = adapters.get(adapter_code), rules.SHIPPED[form_code]
    instance = Channel(
        adapter=adapter_code,
        form=form_code,
        measure=shipped.body.measure,
        most=shipped.body.most,
        title_most=shipped.title.most,
        link_units=shipped.body.link_units,
    )
    return _edit(request, instance, adapter)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a channel."""
    return _edit(request, *_channel(request, pk))


def _channel(request: HttpRequest, pk: int) -> tuple[Channel, adapters.Adapter]:
    found = Channel.objects.visible_to(request.user).filter(pk=pk).first()
    adapter = adapters.find(found.adapter) if found else None
    if found is None or adapter is None:
        raise Http404
    return found, adapter


def _edit(request: HttpRequest, instance: Channel, adapter: adapters.Adapter) -> HttpResponse:
    form = ChannelForm(
        request.POST if request.method == "POST" else None,
        instance=instance,
        adapter=adapter,
        form_code=instance.form,
        config=configuration.of(instance),
    )
    more: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        row = form.row
        code = row.pop("code", instance.code)
        try:
            if not instance.pk and Channel.objects.filter(code=code).exists():
                raise Refused("channel_code_taken")
            saved = actions.save_channel(
                code,
                adapter=instance.adapter,
                form=instance.form,
                row=row,
                config=form.config,
                actor=request.user,
            )
        except Refused as refusal:
            form.tell(refusal)
            more = {"status": refusal_status(refusal.code)}
        else:
            return redirect("outbox_channel", saved.pk)
    elif form.is_bound:
        more = {"status": 422}
    return _page(request, instance, adapter, form=form, **more)


def _page(request: HttpRequest, instance: Channel, adapter: adapters.Adapter, **more: Any) -> HttpResponse:
    config = configuration.of(instance)
    form = more.pop("form", None) or ChannelForm(
        instance=instance, adapter=adapter, form_code=instance.form, config=config
    )
    context = {
        "channel": instance,
        "adapter": adapter,
        "form": form,
        "has_secret": any(field.code == "secret" for field in adapter.fields),
        "has_old_secret": bool(config.get("old_secret")),
    }
    return page(request, "channel", context | more, more.get("status", 200))


@require_POST
@for_administrators
def probe(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a channel now, without telling the public anything."""
    _channel(request, pk)
    fault = actions.probe(pk, now=timezone.now(), actor=request.user)
    instance, adapter = _channel(request, pk)
    if fault is None:
        return _page(request, instance, adapter, probed=gettext("The channel can be used."))
    return _page(request, instance, adapter, refusal=refusal_message(fault))


@require_POST
@for_administrators
def secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new secret, shown this once; or let the former one sign no longer."""
    instance, adapter = _channel(request, pk)
    if request.POST.get("do") == "drop":
        actions.drop_old_secret(pk, actor=request.user)
        return redirect("outbox_channel", pk)
    try:
        made = actions.change_secret(pk, actor=request.user)
    except Refused as refusal:
        return _page(request, instance, adapter, **refused(refusal))
    return _page(request, *_channel(request, pk), made=made)
