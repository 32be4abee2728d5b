"""Pure decisions: stretches, sentences, the tree of themes, decisions in force, agreement."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.coding import rules
from consultations.coding.rules import Stretch, Table
from engage.errors import Refused


def words(text: str) -> list[str]:
    return [text[one.start : one.end] for one in rules.sentences(text)]


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


# --- sentences -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("一周一次，母亲一个人住。另外，人要固定！", ["一周一次，母亲一个人住。", "另外，人要固定！"]),
        ("“真的吗？”他问。", ["“真的吗？”", "他问。"]),
        ("农村也要；城里也要", ["农村也要；", "城里也要"]),
        ("第一行\n第二行\n\n第三行", ["第一行", "第二行", "第三行"]),
        ("It is 3.5 yuan, see art. 5. Why?! (No.) So", ["It is 3.5 yuan, see art. 5.", "Why?!", "(No.)", "So"]),
        ("See www.example.org for e.g. this one. Good", ["See www.example.org for e.g. this one.", "Good"]),
        ("太贵了!!! Too much...  好", ["太贵了!!!", "Too much...", "好"]),
        ("开放五天。Open five days. 好的", ["开放五天。", "Open five days.", "好的"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_a_text_is_cut_into_its_sentences(text, cut):
    assert words(text) == cut


@given(st.text(alphabet="一二。！？； \n.!?\"')”）aB3", max_size=60))
def test_sentences_lose_nothing_but_space_and_never_overlap(text):
    found = rules.sentences(text)
    assert all(one.end <= other.start for one, other in zip(found, found[1:], strict=False))
    kept = "".join(text[one.start : one.end] for one in found)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(text[one.start : one.end].strip() == text[one.start : one.end] for one in found)


def test_sentences_that_follow_one_another_are_one_passage():
    text = "一。 二。三。四。"
    one, two, _three, four = rules.sentences(text)
    assert rules.joined([four, two, one], text) == [Stretch(0, 5), four]


# --- stretches -----------------------------------------------------------------------------------------------------


def test_space_at_the_ends_of_a_stretch_is_left_out():
    assert rules.check_stretch("  好的 。", Stretch(0, 6), []) == Stretch(2, 6)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [(Stretch(2, 2), "stretch_empty"), (Stretch(4, 5), "stretch_empty"), (Stretch(0, 99), "stretch_outside")],
)
def test_a_stretch_without_words_or_outside_the_text_is_refused(wanted, code):
    assert refusal(rules.check_stretch, "开放五天。 好", wanted, []) == code


def test_the_same_stretch_twice_is_one_point_and_a_shared_part_is_refused():
    text = "开放五天太少，周末也要"
    there = [Stretch(0, 6)]
    assert rules.check_stretch(text, Stretch(0, 6), there) == Stretch(0, 6)
    assert rules.check_stretch(text, Stretch(6, 11), there) == Stretch(6, 11)
    for crossing in (Stretch(4, 9), Stretch(1, 3), Stretch(0, 11)):
        assert refusal(rules.check_stretch, text, crossing, there) == "stretch_overlaps"


@given(st.text(alphabet="开放 a\n", max_size=30), st.data())
def test_the_pieces_that_are_shown_are_the_text_again(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    marked = [Stretch(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    shown = rules.segments(text, marked)
    assert "".join(piece.text for piece in shown) == text
    numbered = {piece.number: piece.text for piece in shown if piece.number}
    assert numbered == {n: text[one.start : one.end] for n, one in enumerate(marked, 1)}


# --- the tree ------------------------------------------------------------------------------------------------------

# 1 > 2 > 3 and 4 alone, 5 > 6
TREE = {1: None, 2: 1, 3: 2, 4: None, 5: None, 6: 5}


def test_a_theme_cannot_stand_below_itself():
    assert refusal(rules.check_place, 1, 1, TREE) == "theme_below_itself"
    assert refusal(rules.check_place, 1, 3, TREE) == "theme_below_itself"
    rules.check_place(3, 1, TREE)
    rules.check_place(1, None, TREE)


def test_the_tree_has_four_levels():
    rules.check_place(None, 3, TREE)  # a new one below the third
    rules.check_place(1, 4, TREE)  # three levels below one
    assert refusal(rules.check_place, 1, 6, TREE) == "tree_too_deep"
    assert refusal(rules.check_place, None, 7, TREE | {7: 3}) == "tree_too_deep"
    assert refusal(rules.check_place, None, 99, TREE) == "theme_gone"


def test_a_merge_goes_anywhere_but_below_itself():
    rules.check_merge(3, 4, TREE)
    rules.check_merge(2, 1, TREE)
    assert refusal(rules.check_merge, 1, 1, TREE) == "merge_with_itself"
    assert refusal(rules.check_merge, 1, 3, TREE) == "merge_below_itself"
    assert refusal(rules.check_merge, 4, 99, TREE) == "theme_gone"
    assert refusal(rules.check_merge, 1, 8, TREE | {7: 6, 8: 7}) == "tree_too_deep"


# --- decisions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    pk: int


def test_a_points_own_decision_counts_before_those_of_its_themes():
    assert [one.decision.pk for one in rules.effective(Made(9), [3], TREE, {3: Made(1)})] == [9]
    assert rules.effective(Made(9), [3], TREE, {3: Made(1)})[0].theme is None


def test_a_theme_without_a_decision_has_that_of_the_nearest_theme_above():
    (found,) = rules.effective(None, [3], TREE, {1: Made(1)})
    assert (found.decision.pk, found.theme, found.of) == (1, 3, 1)
    (nearest,) = rules.effective(None, [3], TREE, {1: Made(1), 2: Made(2)})
    assert nearest.decision.pk == 2


def test_different_decisions_of_several_themes_are_listed_and_equal_ones_once():
    by_theme = {1: Made(1), 4: Made(4)}
    assert [one.decision.pk for one in rules.effective(None, [3, 4], TREE, by_theme)] == [1, 4]
    assert [one.decision.pk for one in rules.effective(None, [2, 3], TREE, by_theme)] == [1]
    assert rules.effective(None, [5], TREE, by_theme) == []


def test_a_point_lacks_an_answer_until_each_of_its_themes_has_one():
    decided = rules.decided_themes(TREE, {1})
    assert decided == {1, 2, 3}
    assert not rules.is_undisposed(False, [3], decided)
    assert rules.is_undisposed(False, [3, 4], decided)
    assert rules.is_undisposed(False, [], decided)
    assert not rules.is_undisposed(True, [4], decided)


NOTHING = dict.fromkeys(("reason_code", "reason_zh", "reason_en", "forwarded_zh", "forwarded_en"), "")


@pytest.mark.parametrize(
    ("disposition", "given_fields", "code"),
    [
        ("", {}, "decision_missing"),
        ("not_adopted", {}, "reason_kind_missing"),
        ("in_part", {"reason_code": "cost"}, "reason_text_missing"),
        ("out_of_scope", {}, "forwarding_missing"),
        ("adopted", {"reason_zh": "长" * 5_001}, "reason_too_long"),
    ],
)
def test_a_decision_says_what_it_has_to(disposition, given_fields, code):
    assert refusal(rules.check_decision, disposition, **NOTHING | given_fields) == code


@pytest.mark.parametrize(
    ("disposition", "given_fields"),
    [
        ("adopted", {}),
        ("covered", {}),
        ("not_adopted", {"reason_code": "cost", "reason_en": "Too dear"}),
        ("in_part", {"reason_code": "study", "reason_zh": "还要研究"}),
        ("out_of_scope", {"forwarded_zh": "交通局"}),
    ],
)
def test_a_whole_decision_passes(disposition, given_fields):
    rules.check_decision(disposition, **NOTHING | given_fields)


# --- agreement -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        # Worked by hand: po = 35/50 = 0.7, pe = 0.5 * 0.6 + 0.5 * 0.4 = 0.5.
        (Table(20, 5, 10, 15), 0.4),
        # po = 0.9; the first gives it to 0.10, the second to 0.16: pe = 0.016 + 0.756 = 0.772; 0.128 / 0.228.
        (Table(8, 2, 8, 82), 0.128 / 0.228),
        # Nothing but agreement, nothing but disagreement, chance.
        (Table(30, 0, 0, 70), 1.0),
        (Table(0, 50, 50, 0), -1.0),
        (Table(25, 25, 25, 25), 0.0),
    ],
)
def test_kappa_is_what_a_person_works_out(table, kappa):
    assert rules.agreement(table).kappa == pytest.approx(kappa)


def test_the_interval_of_kappa_is_that_of_cohen():
    found = rules.agreement(Table(20, 5, 10, 15))
    # 1.96 * sqrt(0.7 * 0.3 / 50) / 0.5
    assert found.low == pytest.approx(0.4 - 0.254045, abs=1e-6)
    assert found.high == pytest.approx(0.4 + 0.254045, abs=1e-6)
    assert rules.agreement(Table(30, 0, 0, 70)).high == 1.0


@pytest.mark.parametrize("table", [Table(0, 0, 0, 40), Table(40, 0, 0, 0)])
def test_without_variation_kappa_says_nothing(table):
    found = rules.agreement(table)
    assert (found.kappa, found.low, found.high, found.level) == (None, None, None, "none")
    assert found.percent == 1.0


def test_one_coder_without_variation_gives_a_kappa_of_nought():
    assert rules.agreement(Table(0, 0, 4, 36)).kappa == pytest.approx(0)


def test_without_a_comment_read_by_both_there_is_nothing_to_say():
    assert rules.agreement(Table(0, 0, 0, 0)) == rules.Agreement(Table(0, 0, 0, 0), None, None)


@given(*[st.integers(0, 60)] * 4)
def test_kappa_lies_between_minus_one_and_one_whoever_is_called_the_first(both, first, second, neither):
    found = rules.agreement(Table(both, first, second, neither))
    turned = rules.agreement(Table(both, second, first, neither))
    if found.kappa is None:
        assert turned.kappa is None
    else:
        assert -1 - 1e-9 <= found.kappa <= 1 + 1e-9
        assert turned.kappa == pytest.approx(found.kappa)


@pytest.mark.parametrize(("both", "level"), [(30, "firm"), (20, "tentative"), (8, "weak")])
def test_the_level_of_agreement(both, level):
    assert rules.agreement(Table(both, 5, 3, 62)).level == level


def test_tables_count_comments_of_the_second_coder():
    first = {1: {7}, 2: {7, 8}, 3: set(), 9: {7}}
    second = {1: {7}, 2: {8}, 3: {7}}
    assert rules.tables(first, second, [7, 8]) == {7: Table(1, 1, 1, 0), 8: Table(1, 0, 0, 2)}


@pytest.mark.parametrize(
    ("available", "wanted", "size"),
    [(50, None, 50), (500, None, 100), (4_000, None, 200), (90_000, None, 400), (9, 4, 4), (3, 4, 3)],
)
def test_the_size_of_a_sample(available, wanted, size):
    assert rules.sample_size(available, wanted) == size
