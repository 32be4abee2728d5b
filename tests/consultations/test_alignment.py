"""What became of each article in the next version: the two real pairs, and revisions whose truth is known."""

import json
import random
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.alignment import RELATIONS, align
from consultations.alignment.chains import heaviest_chain
from consultations.alignment.evidence import Entry
from consultations.alignment.matching import match
from consultations.alignment.messages import REASONS, reason_message
from consultations.alignment.texts import similarity
from consultations.drafts import parse_file, parse_text
from consultations.drafts.labels import CHINESE, ENGLISH
from engage.errors import Refused
from tests.consultations.alignment_drafts import Revision, reworded, sentence, written
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only

SHANGHAI = ("zh-relief-shanghai-v1-2018.txt", "zh-relief-shanghai-v2-2024.txt")
CHARITY = ("zh-charity-v1-2016.txt", "zh-charity-v2-2023.txt")


def aligned(names):
    return align(*(parse_file(shared_file("data", "drafts", name)) for name in names))


def pairs_of(alignment):
    """Return every (old name, new name) an alignment claims."""
    return {(old.name, new.name) for link in alignment.links for old, new in link.pairs}


def by_names(alignment):
    """Return the links by the names on both sides."""
    return {
        (tuple(item.name for item in link.old), tuple(item.name for item in link.new)): link for link in alignment.links
    }


# The real pairs


def test_the_shanghai_pair_links_all_articles_with_the_relations_on_record():
    expected = json.loads(shared_file("data", "drafts", "pairs.json").read_text("utf-8"))[0]["pairs"]
    found = {key: link.relation for key, link in by_names(aligned(SHANGHAI)).items()}
    assert found == {(tuple(map(str, pair["v1"])), tuple(map(str, pair["v2"]))): pair["relation"] for pair in expected}
    assert len(found) == 56


def test_the_charity_pair_agrees_with_the_judgements_in_the_documents():
    """Each was decided by reading both texts; docs/alignment-charity.md gives the reasons."""
    alignment = aligned(CHARITY)
    links = by_names(alignment)
    assert {key: link.relation for key, link in links.items() if link.relation in ("split", "merged")} == {
        (("23",), ("23", "27")): "split",
        (("101",), ("111", "113", "114")): "split",
        (("101", "107"), ("113",)): "merged",
    }
    assert links[("30",), ("70",)].relation == "moved"
    assert {new for (old, new) in links if not old} == {
        (number,) for number in ("46", "71", "72", "73", "74", "85", "88", "96", "101", "102", "124")
    }
    assert not [old for (old, new) in links if not new]


def test_the_charity_pair_differs_from_the_machine_proposal_only_where_the_texts_were_read():
    proposal = json.loads(shared_file("data", "drafts", "pairs.json").read_text("utf-8"))[1]["pairs"]
    proposed = {(str(pair["v1"][0]), str(pair["v2"][0])) for pair in proposal if pair["v1"] and pair["v2"]}
    assert pairs_of(aligned(CHARITY)) - proposed == {
        ("23", "27"), ("101", "111"), ("101", "113"), ("101", "114"), ("107", "113"),
    }  # fmt: skip
    assert proposed <= pairs_of(aligned(CHARITY))


def test_the_paragraphs_of_the_split_articles_went_where_their_words_stand():
    alignment = aligned(CHARITY)
    parts = {(old.id, new.id) for links in alignment.parts() for link in links for old, new in link.pairs}
    assert {
        ("art_23__para_3", "art_27__para_1"),
        ("art_101__para_1", "art_111__para_1"),
        ("art_101__para_1", "art_113__para_1"),
        ("art_101__para_1__item_1", "art_113__para_1"),
        ("art_101__para_1__item_2", "art_111__para_1__item_1"),
        ("art_101__para_2", "art_114__para_3"),
        ("art_107__para_1", "art_113__para_2"),
    } <= parts
    assert ("art_101__para_2", "art_113__para_2") not in parts


