"""Taking in a sample: all or nothing, with everything that is wrong told by row."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.tables import RowFault
from surveys.telephone.access import check_supervisor
from surveys.telephone.actions.studies import check_asked
from surveys.telephone.models import DoNotCall, SampleNumber, TelephoneStudy, number_index
from surveys.telephone.planning import case_of, plan_columns
from surveys.telephone.rules import SampleRow, read_sample
from surveys.telephone.tables import read_table

_LOOK_UP_AT_ONCE = 500


@transaction.atomic
def import_sample(study_id: int, content: bytes, *, actor: Actor, now: datetime) -> tuple[int, list[RowFault]]:
    """Add the numbers of a file to a study; returns how many came and what is wrong by row.

    With one fault nothing is taken. Numbers that are on the do-not-call list come along and are never called, so that
    they count. Raises Refused: not_allowed, and what `published_languages`, `read_table` and `read_sample` raise.
    """
    check_supervisor(actor)
    study = TelephoneStudy.objects.visible_to(actor).select_for_update(no_key=True).get(pk=study_id)
    languages = published_languages(study)
    rows, faults = read_sample(
        read_table(content), country=study.country, zones=study.region_zones, languages=languages, strata=study.shares
    )
    indexes = [number_index(row.phone.e164) for row in rows]
    known = _known(study, indexes)
    faults += [
        RowFault("phone_in_sample", row.line, "phone", {"value": row.phone.e164})
        for row, index in zip(rows, indexes, strict=True)
        if index in known
    ]
    if faults:
        return 0, sorted(faults, key=lambda fault: fault.line)
    SampleNumber.objects.bulk_create(_numbers(study, rows, indexes), batch_size=500)
    study.sample_zones = sorted({*study.sample_zones, *(row.zone for row in rows)})
    study.save(update_fields=["sample_zones"])
    journal.record(actor, "telephone.sample_imported", study, numbers=len(rows), at=now.isoformat())
    return len(rows), []


def published_languages(study: TelephoneStudy) -> tuple[str, ...]:
    """Return the languages of the questionnaire as published.

    Raises Refused("telephone_nothing_to_ask") when it is not, Refused("telephone_not_asked") when it is asked
    otherwise.
    """
    version = check_asked(study.questionnaire)
    if version is None:
        raise Refused("telephone_nothing_to_ask")
    return version.parsed.languages


def _known(study: TelephoneStudy, indexes: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(indexes), _LOOK_UP_AT_ONCE):
        part = SampleNumber.objects.filter(study=study, index__in=indexes[start : start + _LOOK_UP_AT_ONCE])
        known.update(part.values_list("index", flat=True))
    return known


def _numbers(study: TelephoneStudy, rows: list[SampleRow], indexes: list[str]) -> list[SampleNumber]:
    """Make the rows. A stratum's n-th number has its turn at n by its share: that is the order of `next_case`."""
    silenced = set(DoNotCall.objects.filter(study=None).values_list("index", flat=True))
    silenced |= set(DoNotCall.objects.filter(study=study).values_list("index", flat=True))
    sample = SampleNumber.objects.filter(study=study)
    place = sample.aggregate(last=Max("place"))["last"] or 0
    before = Counter(dict(sample.values_list("stratum").annotate(Count("pk")).order_by()))
    made = []
    for offset, (row, index) in enumerate(zip(rows, indexes, strict=True), start=1):
        number = SampleNumber(
            study=study,
            number=row.phone.e164,
            index=index,
            name=row.name,
            kind=row.phone.kind,
            extension=row.phone.extension,
            zone=row.zone,
            region=row.region,
            language=row.language,
            stratum=row.stratum,
            place=place + offset,
            turn=before[row.stratum] / (study.shares.get(row.stratum, 1.0) if study.shares else 1.0),
        )
        before[row.stratum] += 1
        for name, value in plan_columns(case_of(number, (), None, silenced=index in silenced), study).items():
            setattr(number, name, value)
        made.append(number)
    return made
