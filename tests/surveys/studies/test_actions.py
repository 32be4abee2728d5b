"""Who writes studies, what is refused, what the journal keeps; and what is read for the panel, on both databases."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from surveys.models import Invitation, SpentInvitation, Study
from surveys.studies import actions, queries, rules
from tests.accounts.people import person
from tests.surveys.studies.builders import AFTER, BEFORE, asked, study, wave
from tests.surveys.telephone import fields

pytestmark = pytest.mark.django_db

SHARES = [("young", 20.0), ("middle", 40.0), ("old", 40.0)]


def test_a_study_is_read_by_analysts_and_editors_and_written_by_analysts():
    found = study(asked(2, 2))
    for actor, sees in ((person(Role.ANALYST), 1), (person(Role.EDITOR), 1), (person(Role.OFFICER), 0), (ANYONE, 0)):
        assert Study.objects.visible_to(actor).count() == sees
    editor = person(Role.EDITOR)
    for write in (
        lambda: actions.open_study(name="Another", actor=editor),
        lambda: actions.change_study(
            found.pk, name="x", audience="", campaign_id=None, revision=found.revision, actor=editor
        ),
        lambda: actions.remove_wave(found.pk, 1, revision=found.revision, actor=editor),
        lambda: actions.set_benchmark(found.pk, "age", SHARES, source="x", revision=found.revision, actor=editor),
        lambda: actions.remove_benchmark(found.pk, "age", revision=found.revision, actor=editor),
    ):
        with pytest.raises(Refused, match="not_allowed"):
            write()
    verbs = list(JournalRow.objects.filter(verb__startswith="study.").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["study.opened", "study.wave_added", "study.wave_added"]


def test_a_form_sent_twice_opens_one_study():
    token = uuid.uuid4()
    made = [actions.open_study(name="Parks", token=token, actor=SYSTEM).pk for _time in range(2)]
    assert made[0] == made[1] and Study.objects.count() == 1


def test_waves_that_share_answers_and_forms_that_are_old_are_refused():
    questionnaire = asked(2, 2)
    found = study(questionnaire)
    for new, code in (
        (wave(questionnaire, rules.Part(), "All"), "study_waves_overlap"),
        (wave(questionnaire, rules.Part(version=7), "Seventh"), "study_version_unknown"),
        (actions.NewWave("None", 10**9, BEFORE), "study_questionnaire_unknown"),
        (wave(questionnaire, BEFORE, " "), "study_name_missing"),
    ):
        with pytest.raises(Refused, match=code):
            actions.add_wave(found.pk, new, revision=found.revision, actor=SYSTEM)
    with pytest.raises(Refused, match="study_changed_meanwhile"):
        actions.remove_wave(found.pk, 1, revision=found.revision - 1, actor=SYSTEM)
    # Its own answers do not stand in the way of a wave.
    changed = actions.change_wave(
        found.pk, 2, wave(questionnaire, AFTER, "Autumn"), revision=found.revision, actor=SYSTEM
    )
    actions.remove_wave(found.pk, 1, revision=found.revision + 1, actor=SYSTEM)
    assert list(found.waves.values_list("name", flat=True)) == ["Autumn"] and changed.number == 2
    with pytest.raises(Refused, match="study_wave_gone"):
        actions.remove_wave(found.pk, 1, revision=found.revision + 2, actor=SYSTEM)


def test_a_benchmark_is_replaced_and_taken_out():
    found = study(asked(2, 2))
    actions.set_benchmark(found.pk, "age", SHARES, source="Census", revision=2, actor=SYSTEM)
    again = [("young", 30.0), ("middle", 30.0), ("old", 40.0)]
    actions.set_benchmark(found.pk, "age", again, source="Register", revision=3, actor=SYSTEM)
    kept = found.benchmarks.get()
    assert (kept.source, kept.shares) == ("Register", [list(pair) for pair in again])
    with pytest.raises(Refused, match="study_source_missing"):
        actions.set_benchmark(found.pk, "age", again, source=" ", revision=4, actor=SYSTEM)
    actions.remove_benchmark(found.pk, "age", revision=4, actor=SYSTEM)
    assert not found.benchmarks.exists()


def invited(questionnaire, group, people, answered):
    now = timezone.now()
    made = Invitation.objects.bulk_create(
        Invitation(
            questionnaire=questionnaire, digest=f"{group}-{at}", language="en", wave=1, group=group,
            reminded_at=now if at % 2 else None,
        )
        for at in range(people)
    )  # fmt: skip
    SpentInvitation.objects.bulk_create(SpentInvitation(digest=one.digest) for one in made[:answered])


def test_the_panel_counts_who_was_invited_and_who_answered_by_group():
    questionnaire = asked(20, 20)
    found = study(questionnaire)
    invited(questionnaire, "north", 40, 10)
    invited(questionnaire, "south", 60, 45)
    opened = queries.Opened(found, "en")
    panel = queries.panel(opened, opened.waves[1], SYSTEM)
    assert panel.invited is not None and panel.invited.r is not None
    assert (panel.invited.people, panel.invited.reminded, panel.invited.answered) == (100, 50, 55)
    assert panel.invited.groups == [("north", 40, "10", "25.0%"), ("south", 60, "45", "75.0%")]
    # 40 at 0.25 and 60 at 0.75 around 0.55: a variance of (40 * 0.09 + 60 * 0.04) / 99.
    assert panel.invited.r.value == pytest.approx(1 - 2 * (6.0 / 99) ** 0.5)


def test_groups_of_few_invitations_say_neither_answers_nor_r():
    questionnaire = asked(20, 20)
    found = study(questionnaire)
    invited(questionnaire, "north", 40, 10)
    invited(questionnaire, "south", 60, 57)
    opened = queries.Opened(found, "en")
    panel = queries.panel(opened, opened.waves[0], SYSTEM)
    assert panel.invited is not None and panel.invited.r is None
    assert panel.invited.groups == [("north", 40, "–", "–"), ("south", 60, "–", "–")]


def test_numbers_called_in_the_days_of_the_wave_are_counted():
    field = fields.study(3, key="by-telephone")
    fields.call(field, fields.interviewer(), "5.62", fields.NOW)
    made = actions.open_study(name="Calls", actor=SYSTEM)
    day = timezone.localdate(fields.NOW)
    parts = (rules.Part(last_day=day), rules.Part(first_day=day + timedelta(days=1)))
    for at, part in enumerate(parts):
        actions.add_wave(made.pk, wave(field.questionnaire, part, f"Wave {at}"), revision=at, actor=SYSTEM)
    opened = queries.Opened(made, "en")
    called = [queries.panel(opened, one, SYSTEM).called for one in opened.waves]
    assert called == [queries.Called(3, 1), queries.Called(3, 0)]
    # Numbers of the sample are for who leads telephone studies.
    assert queries.panel(opened, opened.waves[0], person(Role.EDITOR)).called is None