def test_the_doubtful_links_come_first_and_say_why():
    doubtful = aligned(CHARITY).doubtful()
    assert [link.relation for link in doubtful[:3]] == ["split", "split", "merged"]
    assert [link.doubt for link in doubtful] == sorted((link.doubt for link in doubtful), reverse=True)
    assert {(tuple(i.name for i in link.old), tuple(i.name for i in link.new)) for link in doubtful[3:]} >= {
        (("26",), ("26",)), ((), ("46",)), (("30",), ("70",)),
    }  # fmt: skip
    for link in doubtful:
        for reason in link.reasons:
            assert "%(" not in reason_message(reason.code, reason.values)


# Revisions whose truth is known


def revision(seed, language):
    """Revise a random draft: articles stay, are reworded, split, merged, removed, added, and some move."""
    chance = random.Random(seed)
    made = Revision([[sentence(chance, language) for _ in range(chance.randint(1, 4))] for _ in range(20)])

    def kept(text):
        return reworded(text, chance, language) if chance.random() < 0.5 else text

    waiting = list(range(20))
    while waiting:
        old = waiting.pop(0)
        words = [kept(text) for text in made.old[old]]
        match chance.choice(["keep"] * 6 + ["split", "merge", "remove", "add"]):
            case "split" if len(words) > 1:
                cut = chance.randint(1, len(words) - 1)
                made.add(words[:cut], old)
                made.add(words[cut:], old)
            case "merge" if waiting:
                other = waiting.pop(0)
                made.add(words + [kept(text) for text in made.old[other]], old, other)
            case "remove":
                pass
            case "add":
                made.add([sentence(chance, language) for _ in range(2)])
                made.add(words, old)
            case _:
                made.add(words, old)
    for _ in range(2):
        place, target = chance.randrange(len(made.new)), chance.randrange(len(made.new))
        # A part that moves away from its other part is the hard case of the charity law; here whole articles move.
        if len(made.sources[place]) == 1 and sum(made.sources[place] == sources for sources in made.sources) == 1:
            made.new.insert(target, made.new.pop(place))
            made.sources.insert(target, made.sources.pop(place))
    return made


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**9), st.sampled_from([CHINESE, ENGLISH]))
def test_every_true_pair_of_a_revision_is_found_and_no_other(seed, language):
    made = revision(seed, language)
    alignment = align(written(made.old, language), written(made.new, language))
    assert pairs_of(alignment) == made.pairs


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(12)), st.sampled_from([CHINESE, ENGLISH]))
def test_articles_in_any_order_are_found_and_as_few_as_possible_called_moved(order, language):
    chance = random.Random(7)
    old = [[sentence(chance, language)] for _ in range(12)]
    alignment = align(written(old, language), written([old[place] for place in order], language))
    assert pairs_of(alignment) == {(str(place + 1), str(new + 1)) for new, place in enumerate(order)}
    moved = sum(link.relation == "moved" for link in alignment.links)
    kept = heaviest_chain([(place, new, 1.0) for new, place in enumerate(order)])
    assert moved == 12 - len(kept)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**9), st.sampled_from([CHINESE, ENGLISH]))
def test_every_article_of_both_versions_stands_in_a_link_with_a_relation_that_fits(seed, language):
    made = revision(seed, language)
    alignment = align(written(made.old, language), written(made.new, language))
    assert {item.name for link in alignment.links for item in link.old} == {str(n + 1) for n in range(len(made.old))}
    assert {item.name for link in alignment.links for item in link.new} == {str(n + 1) for n in range(len(made.new))}
    targets = Counter(old for old, _new in pairs_of(alignment))
    sources = Counter(new for _old, new in pairs_of(alignment))
    for link in alignment.links:
        assert link.relation in RELATIONS and 0 <= link.similarity <= 1 and 0 <= link.doubt <= 1
        shape = (len(link.old), len(link.new))
        match link.relation:
            case "new":
                assert shape == (0, 1)
            case "removed":
                assert shape == (1, 0)
            case "split":
                assert shape[0] == 1 and shape[1] == targets[link.old[0].name] > 1
            case "merged":
                assert shape[1] == 1 and shape[0] == sources[link.new[0].name] > 1
            case _:
                assert shape == (1, 1)
        if link.relation in ("same", "renumbered"):
            assert link.similarity == 1.0
            assert (link.old[0].name == link.new[0].name) == (link.relation == "same")


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10**9))
def test_the_way_back_names_the_same_pairs(seed):
    made = revision(seed, CHINESE)
    old, new = written(made.old, CHINESE), written(made.new, CHINESE)
    assert pairs_of(align(old, new)) == {(first, second) for second, first in pairs_of(align(new, old))}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from([0.5, 1.0, 1.5])), max_size=9))
