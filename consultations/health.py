"""Whether comments are taken: the page is opened as a reader opens it, and a comment is sent that leaves no trace."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consultations.actions import CommentInput, submit_comments
from consultations.models import Consultation
from engage.accounts.actors import ANYONE
from engage.errors import Refused
from engage.outreach.health.probes import SITE_DETAILS, found_of, status_of
from engage.outreach.health.registry import Probe, Result
from engage.outreach.health.rules import State
from engage.participation.actions import Envelope
from engage.participation.models import Submission

WORDS = "这是一条自动测试，不会保存。 This is an automatic test and is not kept."
# Numbers of receipts never come near; the sequence they are drawn from is not touched.
FIRST_NUMBER = 900_000_000_000


def comments(now: datetime) -> Result:
    """Open the form of a call that is open, then send a comment the way the form does."""
    call = Consultation.objects.visible_to(ANYONE).filter(opens_at__lte=now, closes_at__gt=now).order_by("pk").first()
    if call is None:
        return Result()  # nothing is open: nobody is kept from commenting
    with translation.override(settings.LANGUAGE_CODE):
        result = found_of(status_of(reverse("compose_whole", args=[call.slug])))
    if result.state is not State.OK:
        return result
    return send_and_forget(call.slug, now)


def send_and_forget(slug: str, now: datetime) -> Result:
    """Take a comment by the action that the form calls, read it back, and roll all of it back.

    The rows, the receipt, the letter, the journal row, the counts' notes and the index entry are all of one
    transaction that never commits, so no worker, no count and no reader ever sees them.
    """
    envelope = Envelope(
        token=uuid.uuid4(),
        language=settings.LANGUAGE_CODE,
        received_at=now,
        channel="self-test",
        email="self-test@localhost",
        number=FIRST_NUMBER + secrets.randbelow(10**9),
    )
    try:
        with transaction.atomic():
            sent = submit_comments(
                slug, [CommentInput(key="", stance="change", text=WORDS)], envelope, title=slug, actor=ANYONE
            )
            kept = Submission.objects.filter(token_digest=envelope.digest, pk=sent.pk).exists()
            transaction.set_rollback(True)
    except Refused as refusal:
        return Result(State.FAILING, "not_taken", {"code": refusal.code})
    return Result() if kept else Result(State.FAILING, "not_taken", {"code": "not_kept"})


COMMENTS = Probe(
    code="comments",
    order=20,
    label=_("Comments on drafts"),
    interval_seconds=300,
    run=comments,
    details={**SITE_DETAILS, "not_taken": _("A comment sent as a test was not taken (%(code)s).")},
    instead=_(
        "What you have typed stays on your device: send it later, or hand it in on paper at the office in charge "
        "before the last day."
    ),
)
