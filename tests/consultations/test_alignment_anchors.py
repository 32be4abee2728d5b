"""A marked passage is found again in its own clause's successors, or honestly not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.alignment.anchors import Anchor, follow, likeness, reanchor
from consultations.drafts.labels import CHINESE, ENGLISH
from consultations.drafts.wording import diff

pytestmark = pytest.mark.sqlite_only

OLD = "慈善组织应当每年向其登记的民政部门报送年度工作报告。民政部门应当自受理申请之日起二十日内作出决定。"
REPORT = "报送年度工作报告"


def marked(text, quote, nth=0):
    """Anchor the nth occurrence of a quote."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(quote, start + 1)
    return Anchor.of(text, start, start + len(quote))


def found_in(place, clauses):
    """Return the words a place names."""
    return dict(clauses)[place.clause][place.start : place.end]


def test_an_unchanged_clause_keeps_the_passage():
    place = reanchor(marked(OLD, REPORT), OLD, [("a", OLD)], CHINESE)
    assert (place.outcome, place.clause, place.start, place.similarity) == ("exact", "a", OLD.index(REPORT), 1.0)


def test_a_passage_moves_with_words_put_in_before_it():
    new = "本条适用于依法登记的组织。" + OLD
    place = reanchor(marked(OLD, REPORT), OLD, [("a", new)], CHINESE)
    assert place.outcome == "exact" and new[place.start : place.end] == REPORT


def test_a_reworded_passage_is_found_and_says_how_alike_it_is():
    new = OLD.replace("年度工作报告", "年度工作和财务报告")
    place = reanchor(marked(OLD, REPORT), OLD, [("a", new)], CHINESE)
    assert place.outcome == "similar" and new[place.start : place.end] == "报送年度工作和财务报告"
    assert 0.6 <= place.similarity < 1


def test_english_is_followed_by_words():
    old = "The body shall publish a report. Anyone may ask for a copy of the report within ten days."
    new = "The body shall publish a report every year. Any person may ask for a printed copy of the report at once."
    place = reanchor(marked(old, "ask for a copy of the report"), old, [("a", new)], ENGLISH)
    assert place.outcome == "similar"
    assert new[place.start : place.end] == "ask for a printed copy of the report"


def test_the_passage_of_a_split_clause_is_found_in_the_part_that_holds_it():
    first, second = OLD.split("。")[:2]
    clauses = [("a", first + "。"), ("b", second + "。")]
    place = reanchor(marked(OLD, "二十日内作出决定"), OLD, clauses, CHINESE)
    assert (place.outcome, place.clause) == ("exact", "b")
    assert found_in(place, clauses) == "二十日内作出决定"


def test_a_look_alike_outside_the_lineage_is_never_taken():
    gone = "民政部门应当公布名单。"
    place = reanchor(marked(OLD, REPORT), OLD, [("a", gone)], CHINESE)
    assert (place.outcome, place.clause, place.start) == ("reworded", "a", None)


def test_a_look_alike_sentence_inside_the_clause_is_not_taken_for_a_deleted_one():
    kept = "县级民政部门应当自受理申请之日起二十日内作出决定。"
    lost = "市级民政部门应当自受理申请之日起三十日内作出决定。"
    place = reanchor(marked(kept + lost, lost), kept + lost, [("a", kept)], CHINESE)
    assert (place.outcome, place.start) == ("reworded", None)


def test_the_second_of_two_equal_sentences_stays_the_second():
    sentence = "逾期不改正的，责令停止活动。"
    old = f"未报送报告的，予以警告。{sentence}未公开信息的，予以通报。{sentence}"
    new = f"未报送年度报告的，予以警告。{sentence}未公开信息的，予以通报批评。{sentence}"
    place = reanchor(marked(old, sentence, nth=1), old, [("a", new)], CHINESE)
    assert (place.outcome, place.start) == ("exact", new.rindex(sentence))


def test_the_second_of_two_equal_sentences_is_not_taken_for_the_first_when_it_is_deleted():
    sentence = "逾期不改正的，责令停止活动。"
    old = f"未报送报告的，予以警告。{sentence}未公开信息的，予以通报。{sentence}"
    new = f"未报送报告的，予以警告。{sentence}"
    place = reanchor(marked(old, sentence, nth=1), old, [("a", new)], CHINESE)
    assert place.outcome == "reworded"


def test_a_short_word_does_not_land_on_its_other_occurrence():
    old = "主管部门负责登记。其他部门负责协助。"
    new = "其他部门负责协助。"
    place = reanchor(marked(old, "部门"), old, [("a", new)], CHINESE)
    assert place.outcome == "reworded"