def test_no_chain_is_heavier_than_the_heaviest(pairs):
    def heaviest(after_old, after_new):
        return max(
            (w + heaviest(o, n) for o, n, w in pairs if o > after_old and n > after_new),
            default=0.0,
        )

    chain = [pairs[index] for index in heaviest_chain(pairs)]
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in zip(chain, chain[1:], strict=False))
    assert sum(weight for _old, _new, weight in chain) == pytest.approx(heaviest(-1, -1))


@pytest.mark.parametrize("size", [100, 800])
def test_each_article_is_compared_with_a_few_others_however_many_there_are(size):
    chance = random.Random(size)
    old = [Entry(str(n), (sentence(chance, CHINESE),)) for n in range(size)]
    new = [Entry(str(n), (reworded(entry.parts[0], chance, CHINESE),)) for n, entry in enumerate(old)]
    matching = match(old, new, CHINESE)
    assert [(edge.old, edge.new) for edge in matching.edges] == [(n, n) for n in range(size)]
    assert matching.compared < 20 * size


# Single cases


def chinese(*articles):
    return written([[text] for text in articles], CHINESE)


def test_a_draft_against_itself_is_the_same():
    draft = written(revision(1, CHINESE).old, CHINESE)
    assert {link.relation for link in align(draft, draft).links} == {"same"}
    assert align(draft, draft).doubtful() == []


def test_the_width_of_a_colon_is_no_change_but_another_comma_is():
    old = chinese("慈善组织应当符合下列条件:有自己的名称和住所，有组织章程。")
    wide = chinese("慈善组织应当符合下列条件：有自己的名称和住所，有组织章程。")
    other = chinese("慈善组织应当符合下列条件：有自己的名称和住所；有组织章程。")
    assert align(old, wide).links[0].relation == "same"
    assert (align(old, other).links[0].relation, align(old, other).links[0].similarity) == ("reworded", 0.99)


def test_an_inserted_article_keeps_its_number_with_zhi_yi():
    old = parse_text("条例\n第一条　甲乙丙丁戊己庚辛。\n第二条　子丑寅卯辰巳午未。\n", language=CHINESE)
    new = parse_text(
        "条例\n第一条　甲乙丙丁戊己庚辛。\n第一条之一　天地玄黄宇宙洪荒。\n第二条　子丑寅卯辰巳午未。\n",
        language=CHINESE,
    )
    assert align(old, new).as_json()["pairs"] == [
        {"from": ["1"], "to": ["1"], "relation": "same", "similarity": 1.0},
        {"from": [], "to": ["1.1"], "relation": "new", "similarity": 0.0},
        {"from": ["2"], "to": ["2"], "relation": "same", "similarity": 1.0},
    ]


def test_equal_articles_that_stand_several_times_are_paired_in_order():
    chance = random.Random(3)
    own = [sentence(chance, CHINESE) for _ in range(6)]
    empty = "本条暂不规定具体内容。"
    old = chinese(own[0], empty, own[1], empty, own[2], empty)
    new = chinese(own[0], empty, own[1], own[3], empty, own[2])
    links = by_names(align(old, new))
    assert links[("2",), ("2",)].relation == "same"
    assert links[("4",), ("5",)].relation == "renumbered"
    assert links[("6",), ()].relation == "removed"


def test_numbers_that_begin_again_in_each_chapter_are_named_by_their_ids():
    text = (
        "条例\n第一章　总则\n第一条　甲乙丙丁戊己庚辛壬癸。\n第二条　子丑寅卯辰巳午未申酉。\n"
        "第二章　附则\n第一条　天地玄黄宇宙洪荒日月。\n"
    )
    draft = parse_text(text, language=CHINESE)
    names = [pair["from"] for pair in align(draft, draft).as_json()["pairs"]]
    ids = {clause.number: clause.id for clause in draft.clauses if clause.level == "article"}
    assert len({tuple(name) for name in names}) == 3
    assert ["2"] in names and [ids["1"]] in names


