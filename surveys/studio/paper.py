"""A version as a sheet to print: numbered questions with boxes and lines, who goes where, and a QR code to the web."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from surveys.definition import model, paper
from surveys.definition.answers import bounds, plain
from surveys.definition.runtime import PIPED, Runtime
from surveys.models import Version

# Scales of more steps, and tables of more columns, do not fit across a sheet.
STEPS_MOST, COLUMNS_MOST, LABEL_SHORT = 11, 7, 3
LINES = {"long_text": 6, "text": 1, "email": 1, "phone": 1, "region": 1, "location": 2, "file": 1, "photo": 1}
Plain = dict[str, Any]


def paper_pdf(version: Version, code: str) -> bytes:
    """Return a version in one of its languages as a PDF (A4, tagged, embedded font)."""
    # typst's compiler costs every start a moment; only who prints a questionnaire needs it.
    from engage.participation.pdf import qr_as_svg, render_pdf

    with translation.override(interface_language(code)):
        values = sheet(version, code)
        return render_pdf("questionnaire", {**values, "qr": qr_as_svg(values["url"])})


def papers(definition: model.Definition) -> tuple[str, ...]:
    """Return the languages a definition can be printed in, none where nothing of it is for paper."""
    return definition.languages if paper.numbers(definition) else ()


def interface_language(code: str) -> str:
    """Return the language of the platform's own words on a sheet: that of the questions where the platform has it."""
    return code if code in settings.LANGUAGE_PATHS else settings.LANGUAGE_CODE


def _typeset(code: str) -> str:
    """Return the language of the words for typst, which takes two or three letters (ISO 639); "und" where none is."""
    primary = code.partition("-")[0].lower()
    return primary if re.fullmatch("[a-z]{2,3}", primary) else "und"


def sheet(version: Version, code: str) -> Plain:
    """Return what stands on the paper, in the active language around the words of the definition in `code`."""
    return _Sheet(version, code).values()


