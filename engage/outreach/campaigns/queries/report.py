"""The report of a campaign: whom it reached, who took part, who knew; counted once and kept when it is finished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone, translation

from engage.accounts.actors import ANYONE
from engage.outreach.campaigns import registry, rules
from engage.outreach.campaigns.models import Campaign, DailyReads, Voice, Wave
from engage.outreach.campaigns.queries.building import LANGUAGES
from engage.outreach.campaigns.words import voices_label

SITE = "site"


@dataclass(frozen=True)
class ReachRow:
    """One channel: its target, whom it reached, what failed. `reached` None: nothing counts this channel."""

    channel: str
    label: str
    target: int | None
    reached: int | None
    failed: int

    @property
    def share(self) -> float | None:
        """What part of the target was reached."""
        return None if self.reached is None else rules.share_of_target(self.reached, self.target)


@dataclass(frozen=True)
class PartRow:
    """What came in on one thing by one channel."""

    source: str
    label: str
    key: str
    title: str
    channel: str
    n: int


@dataclass(frozen=True)
class WaveRow:
    """One survey of awareness with the interval of its share."""

    phase: str
    held_on: date
    method: str
    share: rules.Share

    @property
    def label(self) -> str:
        """When it was, in words."""
        return str(Wave.Phase(self.phase).label)


@dataclass(frozen=True)
class Report:
    """All figures of a campaign in one language, from the rows as they are or as they were kept."""

    counted_at: datetime
    first: date
    last: date
    reach: list[ReachRow]
    reads: list[tuple[date, str, int]]
    participation: list[PartRow]
    waves: list[WaveRow]
    difference: rules.Difference | None
    finished: bool

    @property
    def came_in(self) -> int:
        """How many submissions came in altogether."""
        return sum(row.n for row in self.participation)

    @property
    def by_channel(self) -> dict[str, int]:
        """How many came in by each channel."""
        return rules.added((row.channel, row.n) for row in self.participation)


def reach_of(campaign: Campaign) -> list[registry.Reach]:
    """Return the reach by channel, added up over all ledgers; the reads of the page are the channel `site`."""
    reached: dict[str, list[int]] = defaultdict(list)
    failed: dict[str, int] = defaultdict(int)
    for source in registry.reach_sources():
        for row in source(campaign.pk, first=campaign.first_day, last=campaign.last_day):
            reached[row.channel] += [] if row.reached is None else [row.reached]
            failed[row.channel] += row.failed
    return [
        registry.Reach(channel, sum(numbers) if numbers else None, failed[channel])
        for channel, numbers in sorted(reached.items())
    ]


def reads_reach(campaign: int, *, first: date, last: date) -> Iterable[registry.Reach]:
    """Count how often the page was sent in the days of the campaign."""
    rows = DailyReads.objects.filter(campaign=campaign, day__range=(first, last))
    return [registry.Reach(SITE, rows.aggregate(n=Sum("n"))["n"] or 0)]


def report_data(campaign: Campaign, *, now: datetime) -> dict[str, Any]:
    """Count all figures of a campaign as plain data, which is what a finished report keeps."""
    targets = dict(campaign.targets.values_list("channel", "n"))
    return {
        "counted_at": now.isoformat(),
        "first": campaign.first_day.isoformat(),
        "last": campaign.last_day.isoformat(),
        "targets": targets,
        "reach": [[row.channel, row.reached, row.failed] for row in reach_of(campaign)],
        "reads": [
            [day.isoformat(), language, n]
            for day, language, n in DailyReads.objects.filter(campaign=campaign).values_list("day", "language", "n")
        ],
        "participation": _participation(campaign),
        "waves": _waves(campaign),
    }


def _participation(campaign: Campaign) -> list[dict[str, Any]]:
    topics = sorted(campaign.topics.values_list("code", flat=True))
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for counted in registry.participation() if topics else ():
        for language in LANGUAGES:
            with translation.override(language):
                found = counted.count(
                    topics, first=campaign.first_day, last=campaign.last_day, actor=ANYONE, language=language
                )
                for one in found:
                    row = rows.setdefault(
                        (counted.code, one.key, one.channel),
                        {"source": counted.code, "key": one.key, "channel": one.channel, "n": one.n, "titles": {}},
                    )
                    row["titles"][language] = one.title
    return [*rows.values(), *_voices(campaign)]


def _voices(campaign: Campaign) -> list[dict[str, Any]]:
    texts = {text.language: text.title for text in campaign.texts.all()}
    begins, ends = span(campaign.first_day, campaign.last_day)
    received = Voice.objects.filter(
        campaign=campaign, submission__received_at__gte=begins, submission__received_at__lt=ends
    )
    rows = received.order_by().values_list("submission__channel")
    return [
        {"source": "voices", "key": campaign.slug, "channel": channel, "n": n, "titles": texts}
        for channel, n in rows.annotate(n=Count("pk")).order_by("submission__channel")
    ]


def span(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the moment at which a span of local days begins and the first moment after it."""
    zone = timezone.get_default_timezone()
    return (
        datetime.combine(first, time(), tzinfo=zone),
        datetime.combine(last + timedelta(days=1), time(), tzinfo=zone),
    )


