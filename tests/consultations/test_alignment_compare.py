"""Two versions row by row: nothing lost, nothing twice, changes readable."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.alignment import align
from consultations.alignment.compare import compare
from consultations.drafts import parse_file, parse_text
from consultations.drafts.labels import CHINESE, ENGLISH
from tests.consultations.alignment_drafts import reworded, sentence, written
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only


def compared(old, new, language=CHINESE):
    return compare(align(*(parse_text(text, language=language) for text in (old, new))))


def test_chinese_words_are_marked_by_the_character_and_numbers_whole():
    (article,) = compared("条例\n第一条　应当在二十日内作出决定。\n", "条例\n第一条　应当在三十日内作出书面决定。\n")
    (row,) = article.rows
    assert row.inline == (
        ("keep", "应当在"), ("del", "二十"), ("ins", "三十"), ("keep", "日内作出"), ("ins", "书面"), ("keep", "决定。"),
    )  # fmt: skip
    assert row.before == (("keep", "应当在"), ("del", "二十"), ("keep", "日内作出"), ("keep", "决定。"))
    assert row.after == (
        ("keep", "应当在"), ("ins", "三十"), ("keep", "日内作出"), ("ins", "书面"), ("keep", "决定。"),
    )  # fmt: skip


def test_english_words_are_marked_whole():
    (article,) = compared(
        "Act\nArticle 1\nThe body shall publish a report.\n",
        "Act\nArticle 1\nThe body should publish a report.\n",
        ENGLISH,
    )
    assert article.rows[0].inline == (
        ("keep", "The body "), ("del", "shall"), ("ins", "should"), ("keep", " publish a report."),
    )  # fmt: skip


def test_an_unchanged_article_has_no_marks_and_a_new_number_is_a_change():
    same, added, moved_up = compared(
        "条例\n第一条　甲乙丙丁戊己庚辛。\n第二条　子丑寅卯辰巳午未。\n",
        "条例\n第一条　甲乙丙丁戊己庚辛。\n第二条　天地玄黄宇宙洪荒。\n第三条　子丑寅卯辰巳午未。\n",
    )
    assert not same.changed and added.changed and moved_up.changed
    assert not moved_up.rows[0].changed
    assert added.rows[0].inline == (("ins", "天地玄黄宇宙洪荒。"),)


def test_a_removed_article_is_shown_as_taken_out():
    kept, removed = compared(
        "条例\n第一条　甲乙丙丁戊己庚辛。\n第二条　子丑寅卯辰巳午未。\n", "条例\n第一条　甲乙丙丁戊己庚辛。\n"
    )
    assert [link.relation for link in removed.links] == ["removed"] and removed.new == ()
    assert removed.rows[0].inline == (("del", "子丑寅卯辰巳午未。"),)


def test_a_split_paragraph_is_shown_once_beside_its_parts():
    first, second = "社区图书馆每周开放不少于五天，节假日除外。", "开放时间应当在门口公示，并在网站上公布。"
    (article,) = compared(f"条例\n第一条　{first}{second}\n", f"条例\n第一条　{first}\n{second}\n")
    (row,) = article.rows
    assert len(row.new) == 2 and row.inline == (("keep", first), ("ins", "\n"), ("keep", second))


def test_the_width_of_a_sign_is_not_marked():
    (article,) = compared("条例\n第一条　应当载明下列事项:名称。\n", "条例\n第一条　应当载明下列事项：名称。\n")
    assert not article.changed and article.rows[0].after == (
        ("keep", "应当载明下列事项"),
        ("keep", "："),
        ("keep", "名称。"),
    )


def test_the_rows_of_the_split_article_of_the_charity_law_can_be_read():
    names = ("zh-charity-v1-2016.txt", "zh-charity-v2-2023.txt")
    articles = compare(align(*(parse_file(shared_file("data", "drafts", name)) for name in names)))
    (split,) = [article for article in articles if len(article.links) > 1]
    beside = {new.id: [old.id for old in row.old] for row in split.rows for new in row.new}
    assert beside["art_111__para_1"] == ["art_101__para_1"]
    assert beside["art_113__para_1"] == ["art_101__para_1", "art_101__para_1__item_1"]
    assert beside["art_113__para_2"] == ["art_107__para_1"]
    assert beside["art_114__para_1"] == []
    assert list(beside) == sorted(beside, key=lambda id_: tuple(map(int, re.findall(r"\d+", id_))))


def test_no_lone_character_stands_between_two_marks_in_the_charity_law():
    names = ("zh-charity-v1-2016.txt", "zh-charity-v2-2023.txt")
    rows = [
        row
        for article in compare(align(*(parse_file(shared_file("data", "drafts", name)) for name in names)))
        for row in article.rows
    ]
    lone = [
        row.inline[at - 1 : at + 2]
        for row in rows
        for at in range(1, len(row.inline) - 1)
        if row.inline[at][0] == "keep"
        and len(row.inline[at][1]) == 1
        and row.inline[at - 1][0] != "keep" != row.inline[at + 1][0]
    ]
    assert lone == []
    assert sum(row.changed for row in rows) > 50


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**9), st.sampled_from([CHINESE, ENGLISH]))
def test_every_paragraph_of_both_versions_is_shown_and_new_ones_once(seed, language):
    chance = random.Random(seed)
    old = [[sentence(chance, language) for _ in range(chance.randint(1, 3))] for _ in range(8)]
    new = [[reworded(text, chance, language) for text in article] for article in old]
    new[2:4] = [new[2] + new[3]]
    new.insert(chance.randrange(len(new)), [sentence(chance, language)])
    new.insert(chance.randrange(len(new)), new.pop(chance.randrange(len(new))))
    alignment = align(written(old, language), written(new, language))
    rows = [row for article in compare(alignment) for row in article.rows]
    for side, items, text_of in (
        (0, alignment.old, lambda row: row.before),
        (1, alignment.new, lambda row: row.after),
    ):
        shown = [item.id for row in rows for item in (row.old, row.new)[side]]
        every = [part.id for item in items for part in item.parts]
        assert (sorted(shown) if side else sorted(set(shown))) == sorted(every)
        for row in rows:
            words = "".join(text for _kind, text in text_of(row))
            assert words == "\n".join(item.text for item in (row.old, row.new)[side])
