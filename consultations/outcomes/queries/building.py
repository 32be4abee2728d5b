"""Puts an outcome together from the desk's work: texts, clauses before and after, points, decisions, figures.

The result is one plain structure (`Built.content`) that is hashed, signed, published and shown, and the answers it
counts (`Built.answers`). Figures are counted here and nowhere else; the exports are checked against them.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from consultations import lineage
from consultations.alignment.compare import READABLE
from consultations.coding.models import Coding, Decision, Point, Theme
from consultations.drafts import wording
from consultations.drafts.labels import CHINESE
from consultations.models import Clause, Comment, Version
from consultations.outcomes import rules
from consultations.outcomes.models import Answer, Outcome, OutcomeClause
from consultations.outcomes.queries.participants import active_comments, counted_comments, figures, who_took_part
from consultations.published import published_versions
from consultations.queries import Article, text_of
from engage.departments.models import Department
from engage.participation.models import ModerationState
from engage.participation.rules import Reference
from engage.publishing.canonical import canonical_json

WHOLE = "whole"
# Rows of the call's further texts and of its questions stand behind those of the text that is answered, in the order
# in which they are read; behind them clauses that are in no published text.
_FURTHER, _FOREIGN = 1_000_000, 1_000_000_000
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


@dataclass
class Built:
    """An outcome as it would be published now, and what is missing before it may be."""

    content: dict[str, Any]
    answers: list[Answer]
    missing: list[rules.Missing]

    @property
    def hash(self) -> str:
        """SHA-256 of the content."""
        return content_hash(self.content)


def content_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a content in its one written form (JSON, sorted keys, UTF-8)."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


@dataclass
class _Remark:
    """One counted comment, as far as the figures need it."""

    pk: int
    submission: int
    clause: int | None
    version: int
    coded: bool


@dataclass
class _Row:
    """One line of the clause table while it is put together. `part`: the title of the further text it belongs to."""

    key: str
    position: int
    clause: int | None
    part: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    after: dict[str, list[Article]] | None = None
    comments: int = 0
    people: set[int] = field(default_factory=set)
    points: set[int] = field(default_factory=set)
    answers: list[Answer] = field(default_factory=list)


def build(outcome: Outcome) -> Built:
    """Return the outcome as its parts stand now; a fixed number of queries whatever the number of comments."""
    return _Building(outcome).built()


class _Building:
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.version: Version = outcome.version
        self.versions = [self.version, *self._further()]
        comments = active_comments(outcome.consultation_id)
        self.held = comments.filter(moderation_state=ModerationState.HELD).count()
        counted = counted_comments(outcome.consultation_id)
        self.remarks = {
            row[0]: _Remark(row[0], row[1], row[2], row[3], row[4] is not None)
            for row in counted.order_by("pk").values_list("pk", "submission_id", "clause_id", "version_id", "coded_at")
        }
        self.rows = self._rows()
        self.homes = self._homes()
        in_use = Theme.objects.filter(consultation=outcome.consultation_id, retired_at=None)
        self.themes = {theme.pk: theme for theme in in_use.order_by("position", "pk")}
        self.undecided: list[tuple[int, int | None, int | None]] = []
        self.answers = self._answers()

    # --- clauses

    def _further(self) -> list[Version]:
        """Return what else the call's readers comment on: its other texts and its questions."""
        return [
            version
            for version in published_versions(self.outcome.consultation)
            if version.draft_id != self.version.draft_id
        ]

    def _rows(self) -> dict[str, _Row]:
        """Return the clauses of the texts commented on, by key, with their words in each language."""
        rows = {WHOLE: _Row(WHOLE, -1, None)}
        self.blocks: dict[int, str] = {}
        for place, version in enumerate(self.versions):
            positions = dict(version.clauses.values_list("pk", "position"))
            part = dict(version.texts.values_list("language", "title")) if place else {}
            for language in LANGUAGES:
                text = text_of(version, language=language, with_counts=False)
                for article in text.articles:
                    position = place * _FURTHER + positions[article.clause_id]
                    row = rows.setdefault(article.key, _Row(article.key, position, article.clause_id, part))
                    self.blocks[article.clause_id] = article.key
                    if text.language == language:
                        row.titles[language], row.texts[language] = article.title, article.text
        return rows

    def _homes(self) -> dict[int, str]:
        """Return clause id to the key of its row; a clause of another version goes where it came from or went to."""
        wanted = {remark.clause for remark in self.remarks.values() if remark.clause is not None}
        clauses = Clause.objects.filter(version__in=self.versions)
        own = dict(clauses.values_list("pk", "parent_id"))
        homes: dict[int, str] = {}
        for clause in wanted & set(own):
            at: int | None = clause
            while at is not None and at not in self.blocks:
                at = own[at]
            homes[clause] = self.blocks[at] if at is not None else WHOLE
        strangers = Clause.objects.filter(pk__in=wanted - set(own)).select_related("version").prefetch_related("texts")
        by_identity = {
            stable: self.blocks[pk] for pk, stable in clauses.values_list("pk", "stable_id") if pk in self.blocks
        }
        for stranger in strangers:
            key = by_identity.get(stranger.stable_id) or self._successor(stranger)
            homes[stranger.pk] = key or self._foreign_row(stranger)
        return homes

    def _successor(self, clause: Clause) -> str:
        read = next((version for version in self.versions if version.draft_id == clause.version.draft_id), None)
        if read is None or clause.version.number > read.number:
            return ""
        found = lineage.successors(clause, read)
        return next((self.blocks[other.pk] for other in found if other.pk in self.blocks), "")

    def _foreign_row(self, clause: Clause) -> str:
        """Give a clause that is not in the text commented on a row of its own, after all others."""
        key = f"v{clause.version.number}.{clause.key}"
        row = self.rows.setdefault(key, _Row(key, _FOREIGN + clause.position, clause.pk))
        for words in clause.texts.all():
            row.titles[words.language] = f"{words.label} {words.heading}".strip()
            row.texts[words.language] = words.text
        return key

    def _home(self, remark: _Remark) -> str:
        return WHOLE if remark.clause is None else self.homes[remark.clause]

    # --- points and decisions

    def _answers(self) -> list[Answer]:
        points: dict[int, tuple[int, int | None, int | None]] = {
            pk: (comment, start, end)
            for pk, comment, start, end in Point.objects.filter(
                consultation=self.outcome.consultation_id, removed_at=None
            ).values_list("pk", "comment_id", "start", "end")
            if comment in self.remarks
        }
        themes_of: dict[int, list[int]] = defaultdict(list)
        for point, theme in (
            Coding.objects.filter(point__consultation=self.outcome.consultation_id, removed_at=None)
            .order_by("pk")
            .values_list("point_id", "theme_id")
        ):
            if theme in self.themes:
                themes_of[point].append(theme)
        parents = {theme.pk: theme.parent_id for theme in self.themes.values()}
        by_theme, by_point = self._decisions()
        found: list[tuple[int, int, int, Answer]] = []
        with_point = set()
        for pk, (comment, start, end) in points.items():
            remark = self.remarks[comment]
            with_point.add(comment)
            decided = rules.in_force(by_point.get(pk), themes_of.get(pk, []), parents, by_theme)
            row = self.rows[self._home(remark)]
            row.points.add(pk)
            if decided is None:
                self.undecided.append((comment, start, end))
                continue
            for decision, themes in decided:
                answer = self._answer(comment, row, decision, themes)
                answer.point_id, answer.start, answer.end = pk, start, end
                row.answers.append(answer)
                found.append((row.position, comment, start or 0, answer))
        self.without_point = [pk for pk, remark in self.remarks.items() if pk not in with_point and remark.coded]
        self.uncoded = [pk for pk, remark in self.remarks.items() if not remark.coded]
        for comment in self.without_point:
            row = self.rows[self._home(self.remarks[comment])]
            found.append((row.position, comment, 0, Answer(comment_id=comment, clause_id=row.clause)))
        for remark in self.remarks.values():
            row = self.rows[self._home(remark)]
            row.comments += 1
            row.people.add(remark.submission)
        found.sort(key=lambda entry: (*entry[:3], entry[3].decision_id or 0))
        answers = [answer for *_order, answer in found]
        for position, answer in enumerate(answers, 1):
            answer.position, answer.outcome = position, self.outcome
        return answers

    def _answer(self, comment: int, row: _Row, decided: rules.Decided, themes: list[int]) -> Answer:
        return Answer(
            comment_id=comment,
            clause_id=row.clause,
            themes=themes,
            decision_id=decided.pk,
            disposition=decided.disposition,
            reason_code=decided.reason_code,
            reasons=dict(decided.reasons),
            forwarded=dict(decided.forwarded),
            department_id=decided.department_id,
        )

    def _decisions(self) -> tuple[dict[int, rules.Decided], dict[int, rules.Decided]]:
        by_theme: dict[int, rules.Decided] = {}
        by_point: dict[int, rules.Decided] = {}
        for row in Decision.objects.filter(consultation=self.outcome.consultation_id, replaced_at=None).order_by("pk"):
            decided = rules.Decided(
                row.pk,
                row.disposition,
                row.reason_code,
                _words(row.reason_zh, row.reason_en),
                _words(row.forwarded_zh, row.forwarded_en),
                row.department_id,
            )
            if row.theme_id is not None:
                by_theme[row.theme_id] = decided
            elif row.point_id is not None:
                by_point[row.point_id] = decided
        return by_theme, by_point

    # --- the whole

    def built(self) -> Built:
        self._find_words_after()
        self.given = {(one.clause_id or 0): one for one in self._given()}
        self.departments = {
            unit.pk: {"zh-hans": unit.name_zh, "en": unit.name_en}
            for unit in Department.objects.filter(pk__in={answer.department_id for answer in self.answers})
        }
        self.names = self._theme_names()
        shown = [row for row in self.rows.values() if self._is_shown(row)]
        rows = [self._row_content(row) for row in sorted(shown, key=lambda row: row.position)]
        texts = {
            text.language: {name: getattr(text, name).strip() for name in rules.FIELDS}
            for text in self.outcome.texts.all()
        }
        after = self.outcome.version_after
        content = {
            "call": self.outcome.consultation.slug,
            "number": self.outcome.number,
            "version": self.version.number,
            "version_after": after.number if after else None,
            "texts": {language: texts.get(language, {}) for language in LANGUAGES},
            "totals": self._totals(),
            "took_part": who_took_part(self.outcome.consultation_id),
            "rows": rows,
            "answers_digest": self._answers_digest(),
        }
        return Built(content, self.answers, rules.missing(self._facts(texts, rows)))

    def _given(self) -> Iterable[OutcomeClause]:
        return self.outcome.clauses.prefetch_related("clauses_after", "quotes__comment__submission")

    def _find_words_after(self) -> None:
        """Find the words after for each clause: what the editor chose, else where the alignment says it went."""
        after = self.outcome.version_after
        if after is None:
            return
        texts = {code: text_of(after, language=code, with_counts=False) for code in LANGUAGES}
        articles = {
            code: {article.key: article for article in text.articles}
            for code, text in texts.items()
            if text.language == code
        }
        keys = self._keys_after(after)
        chosen = {
            one.clause_id: (one.removed, [clause.key for clause in one.clauses_after.all()])
            for one in self.outcome.clauses.prefetch_related("clauses_after")
        }
        for row in self.rows.values():
            if row.clause is None or row.position >= _FURTHER:
                continue
            removed, wanted = chosen.get(row.clause, (False, []))
            places = [] if removed else wanted or keys.get(row.key, [])
            row.after = {code: [found[key] for key in places if key in found] for code, found in articles.items()}

    def _keys_after(self, after: Version) -> dict[str, list[str]]:
        if after.draft_id != self.version.draft_id or after.number <= self.version.number:
            return {}
        for language in LANGUAGES:
            alignment = lineage.alignment_of(self.version, after, language)
            if alignment is not None:
                keys: dict[str, list[str]] = defaultdict(list)
                for link in alignment.links:
                    for old, new in link.pairs:
                        if new.id not in keys[old.id]:
                            keys[old.id].append(new.id)
                return keys
        identities = dict(self.version.clauses.values_list("stable_id", "key"))
        return {
            identities[stable]: [key]
            for stable, key in after.clauses.values_list("stable_id", "key")
            if stable in identities
        }

    def _is_shown(self, row: _Row) -> bool:
        if row.comments or (row.clause or 0) in self.given and row.key != WHOLE:
            return True
        return row.key != WHOLE and any(_changed(row, language) for language in row.texts)

    def _theme_names(self) -> dict[int, dict[str, str]]:
        """Return theme id to its public name in each language; a coder's name counts for the language it is in."""
        given = {one.theme_id: one.names for one in self.outcome.themes.all()}
        used = {theme for answer in self.answers for theme in answer.themes}
        names = {}
        for pk in used:
            own = self.themes[pk].name
            names[pk] = {written_in(own): own} | {code: name for code, name in given.get(pk, {}).items() if name}
        return names

    def _row_content(self, row: _Row) -> dict[str, Any]:
        given = self.given.get(row.clause or 0)
        pieces = {language: _pieces(row, language) for language in row.texts}
        taken_up = {
            self.remarks[answer.comment_id].submission for answer in row.answers if answer.disposition in rules.TAKEN_UP
        }
        return {
            "key": row.key,
            "clause": row.clause,
            **({"part": row.part} if row.part else {}),
            "titles": row.titles,
            "titles_after": {
                language: [article.title for article in articles]
                for language, articles in (row.after or {}).items()
                if [article.title for article in articles] != [row.titles.get(language)]
            },
            "pieces": pieces,
            "removed": row.after is not None and not any(row.after.values()),
            "changed": any(op != "keep" for shown in pieces.values() for op, _words in shown),
            "comments": row.comments,
            "people": len(row.people),
            "points": len(row.points),
            "people_taken_up": len(taken_up),
            "said": self._said(row),
            "headline": rules.headline(answer.disposition for answer in row.answers),
            "reasons": {
                language: reason.strip()
                for language, reason in (given.reasons if given else {}).items()
                if reason.strip()
            },
            "quotes": [
                {"comment": quote.comment_id, "text": quote.comment.public_text, "language": quote.comment.language}
                for quote in (given.quotes.all() if given else [])
            ],
        }

    def _said(self, row: _Row) -> list[dict[str, Any]]:
        """Return what people said about a clause, the most often said first, each with its decisions."""
        points: dict[int, set[int]] = defaultdict(set)
        decisions: dict[int, Counter[int]] = defaultdict(Counter)
        samples: dict[int, Answer] = {}
        for answer in row.answers:
            if answer.point_id is None or answer.decision_id is None:
                continue
            for theme in answer.themes or [0]:
                points[theme].add(answer.point_id)
                decisions[theme][answer.decision_id] += 1
                samples[answer.decision_id] = answer
        order = {theme: place for place, theme in enumerate(self.themes, 1)}
        themes = sorted(points, key=lambda theme: (theme == 0, -len(points[theme]), order.get(theme, 0)))
        return [
            {
                "theme": theme,
                "names": self.names.get(theme, {}),
                "points": len(points[theme]),
                "decisions": [
                    self._decision_content(samples[pk], n)
                    for pk, n in sorted(decisions[theme].items(), key=lambda pair: (-pair[1], pair[0]))
                ],
            }
            for theme in themes
        ]

    def _decision_content(self, answer: Answer, n: int) -> dict[str, Any]:
        return {
            "disposition": answer.disposition,
            "points": n,
            "reason_code": answer.reason_code,
            "reasons": answer.reasons,
            "forwarded": answer.forwarded,
            "department": self.departments.get(answer.department_id, {}) if answer.department_id else {},
        }

    def _totals(self) -> dict[str, int]:
        dispositions = Counter(answer.disposition for answer in self.answers if answer.disposition)
        return {
            **figures(self.outcome.consultation_id),
            "points": len({answer.point_id for answer in self.answers if answer.point_id}),
            "without_point": len(self.without_point),
            **{code: dispositions[code] for code in rules.DISPOSITIONS},
        }

    def _answers_digest(self) -> str:
        digest = hashlib.sha256()
        for answer in self.answers:
            line = [
                answer.position, answer.comment_id, answer.point_id, answer.start, answer.end, answer.clause_id,
                answer.themes, answer.disposition, answer.reason_code, answer.reasons, answer.forwarded,
                answer.department_id,
            ]  # fmt: skip
            digest.update(json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        return digest.hexdigest()

    # --- what is missing

    def _facts(self, texts: Mapping[str, Mapping[str, str]], rows: list[dict[str, Any]]) -> rules.Facts:
        after = self.outcome.version_after
        read = {version.pk for version in self.versions}
        on_version = sum(remark.version in read for remark in self.remarks.values())
        consultation = self.outcome.consultation
        return rules.Facts(
            languages=LANGUAGES,
            closed=timezone.now() >= consultation.closes_at,
            held=self.held,
            uncoded=self._named([(pk, None, None) for pk in self.uncoded[: rules.NAMED]]),
            uncoded_total=len(self.uncoded),
            undecided=self._named(self.undecided[: rules.NAMED]),
            undecided_total=len(self.undecided),
            texts=texts,
            unreasoned=[
                (row["key"], self._title(row["key"]), language)
                for row in rows
                for language in LANGUAGES
                if not row["reasons"].get(language) and not _every_reason_in(row, language)
            ],
            unnamed=[
                (pk, self.themes[pk].name, language)
                for pk, names in sorted(self.names.items())
                for language in LANGUAGES
                if not names.get(language)
            ],
            version_number=self.version.number,
            comments_on_version=on_version,
            comments_elsewhere=len(self.remarks) - on_version,
            after_number=after.number if after else None,
            after_same_draft=after is None or after.draft_id == self.version.draft_id,
            after_published=after is None or after.published_at is not None,
        )

    def _named(self, found: list[tuple[int, int | None, int | None]]) -> list[rules.Undecided]:
        comments = Comment.objects.select_related("submission").in_bulk([pk for pk, _start, _end in found])
        named = []
        for pk, start, end in found:
            comment = comments[pk]
            reference = Reference(comment.submission.letter, comment.submission.year, comment.submission_id)
            quote = " ".join(comment.text[start:end].split())
            named.append(
                rules.Undecided(
                    str(reference), pk, self._title(self._home(self.remarks[pk])), quote[:60] + "…" * (len(quote) > 60)
                )
            )
        return named

    def _title(self, key: str) -> str:
        """Return a clause's title in the active language, or in another; empty for the whole draft."""
        titles = self.rows[key].titles
        return titles.get(get_language() or "") or next(iter(titles.values()), "")


def _words(chinese: str, english: str) -> tuple[tuple[str, str], ...]:
    return tuple((code, words.strip()) for code, words in (("en", english), ("zh-hans", chinese)) if words.strip())


def written_in(words: str) -> str:
    """Return the language a coder's name of a theme is in: Chinese as soon as there is one Chinese character."""
    return CHINESE if any("\u4e00" <= character <= "\u9fff" for character in words) else "en"


def _after_text(row: _Row, language: str) -> str | None:
    """Return the words after in one language; None when there is nothing to compare with."""
    if row.after is None or language not in row.after:
        return None
    return "\n".join(article.text for article in row.after[language])


def _changed(row: _Row, language: str) -> bool:
    after = _after_text(row, language)
    return after is not None and after != row.texts[language]


def _pieces(row: _Row, language: str) -> list[list[str]]:
    before, after = row.texts[language], _after_text(row, language)
    if after is None:
        return [["keep", before]] if before else []
    pieces = wording.diff(before, after, language)
    kept = sum(len(words) for op, words in pieces if op == "keep")
    if before and after and kept < READABLE * max(len(before), len(after)):
        pieces = [("del", before), ("ins", after)]
    return [[op, words] for op, words in pieces]


def _every_reason_in(row: dict[str, Any], language: str) -> bool:
    return all(decision["reasons"].get(language) for said in row["said"] for decision in said["decisions"])
