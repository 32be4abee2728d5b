"""Chinese drafts become the tree a lawyer sees."""

import json
from pathlib import Path

import pytest

from consultations.drafts import ParsedDraft, parse_file, parse_text
from engage import pages
from tests.shared import SHARED, shared_file

pytestmark = pytest.mark.sqlite_only

LAW = """中华人民共和国示范法
（草案）
（2030年1月1日第一次会议通过　2031年2月3日修正）

目　　录

第一编　总　　则
　第一章　立法目的
　第二章　适用范围
第二编　分　　则
　第一分编　通则
　第一章　一般规定
　　第一节　权利
附　　则

第一编　总　　则
第一章　立法目的
第一条　【目的】为了规范示范，制定本法。
第二条　本法所称示范，是指下列活动：
（一）演示；
（二）讲解，包括：
１．现场讲解；
２．远程讲解：
（1）视频；
（2）电话。
（三）其他活动。
前款第三项由主管部门规定。
第二章　适用范围
第三条　在境内开展示范的，适用本法。
第二条规定的活动在境外开展的，参照本法。
第四条　军队的示范，由军队规定。
第四条之一　消防队伍参照执行。
第二编　分　　则
第一分编　通则
第一章　一般规定
第一节　权利
第五条　公民有权观看示范。
附　　则
第六条　本法自公布之日起施行。
附件一：示范项目表
一、现场示范
（一）讲台；
第一条　表中的数字不是条文。
"""


@pytest.fixture(scope="module")
def law() -> ParsedDraft:
    return parse_text(LAW)


def tree(draft):
    return {clause.id: (clause.heading, clause.text) for clause in draft.clauses}


def codes(draft):
    return [(doubt.line, doubt.code) for doubt in draft.doubts]


def expected_files():
    """The real laws; an empty list only where the real input is not beside the project (then one test skips)."""
    path = SHARED / "data" / "drafts" / "expected.json"
    return sorted(json.loads(path.read_text(encoding="utf-8"))["files"]) if path.exists() else ["expected.json"]


@pytest.mark.parametrize("name", expected_files())
def test_every_real_law_has_the_expected_articles(name):
    facts = json.loads(shared_file("data", "drafts", "expected.json").read_text(encoding="utf-8"))["files"][name]
    draft = parse_file(shared_file("data", "drafts", name))
    assert draft.title == facts["title"]
    assert draft.language == facts["language"].lower()
    assert dict(draft.counts) == facts["counts"]
    assert articles_of(draft) == facts["articles"]
    assert draft.doubts == ()


def articles_of(draft):
    """Return per article what expected.json says of it."""
    units = {"part": "编", "chapter": "章", "section": "节"}
    clauses = {clause.id: clause for clause in draft.clauses}
    articles, found = [], None
    for clause in draft.clauses:
        if clause.level == "article":
            path, above = [], clause.parent
            while above:
                path.insert(0, [units[clauses[above].level], int(clauses[above].number)])
                above = clauses[above].parent
            found = {
                "n": int(clause.number),
                "heading": clause.heading or None,
                "path": path,
                "paragraphs": 0,
                "items": 0,
            }
            articles.append(found)
        elif found and clause.level in ("paragraph", "item"):
            found[f"{clause.level}s"] += 1
    return articles


@pytest.mark.parametrize(
    ("docx", "txt"),
    [
        ("zh-charity-v1-2016.docx", "zh-charity-v1-2016.txt"),
        ("zh-volunteer-2017-autonumbered.docx", "zh-volunteer-2017.txt"),
        ("zh-relief-shanghai-tracked-changes.docx", "zh-relief-shanghai-v2-2024.txt"),
    ],
)
def test_a_word_file_is_the_same_draft_as_its_text(docx, txt):
    word = parse_file(shared_file("data", "drafts", docx))
    text = parse_file(shared_file("data", "drafts", txt))
    assert word.title == text.title
    assert [(c.id, c.number, c.heading, c.parent, c.text) for c in word.clauses] == [
        (c.id, c.number, c.heading, c.parent, c.text) for c in text.clauses
    ]


def test_the_demo_drafts_have_the_same_tree_in_both_languages():
    for chinese in sorted(Path(pages.__file__).parent.joinpath("demo", "drafts").glob("*.zh.txt")):
        first, second = parse_file(chinese), parse_file(chinese.with_name(chinese.name.replace(".zh.", ".en.")))
        assert [clause.id for clause in first.clauses] == [clause.id for clause in second.clauses]
        assert (first.language, second.language) == ("zh-hans", "en")
        assert first.counts == second.counts
        assert first.counts["article"] > 20


