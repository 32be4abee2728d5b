"""Headings, tables, and the parts and periods that a kind asks for."""

from __future__ import annotations

from collections.abc import Iterator

from engage.publishing.preflight.bundle import Bundle, Checked, Finding, Form, Outside, Severity
from engage.publishing.preflight.rules.markup import Document, cut, parse, text_of

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def check_headings(bundle: Bundle, outside: Outside) -> Checked:
    """Look at the order of headings: one first heading on a page, no step left out, none empty."""
    looked_at, findings = 0, []
    for form in bundle.forms:
        document = parse(form.html)
        if document is None:
            continue
        headings = [(int(element.tag[1]), text_of(element)) for element in document.each(*_HEADINGS)]
        looked_at += len(headings)
        findings += list(_order(form, document, headings))
    return Checked("headings", looked_at, findings)


def _order(form: Form, document: Document, headings: list[tuple[int, str]]) -> Iterator[Finding]:
    def found(code: str, excerpt: str = "", **values: object) -> Finding:
        return Finding(
            code, Severity.WARNS, form.label, cut(excerpt), form.fix_url, form.language, values, needle=excerpt
        )

    firsts = [text for level, text in headings if level == 1]
    if document.whole and not firsts:
        yield found("heading_no_first")
    elif len(firsts) > 1:
        yield found("heading_two_firsts", firsts[1], n=len(firsts))
    before = headings[0][0] if headings and not document.whole else 0
    for level, text in headings:
        if not text:
            yield found("heading_empty", level=level)
        if before and level > before + 1:
            yield found("heading_jump", text, level=level, before=before)
        before = level


def check_tables(bundle: Bundle, outside: Outside) -> Checked:
    """Look for tables in which no cell heads a row or column."""
    looked_at, findings = 0, []
    for form in bundle.forms:
        document = parse(form.html)
        for table in document.each("table") if document else ():
            if table.get("role") in ("presentation", "none"):
                continue
            looked_at += 1
            if table.find(".//th") is None:
                first = table.find(".//td")
                words = text_of(first) if first is not None else ""
                findings.append(
                    Finding(
                        "table_no_heads",
                        Severity.WARNS,
                        form.label,
                        cut(words),
                        form.fix_url,
                        form.language,
                        needle=words,
                    )  # fmt: skip
                )
    return Checked("tables", looked_at, findings)


def check_parts(bundle: Bundle, outside: Outside) -> Checked:
    """Look for parts that the kind asks for and that are empty in every language, and for languages without a form."""
    asked = [block for block in bundle.blocks if block.missing]
    findings = [
        Finding(
            "part_missing" if block.missing is Severity.BLOCKS else "part_empty",
            block.missing,
            block.label,
            fix_url=next(iter(block.fix_urls.values()), ""),
        )
        for block in asked
        if block.missing and not any(text.strip() for text in block.texts.values())
    ]
    have = {form.language for form in bundle.forms}
    findings += [
        Finding("language_missing", Severity.BLOCKS, values={"language": language})
        for language in bundle.languages
        if language not in have
    ]
    return Checked("parts", len(asked) + len(bundle.languages), findings)


def check_periods(bundle: Bundle, outside: Outside) -> Checked:
    """Look at how long people can take part.

    Interim Regulations on Procedures for Major Administrative Decisions (State Council Order 713, in force 2019-09-01),
    art. 15: in general not less than 30 days; a shorter period is explained when the call is published.
    """
    findings = []
    for period in bundle.periods:
        if period.days >= period.shortest:
            continue
        values = {"n": period.days, "shortest": period.shortest}
        code, severity = (
            ("period_explained", Severity.TELLS) if period.has_reason else ("period_short", Severity.BLOCKS)
        )
        findings.append(Finding(code, severity, fix_url=period.fix_url, values=values))
    return Checked("periods", len(bundle.periods), findings)
