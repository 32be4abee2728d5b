"""The demo's published outcome: its comments coded and decided at the desk, the new text, the answer, its release."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.utils import timezone

from consultations import actions as calls
from consultations.coding import actions as desk
from consultations.coding.actions import DecisionInput, Target
from consultations.coding.models import BlindItem, Theme
from consultations.coding.rules import Stretch
from consultations.demo import comments_by_person, explain, source_texts
from consultations.drafts.reader import parse_text
from consultations.models import Clause, Comment, Consultation, Version
from consultations.outcomes import actions
from consultations.outcomes.models import Outcome
from engage.accounts.actions import demo_user
from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.pages.demo_content import FOLDER
from engage.publishing import gate

Comments = dict[tuple[int, str], Comment]


def load() -> None:
    """Answer one call once, as the demo's officer, analyst and editor; a second call changes nothing."""
    given = json.loads((FOLDER / "outcome.json").read_text(encoding="utf-8"))
    consultation = Consultation.objects.select_related("department").get(slug=given["consultation"])
    comments = comments_by_person(consultation.slug)
    wanted = {(row["person"], row["article"] or "") for row in given["points"]}
    # Somebody may have begun to work in an older demo: that stays as it is.
    if consultation.outcomes.exists() or consultation.themes.exists() or not wanted <= set(comments):
        return
    officer, editor = demo_user(Role.OFFICER), demo_user(Role.EDITOR)
    themes = _themes(given["themes"], consultation, officer)
    _code(given["points"], comments, themes, officer)
    _code_again(given["second_coder"], consultation, comments, themes)
    for code, decision in given["decisions"].items():
        desk.decide("theme", themes[code].pk, _decision(decision, consultation), current=None, actor=officer)
    after = _version_after(given["words_after"], consultation, editor)
    outcome = actions.open_outcome(consultation.pk, version_after_id=after.pk, actor=editor)
    _write(outcome, given, themes, comments, editor)
    gate.release_by_platform(actions.KIND, outcome, now=timezone.now())


def _themes(rows: list[dict[str, Any]], consultation: Consultation, officer: User) -> dict[str, Theme]:
    themes: dict[str, Theme] = {}
    for row in rows:
        parent = themes[row["below"]].pk if "below" in row else None
        themes[row["code"]] = desk.make_theme(
            consultation, row["zh"], parent=parent, description=row.get("description", ""), actor=officer
        )
    return themes


def _code(points: list[dict[str, Any]], comments: Comments, themes: dict[str, Theme], officer: User) -> None:
    for row in points:
        comment = comments[row["person"], row["article"] or ""]
        target = desk.WHOLE
        if words := row.get("words"):
            start = comment.text.index(words)
            target = Target(stretches=(Stretch(start, start + len(words)),))
        for code in row["themes"]:
            desk.apply_theme(comment.pk, themes[code].pk, target, actor=officer)
    with_point = {(row["person"], row["article"] or "") for row in points}
    for key, comment in comments.items():
        desk.finish_comment(comment.pk, nothing=key not in with_point, actor=officer)


def _code_again(
    given: dict[str, Any], consultation: Consultation, comments: Comments, themes: dict[str, Theme]
) -> None:
    """Let the analyst code a sample: like the officer, except where the demo says otherwise."""
    analyst = demo_user(Role.ANALYST)
    sample = desk.draw_sample(consultation, analyst, seed=given["seed"], size=given["size"], actor=analyst)
    keys = {comment.pk: f"{person} {article}" for (person, article), comment in comments.items()}
    for item in BlindItem.objects.filter(sample=sample):
        first = Theme.objects.filter(codings__point__comment=item.comment_id, codings__removed_at=None)
        differs = given["differs"].get(keys[item.comment_id])
        chosen = set(first.values_list("pk", flat=True)) if differs is None else {themes[code].pk for code in differs}
        desk.code_blind(item.pk, chosen, actor=analyst)


def _decision(row: dict[str, Any], consultation: Consultation) -> DecisionInput:
    forwarded = row.get("forwarded", {})
    return DecisionInput(
        row["disposition"],
        reason_code=row.get("reason_code", ""),
        reason_zh=row["zh"],
        reason_en=row["en"],
        forwarded_zh=forwarded.get("zh", ""),
        forwarded_en=forwarded.get("en", ""),
        department=None if forwarded else consultation.department_id,
    )


def _version_after(rows: list[dict[str, Any]], consultation: Consultation, editor: User) -> Version:
    """Publish the text with the words that came of the comments."""
    texts, plain_words = source_texts(consultation.slug)
    for code, path in settings.LANGUAGE_PATHS.items():
        for row in rows:
            before, after = row[path]
            assert before in texts[code], before
            texts[code] = texts[code].replace(before, after)
    draft = consultation.drafts.get()
    version = calls.store_draft(parse_text(texts["zh-hans"], language="zh-hans"), draft=draft, actor=editor)
    calls.add_translation(version, parse_text(texts["en"], language="en"), actor=editor)
    explain(version, plain_words, actor=editor)
    return calls.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)


def _write(outcome: Outcome, given: dict[str, Any], themes: dict[str, Theme], comments: Comments, editor: User) -> None:
    texts = {code: given["texts"][path] for code, path in settings.LANGUAGE_PATHS.items()}
    actions.write_texts(outcome.pk, texts, revision=_revision(outcome), actor=editor)
    names = {
        themes[row["code"]].pk: {code: row[path] for code, path in settings.LANGUAGE_PATHS.items()}
        for row in given["themes"]
    }
    actions.name_themes(outcome.pk, names, revision=_revision(outcome), actor=editor)
    for row in given["quotes"]:
        clause = Clause.objects.get(version=outcome.version_id, key=f"art_{row['article']}")
        quotes = [comments[person, row["article"]].pk for person in row["persons"]]
        actions.write_clause(
            outcome.pk, clause.pk, reasons={}, quotes=quotes, revision=_revision(outcome), actor=editor
        )


def _revision(outcome: Outcome) -> int:
    outcome.refresh_from_db(fields=["revision"])
    return outcome.revision
