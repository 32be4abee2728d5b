"""The second coder: a random sample, coded without a look at the first coding."""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from consultations.coding import rules
from consultations.coding.access import check_coder, may_code
from consultations.coding.actions.rows import locked_consultation
from consultations.coding.models import BlindCoding, BlindItem, BlindSample, Coding, Theme
from consultations.models import Comment, Consultation
from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation.models import ModerationState, Submission

SEED_MOST = 64


@transaction.atomic
def draw_sample(
    consultation: Consultation, coder: User, *, seed: str = "", size: int | None = None, actor: Actor
) -> BlindSample:
    """Draw finished comments for a second coder; the same seed over the same comments draws the same ones.

    What the second coder has coded is left out: nobody agrees blindly with oneself.
    Raises Refused("not_a_coder"), Refused("nothing_to_sample"), Refused("sample_open") while the coder has one to do.
    """
    locked_consultation(consultation.pk, actor)
    if not may_code(coder, consultation):
        raise Refused("not_a_coder")
    if BlindItem.objects.filter(sample__consultation=consultation, sample__coder=coder, done_at=None).exists():
        raise Refused("sample_open")
    own = Coding.objects.filter(point__comment=OuterRef("pk"), coder=coder)
    known = BlindItem.objects.filter(comment=OuterRef("pk"), sample__coder=coder)
    available = list(
        Comment.objects.filter(~Exists(own), ~Exists(known), consultation=consultation, coded_at__isnull=False)
        .exclude(moderation_state=ModerationState.REJECTED)
        .exclude(submission__state=Submission.State.WITHDRAWN)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if not available:
        raise Refused("nothing_to_sample")
    seed = "".join(c for c in seed if c.isprintable()).strip()[:SEED_MOST] or secrets.token_hex(8)
    drawn = random.Random(seed).sample(available, rules.sample_size(len(available), size))
    sample = BlindSample.objects.create(consultation=consultation, coder=coder, seed=seed)
    BlindItem.objects.bulk_create(BlindItem(sample=sample, comment_id=pk) for pk in drawn)
    journal.record(actor, "blind.drawn", sample, seed=seed, n=len(drawn), available=len(available))
    return sample


@transaction.atomic
def code_blind(item_id: int, theme_ids: Collection[int], *, actor: Actor) -> BlindItem:
    """Say which themes a comment of one's own blind sample has (none is an answer, too); again: replace it.

    Raises Refused("not_allowed") for anybody but the sample's coder, Refused("theme_gone").
    """
    item = (
        BlindItem.objects.select_for_update(of=("self",))
        .select_related("sample__consultation__department")
        .get(pk=item_id)
    )
    consultation = item.sample.consultation
    check_coder(actor, consultation)
    if item.sample.coder_id != actor.pk:
        raise Refused("not_allowed")
    wanted = set(theme_ids)
    known = set(
        Theme.objects.filter(consultation=consultation, retired_at=None, pk__in=wanted).values_list("pk", flat=True)
    )
    if known != wanted:
        raise Refused("theme_gone")
    item.codings.exclude(theme__in=known).delete()
    BlindCoding.objects.bulk_create(
        (BlindCoding(item=item, theme_id=theme) for theme in sorted(known)), ignore_conflicts=True
    )
    item.done_at = timezone.now()
    item.save(update_fields=["done_at"])
    journal.record(actor, "blind.coded", item, themes=len(known))
    return item
