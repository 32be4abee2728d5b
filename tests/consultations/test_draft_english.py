"""English drafts, European, British and American, become the same kind of tree."""

import pytest

from consultations.drafts import parse_text

pytestmark = pytest.mark.sqlite_only


def tree(draft):
    return {clause.id: (clause.heading, clause.text) for clause in draft.clauses}


def codes(draft):
    return [(doubt.line, doubt.code) for doubt in draft.doubts]


def outline(draft):
    return [f"{clause.label or '-'} {clause.id}" for clause in draft.clauses]


UNITED_KINGDOM = """Data Sharing (Public Services) Act 2030
2030 CHAPTER 12
An Act to make provision about the sharing of data by public bodies; and for connected purposes.

CONTENTS
PART 1
PRELIMINARY
1 Overview
2 Interpretation
PART 2
SHARING
3 Power to share

PART 1
PRELIMINARY

Introductory

1 Overview
(1) This Act makes provision about the sharing of data.
(2) Part 2 makes provision about—
(a) gateways, and
(b) codes of practice.
2 Interpretation
(1) In this Act—
“data” means information in any form;
“public body” means a body listed in Schedule 1.
(2) A reference in this Act to sharing includes a reference to—
(a) making available, whether—
(i) to one person, or
(ii) to more than one person,
(b) transmitting,
(c) publishing,
(d) copying,
(e) summarising,
(f) linking,
(g) matching,
(h) comparing, and
(i) any other use,
but does not include destruction.
(3) Section 5 of the Data Act 2018 applies to this section.

PART 2
SHARING
CHAPTER 1
GATEWAYS
3 Power to share
(1) A public body may share data.
(1A) But it may not sell them.
(2) Subsection (1) is subject to section 4.
4 Limits
A public body must not share data for profit.
4A Extent
This Act extends to England and Wales.

SCHEDULE 1
Section 2
PUBLIC BODIES
PART 1
CENTRAL GOVERNMENT
1 (1) A department.
(2) An agency.
2 The Office of Communications.
"""


def test_an_act_of_parliament_is_read():
    draft = parse_text(UNITED_KINGDOM)
    assert draft.title == "Data Sharing (Public Services) Act 2030"
    assert draft.note == "2030 CHAPTER 12"
    assert dict(draft.counts) == {
        "part": 2, "chapter": 1, "section": 0, "article": 5, "paragraph": 13, "item": 11, "subitem": 2,
    }  # fmt: skip
    found = tree(draft)
    assert found["part_1"] == ("PRELIMINARY", "")
    assert found["part_1__sec_n1"] == ("Introductory", "")
    assert found["art_1"] == ("Overview", "")
    assert found["part_2__chp_1"] == ("GATEWAYS", "")
    assert found["art_3__para_1A"] == ("", "But it may not sell them.")
    assert found["art_4A"] == ("Extent", "")


def test_the_letter_i_after_h_is_a_letter_and_before_ii_a_number():
    found = tree(parse_text(UNITED_KINGDOM))
    assert found["art_2__para_2__item_a__subitem_i"] == ("", "to one person, or")
    assert found["art_2__para_2__item_i"] == ("", "any other use,")


def test_a_roman_list_may_begin_right_after_h():
    letters = "".join(f"({letter}) {letter};\n" for letter in "abcdefgh")
    draft = parse_text(f"Rules\nArticle 1\n1. The body shall:\n{letters}(i) one; or\n(ii) two;\n(i) nine.\n")
    ids = [clause.id.removeprefix("art_1__para_1__") for clause in draft.clauses[-3:]]
    assert ids == ["item_h__subitem_i", "item_h__subitem_ii", "item_i"]


