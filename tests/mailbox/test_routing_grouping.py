"""Grouping: copies of one letter among others, and the command."""

from __future__ import annotations

import csv
import json
import random
from itertools import combinations
from typing import Any

import pytest
from django.core.management import call_command

from engage.search.grouping import Grouping, group, normal
from tests.shared import shared_file

CAMPAIGN = (
    "尊敬的领导：我们是滨江小区的业主。小区门口的滨江路自去年五月起封闭施工，原定三个月完工，至今没有通车。"
    "孩子上学要绕行两公里，老人看病也不方便，夜里没有路灯，已经有人摔伤。我们多次向施工单位反映，都没有结果。"
    "请尽快公布复工和通车的时间，并在施工期间开一条人行便道，装上临时照明。盼复。"
)
SENTENCES = [one + "。" for one in CAMPAIGN.split("。") if one]


def edited(number: int, chance: random.Random) -> str:
    """A copy with a small change, as people make them: a greeting, a sentence less, words of their own, a typo."""
    way = number % 5
    if way == 0:
        return CAMPAIGN
    if way == 1:
        return f"您好！我叫{chance.choice('赵钱孙李周吴郑王')}某，住{chance.randint(1, 30)}栋。{CAMPAIGN}"
    if way == 2:
        left = list(SENTENCES)
        left.pop(chance.randrange(1, len(left)))
        return "".join(left)
    if way == 3:
        return (
            CAMPAIGN + f"我家老人{chance.randint(60, 90)}岁，上个月绕路时摔了一跤，住院花了{chance.randint(2, 9)}千元。"
        )
    at = chance.randrange(len(CAMPAIGN) - 1)
    return CAMPAIGN[:at] + CAMPAIGN[at + 1] + CAMPAIGN[at] + CAMPAIGN[at + 2 :]


def others(count: int, chance: random.Random) -> list[str]:
    """Letters of their own: real ones, and ones put together from sentences of different letters."""
    with shared_file("data", "messages", "mayor_zh.csv").open(encoding="utf-8") as lines:
        texts = [row["text"] for row in csv.DictReader(lines)]
    pieces = [one for text in texts for one in text.split("。") if 10 < len(one) < 80]
    while len(texts) < count:
        texts.append("。".join(chance.sample(pieces, 6)))
    return texts[:count]


def scores(found: Grouping, copies: set[str]) -> tuple[float, float]:
    """Return precision and recall over pairs that hold a copy."""
    groups = [set(one.members) for one in found.groups]
    together = sum(len(g & copies) * (len(g & copies) - 1) // 2 for g in groups)
    said = sum(len(g & copies) * (len(g & copies) - 1) // 2 + len(g & copies) * len(g - copies) for g in groups)
    return together / said, together / (len(copies) * (len(copies) - 1) // 2)


def test_four_hundred_copies_are_found_among_a_thousand_other_letters():
    chance = random.Random(5)
    rows = [(f"c{n}", edited(n, chance)) for n in range(400)]
    rows += [(f"o{n}", text) for n, text in enumerate(others(1_000, chance))]
    chance.shuffle(rows)
    found = group(rows)
    precision, recall = scores(found, {f"c{n}" for n in range(400)})
    assert precision >= 0.98 and recall >= 0.98
    assert found.rows == 1_400
    largest = found.groups[0]
    assert len(largest.members) >= 396 and 0.5 < largest.least <= 1


def test_groups_are_the_same_in_whatever_process():
    rows = [(str(n), edited(n, random.Random(n))) for n in range(20)]
    assert group(rows) == group(rows)


def test_the_same_text_in_another_dress_is_one_text():
    assert normal("Ｈｅｌｌｏ， World!") == normal("hello world") == "hello world"
    assert normal("水管 坏了 ，请修。") == normal("水管坏了请修") == "水管坏了请修"
    found = group(
        [("a", CAMPAIGN), ("b", CAMPAIGN.replace("。", " 。\n")), ("c", "别的事情，与此无关，请查收这封信。")]
    )
    assert found.different == 2
    (only,) = found.groups
    assert (only.members, only.representative, only.least, only.exact) == (("a", "b"), "a", 1.0, 2)


def test_short_texts_are_a_group_only_when_they_are_the_same():
    found = group([("a", "支持！"), ("b", "支持"), ("c", "我支持"), ("d", "I agree"), ("e", "I agree.")])
    assert [one.members for one in found.groups] == [("a", "b"), ("d", "e")]


def test_nothing_and_empty_texts_make_no_group():
    assert group([]).groups == ()
    assert group([("a", ""), ("b", " 。 "), ("c", "")]).groups == ()


def test_english_letters_are_grouped_by_their_words():
    letter = "The bus stop on River Street has had no light since May. Two people fell. Please repair it this month."
    rows = [
        ("a", letter),
        ("b", "Hello! " + letter),
        ("c", letter.replace("Two", "Three")),
        ("d", "Thank you for all."),
    ]
    (only,) = group(rows).groups
    assert only.members == ("a", "b", "c")


def test_different_letters_of_one_subject_stay_apart():
    with shared_file("data", "messages", "mayor_zh.csv").open(encoding="utf-8") as lines:
        rows = [(row["id"], row["text"]) for row in csv.DictReader(lines)]
    found = group(rows)
    assert max(len(one.members) for one in found.groups) <= 6
    assert sum(len(one.members) for one in found.groups) <= len(rows) * 0.1


# --- the command ----------------------------------------------------------------------------------------------------


def called(capsys: Any, path: Any) -> tuple[int, dict[str, Any]]:
    code = 0
    try:
        call_command("group_texts", str(path), "--json")
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, json.loads(capsys.readouterr().out)


def test_group_texts_prints_the_groups(capsys, tmp_path):
    path = tmp_path / "texts.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("id", "text"), ("a", CAMPAIGN), ("b", CAMPAIGN + "盼复。"), ("c", "别的事情")])
    code, found = called(capsys, path)
    assert code == 0
    assert (found["rows"], found["texts_different"]) == (3, 3)
    (only,) = found["groups"]
    assert only["members"] == ["a", "b"] and only["representative"] in only["members"]
    assert 0.6 <= only["min_similarity"] <= 1 and only["exact"] == 1
    assert found["seconds"] >= 0 and found["peak_mb"] > 0


def test_group_texts_of_the_shared_campaigns(capsys):
    path = shared_file("data", "themes", "neardup_en.csv")
    _code, found = called(capsys, path)
    with path.open(encoding="utf-8") as lines:
        campaign = {row["id"]: row["campaign"] for row in csv.DictReader(lines) if row["edit"] != "unique"}
    pairs = [pair for one in found["groups"] for pair in combinations(one["members"], 2)]
    right = sum(campaign.get(a) is not None and campaign.get(a) == campaign.get(b) for a, b in pairs)
    assert right / len(pairs) >= 0.98


@pytest.mark.parametrize(("content", "code"), [(None, 2), ("id,words\n1,x\n", 1), ("id,text\n", 1)])
def test_group_texts_says_what_is_wrong_with_a_table(capsys, tmp_path, content, code):
    path = tmp_path / "texts.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    ended, found = called(capsys, path)
    assert ended == code and found["errors"][0]["message"]
