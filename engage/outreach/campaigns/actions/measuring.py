"""Measuring a campaign: targets, reads of its page, surveys of awareness, the finished report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.campaigns import queries, registry, rules
from engage.outreach.campaigns.access import check_editor, check_measuring
from engage.outreach.campaigns.actions.planning import locked
from engage.outreach.campaigns.models import Campaign, DailyReads, PageRead, Target, Wave

FOLDED_AT_ONCE = 20_000


@transaction.atomic
def set_targets(campaign_id: int, targets: Mapping[str, int | None], *, actor: Actor) -> None:
    """Set how many people each channel is to reach; None takes a target away.

    Raises Refused("not_allowed"), Refused("campaign_channel_unknown"), Refused("campaign_target_wrong", most=...).
    """
    check_editor(actor)
    campaign = locked(campaign_id, actor)
    for channel, n in targets.items():
        if channel not in registry.channels():
            raise Refused("campaign_channel_unknown")
        if n is None:
            campaign.targets.filter(channel=channel).delete()
        elif not 0 < n <= rules.TARGET_MOST:
            raise Refused("campaign_target_wrong", most=rules.TARGET_MOST)
        else:
            Target.objects.update_or_create(campaign=campaign, channel=channel, defaults={"n": n})
    kept = {channel: n for channel, n in targets.items() if n is not None}
    journal.record(actor, "campaign.targets_set", campaign, targets=kept)


def count_read(campaign_id: int, *, language: str, day: date) -> None:
    """Count that the page was sent once: one INSERT, no lock, nothing about who read it."""
    PageRead.objects.create(campaign_id=campaign_id, language=language, day=day)


@transaction.atomic
def fold_reads() -> int:
    """Add the counted reads to the table of days and forget them one by one; returns how many."""
    rows = list(
        PageRead.objects.select_for_update(skip_locked=True)
        .order_by("pk")[:FOLDED_AT_ONCE]
        .values_list("pk", "campaign_id", "day", "language")
    )
    counts = Counter((campaign, day, language) for _pk, campaign, day, language in rows)
    for (campaign, day, language), n in sorted(counts.items()):
        DailyReads.objects.get_or_create(campaign_id=campaign, day=day, language=language)
        DailyReads.objects.filter(campaign_id=campaign, day=day, language=language).update(n=F("n") + n)
    keys = [pk for pk, *_rest in rows]
    for start in range(0, len(keys), 500):
        PageRead.objects.filter(pk__in=keys[start : start + 500]).delete()
    return len(keys)


@transaction.atomic
def write_wave(
    campaign_id: int, *, phase: str, held_on: date, asked: int, aware: int, method: str, actor: Actor
) -> Wave:
    """Type in a survey of awareness; a second one of the same phase replaces the first.

    Raises Refused("not_allowed"), Refused("wave_wrong"), Refused("wave_phase_wrong"), Refused("report_finished"),
    Refused("campaign_text_too_long", most=...).
    """
    check_measuring(actor)
    rules.check_wave(asked=asked, aware=aware)
    if phase not in Wave.Phase.values:
        raise Refused("wave_phase_wrong")
    if len(method) > rules.SUMMARY_MOST:
        raise Refused("campaign_text_too_long", most=rules.SUMMARY_MOST)
    campaign = _unreported(campaign_id, actor)
    wave, _made = Wave.objects.update_or_create(
        campaign=campaign,
        phase=phase,
        defaults={"held_on": held_on, "asked": asked, "aware": aware, "method": method.strip()},
    )
    journal.record(actor, "campaign.wave_written", campaign, phase=phase, asked=asked, aware=aware)
    return wave


@transaction.atomic
def remove_wave(campaign_id: int, phase: str, *, actor: Actor) -> None:
    """Take a typed-in survey out again; raises Refused("not_allowed"), Refused("report_finished")."""
    check_measuring(actor)
    campaign = _unreported(campaign_id, actor)
    campaign.waves.filter(phase=phase).delete()
    journal.record(actor, "campaign.wave_removed", campaign, phase=phase)


def _unreported(campaign_id: int, actor: Actor) -> Campaign:
    campaign = locked(campaign_id, actor)
    if campaign.reported_at is not None:
        raise Refused("report_finished")
    return campaign


@transaction.atomic
def finish_report(campaign_id: int, *, now: datetime, actor: Actor) -> Campaign:
    """Keep the figures as they are now: from here on the report shows these.

    Raises Refused("not_allowed"), Refused("report_finished"), Refused("campaign_not_over") before the last day is.
    """
    check_measuring(actor)
    campaign = _unreported(campaign_id, actor)
    if campaign.stage(timezone.localdate(now)) != rules.Stage.ENDED:
        raise Refused("campaign_not_over")
    fold_reads()
    campaign.report = queries.report_data(campaign, now=now)
    campaign.reported_at = now
    campaign.save(update_fields=["report", "reported_at"])
    journal.record(actor, "campaign.reported", campaign)
    return campaign
