"""The file as LimeSurvey writes it: tables of rows, put together into groups, questions and answers.

Format: the survey archive of LimeSurvey (https://www.limesurvey.org, `application/helpers/export_helper.php`): one
element for each table, with `fields` and `rows`. Up to database version 399 a row is there once for each language; from
400 on words stand in tables of their own (`question_l10ns` and the like). Both are read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from engage.errors import Refused
from surveys.definition import model
from surveys.definition.limesurvey import kinds
from surveys.definition.xlsform.languages import language_tag

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 300_000
MAX_LANGUAGES = 100
MAX_OWN_TEXTS = 100_000
Row = Mapping[str, str]
Texts = dict[str, str]


@dataclass
class Answer:
    """One answer of a list or scale; arrays with two scales have scale 0 and 1."""

    code: str
    scale: int
    texts: Texts


@dataclass
class Attribute:
    """An option of a question by its name: its value, and its values by language."""

    value: str = ""
    texts: Texts = field(default_factory=dict)


@dataclass
class Question:
    """A question, or a row or column of one; texts are HTML as in the file."""

    qid: str
    type: str
    code: str
    row: Row
    texts: Texts
    help: Texts
    rows: list[Question] = field(default_factory=list)
    columns: list[Question] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    attributes: dict[str, Attribute] = field(default_factory=dict)
    conditions: list[Row] = field(default_factory=list)
    defaults: list[Row] = field(default_factory=list)
    script: bool = False


@dataclass
class Group:
    """A group of questions, which LimeSurvey shows on one page."""

    gid: str
    title: Texts
    description: Texts
    row: Row
    questions: list[Question] = field(default_factory=list)


@dataclass
class Survey:
    """A survey: `tags` gives the language tag of each of its languages, the first one first."""

    tags: dict[str, str]
    settings: Row
    texts: dict[str, Texts]
    groups: list[Group]
    quotas: list[tuple[Row, list[Row], Texts]]
    others: dict[str, int]
    """Tables that nothing is taken from, and points of answers, with how many rows they have."""
    orphans: dict[str, int]
    """Rows by table that belong to nothing in the file: questions without a group, answers without a question."""
    strangers: list[str]
    """Languages of words that the survey does not name among its own."""

    def questions(self) -> Iterable[Question]:
        """Yield the questions in their order."""
        for group in self.groups:
            yield from group.questions

    def counts(self) -> dict[str, int]:
        """Count groups, questions, rows and columns of questions, answers, quotas and languages."""
        questions = list(self.questions())
        return {
            "groups": len(self.groups),
            "questions": len(questions),
            "subquestions": sum(len(one.rows) + len(one.columns) for one in questions),
            "answers": sum(len(one.answers) for one in questions),
            "quotas": len(self.quotas),
            "languages": len(self.tags),
        }


_READ = frozenset((
    "answers", "answer_l10ns", "conditions", "defaultvalues", "defaultvalue_l10ns", "groups", "group_l10ns",
    "questions", "question_l10ns", "subquestions", "question_attributes", "quota", "quota_members",
    "quota_languagesettings", "surveys", "surveys_languagesettings",
))  # fmt: skip


def read_survey(content: bytes) -> Survey:
    """Read an .lss file. Nothing outside the file is looked at, and no entity of its own is expanded.

    Raises Refused: lss_too_large (max_megabytes), lss_not_xml (line), lss_unsafe, lss_not_survey (kind), lss_too_many
    (max_rows), lss_too_many_languages (limit), lss_too_many_questions (limit), lss_too_many_texts
    (limit), lss_no_language, lss_no_questions.
    """
    if len(content) > MAX_BYTES:
        raise Refused("lss_too_large", max_megabytes=MAX_BYTES // 1024 // 1024)
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise Refused("lss_unsafe") from None
    except ParseError as error:
        raise Refused("lss_not_xml", line=error.position[0]) from None
    except (ValueError, LookupError):  # an encoding that the parser does not know
        raise Refused("lss_not_xml", line=1) from None
    kind = (root.findtext("LimeSurveyDocType") or "").strip()
    if root.tag != "document" or kind != "Survey":
        raise Refused("lss_not_survey", kind=kind or root.tag)
    tables = {section.tag: _rows(section) for section in root if section.find("rows") is not None}
    if sum(map(len, tables.values())) > MAX_ROWS:
        raise Refused("lss_too_many", max_rows=MAX_ROWS)
    named = [one.text.strip() for one in root.iterfind("languages/language") if one.text and one.text.strip()]
    survey = _Reader(tables, named).survey()
    # A table has a field for each row and column: a short file may ask for more names than there is memory.
    asked = sum(1 + len(one.rows) * len(one.columns) for one in survey.questions())
    if asked > model.MAX_ITEMS:
        raise Refused("lss_too_many_questions", limit=model.MAX_ITEMS)
    # Answers that are not in the file get their words here, in each of the languages.
    own = sum(len(kinds.built_in(one)) + kinds.has_other(one) for one in survey.questions())
    if own * len(survey.tags) > MAX_OWN_TEXTS:
        raise Refused("lss_too_many_texts", limit=MAX_OWN_TEXTS)
    return survey


def _rows(section: Any) -> list[Row]:
    return [{cell.tag: cell.text or "" for cell in row} for row in section.iterfind("rows/row")]


def number(text: str) -> int:
    """Return a whole number of a row, 0 for anything else; rows are ordered by it."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,11}", text.strip()) else 0


