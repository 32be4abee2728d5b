"""The pack for the press: one ZIP with the text in both languages and the files of a release, of frozen content."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from engage.outreach.press import rules

NAMES = {"zh-hans": "zh.txt", "en": "en.txt"}


def plain_text(content: Mapping[str, Any], language: str) -> str:
    """Return a release as plain text; what stands in it was signed with the release."""
    words = content["words"][language]
    lines = [words["title"], "", words["dateline"], "", words["lead"], ""]
    for block in content["words"][language]["body"]:
        mark = {"list": "- ", "quote": "> "}.get(block["kind"], "")
        lines += [f"{mark}{line}" for line in block["lines"]]
        lines.append("")
    lines += [f"{name}: {value}" if name else value for name, value in words["facts"]]
    lines += ["", words["contact"], ""]
    captions = [f"{row['name']}: {row['alt'][language]}" for row in content["files"] if row["alt"][language]]
    return "\n".join([*lines, *captions]).strip() + "\n"


def zipped(content: Mapping[str, Any], files: Mapping[int, bytes]) -> bytes:
    """Return the pack; the same release always gives the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        for language in rules.LANGUAGES:
            _add(pack, NAMES[language], plain_text(content, language).encode())
        for row in content["files"]:
            if row["id"] in files:
                _add(pack, f"{row['id']}-{row['name']}", files[row["id"]])
    return target.getvalue()


def _add(pack: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    pack.writestr(entry, content)
