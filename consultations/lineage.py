"""What became of the clauses of one version in the next: kept with the version, read wherever versions meet.

A version is aligned with the one that the public read before it; before the first publication with the one of the
number before. The writes here are steps of `actions.store_draft`, `replace_text` and `publish_version`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from consultations.alignment import Alignment, Link, align
from consultations.alignment.align import Item
from consultations.alignment.items import items_of, repeated_numbers
from consultations.alignment.lineage import continuations
from consultations.alignment.links import link_given
from consultations.drafts.tree import ParsedClause, ParsedDraft, counted
from consultations.models import Clause, ClauseLineage, ClauseText, Version
from engage.accounts.models import User
from engage.errors import Refused


def base_of(version: Version) -> Version | None:
    """Return the version that a version is aligned with; None for the first one."""
    published = version.draft.versions.filter(published_at__isnull=False, number__lt=version.number)
    return published.last() or version.draft.versions.filter(number__lt=version.number).last()


def parsed_of(version: Version, language: str) -> ParsedDraft | None:
    """Return a stored version as the parser hands it over; None when it has no words in this language."""
    rows = (
        ClauseText.objects.filter(clause__version=version, language=language)
        .order_by("clause__position")
        .values_list(
            "clause__key", "clause__level", "clause__number", "label", "heading", "clause__parent__key", "text"
        )
    )
    clauses = tuple(ParsedClause(*row, line=line) for line, row in enumerate(rows, 1))
    return ParsedDraft("", "", language, clauses, (), counted(clauses)) if clauses else None


def stable_ids(base: Version | None, parsed: ParsedDraft) -> tuple[dict[str, UUID], Alignment | None]:
    """Return key to stable id for the clauses of a new text that carry on one of the base, and the alignment.

    Where the base has no words in this language, an equal key is all there is to go by, and there is no alignment.
    """
    if base is None:
        return {}, None
    known = dict(base.clauses.values_list("key", "stable_id"))
    before = parsed_of(base, parsed.language)
    if before is None:
        return {key: known[key] for key in (clause.id for clause in parsed.clauses) if key in known}, None
    alignment = align(before, parsed)
    return {new: known[old] for new, old in continuations(before, parsed, alignment).items()}, alignment


def store(version: Version, base: Version, links: Iterable[Link]) -> None:
    """Keep the links of a version's articles; what a person decided before is replaced."""
    olds = dict(base.clauses.values_list("key", "pk"))
    news = dict(version.clauses.values_list("key", "pk"))
    version.lineage.all().delete()
    rows: dict[tuple[str, str], ClauseLineage] = {}
    for link in links:
        for old, new in _ends(link):
            # A pair that is part of a split and of a merge stands in both links: one row, the split's.
            rows.setdefault(
                (old, new),
                ClauseLineage(
                    version=version,
                    old_id=olds.get(old),
                    new_id=news.get(new),
                    relation=link.relation,
                    similarity=link.similarity,
                    doubt=link.doubt,
                    reasons=[{"code": reason.code, "values": dict(reason.values)} for reason in link.reasons],
                ),
            )
    ClauseLineage.objects.bulk_create(rows.values(), batch_size=500)


def renew(version: Version) -> None:
    """Align a version anew when another one came between it and the one it was aligned with."""
    base = base_of(version)
    if base is None or base == aligned_with(version):
        return
    for language in _languages(version):
        parsed = parsed_of(version, language)
        if parsed is None:
            continue
        known, alignment = stable_ids(base, parsed)
        if alignment is not None:
            _identify(version, known, set())
            store(version, base, alignment.links)
            return


def _languages(version: Version) -> list[str]:
    return list(version.texts.order_by("pk").values_list("language", flat=True))


def _identify(version: Version, known: Mapping[str, UUID], foreign: set[UUID]) -> None:
    """Give each clause the stable id it carries on; one that carries on none keeps its own, if it is its own."""
    clauses = list(version.clauses.all())
    used = set(known.values()) | foreign
    for clause in clauses:
        clause.stable_id = known.get(clause.key) or (uuid4() if clause.stable_id in used else clause.stable_id)
    Clause.objects.bulk_update(clauses, ["stable_id"], batch_size=500)


