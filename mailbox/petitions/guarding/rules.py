"""Which requests to sign are held: windows that slide, signs of machines, and what many weak signs add up to. Pure.

Nothing here ever takes a confirmed signature out of the count: that is an order of persons. What is held has been told
nothing, so a flood learns nothing; docs/guarding.md has the drill that these numbers were set by.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import fmean, pvariance

from mailbox.petitions.guarding.domains import COMMON, SECOND_LEVEL, THROWAWAY


class What(StrEnum):
    """By which mark requests are counted."""

    ADDRESS = "address"
    NETWORK = "network"
    SUBNET = "subnet"
    DOMAIN = "domain"
    PERSON = "person"
    # Addresses alike but for their last three digits, at one domain.
    SHAPE = "shape"
    # Of a domain, of a shape: from how many subnets. Of a subnet: how many uncommon domains.
    SPREAD = "spread"
    SCATTER = "scatter"
    MIXED = "mixed"
    # Whether two marks came together before, so that the three above count each pair once.
    PAIR = "pair"
    # All requests that were not held, and those of domains nobody has seen before yesterday.
    ALL = "all"
    FRESH = "fresh"


class Why(StrEnum):
    """Why a request is held; stands with the signature."""

    BLOCKED = "blocked"
    THROWAWAY = "throwaway"
    LIMIT_ADDRESS = "limit_address"
    LIMIT_NETWORK = "limit_network"
    LIMIT_SUBNET = "limit_subnet"
    DOMAIN_SPREAD = "domain_spread"
    MANY_DOMAINS = "many_domains"
    SAME_NAME = "same_name"
    SEQUENCE = "sequence"
    REGULAR = "regular"
    NEVER_CONFIRMED = "never_confirmed"
    SEVERAL = "several"
    # Set aside while a flood of unknown domains lasts, then looked at again.
    WAIT = "wait"


MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True)
class Limit:
    """At most so many requests of one mark within so many seconds."""

    by: str
    most: int
    seconds: int
    active: bool = True


# A family, an office, a campus behind one address stay below; a machine does not. Edited at the desk.
DEFAULT_LIMITS = (
    Limit(What.ADDRESS, 4, 600),
    Limit(What.ADDRESS, 6, DAY),
    Limit(What.NETWORK, 40, MINUTE),
    Limit(What.NETWORK, 400, HOUR),
    Limit(What.NETWORK, 1_500, DAY),
    Limit(What.SUBNET, 200, MINUTE),
    Limit(What.SUBNET, 2_000, HOUR),
)
_WHY_LIMIT = {
    What.ADDRESS: Why.LIMIT_ADDRESS,
    What.NETWORK: Why.LIMIT_NETWORK,
    What.SUBNET: Why.LIMIT_SUBNET,
}
# So far beyond a limit what came before is held too. Not of a subnet: phones of a whole town may stand behind one.
FAR_BEYOND = 2

WINDOWS = (600, HOUR, DAY)
# A mark that gave itself away is held so long; each request of it begins the time anew.
SUSPECT_FOR = timedelta(hours=6)
# Addresses are sealed: who looks back at how they are numbered has to read them.
SHAPES_LOOK_BACK = timedelta(hours=1)
RENEWED_AFTER = timedelta(minutes=30)
LOOK_BACK = timedelta(hours=6)
WAIT_FOR = timedelta(minutes=90)
# How long a domain has been known from which on it is no stranger.
KNOWN_AFTER = timedelta(hours=48)

HOLD_AT = 100
WEAK = 50

SPREAD_TOTAL, SPREAD_SUBNETS = 60, 40
SPREAD_DAY_TOTAL, SPREAD_DAY_SUBNETS = 200, 80
FEW, FEW_SHARE = (2, 12), 0.9
MIXED_DOMAINS, MIXED_SHARE = 4, 0.4
NAME_TOTAL, NAME_SHARE = 10, 0.001
SHAPE_TOTAL, SHAPE_SUBNETS, SHAPE_SHARE, SHAPE_SPREAD = 10, 7, 0.001, 0.8
FLOOD_TOTAL, FLOOD_SHARE = 50, 0.2
REGULAR_MINUTES, REGULAR_TOTAL, REGULAR_VARIANCE = 20, 40, 0.2
SENT_TOTAL, CONFIRMED_SHARE = 40, 0.05
# Letters are given so long to be answered before their silence says anything.
ANSWER_TIME = timedelta(minutes=30)
SILENCE_LOOK_BACK = timedelta(hours=3)


@dataclass(frozen=True)
class Asked:
    """One request to sign, as its marks. `domain` is as typed, in ASCII; `shape` is empty where there are no digits."""

    key: int
    petition: int
    address: str
    network: str
    subnet: str
    domain: str
    person: str
    shape: str
    at: datetime

    @property
    def site(self) -> str:
        """The domain somebody registered."""
        return registered(self.domain)

    @property
    def is_common(self) -> bool:
        """Whether the domain is a provider for everybody."""
        return self.domain in COMMON or self.site in COMMON


def registered(domain: str) -> str:
    """Return the part of a domain that its owner registered: below `com.cn` and its like three labels, else two."""
    labels = domain.split(".")
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


_LAST_NUMBER = re.compile(r"^(.*?)(\d{3,})(\D*)$", re.DOTALL)


def shape_of(local: str, domain: str) -> str:
    """Return what a row of numbered addresses has in common; empty for an address without a number of three digits.

    The last three digits are left open, so one shape has a thousand addresses: `user1417` and `user1998` share theirs,
    and two numbers of a messenger that people were given at random do not.
    """
    found = _LAST_NUMBER.match(local.lower())
    if found is None:
        return ""
    return f"{found[1]}{found[2][:-3]}###{found[3]}@{domain}"


def parents(domain: str) -> list[str]:
    """List a domain and those above it, which a list may name, but for the last label."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(len(labels) - 1)] or [domain]


