"""The demo's consultations: three drafts with what people wrote about them."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import timezone
from wagtail.rich_text import RichText

from consultations import actions, queries
from consultations.drafts.reader import parse_text
from consultations.models import Clause, Comment, Consultation, Version
from consultations.structure import publish_pages
from engage.accounts.actions import demo_user
from engage.accounts.actors import ANYONE, SYSTEM, Actor, Role
from engage.departments import actions as departments
from engage.departments.models import Department
from engage.pages.demo_content import FOLDER
from engage.pages.models import Topic
from engage.participation import actions as participation

ANNOUNCED_DAYS = 7


def load() -> None:
    """Load the three calls once; a second call changes nothing."""
    if Consultation.objects.exists():
        return
    now = timezone.localtime()
    given = json.loads((FOLDER / "consultations.json").read_text(encoding="utf-8"))
    comments = json.loads((FOLDER / "comments.json").read_text(encoding="utf-8"))
    for entry in given["consultations"]:
        consultation = _consultation(entry, now)
        _draft(entry, consultation, now)
        _pages(entry, consultation)
        _comments([row for row in comments if row["consultation"] == entry["slug"]], consultation, now)
    if settings.DEMO:
        for department in Department.objects.filter(consultation__isnull=False).distinct():
            departments.add_member(department, demo_user(Role.OFFICER), Role.OFFICER, actor=SYSTEM)


def _moment(now: datetime, days: int, clock: str) -> datetime:
    """Return a local moment so many days from today; 24:00 is the midnight that ends the day."""
    hour, minute = map(int, clock.split(":"))
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return day + timedelta(hours=hour, minutes=minute)


def _consultation(entry: dict[str, Any], now: datetime) -> Consultation:
    consultation = Consultation.objects.create(
        slug=entry["slug"],
        department=Department.objects.get(code=entry["department"]),
        announced_at=_moment(now, entry["opens_in_days"] - ANNOUNCED_DAYS, entry["opens_at"]),
        opens_at=_moment(now, entry["opens_in_days"], entry["opens_at"]),
        closes_at=_moment(now, entry["closes_in_days"], entry["closes_at"]),
        moderation=Consultation.Moderation.POST
        if entry["slug"] == "volunteer-records"
        else Consultation.Moderation.PRE,
    )
    consultation.topics.set(Topic.objects.filter(code__in=entry["topics"]))
    return consultation


def source_texts(slug: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return the text of a demo call by language, and its plain words: article number to language to sentence."""
    given = json.loads((FOLDER / "consultations.json").read_text(encoding="utf-8"))
    return _source_texts(next(entry for entry in given["consultations"] if entry["slug"] == slug))


