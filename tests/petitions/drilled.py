"""Runs a fraud drill as the worker would: requests come in, are held or told, confirmed, looked at again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

from mailbox.petitions.actions import guarding
from mailbox.petitions.addresses import canonical
from mailbox.petitions.hashes import address_key, network_key, person_key
from mailbox.petitions.models import Petition, Signature, Trend
from tests.petitions.drill import HONEST, MINUTE, Request


@dataclass
class Result:
    """What a drill came to, by kind."""

    sent: Counter[str]
    held: Counter[str]
    counted: Counter[str]
    delayed: int
    kinds: dict[int, str]

    def share(self, *, bad: bool) -> float:
        """Return the share of the machines' requests, or of the honest ones, that is held in the end."""
        chosen = [kind for kind in self.sent if (kind != HONEST) is bad]
        return sum(self.held[kind] for kind in chosen) / sum(self.sent[kind] for kind in chosen)

    def table(self) -> str:
        """Return the figures by kind, for documents."""
        lines = []
        for kind in sorted(self.sent):
            sent, held, counted = self.sent[kind], self.held[kind], self.counted[kind]
            lines.append(f"{kind:10} {sent:7} {held:7} {held / sent:8.2%} {counted:7}")
        return "\n".join(lines)


def run(petition: Petition, asked: list[Request], start: datetime, *, step: int) -> Result:
    """Let the requests of a day come in, so many seconds at a time; hold, confirm and look back as the worker does."""
    Trend.objects.bulk_create(
        [Trend(what="domain", value=f"firm{n}.com.cn", hour=start - timedelta(days=9), total=1) for n in range(400)]
    )
    kinds: dict[int, str] = {}
    due: list[tuple[float, int]] = []
    answers: dict[int, float | None] = {}
    slots: dict[str, list[str]] = {}
    delayed: set[int] = set()
    minute, tens, at = 0, 0, 0
    while at < len(asked) or due:
        nearest = [asked[at].at] if at < len(asked) else []
        nearest += [due[0][0]] if due else []
        ends = (min(nearest) // step + 1) * step
        now = start + timedelta(seconds=ends)
        some = []
        while at < len(asked) and asked[at].at < ends:
            some.append(asked[at])
            at += 1
        rows = [_row(petition, one, len(kinds) + n, start) for n, one in enumerate(some)]
        Signature.objects.bulk_create(rows)
        held = guarding.hold(rows, now) if rows else {}
        for why in set(held.values()):
            keys = [key for key, code in held.items() if code == why]
            Signature.objects.filter(pk__in=keys).update(state="held", why=why)
        for row, one in zip(rows, some, strict=True):
            kinds[row.pk], answers[row.pk] = one.kind, one.confirms
            if row.pk not in held and one.confirms is not None:
                heappush(due, (ends + one.confirms, row.pk))
        delayed |= {key for key, why in held.items() if why == "wait"}
        _confirm(due, ends, slots, now)
        if ends // MINUTE > minute:
            minute = ends // MINUTE
            before = set(Signature.objects.filter(state="held", why="wait").values_list("pk", flat=True))
            guarding.look_again(now)
            let = Signature.objects.filter(pk__in=before, state="pending").values_list("pk", flat=True)
            for key in let:
                if (after := answers[key]) is not None:
                    heappush(due, (ends + after, key))
        if ends // (10 * MINUTE) > tens:
            tens = ends // (10 * MINUTE)
            guarding.note_silence(now)
    last = start + timedelta(seconds=asked[-1].at + 3600)
    guarding.look_again(last)
    guarding.note_silence(last)
    states = Signature.objects.values_list("pk", "state")
    held_in_the_end = Counter(kinds[pk] for pk, state in states if state == "held")
    counted = Counter(kinds[pk] for pk, state in states if state == "confirmed")
    honest_delayed = sum(kinds[key] == HONEST for key in delayed)
    return Result(Counter(kinds.values()), held_in_the_end, counted, honest_delayed, kinds)


def _confirm(due: list[tuple[float, int]], ends: float, slots: dict[str, list[str]], now: datetime) -> None:
    keys = []
    while due and due[0][0] <= ends:
        keys.append(heappop(due)[1])
    by_slot: dict[int, list[int]] = {1: [], 2: []}
    for pk, address, person in Signature.objects.filter(pk__in=keys, state="pending").values_list(
        "pk", "address", "person"
    ):
        there = slots.setdefault(address, [])
        if person not in there and len(there) < 2:
            there.append(person)
            by_slot[len(there)].append(pk)
    for slot, some in by_slot.items():
        if some:
            Signature.objects.filter(pk__in=some).update(state="confirmed", confirmed_at=now, slot=slot)


def _row(petition: Petition, one: Request, number: int, start: datetime) -> Signature:
    address = canonical(f"{one.local}@{one.domain}")
    return Signature(
        petition=petition,
        name=None,
        email=f"{one.local}@{one.domain}",
        address=address_key(address),
        person=person_key(one.name),
        region="east",
        language="zh-hans",
        domain=address.rpartition("@")[2],
        network=network_key(one.host),
        subnet=network_key(f"{one.host.rpartition('.')[0]}.0/24"),
        token_digest=f"drill-{number}",
        code_digest="",
        asked_at=start + timedelta(seconds=one.at),
    )
