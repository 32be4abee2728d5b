"""Opening a study, and numbers that are not called any more."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from surveys.models import Questionnaire
from surveys.telephone.access import check_supervisor
from surveys.telephone.models import DoNotCall, SampleNumber, TelephoneStudy, number_index
from surveys.telephone.planning import write_plan
from surveys.telephone.rules import Zones, normal_number
from surveys.telephone.rules.numbers import PLANS
from surveys.telephone.rules.storing import read_rules


@transaction.atomic
def open_study(
    questionnaire: Questionnaire,
    *,
    name: str,
    country: str = "CN",
    rules: Mapping[str, Any] | None = None,
    zones: Zones | None = None,
    shares: Mapping[str, float] | None = None,
    opens_at: datetime,
    closes_at: datetime | None = None,
    actor: Actor,
) -> TelephoneStudy:
    """Open a telephone study on a questionnaire.

    Raises Refused: not_allowed, phone_region_unknown, sample_zone_unknown, what `read_rules` raises,
    telephone_shares_invalid (a share that is not above 0), telephone_name_missing, telephone_closes_early,
    telephone_anonymous (the number of who answers is known, so anonymity could not be kept).
    """
    check_supervisor(actor)
    zones = zones or Zones("Asia/Shanghai")
    zones.check()
    read_rules(rules or {})
    if country not in PLANS:
        raise Refused("phone_region_unknown", region=country)
    if questionnaire.anonymous:
        raise Refused("telephone_anonymous")
    if not name.strip():
        raise Refused("telephone_name_missing")
    if closes_at is not None and closes_at <= opens_at:
        raise Refused("telephone_closes_early")
    if any(share <= 0 for share in (shares or {}).values()):
        raise Refused("telephone_shares_invalid")
    study = TelephoneStudy.objects.create(
        questionnaire=questionnaire,
        name=name.strip(),
        country=country,
        rules=dict(rules or {}),
        default_zone=zones.default,
        zones=dict(zones.by_region),
        shares=dict(shares or {}),
        seed=secrets.token_hex(16),
        opens_at=opens_at,
        closes_at=closes_at,
        created_by=actor if isinstance(actor, User) else None,
    )
    journal.record(actor, "telephone.study_opened", study, questionnaire=questionnaire.key)
    return study


@transaction.atomic
def silence(study: TelephoneStudy, number: str, *, everywhere: bool, actor: Actor, now: datetime) -> None:
    """Put a number on the do-not-call list, of this study or of all: it is not called again, whoever asked.

    Raises Refused: not_allowed, what `normal_number` raises. A number that is on the list already stays there.
    """
    check_supervisor(actor)
    index = number_index(normal_number(number, study.country).e164)
    silence_index(study, index, everywhere=everywhere, actor=actor, now=now)


def silence_index(study: TelephoneStudy, index: str, *, everywhere: bool, actor: Actor, now: datetime) -> None:
    """The list itself, inside the caller's transaction: the entry, and the plan of every number it concerns."""
    where = None if everywhere else study
    DoNotCall.objects.get_or_create(
        index=index, study=where, defaults={"since": now, "by": actor if isinstance(actor, User) else None}
    )
    concerned = Q(index=index) if everywhere else Q(index=index, study=study)
    for number in SampleNumber.objects.filter(concerned).select_for_update(of=("self",)).select_related("study"):
        write_plan(number, number.study)
    journal.record(actor, "telephone.not_to_be_called", study, everywhere=everywhere)
