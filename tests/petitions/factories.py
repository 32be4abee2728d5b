"""Petitions and signatures as rows: for tests of what comes after they were made."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from engage.accounts.actors import ANYONE
from engage.participation import actions as participation
from mailbox.petitions.models import Petition, RejectionReason, Signature, State
from tests.participation.factories import envelope

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def petition(state: str = State.OPEN, *, now: datetime = NOW, **fields: Any) -> Petition:
    """Write a petition in a state; open ones close half a year later."""
    given = envelope(received_at=now)
    submission = participation.once(given, lambda: participation.open_submission("petition", given, actor=ANYONE))
    values: dict[str, Any] = {
        "state": state,
        "language": "zh-hans",
        "title": "在地铁口增设自行车停车位",
        "action": "请在每个地铁口增设不少于一百个自行车停车位，并安装遮雨棚。",
        "background": "早高峰时车辆占满人行道，行人只能走到车道上。",
        "created_at": now,
    }
    if state in (State.OPEN, State.CLOSED):
        values |= {"opened_at": now, "closes_at": now + timedelta(days=182), "decided_at": now}
    if state == State.CLOSED:
        values |= {"closes_at": now, "ended_at": now, "opened_at": now - timedelta(days=182)}
    if state in (State.WAITING, State.FLAGGED, State.DORMANT):
        values |= {"waiting_since": now}
    if state in (State.REJECTED, State.HIDDEN):
        values |= {"reason": reason(hides=state == State.HIDDEN), "decided_at": now, "ended_at": now}
    return Petition.objects.create(submission=submission, **(values | fields))


def reason(code: str = "", *, hides: bool = False) -> RejectionReason:
    """Return a reason for turning a petition down."""
    found, _made = RejectionReason.objects.get_or_create(
        code=code or ("test-unlawful" if hides else "test-unclear"),
        defaults={
            "title_zh": "内容违法" if hides else "诉求不明确",
            "title_en": "Unlawful" if hides else "The ask is not clear",
            "mend_zh": "请写明希望政府做什么。",
            "mend_en": "Say what the government should do.",
            "hides": hides,
        },
    )
    return found


def signature(of: Petition, state: str = Signature.State.CONFIRMED, *, now: datetime = NOW, **fields: Any) -> Signature:
    """Write a signature of somebody new."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "state": state,
        "name": f"签名者{number}",
        "email": f"signer{number}@example.org",
        "address": sha256(f"address {number}".encode()).hexdigest()[:32],
        "person": sha256(f"person {number}".encode()).hexdigest()[:32],
        "region": "east",
        "language": "zh-hans",
        "domain": "example.org",
        "network": sha256(f"network {number}".encode()).hexdigest()[:32],
        "subnet": sha256(f"subnet {number // 250}".encode()).hexdigest()[:32],
        "token_digest": sha256(f"token {number}".encode()).hexdigest(),
        "code_digest": sha256(f"code {number}".encode()).hexdigest(),
        "asked_at": now,
    }
    if state == Signature.State.CONFIRMED:
        values |= {"confirmed_at": now, "slot": 1}
    return Signature.objects.create(petition=of, **(values | fields))
