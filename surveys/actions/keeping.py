"""Writing the library of questions: a part is kept, its words are changed, a copy is taken, it is removed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from engage.accounts.actors import Actor, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from surveys.actions.writing import check_editor, locked, write_definition
from surveys.definition import checks, editing, keeping, model
from surveys.models import LIBRARY_SHARERS, KeptPart, Version

PARTS_MOST = 200
"""Questions and groups in one part. A whole questionnaire is copied by its file."""
WORDS_MOST = 100_000
"""Characters that are searched."""


@dataclass(frozen=True)
class KeptWords:
    """How a kept part is found: a title in both languages of the site, and topics between commas."""

    title_zh: str
    title_en: str
    topics: str = ""


def may_share(actor: Actor) -> bool:
    """Tell whether somebody keeps parts for every department."""
    return has_role(actor, *LIBRARY_SHARERS)


def may_change(part: KeptPart, actor: Actor) -> bool:
    """Tell whether an editor who sees a part may change and remove it."""
    return not part.is_shared or may_share(actor)


@transaction.atomic
def keep_part(
    definition: Mapping[str, Any],
    kind: editing.Kind,
    *,
    about: KeptWords,
    department_id: int,
    is_shared: bool = False,
    token: uuid.UUID | None = None,
    actor: Actor,
) -> KeptPart:
    """Keep a part, as `keeping.keep` returns it; a token that was used returns what it kept.

    Raises Refused: not_allowed, survey_kept_many (most), survey_kept_title, survey_definition_unreadable (errors).
    """
    check_editor(actor)
    token = token or uuid.uuid4()
    if known := KeptPart.objects.visible_to(actor).filter(token=token).first():
        return known
    if is_shared and not may_share(actor):
        raise Refused("not_allowed")
    try:
        parsed = model.parse(definition)
    except model.Unreadable as found:
        raise Refused("survey_definition_unreadable", errors=found.errors) from found
    if len(parsed.entries) > PARTS_MOST:
        raise Refused("survey_kept_many", most=PARTS_MOST)
    part = keeping.kept_part(parsed, kind)
    kept = KeptPart(
        token=token,
        kind=kind,
        type="page" if isinstance(part, model.Page) else part.type,
        definition=model.dump(parsed),
        department_id=department_id,
        is_shared=is_shared,
        created_by=actor if isinstance(actor, User) else None,
    )
    _describe(kept, about)
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        # The form was sent twice at once.
        return KeptPart.objects.visible_to(actor).get(token=token)
    journal.record(actor, "library.kept", kept, title=kept.title_zh, shared=is_shared)
    return kept


@transaction.atomic
def change_kept(part_id: int, *, about: KeptWords, is_shared: bool, revision: int, actor: Actor) -> KeptPart:
    """Change the words of a kept part and whether every department has it.

    Raises Refused: not_allowed, survey_kept_changed, survey_kept_title; KeptPart.DoesNotExist.
    """
    kept = _locked(part_id, revision, actor)
    if is_shared != kept.is_shared and not may_share(actor):
        raise Refused("not_allowed")
    _describe(kept, about)
    kept.is_shared = is_shared
    kept.revision += 1
    kept.save()
    journal.record(actor, "library.changed", kept, title=kept.title_zh, shared=is_shared)
    return kept


@transaction.atomic
def remove_kept(part_id: int, *, revision: int, actor: Actor) -> None:
    """Remove a kept part; the copies that were taken stay.

    Raises Refused: not_allowed, survey_kept_changed; KeptPart.DoesNotExist.
    """
    kept = _locked(part_id, revision, actor)
    journal.record(actor, "library.removed", kept, title=kept.title_zh)
    kept.delete()


@transaction.atomic
def take_kept(
    version_id: int, part_id: int, *, into: str = "", holder: editing.Kind = "page", revision: int, actor: Actor
) -> tuple[Version, keeping.Taken]:
    """Put a copy of a kept part into a version in work: an item into a page or group, a page at the end.

    Raises Refused as every change of a version does, KeptPart.DoesNotExist, Version.DoesNotExist, editing.NotThere.
    """
    check_editor(actor)
    kept = KeptPart.objects.visible_to(actor).get(pk=part_id)
    version = locked(version_id, actor)
    if version.revision != revision:
        raise Refused("survey_changed_meanwhile")
    kind: editing.Kind = "page" if kept.kind == KeptPart.Kind.PAGE else "item"
    taken = keeping.take(version.parsed, kept.parsed, kind, into=into, holder=holder)
    written = write_definition(version.pk, taken.document, revision=revision, actor=actor)
    journal.record(actor, "library.taken", kept, version=version.pk, name=taken.name)
    return written, taken


def _locked(part_id: int, revision: int, actor: Actor) -> KeptPart:
    check_editor(actor)
    kept = KeptPart.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=part_id)
    if not may_change(kept, actor):
        raise Refused("not_allowed")
    if kept.revision != revision:
        raise Refused("survey_kept_changed")
    return kept


def _describe(kept: KeptPart, about: KeptWords) -> None:
    title_zh, title_en = about.title_zh.strip(), about.title_en.strip()
    if not title_zh or not title_en:
        raise Refused("survey_kept_title")
    topics = [" ".join(word.split()) for word in about.topics.replace("，", ",").replace("、", ",").split(",")]
    kept.title_zh, kept.title_en = title_zh, title_en
    kept.topics = ", ".join(dict.fromkeys(word for word in topics if word))
    said = [words for _path, texts in checks.texts_of(kept.parsed) for words in texts.values()]
    kept.words = " ".join([title_zh, title_en, kept.topics, *said]).casefold()[:WORDS_MOST]
