"""Whole English drafts of our own, each with the tree it must become, written by hand."""

import pytest

from consultations.drafts import parse_file, parse_html, parse_text
from consultations.drafts.exports import to_docx

pytestmark = pytest.mark.sqlite_only


def tree(draft):
    return [(clause.id, clause.level, clause.label, clause.heading, clause.text) for clause in draft.clauses]


BILL = """<h1>Public Spaces Bill</h1>
<p>A Bill to make provision about public spaces; and for connected purposes.</p>
<p>PART 1</p><p>GENERAL DUTIES</p>
<p>1 Duty to keep spaces open</p>
<p>(1) A local authority<a href="#n1">1</a> must keep every public space open—</p>
<p>(a) by day, and</p><p>(b) where it is lit—</p><p>(i) in the evening, and</p><p>(ii) at night,</p>
<p>unless the space is unsafe.</p>
<p>(2) Subsection (1) does not apply to a space listed in Schedule 1.</p>
<p>2 Fees</p>
<p>A local authority must not charge a fee for entering a public space.</p>
<p>PART 2</p><p>RULES</p><p>CHAPTER 1</p><p>MAKING RULES</p>
<p>3 Consultation</p>
<p>(1) Before making rules the authority must consult—</p><p>(a) residents;</p>
<p>(aa) visitors; and</p><p>(b) the police.</p>
<p>(1A) The consultation lasts at least six weeks.</p>
<p>3A Publication</p><p>The rules must be published.</p>
<p>SCHEDULE 1</p><p>Section 1</p><p>Spaces that may close</p>
<p>1 A cemetery.</p><p>2 (1) A playground.</p><p>(2) A sports ground.</p>
<table><tr><th>Space</th><th>Hours</th></tr><tr><td>Cemetery</td><td>8 to 18</td></tr></table>
<section role="doc-endnotes"><ol><li id="n1">As defined in the Local Authorities Act 2020.</li></ol></section>"""

BILL_TREE = [
    ("preamble_1", "paragraph", "", "", "A Bill to make provision about public spaces; and for connected purposes."),
    ("part_1", "part", "PART 1", "GENERAL DUTIES", ""),
    ("art_1", "article", "1", "Duty to keep spaces open", ""),
    ("art_1__para_1", "paragraph", "(1)", "", "A local authority must keep every public space open—"),
    ("art_1__para_1__item_a", "item", "(a)", "", "by day, and"),
    ("art_1__para_1__item_b", "item", "(b)", "", "where it is lit—"),
    ("art_1__para_1__item_b__subitem_i", "subitem", "(i)", "", "in the evening, and"),
    ("art_1__para_1__item_b__subitem_ii", "subitem", "(ii)", "", "at night,"),
    ("art_1__para_n1", "paragraph", "", "", "unless the space is unsafe."),
    ("art_1__para_2", "paragraph", "(2)", "", "Subsection (1) does not apply to a space listed in Schedule 1."),
    ("art_2", "article", "2", "Fees", ""),
    ("art_2__para_1", "paragraph", "", "", "A local authority must not charge a fee for entering a public space."),
    ("part_2", "part", "PART 2", "RULES", ""),
    ("part_2__chp_1", "chapter", "CHAPTER 1", "MAKING RULES", ""),
    ("art_3", "article", "3", "Consultation", ""),
    ("art_3__para_1", "paragraph", "(1)", "", "Before making rules the authority must consult—"),
    ("art_3__para_1__item_a", "item", "(a)", "", "residents;"),
    ("art_3__para_1__item_aa", "item", "(aa)", "", "visitors; and"),
    ("art_3__para_1__item_b", "item", "(b)", "", "the police."),
    ("art_3__para_1A", "paragraph", "(1A)", "", "The consultation lasts at least six weeks."),
    ("art_3A", "article", "3A", "Publication", ""),
    ("art_3A__para_1", "paragraph", "", "", "The rules must be published."),
    ("annex_1", "part", "SCHEDULE 1", "Spaces that may close", ""),
    ("annex_1__para_1", "paragraph", "", "", "Section 1"),
    ("annex_1__art_1", "article", "1", "", ""),
    ("annex_1__art_1__para_1", "paragraph", "", "", "A cemetery."),
    ("annex_1__art_2", "article", "2", "", ""),
    ("annex_1__art_2__para_1", "paragraph", "(1)", "", "A playground."),
    ("annex_1__art_2__para_2", "paragraph", "(2)", "", "A sports ground."),
    ("annex_1__art_2__para_n1", "paragraph", "", "", "Space | Hours"),
    ("annex_1__art_2__para_n2", "paragraph", "", "", "Cemetery | 8 to 18"),
]

