"""Real input beside the demo: laws as texts to comment on, citizens' statements as comments."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.rich_text import RichText

from consultations import actions
from consultations.drafts.labels import label
from consultations.drafts.reader import parse_file, parse_text
from consultations.imports import Arrival, import_comments
from consultations.models import Consultation, Draft
from consultations.structure import publish_pages
from engage.accounts.actors import SYSTEM
from engage.departments import actions as departments
from engage.departments.models import Department
from engage.departments.rules import DepartmentRow
from engage.pages.demo_content import FOLDER
from engage.pages.sample_content import Loaded, Samples
from engage.pages.structure import ensure_structure
from engage.participation.models import ModerationState

DRAFTS, OPINION = "data/drafts", "data/opinion"
# What the hosts of the conversations decided: 1 let through, 0 never read, -1 not let through.
DECISIONS = {"1": ModerationState.PUBLISHED, "0": ModerationState.HELD, "-1": ModerationState.PRIVATE}


def _words() -> dict[str, Any]:
    return json.loads((FOLDER / "samples.json").read_text(encoding="utf-8"))


def load_laws(folder: Path) -> Loaded:
    """Publish each law of data/drafts in a call of its own; later texts of the same law are its next versions."""
    words = _words()
    source = (folder / DRAFTS / "SOURCE.md").read_text(encoding="utf-8")
    loaded = Loaded(counts={"versions": 0, "articles": 0})
    for law in words["laws"]:
        if Consultation.objects.filter(slug=law["slug"]).exists():
            loaded.known += 1
            continue
        consultation = _call(law["slug"], words, *_days(law["opens_in_days"], law["closes_in_days"]))
        _texts_of(law, folder / DRAFTS, consultation, loaded)
        cited = law_source(source, law["files"])
        body = {
            language: format_html("<p>{}</p>", text.format(**cited))
            for language, text in words["law"]["source"].items()
        }
        _pages(consultation, law["title"], words["law"]["summary"], words["how_decided"], body)
        loaded.added += 1
    return loaded


def law_source(source: str, files: list[str]) -> dict[str, str]:
    """Return what SOURCE.md says about files: `source` (repository and commit) and `files` (their paths there)."""
    repository = re.search(r"Repository ([^,]+), commit ([0-9a-f]+)", source)
    paths = dict(re.findall(r"^\| *(\S+) *\| *(.+?) *\|$", source, re.MULTILINE))
    named = f"{repository[1]}, {repository[2][:12]}" if repository else ""
    return {"source": named, "files": ", ".join(paths.get(name, name) for name in files)}


def _texts_of(law: dict[str, Any], folder: Path, consultation: Consultation, loaded: Loaded) -> None:
    draft: Draft | None = None
    for name in law["files"]:
        parsed = parse_file(folder / name)
        version = actions.store_draft(parsed, draft=draft, source_name=name, actor=SYSTEM)
        draft = version.draft
        actions.attach_draft(draft.pk, consultation, actor=SYSTEM)
        actions.publish_version(version.pk, now=consultation.opens_at, actor=SYSTEM)
        loaded.counts["versions"] += 1
        loaded.counts["articles"] += parsed.counts["article"]


def load_statements(folder: Path) -> Loaded:
    """Take the statements of data/opinion in as comments on one call, each conversation an article of its text."""
    words = _words()
    given = words["statements"]
    conversations = given["conversations"]
    arrivals = {
        entry["folder"]: _arrivals(folder / OPINION / entry["folder"] / "comments.csv", place, entry["language"])
        for place, entry in enumerate(conversations, start=1)
    }
    if not Consultation.objects.filter(slug=given["slug"]).exists():
        moments = [arrival.received_at for rows in arrivals.values() for arrival in rows]
        opens_at, closes_at = _midnight(min(moments)), _midnight(max(moments) + timedelta(days=1))
        consultation = _call(given["slug"], words, opens_at, closes_at)
        _conversation_text(given, consultation)
        source = (folder / OPINION / "SOURCE.md").read_text(encoding="utf-8")
        body = {language: _attribution(given, language, source) for language in settings.LANGUAGE_PATHS.values()}
        _pages(consultation, given["title"], given["summary"], words["how_decided"], body)
    loaded = Loaded()
    states: Counter[str] = Counter()
    for name, rows in arrivals.items():
        done = import_comments(given["slug"], rows, channel=f"import:{name}", now=timezone.now(), actor=SYSTEM)
        loaded.added += done.comments
        loaded.known += done.known
        states.update(row.decision for row in rows)
    loaded.counts |= {str(state): states[state] for state in DECISIONS.values()}
    return loaded


def _arrivals(path: Path, place: int, language: str) -> list[Arrival]:
    """Read one conversation; a statement without a word in it says nothing and is left out."""
    with path.open(encoding="utf-8-sig", newline="") as rows:
        return [
            Arrival(
                external_id=row["comment-id"],
                comments=(actions.CommentInput(key=f"art_{place}", stance="unstated", text=row["comment-body"]),),
                language=language,
                received_at=datetime.fromtimestamp(int(row["timestamp"]) / 1000, tz=UTC),
                decision=DECISIONS[row["moderated"]],
                line=line,
            )
            for line, row in enumerate(csv.DictReader(rows), start=2)
            if row["comment-body"].strip()
        ]


def _conversation_text(given: dict[str, Any], consultation: Consultation) -> None:
    texts = {}
    for code, path in settings.LANGUAGE_PATHS.items():
        lines = [given["title"][path], f"（{given['note'][path]}）" if path == "zh" else f"({given['note'][path]})"]
        for place, entry in enumerate(given["conversations"], start=1):
            space = "　" if path == "zh" else " "
            lines += [f"{label('article', str(place), code)}{space}{entry['title'][path]}", entry["question"][path]]
        texts[code] = parse_text("\n".join(lines), language=code)
    version = actions.store_draft(texts["zh-hans"], source_name="data/opinion", actor=SYSTEM)
    actions.attach_draft(version.draft_id, consultation, actor=SYSTEM)
    actions.add_translation(version, texts["en"], actor=SYSTEM)
    actions.publish_version(version.pk, now=consultation.opens_at, actor=SYSTEM)


def _attribution(given: dict[str, Any], language: str, source: str) -> SafeString:
    """Write the attribution that the licence asks for, word for word, with its links."""
    sentence = re.search(r"^Attribution: (.+)$", source, re.MULTILINE)
    links = re.findall(r"^- (\S+)$", source, re.MULTILINE)
    listed = format_html_join("", '<li><a href="https://{0}">{0}</a></li>', ((link,) for link in links))
    return format_html(
        '<p>{}</p><p lang="en">{}</p><ul>{}</ul><p>{}</p>',
        given["source"][language],
        sentence[1] if sentence else "",
        listed,
        given["moderated"][language],
    )


def _days(opens_in: int, closes_in: int) -> tuple[datetime, datetime]:
    today = _midnight(timezone.now())
    return today + timedelta(days=opens_in), today + timedelta(days=closes_in)


def _midnight(moment: datetime) -> datetime:
    """Return the beginning of a moment's local day."""
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)