def _source_texts(entry: dict[str, Any]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    paths = settings.LANGUAGE_PATHS
    texts = {code: (FOLDER / entry["drafts"][path]).read_text(encoding="utf-8") for code, path in paths.items()}
    plain_words = {
        number: {code: sentence[path] for code, path in paths.items()}
        for number, sentence in entry["plain_words"].items()
    }
    return texts, plain_words


def explain(version: Version, plain_words: dict[str, dict[str, str]], *, actor: Actor) -> None:
    """Write what the articles of a demo call say in plain words: article number to language to sentence."""
    articles = version.clauses.filter(level=Clause.Level.ARTICLE, number__in=plain_words)
    numbers = dict(articles.values_list("pk", "number"))
    for language in settings.LANGUAGE_PATHS:
        words = {pk: plain_words[number][language] for pk, number in numbers.items()}
        actions.explain_articles(version.pk, language, words, actor=actor)


def comments_by_person(slug: str) -> dict[tuple[int, str], Comment]:
    """Return (person in comments.json, article number) to its published comment; "" is the whole draft.

    What somebody hid, changed or withdrew since is not in it.
    """
    rows = json.loads((FOLDER / "comments.json").read_text(encoding="utf-8"))
    public = Comment.objects.visible_to(ANYONE).filter(consultation__slug=slug)
    stored = {comment.text: comment for comment in public}
    return {
        (row["person"], row["article"] or ""): stored[row["text"]]
        for row in rows
        if row["consultation"] == slug and row["text"] in stored
    }


def _draft(entry: dict[str, Any], consultation: Consultation, now: datetime) -> None:
    """Import the Chinese text, add the English one, explain, publish."""
    texts, plain_words = _source_texts(entry)
    version = actions.store_draft(
        parse_text(texts["zh-hans"], language="zh-hans"), source_name=entry["drafts"]["zh"], actor=SYSTEM
    )
    actions.attach_draft(version.draft_id, consultation, actor=SYSTEM)
    actions.add_translation(version, parse_text(texts["en"], language="en"), actor=SYSTEM)
    explain(version, plain_words, actor=SYSTEM)
    actions.publish_version(version.pk, now=consultation.opens_at, actor=SYSTEM)


def _pages(entry: dict[str, Any], consultation: Consultation) -> None:
    contact = entry["contact"]
    lines = [contact["office"], contact["address"], contact["phone"], contact["email"], contact["hours"]]
    words = {
        code: {
            "title": entry["title"][path],
            "summary": entry["summary"][path],
            "affected": "\n".join(entry["affected"][path]),
            "body": [("paragraph", RichText(f"<p>{entry['background'][path]}</p>"))],
            "how_decided": entry["how_we_decide"][path],
            "contact": "\n".join(line[path] if isinstance(line, dict) else line for line in lines),
            "offline": "\n".join(entry["offline"][path]),
        }
        for code, path in settings.LANGUAGE_PATHS.items()
    }
    publish_pages(consultation, words)


def _comments(rows: list[dict[str, Any]], consultation: Consultation, now: datetime) -> None:
    """Send each person's comments through the same action as the site, dated back, then moderate them as given."""
    version = queries.published_version(consultation)
    assert version is not None
    texts = {code: queries.text_of(version, language=code, with_counts=False) for code in settings.LANGUAGE_PATHS}
    ordered = sorted(rows, key=lambda row: (-row["days_ago"], row["person"]))
    for _person, group in groupby(ordered, key=lambda row: (-row["days_ago"], row["person"])):
        mine = list(group)
        _send(mine, consultation, texts, now)


def _send(
    mine: list[dict[str, Any]], consultation: Consultation, texts: dict[str, queries.Text], now: datetime
) -> None:
    first = mine[0]
    received = now - timedelta(days=first["days_ago"], minutes=37 * first["person"] % 540)
    received = min(max(received, consultation.opens_at), consultation.closes_at - timedelta(minutes=1), now)
    envelope = participation.Envelope(
        token=uuid.uuid4(),
        language=first["language"],
        received_at=received,
        channel=first["channel"],
        region=first["region"],
        capacity=first["capacity"],
        signature=first.get("signature", ""),
        consents=("comment-publication",),
    )
    comments = [
        actions.CommentInput(
            key=f"art_{row['article']}" if row["article"] else "",
            stance=row["stance"],
            text=row["text"],
            suggested=_suggested(row, texts[row["language"]]),
        )
        for row in mine
    ]
    submission = actions.submit_comments(consultation.slug, comments, envelope, title="", actor=ANYONE)
    for comment, row in zip(Comment.objects.filter(submission=submission).order_by("position"), mine, strict=True):
        if row["moderation"] != comment.moderation_state:
            participation.moderate(comment, row["moderation"], reason=row.get("reason", ""), actor=SYSTEM)


def _suggested(row: dict[str, Any], text: queries.Text) -> str:
    """Put the suggested first paragraph into the article's whole text."""
    if not row.get("suggested"):
        return ""
    article = next(article for article in text.articles if article.key == f"art_{row['article']}")
    return "\n".join([row["suggested"], *article.text.split("\n")[1:]])
