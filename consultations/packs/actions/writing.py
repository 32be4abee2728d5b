"""Writing a pack: opening it, adding, writing, ordering and removing its blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max

from consultations.models import Clause, Version
from consultations.outcomes.models import Outcome
from consultations.packs import queries, rules
from consultations.packs.access import check_editor
from consultations.packs.models import Block, BlockText, Invitation, Pack
from consultations.packs.queries.building import TEXT_FIELDS
from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal

IN_WORK = (Pack.State.DRAFT, Pack.State.SUBMITTED)
# What an expert wrote; an editor adds a heading, where it comes from, and the translation.
EXPERTS_OWN = frozenset({"body", "byline", "affiliation", "interest"})
_MOST = {
    "heading": rules.HEADING_MOST,
    "body": rules.BODY_MOST,
    "byline": rules.LINE_MOST,
    "source": rules.LINE_MOST,
    "affiliation": rules.LINE_MOST,
    "interest": rules.INTEREST_MOST,
}


@transaction.atomic
def open_pack(version_id: int, *, about: str = Pack.About.DRAFT, actor: Actor) -> Pack:
    """Open the pack of a version with its three required blocks, or return the one that is in work.

    After a publication this opens a correction that begins with the words of what is published, or was.
    Raises Refused("not_allowed"), Refused("pack_without_call"), Refused("pack_call_not_answered"),
    Refused("pack_not_final").
    """
    check_editor(actor)
    version = Version.objects.select_related("draft__consultation").get(pk=version_id)
    call = version.draft.consultation
    if call is None:
        raise Refused("pack_without_call")
    # Two who begin at once get the same pack.
    call = type(call).objects.select_for_update().get(pk=call.pk)
    if about == Pack.About.FINAL:
        _check_final(version, call.pk)
    if (open_one := version.packs.filter(state__in=IN_WORK).first()) is not None:
        return open_one
    last = version.packs.filter(state__in=[Pack.State.PUBLISHED, Pack.State.TAKEN_DOWN]).first()
    number = (call.packs.aggregate(last=Max("number"))["last"] or 0) + 1
    pack = Pack.objects.create(
        consultation=call,
        version=version,
        about=about,
        number=number,
        author=actor if isinstance(actor, User) else None,
    )
    if last is None:
        for position, kind in enumerate(rules.REQUIRED):
            Block.objects.create(pack=pack, kind=kind, position=position)
    else:
        _copy_blocks(last, pack)
    _wrote(pack, actor)
    journal.record(actor, "pack.opened", pack, number=number, version=version.number, about=str(about))
    return pack


def _check_final(version: Version, call_id: int) -> None:
    outcome = (
        Outcome.objects.filter(consultation=call_id, state=Outcome.State.PUBLISHED)
        .defer("content")
        .select_related("version", "version_after")
        .first()
    )
    if outcome is None:
        raise Refused("pack_call_not_answered")
    if queries.final_version(outcome).pk != version.pk:
        raise Refused("pack_not_final")


def _copy_blocks(last: Pack, pack: Pack) -> None:
    for old in last.blocks.prefetch_related("texts", "clauses"):
        new = Block.objects.create(
            pack=pack,
            kind=old.kind,
            position=old.position,
            dated=old.dated,
            url=old.url,
            original_language=old.original_language,
            no_interest=old.no_interest,
        )
        new.clauses.set(old.clauses.all())
        BlockText.objects.bulk_create(
            BlockText(block=new, language=text.language, **{name: getattr(text, name) for name in TEXT_FIELDS})
            for text in old.texts.all()
        )


def _wrote(pack: Pack, actor: Actor) -> None:
    if isinstance(actor, User):
        pack.writers.add(actor)


def locked(pack_id: int, actor: Actor) -> Pack:
    """Return a pack the actor may see, locked; raises Pack.DoesNotExist."""
    found = Pack.objects.visible_to(actor).select_for_update(of=("self",))
    return found.select_related("consultation__department", "version").get(pk=pack_id)


def editable(pack_id: int, revision: int, actor: Actor) -> Pack:
    """Lock a draft for a change and count the change.

    Raises Refused("not_allowed"), Refused("pack_not_open") for one that is no draft,
    Refused("pack_changed_meanwhile") when somebody else was faster.
    """
    check_editor(actor)
    pack = locked(pack_id, actor)
    if pack.state != Pack.State.DRAFT:
        raise Refused("pack_not_open")
    if pack.revision != revision:
        raise Refused("pack_changed_meanwhile")
    pack.revision += 1
    pack.save(update_fields=["revision"])
    _wrote(pack, actor)
    return pack


@transaction.atomic
def add_block(pack_id: int, kind: str, *, revision: int, actor: Actor) -> Block:
    """Add an optional block at the end; an expert's comes by `invite`.

    Raises Refused("block_kind_wrong"), Refused("pack_full", most=...) and those of every change.
    """
    if kind not in rules.OPTIONAL or kind == rules.EXPERT:
        raise Refused("block_kind_wrong")
    pack = editable(pack_id, revision, actor)
    block = append(pack, kind)
    journal.record(actor, "pack.block_added", pack, kind=kind, revision=pack.revision)
    return block


def append(pack: Pack, kind: str) -> Block:
    """Make an empty block at the end, inside the caller's transaction; raises Refused("pack_full", most=...)."""
    if pack.blocks.count() >= rules.BLOCKS_MOST:
        raise Refused("pack_full", most=rules.BLOCKS_MOST)
    last = pack.blocks.aggregate(last=Max("position"))["last"]
    return Block.objects.create(pack=pack, kind=kind, position=0 if last is None else last + 1)


