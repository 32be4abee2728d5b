"""What is told (items), on which ways (channels), in which words (variants), and what became of it (the ledger)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import Role, has_role, is_staff
from engage.departments.models import in_active_language
from engage.outreach.delivery import rules
from engage.participation.models import Submission
from engage.participation.vault import SealedTextField

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Reads of channels."""

    def visible_to(self, actor: Actor) -> ChannelQuerySet:
        """Staff see which channels there are; what is configured is read by the room alone."""
        return self.all() if is_staff(actor) else self.none()


class Channel(models.Model):
    """One way to people: what carries it (the adapter), what it takes (form and limits), when it may be used."""

    class Form(models.TextChoices):
        """What a text becomes on the way."""

        SITE = rules.SITE, pgettext_lazy("form of a message", "notice on the site")
        MAIL = rules.MAIL, pgettext_lazy("form of a message", "e-mail")
        SHORT = rules.SHORT, pgettext_lazy("form of a message", "microblog post")
        ARTICLE = rules.ARTICLE, pgettext_lazy("form of a message", "article")
        PUSH = rules.PUSH, pgettext_lazy("form of a message", "push message")
        TEXT = rules.TEXT, pgettext_lazy("form of a message", "text message")

    class Measure(models.TextChoices):
        """How the text is counted."""

        CHARACTERS = rules.CHARACTERS, _("characters")
        WEIBO = rules.WEIBO, _("half-width units, as Weibo counts")
        X = rules.X, _("units, as X counts")
        BYTES = rules.BYTES, _("bytes")
        SMS = rules.SMS, _("parts of a text message")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    adapter = models.CharField(_("carried by"), max_length=32)
    enabled = models.BooleanField(_("in use"), default=True)
    form = models.CharField(_("form"), max_length=12, choices=Form)
    measure = models.CharField(_("the text is counted in"), max_length=12, choices=Measure)
    most = models.PositiveIntegerField(_("most for the text"))
    title_most = models.PositiveIntegerField(_("most for the title"), default=0)
    link_units = models.PositiveSmallIntegerField(_("units of an address"), default=0)
    # Local time; without them every hour will do.
    opens = models.TimeField(_("sends from"), null=True, blank=True)
    closes = models.TimeField(_("until"), null=True, blank=True)
    # Addresses and secrets, as JSON.
    settings_sealed = SealedTextField(blank=True, editable=False)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_failure_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def __str__(self) -> str:
        return in_active_language(self.name_zh, self.name_en)

    @property
    def profile(self) -> rules.Profile:
        """What it takes."""
        return rules.profile_of(
            self.form,
            title_most=self.title_most,
            measure=self.measure,
            most=self.most,
            link_units=self.link_units,
        )


class ItemQuerySet(models.QuerySet["Item"]):
    """Reads of items."""

    def visible_to(self, actor: Actor) -> ItemQuerySet:
        """Who works on the outbox sees all; everybody else what was released and stands on a page of the site."""
        if has_role(actor, Role.EDITOR, Role.APPROVER):
            return self.all()
        return self.public()

    def public(self) -> ItemQuerySet:
        """Keep what was released for the site and whose moment has come: the ledger says so."""
        shown = Delivery.objects.filter(item=models.OuterRef("pk")).on_site()
        return self.filter(models.Exists(shown), published_at__isnull=False)


