"""The editors' table: what is told, on which channels, in which words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach import subjects
from engage.outreach.delivery import rules
from engage.outreach.delivery.access import check_editor
from engage.outreach.delivery.models import Channel, Item, ItemText, Variant
from engage.pages.models import Topic
from engage.publishing import gate

KIND = "channel_item"
TITLE_MOST, SUMMARY_MOST, URL_MOST, BODY_MOST = 200, 20_000, 500, 50_000
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True)
class Text:
    """What an item says in one language."""

    title: str
    summary: str = ""
    url: str = ""


@transaction.atomic
def open_item(
    *,
    actor: Actor,
    subject: tuple[str, str] = ("", ""),
    texts: Mapping[str, Text] | None = None,
    topics: Collection[str] = (),
    department_id: int | None = None,
    channels: Sequence[int] = (),
    send_at: datetime | None = None,
) -> Item:
    """Begin an item: about an object (kind and id; its words come from its registry), or in words of its own.

    `topics` are codes; `channels` the channels it is to go on, in every language it has words in. Rooms that tell about
    things which have no registry yet give the words themselves. Raises Refused("not_allowed"),
    Refused("subject_gone") for an object the actor cannot see, and those of `write_item` and `choose_channels`.
    """
    check_editor(actor)
    words = dict(texts or {})
    if subject != ("", "") and not words:
        shown = subjects.in_languages(*subject, actor)
        if not shown:
            raise Refused("subject_gone")
        words = {code: Text(one.title[:TITLE_MOST], one.summary, one.url) for code, one in shown.items()}
        first = next(iter(shown.values()))
        topics, department_id = topics or first.topics, department_id or first.department_id
    item = Item.objects.create(
        subject_kind=subject[0],
        subject_id=subject[1],
        department_id=department_id,
        send_at=send_at,
        author=actor if isinstance(actor, User) else None,
    )
    _store_texts(item, words)
    item.topics.set(Topic.objects.filter(code__in=topics))
    _wrote(item, actor)
    journal.record(actor, "outbox.opened", item, subject_kind=subject[0], subject_id=subject[1])
    if channels:
        choose_channels(item.pk, [(pk, code) for pk in channels for code in words], revision=0, actor=actor)
        item.refresh_from_db()
    return item


def _store_texts(item: Item, texts: Mapping[str, Text]) -> None:
    for language, text in texts.items():
        if language not in LANGUAGES:
            raise Refused("item_language", language=language)
        url = text.url.strip()
        _check_length(text.title, TITLE_MOST)
        _check_length(text.summary, SUMMARY_MOST)
        _check_length(url, URL_MOST)
        check_link(url)
        ItemText.objects.update_or_create(
            item=item,
            language=language,
            defaults={"title": text.title.strip(), "summary": text.summary.strip(), "url": url},
        )


def check_link(url: str) -> None:
    """Refuse what is no address of a page: a path of this site or an address with http or https."""
    inside = url.startswith("/") and not url.startswith("//")
    if url and not (inside or url.startswith(("https://", "http://"))) or any(sign <= " " for sign in url):
        raise Refused("outbox_address_wrong")


def absolute(url: str) -> str:
    """Return an address as it leaves the site."""
    return settings.PUBLIC_URL + url if url.startswith("/") else url


def _check_length(text: str, most: int) -> None:
    if len(text) > most:
        raise Refused("outbox_text_too_long", most=most)


def _wrote(item: Item, actor: Actor) -> None:
    if isinstance(actor, User):
        item.writers.add(actor)


def editable(item_id: int, revision: int, actor: Actor) -> Item:
    """Lock an item for a change and count the change.

    Raises Refused("not_allowed"), Refused("item_released"), Refused("item_changed_meanwhile").
    """
    check_editor(actor)
    item = Item.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=item_id)
    if item.is_released:
        raise Refused("item_released")
    if item.revision != revision:
        raise Refused("item_changed_meanwhile")
    item.revision += 1
    item.save(update_fields=["revision"])
    _wrote(item, actor)
    return item


def _changed(item: Item, verb: str, actor: Actor, **told: Any) -> None:
    journal.record(actor, verb, item, revision=item.revision, **told)
    gate.touched(KIND, item, actor=actor)


@transaction.atomic
def write_item(
    item_id: int,
    *,
    texts: Mapping[str, Text],
    topics: Collection[str],
    department_id: int | None,
    send_at: datetime | None,
    revision: int,
    actor: Actor,
) -> Item:
    """Write what an item says; variants that nobody edited follow. What was signed of changed forms is void.

    Raises Refused("item_language", language=...), Refused("outbox_text_too_long", most=...),
    Refused("outbox_address_wrong") and those of every change.
    """
    item = editable(item_id, revision, actor)
    _store_texts(item, texts)
    item.department_id, item.send_at = department_id, send_at
    item.save(update_fields=["department", "send_at"])
    item.topics.set(Topic.objects.filter(code__in=topics))
    words = words_of(item)
    for variant in item.variants.select_related("channel").filter(edited=False):
        _fill(variant, words)
    _changed(item, "outbox.written", actor)
    return item


def words_of(item: Item) -> dict[str, rules.Words]:
    """Return what an item says per language, with addresses as they leave the site."""
    return {
        text.language: rules.Words(text.title, text.summary, absolute(text.url))
        for text in ItemText.objects.filter(item=item)
    }


def _fill(variant: Variant, words: Mapping[str, rules.Words]) -> None:
    """Make the first version of a variant."""
    channel = variant.channel
    given = words.get(variant.language) or rules.Words("", "", "")
    made = rules.first_version(channel.form, channel.profile, given, variant.language)
    variant.title, variant.body, variant.edited = made.title, made.body, False
    variant.save()


@transaction.atomic
def choose_channels(item_id: int, wanted: Collection[tuple[int, str]], *, revision: int, actor: Actor) -> Item:
    """Say on which channels an item goes in which languages; new variants get a first version, others stay.

    Raises Refused("channel_gone") for a channel that is not there or not in use, Refused("item_language", ...) for a
    language in which the item has no words, and those of every change.
    """
    item = editable(item_id, revision, actor)
    words = words_of(item)
    pairs = set(wanted)
    there = {(variant.channel_id, variant.language): variant for variant in item.variants.all()}
    channels = Channel.objects.visible_to(actor).in_bulk({pk for pk, _language in pairs})
    for pk, language in sorted(pairs - set(there)):
        channel = channels.get(pk)
        if channel is None or not channel.enabled:
            raise Refused("channel_gone")
        if language not in words:
            raise Refused("item_language", language=language)
        _fill(Variant(item=item, channel=channel, language=language), words)
    for pair in set(there) - pairs:
        there[pair].delete()
    _changed(item, "outbox.channels_chosen", actor, n=len(pairs))
    return item


@transaction.atomic
def write_variant(
    variant_id: int, *, title: str, body: str, send_at: datetime | None, revision: int, actor: Actor
) -> Variant:
    """Write the words for one channel; what is over its limit is kept, told, and cannot be handed in.

    Raises Refused("outbox_text_too_long", most=...) and those of every change.
    """
    variant = Variant.objects.select_related("channel").get(pk=variant_id)
    item = editable(variant.item_id, revision, actor)
    _check_length(title, SUMMARY_MOST)
    _check_length(body, BODY_MOST)
    before = (variant.title, variant.body)
    variant.title = "" if variant.channel.form in rules.WITHOUT_TITLE else title.strip()[:500]
    variant.body, variant.send_at = body.strip(), send_at
    variant.edited = variant.edited or before != (variant.title, variant.body)
    variant.save(update_fields=["title", "body", "send_at", "edited"])
    _changed(item, "outbox.variant_written", actor, variant=variant.pk)
    return variant


@transaction.atomic
def follow_item(variant_id: int, *, revision: int, actor: Actor) -> Variant:
    """Throw the edited words of a variant away: it is made from the item's words again."""
    variant = Variant.objects.select_related("channel").get(pk=variant_id)
    item = editable(variant.item_id, revision, actor)
    _fill(variant, words_of(item))
    _changed(item, "outbox.variant_reset", actor, variant=variant.pk)
    return variant


@transaction.atomic
def delete_item(item_id: int, *, revision: int, actor: Actor) -> None:
    """Throw away an item that was never handed in; raises Refused("item_handed_in") and those of every change."""
    item = editable(item_id, revision, actor)
    if gate.release_of(KIND, item) is not None:
        raise Refused("item_handed_in")
    journal.record(actor, "outbox.deleted", item)
    item.delete()
