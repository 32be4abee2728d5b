"""Releases, departments and people for the tests of the press room."""

import io
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from engage.accounts.actors import SYSTEM
from engage.departments.models import Department
from engage.outreach.press import actions, rules
from engage.outreach.press.actions.writing import KIND
from engage.outreach.press.models import Edition, Release
from engage.publishing import gate

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
WORDS = {
    "zh-hans": {
        "dateline": "临河市",
        "title": "新开三个助餐点",
        "lead": "下周起三个社区供应午饭。",
        "body": "每份十二元。\n\n## 怎样预订\n\n- 打电话\n- 到社区登记",
        "contact": "电话 000-0000 0003",
        "facts": "助餐点：3个",
    },
    "en": {
        "dateline": "Linhe",
        "title": "Three meal points open",
        "lead": "Three communities serve lunch from next week.",
        "body": "A lunch costs 12 yuan.\n\n## How to order\n\n- By telephone\n- At the community office",
        "contact": "Telephone 000-0000 0003",
        "facts": "Meal points: 3",
    },
}


def department(code: str = "elderly", **names: str) -> Department:
    found = Department.objects.filter(code=code).first()
    return found or Department.add_root(code=code, **({"name_zh": "养老处", "name_en": "Elderly care"} | names))


def release(actor: Any = SYSTEM, *, slug: str = "meals", kind: str = rules.ROUTINE, **changes: Any) -> Release:
    """A release with all its words, not handed in."""
    made = actions.open_release(kind, slug, department(), actor=actor)
    return write(made, actor, kind=kind, **changes)


def write(found: Release, actor: Any = SYSTEM, **changes: Any) -> Release:
    """Save a release with these changes; `words` are laid over those it has."""
    found.refresh_from_db()
    words = {code: {**WORDS[code], **found.words.get(code, {})} for code in rules.LANGUAGES}
    for code, given in changes.pop("words", {}).items():
        words[code] = {**words[code], **given}
    given = {
        "kind": found.kind,
        "slug": found.slug,
        "department": found.department,
        "topics": list(found.topics.all()),
        "correction": found.correction,
        "related": [tuple(pair) for pair in found.related],
        "embargo_until": found.embargo_until,
        "revision": found.revision,
        "now": NOW,
    } | changes
    actions.write_release(found.pk, words=words, actor=actor, **given)
    found.refresh_from_db()
    return found


def out(found: Release, *, now: datetime = NOW) -> Edition:
    """Let a release out as the platform does with what it brings along."""
    found.refresh_from_db()
    gate.release_by_platform(KIND, found, now=now)
    return found.editions.get(superseded=False)


def picture(marked: bytes = b"") -> io.BytesIO:
    """A small photograph that says where it was taken."""
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home " + marked.decode()
    Image.new("RGB", (1600, 900), (120, 160, 90)).save(target, "JPEG", exif=exif)
    target.seek(0)
    return target
