"""Drafts of 1,000 articles: how long each format takes to be read and to be written, in Chinese and in English.

An article has two paragraphs and, every third one, three items of two sub-items each, in twenty chapters; the words are
made here. Each figure is the median of three runs; of an import only the reading is timed, not the making of the file.
"""

import io
import json
import statistics
import time
import zipfile
from collections.abc import Callable
from datetime import date
from functools import partial
from xml.sax.saxutils import escape

from consultations.drafts import ParsedDraft, parse_file
from consultations.drafts.akomantoso import Publication, to_akoma_ntoso
from consultations.drafts.builder import TreeBuilder
from consultations.drafts.canonical import to_text
from consultations.drafts.exports import to_docx, to_html, to_pdf
from consultations.drafts.labels import CHINESE, ENGLISH, label
from consultations.drafts.numerals import to_letters, to_roman

ARTICLES = 1_000
READ_SECONDS = 5
RUNS = 3
ABOUT = Publication("bench", date(2030, 1, 1), date(2030, 2, 1), "Bench")
WORDS = {
    CHINESE: "申请人应当提交真实、完整的材料；主管部门应当在二十个工作日内作出决定，并书面说明理由。",
    ENGLISH: "The applicant submits true and complete documents; the authority decides within twenty working days.",
}


def draft(language: str) -> ParsedDraft:
    """Build the tree."""
    builder = TreeBuilder(language)
    words, chinese = WORDS[language], language == CHINESE
    for number in range(1, ARTICLES + 1):
        if number % (ARTICLES // 20) == 1:
            chapter = str(number // (ARTICLES // 20) + 1)
            heading = "总则" if chinese else "General provisions"
            builder.add("chapter", chapter, label=label("chapter", chapter, language), line=number, heading=heading)
        builder.add("article", str(number), label=label("article", str(number), language), line=number,
                    heading="" if chinese else "Decisions")  # fmt: skip
        for place in ("1", "2"):
            mark = "" if chinese else f"({place})"
            builder.add("paragraph", place, label=mark, line=number, text=words)
            if number % 3 == 0 and place == "1":
                items(builder, language, number, words)
    return builder.draft(title="示范条例" if chinese else "Sample Act 2030", note="")


def items(builder: TreeBuilder, language: str, line: int, words: str) -> None:
    """Add three items of two sub-items each."""
    for item in (1, 2, 3):
        number = str(item) if language == CHINESE else to_letters(item)
        builder.add("item", number, label=label("item", number, language), line=line, text=words)
        for subitem in (1, 2):
            number = str(subitem) if language == CHINESE else to_roman(subitem).lower()
            builder.add("subitem", number, label=label("subitem", number, language), line=line, text=words)


def to_odt(parsed: ParsedDraft) -> bytes:
    """Return a plain .odt of the canonical lines."""
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in to_text(parsed).splitlines())
    spaces = "urn:oasis:names:tc:opendocument:xmlns"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{spaces}:office:1.0" xmlns:text="{spaces}:text:1.0"><office:body>'
            f"<office:text>{lines}</office:text></office:body></office:document-content>",
        )
    return buffer.getvalue()


def seconds(work: Callable[[], object]) -> float:
    """Return the median of a few runs."""
    spent = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return round(statistics.median(spent), 2)


def report(name: str, value: float, target: float | None, note: str) -> None:
    """Print one figure."""
    ok = None if target is None else value <= target
    shown = "" if target is None else f"<= {target} s"
    line = {"name": name, "value": value, "unit": "s", "target": shown, "ok": ok, "note": note}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def main() -> None:
    """Write and read the draft in every format and both languages."""
    writers: dict[str, Callable[[ParsedDraft], bytes]] = {
        "txt": lambda parsed: to_text(parsed).encode(),
        "md": lambda parsed: ("# " + to_text(parsed).replace("\n", "\n\n")).encode(),
        "docx": to_docx,
        "odt": to_odt,
        "html": to_html,
        "akn": lambda parsed: to_akoma_ntoso(parsed, ABOUT),
    }
    for language in (CHINESE, ENGLISH):
        parsed = draft(language)
        for name, write in writers.items():
            data = write(parsed)
            read = parse_file(data, name=f"draft.{name}")
            note = f"{len(data) // 1024} KiB, {read.counts['article']} articles, {len(read.clauses)} clauses"
            value = seconds(partial(parse_file, data, name=f"draft.{name}"))
            right = read.counts == parsed.counts
            report(f"import {name}, {language}", value, READ_SECONDS, note if right else f"WRONG COUNTS: {note}")
        for name in ("docx", "html", "akn"):
            report(f"export {name}, {language}", seconds(partial(writers[name], parsed)), None, "")
        report(f"export pdf, {language}", seconds(partial(to_pdf, parsed)), None, "")


if __name__ == "__main__":
    main()