def test_title_status_and_note_are_told_apart(law):
    assert law.title == "中华人民共和国示范法（草案）"
    assert law.note == "（2030年1月1日第一次会议通过　2031年2月3日修正）"


def test_all_levels_are_found_and_counted(law):
    assert dict(law.counts) == {
        "part": 2, "chapter": 3, "section": 1, "article": 7, "paragraph": 9, "item": 3, "subitem": 4,
    }  # fmt: skip


def test_ids_name_what_holds_still(law):
    found = tree(law)
    assert found["part_1"] == ("总则", "")
    assert found["part_1__chp_2"] == ("适用范围", "")
    assert found["part_2__subpt_1"] == ("通则", "")
    assert found["part_2__chp_1__sec_1"] == ("权利", "")
    assert found["art_2__para_1__item_2"] == ("", "讲解，包括：")
    assert found["art_2__para_1__item_2__subitem_2__subitem_1"] == ("", "视频；")
    assert found["art_2__para_2"] == ("", "前款第三项由主管部门规定。")
    assert found["art_4.1__para_1"] == ("", "消防队伍参照执行。")


def test_a_heading_in_brackets_belongs_to_the_article(law):
    assert tree(law)["art_1"] == ("目的", "")
    assert tree(law)["art_1__para_1"] == ("", "为了规范示范，制定本法。")


def test_a_table_of_contents_is_left_out_with_a_doubt(law):
    assert (5, "contents_skipped") in codes(law)


def test_a_line_that_begins_with_a_reference_is_no_article(law):
    assert tree(law)["art_3__para_2"] == ("", "第二条规定的活动在境外开展的，参照本法。")


def test_a_heading_without_number_is_kept_but_not_counted(law):
    assert tree(law)["part_2__chp_n1"] == ("附则", "")
    assert (38, "unnumbered_heading") in codes(law)


def test_an_annex_is_kept_apart_and_not_counted(law):
    found = tree(law)
    assert found["annex_1"] == ("示范项目表", "")
    assert found["annex_1__item_1"] == ("", "现场示范")
    assert found["annex_1__art_1__para_1"] == ("", "表中的数字不是条文。")
    assert (40, "annex_kept") in codes(law)


def test_the_line_of_each_clause_is_that_of_the_source(law):
    lines = LAW.split("\n")
    for clause in law.clauses:
        assert (clause.text or clause.heading) in lines[clause.line - 1].replace("　　", "")


def test_the_whole_text_of_an_article_can_be_read(law):
    assert law.text_of("art_2").split("\n")[1:4] == ["（一）演示；", "（二）讲解，包括：", "１．现场讲解；"]
    with pytest.raises(KeyError):
        law.text_of("art_99")


def test_duplicate_missing_and_disordered_numbers_are_doubts_not_refusals():
    draft = parse_text("第一条 甲。\n第三条 乙。\n第三条 丙。\n第二条 丁。\n")
    assert [clause.id for clause in draft.clauses if clause.level == "article"] == [
        "art_1",
        "art_3",
        "art_3_2",
        "art_2",
    ]
    assert codes(draft) == [
        (1, "no_title"), (2, "missing_numbers"), (3, "duplicate_number"), (4, "out_of_order"),
    ]  # fmt: skip
    assert draft.doubts[2].values == {"number": "第三条", "first_line": 2}


def test_a_duplicate_never_takes_the_id_of_an_inserted_article():
    draft = parse_text("第一条 甲。\n第一条 乙。\n第一条之二 丙。\n")
    assert [clause.id for clause in draft.clauses if clause.level == "article"] == ["art_1", "art_1_2", "art_1.2"]


@pytest.mark.parametrize(
    "text",
    [
        "第十二条 上门服务\n民政部门应当提供上门服务。",
        "第十二条\n上门服务\n民政部门应当提供上门服务。",
        "第十二条【上门服务】民政部门应当提供上门服务。",
        "第十二条　（上门服务）　民政部门应当提供上门服务。",
        "第12条　上门服务\n民政部门应当提供上门服务。",
        "第 十二 条　上门服务\n民政部门应当提供上门服务。",
        "第十二条：【上门服务】民政部门应当提供上门服务。",
    ],
)
def test_every_form_of_an_article_heading_is_read(text):
    draft = parse_text(text)
    assert tree(draft) == {"art_12": ("上门服务", ""), "art_12__para_1": ("", "民政部门应当提供上门服务。")}