REGULATION = """REGULATION (EU) 2031/7 OF THE EUROPEAN PARLIAMENT AND OF THE COUNCIL
of 3 March 2031
on public spaces
(Text with EEA relevance)
THE EUROPEAN PARLIAMENT AND THE COUNCIL OF THE EUROPEAN UNION,
Having regard to the Treaty on the Functioning of the European Union,
Whereas:
(1) Public spaces belong to everybody.
(2) Rules for them differ between Member States.
HAVE ADOPTED THIS REGULATION:
TITLE I
GENERAL PROVISIONS
CHAPTER I
Scope
Article 1
Subject matter
1. This Regulation lays down rules on public spaces.
2. It applies to:
(a) parks;
(b) squares which are:
(i) owned by a public body; or
(ii) open to the public.
Point (b)(ii) applies from 2033.
Article 2
Definitions
For the purposes of this Regulation:
(1) ‘park’ means any green space;
(2) ‘square’ means any paved space.
CHAPTER II
Duties
Section 1
Member States
Article 3
Access
Member States shall ensure access.
Article 3a
Reports
1. Member States shall report each year.
Section 2
Final provisions
Article 4
Entry into force
This Regulation shall enter into force on the twentieth day following its publication.
Done at Brussels, 3 March 2031.
For the Council
The President
ANNEX I
Signs
1. A green sign marks a park.
2. A grey sign marks a square.
"""

REGULATION_TREE = [
    ("preamble_1", "paragraph", "", "", "THE EUROPEAN PARLIAMENT AND THE COUNCIL OF THE EUROPEAN UNION,"),
    ("preamble_2", "paragraph", "", "", "Having regard to the Treaty on the Functioning of the European Union,"),
    ("rec_1", "paragraph", "(1)", "Whereas", "Public spaces belong to everybody."),
    ("rec_2", "paragraph", "(2)", "", "Rules for them differ between Member States."),
    ("preamble_3", "paragraph", "", "", "HAVE ADOPTED THIS REGULATION:"),
    ("part_1", "part", "TITLE I", "GENERAL PROVISIONS", ""),
    ("part_1__chp_1", "chapter", "CHAPTER I", "Scope", ""),
    ("art_1", "article", "Article 1", "Subject matter", ""),
    ("art_1__para_1", "paragraph", "1.", "", "This Regulation lays down rules on public spaces."),
    ("art_1__para_2", "paragraph", "2.", "", "It applies to:"),
    ("art_1__para_2__item_a", "item", "(a)", "", "parks;"),
    ("art_1__para_2__item_b", "item", "(b)", "", "squares which are:"),
    ("art_1__para_2__item_b__subitem_i", "subitem", "(i)", "", "owned by a public body; or"),
    ("art_1__para_2__item_b__subitem_ii", "subitem", "(ii)", "", "open to the public."),
    ("art_1__para_n1", "paragraph", "", "", "Point (b)(ii) applies from 2033."),
    ("art_2", "article", "Article 2", "Definitions", ""),
    ("art_2__para_1", "paragraph", "", "", "For the purposes of this Regulation:"),
    ("art_2__para_1__item_1", "item", "(1)", "", "‘park’ means any green space;"),
    ("art_2__para_1__item_2", "item", "(2)", "", "‘square’ means any paved space."),
    ("part_1__chp_2", "chapter", "CHAPTER II", "Duties", ""),
    ("part_1__chp_2__sec_1", "section", "Section 1", "Member States", ""),
    ("art_3", "article", "Article 3", "Access", ""),
    ("art_3__para_1", "paragraph", "", "", "Member States shall ensure access."),
    ("art_3a", "article", "Article 3a", "Reports", ""),
    ("art_3a__para_1", "paragraph", "1.", "", "Member States shall report each year."),
    ("part_1__chp_2__sec_2", "section", "Section 2", "Final provisions", ""),
    ("art_4", "article", "Article 4", "Entry into force", ""),
    (
        "art_4__para_1", "paragraph", "", "",
        "This Regulation shall enter into force on the twentieth day following its publication.",
    ),
    ("closing_1", "paragraph", "", "", "Done at Brussels, 3 March 2031."),
    ("closing_2", "paragraph", "", "", "For the Council"),
    ("closing_3", "paragraph", "", "", "The President"),
    ("annex_1", "part", "ANNEX I", "Signs", ""),
    ("annex_1__para_1", "paragraph", "1.", "", "A green sign marks a park."),
    ("annex_1__para_2", "paragraph", "2.", "", "A grey sign marks a square."),
]  # fmt: skip


def test_a_british_bill_with_a_footnote_a_schedule_and_a_table_becomes_its_tree():
    draft = parse_html(BILL)
    assert draft.title == "Public Spaces Bill"
    assert tree(draft) == BILL_TREE
    assert [(clause.id, note.at, note.text) for clause in draft.clauses for note in clause.notes] == [
        ("art_1__para_1", 17, "As defined in the Local Authorities Act 2020.")
    ]
    assert dict(draft.counts) == {
        "part": 2, "chapter": 1, "section": 0, "article": 4, "paragraph": 7, "item": 5, "subitem": 2,
    }  # fmt: skip


def test_a_european_regulation_becomes_its_tree():
    draft = parse_text(REGULATION)
    assert draft.title.endswith("of 3 March 2031 on public spaces")
    assert tree(draft) == REGULATION_TREE
    assert dict(draft.counts) == {
        "part": 1, "chapter": 2, "section": 2, "article": 5, "paragraph": 7, "item": 4, "subitem": 2,
    }  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), [(BILL, BILL_TREE), (REGULATION, REGULATION_TREE)])
def test_the_tree_is_the_same_from_word(source, expected):
    draft = parse_html(source) if source is BILL else parse_text(source)
    assert tree(parse_file(to_docx(draft))) == expected
