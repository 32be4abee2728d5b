"""Points, themes and finished comments: who may, what is kept, what is refused, what can be taken back."""

import pytest
from django.utils import translation

from consultations.actions import withdraw_comments
from consultations.coding import actions, queries, suggestions
from consultations.coding.models import Coding, Point, Step, Theme, ThemeEvent
from consultations.coding.rules import Stretch
from engage.accounts.actors import ANYONE, SYSTEM, ReceiptHolder, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.pages.messages import refusal_message, registered_codes
from engage.participation.actions import moderate
from tests.accounts.people import person
from tests.coding.factories import TEXT, analyst, desk_call, officer, said, stranger, theme
from tests.consultations.factories import call

pytestmark = pytest.mark.django_db


def refusal(action, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        action(*args, **kwargs)
    assert refusal_message(refused.value)
    return refused.value.code


def live(consultation) -> list[tuple[int, str, str]]:
    """The codings that count: comment, words, theme."""
    rows = Coding.objects.filter(theme__consultation=consultation, removed_at=None, point__removed_at=None)
    return sorted(rows.values_list("point__comment_id", "point__quote", "theme__name"))


@pytest.fixture
def world():
    consultation, (comment,), actor = desk_call()
    return consultation, comment, actor


# --- who may -------------------------------------------------------------------------------------------------------


def test_officers_of_the_department_analysts_and_administrators_code(world):
    consultation, comment, actor = world
    made = theme(consultation, "次数", actor)
    for coder in (officer(), analyst(), person(Role.ADMINISTRATOR), SYSTEM):
        actions.apply_theme(comment.pk, made.pk, actor=coder)
    for other in (stranger(), person(Role.EDITOR), person(Role.APPROVER), person(Role.CITIZEN)):
        for action in (
            lambda other=other: actions.make_theme(consultation, "别的", actor=other),
            lambda other=other: actions.apply_theme(comment.pk, made.pk, actor=other),
            lambda other=other: actions.finish_comment(comment.pk, actor=other),
            lambda other=other: actions.merge_theme(made.pk, made.pk, revision=0, actor=other),
        ):
            with pytest.raises((Refused, consultation.DoesNotExist)) as refused:
                action()
            if isinstance(refused.value, Refused):
                assert refused.value.code in ("not_allowed", "theme_gone", "comment_gone")


def test_who_takes_part_sees_nothing_of_the_desk(world):
    consultation, comment, actor = world
    actions.apply_theme(comment.pk, theme(consultation, "次数", actor).pk, actor=actor)
    for reader in (ANYONE, person(Role.CITIZEN), ReceiptHolder(comment.submission_id)):
        for model in (Theme, Point, Coding):
            assert not model.objects.visible_to(reader).exists()


# --- points and themes ---------------------------------------------------------------------------------------------


def test_a_theme_is_given_to_the_whole_to_words_and_to_a_point_that_is_there(world):
    consultation, comment, actor = world
    often, days = theme(consultation, "次数", actor), theme(consultation, "周末", actor)
    actions.apply_theme(comment.pk, often.pk, actor=actor)
    words = TEXT[7:16]
    (coding,) = actions.apply_theme(
        comment.pk, days.pk, actions.Target(stretches=(Stretch(7, 16),)), edited="", actor=actor
    )
    actions.apply_theme(comment.pk, often.pk, actions.Target(points=(coding.point_id,)), actor=actor)
    assert live(consultation) == [
        (comment.pk, "", "次数"),
        (comment.pk, words, "周末"),
        (comment.pk, words, "次数"),
    ]


def test_the_same_theme_twice_is_one_coding_whoever_gives_it(world):
    consultation, comment, actor = world
    made = theme(consultation, "次数", actor)
    assert len(actions.apply_theme(comment.pk, made.pk, actor=actor)) == 1
    assert actions.apply_theme(comment.pk, made.pk, actor=officer()) == []
    assert Coding.objects.get().coder == actor


def test_passages_that_overlap_a_point_are_refused_and_nothing_is_kept(world):
    consultation, comment, actor = world
    made = theme(consultation, "次数", actor)
    actions.mark_points(comment.pk, [Stretch(0, 7)], actor=actor)
    target = actions.Target(stretches=(Stretch(20, 24), Stretch(3, 10)))
    assert refusal(actions.apply_theme, comment.pk, made.pk, target, actor=actor) == "stretch_overlaps"
    assert Point.objects.count() == 1 and not Coding.objects.exists()


def test_a_comment_that_its_sender_changed_meanwhile_is_not_marked_in_the_wrong_place(world):
    consultation, comment, actor = world
    comment.edited_at = comment.created_at
    comment.save()
    target = [Stretch(0, 7)]
    assert refusal(actions.mark_points, comment.pk, target, edited="", actor=actor) == "comment_changed"
    assert actions.mark_points(comment.pk, target, edited=comment.edited_at.isoformat(), actor=actor)


def test_withdrawn_and_rejected_comments_are_not_coded(world):
    consultation, comment, actor = world
    made = theme(consultation, "次数", actor)
    rejected = said(consultation, "这是广告，快来买东西。")
    moderate(rejected, "rejected", reason="off_topic", actor=SYSTEM)
    withdraw_comments(comment.submission_id, ReceiptHolder(comment.submission_id))
    for one in (comment, rejected):
        assert refusal(actions.apply_theme, one.pk, made.pk, actor=actor) == "comment_gone"
        assert refusal(actions.finish_comment, one.pk, actor=actor) == "comment_gone"


def test_a_theme_of_another_consultation_is_not_given(world):
    consultation, comment, actor = world
    other = theme(call(), "别处", actor)
    assert refusal(actions.apply_theme, comment.pk, other.pk, actor=actor) == "theme_gone"


def test_what_is_taken_away_keeps_its_row(world):
    consultation, comment, actor = world
    (coding,) = actions.apply_theme(comment.pk, theme(consultation, "次数", actor).pk, actor=actor)
    actions.remove_coding(coding.pk, actor=actor)
    actions.remove_coding(coding.pk, actor=actor)
    assert live(consultation) == []
    kept = Coding.objects.select_related("point").get()
    assert kept.removed_at and kept.point.removed_at  # a whole comment without a theme is no point
    assert JournalRow.objects.filter(verb="coding.removed").count() == 1


def test_an_unmarked_point_takes_its_themes_and_its_decision_along(world):
    consultation, comment, actor = world
    target = actions.Target(stretches=(Stretch(0, 7),))
    (coding,) = actions.apply_theme(comment.pk, theme(consultation, "次数", actor).pk, target, actor=actor)
    actions.decide("point", coding.point_id, actions.DecisionInput("adopted"), current=None, actor=actor)
    actions.unmark_point(coding.point_id, actor=actor)
    assert live(consultation) == []
    assert not coding.point.decisions.filter(replaced_at=None).exists()
    actions.undo_last(consultation, actor=actor)
    assert live(consultation) == [(comment.pk, TEXT[:7], "次数")]
    assert coding.point.decisions.filter(replaced_at=None).exists()


# --- finished ------------------------------------------------------------------------------------------------------


def test_a_comment_is_finished_when_each_point_has_a_theme(world):
    consultation, comment, actor = world
    assert refusal(actions.finish_comment, comment.pk, actor=actor) == "nothing_coded"
    (point,) = actions.mark_points(comment.pk, [Stretch(0, 7)], actor=actor)
    assert refusal(actions.finish_comment, comment.pk, actor=actor) == "point_without_theme"
    assert refusal(actions.finish_comment, comment.pk, nothing=True, actor=actor) == "points_left"
    actions.apply_theme(
        comment.pk, theme(consultation, "次数", actor).pk, actions.Target(points=(point.pk,)), actor=actor
    )
    finished = actions.finish_comment(comment.pk, actor=actor)
    assert finished.coded_at
    assert actions.finish_comment(comment.pk, actor=officer()).coded_at == finished.coded_at


def test_a_comment_may_have_nothing_to_answer(world):
    _consultation, comment, actor = world
    assert actions.finish_comment(comment.pk, nothing=True, actor=actor).coded_at


def test_its_sender_reads_that_it_was_sorted_once_and_when_all_of_it_is(world):
    from engage.participation.queries import tracked

    consultation, comment, actor = world
    holder = ReceiptHolder(comment.submission_id)

    def states():
        found = tracked(comment.submission, actor=holder, now=comment.created_at)
        return [step.state for step in found.story.steps], [line.text for line in found.lines]

    second = said(consultation)
    second.submission, old = comment.submission, second.submission
    second.position = 1
    second.save()
    old.delete()
    actions.finish_comment(comment.pk, nothing=True, actor=actor)
    assert states()[0] == ["done", "done", "now", "todo", "todo"]
    actions.finish_comment(second.pk, nothing=True, actor=actor)
    assert states()[0] == ["done", "done", "done", "done", "now"]
    with translation.override("en"):
        assert states()[1].count("Sorted with others like it") == 1
    actions.reopen_comment(comment.pk, actor=actor)
    assert states()[0] == ["done", "done", "now", "todo", "todo"]
    actions.finish_comment(comment.pk, nothing=True, actor=actor)
    assert comment.submission.timeline.filter(code="comments_sorted").count() == 1


def test_a_comment_that_its_sender_changes_waits_for_a_coder_again(world):
    from consultations.actions import CommentInput, edit_comment

    consultation, comment, actor = world
    actions.finish_comment(comment.pk, nothing=True, actor=actor)
    given = CommentInput(key="art_2", stance="change", text="改成每周开放七天，晚上也开。")
    edit_comment(comment.pk, given, now=comment.created_at, actor=ReceiptHolder(comment.submission_id))
    assert list(queries.unfinished_comments(consultation)) == [comment]


# --- undo ----------------------------------------------------------------------------------------------------------


def test_own_steps_are_taken_back_one_after_the_other(world):
    consultation, comment, actor = world
    made = theme(consultation, "次数", actor)
    actions.apply_theme(comment.pk, made.pk, actions.Target(stretches=(Stretch(0, 7),)), actor=actor)
    actions.finish_comment(comment.pk, actor=actor)
    actions.decide("theme", made.pk, actions.DecisionInput("adopted"), current=None, actor=actor)
    done = [actions.undo_last(consultation, actor=actor).kind for _ in range(4)]
    assert done == [Step.Kind.DECIDED, Step.Kind.FINISHED, Step.Kind.APPLIED, Step.Kind.THEME]
    comment.refresh_from_db()
    made.refresh_from_db()
    assert comment.coded_at is None and live(consultation) == [] and made.retired_at
    assert not Point.objects.filter(removed_at=None).exists()
    assert refusal(actions.undo_last, consultation, actor=actor) == "nothing_to_undo"


def test_undo_takes_back_ones_own_step_only(world):
    consultation, comment, actor = world
    colleague = officer()
    mine, theirs = theme(consultation, "次数", actor), theme(consultation, "周末", colleague)
    actions.apply_theme(comment.pk, mine.pk, actor=actor)
    actions.apply_theme(comment.pk, theirs.pk, actor=colleague)
    actions.undo_last(consultation, actor=actor)
    # The point stays: the colleague gave it a theme.
    assert live(consultation) == [(comment.pk, "", "周末")]


def test_a_theme_that_was_taken_away_comes_back(world):
    consultation, comment, actor = world
    (coding,) = actions.apply_theme(comment.pk, theme(consultation, "次数", actor).pk, actor=actor)
    actions.remove_coding(coding.pk, actor=actor)
    actions.undo_last(consultation, actor=actor)
    assert live(consultation) == [(comment.pk, "", "次数")]


def test_a_mark_whose_place_is_taken_does_not_come_back(world):
    consultation, comment, actor = world
    (point,) = actions.mark_points(comment.pk, [Stretch(0, 7)], actor=actor)
    actions.unmark_point(point.pk, actor=actor)
    actions.mark_points(comment.pk, [Stretch(3, 9)], actor=officer())
    assert refusal(actions.undo_last, consultation, actor=actor) == "undo_overtaken"
    assert Step.objects.filter(undone_at=None).count() == 3


def test_a_theme_in_use_is_not_unmade(world):
    consultation, comment, actor = world
    made = theme(consultation, "次数", actor)
    actions.apply_theme(comment.pk, made.pk, actor=officer())
    assert refusal(actions.undo_last, consultation, actor=actor) == "theme_in_use"


# --- themes --------------------------------------------------------------------------------------------------------


def test_two_themes_of_one_name_in_one_place_are_refused(world):
    consultation, _comment, actor = world
    top = theme(consultation, "次数", actor)
    assert refusal(actions.make_theme, consultation, " 次数 ", actor=actor) == "theme_name_taken"
    assert theme(consultation, "次数", actor, top).parent == top
    assert refusal(actions.make_theme, consultation, " \u200b ", actor=actor) == "theme_needs_name"
    assert refusal(actions.make_theme, consultation, "长" * 201, actor=actor) == "theme_name_too_long"


def test_a_change_on_an_outdated_page_is_refused(world):
    consultation, _comment, actor = world
    made = theme(consultation, "次数", actor)
    actions.edit_theme(made.pk, name="频次", description="", revision=0, actor=officer())
    for action in (
        lambda: actions.edit_theme(made.pk, name="次", description="", revision=0, actor=actor),
        lambda: actions.move_theme(made.pk, theme(consultation, "上", actor).pk, revision=0, actor=actor),
        lambda: actions.retire_theme(made.pk, revision=0, actor=actor),
    ):
        assert refusal(action) == "theme_changed"
    made.refresh_from_db()
    assert (made.name, made.revision) == ("频次", 1)


def test_a_merge_keeps_who_gave_which_theme_and_says_where_the_points_went(world):
    consultation, comment, actor = world
    colleague = officer()
    old, new = theme(consultation, "太少", actor), theme(consultation, "次数", actor)
    child = theme(consultation, "周末", actor, old)
    both = said(consultation)
    actions.apply_theme(comment.pk, old.pk, actor=colleague)
    actions.apply_theme(both.pk, old.pk, actor=colleague)
    actions.apply_theme(both.pk, new.pk, actor=actor)
    actions.decide("theme", old.pk, actions.DecisionInput("adopted"), current=None, actor=actor)
    actions.merge_theme(old.pk, new.pk, revision=0, actor=actor)
    assert live(consultation) == [(comment.pk, "", "次数"), (both.pk, "", "次数")]
    moved = Coding.objects.get(point__comment=comment, theme=new)
    assert (moved.coder, moved.source) == (colleague, "merge")
    assert Coding.objects.filter(theme=old, removed_at=None).count() == 0
    assert Coding.objects.filter(theme=old, coder=colleague).count() == 2
    old.refresh_from_db()
    child.refresh_from_db()
    assert old.merged_into == new and old.retired_at and child.parent == new
    event = ThemeEvent.objects.get(kind="merged")
    assert (event.theme, event.other, event.detail["points"], event.by) == (old, new, 2, actor)
    assert not old.decisions.filter(replaced_at=None).exists()
    assert [one.kind for one in queries.theme_history(new)] == ["created", "merged"]
    # A coder whose page still shows the merged theme is told where it went.
    assert refusal(actions.apply_theme, comment.pk, old.pk, actor=actor) == "theme_merged"


def test_a_split_moves_the_chosen_points_to_a_new_theme_beside_the_old_one(world):
    consultation, comment, actor = world
    top = theme(consultation, "开放", actor)
    old = theme(consultation, "时间", actor, top)
    other = said(consultation)
    (one,) = actions.apply_theme(comment.pk, old.pk, actor=actor)
    actions.apply_theme(other.pk, old.pk, actor=actor)
    made = actions.split_theme(old.pk, "周末", [one.point_id], revision=0, actor=actor)
    assert made.parent == top
    assert live(consultation) == [(comment.pk, "", "周末"), (other.pk, "", "时间")]
    assert ThemeEvent.objects.get(theme=made, kind="split").other == old
    assert refusal(actions.split_theme, old.pk, "晚上", [one.point_id], revision=1, actor=actor) == "points_gone"
    assert refusal(actions.split_theme, old.pk, "晚上", [], revision=1, actor=actor) == "nothing_chosen"
    assert not Theme.objects.filter(name="晚上").exists()


def test_themes_are_moved_and_keep_their_order(world):
    consultation, _comment, actor = world
    one, two, three = (theme(consultation, name, actor) for name in "甲乙丙")
    actions.shift_theme(three.pk, -1, actor=actor)
    actions.move_theme(one.pk, two.pk, revision=0, actor=actor)
    assert refusal(actions.move_theme, two.pk, one.pk, revision=0, actor=actor) == "theme_below_itself"
    tree = queries.theme_tree(list(Theme.objects.all()), {})
    assert [(row.theme.name, row.depth, row.key) for row in tree] == [("丙", 0, "1"), ("乙", 0, ""), ("甲", 1, "2")]


def test_only_an_empty_theme_goes_out_of_use(world):
    consultation, comment, actor = world
    made, spare = theme(consultation, "次数", actor), theme(consultation, "备用", actor)
    actions.apply_theme(comment.pk, made.pk, actor=actor)
    assert refusal(actions.retire_theme, made.pk, revision=0, actor=actor) == "theme_in_use"
    actions.retire_theme(spare.pk, revision=0, actor=actor)
    assert refusal(actions.apply_theme, comment.pk, spare.pk, actor=actor) == "theme_gone"
    assert theme(consultation, "备用", actor)  # its name is free again


# --- suggestions ---------------------------------------------------------------------------------------------------


def test_proposals_fit_the_comment_and_the_themes_in_use(world):
    consultation, comment, actor = world
    made = theme(consultation, "次数", actor)

    def propose(comment, themes):
        yield suggestions.Proposal(made.pk, "像", Stretch(0, 7))
        yield suggestions.Proposal(made.pk, "又一次", Stretch(0, 7))
        yield suggestions.Proposal(made.pk, "太长", Stretch(0, 7_000))
        yield suggestions.Proposal(99_999, "没有")

    assert suggestions.proposals_for(comment, [made]) == []
    suggestions.register(propose)
    suggestions.register(propose)
    try:
        assert [one.reason for one in suggestions.proposals_for(comment, [made])] == ["像"]
    finally:
        suggestions.unregister(propose)


def test_every_refusal_of_the_room_has_a_sentence():
    from pathlib import Path
    from re import findall

    import consultations.coding

    folder = Path(consultations.coding.__file__).parent
    raised = {code for path in folder.rglob("*.py") for code in findall(r'Refused\(\s*"([a-z_]+)"', path.read_text())}
    assert len(raised) >= 40
    assert raised <= registered_codes()
