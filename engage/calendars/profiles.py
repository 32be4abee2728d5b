"""The dated table of clocks: how long, in what unit, counted from which event, stopped by which others.

A case keeps for life the profile in force on its receipt date; a changed rule is a new row with its own dates, so
no row here is ever edited once released. Pure: no Django. `rules.py` counts with these rows.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from engage.errors import Refused


class Unit(StrEnum):
    """What a clock counts in."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    CALENDAR_MONTH = "calendar_month"


@dataclass(frozen=True)
class Stop:
    """A pair of events between which the clock stands still.

    The day of `begins` still counts and the day of `ends` does not, unless `both_ends` says that neither counts.
    """

    begins: str
    ends: str
    both_ends: bool = False


@dataclass(frozen=True)
class Target:
    """One thing that falls due.

    `count` units after day zero, which is never counted itself. Day zero is the day of the event `counts_from`;
    while it has not happened the clock has not started, unless `from_receipt` lets the receipt day stand in for it.
    `extension_limit` is the most that all extensions together may add, None where the rule names no number.
    `restart` puts day zero to the day its second event happens. `before` counts backwards from an appointed day.
    `silence_agrees`: what a unit that is asked says is due, and one that says nothing by then counts as agreeing.
    """

    name: str
    count: int
    unit: Unit
    counts_from: str = ""
    from_receipt: bool = True
    extension_limit: int | None = 0
    restart: Stop | None = None
    stops: tuple[Stop, ...] = ()
    before: bool = False
    silence_agrees: bool = False

    @property
    def all_stops(self) -> tuple[Stop, ...]:
        """The stops and, last, the restart."""
        return self.stops if self.restart is None else (*self.stops, self.restart)

    @property
    def event_names(self) -> frozenset[str]:
        """Names of the events that move this clock."""
        names = {self.counts_from} if self.counts_from else set()
        for stop in self.all_stops:
            names |= {stop.begins, stop.ends}
        if self.extension_limit != 0:
            names.add(EXTEND)
        return frozenset(names)


