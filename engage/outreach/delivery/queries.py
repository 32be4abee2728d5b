"""Every read of the outbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from engage.accounts.actors import Actor
from engage.outreach import subjects
from engage.outreach.delivery import audience_senders, rules, variants, words
from engage.outreach.delivery.models import Channel, Delivery, Item, ItemText, Message, Variant
from engage.pages.models import Topic
from engage.publishing.registry import Form

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
SITE, FEED = "site", "feed"


@dataclass(frozen=True)
class Ready:
    """A variant as it would go out now."""

    variant: Variant
    parts: rules.Parts
    rendered: variants.Rendered
    faults: list[rules.Fault]
    title: str

    @property
    def sha256(self) -> str:
        """The hash of the bytes."""
        return sha256(self.rendered.content).hexdigest()


def item_of(pk: int, *, actor: Actor) -> Item | None:
    """Return one item with what its table shows; None for what the actor may not see."""
    found = Item.objects.visible_to(actor).select_related("department").prefetch_related("texts", "topics")
    return found.filter(pk=pk).first()


def items(view: str, *, actor: Actor) -> QuerySet[Item]:
    """List the items that are written (`work`) or were released (`done`), the newest first."""
    found = Item.objects.visible_to(actor).prefetch_related("texts")
    counted = found.annotate(n_variants=Count("variants", distinct=True))
    # Said here: rows that are counted over do not keep the order of their model.
    newest = "-published_at" if view == "done" else "-created_at"
    return counted.filter(published_at__isnull=view != "done").order_by(newest, "-pk")


def ready_variants(item: Item) -> list[Ready]:
    """Return each variant with the bytes that would go out, and what keeps it from going out."""
    texts = {text.language: text for text in ItemText.objects.filter(item=item)}
    rows = Variant.objects.filter(item=item).select_related("channel", "item")
    return [ready(variant, texts.get(variant.language)) for variant in rows]


def ready(variant: Variant, text: ItemText | None) -> Ready:
    """Render one variant of an item that has this text in its language."""
    channel = variant.channel
    url = text.url if text else ""
    parts = rules.Parts(variant.title, variant.body, settings.PUBLIC_URL + url if url.startswith("/") else url)
    rendered = variants.render(channel.form, parts, language=variant.language)
    faults = rules.faults_of(channel.form, channel.profile, parts, payload=len(rendered.content))
    return Ready(variant, parts, rendered, faults, parts.title or (text.title if text else ""))


def variant_of(item: Item, pk: int) -> Variant | None:
    """Return one variant of an item."""
    return item.variants.select_related("channel", "item").filter(pk=pk).first()


def outgoing_forms(item: Item) -> list[Form]:
    """Return every form that goes out, with its exact bytes: what the gate has signed."""
    return [
        Form(
            name=f"variant:{one.variant.channel.code}:{one.variant.language}",
            label=words.variant_label(one.variant),
            media_type=one.rendered.media_type,
            content=one.rendered.content,
            text=one.rendered.text,
            language=one.variant.language,
        )
        for one in ready_variants(item)
    ]


def writers(item: Item) -> set[int]:
    """Return the keys of everybody who wrote in an item."""
    return set(item.writers.values_list("pk", flat=True))


def edit_url(item: Item) -> str:
    """Return where an item is worked on."""
    return reverse("outbox_item", args=[item.pk])


def lacks(item: Item) -> list[tuple[str, str]]:
    """Return what keeps an item from being handed in: a sentence and where it is put right."""
    found = ready_variants(item)
    if not found:
        return [(_("Choose the channels it goes on"), edit_url(item))]
    gaps = []
    for one in found:
        url = reverse("outbox_variant", args=[item.pk, one.variant.pk])
        gaps += [(f"{words.variant_label(one.variant)}: {words.fault_sentence(fault)}", url) for fault in one.faults]
        if not one.variant.channel.enabled:
            gaps.append((_("The channel “%(channel)s” is not in use") % {"channel": one.variant.channel}, url))
    return gaps


def channels(*, actor: Actor, in_use: bool = False) -> list[Channel]:
    """List the channels in their order."""
    found = Channel.objects.visible_to(actor)
    return list(found.filter(enabled=True) if in_use else found)


def choices(*, actor: Actor) -> list[tuple[str, Any, list[tuple[str, str]]]]:
    """List what can be told about, by kind: code, label, (id, title) pairs."""
    listed = [(kind.code, kind.label, list(kind.choices(actor))) for kind in subjects.registered()]
    return [entry for entry in listed if entry[2]]


def topics() -> list[tuple[str, str]]:
    """List the topics of the site."""
    return [(topic.code, topic.name) for topic in Topic.objects.all()]


# --- the ledger -----------------------------------------------------------------------------------------------------


def ledger(
    *, actor: Actor, state: str = "", channel: str = "", typed: str = "", item_id: int | None = None
) -> QuerySet[Delivery]:
    """List deliveries, the latest first."""
    rows = Delivery.objects.visible_to(actor).select_related("channel", "item").order_by("-scheduled_at", "-pk")
    if state:
        rows = rows.filter(state__in=state.split(","))
    if channel:
        rows = rows.filter(channel__code=channel)
    if typed:
        rows = rows.filter(title__icontains=typed[:200])
    return rows.filter(item=item_id) if item_id else rows


def state_counts(*, actor: Actor) -> dict[str, int]:
    """Count the deliveries of each state."""
    rows = Delivery.objects.visible_to(actor).order_by().values_list("state")
    return dict(rows.annotate(n=Count("pk")))


def delivery_of(pk: int, *, actor: Actor) -> Delivery | None:
    """Return one delivery with its attempts."""
    rows = Delivery.objects.visible_to(actor).select_related("channel", "item").prefetch_related("attempts")
    return rows.filter(pk=pk).first()


def reach(subject_kind: str, subject_id: str | int) -> dict[str, dict[str, int]]:
    """Return, by channel code, what was told about an object: sent, failed, acknowledged, recipients.

    `sent` counts deliveries handed over, acknowledged ones among them; `failed` those that wait for another try or were
    given up; `recipients` people and places reached where that is known, of followers those whose letter went out.
    """
    rows = Delivery.objects.filter(item__subject_kind=subject_kind, item__subject_id=str(subject_id))
    handed_over = Q(state__in=Delivery.HANDED_OVER)
    counted = (
        rows.order_by()
        .values("channel__code")
        .annotate(
            sent=Count("pk", filter=handed_over),
            failed=Count("pk", filter=Q(state__in=[Delivery.State.FAILED, Delivery.State.GIVEN_UP])),
            acknowledged=Count("pk", filter=Q(state=Delivery.State.ACKNOWLEDGED)),
            reached=Sum("recipients", filter=handed_over),
        )
    )
    found = {
        row["channel__code"]: {
            "sent": row["sent"],
            "failed": row["failed"],
            "acknowledged": row["acknowledged"],
            "recipients": row["reached"] or 0,
        }
        for row in counted
    }
    return found | _reached_followers(rows.filter(handed_over), found)


def _reached_followers(rows: QuerySet[Delivery], found: Mapping[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    told: dict[str, dict[str, int]] = {}
    for code in (audience_senders.MAIL_FOLLOWERS, audience_senders.PUSH):
        sender = audience_senders.find(code)
        if sender is None:
            continue
        keys = dict(rows.filter(channel__adapter=code).values_list("key", "channel__code"))
        progress = sender.progress([str(key) for key in keys])
        for channel in set(keys.values()):
            sent = sum(progress[str(key)].sent for key, own in keys.items() if own == channel and str(key) in progress)
            told[channel] = found[channel] | {"recipients": sent}
    return told


def progress_of(delivery: Delivery) -> audience_senders.Progress | None:
    """Return how far a delivery to followers is; None for any other."""
    sender = audience_senders.find(delivery.channel.adapter)
    return sender.progress([str(delivery.key)]).get(str(delivery.key)) if sender else None


# --- what the public reads ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Notice:
    """A released notice in one language."""

    id: int
    title: str
    body: str
    url: str
    published_at: datetime
    language: str
    department: str = ""


def notices(language: str, *, channel: str = "") -> QuerySet[Delivery]:
    """List what stands on the page of notices, or in one channel's feed, in one language; the newest first."""
    rows = Delivery.objects.public(language).select_related("channel", "item__department")
    where = {"channel__code": channel, "channel__adapter": FEED} if channel else {"channel__adapter": SITE}
    return rows.filter(**where).order_by("-sent_at", "-pk")