@transaction.atomic
def write_block(
    block_id: int,
    *,
    texts: Mapping[str, Mapping[str, str]],
    dated: date | None,
    url: str = "",
    clauses: Sequence[str] = (),
    revision: int,
    actor: Actor,
) -> Block:
    """Write a block: language to field to words (what is not given stays), date, address, keys of clauses.

    Raises Refused("pack_unknown_text"), Refused("pack_text_too_long", most=...), Refused("expert_words"),
    Refused("address_wrong"), Refused("clause_gone", key=...), Refused("pack_clauses_too_many", most=...) and those of
    every change.
    """
    block = Block.objects.get(pk=block_id)
    pack = editable(block.pack_id, revision, actor)
    rules.check_address(url)
    for language, words in texts.items():
        _check_words(block, language, words)
        BlockText.objects.update_or_create(
            block=block, language=language, defaults={name: text.strip() for name, text in words.items()}
        )
    block.dated, block.url = dated, url
    block.save(update_fields=["dated", "url"])
    block.clauses.set(_clauses(pack, clauses))
    journal.record(actor, "pack.block_written", pack, block=block.pk, kind=block.kind, revision=pack.revision)
    return block


def _check_words(block: Block, language: str, words: Mapping[str, str]) -> None:
    if language not in queries.LANGUAGES or set(words) - set(TEXT_FIELDS):
        raise Refused("pack_unknown_text")
    if block.kind != rules.EXPERT and set(words) & {"affiliation", "interest"}:
        raise Refused("pack_unknown_text")
    if block.kind == rules.EXPERT and block.original_language in ("", language) and EXPERTS_OWN & set(words):
        raise Refused("expert_words")
    for name, text in words.items():
        if len(text) > _MOST[name]:
            raise Refused("pack_text_too_long", most=_MOST[name])


def _clauses(pack: Pack, keys: Sequence[str]) -> list[Clause]:
    wanted = list(dict.fromkeys(keys))
    if len(wanted) > rules.CLAUSES_MOST:
        raise Refused("pack_clauses_too_many", most=rules.CLAUSES_MOST)
    found = {clause.key: clause for clause in Clause.objects.filter(version=pack.version_id, key__in=wanted)}
    if gone := [key for key in wanted if key not in found]:
        raise Refused("clause_gone", key=gone[0])
    return [found[key] for key in wanted]


@transaction.atomic
def move_block(block_id: int, *, up: bool, revision: int, actor: Actor) -> Block:
    """Move a block one place; at the end of the list it stays where it is."""
    block = Block.objects.get(pk=block_id)
    pack = editable(block.pack_id, revision, actor)
    order = list(pack.blocks.order_by("position", "pk"))
    place = order.index(block)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        for position, one in enumerate(order):
            if one.position != position:
                Block.objects.filter(pk=one.pk).update(position=position)
        journal.record(actor, "pack.block_moved", pack, block=block.pk, revision=pack.revision)
    block.refresh_from_db()
    return block


@transaction.atomic
def remove_block(block_id: int, *, revision: int, actor: Actor) -> Pack:
    """Remove an optional block, with the invitation and address of an expert.

    Raises Refused("block_required"), Refused("invitation_waits_for_you") while an editor has not read what the expert
    handed in, and those of every change.
    """
    block = Block.objects.get(pk=block_id)
    pack = editable(block.pack_id, revision, actor)
    if block.is_required:
        raise Refused("block_required")
    invitation = (
        Invitation.objects.select_for_update(of=("self",)).select_related("contact").filter(block=block).first()
    )
    if invitation is not None and invitation.state == Invitation.State.HANDED_IN and invitation.revoked_at is None:
        raise Refused("invitation_waits_for_you")
    if invitation is not None and invitation.contact is not None:
        invitation.contact.delete()
    journal.record(actor, "pack.block_removed", pack, block=block.pk, kind=block.kind, revision=pack.revision)
    block.delete()
    return pack