@pytest.mark.parametrize(
    "text",
    [
        "第十二条 民政部门应当提供上门服务\n费用由财政承担。",
        "第十二条 下列人员：\n（一）老人。",
        "第十二条 上门服务\n第十三条 其他。",
    ],
)
def test_words_that_are_no_heading_stay_text(text):
    assert parse_text(text).clauses[0].heading == ""


@pytest.mark.parametrize("mark", ["（一）", "(一)", "㈠", "（一）、", "（ 一 ）"])
def test_every_form_of_an_item_mark_is_read(mark):
    assert parse_text(f"第一条 下列情形：\n{mark}甲；").counts["item"] == 1


@pytest.mark.parametrize("mark", ["1.", "1．", "１、", "⒈", "（1）", "(1)", "⑴", "①", "1）"])
def test_every_form_of_a_sub_item_mark_is_read(mark):
    draft = parse_text(f"第一条 下列情形：\n（一）包括：\n{mark}甲；")
    assert draft.clauses[-1].id == "art_1__para_1__item_1__subitem_1"
    assert draft.clauses[-1].text == "甲；"


@pytest.mark.parametrize(
    "line",
    ["1.5倍以上的罚款。", "2030年1月1日起施行。", "一、二级医院应当登记。", "（以下简称机构）。", "第一，应当公开。"],
)
def test_numbers_that_are_no_marks_stay_words(line):
    draft = parse_text(f"第一条 内容。\n{line}")
    assert draft.clauses[-1].text == line
    assert draft.clauses[-1].level == "paragraph"


def test_arabic_items_directly_under_an_article_are_items_with_a_doubt():
    draft = parse_text("第一条 下列情形：\n1.甲；\n2.乙。")
    assert draft.counts["item"] == 2
    assert (2, "level_jump") in codes(draft)


def test_a_list_goes_on_after_a_line_of_words():
    draft = parse_text("第一条 下列情形：\n（一）甲；\n（二）乙，\n即乙类；\n（三）丙。")
    assert draft.counts["item"] == 3
    assert draft.counts["paragraph"] == 2
    assert [doubt for doubt in codes(draft) if doubt[0] > 1] == []


def test_a_gap_and_a_repetition_in_a_list_are_doubts():
    draft = parse_text("第一条 下列情形：\n（一）甲；\n（三）乙；\n（三）丙。")
    assert codes(draft) == [(1, "no_title"), (3, "missing_numbers"), (4, "number_again")]
    assert [clause.id.rpartition("__")[2] for clause in draft.clauses[2:]] == ["item_1", "item_3", "item_3_2"]


def test_a_sentence_broken_by_a_line_end_is_a_doubt():
    draft = parse_text("第一条 应当向民政部门提出申请并\n附送材料。")
    assert (2, "split_sentence") in codes(draft)


def test_clauses_inside_a_line_are_a_doubt():
    draft = parse_text("第一条 下列情形：（一）甲；（二）乙。\n第二条 内容。第三条 其他内容。")
    assert [pair for pair in codes(draft) if pair[1] == "clause_inside_line"] == [
        (1, "clause_inside_line"), (2, "clause_inside_line"),
    ]  # fmt: skip


def test_an_ambiguous_reference_is_believed_only_when_its_number_comes_next():
    draft = parse_text("第一条 甲。\n第二条及时公布结果。\n第八条及时公布结果的要求除外。")
    assert draft.counts["article"] == 2
    assert (3, "number_is_a_reference") in codes(draft)


def test_a_change_of_numbering_style_is_a_doubt():
    assert (2, "mixed_numbering") in codes(parse_text("第一条 甲。\n第2条 乙。"))


def test_a_preamble_is_kept_and_not_counted():
    draft = parse_text("示范法\n序言\n中国是示范的故乡。\n第一章 总则\n第一条 内容。")
    assert draft.clauses[0].id == "preamble_1"
    assert draft.clauses[0].heading == "序言"
    assert draft.counts["paragraph"] == 1
    assert (2, "preamble_kept") in codes(draft)


