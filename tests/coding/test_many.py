"""Orders for many comments, and the second coder."""

import pytest

from consultations.actions import withdraw_comments
from consultations.coding import actions, queries, rules, tasks
from consultations.coding.models import BlindCoding, BulkOrder, Coding, Point
from consultations.coding.rules import Stretch
from engage.accounts.actors import ReceiptHolder
from engage.errors import Refused
from tests.coding.factories import analyst, desk_call, officer, said, stranger, theme

pytestmark = pytest.mark.django_db


def refusal(action, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        action(*args, **kwargs)
    return refused.value.code


@pytest.fixture
def batches_of_two(monkeypatch):
    monkeypatch.setattr(rules, "BULK_BATCH", 2)


def run(order: BulkOrder) -> BulkOrder:
    while actions.run_batch(order.pk):
        pass
    order.refresh_from_db()
    return order


def test_an_order_gives_the_theme_in_batches_and_tells_how_far_it_is(batches_of_two):
    consultation, comments, actor = desk_call(5)
    made = theme(consultation, "次数", actor)
    actions.apply_theme(comments[0].pk, made.pk, actor=actor)
    order = actions.order_bulk(made.pk, [comment.pk for comment in comments], actor=actor)
    assert actions.run_batch(order.pk)
    order.refresh_from_db()
    assert (order.done, order.total, order.finished_at) == (2, 5, None)
    assert tasks.run_bulk_orders() == 2
    order.refresh_from_db()
    assert order.done == 5 and order.finished_at
    assert not actions.run_batch(order.pk)
    assert Coding.objects.filter(theme=made, removed_at=None).count() == 5
    assert Coding.objects.filter(order=order, source="bulk").count() == 4
    assert queries.refresh_figures(consultation).coded == 5
    assert comments[1].submission.timeline.filter(code="comments_sorted").count() == 1


def test_an_order_passes_over_what_was_withdrawn_and_leaves_open_what_has_a_mark_without_a_theme():
    consultation, (one, two, three), actor = desk_call(3)
    made = theme(consultation, "次数", actor)
    order = actions.order_bulk(made.pk, [one.pk, two.pk, three.pk], actor=actor)
    withdraw_comments(one.submission_id, ReceiptHolder(one.submission_id))
    actions.mark_points(two.pk, [Stretch(0, 7)], actor=actor)
    run(order)
    for comment in (one, two, three):
        comment.refresh_from_db()
    assert [bool(comment.coded_at) for comment in (one, two, three)] == [False, False, True]
    assert set(Coding.objects.values_list("point__comment", flat=True)) == {two.pk, three.pk}


def test_an_order_follows_its_theme_into_a_merge_and_ends_when_the_theme_does(batches_of_two):
    consultation, comments, actor = desk_call(4)
    old, new = theme(consultation, "太少", actor), theme(consultation, "次数", actor)
    ids = [comment.pk for comment in comments]
    order = actions.order_bulk(old.pk, ids, actor=actor)
    actions.run_batch(order.pk)
    actions.merge_theme(old.pk, new.pk, revision=0, actor=actor)
    run(order)
    assert Coding.objects.filter(theme=new, removed_at=None).count() == 4
    spare = theme(consultation, "备用", actor)
    ended = actions.order_bulk(spare.pk, ids, actor=actor)
    actions.retire_theme(spare.pk, revision=0, actor=actor)
    run(ended)
    assert ended.cancelled_at and ended.done == 0


def test_an_order_is_stopped_and_taken_back(batches_of_two):
    consultation, comments, actor = desk_call(4)
    made, other = theme(consultation, "次数", actor), theme(consultation, "周末", actor)
    order = actions.order_bulk(made.pk, [comment.pk for comment in comments], actor=actor)
    actions.run_batch(order.pk)
    assert refusal(actions.take_back_bulk, order.pk, actor=actor) == "order_running"
    actions.cancel_bulk(order.pk, actor=actor)
    assert not actions.run_batch(order.pk)
    actions.apply_theme(comments[0].pk, other.pk, actor=officer())
    actions.take_back_bulk(order.pk, actor=actor)
    actions.take_back_bulk(order.pk, actor=actor)
    assert list(Coding.objects.filter(removed_at=None).values_list("theme", flat=True)) == [other.pk]
    # The comment that a colleague coded stays finished; the other one is open again.
    for comment in comments:
        comment.refresh_from_db()
    assert [bool(comment.coded_at) for comment in comments] == [True, False, False, False]
    assert Point.objects.filter(removed_at=None).count() == 1


def test_who_may_not_code_orders_and_stops_nothing():
    consultation, comments, actor = desk_call(1)
    made = theme(consultation, "次数", actor)
    order = actions.order_bulk(made.pk, [comments[0].pk], finish=False, actor=actor)
    for action in (actions.cancel_bulk, actions.take_back_bulk):
        assert refusal(action, order.pk, actor=stranger()) == "not_allowed"
    assert refusal(actions.order_bulk, made.pk, [comments[0].pk], actor=stranger()) == "not_allowed"
    assert refusal(actions.order_bulk, made.pk, [], actor=actor) == "nothing_chosen"
    assert refusal(actions.order_bulk, made.pk, range(50_001), actor=actor) == "too_many_comments"
    run(order)
    comments[0].refresh_from_db()
    assert comments[0].coded_at is None


def test_equal_texts_are_found_and_chosen_together():
    consultation, _comments, _actor = desk_call(1)
    copies = [said(consultation, "请保留周末开放，我们全家都需要。") for _ in range(3)]
    (group,) = queries.same_texts(consultation)
    assert (group.first, group.n, group.open) == (copies[0].pk, 3, 3)
    chosen = queries.matching(consultation, queries.Filters(same=group.first), None)
    assert list(chosen) == copies


# --- the second coder ----------------------------------------------------------------------------------------------


@pytest.fixture
def coded():
    """Ten finished comments: the first six have 甲, of them three also 乙."""
    consultation, comments, actor = desk_call(10)
    one, two = theme(consultation, "甲", actor), theme(consultation, "乙", actor)
    for place, comment in enumerate(comments):
        if place < 6:
            actions.apply_theme(comment.pk, one.pk, actor=actor)
        if place < 3:
            actions.apply_theme(comment.pk, two.pk, actor=actor)
        actions.finish_comment(comment.pk, nothing=place >= 6, actor=actor)
    return consultation, comments, actor, one, two


def test_the_same_seed_draws_the_same_comments(coded):
    consultation, comments, actor, *_themes = coded
    first = actions.draw_sample(consultation, analyst(), seed="2026", size=4, actor=actor)
    second = actions.draw_sample(consultation, analyst(), seed="2026", size=4, actor=actor)
    drawn = [item.comment_id for item in first.items.all()]
    assert drawn == [item.comment_id for item in second.items.all()]
    assert len(set(drawn)) == 4 and set(drawn) <= {comment.pk for comment in comments}


def test_nobody_agrees_blindly_with_oneself(coded):
    consultation, comments, actor, *_themes = coded
    # The officer coded six of the ten.
    sample = actions.draw_sample(consultation, actor, actor=actor)
    assert set(sample.items.values_list("comment", flat=True)) == {comment.pk for comment in comments[6:]}
    assert refusal(actions.draw_sample, consultation, actor, actor=actor) == "sample_open"
    assert refusal(actions.draw_sample, consultation, stranger(), actor=actor) == "not_a_coder"


def test_agreement_is_counted_theme_by_theme_and_blind_codings_count_nowhere_else(coded):
    consultation, comments, actor, one, two = coded
    second = analyst()
    sample = actions.draw_sample(consultation, second, size=10, actor=actor)
    places = {comment.pk: place for place, comment in enumerate(comments)}
    while item := queries.next_blind(sample):
        # The second coder gives 甲 to the first five and to the seventh, 乙 to none.
        place = places[item.comment_id]
        actions.code_blind(item.pk, [one.pk] if place < 5 or place == 6 else [], actor=second)
    tree = queries.theme_tree([one, two], {})
    (result,) = queries.sample_results(consultation, tree)
    assert (result.done, result.total) == (10, 10)
    kappas = {shown.theme.name: agreement for shown, agreement in result.by_theme}
    assert kappas["甲"].table == rules.Table(5, 1, 1, 3)
    # po = 0.8, pe = 0.6 * 0.6 + 0.4 * 0.4 = 0.52
    assert kappas["甲"].kappa == pytest.approx(0.28 / 0.48)
    assert kappas["乙"].table == rules.Table(0, 3, 0, 7) and kappas["乙"].kappa == pytest.approx(0)
    assert result.overall.table == rules.Table(5, 4, 1, 10)
    assert Coding.objects.count() == 9
    assert queries.refresh_figures(consultation).by_theme == {one.pk: 6, two.pk: 3}


def test_a_sample_is_coded_by_its_own_coder_and_may_be_changed(coded):
    consultation, _comments, actor, one, two = coded
    second = analyst()
    sample = actions.draw_sample(consultation, second, size=1, actor=actor)
    item = queries.next_blind(sample)
    assert refusal(actions.code_blind, item.pk, [one.pk], actor=actor) == "not_allowed"
    assert refusal(actions.code_blind, item.pk, [999_999], actor=second) == "theme_gone"
    actions.code_blind(item.pk, [one.pk], actor=second)
    actions.code_blind(item.pk, [two.pk], actor=second)
    assert list(BlindCoding.objects.values_list("theme", flat=True)) == [two.pk]
    actions.merge_theme(two.pk, one.pk, revision=0, actor=actor)
    assert list(BlindCoding.objects.values_list("theme", flat=True)) == [one.pk]


def test_who_may_code_can_be_the_second_coder():
    consultation, _comments, actor = desk_call(0)
    second = analyst()
    stranger()
    assert set(queries.coders_of(consultation)) == {actor, second}


def test_the_codebook_is_a_table_that_calculates_nothing():
    consultation, _comments, actor = desk_call(1)
    top = theme(consultation, "=1+1", actor)
    theme(consultation, "周末", actor, top)
    rows = list(queries.codebook(queries.theme_tree(list(consultation.themes.all()), {top.pk: 3})))
    assert rows == [
        ["level", "path", "name", "description", "points", "decision"],
        [1, "'=1+1", "'=1+1", "", 3, ""],
        [2, "'=1+1 / 周末", "周末", "", 0, ""],
    ]