class _Sheet:
    def __init__(self, version: Version, code: str) -> None:
        self.version, self.code = version, code
        self.definition = version.parsed
        self.runtime = Runtime(self.definition)
        self.paper = paper.Paper(self.definition)
        self.numbers = self.paper.numbers

    def values(self) -> Plain:
        questionnaire, said = self.version.questionnaire, self.definition.settings
        closes = questionnaire.closes_at
        facts = [
            _("It is anonymous: nobody, not even the department, can tell which answers are yours.")
            if said.anonymous
            else _(
                "It is not anonymous: the department can tell which answers are yours, and shows results only for "
                "groups."
            )
        ]
        if closes is not None:
            day = date_format(timezone.localtime(closes), "DATE_FORMAT")
            facts.append(_("Please give it back until %(day)s.") % {"day": day})
        return {
            "title": self.words(self.definition.title) or questionnaire.key,
            "words_lang": _typeset(self.code),
            "site": _("Engage"),
            "asks": _("%(department)s asks") % {"department": questionnaire.department},
            "why": self.words(self.definition.introduction),
            "why_label": _("Why"),
            "facts": facts,
            "how": _("Put a cross into the box in front of your answer, and write on the lines."),
            "pages": [self._page(page) for page in self.definition.pages if paper.is_printed(page)],
            "closing": self.words(self.definition.closing),
            "url": settings.PUBLIC_URL + reverse("survey", args=[questionnaire.key]),
            "qr_label": _("QR code that opens this questionnaire on the web"),
            "call": _("You can answer on the web instead:") if self.definition.is_asked("web") else "",
            "needed": pgettext("question", "(needed)"),
            "foot": f"{questionnaire.key} · "
            + _("Version %(n)d") % {"n": self.version.number}
            + ("" if self.version.state == Version.State.PUBLISHED else " · " + _("Not released")),
        }

    # Words

    def words(self, texts: model.Texts) -> str:
        """Return a text, with the number of the question where an answer would stand in it."""
        return PIPED.sub(self._piped, self.runtime.choose(texts, self.code))

    def _piped(self, found: Any) -> str:
        owner = self.paper.owner_of(found[1])
        if owner in self.numbers:
            return _("(your answer to question %(number)d)") % {"number": self.numbers[owner]}
        return "…"

    def _own(self, item: model.Group | model.Repeat | model.Question, name: str) -> str:
        mode = getattr(item, "mode_texts", {}).get(paper.MODE)
        return self.words(getattr(mode, name) if mode is not None and getattr(mode, name) else getattr(item, name))

    def _shown(self, media: Sequence[model.Media]) -> Iterator[str]:
        """Yield in words what is seen and heard on the web: of a sound or film what it is, then all that is in it."""
        for one in media:
            said = [words for words in (self.words(one.alt), self.words(one.transcript)) if words]
            if one.kind != "image" and said:
                said.insert(0, _("Film") if one.kind == "video" else pgettext("to be heard", "Sound"))
            if said:
                yield " · ".join(said)

    # Who answers

    def _route(self, condition: str) -> Plain:
        """Return who answers, as a sentence and the things of which one or all have to be so."""
        ways = self.paper.ways(condition) if condition else ((),)
        if not all(ways):
            return {"say": "", "list": []}
        if len(ways) == 1 and len(ways[0]) == 1:
            return {"say": _("Only if %(condition)s.") % {"condition": self._clause(ways[0][0])}, "list": []}
        if len(ways) == 1:
            return {"say": _("Only if all of this is so:"), "list": [self._clause(clause) for clause in ways[0]]}
        return {"say": _("Only if at least one of these is so:"), "list": [self._together(way) for way in ways]}

    def _together(self, way: Sequence[paper.Clause]) -> str:
        said = self._clause(way[0])
        for clause in way[1:]:
            said = _("%(one)s, and %(other)s") % {"one": said, "other": self._clause(clause)}
        return said

    def _clause(self, clause: paper.Clause) -> str:
        if clause.what == "other":
            return _("this is so: %(condition)s") % {
                "condition": paper.renumbered(clause.value, self.numbers, self._number)
            }
        owner = self.paper.owner_of(clause.name)
        question = self._number(self.numbers[owner])
        if row := self.words(self.paper.row_of(clause.name)):
            question = _("question %(number)d (“%(row)s”)") % {"number": self.numbers[owner], "row": row}
        answer = self.words(self.paper.label_of(clause.name, clause.value)) or clause.value
        return {
            "answered": _("you answered %(question)s"),
            "empty": _("you did not answer %(question)s"),
            "is": _("your answer to %(question)s is “%(answer)s”"),
            "is_not": _("your answer to %(question)s is not “%(answer)s”"),
            "chosen": _("you chose “%(answer)s” in %(question)s"),
            "not_chosen": _("you did not choose “%(answer)s” in %(question)s"),
            "<": _("your answer to %(question)s is less than %(answer)s"),
            "<=": _("your answer to %(question)s is %(answer)s or less"),
            ">": _("your answer to %(question)s is more than %(answer)s"),
            ">=": _("your answer to %(question)s is %(answer)s or more"),
        }[clause.what] % {"question": question, "answer": answer}

    def _number(self, number: int) -> str:
        return _("question %(number)d") % {"number": number}

    # Pages and questions

    def _page(self, page: model.Page) -> Plain:
        return {
            "title": self.words(page.title),
            "help": self.words(page.help),
            "route": self._route(page.relevant),
            "items": [one for item in page.items for one in self._items(item, 2)],
        }

    def _items(self, item: model.Group | model.Repeat | model.Question, level: int) -> Iterator[Plain]:
        if not paper.is_printed(item):
            return
        said: Plain = {
            "label": self._own(item, "label"),
            "help": self._own(item, "help"),
            "route": self._route(item.relevant),
            "pictures": list(self._shown(item.media)),
        }
        if isinstance(item, model.Question):
            yield said | self._question(item)
            return
        again = isinstance(item, model.Repeat)
        hint = _("Fill this part in once for each. If you need it more often, copy it or use another sheet.")
        yield said | {"look": "heading", "level": min(level, 4), "hints": [hint] if again else []}
        for one in item.items:
            yield from self._items(one, level + 1)

    def _question(self, question: model.Question) -> Plain:
        if question.type == "note":
            return {"look": "note", "hints": []}
        return {
            "number": self.numbers[question.name],
            "needed": question.required is not False,
            "hints": list(self._hints(question)),
            "unit": self.words(question.unit),
            **self._answer(question),
        }

    def _hints(self, question: model.Question) -> Iterator[str]:
        if question.type == "multiple":
            yield _("You may choose several.")
        if question.min_chosen:
            yield _("Choose at least %(limit)s") % {"limit": question.min_chosen}
        if question.max_chosen:
            yield _("Choose at most %(limit)s") % {"limit": question.max_chosen}
        if question.type == "matrix":
            yield _("Choose one per row.")
        if question.type == "ranking":
            yield _("Give 1 to what comes first, 2 to the next, and so on. Leave out what you do not want to rank.")
        if question.type == "constant_sum":
            total = 100 if question.total is None else question.total
            yield _("Share out %(total)s %(unit)s in all.") % {"total": total, "unit": self.words(question.unit)}
        if question.type in ("number", "slider") and not self._steps(question):
            low, high = bounds(question)
            if low is not None and high is not None:
                yield _("From %(least)s to %(most)s") % {"least": plain(low), "most": plain(high)}
        if question.type in ("file", "photo"):
            yield _("Put it with this sheet, and write here what it is.")
        if question.type == "location":
            yield _("Write the address, or describe where it is.")
        if question.max_length and question.type in ("text", "long_text"):
            yield ngettext("At most %(n)d character", "At most %(n)d characters", question.max_length) % {
                "n": question.max_length
            }

    def _answer(self, question: model.Question) -> Plain:
        options = [self._option(one) for one in self.definition.options_of(question) if one.is_meant_for(paper.MODE)]
        if question.type in ("single", "multiple"):
            return {"look": "choices", "round": question.type == "single", "options": options}
        if question.type in ("ranking", "constant_sum"):
            return {"look": "places", "options": options}
        if question.type == "matrix":
            rows = [self._option(row) for row in question.rows if row.is_meant_for(paper.MODE)]
            is_short = all(len(option["label"]) <= LABEL_SHORT for option in options)
            across = len(options) <= (STEPS_MOST if is_short else COLUMNS_MOST)
            return {"look": "table" if across else "rows", "options": options, "rows": rows}
        if question.type in ("consent", "declaration"):
            return {"look": "choices", "round": False, "options": [{"label": _("Yes"), "other": False, "pictures": []}]}
        if steps := self._steps(question):
            ends = {"low": self.words(question.low_label), "high": self.words(question.high_label)}
            return {"look": "scale", "steps": steps, **ends}
        day = [[pgettext("on a line for a date", "year"), 18], [pgettext("on a line for a date", "month"), 12],
               [pgettext("on a line for a date", "day"), 12]]  # fmt: skip
        clock = [[pgettext("on a line for a time", "hour"), 12], [pgettext("on a line for a time", "minute"), 12]]
        fields = {"date": day, "time": clock, "datetime": [*day, *clock]}
        if question.type in fields:
            return {"look": "fields", "fields": fields[question.type]}
        if question.type in ("number", "slider", "rating", "nps"):
            return {"look": "fields", "fields": [[self.words(question.unit), 40]]}
        return {"look": "lines", "lines": LINES[question.type]}

    def _option(self, option: model.Option) -> Plain:
        # What stands for an answer without words of its own is not said twice.
        label = self.words(option.words) or option.value
        pictures = [words for words in self._shown(option.media) if words != label]
        return {"label": label, "other": option.other, "pictures": pictures}

    def _steps(self, question: model.Question) -> list[str]:
        """Return the numbers of a scale that fits across a sheet, none for what is written as a number."""
        if question.type not in ("rating", "nps", "slider"):
            return []
        low, high = bounds(question)
        if low is None or high is None or high < low:
            return []
        step = Decimal(str(question.step or 1))
        many = int((high - low) / step) + 1
        return [str(plain(low + at * step)) for at in range(many)] if many <= STEPS_MOST else []
