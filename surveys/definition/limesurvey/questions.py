"""One question of LimeSurvey as one item of a definition: a question, or a group of those it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from surveys.definition.expressions import ExpressionError, to_text
from surveys.definition.expressions.tree import Call, Literal, Node, Reference, Self
from surveys.definition.limesurvey import kinds
from surveys.definition.limesurvey.expressions import pattern_test
from surveys.definition.limesurvey.faults import Place
from surveys.definition.limesurvey.markup import plain_text
from surveys.definition.limesurvey.reading import Answer, Question, number
from surveys.definition.limesurvey.variables import Named

if TYPE_CHECKING:
    from surveys.definition.limesurvey.converting import Converter

Plain = dict[str, Any]
# How a question looks and what its export is like: nothing that is asked changes with it.
_LOOKS = frozenset((
    "alphasort", "answer_width", "answer_width_bycolumn", "array_filter_style", "assessment_value",
    "category_separator", "choice_title", "cssclass", "date_format", "display_columns", "display_rows",
    "display_type", "dropdown_dates", "dropdown_dates_minute_step", "dropdown_prefix", "dropdown_prepostfix",
    "dropdown_separators", "dropdown_size", "dualscale_headerA", "dualscale_headerB", "hide_tip", "input_boxes",
    "input_size", "label_input_columns", "page_break", "parent_order", "placeholder", "printable_help",
    "public_statistics", "question_template", "rank_title", "repeat_headings", "reverse", "samechoiceheight",
    "samelistheight", "scale_export", "show_comment", "show_grand_total", "show_title", "show_totals", "showpopups",
    "statistics_graphtype", "statistics_showgraph", "statistics_showmap", "text_input_columns", "text_input_width",
    "thousands_separator", "time_limit_action", "time_limit_countdown_message", "time_limit_timer_style",
    "use_dropdown", "value_range_allows_missing", "button_size", "max_answers_text", "form_title",
    "save_as_default", "clear_default", "other_position", "keep_aspect", "horizontal_scroll", "crop_or_resize",
))  # fmt: skip
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
# Themes of lists whose answers are addresses of pictures (or elements that show one) and nothing else.
_OF_PICTURES = "image_select"
_IMG = re.compile(r"\s*<img\b[^<>]*>\s*", re.IGNORECASE)
_SRC = re.compile(r"""\bsrc\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""", re.IGNORECASE)
_PICTURE = re.compile(r"[^<>\"'\n]{1,500}\.(?:png|jpe?g|gif|webp)", re.IGNORECASE)
_NEUTRAL = frozenset(("", "0", "N", "normal", "default", "core", "none"))


def _picture_of(html: str) -> str:
    """Return the name of the file of a picture that is all of a text; empty where it is none."""
    found = _SRC.search(html) if _IMG.fullmatch(html) else None
    address = (found[1] or found[2] or "") if found is not None else html.strip()
    return unquote(address).rpartition("/")[2] if _PICTURE.fullmatch(address) else ""


class Questions:
    """Makes items; `converter` carries words and expressions over and takes what is left out."""

    def __init__(self, converter: Converter, named: Named) -> None:
        self.converter, self.named = converter, named

    def item(self, question: Question, where: Place) -> Plain:
        """Return the question as an item, in the place of one that cannot be asked a hidden one of its name."""
        self.read: set[str] = set()
        item = self._made(question, where)
        shown = self.converter.relevance(question.row.get("relevance", ""), where, question.conditions)
        if item["type"] not in ("group", "calculation", "hidden", "meta", "note"):
            item["required"] = question.row.get("mandatory") == "Y"
        if question.row.get("mandatory") == "S":
            self._leave("lss_soft", "", where)
        if self._value(question, "hidden") == "1" and item["type"] not in ("calculation", "hidden", "meta"):
            self._leave("lss_hidden", question.type, where)
            if item["type"] == "group":
                shown = "false()"
            else:
                item = self._base(question, "hidden", where) | {"calculation": item.get("default", "")}
        self._rest(question, where)
        if question.row.get("encrypted") == "Y":
            _make_personal(item)
        return item | {"relevant": shown}

    # What all share

    def _leave(self, code: str, what: str, where: Place) -> None:
        self.converter.leave(code, what, where)

    def _texts(self, texts: Mapping[str, str], where: Place) -> dict[str, str]:
        return self.converter.texts(texts, where)

    def _value(self, question: Question, name: str) -> str:
        self.read.add(name)
        return kinds.value_of(question, name)

    def _said(self, question: Question, name: str, where: Place) -> dict[str, str]:
        """Return the words of an attribute by language; those without one are in the first."""
        self.read.add(name)
        found = question.attributes.get(name)
        if found is None:
            return {}
        return self._texts(found.texts or {self.converter.languages[0]: found.value}, where)

    def _number(self, question: Question, name: str, where: Place) -> int | float | None:
        text = self._value(question, name)
        found = kinds.as_number(text)
        if text and found is None:
            self._leave("lss_attribute", f"{name}: {text}", where)
        return found

    def _whole(self, question: Question, name: str, where: Place) -> int | None:
        found = self._number(question, name, where)
        return None if found is None else int(found)

    def _limit(self, question: Question, name: str, where: Place) -> int | None:
        """Return how many at most or at least; nothing above 0 is no limit there."""
        found = self._whole(question, name, where)
        return found if found is not None and found > 0 else None

    def _base(self, question: Question, kind: str, where: Place) -> Plain:
        base: Plain = {
            "name": self.named.given[question.qid],
            "type": kind,
            "label": self._texts(question.texts, where),
            "help": self._texts(question.help, where),
        }
        if tip := self._said(question, "em_validation_q_tip", where):
            base["constraint_message"] = tip
        return base

    def _checked(self, question: Question, where: Place) -> str:
        """Return the pattern and the validation of a question as one condition on its answer."""
        tests = []
        if pattern := question.row.get("preg", "").strip():
            try:
                tests.append(to_text(pattern_test(pattern, Self())))
            except ExpressionError:
                self._leave("lss_pattern", pattern, where)
        if text := self._value(question, "em_validation_q"):
            tests.append(self.converter.expression(text, where, this=Self()))
        tests = [test for test in tests if test]
        return " and ".join(f"({test})" for test in tests) if len(tests) > 1 else "".join(tests)

    def _default(self, question: Question, where: Place) -> str:
        """Return the answer given beforehand, where it is one word or number for all languages."""
        rows = question.defaults
        values = {row["defaultvalue"] for row in rows}
        is_plain = not any(row.get("sqid", "0") not in ("", "0") or row.get("specialtype") for row in rows)
        if len(values) == 1 and is_plain and question.type in "L!OYGNSTU5DG":
            [value] = values
            if value.startswith("{") and value.endswith("}"):
                return self.converter.expression(value[1:-1], where)
            number_of = kinds.as_number(value) if question.type in "N5" else None
            if number_of is None:
                return to_text(Literal(value))
            # Written out, 1e-20000000 has as many digits: only a plain number stays as it was written.
            written = value.strip() if _PLAIN_NUMBER.fullmatch(value.strip()) else str(number_of)
            return to_text(Literal(Decimal(written)))
        for value in sorted(values):
            self._leave("lss_default", value, where)
        return ""

    # Kinds

    def _made(self, question: Question, where: Place) -> Plain:
        kind = question.type
        if kind in kinds.CHOICES:
            return self._choice(question, where)
        if kind in kinds.ARRAYS:
            return self._array(question, where)
        if kind in kinds.SEVERAL:
            return self._several(question, where)
        if kind in ":;":
            return self._table(question, where)
        special = {
            "1": self._dual, "Y": self._listed, "G": self._listed, "5": self._points, "N": self._numeric,
            "D": self._day, "X": self._note, "*": self._equation, "|": self._file, "I": self._language,
        }  # fmt: skip
        if kind in special:
            return special[kind](question, where)
        if kind in kinds.TEXTS:
            return self._text(question, where)
        self._leave("lss_type_hidden", kind, where)
        self.read.update(question.attributes)
        return self._base(question, "hidden", where)

    def _options(self, question: Question, answers: Iterable[Answer], where: Place) -> list[Plain]:
        return [{"value": one.code, **self._shown(question, one.texts, where)} for one in answers]

    def _shown(self, question: Question, texts: Mapping[str, str], where: Place) -> Plain:
        """Return the words of an answer, or its picture where the question is a choice of pictures."""
        theme = question.row.get("question_theme_name", "") or kinds.value_of(question, "question_template")
        if theme.startswith(_OF_PICTURES) and texts:
            named = {tag: _picture_of(html) for tag, html in texts.items()}
            if all(named.values()):
                return {"media": [{"kind": "image", "source": named}]}
        return {"label": self._texts(texts, where)}

    def _other(self, question: Question, where: Place) -> list[Plain]:
        if not kinds.has_other(question):
            return []
        label = self._said(question, "other_replace_text", where)
        label = label or self.converter.words(kinds.OTHER_WORDS, where)
        return [{"value": self.named.other[question.qid], "label": label, "other": True}]

    def _rows(self, question: Question, where: Place) -> list[Plain]:
        """Return the rows of a table, or the options of several answers, with who sees them."""
        found = []
        filters = self._filters(question, where)
        for row in question.rows:
            shown = [self.converter.relevance(row.row.get("relevance", ""), where)]
            shown += [test.replace("\0", row.code.replace("'", "''")) for test in filters]
            shown = [test for test in shown if test]
            one: Plain = {"value": row.code, **self._shown(question, row.texts, where)}
            if shown:
                one["relevant"] = " and ".join(f"({test})" for test in shown) if len(shown) > 1 else shown[0]
            found.append(one)
        return found

    def _filters(self, question: Question, where: Place) -> list[str]:
        """Return what a row has to meet because it was, or was not, chosen before; NUL stands for its code."""
        tests = []
        for name, wanted in (("array_filter", True), ("array_filter_exclude", False)):
            named = dict.fromkeys(one.strip() for one in self._value(question, name).split(";"))
            for code in filter(None, named):
                source = self.converter.by_code.get(code)
                if source is None or source.type not in "MP":
                    self._leave("lss_attribute", f"{name}: {code}", where)
                    continue
                chosen: Node = Call("selected", (Reference(self.named.given[source.qid]), Literal("\0")))
                tests.append(to_text(chosen if wanted else Call("not", (chosen,))))
        return tests

    def _mixed(self, question: Question, *names: str) -> bool:
        return any(self._value(question, name) in ("1", "random") for name in names)

    def _choice(self, question: Question, where: Place) -> Plain:
        kind = kinds.CHOICES[question.type]
        base = self._base(question, kind, where)
        if question.type in "MP":
            options = self._rows(question, where)
            alone = {one.strip() for one in self._value(question, "exclude_all_others").split(";")}
            for option in options:
                if option["value"] in alone:
                    option["exclusive"] = True
        else:
            options = self._options(question, question.answers, where)
        base["options"] = options + self._other(question, where)
        if kind in ("multiple", "ranking"):
            base["min_chosen"] = self._limit(question, "min_answers", where)
            base["max_chosen"] = self._limit(question, "max_answers", where)
        else:
            base["default"] = self._default(question, where)
        if kind == "multiple" and question.defaults:
            self._default(question, where)
        if self._mixed(question, "random_order", "answer_order", "subquestion_order"):
            base["randomise"] = "shuffle"
        constraint = self._checked(question, where) if kind == "single" else ""
        if constraint:
            base["constraint"] = constraint
        return self._commented(question, base, where) if question.type in "OP" else base

    def _commented(self, question: Question, base: Plain, where: Place) -> Plain:
        """Put the comments that LimeSurvey keeps beside answers behind the question, as questions of their own."""
        self._leave("lss_comment", "", where)
        own = self.named.given[question.qid]
        items = [base]
        if question.type == "O":
            label = self.converter.words(kinds.COMMENT_WORDS, where)
            items.append({"name": self.named.parts[question.qid, "comment"], "type": "long_text", "label": label})
        else:
            for option in base["options"]:
                name = self.named.parts[question.qid, f"{self._code_of(question, option)}comment"]
                chosen = to_text(Call("selected", (Reference(own), Literal(option["value"]))))
                items.append({"name": name, "type": "text", "label": option["label"], "relevant": chosen})
        return self._grouped(question, items, where, required=[base])

    def _code_of(self, question: Question, option: Plain) -> str:
        return "other" if option.get("other") else option["value"]

    def _grouped(
        self, question: Question, items: list[Plain], where: Place, *, required: Sequence[Plain], said: bool = False
    ) -> Plain:
        """Return a group around what one question becomes; with `said` the group has its words."""
        if question.row.get("mandatory") == "Y":
            for item in required:
                item["required"] = True
        group: Plain = {"name": self.named.names.give(f"{self.named.given[question.qid]}_group"), "type": "group"}
        if said:
            group |= {"label": self._texts(question.texts, where), "help": self._texts(question.help, where)}
        return group | {"items": items}

    def _listed(self, question: Question, where: Place) -> Plain:
        base = self._base(question, "single", where) | {"options": self._built_in(question, where)}
        return base | {"default": self._default(question, where)}

    def _built_in(self, question: Question, where: Place) -> list[Plain]:
        return [
            {"value": value, "label": self.converter.words(words, where)} for value, words in kinds.built_in(question)
        ]

    def _points(self, question: Question, where: Place) -> Plain:
        default = self._default(question, where)
        return self._base(question, "rating", where) | {"minimum": 1, "maximum": 5, "default": default}

    def _array(self, question: Question, where: Place, scale: int | None = None) -> Plain:
        base = self._base(question, "matrix", where)
        listed = [one for one in question.answers if scale is None or one.scale == scale]
        base["options"] = self._built_in(question, where) or self._options(question, listed, where)
        base["rows"] = self._rows(question, where)
        if question.type == "H":
            self._leave("lss_by_column", "", where)
        if self._mixed(question, "random_order", "subquestion_order"):
            base["randomise_rows"] = "shuffle"
        if self._mixed(question, "answer_order"):
            base["randomise"] = "shuffle"
        if question.defaults:
            self._default(question, where)
        return base

    def _dual(self, question: Question, where: Place) -> Plain:
        items = []
        for scale, name in enumerate(("dualscale_headerA", "dualscale_headerB")):
            table = self._array(question, where, scale) | {"name": self.named.parts[question.qid, str(scale)]}
            table["label"] = self._said(question, name, where) or table["label"]
            table.pop("help", None)
            items.append(table)
        self._leave("lss_two_scales", "", where)
        return self._grouped(question, items, where, required=items, said=True)

    def _several(self, question: Question, where: Place) -> Plain:
        if kinds.is_sum(question):
            total = self._number(question, "equals_num_value", where)
            options = self._rows(question, where)
            unit = self._said(question, "suffix", where)
            return self._base(question, "constant_sum", where) | {"options": options, "total": total, "unit": unit}
        items = []
        for row, plain in zip(question.rows, self._rows(question, where), strict=True):
            name = self.named.parts[question.qid, row.code]
            item = self._field(question, kinds.SEVERAL[question.type], where)
            item |= {"name": name, "label": plain["label"]}
            items.append(item | ({"relevant": plain["relevant"]} if "relevant" in plain else {}))
        if question.defaults:
            self._default(question, where)
        for name in ("min_num_value", "max_num_value", "min_answers", "max_answers"):
            if text := self._value(question, name):
                self._leave("lss_attribute", f"{name}: {text}", where)
        group = self._grouped(question, items, where, required=items, said=True)
        if self._mixed(question, "random_order", "subquestion_order"):
            group["randomise"] = "shuffle"
        return group

    def _table(self, question: Question, where: Place) -> Plain:
        """A table of fields: a group for each row with a field for each column, or several answers for each row."""
        self.read.add("multiflexible_checkbox")
        groups = []
        for row, plain in zip(question.rows, self._rows(question, where), strict=True):
            if kinds.is_ticked_table(question):
                options = [{"value": one.code, "label": self._texts(one.texts, where)} for one in question.columns]
                item: Plain = {"name": self.named.parts[question.qid, row.code], "type": "multiple", "options": options}
                groups.append(item | {key: plain[key] for key in ("label", "relevant") if key in plain})
                continue
            items = []
            for column in question.columns:
                name = self.named.parts[question.qid, f"{row.code}_{column.code}"]
                kind = "number" if question.type == ":" else "text"
                item = self._field(question, kind, where)
                items.append(item | {"name": name, "label": self._texts(column.texts, where)})
            name = self.named.names.give(f"{self.named.given[question.qid]}_{row.code}")
            group: Plain = {"name": name, "type": "group", "items": items}
            groups.append(group | {key: plain[key] for key in ("label", "relevant") if key in plain})
        self._leave("lss_fields", "", where)
        required = [one for group in groups for one in group.get("items", [group])]
        return self._grouped(question, groups, where, required=required, said=True)

    def _field(self, question: Question, kind: str, where: Place) -> Plain:
        """Return what every field of a question with several has, apart from its name and words."""
        item: Plain = {"type": kind}
        if kind == "number":
            item |= self._range(question, where)
        else:
            if self._value(question, "numbers_only") == "1":
                return {"type": "number"}
            item["max_length"] = self._limit(question, "maximum_chars", where)
        if pattern := self._checked(question, where):
            item["constraint"] = pattern
        if tip := self._said(question, "em_validation_q_tip", where):
            item["constraint_message"] = tip
        return item

    def _range(self, question: Question, where: Place) -> Plain:
        names = (
            ("multiflexible_min", "multiflexible_max")
            if question.type == ":"
            else ("min_num_value_n", "max_num_value_n")
        )
        low, high = (self._number(question, name, where) for name in names)
        found: Plain = {"minimum": low, "maximum": high, "unit": self._said(question, "suffix", where)}
        if question.type == ":":
            found["step"] = self._number(question, "multiflexible_step", where)
        if self._value(question, "num_value_int_only") == "1":
            found["integer"] = True
        return found

    def _numeric(self, question: Question, where: Place) -> Plain:
        base = self._base(question, "number", where) | self._range(question, where)
        if constraint := self._checked(question, where):
            base["constraint"] = constraint
        return base | {"default": self._default(question, where)}

    def _text(self, question: Question, where: Place) -> Plain:
        if self._value(question, "numbers_only") == "1":
            return self._numeric(question, where)
        base = self._base(question, kinds.TEXTS[question.type], where)
        base["max_length"] = self._limit(question, "maximum_chars", where)
        if constraint := self._checked(question, where):
            base["constraint"] = constraint
        return base | {"default": self._default(question, where)}

    def _day(self, question: Question, where: Place) -> Plain:
        """The format says whether a day, a time of day or both are asked for."""
        shape = self._value(question, "date_format")
        has_clock = any(letter in shape for letter in "Hhi:")
        has_day = not shape or any(letter in shape for letter in "dDYy")
        base = self._base(question, "datetime" if has_clock and has_day else "time" if has_clock else "date", where)
        limits = [("date_min", ">="), ("date_max", "<=")]
        tests = []
        for name, sign in limits:
            day = self._value(question, name)
            if day[:10].count("-") == 2 and day.replace("-", "").isdecimal():
                tests.append(f". {sign} {to_text(Literal(day))}")
            elif day:
                self._leave("lss_attribute", f"{name}: {day}", where)
        if extra := self._checked(question, where):
            tests.append(f"({extra})")
        if tests:
            base["constraint"] = " and ".join(tests)
        return base | {"default": self._default(question, where)}

    def _note(self, question: Question, where: Place) -> Plain:
        return self._base(question, "note", where)

    def _equation(self, question: Question, where: Place) -> Plain:
        """The equation stands in an attribute, or in the text of the question in braces."""
        self._value(question, "hidden")
        attribute = self._value(question, "equation")
        base = self._base(question, "hidden", where) if attribute else {"name": self.named.given[question.qid]}
        body = (attribute or plain_text(next(iter(question.texts.values()), "")).text).strip()
        if body.startswith("{") and body.endswith("}") and body.count("{") == 1:
            body = body[1:-1]
        calculation = self.converter.expression(body, where)
        if not calculation:
            return base | {"type": "hidden"}
        return base | {"type": "calculation", "calculation": calculation}

    def _file(self, question: Question, where: Place) -> Plain:
        base = self._base(question, "file", where)
        kinds_taken = [one.strip().lstrip(".") for one in self._value(question, "allowed_filetypes").split(",")]
        base["accept"] = [f".{one}" for one in kinds_taken if one]
        base["max_files"] = max(1, min(20, number(self._value(question, "max_num_of_files")) or 1))
        kilobytes = number(self._value(question, "max_filesize"))
        base["max_bytes"] = kilobytes * 1024 if kilobytes > 0 else None
        if (least := self._value(question, "min_num_of_files")) not in ("", "0"):
            self._leave("lss_attribute", f"min_num_of_files: {least}", where)
        return base

    def _language(self, question: Question, where: Place) -> Plain:
        self._leave("lss_language", "", where)
        return self._base(question, "meta", where) | {"meta": "language"}

    # What is left

    def _rest(self, question: Question, where: Place) -> None:
        """Name every option that was not read and says something."""
        for name, one in question.attributes.items():
            values = [one.value, *one.texts.values()]
            if name in self.read or all(value in _NEUTRAL for value in values):
                continue
            if name in _LOOKS:
                self.converter.looks.setdefault(name)
            else:
                self._leave("lss_attribute", f"{name}: {next(value for value in values if value)}", where)
        if question.type not in "STUNKQ:;" and question.row.get("preg", "").strip():
            self._leave("lss_pattern", question.row["preg"], where)
        if question.script:
            self._leave("lss_markup", "script", where)
        if question.type in "LO!" and kinds.value_of(question, "other_comment_mandatory") == "1":
            self._leave("lss_attribute", "other_comment_mandatory: 1", where)


def _make_personal(item: Plain) -> None:
    """Keep apart what LimeSurvey stores encrypted: it says who somebody is."""
    if item["type"] == "group":
        for one in item["items"]:
            _make_personal(one)
    else:
        item["personal"] = True