@dataclass(frozen=True)
class Profile:
    """One dated version of the clocks of a family. `valid_from` and `valid_to` are receipt dates, both included.

    `rolls`: a day counted in calendar days that falls on a day off moves to the next working day.
    """

    code: str
    family: str
    kind: str
    calendar: str
    valid_from: date
    targets: tuple[Target, ...]
    source: str
    valid_to: date | None = None
    rolls: bool = False

    def target(self, name: str) -> Target:
        """Return the target of that name; Refused("clock_target_unknown") when the profile has no such clock."""
        for target in self.targets:
            if target.name == name:
                return target
        raise Refused("clock_target_unknown", profile=self.code, target=name)

    @property
    def silent_opinion(self) -> Target | None:
        """The time after which a unit that is asked and says nothing agrees; None where no rule says that."""
        return next((target for target in self.targets if target.silence_agrees), None)

    def in_force(self, day: date) -> bool:
        """Tell whether something received on the day runs under this profile."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


EXTEND = "extend"
CLARIFICATION = Stop("clarify_asked", "clarify_received")
THIRD_PARTY = Stop("third_party_asked", "third_party_answered")
FEES = Stop("fees_notice", "fee_received", both_ends=True)
HEARING = Stop("hearing_start", "hearing_end", both_ends=True)

WORKING, CALENDAR, MONTHS = Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.CALENDAR_MONTH


def _xinfang(code: str, valid_from: date, valid_to: date | None, source: str, *extra: Target) -> tuple[Profile, ...]:
    """Return a dated version twice: as its text stands, and with the roll of Civil Code art. 203 a site may choose."""
    targets = (
        Target("accept_notice", 15, CALENDAR),
        Target("final_reply", 60, CALENDAR, counts_from="accepted", from_receipt=False, extension_limit=30),
        Target("review_request_by", 30, CALENDAR, counts_from="reply_received"),
        Target("review_opinion", 30, CALENDAR, counts_from="review_requested"),
        Target("rereview_request_by", 30, CALENDAR, counts_from="review_reply_received"),
        Target("rereview_opinion", 30, CALENDAR, counts_from="rereview_requested", stops=(HEARING,)),
        *extra,
    )
    return tuple(
        Profile(
            code=f"{code}{suffix}",
            family=f"cn-xinfang{suffix}",
            kind="grievance",
            calendar="cn",
            valid_from=valid_from,
            valid_to=valid_to,
            rolls=bool(suffix),
            targets=targets,
            source=source + ("; 民法典第二百零三条" if suffix else ""),
        )
        for suffix in ("", "-roll")
    )


INFORMATION_REQUESTS = (
    Profile(
        code="cn-foi-2007",
        family="cn-foi",
        kind="foi",
        calendar="cn",
        valid_from=date(2008, 5, 1),
        valid_to=date(2019, 5, 14),
        targets=(Target("final_reply", 15, WORKING, extension_limit=15, stops=(THIRD_PARTY,)),),
        source="政府信息公开条例（2007）第二十三条、第二十四条",
    ),
    Profile(
        code="cn-foi-2019",
        family="cn-foi",
        kind="foi",
        calendar="cn",
        valid_from=date(2019, 5, 15),
        targets=(
            Target("final_reply", 20, WORKING, extension_limit=20, restart=CLARIFICATION, stops=(THIRD_PARTY,)),
            Target("clarify_notice", 7, WORKING),
            Target("third_party_opinion", 15, WORKING, counts_from="third_party_asked"),
            # Art. 34: bodies that made it together; neither the text of 2007 nor the Act of 2000 has such a rule.
            Target("co_author_opinion", 15, WORKING, counts_from="co_author_asked", silence_agrees=True),
        ),
        source="政府信息公开条例（2019）第三十条至第三十四条",
    ),
    Profile(
        code="uk-foi-2000",
        family="uk-foi",
        kind="foi",
        calendar="uk",
        valid_from=date(2005, 1, 1),
        # s.10(3): a longer time "reasonable in the circumstances" for the public interest test; the Act has no number.
        targets=(Target("final_reply", 20, WORKING, extension_limit=None, restart=CLARIFICATION, stops=(FEES,)),),
        source="Freedom of Information Act 2000 s.10(1)-(3), (6)",
    ),
)

GRIEVANCES = (
    *_xinfang(
        "cn-xinfang-2005",
        date(2005, 5, 1),
        date(2022, 4, 30),
        "信访条例（2005）第二十一条、第二十二条、第三十三条至第三十五条",
    ),
    *_xinfang(
        "cn-xinfang-2022",
        date(2022, 5, 1),
        None,
        "信访工作条例（2022）第二十二条、第二十三条、第三十四条至第三十六条",
        Target("objection", 5, WORKING, counts_from="transferred"),
    ),
)


def _letter(code: str, count: int, kind: str, source: str) -> Profile:
    return Profile(
        code=code,
        family=code,
        kind=kind,
        calendar="cn",
        valid_from=date(2005, 1, 1),
        # No statute: asking for detail stops the clock, and the standard names no longest extension.
        targets=(Target("final_reply", count, WORKING, extension_limit=None, stops=(CLARIFICATION,)),),
        source=source,
    )


LETTERS = (
    _letter("cn-letter-simple", 3, "letter", "City standard, published by Shenyang for its mayor's mailbox; not law"),
    _letter("cn-letter-complex", 10, "letter", "City standard, published by Shenyang for its mayor's mailbox; not law"),
    _letter("cn-enquiry", 5, "enquiry", "Default of Engage; an office sets its own"),
    _letter("cn-site-error", 3, "site_error", "Provincial rule on government websites; not national law"),
)

PETITIONS = (
    Profile(
        code="uk-petition",
        family="uk-petition",
        kind="petition",
        calendar="uk",
        valid_from=date(2005, 1, 1),
        targets=(
            Target("closes_end_of", 6, MONTHS, counts_from="opened"),
            Target("answer", 30, CALENDAR, counts_from="threshold_crossed", from_receipt=False, extension_limit=None),
        ),
        source="Open 6 months as on the UK Parliament's petitions site; 30 days to answer is a default of Engage",
    ),
)

CONSULTATIONS = (
    Profile(
        code="cn-consultation",
        family="cn-consultation",
        kind="consultation",
        calendar="cn",
        valid_from=date(2005, 1, 1),
        targets=(
            # The shortest period without a published reason.
            Target("closes_end_of", 30, CALENDAR, counts_from="opened"),
            Target("outcome", 60, CALENDAR, counts_from="closed", from_receipt=False, extension_limit=None),
        ),
        source="30 days: departmental rule after the interim regulation on major decisions; 60 days: default of Engage",
    ),
    Profile(
        code="cn-hearing",
        family="cn-hearing",
        kind="event",
        calendar="cn",
        valid_from=date(2005, 1, 1),
        targets=(
            Target("announce_from", 30, CALENDAR, counts_from="held", before=True),
            Target("announce_by", 10, CALENDAR, counts_from="held", before=True),
            Target("attendees_by", 15, CALENDAR, counts_from="held", before=True),
            Target("papers_from", 10, CALENDAR, counts_from="held", before=True),
            Target("papers_by", 5, CALENDAR, counts_from="held", before=True),
        ),
        source="Provincial hearing rules; provinces differ, so an office sets its own",
    ),
    Profile(
        code="cn-symposium",
        family="cn-symposium",
        kind="event",
        calendar="cn",
        valid_from=date(2005, 1, 1),
        targets=(Target("papers_by", 5, CALENDAR, counts_from="held", before=True),),
        source="Departmental rule after the interim regulation on major decisions",
    ),
    Profile(
        code="cn-live-interview",
        family="cn-live-interview",
        kind="event",
        calendar="cn",
        valid_from=date(2005, 1, 1),
        targets=(
            Target("announce_by", 3, CALENDAR, counts_from="held", before=True),
            Target("unanswered_questions", 5, WORKING, counts_from="held"),
        ),
        source="City rule on live interviews; not law",
    ),
)

RATINGS = (
    Profile(
        code="cn-rating",
        family="cn-rating",
        kind="rating",
        calendar="cn",
        valid_from=date(2005, 1, 1),
        targets=(
            Target("call_back", 1, CALENDAR, counts_from="rated_low"),
            Target("put_right", 15, CALENDAR, counts_from="rated_low", extension_limit=None),
        ),
        source="Zhejiang rule on evaluation of government services",
    ),
)

SHIPPED = (*INFORMATION_REQUESTS, *GRIEVANCES, *LETTERS, *PETITIONS, *CONSULTATIONS, *RATINGS)


def profile_named(code: str, profiles: Iterable[Profile] = SHIPPED) -> Profile:
    """Return the profile of that code; Refused("clock_profile_unknown") when there is none."""
    for profile in profiles:
        if profile.code == code:
            return profile
    raise Refused("clock_profile_unknown", profile=code)


def profile_in_force(family: str, received: date, profiles: Iterable[Profile] = SHIPPED) -> Profile:
    """Return the family's version for something received on that local day.

    Raises Refused("clock_profile_not_in_force") for a day that no version of the family covers.
    """
    for profile in profiles:
        if profile.family == family and profile.in_force(received):
            return profile
    raise Refused("clock_profile_not_in_force", family=family, day=received.isoformat())


def all_event_names(profiles: Iterable[Profile] = SHIPPED) -> frozenset[str]:
    """Names of every event that moves some clock of the profiles."""
    return frozenset(name for profile in profiles for target in profile.targets for name in target.event_names)


def targets_as_json(targets: Iterable[Target]) -> list[dict[str, Any]]:
    """Return targets as plain JSON values, one object each with the names of the fields."""
    return [asdict(target) for target in targets]


def targets_from_json(rows: Iterable[dict[str, Any]]) -> tuple[Target, ...]:
    """Read what `targets_as_json` wrote."""
    return tuple(
        Target(
            **row
            | {
                "unit": Unit(row["unit"]),
                "restart": Stop(**row["restart"]) if row["restart"] else None,
                "stops": tuple(Stop(**stop) for stop in row["stops"]),
            }
        )
        for row in rows
    )
