"""Drafts for the tests of formats: trees drawn by hypothesis, with the labels a printer would give them, and notes."""

from dataclasses import replace

from hypothesis import strategies as st

from consultations.drafts import Note, ParsedDraft
from consultations.drafts.labels import label
from tests.consultations.test_draft_canonical import drafts, words


def labelled(draft: ParsedDraft) -> ParsedDraft:
    """Return a drawn tree with printed labels: the numbers of numbered English paragraphs in brackets."""

    def printed(clause):
        if clause.level == "paragraph":
            return f"({clause.number})" if clause.label else ""
        kind = "annex" if clause.level == "part" and clause.id.startswith("annex") else clause.level
        return label(kind, clause.number, draft.language)

    return replace(draft, clauses=tuple(replace(clause, label=printed(clause)) for clause in draft.clauses))


@st.composite
def noted_drafts(draw, language):
    """Draw a labelled tree with footnotes on some of its clauses, in their words or at their headings."""
    draft = labelled(draw(drafts(language)))
    clauses = []
    for clause in draft.clauses:
        places = []
        if clause.heading:
            places.append(st.just(-1))
        if clause.text:
            places.append(st.integers(0, len(clause.text)))
        found = draw(st.lists(st.one_of(places), max_size=2)) if places and draw(st.booleans()) else []
        notes = tuple(Note(at, str(mark), draw(words(language))) for mark, at in enumerate(sorted(found), 1))
        clauses.append(replace(clause, notes=notes))
    return replace(draft, clauses=tuple(clauses))
