"""What a release or a digest will say, built from what is written: canonical content, its hash, every outgoing form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from engage.outreach.press import packs, rules
from engage.outreach.press.models import Digest, Edition, Release
from engage.outreach.press.queries.digests import letter
from engage.outreach.press.words import language_name
from engage.publishing.registry import Form

LABELS = {
    "page": _("page in %(language)s"),
    "feed": _("entry of the feeds in %(language)s"),
    "pack": _("text in the pack for the press, in %(language)s"),
    "mail": _("letter in %(language)s"),
}


@dataclass(frozen=True)
class Built:
    """The canonical content and its SHA-256."""

    content: dict[str, Any]
    hash: str


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return the one way to write a content down."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def build(release: Release) -> Built:
    """Return all that the public will read of a release, as it is written now.

    Nothing written since it went out: what went out.
    """
    before = standing(release)
    if before is not None and before.revision == release.revision:
        return Built(before.content, before.content_hash)
    department = release.department
    corrections = list(before.content["corrections"]) if before else []
    number = before.number + 1 if before else 1
    if before:
        corrections.append({"number": number, **{code: release.correction.get(code, "") for code in rules.LANGUAGES}})
    content = {
        "kind": release.kind,
        "slug": release.slug,
        "number": number,
        "department": {
            "code": department.code,
            "zh-hans": department.name_zh or department.name_en,
            "en": department.name_en or department.name_zh,
        },
        "topics": sorted(release.topics.values_list("code", flat=True)),
        "embargo_until": release.embargo_until.isoformat() if release.embargo_until else None,
        "words": {language: _words(release.words.get(language, {})) for language in rules.LANGUAGES},
        "related": [list(pair) for pair in release.related],
        "files": [_file(row) for row in release.materials.filter(removed_at__isnull=True)],
        "corrections": corrections,
    }
    return Built(content, hashlib.sha256(canonical(content)).hexdigest())


def _words(given: Mapping[str, str]) -> dict[str, Any]:
    return {
        **{field: given.get(field, "") for field in ("dateline", "title", "lead", "contact")},
        "body": [{"kind": block.kind, "lines": list(block.lines)} for block in rules.blocks(given.get("body", ""))],
        "facts": [list(fact) for fact in rules.facts(given.get("facts", ""))],
    }


def _file(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "width": row.width,
        "height": row.height,
        "alt": {"zh-hans": row.alt_zh, "en": row.alt_en},
    }


def lacks(release: Release, now: datetime) -> list[rules.Lack]:
    """List what keeps a release from being handed in."""
    pictures = release.materials.filter(removed_at__isnull=True, alt_zh="") | release.materials.filter(
        removed_at__isnull=True, alt_en=""
    )
    return rules.lacks(
        release.kind,
        release.words,
        embargo_until=release.embargo_until,
        now=now,
        corrects=standing(release) is not None,
        correction=release.correction,
        nameless_pictures=pictures.count(),
    )


def writers(release: Release) -> set[int]:
    """Return the keys of those who wrote in it."""
    return set(release.writers.values_list("pk", flat=True))


def outgoing_forms(release: Release) -> list[Form]:
    """Return every form in which a release goes out."""
    content = build(release).content
    forms = []
    for language in rules.LANGUAGES:
        share = {**content, "words": content["words"][language]}
        text = packs.plain_text(content, language)
        title, lead = content["words"][language]["title"], content["words"][language]["lead"]
        forms += [
            Form(f"page:{language}", _label("page", language), "application/json", canonical(share), text, language),
            Form(
                f"feed:{language}",
                _label("feed", language),
                "text/plain; charset=utf-8",
                f"{title}\n\n{lead}\n".encode(),
                f"{title}\n\n{lead}",
                language,
            ),
            Form(
                f"pack:{language}",
                _label("pack", language),
                "text/plain; charset=utf-8",
                text.encode(),
                text,
                language,
            ),
        ]
    forms.append(Form("api", _("answer of the API"), "application/json", canonical(content), ""))
    for row in content["files"]:
        forms.append(
            Form(
                f"file:{row['id']}",
                row["name"],
                row["media_type"],
                text="\n".join(filter(None, [row["name"], row["alt"]["zh-hans"], row["alt"]["en"]])),
                sha256=row["sha256"],
                size=row["size"],
            )
        )
    return forms


def _label(name: str, language: str) -> str:
    return str(LABELS[name]) % {"language": language_name(language)}


def digest_writers(digest: Digest) -> set[int]:
    """Return the keys of those who wrote in it."""
    return set(digest.writers.values_list("pk", flat=True))


def digest_forms(digest: Digest) -> list[Form]:
    """Return the letter in each language; the reader's own link to leave stands in it as a mark."""
    forms = []
    for language in rules.LANGUAGES:
        text = "\n\n".join(letter(digest, language))
        forms.append(
            Form(
                f"mail:{language}", _label("mail", language), "text/plain; charset=utf-8", text.encode(), text, language
            )
        )
    return forms


def standing(release: Release) -> Edition | None:
    """Return the edition that the public reads, or will."""
    return release.editions.filter(superseded=False).first()