def set_sources(version: Version, new_key: str, old_keys: Collection[str], *, by: User | None, now: datetime) -> None:
    """Say which articles of the version before an article came from, none for a new one; it counts as checked.

    Raises Refused("article_unknown", name=...) for an article that is not there.
    """
    base, alignment = current(version)
    _check_known(new_key, alignment.new)
    for key in old_keys:
        _check_known(key, alignment.old)
    pairs = {(old.id, new.id) for link in alignment.links for old, new in link.pairs if new.id != new_key}
    pairs |= {(key, new_key) for key in old_keys}
    links = link_given(alignment.old, alignment.new, alignment.language, pairs)
    before = {_key_of(row): row for row in version.lineage.select_related("old", "new")}
    store(version, base, links)
    rows = list(version.lineage.select_related("old", "new"))
    for row in rows:
        kept = before.get(_key_of(row))
        if row.new is not None and row.new.key == new_key:
            row.checked_by, row.checked_at = by, now
        elif kept is not None and kept.relation == row.relation:
            row.doubt, row.reasons = kept.doubt, kept.reasons
            row.checked_by, row.checked_at = kept.checked_by, kept.checked_at
    ClauseLineage.objects.bulk_update(rows, ["doubt", "reasons", "checked_by", "checked_at"], batch_size=500)
    corrected = Alignment(alignment.language, alignment.old, alignment.new, links)
    old, new = (parsed_of(side, alignment.language) for side in (base, version))
    assert old is not None and new is not None  # `current` read both in this language
    known = dict(base.clauses.values_list("key", "stable_id"))
    carried = {key: known[source] for key, source in continuations(old, new, corrected).items()}
    _identify(version, carried, set(known.values()))


def _key_of(row: ClauseLineage) -> tuple[str, str]:
    return (row.old.key if row.old else "", row.new.key if row.new else "")


def _check_known(key: str, items: Iterable[Item]) -> None:
    if key not in {item.id for item in items}:
        raise Refused("article_unknown", name=key)


def confirm_removed(version: Version, old_key: str, *, by: User | None, now: datetime) -> None:
    """Say that an article of the version before has no successor. Raises Refused("article_unknown", name=...)."""
    if not version.lineage.filter(old__key=old_key, new=None).update(checked_by=by, checked_at=now):
        raise Refused("article_unknown", name=old_key)


def current(version: Version) -> tuple[Version, Alignment]:
    """Return the version that a version is aligned with and the alignment as it stands, corrections included.

    Raises Refused("nothing_before") when it has none: it is the first, or the one before is in another language.
    """
    base = aligned_with(version)
    for language in _languages(version) if base is not None else ():
        alignment = alignment_of(base, version, language) if base is not None else None
        if base is not None and alignment is not None:
            return base, alignment
    raise Refused("nothing_before")


def aligned_with(version: Version) -> Version | None:
    """Return the version whose clauses the kept lineage of a version starts from."""
    return Version.objects.filter(clauses__successors__version=version).first()


def _ends(link: Link) -> list[tuple[str, str]]:
    return [(old.id, new.id) for old, new in link.pairs] or [
        (link.old[0].id if link.old else "", link.new[0].id if link.new else "")
    ]


def alignment_of(old: Version, new: Version, language: str) -> Alignment | None:
    """Return what became of the clauses of an earlier version, from the lineage that was kept, over every step between.

    None when there is no such chain of versions, or one of the two has no words in this language.
    """
    pairs = _pairs_between(old, new)
    texts = [parsed_of(version, language) for version in (old, new)]
    if pairs is None or texts[0] is None or texts[1] is None:
        return None
    ambiguous = repeated_numbers(texts[0], texts[1])
    sides: list[tuple[Item, ...]] = [items_of(text, ambiguous) for text in texts if text]
    known = [{item.id for item in side} for side in sides]
    kept = [(first, second) for first, second in pairs if first in known[0] and second in known[1]]
    return Alignment(language, sides[0], sides[1], link_given(sides[0], sides[1], language, kept))


def _pairs_between(old: Version, new: Version) -> set[tuple[str, str]] | None:
    """Follow the lineage from version to version: (key in the old one, key in the new one)."""
    steps: list[dict[str, set[str]]] = []
    version = new
    while version.pk != old.pk:
        base = aligned_with(version)
        if base is None or base.number >= version.number:
            return None
        step: dict[str, set[str]] = defaultdict(set)
        for first, second in version.lineage.filter(old__isnull=False, new__isnull=False).values_list(
            "old__key", "new__key"
        ):
            step[first].add(second)
        steps.append(step)
        version = base
    pairs = {(key, key) for key in old.clauses.values_list("key", flat=True)}
    for step in reversed(steps):
        pairs = {(first, target) for first, key in pairs for target in step.get(key, ())}
    return pairs


def successors(clause: Clause, version: Version) -> list[Clause]:
    """Return the clauses of a later version that came from a clause, the one that kept its identity first."""
    pairs = _pairs_between(clause.version, version)
    keys = {second for first, second in pairs or () if first == clause.key}
    found = version.clauses.filter(key__in=keys).order_by("position")
    return sorted(found, key=lambda other: other.stable_id != clause.stable_id)
