"""Writing studies: what they are, their waves, and what is known of the population."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.campaigns.models import Campaign
from surveys.models import Benchmark, Questionnaire, Study, StudyWave
from surveys.studies import rules

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class NewWave:
    """What a wave is: its name, for whom, and which responses of which questionnaire it takes."""

    name: str
    questionnaire_id: int
    part: rules.Part
    audience: str = ""


def check_analyst(actor: Actor) -> None:
    """Raise Refused("not_allowed") for who does not write studies."""
    if not has_role(actor, Role.ANALYST):
        raise Refused("not_allowed")


def _locked(study_id: int, revision: int, actor: Actor) -> Study:
    """Return a study to be changed. Raises Refused: not_allowed, study_changed_meanwhile."""
    check_analyst(actor)
    study = Study.objects.visible_to(actor).select_for_update().get(pk=study_id)
    if study.revision != revision:
        raise Refused("study_changed_meanwhile")
    study.revision += 1
    return study


def _described(study: Study, name: str, audience: str, campaign_id: int | None, actor: Actor) -> None:
    if not name.strip():
        raise Refused("study_name_missing")
    if campaign_id is not None and not Campaign.objects.visible_to(actor).filter(pk=campaign_id).exists():
        raise Refused("study_campaign_unknown")
    study.name, study.audience, study.campaign_id = name.strip(), audience.strip(), campaign_id


@transaction.atomic
def open_study(
    *, name: str, audience: str = "", campaign_id: int | None = None, token: uuid.UUID | None = None, actor: Actor
) -> Study:
    """Open a study; a token that was used returns the study it made.

    Raises Refused: not_allowed, study_name_missing, study_campaign_unknown.
    """
    check_analyst(actor)
    token = token or uuid.uuid4()
    if known := Study.objects.visible_to(actor).filter(token=token).first():
        return known
    study = Study(token=token, created_by=actor if isinstance(actor, User) else None)
    _described(study, name, audience, campaign_id, actor)
    study.save()
    journal.record(actor, "study.opened", study, name=study.name)
    return study


@transaction.atomic
def change_study(
    study_id: int, *, name: str, audience: str, campaign_id: int | None, revision: int, actor: Actor
) -> Study:
    """Change what a study is. Raises Refused as `open_study` does, and study_changed_meanwhile."""
    study = _locked(study_id, revision, actor)
    _described(study, name, audience, campaign_id, actor)
    study.save()
    journal.record(actor, "study.changed", study, name=study.name)
    return study


@transaction.atomic
def add_wave(study_id: int, wave: NewWave, *, revision: int, actor: Actor) -> StudyWave:
    """Add a wave after the others.

    Raises Refused: not_allowed, study_changed_meanwhile, study_waves_many (most), study_name_missing,
    study_days_wrong, study_questionnaire_unknown, study_version_unknown (version), study_waves_overlap (wave).
    """
    study = _locked(study_id, revision, actor)
    if study.waves.count() >= rules.WAVES_MOST:
        raise Refused("study_waves_many", most=rules.WAVES_MOST)
    last = study.waves.aggregate(last=Max("number"))["last"] or 0
    found = StudyWave(study=study, number=last + 1)
    _write_wave(found, wave, actor)
    study.save(update_fields=["revision"])
    journal.record(actor, "study.wave_added", study, wave=found.number, **_journalled(wave))
    return found


@transaction.atomic
def change_wave(study_id: int, number: int, wave: NewWave, *, revision: int, actor: Actor) -> StudyWave:
    """Change a wave. Raises Refused as `add_wave` does, and study_wave_gone."""
    study = _locked(study_id, revision, actor)
    found = _wave_of(study, number)
    _write_wave(found, wave, actor)
    study.save(update_fields=["revision"])
    journal.record(actor, "study.wave_changed", study, wave=number, **_journalled(wave))
    return found


@transaction.atomic
def remove_wave(study_id: int, number: int, *, revision: int, actor: Actor) -> None:
    """Take a wave out of its study; no answer is touched. Raises Refused: not_allowed, study_changed_meanwhile,
    study_wave_gone.
    """
    study = _locked(study_id, revision, actor)
    _wave_of(study, number).delete()
    study.save(update_fields=["revision"])
    journal.record(actor, "study.wave_removed", study, wave=number)


def _wave_of(study: Study, number: int) -> StudyWave:
    found = study.waves.filter(number=number).first()
    if found is None:
        raise Refused("study_wave_gone")
    return found


def _journalled(wave: NewWave) -> Mapping[str, object]:
    part = {name: str(value) for name, value in asdict(wave.part).items() if value is not None}
    return {"questionnaire": wave.questionnaire_id, "part": part}


def _write_wave(found: StudyWave, wave: NewWave, actor: Actor) -> None:
    if not wave.name.strip():
        raise Refused("study_name_missing")
    rules.check_part(wave.part)
    questionnaire = Questionnaire.objects.visible_to(actor).filter(pk=wave.questionnaire_id).first()
    if questionnaire is None:
        raise Refused("study_questionnaire_unknown")
    published = questionnaire.versions.filter(published_at__isnull=False)
    if not published.exists():
        raise Refused("study_questionnaire_unknown")
    if wave.part.version is not None and not published.filter(number=wave.part.version).exists():
        raise Refused("study_version_unknown", version=wave.part.version)
    for other in found.study.waves.filter(questionnaire=questionnaire).exclude(pk=found.pk):
        if rules.overlap(wave.part, part_of(other)):
            raise Refused("study_waves_overlap", wave=other.name)
    found.name, found.audience, found.questionnaire = wave.name.strip(), wave.audience.strip(), questionnaire
    found.version, found.invitations = wave.part.version, wave.part.invitations
    found.first_day, found.last_day = wave.part.first_day, wave.part.last_day
    found.save()


def part_of(wave: StudyWave) -> rules.Part:
    """Return which responses a wave takes."""
    return rules.Part(wave.version, wave.invitations, wave.first_day, wave.last_day)


@transaction.atomic
def set_benchmark(
    study_id: int,
    question: str,
    shares: Sequence[tuple[str, float | None]],
    *,
    source: str,
    revision: int,
    actor: Actor,
) -> Benchmark:
    """Write down how large the groups of a question are in the population (percent); a second one replaces the first.

    Raises Refused: not_allowed, study_changed_meanwhile, study_source_missing, study_benchmarks_many (most), and as
    `rules.check_shares`.
    """
    study = _locked(study_id, revision, actor)
    if not source.strip():
        raise Refused("study_source_missing")
    rules.check_shares(shares)
    others = study.benchmarks.exclude(question=question)
    if others.count() >= rules.BENCHMARKS_MOST:
        raise Refused("study_benchmarks_many", most=rules.BENCHMARKS_MOST)
    found, _made = Benchmark.objects.update_or_create(
        study=study,
        question=question,
        defaults={"source": source.strip(), "shares": [[value, share] for value, share in shares]},
    )
    study.save(update_fields=["revision"])
    told = {value: "" if share is None else f"{share:g}" for value, share in shares}
    journal.record(actor, "study.benchmark_set", study, question=question, source=found.source, shares=told)
    return found


@transaction.atomic
def remove_benchmark(study_id: int, question: str, *, revision: int, actor: Actor) -> None:
    """Take a benchmark out. Raises Refused: not_allowed, study_changed_meanwhile."""
    study = _locked(study_id, revision, actor)
    study.benchmarks.filter(question=question).delete()
    study.save(update_fields=["revision"])
    journal.record(actor, "study.benchmark_removed", study, question=question)