def _waves(campaign: Campaign) -> list[dict[str, Any]]:
    """Return one survey a phase: the one typed in, else the one that another room held."""
    found: dict[str, dict[str, Any]] = {}
    for waves in registry.wave_sources():
        for wave in waves(campaign.pk):
            found[wave.phase] = {
                "phase": wave.phase, "held_on": wave.held_on.isoformat(), "asked": wave.asked, "aware": wave.aware,
                "method": wave.method,
            }  # fmt: skip
    for typed in campaign.waves.all():
        found[typed.phase] = {
            "phase": typed.phase, "held_on": typed.held_on.isoformat(), "asked": typed.asked, "aware": typed.aware,
            "method": typed.method,
        }  # fmt: skip
    return [found[phase] for phase in Wave.Phase.values if phase in found]


def report_of(campaign: Campaign, language: str, *, now: datetime) -> Report:
    """Return the report: the kept figures once it is finished, else those of this moment."""
    data = campaign.report or report_data(campaign, now=now)
    waves = [_wave_row(wave) for wave in data["waves"]]
    shares = {wave.phase: wave.share for wave in waves}
    both = len(shares) == 2
    return Report(
        counted_at=datetime.fromisoformat(data["counted_at"]),
        first=date.fromisoformat(data["first"]),
        last=date.fromisoformat(data["last"]),
        reach=_reach_rows(data["reach"], data["targets"]),
        reads=[(date.fromisoformat(day), code, n) for day, code, n in data["reads"]],
        participation=[_part_row(row, language) for row in data["participation"]],
        waves=waves,
        difference=rules.newcombe(shares[Wave.Phase.AFTER], shares[Wave.Phase.BEFORE]) if both else None,
        finished=campaign.reported_at is not None,
    )


def _wave_row(wave: Mapping[str, Any]) -> WaveRow:
    share = rules.wilson(wave["aware"], wave["asked"])
    return WaveRow(wave["phase"], date.fromisoformat(wave["held_on"]), wave["method"], share)


def _reach_rows(reach: Sequence[Sequence[Any]], targets: Mapping[str, int]) -> list[ReachRow]:
    counted = {channel: (reached, failed) for channel, reached, failed in reach}
    names = registry.channels()
    codes = [code for code in names if code in counted or code in targets]
    codes += [code for code in (*counted, *targets) if code not in names and code not in codes]
    return [
        ReachRow(code, str(names.get(code, code)), targets.get(code), *counted.get(code, (None, 0)))
        for code in dict.fromkeys(codes)
    ]


def _part_row(row: Mapping[str, Any], language: str) -> PartRow:
    labels = {counted.code: str(counted.label) for counted in registry.participation()}
    label = labels.get(row["source"], voices_label() if row["source"] == "voices" else row["source"])
    title = row["titles"].get(language) or next(iter(row["titles"].values()), row["key"])
    return PartRow(row["source"], label, row["key"], title, row["channel"], row["n"])
