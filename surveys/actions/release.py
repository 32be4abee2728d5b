"""The way of a version to the public, which leads through the gate alone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from engage.accounts.actors import SYSTEM, Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.publishing import gate
from engage.search import actions as search
from surveys import building, quotas
from surveys.actions.picturing import settle_pictures
from surveys.actions.writing import IN_WORK, KIND, locked
from surveys.answering.sheets import ANSWERABLE
from surveys.models import Version


@transaction.atomic
def publish(version: Version, /, *, now: datetime, actor: Actor) -> None:
    """Let everybody answer what was signed; the version before is replaced, and who began on it finishes on it.

    The gate calls this in its own transaction. Raises Refused("survey_not_in_work"), Refused("release_incomplete",
    lacks=[...]), and Refused("release_changed") for what is no longer as it was signed.
    """
    version = locked(version.pk, SYSTEM)
    if version.state not in IN_WORK:
        raise Refused("survey_not_in_work")
    if gaps := building.gaps(version):
        raise Refused("release_incomplete", lacks=[building.gap_sentence(gap) for gap in gaps])
    gate.require_signed(KIND, version, building.content_hash(version))
    before = Version.objects.filter(questionnaire=version.questionnaire_id, state=Version.State.PUBLISHED).first()
    if before is not None:
        before.state = Version.State.SUPERSEDED
        before.save(update_fields=["state"])
    version.state, version.published_at = Version.State.PUBLISHED, now
    version.definition_hash = building.definition_hash(version)
    version.save(update_fields=["state", "published_at", "definition_hash"])
    questionnaire, said = version.questionnaire, version.parsed.settings
    questionnaire.results, questionnaire.anonymous = said.results, said.anonymous
    questionnaire.access = building.access_of(version.parsed)
    questionnaire.save(update_fields=["results", "anonymous", "access"])
    quotas.lay_out(questionnaire.pk, {quota.name: quota.limit for quota in version.parsed.quotas})
    settle_pictures(version)
    search.index(version, *([before] if before else []))
    journal.record(
        actor, "questionnaire.published", questionnaire, number=version.number, sha256=version.definition_hash
    )


@transaction.atomic
def unpublish(version: Version, /, *, now: datetime, actor: Actor) -> None:
    """Take a version from the public: nobody can begin or send it any more.

    One that a later version replaced is taken down, too: whoever began on it cannot send it.
    """
    version = locked(version.pk, SYSTEM)
    if version.state not in ANSWERABLE:
        return
    version.state = Version.State.TAKEN_DOWN
    version.save(update_fields=["state"])
    settle_pictures(version)
    search.index(version)
    journal.record(actor, "questionnaire.taken_down", version.questionnaire, number=version.number)
