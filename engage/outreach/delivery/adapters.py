"""What carries a message to a channel. A further channel is one more adapter:

    adapters.register(MyAdapter())

An adapter says what an administrator fills in (`fields`), which forms it takes, and hands one parcel over. Where
`in_transaction` is true it only writes rows, in the transaction that marks the delivery: handed over exactly once.
The others may be called again with the same parcel after a crash or a lost answer; the receiver knows `parcel.key`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engage.errors import Refused
from engage.outreach.delivery import audience_senders, net, rules
from engage.participation import actions as participation
from engage.participation.models import Contact
from engage.participation.rules import retention_end
from engage.participation.vault import blind_index, normalised_email

Text = str | Promise
Config = Mapping[str, Any]

ADDRESSES_MOST = 500
# The worker has more to do: a server that does not answer is left until the next try.
SECONDS_MOST = 5.0
_OF_LETTERS = 1_000


@dataclass(frozen=True)
class Field:
    """One thing that an administrator fills in; a secret is never shown again, only replaced."""

    code: str
    label: Text
    hint: Text = ""
    required: bool = True
    secret: bool = False
    multiline: bool = False


@dataclass(frozen=True)
class Parcel:
    """One delivery as it is handed over. `content` are the released bytes; `key` is the same at every try."""

    key: str
    item: int
    channel: str
    language: str
    form: str
    media_type: str
    content: bytes
    title: str
    url: str
    topics: tuple[str, ...] = ()
    department_id: int | None = None
    subject: tuple[str, str] = ("", "")

    @property
    def sha256(self) -> str:
        """The hash of the content."""
        return sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """That a parcel was taken. Without `acknowledged` the other side has still to say that it has it."""

    acknowledged: bool = True
    remote: str = ""
    recipients: int = 0


class Adapter(Protocol):
    """See the head of this file."""

    code: str
    label: Text
    hint: Text
    forms: tuple[str, ...]
    fields: tuple[Field, ...]
    in_transaction: bool
    # Handed over again until the other side acknowledges it; None: however long it takes.
    until_acknowledged: bool
    tries_most: int | None

    def check(self, config: Config) -> None:
        """Refuse settings that cannot work."""

    def hand_over(self, parcel: Parcel, config: Config, now: datetime) -> Outcome:
        """Hand a parcel over; raises Refused or OSError, and is then tried again."""

    def probe(self, config: Config, now: datetime) -> None:
        """Find out whether the channel could be used now, without sending anything to the public."""


_adapters: dict[str, Adapter] = {}


def register(adapter: Adapter) -> None:
    """Add an adapter; ValueError for a code that is taken."""
    if adapter.code in _adapters:
        raise ValueError(f"adapter {adapter.code!r} is registered already")
    _adapters[adapter.code] = adapter


def unregister(code: str) -> None:
    """Take an adapter out again (a test)."""
    _adapters.pop(code, None)


def get(code: str) -> Adapter:
    """Return an adapter; raises Refused("adapter_missing") for a channel whose adapter is not installed."""
    if code not in _adapters:
        raise Refused("adapter_missing", adapter=code)
    return _adapters[code]


def find(code: str) -> Adapter | None:
    """Return an adapter; None for one that is not installed."""
    return _adapters.get(code)


def registered() -> list[Adapter]:
    """List all adapters in the order of registration."""
    return list(_adapters.values())


class _Local:
    """What is on this site: a page or a feed shows what the ledger says was handed over."""

    fields: tuple[Field, ...] = ()
    in_transaction = True
    until_acknowledged = False
    tries_most: int | None = rules.TRIES_MOST

    def check(self, config: Config) -> None:
        """Nothing can be wrong."""

    def hand_over(self, parcel: Parcel, config: Config, now: datetime) -> Outcome:
        """It is there from now on."""
        return Outcome()

    def probe(self, config: Config, now: datetime) -> None:
        """It is this site."""


class SiteAdapter(_Local):
    """The site's own notices."""

    code, forms = "site", (rules.SITE,)
    label = _("this site: page of notices")
    hint = _("Appears on the page of notices and in its feed.")


class FeedAdapter(_Local):
    """A feed of its own that other sites and readers fetch."""

    code, forms = "feed", (rules.SITE, rules.SHORT)
    label = _("feed that others fetch")
    hint = _("Appears in the channel's own feed, which another site can take over.")