Mark = tuple[str, str]


def listed_marks(address: str, network: str, subnet: str, domain: str) -> list[Mark]:
    """List by which entries of the lists somebody may be named: the keyed hashes of address and networks, the domain
    and those above it."""
    return [
        (What.ADDRESS, address),
        (What.NETWORK, network),
        (What.NETWORK, subnet),
        *((What.DOMAIN, name) for name in parents(domain)),
    ]


@dataclass
class Paces:
    """How many requests each mark had within each window, the ones of this batch included as they are looked at."""

    sums: dict[Mark, dict[int, float]] = field(default_factory=dict)
    added: Counter[Mark] = field(default_factory=Counter)
    # Of networks from which many came: how many in each of the last full minutes.
    minutes: dict[str, list[int]] = field(default_factory=dict)

    def add(self, what: str, value: str) -> None:
        """Count one more."""
        mark = (what, value)
        self.added[mark] += 1
        for seconds in self.sums.setdefault(mark, {}):
            self.sums[mark][seconds] += 1

    def get(self, what: str, value: str, seconds: int) -> float:
        """Return how many there were within a window."""
        mark = (what, value)
        return self.sums.get(mark, {}).get(seconds, self.added[mark])


@dataclass(frozen=True)
class Sign:
    """What points to a machine: how heavily, and by which mark others of its kind are found."""

    why: Why
    weight: int
    mark: Mark | None = None
    total: int = 0


@dataclass(frozen=True)
class Lists:
    """What is always held and never held, and the marks that gave themselves away."""

    blocked: Collection[Mark] = frozenset()
    allowed: Collection[Mark] = frozenset()
    suspects: Mapping[Mark, str] = field(default_factory=dict)
    let_go: Collection[Mark] = frozenset()
    # First time each registered domain was seen; one that is not there is new.
    known_since: Mapping[str, datetime] = field(default_factory=dict)

    def listed_marks(self, asked: Asked) -> list[Mark]:
        """List by which entries a request may be named."""
        return listed_marks(asked.address, asked.network, asked.subnet, asked.domain)

    def is_fresh(self, asked: Asked) -> bool:
        """Tell whether the domain is one that nobody had seen until lately."""
        if asked.is_common:
            return False
        since = self.known_since.get(asked.site)
        return since is None or asked.at - since < KNOWN_AFTER