def _call(slug: str, words: dict[str, Any], opens_at: datetime, closes_at: datetime) -> Consultation:
    return Consultation.objects.create(
        slug=slug,
        department=_department(words["department"]),
        opens_at=opens_at,
        closes_at=closes_at,
        moderation=Consultation.Moderation.PRE,
        announced_at=opens_at,
        short_reason_zh=words["short_reason"]["zh"],
        short_reason_en=words["short_reason"]["en"],
    )


def _department(given: dict[str, str]) -> Department:
    found = Department.objects.filter(code=given["code"]).first()
    row = DepartmentRow(line=0, code=given["code"], parent="", name_zh=given["zh"], name_en=given["en"])
    return found or departments.create_department(row, actor=SYSTEM)


def _pages(
    consultation: Consultation,
    title: dict[str, str],
    summary: dict[str, str],
    how_decided: dict[str, str],
    body: dict[str, SafeString],
) -> None:
    """Publish the call's words in both languages as translations of each other."""
    ensure_structure()
    words = {
        code: {
            "title": title[path],
            "summary": summary[path],
            "how_decided": how_decided[path],
            "body": [("paragraph", RichText(body[path]))],
        }
        for code, path in settings.LANGUAGE_PATHS.items()
    }
    publish_pages(consultation, words)


SAMPLES = [
    Samples("laws", order=10, needs=(DRAFTS, f"{DRAFTS}/SOURCE.md"), load=load_laws),
    Samples("statements", order=20, needs=(OPINION, f"{OPINION}/SOURCE.md"), load=load_statements),
]
