"""How a room has a channel of its tested: a probe, registered in the room's `apps.py`.

    from engage.outreach.health import registry as health
    health.register(
        health.Probe(
            code="comments",
            label=_("Comments on drafts"),
            interval_seconds=300,
            run=probes.comments,                       # (now) -> Result
            details={"not_taken": _("A comment sent as a test was not taken.")},
            instead=_("What people do meanwhile, in one or two sentences."),
        )
    )

`run` really uses the channel and leaves no trace; it returns `Result(ok())` and never raises for what it looks at (an
exception counts as failing all the same). It may take seconds: it runs beside the worker's other jobs. `values` are
numbers and short words that the sentence of `details` names; they are shown in public when the probe is public, so no
address, host or name of a person belongs into them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise

from engage.outreach.health.rules import State

Text = str | Promise
_CODE = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")


@dataclass(frozen=True)
class Result:
    """What a probe found. `detail` is a code of the probe's `details`, empty when all is said by the state.

    `queue_age_seconds` is how long the oldest thing has waited that the channel should have carried; `figures` are
    numbers for the desk, named by the probe's `figures`.
    """

    state: State = State.OK
    detail: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)
    queue_age_seconds: int | None = None
    figures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Probe:
    """One channel and how it is tested; see the head of this file.

    `public` channels are on the status page. A probe with `alarm_by_mail` off tells administrators by the desk and the
    webhook alone: what cannot carry a letter need not be told by one.
    """

    code: str
    label: Text
    interval_seconds: int
    run: Callable[[datetime], Result]
    details: Mapping[str, Text] = field(default_factory=dict)
    figures: Mapping[str, Text] = field(default_factory=dict)
    instead: Text = ""
    public: bool = True
    order: int = 100
    alarm_by_mail: bool = True
    # Called once when a failing channel works again, such as to let out what waits.
    repaired: Callable[[datetime], object] | None = None


_probes: dict[str, Probe] = {}


def register(probe: Probe) -> None:
    """Add a channel; ValueError for a code that is taken or none, or an interval without sense."""
    if not _CODE.match(probe.code) or probe.code in _probes or probe.interval_seconds < 5:
        raise ValueError(f"health probe {probe.code!r}: it needs a free code and an interval of at least 5 seconds")
    _probes[probe.code] = probe


def unregister(code: str) -> None:
    """Take a channel out again (a room that is switched off, a test)."""
    _probes.pop(code, None)


def probes() -> list[Probe]:
    """List the channels in their order."""
    return sorted(_probes.values(), key=lambda probe: probe.order)


def get(code: str) -> Probe | None:
    """Return one channel."""
    return _probes.get(code)