def test_lines_under_a_heading_are_kept_with_a_doubt():
    draft = parse_text("示范法\n第一章 总则\n本章说明目的。\n第一条 内容。")
    assert tree(draft)["chp_1__para_1"] == ("", "本章说明目的。")
    assert (3, "stray_line") in codes(draft)


def test_a_decision_and_a_policy_document_have_articles_and_items():
    draft = parse_text(
        "某市工作要点\n\n一、完善制度\n（一）修订目录。每年一次。\n（二）健全标准。\n二、加强公开\n应当按月更新。\n1.甲；"
    )
    assert tree(draft)["art_1"] == ("完善制度", "")
    assert tree(draft)["art_1__item_2"] == ("", "健全标准。")
    assert (draft.counts["article"], draft.counts["item"]) == (2, 3)


def test_quoted_amendments_are_words_of_the_amending_article():
    draft = parse_text(
        "关于修改示范法的决定\n一、将第二条修改为：“公开示范。\n“第三条　佩戴标志。\n“（一）甲。”\n二、删去第九条。"
    )
    assert draft.counts["article"] == 2
    assert draft.counts["paragraph"] == 4
    assert draft.counts["item"] == 0


def test_the_annex_of_a_notice_is_the_draft_itself():
    draft = parse_text("关于印发办法的通知\n各区民政局：\n现印发给你们。\n附件：示范办法\n示范办法\n第一条 内容。")
    assert draft.counts["article"] == 1
    assert "annex" not in {clause.id for clause in draft.clauses}


def test_articles_that_begin_again_in_each_chapter_are_told_by_it():
    draft = parse_text("示范\n第一章 甲\n第一条 甲。\n第二条 乙。\n第二章 乙\n第一条 丙。")
    assert [clause.id for clause in draft.clauses if clause.level == "article"] == [
        "chp_1__art_1", "chp_1__art_2", "chp_2__art_1",
    ]  # fmt: skip
    assert codes(draft) == [(6, "articles_restart")]


def test_chapters_may_be_numbered_on_across_parts():
    draft = parse_text("示范\n第一编 甲\n第一章 甲\n第一条 甲。\n第二编 乙\n第二章 乙\n第二条 乙。")
    assert draft.doubts == ()
    assert "part_2__chp_2" in tree(draft)


def test_a_repeated_contents_without_its_heading_is_left_out():
    draft = parse_text("示范\n第一章 甲\n第二章 乙\n第一章 甲\n第一条 甲。\n第二章 乙\n第二条 乙。")
    assert draft.counts["chapter"] == 2
    assert codes(draft) == [(2, "contents_skipped")]


def test_page_numbers_of_a_contents_line_do_not_matter():
    draft = parse_text("示范\n目录\n第一章 甲……………1\n第二章 乙\t2\n第一章 甲\n第一条 甲。\n第二章 乙\n第二条 乙。")
    assert draft.counts["chapter"] == 2
    assert codes(draft) == [(2, "contents_skipped")]


def test_a_text_without_marks_becomes_paragraphs():
    draft = parse_text("关于加强服务的意见\n各部门应当加强服务。\n本意见自公布之日起施行。")
    assert draft.title == "关于加强服务的意见"
    assert draft.counts["paragraph"] == 2
    assert codes(draft) == [(1, "no_structure")]


def test_lines_broken_at_a_fixed_width_are_joined():
    body = (
        "民政部门应当会同教育、卫生健康、住房和城乡建设等部门建立志愿服务信息共享机制，推动志愿服务记录互通互认并公布。"
    )
    wrapped = [body[start : start + 24] for start in range(0, len(body), 24)]
    source = ["示范办法", *(line for number in "一二三四" for line in [f"第{number}条　{wrapped[0]}", *wrapped[1:]])]
    draft = parse_text("\n".join(source))
    assert [clause.text for clause in draft.clauses if clause.level == "paragraph"] == [body] * 4
    assert codes(draft)[0] == (1, "lines_joined")


def test_ten_thousand_articles_are_read():
    draft = parse_text("示范法\n" + "\n".join(f"第{number}条 内容{number}。" for number in range(1, 10_001)))
    assert draft.counts["article"] == 10_000
    assert draft.doubts == ()


def test_a_flood_of_one_doubt_is_cut_off_with_a_count():
    draft = parse_text("\n".join(["示范法", *["第一条 内容。"] * 1_000]))
    assert draft.counts["article"] == 1_000
    assert len(draft.doubts) == 301
    assert draft.doubts[-1].values == {"count": 699, "code": "duplicate_number"}