@dataclass
class Outcome:
    """What is held and why, and the marks that gave themselves away in this batch."""

    held: dict[int, str] = field(default_factory=dict)
    found: dict[Mark, Sign] = field(default_factory=dict)


def address_on(asked: Asked) -> str:
    """Return the value under which the limit of an address is counted: each petition for itself."""
    return f"{asked.petition}:{asked.address}"


def _values(asked: Asked) -> dict[str, str]:
    return {
        What.ADDRESS: address_on(asked),
        What.NETWORK: asked.network,
        What.SUBNET: asked.subnet,
        What.PERSON: asked.person,
        What.SHAPE: asked.shape,
        What.DOMAIN: "" if asked.is_common else asked.site,
    }


def _pairs(asked: Asked) -> list[tuple[str, str, str]]:
    """List (pair, what it is counted for, of which value)."""
    found: list[tuple[str, str, str]] = []
    if asked.subnet and not asked.is_common:
        found.append((f"{asked.subnet}|{asked.site}"[:120], What.SPREAD, asked.site))
        found.append((f"{asked.subnet}<{asked.site}"[:120], What.MIXED, asked.subnet))
    if asked.subnet and asked.shape:
        found.append((f"{asked.subnet}~{asked.shape}"[:120], What.SCATTER, asked.shape))
    return found


def marks_to_read(batch: Iterable[Asked]) -> dict[str, set[str]]:
    """Return of which marks the paces have to be known before a batch is judged."""
    wanted: dict[str, set[str]] = {What.ALL: {""}, What.FRESH: {""}}
    for asked in batch:
        for what, value in _values(asked).items():
            if value:
                wanted.setdefault(what, set()).add(value)
        for pair, what, value in _pairs(asked):
            wanted.setdefault(What.PAIR, set()).add(pair)
            wanted.setdefault(what, set()).add(value)
    return wanted


def suspect_marks(asked: Asked) -> list[Mark]:
    """List by which marks a request may be suspected."""
    marks = [
        (What.ADDRESS, asked.address),
        (What.NETWORK, asked.network),
        (What.SUBNET, asked.subnet),
        (What.PERSON, asked.person),
        (What.SHAPE, asked.shape),
    ]
    if not asked.is_common:
        marks.append((What.DOMAIN, asked.site))
    return [(str(what), value) for what, value in marks if value]


def judge_batch(batch: Sequence[Asked], paces: Paces, limits: Sequence[Limit], lists: Lists) -> Outcome:
    """Decide which requests are held. The order is theirs: those before a limit is reached go through.

    What is never held is looked at first, then what always is; only what is neither is counted among all.
    """
    outcome = Outcome()
    through = []
    for asked in batch:
        named = lists.listed_marks(asked)
        if any(mark in lists.allowed for mark in named):
            paces.add(What.ALL, "")
            continue
        fresh = lists.is_fresh(asked)
        _count(asked, paces, fresh=fresh)
        why = _judge(asked, paces, limits, lists, outcome, named=named, fresh=fresh)
        # Of names the share among those that pass tells: what is held for other reasons has names as people have.
        if asked.person and why in ("", Why.WAIT, Why.SAME_NAME):
            paces.add(What.PERSON, asked.person)
        if why:
            outcome.held[asked.key] = why
        else:
            paces.add(What.ALL, "")
        if why in ("", Why.WAIT):
            through.append(asked)
    # A mark may give itself away after the first of its kind passed.
    for asked in through:
        for mark in suspect_marks(asked):
            if mark in outcome.found:
                outcome.held[asked.key] = outcome.found[mark].why
    return outcome


def _count(asked: Asked, paces: Paces, *, fresh: bool) -> None:
    for what, value in _values(asked).items():
        if value and what != What.PERSON:
            paces.add(what, value)
    for pair, what, value in _pairs(asked):
        if paces.get(What.PAIR, pair, DAY) == 0:
            paces.add(what, value)
        paces.add(What.PAIR, pair)
    if fresh:
        paces.add(What.FRESH, "")