def test_roman_v_and_x_stay_in_the_list_they_continue():
    romans = "".join(f"({number}) text;\n" for number in ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"))
    draft = parse_text(f"Rules\nArticle 1\n1. The body shall:\n(a) do:\n{romans}(b) stop.\n")
    assert draft.counts["subitem"] == 10
    assert draft.counts["item"] == 2


def test_points_put_between_older_ones_are_in_order():
    draft = parse_text("Rules\nArticle 1\n1. The body shall:\n(a) one;\n(aa) two;\n(ab) three;\n(b) four.\n")
    assert [clause.number for clause in draft.clauses if clause.level == "item"] == ["a", "aa", "ab", "b"]
    assert draft.doubts == ()


def test_a_schedule_is_kept_apart_with_its_own_numbers():
    draft = parse_text(UNITED_KINGDOM)
    found = tree(draft)
    assert found["annex_1"] == ("PUBLIC BODIES", "")
    assert found["annex_1__para_1"] == ("", "Section 2")
    assert found["annex_1__part_1"] == ("CENTRAL GOVERNMENT", "")
    assert found["annex_1__art_1__para_2"] == ("", "An agency.")
    assert [code for _line, code in codes(draft)] == [
        "preamble_kept", "contents_skipped", "unnumbered_heading", "annex_kept",
    ]  # fmt: skip


EUROPEAN = """REGULATION (EU) 2030/123 OF THE EUROPEAN PARLIAMENT AND OF THE COUNCIL
of 27 April 2030
on the open consultation of citizens
(Text with EEA relevance)
Having regard to the Treaty on the Functioning of the European Union, and in particular Article 16 thereof,
Whereas:
(1)
The consultation of citizens is a fundamental matter.
(2)
Article 8(1) of the Charter provides that everyone has the right to be heard.
HAVE ADOPTED THIS REGULATION:
CHAPTER I
General provisions
Article 1
Subject matter and objectives
1.   This Regulation lays down rules on consultation.
2.   This Regulation does not apply to the preparation of drafts:
(a)
in the course of an activity which falls outside the scope of Union law;
(b)
by the Member States, when:
(i)
acting alone; or
(ii)
acting together.
For the purposes of point (b), a Member State includes its regions.
3.   For other drafts, Regulation (EC) No 45/2001 applies.
Article 2
Definitions
For the purposes of this Regulation:
(1)
‘draft’ means any text;
(2)
‘citizen’ means any person:
(a) living in the Union; or
(b) holding its nationality.
CHAPTER II
Rights
Section 1
Transparency
Article 3
Transparent information
1.   The authority shall take appropriate measures.
Section 2
Participation
Article 4
Right to comment
The citizen shall have the right to comment.
Section 3 shall not apply.
Article 4a
Inserted
It was inserted later.
This Regulation shall be binding in its entirety.
Done at Brussels, 27 April 2030.
For the European Parliament
The President
ANNEX I
List of authorities
1. The first authority.
2. The second authority.
"""


def test_a_european_regulation_is_read():
    draft = parse_text(EUROPEAN)
    assert draft.title == (
        "REGULATION (EU) 2030/123 OF THE EUROPEAN PARLIAMENT AND OF THE COUNCIL of 27 April 2030"
        " on the open consultation of citizens"
    )
    assert draft.note == "(Text with EEA relevance)"
    assert dict(draft.counts) == {
        "part": 0, "chapter": 2, "section": 2, "article": 5, "paragraph": 10, "item": 4, "subitem": 4,
    }  # fmt: skip
    found = tree(draft)
    assert found["chp_2__sec_1"] == ("Transparency", "")
    assert found["art_1__para_2__item_b__subitem_ii"] == ("", "acting together.")
    assert found["art_1__para_n1"] == ("", "For the purposes of point (b), a Member State includes its regions.")
    assert found["art_2__para_1__item_2__subitem_a"] == ("", "living in the Union; or")
    assert found["art_4__para_2"] == ("", "Section 3 shall not apply.")
    assert found["art_4a"] == ("Inserted", "")


def test_recitals_signatures_and_annexes_are_kept_and_not_counted():
    found = tree(parse_text(EUROPEAN))
    assert found["rec_2"] == ("", "Article 8(1) of the Charter provides that everyone has the right to be heard.")
    assert found["rec_1"][0] == "Whereas"
    assert found["closing_3"] == ("", "The President")
    assert found["annex_1"] == ("List of authorities", "")
    assert found["annex_1__para_2"] == ("", "The second authority.")


def test_british_regulations_take_the_heading_above_the_number():
    draft = parse_text("""STATUTORY INSTRUMENTS
2030 No. 45
The Price Marking Regulations 2030
Made 1st March 2030
Coming into force 1st April 2030

PART 1
General
Citation and commencement
1.—(1) These Regulations may be cited as the Price Marking Regulations 2030.
(2) They come into force on 1st April 2030.
Interpretation
2. In these Regulations “price” means the selling price.
Duties of traders
3.—(1) A trader must—
(a) show the price; and
(b) show it clearly.
EXPLANATORY NOTE
These Regulations require prices to be shown.
""")
    assert draft.title == "The Price Marking Regulations 2030"
    assert draft.note == "Made 1st March 2030; Coming into force 1st April 2030"
    assert [clause.heading for clause in draft.clauses if clause.level == "article"] == [
        "Citation and commencement", "Interpretation", "Duties of traders",
    ]  # fmt: skip
    assert draft.counts["paragraph"] == 4
    assert tree(draft)["annex"] == ("EXPLANATORY NOTE", "")


def test_american_bylaws_have_sections_inside_articles():
    draft = parse_text("""Neighborhood Association Bylaws
ARTICLE I. NAME
Section 1. The name of the association is the Riverside Association.
ARTICLE II. MEMBERS
Section 1. Term of Office.
Members serve for two years.
Section 2. Members shall:
(a) pay dues; and
(b) attend meetings:
(1) once a year; or
(2) more often.
""")
    assert (draft.counts["chapter"], draft.counts["article"]) == (2, 3)
    found = tree(draft)
    assert found["chp_2"] == ("MEMBERS", "")
    assert found["chp_2__art_1"] == ("Term of Office", "")
    assert found["chp_2__art_2__para_1__item_b__subitem_2"] == ("", "more often.")


def test_a_bill_with_capital_headings_is_read():
    draft = parse_text("""Clean Water Bill
SEC. 1. SHORT TITLE.
This Act may be cited as the “Clean Water Act”.
SEC. 2. DEFINITIONS.
(a) In general.—In this Act:
(1) WATER.—The term means:
(A) rivers; and
(B) lakes.
(2) CLEAN.—The term means fit to drink.
(b) Rule.—Other terms have their ordinary meaning.
""")
    assert [clause.heading for clause in draft.clauses if clause.level == "article"] == ["SHORT TITLE", "DEFINITIONS"]
    assert outline(draft)[3:] == [
        "(a) art_2__para_a",
        "(1) art_2__para_a__item_1",
        "(A) art_2__para_a__item_1__subitem_A",
        "(B) art_2__para_a__item_1__subitem_B",
        "(2) art_2__para_a__item_2",
        "(b) art_2__para_b",
    ]


def test_a_policy_with_numbered_sections_is_read():
    draft = parse_text("""Open Data Policy

1. Purpose
This policy sets out how we publish data.
2. Scope
2.1 This policy applies to all departments.
2.2 It does not apply to:
2.2.1 personal data;
2.2.2 secret data.
3. Responsibilities
Each department shall:
1. keep a list of its data;
2. publish the list; and
3. review it every year.
4. Review
This policy is reviewed every two years.
""")
    assert [clause.heading for clause in draft.clauses if clause.level == "article"] == [
        "Purpose", "Scope", "Responsibilities", "Review",
    ]  # fmt: skip
    assert tree(draft)["art_2__para_2__item_1"] == ("", "personal data;")
    assert tree(draft)["art_3__para_1__item_3"] == ("", "review it every year.")
    assert draft.doubts == ()


def test_an_australian_act_is_read():
    draft = parse_text("""Interpretation Act 2030

Part 1—Preliminary
Division 1—Names
1  Short title
This Act may be cited as the Interpretation Act 2030.
1A  Simplified outline
The following is a simplified outline of this Act.
2  Application
(1) This Act applies to all Acts.
Division 2—Other
3  Other matters
Other matters are prescribed by the regulations.
""")
    assert dict(draft.counts) | {"paragraph": 0} == {
        "part": 1, "chapter": 2, "section": 0, "article": 4, "paragraph": 0, "item": 0, "subitem": 0,
    }  # fmt: skip
    assert tree(draft)["part_1__chp_2"] == ("Other", "")
    assert tree(draft)["art_1A"] == ("Simplified outline", "")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("PART ONE", "PART TWO", ["part_1", "part_2"]),
        ("Part I", "Part II", ["part_1", "part_2"]),
        ("PART A", "PART B", ["part_A", "part_B"]),
        ("Title 1 - First", "Title 2 - Second", ["part_1", "part_2"]),
        ("Book I", "Book II", ["part_1", "part_2"]),
    ],
)
def test_every_form_of_a_part_number_is_read(first, second, expected):
    draft = parse_text(f"Rules\n{first}\nArticle 1\nText one.\n{second}\nArticle 2\nText two.\n")
    assert [clause.id for clause in draft.clauses if clause.level == "part"] == expected


