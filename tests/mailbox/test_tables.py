"""The tables of the kinds: whole, in both languages, and the same in the documents."""

import re

import pytest
from django.utils import translation

from engage.calendars.profiles import SHIPPED
from engage.errors import Refused
from engage.pages.messages import refusal_message, registered_codes
from engage.participation import timeline
from mailbox import diagrams, rules, words
from mailbox.kinds import KINDS
from mailbox.kinds.common import WHO_LABELS
from mailbox.kinds.notices import FORMS
from mailbox.kinds.reasons import REASONS, RESULTS
from mailbox.machine import Does, Machine, Phase, State, Transition, Who, faults

MACHINES = list(KINDS.values())
every_kind = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.code)


@every_kind
def test_a_table_has_no_dead_end_and_names_only_what_there_is(machine):
    assert list(faults(machine)) == []
    targets = {target.name for profile in SHIPPED for target in profile.targets}
    events = {name for profile in SHIPPED for target in profile.targets for name in target.event_names}
    families = {profile.family for profile in SHIPPED}
    assert set(machine.families) <= families
    for transition in machine.transitions:
        assert set(transition.guards) <= set(rules.GUARDS)
        assert transition.notice == "" or transition.notice in FORMS
        assert set(transition.reasons) <= set(REASONS) | set(RESULTS)
        for effect in transition.effects:
            assert effect.target in targets | {""} and effect.event in events | {""}
            assert effect.family in families | {""}
    assert set(machine.results) <= set(RESULTS)
    assert machine.answer_notice in FORMS


def test_a_broken_table_is_found():
    state = State("a", "A", Phase.NEW, 1)
    lonely = State("b", "B", Phase.NEW, 1)
    broken = Machine("x", "X", "x", (), "a", (state, lonely), (Transition("go", ("a",), "c", (Who.CLERK,), "Go"),))
    assert set(faults(broken)) == {"go: there is no state c", "nobody reaches b", "nobody leaves b"}


@every_kind
def test_no_step_of_a_clerk_stops_a_clock_without_telling_the_sender(machine):
    stopping = {"clarify_asked", "third_party_asked", "fees_notice", "hearing_start"}
    for transition in machine.transitions:
        stops = any(effect.does is Does.MARK and effect.event in stopping for effect in transition.effects)
        ends = any(effect.does in (Does.END, Does.EXTEND) for effect in transition.effects)
        if stops or (ends and set(transition.who) & {Who.CLERK, Who.LEAD, Who.APPROVER, Who.OPENNESS}):
            assert transition.told is not None, transition.code
        if stops:
            assert transition.notice, transition.code


@every_kind
def test_every_word_of_a_table_is_there_in_both_languages(machine):
    said = [machine.label, *(state.label for state in machine.states)]
    said += [text for transition in machine.transitions for text in (transition.label, transition.told) if text]
    said += [*REASONS.values(), *RESULTS.values(), *WHO_LABELS.values()]
    said += [text for form in FORMS.values() for text in (form.title, form.opening, form.closing) if text]
    for text in said:
        with translation.override("en"):
            english = str(text)
        with translation.override("zh-hans"):
            chinese = str(text)
        assert re.search("[\u4e00-\u9fff]", chinese) and not re.search("[\u4e00-\u9fff]", english), english
        assert set(re.findall(r"%\((\w+)\)", chinese)) == set(re.findall(r"%\((\w+)\)", english)), english


@every_kind
def test_every_step_that_is_told_has_its_sentence_on_the_timeline(machine):
    for transition in machine.transitions:
        code = f"{machine.code}.{transition.code}"
        # What was told before the step changed is read for ever.
        assert (code in timeline._sentences) == (transition.told is not None or code == "enquiry.answer_plainly")
        assert len(code) <= 48


def test_the_documents_say_what_the_tables_say():
    assert diagrams.FILE.read_text(encoding="utf-8") == diagrams.document(), "run manage.py case_tables"


def test_a_refused_step_says_who_could_take_it_and_when_in_both_languages():
    refusal = Refused(
        "transition_not_allowed",
        kind="letter",
        step="accept",
        state="answered",
        by=(Who.LEAD,),
        when=("routed",),
    )
    with translation.override("en"):
        english = refusal_message(refusal)
    with translation.override("zh-hans"):
        chinese = refusal_message(refusal)
    assert "an officer of the unit in charge" in english and "passed to a unit" in english
    assert not re.search("[A-Za-z]", chinese)


def test_every_refusal_of_the_room_has_its_sentence():
    from pathlib import Path

    folder = Path(words.__file__).parent
    used = {
        code
        for path in (folder / "rules.py", *folder.glob("actions/*.py"), folder / "queries" / "published.py")
        for code in re.findall(r'(?:raise|return) Refused\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert used and used <= registered_codes()
    # Raised by the room's commands, and by the calendars.
    assert set(words.REFUSALS) <= used | {"clock_profile_unknown", "department_code_unknown"}
