"""People who work at the same moment: nothing is lost, nothing is there twice."""

import threading
from collections import Counter

import pytest
from django.db import connections

from consultations.coding import actions, queries
from consultations.coding.models import Coding, Point
from consultations.coding.queries.stream import claim, first_free
from consultations.coding.rules import Stretch, sentences
from consultations.models import Comment
from engage.errors import Refused
from engage.journal.models import JournalRow
from tests.coding.factories import desk_call, officer, theme

pytestmark = pytest.mark.django_db(transaction=True)


def together(*runs) -> list[BaseException]:
    """Run all at the same time, each in a thread and on a connection of its own; return what went wrong."""
    gate = threading.Barrier(len(runs))
    wrong: list[BaseException] = []

    def work(run):
        try:
            gate.wait()
            run()
        except BaseException as exc:  # a thread's fault belongs to the test
            wrong.append(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_two_coders_give_the_same_themes_at_once_and_none_is_there_twice():
    consultation, comments, first = desk_call(40)
    second = officer()
    themes = [theme(consultation, f"主题{number}", first) for number in range(10)]
    mine = {first.pk: themes, second.pk: list(reversed(themes))}

    def code(coder):
        # Both give every theme to the same sentence of every comment, from opposite ends: 2 x 400 orders.
        def run():
            for comment in comments if coder == first else reversed(comments):
                stretch = sentences(comment.text)[0]
                for one in mine[coder.pk]:
                    actions.apply_theme(comment.pk, one.pk, actions.Target(stretches=(stretch,)), actor=coder)

        return run

    assert together(code(first), code(second)) == []
    live = Coding.objects.filter(removed_at=None)
    assert live.count() == 400 == Coding.objects.count()
    assert set(live.values_list("point__comment", "theme")) == {
        (comment.pk, one.pk) for comment in comments for one in themes
    }
    assert Point.objects.filter(removed_at=None).count() == 40
    assert JournalRow.objects.filter(verb="coding.applied").count() == 400
    assert queries.refresh_figures(consultation).by_theme == {one.pk: 40 for one in themes}


def test_two_coders_at_different_passages_give_two_thousand_themes_and_each_keeps_the_own():
    consultation, comments, first = desk_call(40)
    second = officer()
    themes = [theme(consultation, f"主题{number}", first) for number in range(25)]

    def code(coder, place):
        def run():
            for comment in comments:
                target = actions.Target(stretches=(sentences(comment.text)[place],))
                for one in themes:
                    actions.apply_theme(comment.pk, one.pk, target, actor=coder)

        return run

    assert together(code(first, 0), code(second, 1)) == []
    found = Counter(Coding.objects.filter(removed_at=None).values_list("coder", flat=True))
    assert found == {first.pk: 1_000, second.pk: 1_000}


def test_a_theme_that_is_merged_while_others_give_it_loses_no_point():
    consultation, comments, first = desk_call(30)
    second = officer()
    old, new = theme(consultation, "太少", first), theme(consultation, "次数", first)
    told: list[str] = []

    def give():
        for comment in comments:
            try:
                actions.apply_theme(comment.pk, old.pk, actor=second)
            except Refused as refused:
                told.append(refused.code)
                actions.apply_theme(comment.pk, new.pk, actor=second)

    assert together(give, lambda: actions.merge_theme(old.pk, new.pk, revision=0, actor=first)) == []
    assert set(told) <= {"theme_merged"}
    assert Coding.objects.filter(theme=new, removed_at=None).count() == 30
    assert not Coding.objects.filter(theme=old, removed_at=None).exists()


def test_of_two_changes_to_one_theme_one_is_refused():
    consultation, _comments, first = desk_call(0)
    second = officer()
    made = theme(consultation, "次数", first)
    told: list[str] = []

    def rename(name, actor):
        def run():
            try:
                actions.edit_theme(made.pk, name=name, description="", revision=0, actor=actor)
            except Refused as refused:
                told.append(refused.code)

        return run

    assert together(rename("甲", first), rename("乙", second)) == []
    made.refresh_from_db()
    assert told == ["theme_changed"] and made.revision == 1 and made.name in "甲乙"


def test_crossing_passages_at_the_same_moment_are_never_both_marked():
    _consultation, comments, first = desk_call(20)
    second = officer()
    told: list[str] = []

    def mark(stretch, actor):
        def run():
            for comment in comments:
                try:
                    actions.mark_points(comment.pk, [stretch], actor=actor)
                except Refused as refused:
                    told.append(refused.code)

        return run

    assert together(mark(Stretch(0, 7), first), mark(Stretch(4, 12), second)) == []
    assert told == ["stretch_overlaps"] * 20
    assert Point.objects.count() == 20


def test_nobody_is_sent_to_a_comment_that_another_has_open():
    _consultation, comments, first = desk_call(3)
    second = officer()
    rows = list(Comment.objects.order_by("pk"))
    assert not claim(comments[0].pk, first.pk)
    assert first_free(rows, second.pk) == comments[1]
    assert first_free(rows, first.pk) == comments[0]
    assert claim(comments[0].pk, second.pk)
    for comment in comments:
        claim(comment.pk, first.pk)
    assert first_free(rows, second.pk) == comments[0]
