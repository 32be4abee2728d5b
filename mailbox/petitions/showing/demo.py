"""The demo's petitions: in every public state, with signatures row by row, so that the counts are right like any.

A row of the demo says where and when somebody signed and nothing of who: as rows are once they are forgotten.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from engage.accounts.actions import demo_user
from engage.accounts.actors import ANYONE, Role
from engage.departments.models import Department
from engage.pages.demo_content import FOLDER
from engage.participation import actions as participation
from engage.publishing import actions as gate
from engage.publishing import registry
from mailbox import actions as cases
from mailbox.actions import DraftWords, Given
from mailbox.models import Case
from mailbox.petitions.actions.counting import roll_up
from mailbox.petitions.models import (
    Crossing,
    Petition,
    PetitionEvent,
    PetitionRules,
    RejectionReason,
    Signature,
    State,
    Threshold,
    Wording,
)
from mailbox.petitions.moderating.rules import closing_moment
from mailbox.publication import actions as publications
from mailbox.publication import building
from mailbox.publication.actions import Checked

A_DAY = timedelta(days=1)
# How likely a signer is from each region; the rest is abroad.
REGIONS = {"chengdong": 24, "chengxi": 19, "shiqiao": 16, "liuwan": 14, "nanpu": 15, "qinghe": 9}
COUNTRIES = ("DE", "SG", "US")
ABROAD = 2
# By hour of the day here: people sign in the evening and hardly at night.
HOURS = (1, 0, 0, 0, 0, 1, 3, 6, 8, 9, 9, 9, 12, 9, 8, 8, 9, 10, 12, 15, 18, 16, 10, 4)


@transaction.atomic
def load() -> None:
    """Load the petitions once; a second call changes nothing. They need the demo's regions, so only a demo has them."""
    if not settings.DEMO or Petition.objects.exists():
        return
    given = json.loads((FOLDER / "petitions.json").read_text(encoding="utf-8"))
    units = {unit.code: unit for unit in Department.objects.active()}
    chance = random.Random(7)
    now = timezone.now()
    # What crossed a threshold did so in the past: it is counted as of that day, before the others are there.
    for number, entry in sorted(enumerate(given), key=lambda pair: -pair[1].get("crossed_days_ago", 0)):
        petition = _petition(number, entry, units, now)
        _sign(petition, entry, chance, now)
        if "crossed_days_ago" in entry:
            roll_up(now - entry["crossed_days_ago"] * A_DAY)
        if "answer" in entry:
            _answer(petition, entry, now)
    roll_up(now)


def _petition(number: int, entry: dict[str, Any], units: dict[str, Department], now: datetime) -> Petition:
    opened = now - entry["opened_days_ago"] * A_DAY - timedelta(minutes=20 * number)
    started = opened - 9 * A_DAY
    envelope = participation.Envelope(
        token=participation.token_of("demo:petitions", entry["key"]),
        language=entry["language"],
        received_at=started,
        region=entry["region"],
    )
    submission = participation.once(envelope, lambda: participation.open_submission("petition", envelope, actor=ANYONE))
    state = entry["state"]
    texts = {name: entry[name] for name in ("title", "action", "background", "details")}
    values: dict[str, Any] = {"waiting_since": opened - 4 * A_DAY, "created_at": started}
    events = [("started", started), ("sponsored", opened - 4 * A_DAY)]
    if state in (State.OPEN, State.CLOSED, State.WITHDRAWN):
        months = (PetitionRules.objects.first() or PetitionRules()).months_open
        values |= {
            "opened_at": opened,
            "decided_at": opened,
            "closes_at": closing_moment(opened, months, ZoneInfo(settings.TIME_ZONE)),
        }
        events.append(("opened", opened))
    if state == State.CLOSED:
        values["ended_at"] = values["closes_at"]
        events.append(("closed", values["closes_at"]))
    if state == State.WITHDRAWN:
        values["ended_at"] = now - entry["withdrawn_days_ago"] * A_DAY
        values["closes_at"] = values["ended_at"]
        events.append(("withdrawn", values["ended_at"]))
    if state == State.REJECTED:
        values |= {"decided_at": opened, "ended_at": opened, "reason": _reason(entry["reason"])}
        events.append(("rejected", opened))
    petition = Petition.objects.create(
        submission=submission,
        state=state,
        language=entry["language"],
        region=entry["region"],
        department=units.get(entry["department"]),
        **texts,
        **values,
    )
    Wording.objects.create(petition=petition, at=started, **texts)
    for code, at in events:
        PetitionEvent.objects.create(petition=petition, code=code, at=at)
    return petition


def _reason(code: str) -> RejectionReason:
    return RejectionReason.objects.filter(code=code).first() or RejectionReason.objects.filter(hides=False)[0]


COLUMNS = (
    "petition_id",
    "state",
    "part",
    "slot",
    "region",
    "country",
    "language",
    "wants_news",
    "domain",
    "network",
    "subnet",
    "token_digest",
    "code_digest",
    "asked_at",
    "confirmed_at",
    "why",
)


