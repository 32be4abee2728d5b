"""Opening a study, and the rules of its calls."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from surveys.models import Questionnaire, Version
from surveys.telephone.access import check_supervisor
from surveys.telephone.models import CallAttempt, SampleNumber, TelephoneStudy
from surveys.telephone.planning import write_plans
from surveys.telephone.rules import Zones
from surveys.telephone.rules.numbers import PLANS
from surveys.telephone.rules.storing import mark_of, read_rules


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
    telephone_anonymous (the number of who answers is known, so anonymity could not be kept), telephone_not_asked (what
    is published is asked in other ways).
    """
    check_supervisor(actor)
    zones = zones or Zones("Asia/Shanghai")
    zones.check()
    read_rules(rules or {})
    if country not in PLANS:
        raise Refused("phone_region_unknown", region=country)
    if questionnaire.anonymous:
        raise Refused("telephone_anonymous")
    check_asked(questionnaire)
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


def check_asked(questionnaire: Questionnaire) -> Version | None:
    """Return what is published of a questionnaire; raises Refused("telephone_not_asked") when it is asked otherwise."""
    version = Version.objects.filter(questionnaire=questionnaire, state=Version.State.PUBLISHED).first()
    if version is not None and not version.parsed.is_asked("phone"):
        raise Refused("telephone_not_asked")
    return version


@transaction.atomic
def change_rules(study_id: int, rules: Mapping[str, Any], *, seen: str, actor: Actor) -> TelephoneStudy:
    """Change the rules of a study's calls; every number that was called gets its next call by them.

    `rules` as `read_rules` reads them, `seen` is `mark_of` what was changed. What was never called waits for the
    windows alone, which are asked at every claim. Raises Refused: not_allowed, telephone_rules_changed (by somebody
    else meanwhile), what `read_rules` raises.
    """
    check_supervisor(actor)
    # Whoever ends a call holds a number and writes rows that name the study: those need not wait.
    study = TelephoneStudy.objects.visible_to(actor).select_for_update(no_key=True).get(pk=study_id)
    if mark_of(study.rules) != seen:
        raise Refused("telephone_rules_changed")
    read_rules(rules)
    before, study.rules = study.rules, dict(rules)
    if before == study.rules:
        return study
    study.save(update_fields=["rules"])
    called = Exists(CallAttempt.objects.filter(number=OuterRef("pk")))
    write_plans(SampleNumber.objects.filter(called, study=study))
    journal.record(actor, "telephone.rules_changed", study, before=before, after=study.rules)
    return study
