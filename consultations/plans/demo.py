"""The demo's forward plan."""

from __future__ import annotations

import json
from datetime import timedelta

from django.utils import timezone

from consultations.models import Consultation
from consultations.plans import actions
from consultations.plans.models import Policy
from engage.accounts.actors import SYSTEM
from engage.departments.models import Department
from engage.pages.demo_content import FOLDER
from engage.pages.models import Topic


def load() -> None:
    """Load the plan once; a second call changes nothing."""
    if Policy.objects.exists():
        return
    now = timezone.now()
    for entry in json.loads((FOLDER / "plan.json").read_text(encoding="utf-8")):
        policy = Policy.objects.create(
            slug=entry["slug"],
            department=Department.objects.get(code=entry["department"]),
            title_zh=entry["title"]["zh"],
            title_en=entry["title"]["en"],
            summary_zh=entry["summary"]["zh"],
            summary_en=entry["summary"]["en"],
            expected_on=timezone.localdate(now + timedelta(days=entry["expected_in_days"]))
            if "expected_in_days" in entry
            else None,
            public_from=now - timedelta(days=max(move["days_ago"] for move in entry["moves"])),
        )
        policy.topics.set(Topic.objects.filter(code__in=entry["topics"]))
        policy.calls.set(Consultation.objects.filter(slug__in=entry["calls"]))
        for move in entry["moves"]:
            at = now - timedelta(days=move["days_ago"])
            actions.record_move(
                policy.pk,
                stage=move["stage"],
                on=timezone.localdate(at),
                note_zh=move.get("note", {}).get("zh", ""),
                note_en=move.get("note", {}).get("en", ""),
                now=at,
                actor=SYSTEM,
            )
    actions.move_with_calls(now=now)
