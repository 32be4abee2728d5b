"""The demo's interpretation of one draft, with all six optional parts."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from consultations.models import Consultation
from consultations.packs import actions, rules
from consultations.packs.models import Block, Invitation, Pack, Reaction
from consultations.queries import published_version
from engage.accounts.actors import ANYONE, SYSTEM
from engage.pages.demo_content import FOLDER
from engage.participation import actions as participation
from engage.publishing import gate


def load() -> None:
    """Load the pack once, through the same actions as the site; a second call changes nothing."""
    if Pack.objects.exists():
        return
    given = json.loads((FOLDER / "pack.json").read_text(encoding="utf-8"))
    call = Consultation.objects.filter(slug=given["call"]).first()
    version = published_version(call) if call else None
    if version is None:
        return
    now = timezone.now()
    pack = actions.open_pack(version.pk, actor=SYSTEM)
    for entry in given["blocks"]:
        _block(pack, entry, now)
    _expert(pack, given["expert"], now)
    gate.release_by_platform(actions.KIND, pack, now=now - timedelta(days=given["published_days_ago"]))
    for entry in given["reactions"]:
        _reaction(given["call"], entry, now)


def _revision(pack: Pack) -> int:
    return Pack.objects.values_list("revision", flat=True).get(pk=pack.pk)


def _words(entry: dict[str, Any], names: tuple[str, ...]) -> dict[str, dict[str, str]]:
    return {
        code: {name: entry[name][path] for name in names if name in entry}
        for code, path in settings.LANGUAGE_PATHS.items()
    }


def _block(pack: Pack, entry: dict[str, Any], now: datetime) -> None:
    kind = entry["kind"]
    block = (
        Block.objects.get(pack=pack, kind=kind)
        if kind in rules.REQUIRED
        else actions.add_block(pack.pk, kind, revision=_revision(pack), actor=SYSTEM)
    )
    actions.write_block(
        block.pk,
        texts=_words(entry, ("heading", "body", "byline", "source")),
        dated=timezone.localdate(now - timedelta(days=entry["days_ago"])),
        url=entry.get("url", ""),
        clauses=entry["clauses"],
        revision=_revision(pack),
        actor=SYSTEM,
    )


def _expert(pack: Pack, entry: dict[str, Any], now: datetime) -> None:
    """Invite, hand in and take over as people would; the letters go to nobody."""
    at = now - timedelta(days=entry["days_ago"])
    invitation, token = actions.invite(
        pack.pk,
        email="expert@linhe.example.org",
        language=entry["language"],
        revision=_revision(pack),
        now=at,
        actor=SYSTEM,
    )
    actions.hand_in(
        token,
        name=entry["name"],
        affiliation=entry["affiliation"],
        interest=entry["interest"],
        no_interest=False,
        text=entry["text"],
        written_in=entry["language"],
        now=at,
        actor=ANYONE,
    )
    actions.accept_text(invitation.pk, revision=_revision(pack), now=at, actor=SYSTEM)
    headings = _words(entry, ("heading",))
    actions.write_block(
        invitation.block_id,
        texts={"zh-hans": headings["zh-hans"], "en": headings["en"] | entry["translation"]},
        dated=timezone.localdate(at),
        clauses=entry["clauses"],
        revision=_revision(pack),
        actor=SYSTEM,
    )
    contact = Invitation.objects.select_related("contact").get(pk=invitation.pk).contact
    if contact is not None:
        contact.delete()


def _reaction(slug: str, entry: dict[str, Any], now: datetime) -> None:
    envelope = participation.Envelope(
        token=uuid.uuid4(),
        language=entry["language"],
        received_at=now - timedelta(days=entry["days_ago"]),
        signature=entry["signature"],
        consents=("comment-publication",),
    )
    submission = actions.send_reaction(slug, entry["text"], envelope, clause=entry["clause"], actor=ANYONE)
    participation.moderate(Reaction.objects.get(submission=submission), "published", actor=SYSTEM)
