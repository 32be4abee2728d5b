"""Setting channels up: administrators only; nothing secret is ever shown again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.delivery import adapters, configuration, rules
from engage.outreach.delivery.access import check_administrator
from engage.outreach.delivery.models import Channel

ROW_FIELDS = (
    "name_zh", "name_en", "enabled", "measure", "most", "title_most", "link_units", "opens", "closes", "position",
)  # fmt: skip


@transaction.atomic
def save_channel(
    code: str, *, adapter: str, form: str, row: Mapping[str, Any], config: Mapping[str, str], actor: Actor
) -> Channel:
    """Make a channel or change it. Adapter and form stay as they were made; a secret left empty stays, too.

    `row` holds any of ROW_FIELDS; a new channel gets the shipped limits of its form for the rest.
    Raises Refused("not_allowed"), Refused("adapter_missing", adapter=...), Refused("channel_form"),
    Refused("channel_limit"), Refused("channel_code_taken") and those of the adapter's `check`.
    """
    check_administrator(actor)
    channel = Channel.objects.select_for_update().filter(code=code).first()
    if channel is not None and (channel.adapter, channel.form) != (adapter, form):
        raise Refused("channel_code_taken")
    carried = adapters.get(adapter)
    if form not in carried.forms:
        raise Refused("channel_form")
    is_new = channel is None
    if channel is None:
        shipped = rules.SHIPPED[form]
        channel = Channel(
            code=code,
            adapter=adapter,
            form=form,
            measure=shipped.body.measure,
            most=shipped.body.most,
            title_most=shipped.title.most,
            link_units=shipped.body.link_units,
        )
    for name in ROW_FIELDS:
        if name in row:
            setattr(channel, name, row[name])
    _check_limits(channel)
    values = _merged(carried, configuration.of(channel), config)
    carried.check(values)
    configuration.store(channel, values)
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError:
        raise Refused("channel_code_taken") from None
    journal.record(actor, "channel.made" if is_new else "channel.changed", channel, adapter=adapter, form=form)
    return channel


def _check_limits(channel: Channel) -> None:
    is_text = channel.form == rules.TEXT
    if not channel.most or is_text != (channel.measure == rules.SMS):
        raise Refused("channel_limit")
    if channel.form not in rules.WITHOUT_TITLE and not channel.title_most:
        raise Refused("channel_limit")


def _merged(adapter: adapters.Adapter, before: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    own = {field.code for field in adapter.fields}
    values = {code: value for code, value in before.items() if code not in own}
    for field in adapter.fields:
        typed = given.get(field.code, "").strip()
        values[field.code] = before.get(field.code, "") if field.secret and not typed else typed
        if field.required and not values[field.code]:
            raise Refused("channel_field_missing", field=str(field.label))
    return {code: value for code, value in values.items() if value}


@transaction.atomic
def change_secret(channel_id: int, *, actor: Actor) -> str:
    """Give a channel a new secret and return it, this once; the former one signs beside it until it is removed.

    Raises Refused("not_allowed"), Refused("channel_no_secret").
    """
    check_administrator(actor)
    channel = Channel.objects.visible_to(actor).select_for_update().get(pk=channel_id)
    values = configuration.of(channel)
    if "secret" not in {field.code for field in adapters.get(channel.adapter).fields}:
        raise Refused("channel_no_secret")
    made = secrets.token_urlsafe(32)
    configuration.store(channel, values | {"secret": made, "old_secret": values.get("secret", "")})
    channel.save(update_fields=["settings_sealed"])
    journal.record(actor, "channel.secret_changed", channel)
    return made


@transaction.atomic
def drop_old_secret(channel_id: int, *, actor: Actor) -> Channel:
    """Let the former secret sign no longer; raises Refused("not_allowed")."""
    check_administrator(actor)
    channel = Channel.objects.visible_to(actor).select_for_update().get(pk=channel_id)
    values = configuration.of(channel)
    values.pop("old_secret", None)
    configuration.store(channel, values)
    channel.save(update_fields=["settings_sealed"])
    journal.record(actor, "channel.old_secret_dropped", channel)
    return channel


def probe(channel_id: int, *, now: datetime, actor: Actor) -> Refused | None:
    """Find out whether a channel could be used now; returns why not. Raises Refused("not_allowed").

    No transaction is open while the other side is asked.
    """
    check_administrator(actor)
    channel = Channel.objects.visible_to(actor).get(pk=channel_id)
    fault = try_channel(channel, now)
    journal.record(actor, "channel.probed", channel, fault=fault.code if fault else "")
    return fault


def try_channel(channel: Channel, now: datetime) -> Refused | None:
    """Ask a channel's adapter whether it could be used now, and note when it could or could not."""
    try:
        adapters.get(channel.adapter).probe(configuration.of(channel), now)
    except Refused as refusal:
        fault: Refused | None = refusal
    except OSError as exc:
        fault = Refused("channel_fault", fault=type(exc).__name__)
    else:
        fault = None
    moment = {"last_failure_at": now} if fault else {"last_success_at": now}
    Channel.objects.filter(pk=channel.pk).update(**moment)
    return fault