def _sign(petition: Petition, entry: dict[str, Any], chance: random.Random, now: datetime) -> None:
    """Write the signatures in one statement a thousand: the triggers count them as they count any."""
    columns = ", ".join(COLUMNS)
    rows = list(_rows(petition, entry, chance, now))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO petitions_signature ({columns}) VALUES ({', '.join(['%s'] * len(COLUMNS))})", rows
        )


def _rows(petition: Petition, entry: dict[str, Any], chance: random.Random, now: datetime) -> Iterator[tuple[Any, ...]]:
    adapt = connection.ops.adapt_datetimefield_value
    confirmed, signer = str(Signature.State.CONFIRMED), str(Signature.Part.SIGNER)
    regions = chance.choices(list(REGIONS) + [""], [*REGIONS.values(), ABROAD], k=entry["signatures"])
    moments = _moments(petition, entry, chance, now)
    for number, (region, moment) in enumerate(zip(regions, moments, strict=True)):
        at = adapt(moment)
        country = "" if region else chance.choice(COUNTRIES)
        mark = f"demo-{petition.pk}-{number}"
        yield (
            petition.pk,
            confirmed,
            _part(number) if number < 6 else signer,
            1,
            region,
            country,
            petition.language,
            False,
            "",
            "",
            "",
            mark,
            mark,
            at,
            at,
            "",
        )


def _part(number: int) -> str:
    return str(Signature.Part.SPONSOR if number else Signature.Part.STARTER)


def _moments(petition: Petition, entry: dict[str, Any], chance: random.Random, now: datetime) -> list[datetime]:
    """Return when they signed, in order: sponsors before the opening, then day by day, many more around one day."""
    most = entry["signatures"]
    if petition.opened_at is None:
        return [petition.created_at + timedelta(hours=7 * n) for n in range(most)]
    end = min(now, petition.ended_at or now)
    days = max(1, (end - petition.opened_at).days)
    rush = entry["opened_days_ago"] - entry["rush_days_ago"]
    weights = [1.0 + 7.0 / (1.0 + abs(day - rush)) + 2.0 / (1.0 + day) for day in range(days)]
    places = chance.choices(range(days), weights, k=max(0, most - 6))
    hours = chance.choices(range(24), HOURS, k=len(places))
    first = timezone.localtime(petition.opened_at).replace(hour=0, minute=0, second=0, microsecond=0)
    found = [petition.created_at + timedelta(hours=7 * n) for n in range(min(6, most))]
    for day, hour in zip(places, hours, strict=True):
        moment = first + timedelta(days=day, hours=hour, seconds=chance.randrange(3600))
        found.append(min(max(moment, petition.opened_at), end))
    return sorted(found)


# Who signs which key of the gate in the demo.
SIGNERS = {
    "head": Role.APPROVER,
    "legal": Role.REVIEWER_LEGAL,
    "openness": Role.REVIEWER_OPENNESS,
    "secrecy": Role.REVIEWER_SECRECY,
}


def _answer(petition: Petition, entry: dict[str, Any], now: datetime) -> None:
    """Bring the case of a crossing to its answer, a step every second day, and let the answer through the gate."""
    crossing = Crossing.objects.select_related("case__triage").get(petition=petition, kind=Threshold.Kind.ANSWER)
    case = crossing.case
    if case is None or case.triage is None:
        return
    officer, approver = demo_user(Role.OFFICER), demo_user(Role.APPROVER)
    moments = (crossing.crossed_at + 2 * place * A_DAY for place in range(1, 20))
    unit = case.triage.pk
    cases.take_step(case.pk, "route", Given(department=unit), actor=officer, now=next(moments))
    for step in ("accept", "draft"):
        cases.take_step(case.pk, step, actor=officer, now=next(moments))
    words = DraftWords(entry["answer"], basis=entry["answer_basis"])
    cases.save_draft(case.pk, words, actor=officer, now=next(moments))
    draft = cases.submit_draft(case.pk, actor=officer, now=next(moments))
    cases.approve_draft(case.pk, sha256=draft.sha256, actor=approver, now=next(moments))
    cases.send_due_answers(now=next(moments))
    at = now - entry["answered_days_ago"] * A_DAY
    case = Case.objects.get(pk=case.pk)
    publication = publications.open_publication(case.pk, actor=officer, now=at)
    marks = building.candidates(case, building.source_of(case))
    checked = Checked(entry["answer_words"], [*marks], ["elderly-care"], publication.revision)
    publications.check_words(publication.pk, checked, actor=officer, now=at)
    release = gate.request(publication.form, publication, actor=officer, now=at)
    for key in registry.get(publication.form).keys_for(publication):
        review = release.reviews.get(key=key.code)
        gate.decide(review.pk, "open", content_hash=release.content_hash, now=at, actor=demo_user(SIGNERS[key.code]))