class FileAdapter:
    """An export file beside a manifest: for a channel without an interface, or one that is not configured."""

    code, forms = "file", rules.FORMS
    label = _("export file, posted by hand")
    hint = _("Writes a file and a manifest; somebody posts it and says so in the ledger.")
    fields: tuple[Field, ...] = ()
    in_transaction = False
    until_acknowledged = False
    tries_most: int | None = rules.TRIES_MOST

    def check(self, config: Config) -> None:
        """Nothing can be wrong."""

    def hand_over(self, parcel: Parcel, config: Config, now: datetime) -> Outcome:
        """Write both files; written again they are the same files."""
        from engage.outreach.delivery.variants import SUFFIXES

        name = f"{parcel.channel}/{parcel.key}"
        file = f"{name}.{SUFFIXES[parcel.media_type]}"
        _put(file, parcel.content)
        _put(f"{name}.manifest.json", manifest(parcel, file))
        return Outcome(acknowledged=False, remote=file)

    def probe(self, config: Config, now: datetime) -> None:
        """Write and remove a file."""
        storage = storages["outbox"]
        name = storage.save("probe.txt", ContentFile(b"probe"))
        storage.delete(name)


def manifest(parcel: Parcel, file: str) -> bytes:
    """Return what stands beside an export file: what it is, where it belongs, its hash."""
    told = {
        "key": parcel.key,
        "item": parcel.item,
        "channel": parcel.channel,
        "language": parcel.language,
        "form": parcel.form,
        "media_type": parcel.media_type,
        "title": parcel.title,
        "url": parcel.url,
        "file": file,
        "sha256": parcel.sha256,
    }
    return json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True).encode()


def _put(name: str, content: bytes) -> None:
    """Write a file once; one that a crash cut short is written again."""
    storage = storages["outbox"]
    if storage.exists(name):
        with storage.open(name) as there:
            if there.read() == content:
                return
        storage.delete(name)
    storage.save(name, ContentFile(content))


class MailListAdapter:
    """Letters to a fixed list of addresses, each through the outbox of letters and so each once."""

    code, forms = "mail_list", (rules.MAIL,)
    label = _("e-mail to a fixed list")
    hint = _("For partners and offices; followers are written to by the other channel.")
    fields = (Field("addresses", _("Addresses"), _("One a line."), multiline=True),)
    in_transaction = True
    until_acknowledged = False
    tries_most: int | None = rules.TRIES_MOST

    def check(self, config: Config) -> None:
        """Refuse a list without addresses or with one that cannot be."""
        found = addresses_of(config)
        if not found or len(found) > ADDRESSES_MOST:
            raise Refused("channel_addresses", most=ADDRESSES_MOST)
        for address in found:
            try:
                validate_email(address)
            except ValidationError:
                raise Refused("channel_address_wrong", address=address[:80]) from None

    def hand_over(self, parcel: Parcel, config: Config, now: datetime) -> Outcome:
        """Write a letter to each address."""
        told = json.loads(parcel.content)
        found = addresses_of(config)
        for address in found:
            contact = Contact.objects.create(
                email=address,
                email_index=blind_index("email", normalised_email(address)),
                created_at=now,
                delete_after=retention_end(now, settings.CONTACT_RETENTION_DAYS),
            )
            participation.enqueue_letter(contact, subject=told["subject"], body=told["text"], html=told["html"])
        return Outcome(recipients=len(found))

    def probe(self, config: Config, now: datetime) -> None:
        """Reach the mail server."""
        from django.core.mail import get_connection

        self.check(config)
        connection = get_connection()
        connection.open()
        connection.close()


def addresses_of(config: Config) -> list[str]:
    """Return the addresses of a list, each once."""
    return list(dict.fromkeys(line.strip() for line in str(config.get("addresses", "")).split() if line.strip()))


class _ToFollowers:
    """What another room queues, delivers and counts."""

    fields: tuple[Field, ...] = ()
    in_transaction = True
    until_acknowledged = False
    tries_most: int | None = rules.TRIES_MOST
    sender: str

    def check(self, config: Config) -> None:
        """Nothing can be wrong."""

    def hand_over(self, parcel: Parcel, config: Config, now: datetime) -> Outcome:
        """Queue it to all who follow one of its topics, its department or what it is about."""
        told = json.loads(parcel.content)
        message = audience_senders.Message(
            key=parcel.key,
            language=parcel.language,
            title=told.get("subject") or told["title"],
            text=told.get("text") or told["body"],
            html=told.get("html", ""),
            url=parcel.url,
            topics=parcel.topics,
            department_id=parcel.department_id,
            subject=parcel.subject,
            audience=config,
        )
        return Outcome(acknowledged=False, recipients=self._find().queue(message, now))

    def probe(self, config: Config, now: datetime) -> None:
        """Ask whether a room offers the way."""
        self._find()

    def _find(self) -> audience_senders.Sender:
        sender = audience_senders.find(self.sender)
        if sender is None:
            raise Refused("sender_missing")
        return sender