class Item(models.Model):
    """One thing that is told: about an object of the site (`subject_kind` and id) or in words of its own."""

    subject_kind = models.CharField(max_length=32, blank=True)
    subject_id = models.CharField(max_length=200, blank=True)
    department = models.ForeignKey(
        "departments.Department",
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    topics = models.ManyToManyField("pages.Topic", verbose_name=_("topics"), blank=True, related_name="+")
    # When it goes out; empty: as soon as it is released.
    send_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Everybody who wrote in it: none of them may sign.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    # Goes up with every change, so that a form that was open meanwhile is refused instead of overwriting.
    revision = models.PositiveIntegerField(default=0)
    # When it was released: from then on nothing of it changes, and the ledger holds what goes out.
    published_at = models.DateTimeField(null=True, blank=True, db_index=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="item_subject")]
        verbose_name = _("item of the outbox")
        verbose_name_plural = _("items of the outbox")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the active language."""
        texts = {text.language: text.title for text in self.texts.all()}
        return in_active_language(texts.get("zh-hans", ""), texts.get("en", ""))

    @property
    def is_released(self) -> bool:
        """Whether it went through the gate: from then on nothing of it changes."""
        return self.published_at is not None


class ItemText(models.Model):
    """What an item says in one language, before it is fitted to any channel."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("what is told"), blank=True)
    url = models.CharField(_("address to read on"), max_length=500, blank=True)

    class Meta:
        ordering = ["item_id", "-language"]
        constraints = [models.UniqueConstraint(fields=["item", "language"], name="item_text_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.language}"


class Variant(models.Model):
    """The words of an item on one channel in one language, until its release."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="variants")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="variants")
    language = models.CharField(max_length=10)
    title = models.CharField(_("title"), max_length=500, blank=True)
    body = models.TextField(_("text"), blank=True)
    # False while it follows the item's own words.
    edited = models.BooleanField(default=False)
    # Another moment than the item's.
    send_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        ordering = ["channel__position", "channel_id", "-language"]
        constraints = [models.UniqueConstraint(fields=["item", "channel", "language"], name="variant_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.channel_id} {self.language}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Reads of the ledger."""

    def visible_to(self, actor: Actor) -> DeliveryQuerySet:
        """The ledger is for those who work on the outbox."""
        return self.all() if has_role(actor, Role.EDITOR, Role.APPROVER) else self.none()

    def on_site(self) -> DeliveryQuerySet:
        """Keep what stands on a page of this site."""
        return self.filter(channel__adapter="site", state__in=Delivery.HANDED_OVER)

    def public(self, language: str) -> DeliveryQuerySet:
        """Keep what everybody may read in one language: released, its moment come, not taken back."""
        return self.filter(language=language, state__in=Delivery.HANDED_OVER, item__published_at__isnull=False)


class Delivery(models.Model):
    """One row of the ledger: what is handed over on one channel in one language, once."""

    class State(models.TextChoices):
        """How far it is."""

        SCHEDULED = "scheduled", pgettext_lazy("delivery", "scheduled")
        SENDING = "sending", pgettext_lazy("delivery", "being handed over")
        SENT = "sent", pgettext_lazy("delivery", "handed over, not acknowledged yet")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("delivery", "acknowledged")
        FAILED = "failed", pgettext_lazy("delivery", "failed, will be tried again")
        GIVEN_UP = "given_up", pgettext_lazy("delivery", "given up")

    HANDED_OVER = (State.SENT, State.ACKNOWLEDGED)

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    language = models.CharField(max_length=10)
    form = models.CharField(max_length=12, choices=Channel.Form)
    # The released bytes and what stands beside them; never changed.
    media_type = models.CharField(max_length=60)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    title = models.CharField(max_length=500)
    url = models.CharField(max_length=500, blank=True)
    # The receiver knows by it that it has this already.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=16, choices=State, default=State.SCHEDULED)
    scheduled_at = models.DateTimeField()
    # When a worker looks at it next; empty: nothing is left to do.
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    # The name of the turn of the worker that has it in hand; nobody else takes it before `due_at`.
    claim = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    # Why the last try failed: a refusal's code and its values.
    reason = models.CharField(max_length=48, blank=True)
    reason_values = models.JSONField(default=dict)
    # To how many it was handed over, where that is known; and what the other side calls it.
    recipients = models.PositiveIntegerField(default=0)
    remote = models.CharField(max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-scheduled_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["item", "channel", "language"], name="delivery_once")]
        indexes = [
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["state", "scheduled_at"], name="delivery_ledger"),
        ]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return f"{self.item_id} {self.channel_id} {self.language}"


class Attempt(models.Model):
    """One try to hand a delivery over; never changed."""

    class Outcome(models.TextChoices):
        """What came of it."""

        SENT = "sent", pgettext_lazy("attempt", "handed over")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("attempt", "acknowledged")
        FAILED = "failed", pgettext_lazy("attempt", "failed")
        LOST = "lost", pgettext_lazy("attempt", "broken off before its end could be written down")

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=Outcome)
    reason = models.CharField(max_length=48, blank=True)
    reason_values = models.JSONField(default=dict)
    remote = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.outcome}"


class MessageQuerySet(models.QuerySet["Message"]):
    """Reads of messages."""

    def visible_to(self, actor: Any) -> MessageQuerySet:
        """Staff see all, the holder of the receipt the own one, nobody else any."""
        if is_staff(actor):
            return self.all()
        submission = getattr(actor, "submission_id", None)
        return self.filter(submission_id=submission) if submission else self.none()


class Message(models.Model):
    """What somebody wrote to us on a channel, taken in from a table; never shown in public."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="message")
    text = models.TextField()
    # Where it stands on the channel.
    url = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message from a channel")
        verbose_name_plural = _("messages from channels")

    def __str__(self) -> str:
        return f"message {self.pk}"