class _Reader:
    def __init__(self, tables: Mapping[str, list[Row]], named: Sequence[str]) -> None:
        self.tables = tables
        settings = tables.get("surveys") or [{}]
        self.settings = settings[0]
        self.orphans: Counter[str] = Counter()
        self.strangers: dict[str, None] = {}
        first = self.settings.get("language", "")
        if len(set(named)) > MAX_LANGUAGES:
            raise Refused("lss_too_many_languages", limit=MAX_LANGUAGES)
        self.tags = {name: language_tag(name) for name in dict.fromkeys([*([first] if first else []), *named])}
        if not self.tags:
            raise Refused("lss_no_language")

    def table(self, name: str) -> list[Row]:
        return self.tables.get(name, [])

    def survey(self) -> Survey:
        groups = self._groups()
        questions = self._questions()
        for question in sorted(questions.values(), key=lambda one: number(one.row.get("question_order", ""))):
            if (group := groups.get(question.row.get("gid", ""))) is not None:
                group.questions.append(question)
            else:
                self.orphans["questions"] += 1
        if not questions:
            raise Refused("lss_no_questions")
        self._answers(questions)
        self._attributes(questions)
        for row in self.table("conditions"):
            if row.get("qid", "") in questions:
                questions[row["qid"]].conditions.append(row)
            else:
                self.orphans["conditions"] += 1
        self._defaults(questions)
        others = {name: len(rows) for name, rows in self.tables.items() if rows and name not in _READ}
        if points := sum(number(row.get("assessment_value", "")) != 0 for row in self.table("answers")):
            others["assessment_value"] = points
        ordered = sorted(groups.values(), key=lambda one: number(one.row.get("group_order", "")))
        return Survey(
            self.tags, self.settings, self._settings_texts(), ordered, self._quotas(), others,
            dict(self.orphans), list(self.strangers),
        )  # fmt: skip

    def _said(self, rows: Iterable[Row], name: str, language: str = "language") -> Texts:
        """Words by tag; a row without a language is in the first one."""
        said: Texts = {}
        for row in rows:
            code = row.get(language, "")
            if row.get(name) and code and code not in self.tags:
                self.strangers.setdefault(code)
            if row.get(name) and (not code or code in self.tags):
                said[self.tags[code] if code else next(iter(self.tags.values()))] = row[name]
        return said

    def _by(self, table: str, key: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.table(table):
            found.setdefault(row.get(key, ""), []).append(row)
        return found

    def _groups(self) -> dict[str, Group]:
        words = self._by("group_l10ns", "gid")
        found = {}
        for gid, rows in self._by("groups", "gid").items():
            said = words.get(gid, rows)
            found[gid] = Group(gid, self._said(said, "group_name"), self._said(said, "description"), rows[0])
        return found

    def _questions(self) -> dict[str, Question]:
        words = self._by("question_l10ns", "qid")
        made = {}
        for table in ("questions", "subquestions"):
            for qid, rows in self._by(table, "qid").items():
                said, row = words.get(qid, rows), rows[0]
                made[qid] = Question(
                    qid, row.get("type", ""), row.get("title", ""), row, self._said(said, "question"),
                    self._said(said, "help"), script=any(one.get("script", "").strip() for one in said),
                )  # fmt: skip
        top = {qid: one for qid, one in made.items() if number(one.row.get("parent_qid", "")) == 0}
        below = [one for qid, one in made.items() if qid not in top]
        for one in sorted(below, key=lambda each: number(each.row.get("question_order", ""))):
            if (owner := top.get(one.row["parent_qid"])) is not None:
                (owner.columns if number(one.row.get("scale_id", "")) else owner.rows).append(one)
            else:
                self.orphans["subquestions"] += 1
        return top

    def _answers(self, questions: Mapping[str, Question]) -> None:
        words = self._by("answer_l10ns", "aid")
        found: dict[tuple[str, int, str], list[Row]] = {}
        for row in self.table("answers"):
            key = (row.get("qid", ""), number(row.get("scale_id", "")), row.get("code", ""))
            found.setdefault(key, []).append(row)
        for (qid, scale, code), rows in sorted(
            found.items(), key=lambda one: (one[0][1], number(one[1][0].get("sortorder", "")))
        ):
            if qid in questions:
                said = words.get(rows[0].get("aid", ""), rows) if words else rows
                questions[qid].answers.append(Answer(code, scale, self._said(said, "answer")))
            else:
                self.orphans["answers"] += 1

    def _attributes(self, questions: Mapping[str, Question]) -> None:
        for row in self.table("question_attributes"):
            if (question := questions.get(row.get("qid", ""))) is None:
                self.orphans["question_attributes"] += 1
                continue
            if not row.get("value"):
                continue
            one = question.attributes.setdefault(row.get("attribute", ""), Attribute())
            language = row.get("language", "")
            if language in self.tags:
                one.texts[self.tags[language]] = row["value"]
            elif language:
                self.strangers.setdefault(language)
            else:
                one.value = row["value"]

    def _defaults(self, questions: Mapping[str, Question]) -> None:
        words = self._by("defaultvalue_l10ns", "dvid")
        for row in self.table("defaultvalues"):
            if row.get("qid", "") in questions:
                said = [{**row, **one} for one in words.get(row.get("dvid", ""), [])] if words else [row]
                questions[row["qid"]].defaults.extend(one for one in said if one.get("defaultvalue"))
            else:
                self.orphans["defaultvalues"] += 1

    def _settings_texts(self) -> dict[str, Texts]:
        rows = self.table("surveys_languagesettings")
        names = dict.fromkeys(name for row in rows for name in row)
        return {name: self._said(rows, name, "surveyls_language") for name in names}

    def _quotas(self) -> list[tuple[Row, list[Row], Texts]]:
        members = self._by("quota_members", "quota_id")
        words = self._by("quota_languagesettings", "quotals_quota_id")
        return [
            (
                row,
                members.get(row.get("id", ""), []),
                self._said(words.get(row.get("id", ""), []), "quotals_message", "quotals_language"),
            )
            for row in self.table("quota")
        ]
