"""The words themselves: how hard they read, shouting, other languages, personal data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from engage.participation import personal_data
from engage.publishing.preflight.bundle import Bundle, Checked, Finding, Form, Outside, Severity
from engage.publishing.preflight.rules.markup import Words, cut, parse

# --- readability ----------------------------------------------------------------------------------------------------

# Flesch-Kincaid grade level: J. P. Kincaid, R. P. Fishburne, R. L. Rogers, B. S. Chissom, "Derivation of new
# readability formulas for Navy enlisted personnel", Research Branch Report 8-75, Naval Technical Training Command,
# 1975. Twelve is the end of secondary school; below 100 words it says nothing.
GRADE_MOST = 12
WORDS_LEAST = 100
SENTENCE_WORDS_MOST = 40
# For Chinese there is no formula that its researchers agree on; sentence length in characters is the one measure that
# all of them use. The limits are this house's: on average two lines of a phone, none longer than four.
MEAN_CHARACTERS_MOST = 40
SENTENCE_CHARACTERS_MOST = 80
CHARACTERS_LEAST = 150
LISTED = 3

HAN = re.compile(r"[㐀-鿿豈-﫿]")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_ENGLISH_END = re.compile(r"(?<=[.!?])[\"')\]”’]*\s+(?=[A-Z0-9\"“‘(])|\n+")
_CHINESE_END = re.compile(r"(?<=[。！？；])[”’」』）]*|\n+")
_VOWELS = re.compile(r"[aeiouy]+")


def syllables(word: str) -> int:
    """Estimate the syllables of an English word: its groups of vowels, without a silent e or ed at the end."""
    word = re.sub(r"[^a-z]", "", word.lower())
    if len(word) <= 3:
        return 1
    word = re.sub(r"(?:(?<![aeiouytd])ed|(?<![aeiouyl])es|(?<![aeiouyl])e)$", "", word)
    return max(1, len(_VOWELS.findall(word)))


def grade(text: str) -> float | None:
    """Return the Flesch-Kincaid grade of an English text; None when it is too short to say."""
    sentences = [words for part in _ENGLISH_END.split(text) if len(words := _WORD.findall(part)) > 3]
    words = [word for sentence in sentences for word in sentence]
    if len(words) < WORDS_LEAST:
        return None
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def mean_characters(text: str) -> float | None:
    """Return the mean length of the sentences of a Chinese text in characters; None when it is too short to say."""
    lengths = [n for part in _CHINESE_END.split(text) if (n := len(HAN.findall(part or ""))) > 3]
    return sum(lengths) / len(lengths) if sum(lengths) >= CHARACTERS_LEAST else None


def long_sentences(text: str, language: str) -> list[str]:
    """Return the sentences that are longer than a reader can hold."""
    if language == "en":
        return [part for part in _ENGLISH_END.split(text) if len(_WORD.findall(part)) > SENTENCE_WORDS_MOST]
    return [part for part in _CHINESE_END.split(text) if len(HAN.findall(part or "")) > SENTENCE_CHARACTERS_MOST]


def check_readability(bundle: Bundle, outside: Outside) -> Checked:
    """Tell what reads hard in the authored words of each language; the text of a law is left as it is."""
    findings, looked_at = [], 0
    for form, text in _authored(bundle):
        looked_at += 1
        measure = grade(text) if form.language == "en" else mean_characters(text)
        most = GRADE_MOST if form.language == "en" else MEAN_CHARACTERS_MOST
        if measure is not None and measure > most:
            code = "reading_grade" if form.language == "en" else "reading_mean"
            values = {"measure": f"{measure:.0f}", "most": most}
            findings.append(Finding(code, Severity.TELLS, form.label, "", form.fix_url, form.language, values))
        long = long_sentences(text, form.language)
        for sentence in long[:LISTED]:
            n = len(_WORD.findall(sentence)) if form.language == "en" else len(HAN.findall(sentence))
            code = "sentence_words" if form.language == "en" else "sentence_characters"
            findings.append(
                Finding(
                    code,
                    Severity.TELLS,
                    form.label,
                    cut(sentence),
                    form.fix_url,
                    form.language,
                    {"n": n},
                    needle=sentence.strip()[:40],
                )  # fmt: skip
            )
    return Checked("readability", looked_at, findings)


def _authored(bundle: Bundle) -> Iterator[tuple[Form, str]]:
    """Return each language's words as their author wrote them: of the parts where there are any, else of the forms."""
    done = set()
    for form in bundle.forms:
        if form.is_rule_text or form.language not in ("zh-hans", "en"):
            continue
        own = "\n".join(block.texts.get(form.language, "") for block in bundle.blocks)
        if own.strip():
            if form.language not in done:
                yield form, own
            done.add(form.language)
        else:
            yield form, plain_text(form)