class MailFollowersAdapter(_ToFollowers):
    """Letters to all who follow what the item is about."""

    code, forms, sender = "mail_followers", (rules.MAIL,), audience_senders.MAIL_FOLLOWERS
    label = _("e-mail to followers")
    hint = _("To everybody who follows one of the item's topics, its department or what it is about.")


class PushAdapter(_ToFollowers):
    """Web Push to the browsers of those who follow it."""

    code, forms, sender = "push", (rules.PUSH,), audience_senders.PUSH
    label = _("push message to followers")
    hint = _("To the browsers of everybody who follows it, once.")


class WebhookAdapter:
    """Signed JSON to another system. 2xx acknowledges it; 202 means that the acknowledgement follows."""

    code, forms = "webhook", rules.FORMS
    label = _("webhook: signed JSON")
    hint = _("Posted to an address, signed with HMAC-SHA256, again until it is acknowledged.")
    fields = (
        Field("url", _("Address"), _("Begins with https://")),
        Field("secret", _("Secret"), _("At least 16 characters; signs each request."), secret=True),
    )
    in_transaction = False
    until_acknowledged = True
    tries_most: int | None = rules.TRIES_MOST

    def check(self, config: Config) -> None:
        """Refuse an address that may not be called, and a secret that can be guessed."""
        net.check_url(str(config.get("url", "")))
        if any(len(secret) < 16 for secret in secrets_of(config)) or not config.get("secret"):
            raise Refused("channel_secret_short", least=16)

    def hand_over(self, parcel: Parcel, config: Config, now: datetime) -> Outcome:
        """Post it."""
        reply = self._post(envelope(parcel), parcel.key, config, now)
        if not reply.ok:
            raise Refused("channel_answered", status=reply.status)
        return Outcome(acknowledged=self.is_acknowledged(reply, parcel.key), remote=_remote(reply))

    def is_acknowledged(self, reply: net.Reply, key: str) -> bool:
        """Tell whether the answer says that the receiver has it."""
        return reply.status != 202

    def probe(self, config: Config, now: datetime) -> None:
        """Post a probe, which the receiver is to answer with 2xx and to forget."""
        reply = self._post(b'{"probe":true}', "probe", config, now)
        if not reply.ok:
            raise Refused("channel_answered", status=reply.status)

    def _post(self, body: bytes, key: str, config: Config, now: datetime) -> net.Reply:
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "Engage-Signature": rules.signature_header(secrets_of(config), int(now.timestamp()), body),
        }
        if key != "probe":
            headers["Engage-Acknowledge"] = settings.PUBLIC_URL + reverse("delivery_acknowledge", args=[key])
        return net.fetch(str(config["url"]), method="POST", body=body, headers=headers, seconds=SECONDS_MOST)


class SyncAdapter(WebhookAdapter):
    """A copy on another site, which has to name the key it stored; sent again however long that takes."""

    code = "sync"
    label = _("synchronisation with another site")
    hint = _("As a webhook, but only an answer that names the key counts, and it is never given up.")
    tries_most = None

    def is_acknowledged(self, reply: net.Reply, key: str) -> bool:
        """Only the key counts: a proxy's friendly page is no acknowledgement."""
        return _told(reply).get("acknowledged") == key


def envelope(parcel: Parcel) -> bytes:
    """Return what a receiver gets: the same bytes at every try."""
    told = {
        "key": parcel.key,
        "item": parcel.item,
        "channel": parcel.channel,
        "language": parcel.language,
        "form": parcel.form,
        "media_type": parcel.media_type,
        "content": parcel.content.decode(),
        "sha256": parcel.sha256,
        "title": parcel.title,
        "url": parcel.url,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def secrets_of(config: Config) -> list[str]:
    """Return the secrets that hold, the newest first."""
    return [str(config[name]) for name in ("secret", "old_secret") if config.get(name)]


def _told(reply: net.Reply) -> dict[str, Any]:
    try:
        told = json.loads(reply.body[:_OF_LETTERS])
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _remote(reply: net.Reply) -> str:
    return "".join(sign for sign in str(_told(reply).get("id", ""))[:200] if sign.isprintable())


SHIPPED: tuple[Callable[[], Adapter], ...] = (
    SiteAdapter,
    FeedAdapter,
    FileAdapter,
    MailListAdapter,
    MailFollowersAdapter,
    PushAdapter,
    WebhookAdapter,
    SyncAdapter,
)