def test_a_text_without_articles_is_aligned_line_by_line():
    old = parse_text("甲乙丙丁戊己庚辛。\n子丑寅卯辰巳午未。\n", language=CHINESE)
    new = parse_text("子丑寅卯辰巳午未。\n天地玄黄宇宙洪荒。\n", language=CHINESE)
    relations = [pair["relation"] for pair in align(old, new).as_json()["pairs"]]
    assert sorted(relations) == ["new", "removed", "renumbered"]


def test_a_new_look_alike_is_new_and_named_as_resembling():
    original = "慈善组织确定慈善受益人，应当坚持公开、公平、公正的原则，不得指定管理人员的利害关系人作为受益人。"
    look_alike = "慈善信托的受托人确定受益人，应当坚持公开、公平、公正的原则，不得指定受托人的利害关系人作为受益人。"
    alignment = align(chinese(original), chinese(look_alike, original))
    links = by_names(alignment)
    assert links[(), ("1",)].relation == "new" and links[("1",), ("2",)].relation == "renumbered"
    assert [reason.code for reason in links[(), ("1",)].reasons] == ["resembles_old"]


def test_drafts_of_two_languages_are_not_compared():
    english = written([["Anyone may ask for a copy of the record."]], ENGLISH)
    with pytest.raises(Refused) as refusal:
        align(chinese("甲乙丙丁戊己庚辛。"), english)
    assert refusal.value.code == "languages_differ"


def test_texts_without_words_are_alike_only_when_equal():
    assert similarity("", "", CHINESE) == 1.0
    assert similarity("", "甲乙", CHINESE) == 0.0
    assert similarity("甲乙", "甲丙", CHINESE) == 0.0


def test_every_reason_has_a_sentence_with_its_values():
    assert set(REASONS) == {
        "little_alike", "rival_new", "rival_old", "split", "merged", "moved_and_reworded", "resembles_old",
        "resembles_new",
    }  # fmt: skip


# The command


def command(*arguments):
    """Run align_drafts; returns standard output, and the exit status when it failed."""
    out = StringIO()
    try:
        call_command("align_drafts", *map(str, arguments), stdout=out)
    except CommandError as failure:
        return out.getvalue(), failure.returncode
    return out.getvalue(), 0


@pytest.fixture
def files(tmp_path):
    """Two versions of a tiny draft, and one in English."""
    texts = {
        "old.txt": "条例\n第一条　甲乙丙丁戊己庚辛。\n第二条　子丑寅卯辰巳午未。\n",
        "new.txt": "条例\n第一条　子丑寅卯辰巳午未。\n第二条　天地玄黄宇宙洪荒日月盈昃。\n",
        "english.txt": "Act\nArticle 1\nAnyone may ask for a copy of the record.\n",
        "empty.txt": "",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_the_command_prints_one_object_and_nothing_else(files):
    out, status = command(files / "old.txt", files / "new.txt", "--json")
    assert status == 0
    assert json.loads(out) == {
        "pairs": [
            {"from": ["1"], "to": [], "relation": "removed", "similarity": 0.0},
            {"from": ["2"], "to": ["1"], "relation": "renumbered", "similarity": 1.0},
            {"from": [], "to": ["2"], "relation": "new", "similarity": 0.0},
        ]
    }


def test_the_command_prints_lines_for_a_person(files):
    out, status = command(files / "old.txt", files / "new.txt")
    assert status == 0 and "2 → 1  renumbered  1.00" in out.splitlines()


@pytest.mark.parametrize(
    ("new", "code", "status"),
    [("missing.txt", "cannot_open", 2), ("english.txt", "languages_differ", 1), ("empty.txt", "empty", 1)],
)
def test_the_command_refuses_in_the_form_that_scripts_read(files, new, code, status):
    out, found = command(files / "old.txt", files / new, "--json")
    (error,) = json.loads(out)["errors"]
    assert (error["code"], found) == (code, status)
    assert error["message"] and error["where"] == {"part": str(files / new)}