def plain_text(form: Form) -> str:
    """Return what a person reads in a form."""
    document = parse(form.html)
    return document.text if document else form.text


def _runs(form: Form) -> list[Words]:
    document = parse(form.html)
    return document.words if document else [Words(line, "") for line in form.text.splitlines()]


# --- shouting and other languages -----------------------------------------------------------------------------------

# Four capitals words in a row with letters of any weight: acronyms side by side (PDF, DOCX, ODT) are shorter.
_CAPITALS = re.compile(r"\b[A-Z]{2,}(?:[ ,'’-]+[A-Z]{1,}){3,}\b")
_HAN_RUN = re.compile(r"[㐀-鿿豈-﫿][㐀-鿿豈-﫿，。、；：？！“”（）《》 ]{2,}[㐀-鿿豈-﫿]")
_LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z'’]*(?:[ ,;:-]+[A-Za-z][A-Za-z'’]*){4,}")


def check_capitals(bundle: Bundle, outside: Outside) -> Checked:
    """Look for words written in capitals only: hard to read, and spelled out letter by letter when read aloud."""
    findings = []
    for form in bundle.forms:
        found = _CAPITALS.search(plain_text(form))
        if found and sum(map(str.isupper, found.group())) >= 12:
            findings.append(_at("capitals", Severity.WARNS, form, found.group()))
    return Checked("capitals", len(bundle.forms), findings)


def _at(code: str, severity: Severity, form: Form, excerpt: str) -> Finding:
    return Finding(code, severity, form.label, cut(excerpt), form.fix_url, form.language, needle=excerpt)


def check_foreign(bundle: Bundle, outside: Outside) -> Checked:
    """Look for passages in another language that do not say so: they are read aloud with the wrong voice."""
    findings, looked_at = [], 0
    for form in bundle.forms:
        if not form.html or form.language not in ("zh-hans", "en"):
            continue
        looked_at += 1
        for words in _runs(form):
            spoken = (words.lang or form.language).lower()[:2]
            pattern = {"en": _HAN_RUN, "zh": _LATIN_RUN}.get(spoken)
            if pattern and (found := pattern.search(words.text)):
                findings.append(_at("foreign_unmarked", Severity.WARNS, form, found.group()))
    return Checked("foreign", looked_at, findings)


# --- personal data --------------------------------------------------------------------------------------------------

# Numbers that only ever belong to a person block. An office has telephones and addresses of its own.
WEIGHTS = {
    "resident_id": Severity.BLOCKS,
    "bank_card": Severity.BLOCKS,
    "passport": Severity.BLOCKS,
    "mobile": Severity.WARNS,
    "plate": Severity.WARNS,
    "address": Severity.WARNS,
}


def check_personal(bundle: Bundle, outside: Outside) -> Checked:
    """Look for personal data in every form; the report shows them covered."""
    findings: list[Finding] = []
    seen = set()
    for form in bundle.forms:
        text = plain_text(form)
        for found in personal_in(text):
            key = (form.language, text[found.start : found.end])
            if key not in seen:
                seen.add(key)
                findings.append(personal(found, text, form.label, form.fix_url, form.language))
    return Checked("personal", len(bundle.forms), findings)


def personal_in(text: str) -> Iterable[personal_data.Finding]:
    """Return the personal data in a text that matter here."""
    return [found for found in personal_data.find(text) if found.kind in WEIGHTS]


def personal(found: personal_data.Finding, text: str, where: str, fix_url: str, language: str) -> Finding:
    """Make the finding of a piece of personal data, with its surroundings and itself covered."""
    near = personal_data.mask(text[max(0, found.start - 15) : found.end + 15])
    return Finding(
        "personal_data", WEIGHTS[found.kind], where, cut(near), fix_url, language, {"kind": found.kind},
        needle=text[found.start : found.end],
    )  # fmt: skip
