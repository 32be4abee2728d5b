"""The demo's replies of the department, and the other site that may show a call."""

from __future__ import annotations

import json

from django.utils import timezone

from consultations.demo import comments_by_person
from consultations.models import Consultation
from consultations.voices import embedding, replies
from consultations.voices.models import Reply
from engage.accounts.actions import demo_user
from engage.accounts.actors import Role
from engage.pages.demo_content import FOLDER


def load() -> None:
    """Load them once; a second call changes nothing."""
    if Reply.objects.exists():
        return
    given = json.loads((FOLDER / "voices.json").read_text(encoding="utf-8"))
    officer, editor, now = demo_user(Role.OFFICER), demo_user(Role.EDITOR), timezone.now()
    for row in given["replies"]:
        comment = comments_by_person(row["consultation"]).get((row["person"], row["article"]))
        if comment is not None:
            replies.reply_to_comment(comment.pk, text=row["text"], language=row["language"], now=now, actor=officer)
    for slug, hosts in given["hosts"].items():
        embedding.set_hosts(Consultation.objects.get(slug=slug).pk, hosts, actor=editor)
