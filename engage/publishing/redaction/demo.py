"""The demo's letter: marked, made, and waiting to be looked at."""

from __future__ import annotations

import json

from django.utils import timezone

from engage.accounts.actions import demo_user
from engage.accounts.actors import Role
from engage.pages.demo_content import FOLDER
from engage.publishing.redaction import actions
from engage.publishing.redaction.marks import WORD, Mark
from engage.publishing.redaction.models import Redaction


def load() -> None:
    """Load the letter once, through the same actions as the site; a second call changes nothing."""
    if Redaction.objects.exists():
        return
    given = json.loads((FOLDER / "redaction.json").read_text(encoding="utf-8"))
    officer, now = demo_user(Role.OFFICER), timezone.now()
    redaction = actions.begin(given["text"].encode(), given["name"], actor=officer, now=now)
    marks = [Mark(WORD, words, basis=given["basis"]) for words in given["words"]]
    redaction = actions.add_marks(redaction.pk, marks, revision=0, actor=officer)
    actions.make(redaction.pk, title="", language="zh-hans", revision=redaction.revision, actor=officer, now=now)
