"""The demo's campaign on Double Ninth 2026, with all nine parts, released by the platform."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from engage.accounts.actors import ANYONE, SYSTEM
from engage.departments.models import Department
from engage.outreach.campaigns import actions, queries, registry
from engage.outreach.campaigns.models import Campaign, DailyReads, Voice
from engage.pages.demo_content import FOLDER
from engage.pages.models import Topic
from engage.participation import actions as participation
from engage.publishing import gate

NAMES = ("heading", "body", "byline", "source", "affiliation", "interest")


def load() -> None:
    """Load the campaign once, through the same actions as the site; a second call changes nothing."""
    given = json.loads((FOLDER / "campaign.json").read_text(encoding="utf-8"))
    if Campaign.objects.filter(slug=given["slug"]).exists():
        return
    department = Department.objects.filter(code=given["department"]).first()
    template = queries.templates_in_force().first()
    if department is None or template is None:
        return
    now = timezone.now()
    campaign = actions.create_campaign(
        given["slug"],
        dates=actions.Dates(observance=given["observance"], year=given["year"]),
        texts=_words(given, ("title", "summary", "audience")),
        department_id=department.pk,
        topics=list(Topic.objects.filter(code__in=given["topics"]).values_list("code", flat=True)),
        template_id=template.pk,
        token=uuid.uuid5(uuid.NAMESPACE_URL, f"demo-campaign-{given['slug']}"),
        actor=SYSTEM,
    )
    _groups(campaign, given)
    for entry in given["parts"]:
        _part(campaign, entry)
    for task in queries.tasks_of(campaign)[: given["tasks_done"]]:
        done_at = min(now, _noon(task.due_on))
        actions.mark_task(task.pk, done=True, now=done_at, actor=SYSTEM)
    known = registry.channels()
    actions.set_targets(campaign.pk, {code: n for code, n in given["targets"].items() if code in known}, actor=SYSTEM)
    published_at = min(now, _noon(date.fromisoformat(given["published"])))
    gate.release_by_platform(actions.KIND, Campaign.objects.get(pk=campaign.pk), now=published_at)
    for entry in given["voices"]:
        _voice(campaign, entry, now)
    for wave in given["waves"]:
        actions.write_wave(campaign.pk, **wave | {"held_on": date.fromisoformat(wave["held_on"])}, actor=SYSTEM)
    _reads(campaign, given["reads"], now)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())


def _revision(campaign: Campaign) -> int:
    return Campaign.objects.values_list("revision", flat=True).get(pk=campaign.pk)


def _words(entry: dict[str, Any], names: tuple[str, ...]) -> dict[str, dict[str, str]]:
    return {
        code: {name: entry[name][path] for name in names if name in entry}
        for code, path in settings.LANGUAGE_PATHS.items()
    }


def _groups(campaign: Campaign, given: dict[str, Any]) -> None:
    actions.change_campaign(
        campaign.pk,
        dates=actions.Dates(observance=given["observance"], year=given["year"]),
        texts={},
        department_id=campaign.department_id,
        topics=sorted(campaign.topics.values_list("code", flat=True)),
        audience=given["groups"],
        revision=_revision(campaign),
        actor=SYSTEM,
    )


def _part(campaign: Campaign, entry: dict[str, Any]) -> None:
    part = campaign.parts.filter(kind=entry["kind"]).first() or actions.add_part(
        campaign.pk, entry["kind"], revision=_revision(campaign), actor=SYSTEM
    )
    actions.write_part(
        part.pk,
        texts=_words(entry, NAMES),
        dated=date.fromisoformat(entry["dated"]) if "dated" in entry else None,
        url=entry.get("url", ""),
        revision=_revision(campaign),
        actor=SYSTEM,
    )


def _voice(campaign: Campaign, entry: dict[str, Any], now: datetime) -> None:
    envelope = participation.Envelope(
        token=uuid.uuid4(),
        language=entry["language"],
        received_at=min(now, _noon(date.fromisoformat(entry["on"]))),
        signature=entry["signature"],
        consents=("comment-publication",),
    )
    submission = actions.send_voice(campaign.slug, entry["text"], envelope, actor=ANYONE)
    participation.moderate(Voice.objects.get(submission=submission), "published", actor=SYSTEM)


def _reads(campaign: Campaign, reads: dict[str, list[int]], now: datetime) -> None:
    """Fill the days from the first on; a demo has had no readers."""
    rows = [
        DailyReads(campaign=campaign, day=campaign.first_day + timedelta(days=place), language=language, n=n)
        for language, numbers in reads.items()
        for place, n in enumerate(numbers)
        if campaign.first_day + timedelta(days=place) <= timezone.localdate(now)
    ]
    DailyReads.objects.bulk_create(rows)