def test_a_sentence_that_changed_its_place_inside_the_clause_is_found():
    first, second = "慈善组织应当公开募捐情况和项目实施情况。", "民政部门对慈善活动进行监督检查并公布结果。"
    place = reanchor(marked(first + second, first), first + second, [("a", second + first)], CHINESE)
    assert (place.outcome, place.start) == ("exact", len(second))


def test_two_equally_good_places_are_no_place():
    sentence, changed = "申请人应当提交身份证明和书面申请材料。", "申请人应当提交身份证件和书面申请材料。"
    rest = "民政部门对慈善组织的活动进行监督检查，并向社会公布检查结果。"
    new = f"{rest}登记时，{changed}变更时，{changed}"
    place = reanchor(marked(sentence + rest, sentence), sentence + rest, [("a", new)], CHINESE)
    assert (place.outcome, place.clause, place.start) == ("ambiguous", "a", None)


def test_overlapping_anchors_are_followed_each_for_itself():
    new = "为此，" + OLD.replace("二十日", "三十日")
    first, second = marked(OLD, "年度工作报告。民政部门"), marked(OLD, "民政部门应当自受理", nth=0)
    places = [reanchor(anchor, OLD, [("a", new)], CHINESE) for anchor in (first, second)]
    assert [new[place.start : place.end] for place in places] == ["年度工作报告。民政部门", "民政部门应当自受理"]
    assert places[0].end > places[1].start


def test_an_anchor_without_words_falls_back_to_the_clause():
    for quote in ("", "  "):
        place = reanchor(Anchor(quote, "", "", 0), OLD, [("a", OLD)], CHINESE)
        assert (place.outcome, place.clause, place.start) == ("no_quote", "a", None)


def test_a_removed_clause_has_no_place():
    place = reanchor(marked(OLD, REPORT), OLD, [], CHINESE)
    assert (place.outcome, place.clause) == ("removed", None)


def test_a_quote_that_its_own_text_does_not_hold_is_looked_for_by_its_surroundings():
    without = OLD.replace("民政部门", "主管机关")
    anchor = Anchor("民政部门", "每年向其登记的", "报送年度", 900)
    place = reanchor(anchor, without, [("a", OLD)], CHINESE)
    assert (place.outcome, place.start) == ("exact", OLD.index("民政部门"))
    assert reanchor(Anchor("民政部门", "另由", "审批", 0), without, [("a", OLD)], CHINESE).outcome == "reworded"


def test_the_floor_decides_what_is_still_the_same_passage():
    new = OLD.replace("报送年度工作报告", "提交年度财务报告")
    assert reanchor(marked(OLD, REPORT), OLD, [("a", new)], CHINESE, floor=0.95).outcome == "reworded"


@pytest.mark.parametrize(("start", "end"), [(3, 3), (-1, 2), (5, 4), (0, len(OLD) + 1)])
def test_an_empty_or_outside_passage_is_no_anchor(start, end):
    with pytest.raises(ValueError, match="no passage"):
        Anchor.of(OLD, start, end)


@settings(deadline=None)
@given(st.text("甲乙丙丁戊己庚辛。，", min_size=1, max_size=60), st.data())
def test_in_an_unchanged_clause_every_passage_stays_where_it_is(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    place = reanchor(Anchor.of(text, start, end), text, [("a", text)], CHINESE)
    assert (place.outcome, place.start, place.end) == ("exact", start, end)


TEXT = st.text("甲乙丙丁，。", max_size=40)


@settings(deadline=None)
@given(TEXT, TEXT, st.data())
def test_a_followed_range_lies_in_the_new_text_and_order_is_kept(before, after, data):
    pieces = diff(before, after, CHINESE)
    cut = sorted(data.draw(st.integers(0, len(before))) for _ in range(3))
    ranges = [follow(pieces, cut[0], cut[1]), follow(pieces, cut[1], cut[2])]
    for found in ranges:
        assert found is None or 0 <= found[0] <= found[1] <= len(after)
    if all(ranges):
        assert ranges[0][0] <= ranges[1][0] and ranges[0][1] <= ranges[1][1]


def test_likeness_counts_what_is_kept():
    assert likeness("", "", CHINESE) == 1.0
    assert likeness("新的日", "旧的日", CHINESE) == pytest.approx(2 / 3)
    assert likeness("二十日", "三十日", CHINESE) == pytest.approx(1 / 3)  # another number is another thing
