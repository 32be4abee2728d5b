"""Decisions: who decides, what counts for a point, what lacks an answer, and the one query that others build on."""

import pytest
from django.core.cache import cache

from consultations.coding import actions, queries
from consultations.coding.models import Decision
from consultations.coding.rules import Stretch
from engage.accounts.actors import SYSTEM, Role
from engage.errors import Refused
from engage.participation.actions import moderate
from tests.accounts.people import person
from tests.coding.factories import TEXT, analyst, desk_call, officer, said, stranger, theme

pytestmark = pytest.mark.django_db
ADOPTED = actions.DecisionInput("adopted")
REFUSED = actions.DecisionInput("not_adopted", "cost", "钱不够", "Too dear")


@pytest.fixture
def world():
    consultation, comments, actor = desk_call(3)
    return consultation, comments, actor


def refusal(action, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        action(*args, **kwargs)
    return refused.value.code


def test_only_officers_of_the_department_and_administrators_decide(world):
    consultation, _comments, actor = world
    made = theme(consultation, "次数", actor)
    for other in (analyst(), stranger(), person(Role.EDITOR)):
        assert refusal(actions.decide, "theme", made.pk, ADOPTED, current=None, actor=other) in (
            "not_allowed",
            "theme_gone",
        )
    first = actions.decide("theme", made.pk, ADOPTED, current=None, actor=officer())
    actions.decide("theme", made.pk, REFUSED, current=first.pk, actor=person(Role.ADMINISTRATOR))


def test_a_change_of_mind_is_a_new_row_and_the_one_before_stays(world):
    consultation, _comments, actor = world
    made = theme(consultation, "次数", actor)
    first = actions.decide("theme", made.pk, ADOPTED, current=None, actor=actor)
    assert actions.decide("theme", made.pk, ADOPTED, current=first.pk, actor=actor) == first
    second = actions.decide("theme", made.pk, REFUSED, current=first.pk, actor=actor)
    first.refresh_from_db()
    assert first.replaced_at and second.replaced_at is None
    assert refusal(actions.decide, "theme", made.pk, ADOPTED, current=first.pk, actor=actor) == "decision_changed"
    assert refusal(actions.decide, "theme", made.pk, ADOPTED, current=None, actor=actor) == "decision_changed"


def test_undo_puts_the_decision_before_in_force_again(world):
    consultation, _comments, actor = world
    made = theme(consultation, "次数", actor)
    first = actions.decide("theme", made.pk, REFUSED, current=None, actor=officer())
    actions.decide("theme", made.pk, ADOPTED, current=first.pk, actor=actor)
    actions.undo_last(consultation, actor=actor)
    now = Decision.objects.get(theme=made, replaced_at=None)
    assert (now.disposition, now.reason_zh, now.decided_by) == ("not_adopted", "钱不够", actor)
    actions.withdraw_decision(now.pk, actor=actor)
    assert not Decision.objects.filter(replaced_at=None).exists()
    actions.undo_last(consultation, actor=actor)
    assert Decision.objects.get(replaced_at=None).disposition == "not_adopted"


def test_a_decision_says_what_it_has_to(world):
    consultation, _comments, actor = world
    made = theme(consultation, "次数", actor)
    for given, code in (
        (actions.DecisionInput(""), "decision_missing"),
        (actions.DecisionInput("perhaps"), "decision_missing"),
        (actions.DecisionInput("in_part", "whim", "因为"), "reason_kind_missing"),
        (actions.DecisionInput("in_part", "cost", " \n"), "reason_text_missing"),
        (actions.DecisionInput("out_of_scope"), "forwarding_missing"),
        (actions.DecisionInput("adopted", department=999_999), "department_gone"),
    ):
        assert refusal(actions.decide, "theme", made.pk, given, current=None, actor=actor) == code
    kept = actions.decide(
        "theme", made.pk, actions.DecisionInput("adopted", forwarded_zh="交通局"), current=None, actor=actor
    )
    assert kept.forwarded_to == ""


def test_points_come_with_the_decisions_that_count(world):
    consultation, (one, two, three), actor = world
    top = theme(consultation, "开放", actor)
    low, other = theme(consultation, "时间", actor, top), theme(consultation, "手语", actor)
    (first,) = actions.apply_theme(one.pk, low.pk, actions.Target(stretches=(Stretch(0, 7),)), actor=actor)
    actions.apply_theme(one.pk, other.pk, actions.Target(points=(first.point_id,)), actor=actor)
    (second,) = actions.apply_theme(two.pk, low.pk, actor=actor)
    actions.apply_theme(three.pk, other.pk, actor=actor)
    moderate(three, "rejected", reason="off_topic", actor=SYSTEM)
    adopted = actions.decide("theme", top.pk, ADOPTED, current=None, actor=actor)
    own = actions.decide("point", second.point_id, REFUSED, current=None, actor=actor)

    rows = list(queries.points_with_decisions(consultation))
    assert [(row.comment, row.words, row.clause.key) for row in rows] == [
        (one, TEXT[:7], "art_2"),
        (two, two.text, "art_2"),
    ]
    assert [[found.name for found in row.themes] for row in rows] == [["时间", "手语"], ["时间"]]
    assert [[found.decision for found in row.decisions] for row in rows] == [[adopted], [own]]
    assert (rows[0].decisions[0].theme, rows[0].decisions[0].of) == (low.pk, top.pk)
    assert [row.disposition for row in rows] == ["adopted", "not_adopted"]
    # The sign-language theme of the first point has no answer yet.
    assert [row.undisposed for row in rows] == [True, False]
    assert list(queries.undisposed_points(consultation)) == [rows[0].point]
    actions.decide("theme", other.pk, REFUSED, current=None, actor=actor)
    rows = list(queries.points_with_decisions(consultation))
    assert rows[0].disposition == "mixed" and not rows[0].undisposed
    assert not queries.undisposed_points(consultation).exists()


def test_the_query_of_all_points_does_not_grow_with_them(world, django_assert_num_queries):
    consultation, comments, actor = world
    made = theme(consultation, "次数", actor)
    for comment in comments:
        actions.apply_theme(comment.pk, made.pk, actor=actor)
    with django_assert_num_queries(5):
        assert len(list(queries.points_with_decisions(consultation))) == 3


def test_python_and_sql_say_the_same_about_what_lacks_an_answer(world):
    consultation, comments, actor = world
    top = theme(consultation, "甲", actor)
    tree = [top, theme(consultation, "乙", actor, top), theme(consultation, "丙", actor)]
    for place, comment in enumerate(comments):
        actions.mark_points(comment.pk, [Stretch(0, 7)], actor=actor)
        for offset in range(place):
            actions.apply_theme(comment.pk, tree[(place + offset) % 3].pk, actor=actor)
    for subject in (None, tree[2], tree[0]):
        if subject:
            actions.decide("theme", subject.pk, ADOPTED, current=None, actor=actor)
        rows = list(queries.points_with_decisions(consultation))
        told = {row.point.pk for row in rows if row.undisposed}
        assert told == set(queries.undisposed_points(consultation).values_list("pk", flat=True))
        assert queries.refresh_figures(consultation).undisposed == len(told)


def test_figures_are_kept_and_counted_anew_after_a_change(world, django_assert_num_queries):
    consultation, (one, *_rest), actor = world
    said(consultation)
    counted = queries.figures(consultation)
    assert (counted.total, counted.coded, counted.left, counted.percent) == (4, 0, 4, 0)
    actions.finish_comment(one.pk, nothing=True, actor=actor)
    with django_assert_num_queries(0):
        assert queries.figures(consultation).coded == 0
    queries.forget_figures(consultation)
    assert queries.figures(consultation).percent == 25
    cache.clear()
    assert queries.figures(consultation).coded == 1


def test_where_counting_takes_long_the_worker_counts_and_pages_wait_for_nobody(
    world, counting, monkeypatch, django_assert_num_queries
):
    consultation, (one, *_rest), actor = world
    monkeypatch.setattr(counting, "QUICK_SECONDS", 0)
    assert queries.figures(consultation).coded == 0
    actions.finish_comment(one.pk, nothing=True, actor=actor)
    queries.forget_figures(consultation)
    with django_assert_num_queries(0):
        assert queries.figures(consultation).coded == 0
    assert queries.refresh_watched() == 0  # counted a moment ago
    monkeypatch.setattr(counting, "FRESH_SECONDS", -1)
    monkeypatch.setattr(counting.time, "perf_counter", lambda: 0)
    queries.refresh_figures(consultation)
    assert queries.refresh_watched() == 1
    monkeypatch.setattr(counting, "FRESH_SECONDS", 5)
    with django_assert_num_queries(0):
        assert queries.figures(consultation).coded == 1
    # While one counts, the others read the last figures, however old.
    monkeypatch.setattr(counting, "OLDEST_SECONDS", -1)
    cache.set(f"coding:counting:{consultation.pk}", True)
    with django_assert_num_queries(0):
        assert queries.figures(consultation).coded == 1


def test_one_slow_count_does_not_keep_small_figures_for_a_minute(counting, monkeypatch):
    monkeypatch.setattr(counting, "QUICK_SECONDS", 0.05)
    shown = [counting.shown_seconds(counting.Figures(seconds=took)) for took in (0.01, 0.06, 0.1, 2)]
    assert shown == [5, 12, 20, 60]
