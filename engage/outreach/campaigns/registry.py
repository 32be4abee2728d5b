"""What other rooms give a campaign: things to link and to collect by topic, suggestions, reach, participation, surveys.

A room registers in `AppConfig.ready()`:

    registry.register_source(registry.Source("call", _("Calls for comments"), collect=calls_by_topic, find=one_call))
    registry.register_suggestions("drafts", _("Drafts open for comments"), open_drafts)
    registry.register_reach("mail", ledger_reach)
    registry.register_participation("comments", _("Comments"), comments_received)
    registry.register_waves("surveys", survey_waves)

Every function takes the actor and starts from `visible_to(actor)`: the page of a campaign asks as a stranger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from django.utils.functional import Promise

if TYPE_CHECKING:
    from engage.accounts.actors import Actor

Text = str | Promise


@dataclass(frozen=True)
class Item:
    """One thing of another room. `key` names it in its source; `url` is a path of this site; `note` is one line.

    `at` orders the things of one source, the newest first; `is_open`: people can take part in it now.
    """

    source: str
    key: str
    title: str
    url: str
    summary: str = ""
    note: str = ""
    at: datetime | None = None
    is_open: bool = False


class Collect(Protocol):
    """Return the things about any of the topics (codes) that the actor may see, in one language."""

    def __call__(self, topics: Sequence[str], *, actor: Actor, language: str, limit: int) -> Sequence[Item]: ...


class Find(Protocol):
    """Return one thing by its key; None when the actor may not see it or it has no words in the language."""

    def __call__(self, key: str, *, actor: Actor, language: str) -> Item | None: ...


@dataclass(frozen=True)
class Source:
    """One kind of thing. With `find` a part of a campaign can link to one of them."""

    code: str
    label: Text
    collect: Collect
    find: Find | None = None
    order: int = 100


@dataclass(frozen=True)
class Suggestions:
    """What a planner may build a campaign from; asked as the editor who plans."""

    code: str
    label: Text
    find: Collect
    order: int = 100


@dataclass(frozen=True)
class Reach:
    """What one channel did for a campaign: how many it reached (None: it cannot tell), how many sendings failed."""

    channel: str
    reached: int | None
    failed: int = 0


class ReachSource(Protocol):
    """Return the reach of one campaign by channel; `campaign` is its key, the days are its window."""

    def __call__(self, campaign: int, *, first: date, last: date) -> Iterable[Reach]: ...


@dataclass(frozen=True)
class Received:
    """How many submissions one collected thing received by one channel."""

    key: str
    title: str
    channel: str
    n: int


class Participation(Protocol):
    """Count what came in on the things of a source that carry one of the topics, in the days of a campaign."""

    def __call__(
        self, topics: Sequence[str], *, first: date, last: date, actor: Actor, language: str
    ) -> Iterable[Received]: ...


@dataclass(frozen=True)
class Counted:
    """A registered way to take part."""

    code: str
    label: Text
    count: Participation


@dataclass(frozen=True)
class SurveyWave:
    """A survey of awareness that another room held; `phase` is `before` or `after`."""

    phase: str
    held_on: date
    asked: int
    aware: int
    method: str = ""


_sources: dict[str, Source] = {}
_suggestions: dict[str, Suggestions] = {}
_reach: dict[str, ReachSource] = {}
_participation: dict[str, Counted] = {}
_waves: dict[str, Callable[[int], Iterable[SurveyWave]]] = {}
_channels: dict[str, Callable[[], Mapping[str, Text]]] = {}


def register_source(source: Source) -> None:
    """Add a kind of thing to link and to collect."""
    _once(_sources, source.code)
    _sources[source.code] = source


def register_suggestions(code: str, label: Text, find: Collect, *, order: int = 100) -> None:
    """Add what planners are offered."""
    _once(_suggestions, code)
    _suggestions[code] = Suggestions(code, label, find, order)


def register_reach(code: str, source: ReachSource) -> None:
    """Add a ledger that knows whom the channels reached."""
    _once(_reach, code)
    _reach[code] = source


def register_participation(code: str, label: Text, count: Participation) -> None:
    """Add a way to take part."""
    _once(_participation, code)
    _participation[code] = Counted(code, label, count)


def register_waves(code: str, waves: Callable[[int], Iterable[SurveyWave]]) -> None:
    """Add where surveys of awareness are held; the function takes the key of a campaign."""
    _once(_waves, code)
    _waves[code] = waves


def register_channels(code: str, channels: Callable[[], Mapping[str, Text]]) -> None:
    """Add a room that names channels which can have a target; the function returns code to name."""
    _once(_channels, code)
    _channels[code] = channels


def unregister(code: str) -> None:
    """Take out everything of one code (a room that is switched off, a test)."""
    for known in (_sources, _suggestions, _reach, _participation, _waves, _channels):
        known.pop(code, None)


def sources() -> list[Source]:
    """List the kinds of things, in the order of the page."""
    return sorted(_sources.values(), key=lambda source: (source.order, source.code))


def source(code: str) -> Source | None:
    """Return one kind of thing."""
    return _sources.get(code)


def suggestions() -> list[Suggestions]:
    """List what planners are offered."""
    return sorted(_suggestions.values(), key=lambda entry: (entry.order, entry.code))


def reach_sources() -> list[ReachSource]:
    """List the ledgers."""
    return list(_reach.values())


def participation() -> list[Counted]:
    """List the ways to take part."""
    return list(_participation.values())


def wave_sources() -> list[Callable[[int], Iterable[SurveyWave]]]:
    """List where surveys are held."""
    return list(_waves.values())


def channels() -> dict[str, Text]:
    """Return code to name of every channel, asked anew: an office adds and switches off its own."""
    return {channel: name for named in _channels.values() for channel, name in named().items()}


def _once(known: Mapping[str, object], code: str) -> None:
    if code in known:
        raise ValueError(f"campaigns: {code!r} is registered already")
