"""What the release gate needs to know of releases and digests.

The three kinds of release differ in the reviews they need: a routine release passes all four; a short one says what is
public already, so the head of department and the secrecy review are enough; an emergency release needs the same four as
the routine one, but its author hands it in with a reason, one approver lets it go, and the other reviews become tasks.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engage.outreach.press import actions, queries, rules
from engage.outreach.press.actions.digests import DIGEST
from engage.outreach.press.actions.writing import KIND
from engage.outreach.press.models import Digest, Release
from engage.outreach.press.queries.digests import digest_lacks
from engage.outreach.press.words import lack_sentence
from engage.publishing.registry import HEAD, SECRECY, STANDARD, GatedKind, Key, Subject

SHORT = (HEAD, SECRECY)


def keys_of(release: Release) -> tuple[Key, ...]:
    """Return the reviews that a release needs."""
    return SHORT if release.kind == rules.SHORT else STANDARD


def _edit_url(obj: Any) -> str:
    return reverse("press_digest" if isinstance(obj, Digest) else "press_editor", args=[obj.pk])


def _lacks(release: Release) -> list[tuple[str, str]]:
    return [(lack_sentence(lack), _edit_url(release)) for lack in queries.lacks(release, timezone.now())]


def _digest_lacks(digest: Digest) -> list[tuple[str, str]]:
    return [(lack_sentence(lack), _edit_url(digest)) for lack in digest_lacks(digest, timezone.now())]


KINDS = (
    GatedKind(
        KIND,
        _("press release"),
        STANDARD,
        Subject(
            model="press.Release",
            forms=queries.outgoing_forms,
            writers=queries.writers,
            title=lambda release: release.title,
            edit_url=_edit_url,
            publish=actions.publish,
            unpublish=actions.take_down_by_gate,
            lacks=_lacks,
        ),
        keys_of=keys_of,
    ),
    GatedKind(
        DIGEST,
        _("media digest"),
        (HEAD, SECRECY),
        Subject(
            model="press.Digest",
            forms=queries.digest_forms,
            writers=queries.digest_writers,
            title=lambda digest: queries.letter(digest, "zh-hans")[0],
            edit_url=_edit_url,
            publish=actions.publish_digest,
            lacks=_digest_lacks,
        ),
    ),
)
