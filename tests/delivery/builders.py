"""Makes channels and items at every stage, through the actions."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.outreach.delivery import actions
from engage.outreach.delivery.actions.writing import Text
from engage.outreach.delivery.models import Channel, Delivery, Item
from engage.publishing import actions as gate_actions
from engage.publishing import gate
from engage.publishing.models import Release
from tests.accounts.people import person

WORDS = {
    "zh-hans": Text("图书馆条例征求意见", "开放时间写进办法，你怎么看？", "/zh/c/"),
    "en": Text("Library rules: comments wanted", "Opening hours go into the rules. What do you say?", "/en/"),
}
KEYS = {
    "head": Role.APPROVER,
    "legal": Role.REVIEWER_LEGAL,
    "openness": Role.REVIEWER_OPENNESS,
    "secrecy": Role.REVIEWER_SECRECY,
}
_number = count(1)


def channel(adapter: str = "site", form: str = "site", *, config: dict[str, str] | None = None, **row: Any) -> Channel:
    """Set a channel up."""
    code = row.pop("code", f"{adapter.replace('_', '-')}-{next(_number)}")
    row = {"name_zh": f"渠道{code}", "name_en": f"Channel {code}"} | row
    return actions.save_channel(code, adapter=adapter, form=form, row=row, config=config or {}, actor=SYSTEM)


def item(
    *channels: Channel, editor: User | None = None, languages: tuple[str, ...] = ("zh-hans",), **values: Any
) -> Item:
    """Write an item for channels."""
    texts = values.pop("texts", None) or {code: WORDS[code] for code in languages}
    return actions.open_item(
        texts=texts, channels=[one.pk for one in channels], actor=editor or person(Role.EDITOR), **values
    )


def release(one: Item, *, now: datetime | None = None) -> Item:
    """Let the platform release an item, as demo content is."""
    gate.release_by_platform(actions.KIND, Item.objects.get(pk=one.pk), now=now or timezone.now())
    return Item.objects.get(pk=one.pk)


def sign_all(handed_in: Release, *, keys: tuple[str, ...] = tuple(KEYS)) -> None:
    """Turn keys at the gate, each by somebody else."""
    for key in keys:
        review = handed_in.reviews.filter(key=key, state="waiting").get()
        current = Release.objects.get(pk=handed_in.pk)
        gate_actions.decide(
            review.pk, "open", content_hash=current.content_hash, now=timezone.now(), actor=person(KEYS[key])
        )


def row_of(one: Item, to: Channel | None = None) -> Delivery:
    """Return the row of an item in the ledger."""
    rows = Delivery.objects.filter(item=one)
    return (rows.filter(channel=to) if to else rows).get()
