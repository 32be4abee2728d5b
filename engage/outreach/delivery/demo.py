"""The demo's channels, one released notice, and one that is being written."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from engage.accounts.actors import SYSTEM
from engage.outreach.delivery import actions
from engage.outreach.delivery.models import Channel, Item
from engage.pages.demo_content import FOLDER
from engage.publishing import gate


def load() -> None:
    """Load the channels and items once, through the same actions as the site; a second call changes nothing."""
    if Channel.objects.exists():
        return
    given = json.loads((FOLDER / "outbox.json").read_text(encoding="utf-8"))
    wanted = [_channel(place, entry) for place, entry in enumerate(given["channels"])]
    for entry in given["items"]:
        _item(entry, wanted, timezone.now())


def _channel(place: int, entry: dict[str, Any]) -> tuple[Channel, list[str]]:
    row: dict[str, Any] = {"name_zh": entry["name"]["zh"], "name_en": entry["name"]["en"], "position": place}
    row |= {name: time.fromisoformat(entry[name]) for name in ("opens", "closes") if name in entry}
    channel = actions.save_channel(
        entry["code"], adapter=entry["adapter"], form=entry["form"], row=row, config={}, actor=SYSTEM
    )
    return channel, entry["languages"]


def _item(entry: dict[str, Any], wanted: list[tuple[Channel, list[str]]], now: datetime) -> None:
    item = actions.open_item(
        texts={code: actions.Text(**words) for code, words in entry["texts"].items()}, actor=SYSTEM
    )
    pairs = [(channel.pk, code) for channel, codes in wanted for code in codes]
    actions.choose_channels(item.pk, pairs, revision=item.revision, actor=SYSTEM)
    if entry["released"]:
        at = now - timedelta(days=entry["days_ago"])
        gate.release_by_platform(actions.KIND, Item.objects.get(pk=item.pk), now=at)
        actions.hand_over_due(now=now)