def _judge(
    asked: Asked,
    paces: Paces,
    limits: Sequence[Limit],
    lists: Lists,
    outcome: Outcome,
    *,
    named: Sequence[Mark],
    fresh: bool,
) -> str:
    if any(mark in lists.blocked for mark in named):
        return Why.BLOCKED
    if any(name in THROWAWAY for name in parents(asked.domain)):
        return Why.THROWAWAY
    over = _over_limit(asked, paces, limits)
    signs = [*over, *signs_of(asked, paces, fresh=fresh)]
    signs = [sign for sign in signs if sign.mark not in lists.let_go]
    for sign in signs:
        if sign.weight >= HOLD_AT and sign.mark is not None:
            outcome.found.setdefault(sign.mark, sign)
    known = [mark for mark in suspect_marks(asked) if mark not in lists.let_go]
    for mark in known:
        if mark in lists.suspects:
            outcome.found.setdefault(mark, Sign(Why(lists.suspects[mark]), HOLD_AT, mark))
            return lists.suspects[mark]
        if mark in outcome.found:
            return outcome.found[mark].why
    heavy = max(signs, key=lambda sign: sign.weight, default=None)
    if heavy is not None and heavy.weight >= HOLD_AT:
        return heavy.why
    if sum(sign.weight for sign in signs) >= HOLD_AT:
        return Why.SEVERAL
    return Why.WAIT if fresh and _waits(asked, paces) else ""


def judge_again(batch: Sequence[Asked], paces: Paces, lists: Lists) -> dict[int, str]:
    """Decide about requests that waited, now that more is known; nothing is counted a second time.

    Returns why each is held from now on; the others have waited long enough.
    """
    held: dict[int, str] = {}
    for asked in batch:
        if any(mark in lists.allowed for mark in lists.listed_marks(asked)):
            continue
        fresh = lists.is_fresh(asked)
        suspects = (lists.suspects.get(mark) for mark in suspect_marks(asked) if mark not in lists.let_go)
        signs = [sign for sign in signs_of(asked, paces, fresh=fresh) if sign.mark not in lists.let_go]
        heavy = max(signs, key=lambda sign: sign.weight, default=None)
        if why := next((code for code in suspects if code), ""):
            held[asked.key] = why
        elif heavy is not None and heavy.weight >= HOLD_AT:
            held[asked.key] = heavy.why
        elif sum(sign.weight for sign in signs) >= HOLD_AT:
            held[asked.key] = Why.SEVERAL
        elif fresh and _is_thrown_about(asked, paces):
            held[asked.key] = Why.MANY_DOMAINS
    return held


def _is_thrown_about(asked: Asked, paces: Paces) -> bool:
    """Tell whether a new domain has a few addresses and each comes from somewhere else, as of domains bought by the
    thousand; asked only of what came in a flood of such."""
    total, subnets = paces.get(What.DOMAIN, asked.site, DAY), paces.get(What.SPREAD, asked.site, DAY)
    return FEW[0] <= total <= FEW[1] and subnets >= FEW_SHARE * total


def _waits(asked: Asked, paces: Paces) -> bool:
    """Tell whether a request has to wait until a flood of new domains shows more; an office or a campus has not."""
    total, subnets = paces.get(What.DOMAIN, asked.site, DAY), paces.get(What.SPREAD, asked.site, DAY)
    return is_flood(paces) and subnets >= total / 2


def _over_limit(asked: Asked, paces: Paces, limits: Sequence[Limit]) -> list[Sign]:
    values = _values(asked)
    signs = []
    for limit in limits:
        value = values.get(limit.by, "")
        total = paces.get(limit.by, value, limit.seconds) if value and limit.active else 0
        if total > limit.most:
            far = total > FAR_BEYOND * limit.most and limit.by != What.SUBNET
            suspected = asked.address if limit.by == What.ADDRESS else value
            signs.append(
                Sign(
                    _WHY_LIMIT[What(limit.by)],
                    HOLD_AT,
                    (str(What(limit.by)), suspected) if far else None,
                    int(total),
                )
            )
    return signs