def test_a_title_inside_a_part_is_a_division_of_it():
    draft = parse_text(
        "Treaty\nPART I\nTITLE I\nArticle 1\nText.\nTITLE II\nArticle 2\nText.\nPART II\nArticle 3\nText."
    )
    assert [clause.id for clause in draft.clauses if clause.level == "part"] == [
        "part_1", "part_1__subpt_1", "part_1__subpt_2", "part_2",
    ]  # fmt: skip
    assert draft.counts["part"] == 2


@pytest.mark.parametrize(
    "text",
    [
        "Article 12 Home visits\nThe authority shall visit.",
        "Article 12. Home visits\nThe authority shall visit.",
        "Article 12 – Home visits\nThe authority shall visit.",
        "Article 12: Home visits\nThe authority shall visit.",
        "ARTICLE 12\nHome visits\nThe authority shall visit.",
        "Art. 12 Home visits\nThe authority shall visit.",
        "Section 12. Home visits\nThe authority shall visit.",
        "§ 12 Home visits\nThe authority shall visit.",
        "Article Twelve\nHome visits\nThe authority shall visit.",
    ],
)
def test_every_form_of_an_article_heading_is_read(text):
    draft = parse_text(text)
    assert tree(draft) == {"art_12": ("Home visits", ""), "art_12__para_1": ("", "The authority shall visit.")}


