"""Which texts of a call the public reads: its first text, the further ones, and its questions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import F, QuerySet

from consultations import rules
from consultations.models import Clause, Consultation, Draft, Version

# Above that many keys their rows are chosen here: a database takes only so many values in one question.
KEYS_AT_ONCE = 500


def published_version(consultation: Consultation) -> Version | None:
    """Return the first text the public reads in a consultation; None before the first publication."""
    return next(iter(published_versions(consultation)), None)


def published_versions(consultation: Consultation) -> list[Version]:
    """Return what the public reads in a consultation, in the order in which it is read; one query."""
    return in_order(Version.objects.filter(draft__consultation=consultation))


def in_order(versions: QuerySet[Version]) -> list[Version]:
    """Return those of the versions that are public, with their drafts: the first text, further ones, then questions."""
    found = versions.filter(pk=F("draft__published")).select_related("draft__consultation")
    return sorted(
        found,
        key=lambda version: (version.draft.kind == Draft.Kind.QUESTIONS, version.draft.slug != "", version.draft_id),
    )


def named(versions: Sequence[Version], name: str) -> Version | None:
    """Return the version of the draft of a name, of the first one for an empty name; None when there is no such."""
    if not name:
        return versions[0] if versions else None
    return next((version for version in versions if version.draft.slug == name), None)


def holding(versions: Sequence[Version], key: str) -> Version:
    """Return the version that a clause key, or its form in an address, belongs to; a call has at least one."""
    name = rules.name_in(key, [version.draft.slug for version in versions])
    return named(versions, name) or versions[0]


def clauses_by_key(versions: Sequence[Version], keys: Collection[str]) -> dict[str, Clause]:
    """Return the clauses of these keys in the published texts of one call, each with the version it stands in."""
    known = {version.pk: version for version in versions}
    rows = Clause.objects.filter(version__in=known)
    if len(keys) < KEYS_AT_ONCE:
        rows = rows.filter(key__in=keys)
    found = {clause.key: clause for clause in rows if clause.key in keys}
    for clause in found.values():
        clause.version = known[clause.version_id]
    return found