def notice_of(row: Delivery) -> Notice:
    """Return a delivery as it is read: from the released bytes."""
    told = json.loads(row.content) if row.media_type == "application/json" else {"body": row.content}
    department = row.item.department
    return Notice(
        id=row.item_id,
        title=told.get("title") or row.title,
        body=told["body"],
        url=row.url,
        published_at=row.sent_at or row.scheduled_at,
        language=row.language,
        department=department.name if department else "",
    )


def notice(pk: int, language: str) -> Notice | None:
    """Return one notice in a language; None where there is none."""
    row = notices(language).filter(item=pk).first()
    return notice_of(row) if row else None


def feed_channel(code: str) -> Channel | None:
    """Return a channel that has a feed of its own and is in use."""
    return Channel.objects.filter(code=code, adapter=FEED, enabled=True).first()


# --- messages -------------------------------------------------------------------------------------------------------


def messages(view: str, *, actor: Actor, typed: str = "", channel: str = "") -> QuerySet[Message]:
    """List messages that are open (`new`) or done, the oldest open first, else the newest decision."""
    rows = Message.objects.visible_to(actor).select_related("submission__contact", "done_by")
    rows = rows.filter(done_at__isnull=view == "new")
    if typed:
        rows = rows.filter(text__icontains=typed[:200])
    if channel:
        rows = rows.filter(submission__channel=channel)
    return rows.order_by("submission__received_at", "pk") if view == "new" else rows.order_by("-done_at", "-pk")


def message_channels(*, actor: Actor) -> list[str]:
    """List the channels that messages came from."""
    rows = Message.objects.visible_to(actor).order_by("submission__channel")
    return list(rows.values_list("submission__channel", flat=True).distinct())