@pytest.mark.parametrize(
    "line",
    [
        "Section 5 of the Act does not apply.",
        "Article 6(1) shall apply.",
        "Part 2 applies from 2030.",
        "Schedule 1 has effect.",
        "30 days after publication the rules apply.",
        "Chapter 3, as amended, applies.",
    ],
)
def test_a_line_that_begins_with_a_reference_stays_words(line):
    draft = parse_text(f"Rules\nArticle 1\nFirst sentence.\n{line}\nArticle 2\nText.")
    assert [clause.text for clause in draft.clauses if clause.level == "paragraph"][1] == line


def test_lines_broken_at_a_fixed_width_are_joined():
    draft = parse_text("""Sharing Rules

Article 1 Purpose
These Rules are made to give older people convenient, reliable and
affordable care in their own homes and communities, to set clear
standards for that care, and to protect the lawful rights of older
people in the city.

Article 2 Scope
These Rules apply to the provision, support and supervision of
community elderly care within the city, whoever gives it and by
whatever means it is given, in the home or elsewhere.
""")
    assert draft.counts["paragraph"] == 2
    assert tree(draft)["art_2__para_1"][1].endswith("and by whatever means it is given, in the home or elsewhere.")
    assert (1, "lines_joined") in codes(draft)


def test_missing_and_duplicate_numbers_are_doubts():
    draft = parse_text("Rules\nArticle 1\nText.\nArticle 3\nText.\nArticle 3\nText.\nArticle 2\nText.")
    assert codes(draft) == [(4, "missing_numbers"), (6, "duplicate_number"), (8, "out_of_order")]


def test_the_language_can_be_given_or_told():
    assert parse_text("Article 1 Text.").language == "en"
    assert parse_text("第一条 内容 Article。").language == "zh-hans"
    assert parse_text("第一条 内容。", language="en").counts["article"] == 0
    with pytest.raises(ValueError, match="neither"):
        parse_text("Texte.", language="fr")