def signs_of(asked: Asked, paces: Paces, *, fresh: bool) -> list[Sign]:
    """List what points to a machine, but for limits and lists."""
    everybody = paces.get(What.ALL, "", HOUR)
    signs = []
    if fresh:
        signs += _domain_signs(asked, paces)
    names = paces.get(What.PERSON, asked.person, HOUR) + 1 if asked.person else 0
    if names >= NAME_TOTAL and names > NAME_SHARE * everybody:
        signs.append(Sign(Why.SAME_NAME, HOLD_AT, (str(What.PERSON), asked.person), int(names)))
    elif names >= NAME_TOTAL / 2 and names > NAME_SHARE * everybody:
        signs.append(Sign(Why.SAME_NAME, WEAK))
    if is_regular(paces.minutes.get(asked.network, [])):
        signs.append(Sign(Why.REGULAR, HOLD_AT, (str(What.NETWORK), asked.network), sum(paces.minutes[asked.network])))
    if asked.shape:
        alike = paces.get(What.SHAPE, asked.shape, HOUR)
        subnets = paces.get(What.SCATTER, asked.shape, HOUR)
        # Of a campus, where addresses are numbers, most come from its own network.
        beyond = alike > SHAPE_SHARE * everybody and subnets >= SHAPE_SPREAD * alike
        if alike >= SHAPE_TOTAL and subnets >= SHAPE_SUBNETS and beyond:
            signs.append(Sign(Why.SEQUENCE, HOLD_AT, (str(What.SHAPE), asked.shape), int(alike)))
        elif alike >= SHAPE_TOTAL / 2 and subnets >= SHAPE_SUBNETS / 2 and beyond:
            signs.append(Sign(Why.SEQUENCE, WEAK))
    return signs


def _domain_signs(asked: Asked, paces: Paces) -> list[Sign]:
    signs = []
    site = asked.site
    total, subnets = paces.get(What.DOMAIN, site, HOUR), paces.get(What.SPREAD, site, HOUR)
    day, day_subnets = paces.get(What.DOMAIN, site, DAY), paces.get(What.SPREAD, site, DAY)
    if (total >= SPREAD_TOTAL and subnets >= SPREAD_SUBNETS) or (
        day >= SPREAD_DAY_TOTAL and day_subnets >= SPREAD_DAY_SUBNETS
    ):
        signs.append(Sign(Why.DOMAIN_SPREAD, HOLD_AT, (str(What.DOMAIN), site), int(max(total, 1))))
    if asked.subnet:
        strangers = paces.get(What.MIXED, asked.subnet, DAY)
        if strangers >= MIXED_DOMAINS and strangers >= MIXED_SHARE * paces.get(What.SUBNET, asked.subnet, DAY):
            signs.append(Sign(Why.MANY_DOMAINS, WEAK))
    return signs


def is_flood(paces: Paces) -> bool:
    """Tell whether unknown domains come in numbers that no news brings."""
    fresh, everybody = paces.get(What.FRESH, "", 600), paces.get(What.ALL, "", 600)
    return fresh >= FLOOD_TOTAL and fresh > FLOOD_SHARE * (everybody + fresh)


def is_regular(minutes: Sequence[int]) -> bool:
    """Tell whether requests come as evenly as people never do; `minutes` has how many came in each.

    Of people who know nothing of one another the variance of such counts is their mean, and larger where news brings
    them; below a fifth of it over twenty minutes they are found once in twenty thousand times, machines always.
    """
    if len(minutes) < REGULAR_MINUTES or sum(minutes) < REGULAR_TOTAL:
        return False
    return pvariance(minutes) < REGULAR_VARIANCE * fmean(minutes)


def is_silent(sent: int, confirmed: int) -> bool:
    """Tell whether hardly anybody answers the letters: their addresses were not the senders' own."""
    return sent >= SENT_TOTAL and confirmed < CONFIRMED_SHARE * sent
