"""A survey of LimeSurvey as a definition: groups to pages, questions, conditions; and what is not carried over.

docs/questionnaire-files.md has the table of what becomes what. A question that others may refer to is never left out:
where it cannot be asked, a hidden one of its name takes its place.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.definition import model
from surveys.definition.expressions import ExpressionError, to_text
from surveys.definition.expressions.tree import Call, Chain, Literal, Node, Reference
from surveys.definition.limesurvey.expressions import translate
from surveys.definition.limesurvey.faults import Fault, LeftOut, Place
from surveys.definition.limesurvey.markup import plain_text
from surveys.definition.limesurvey.questions import Questions
from surveys.definition.limesurvey.reading import Group, Question, Row, Survey, number
from surveys.definition.limesurvey.variables import Named, name_all

Plain = dict[str, Any]
# An expression in a text: LimeSurvey takes a brace for one unless a space follows.
_IN_TEXT = re.compile(r"\{(?!\s)([^{}]+)\}")
_WHOLE_QUESTION = re.compile(r"[0-9]+X[0-9]+X([0-9]+)")
_SWITCHES: Mapping[str, str] = {
    "anonymized": "anonymous", "allowprev": "back", "showprogress": "progress", "savetimings": "timing",
    "allowsave": "resume",
}  # fmt: skip
_WHOLE_TEXTS: Mapping[str, str] = {"surveyls_title": "title", "surveyls_endtext": "closing"}
_UNSAID = frozenset(("surveyls_survey_id", "surveyls_language", "surveyls_dateformat", "surveyls_numberformat",
                     "surveyls_description", "surveyls_welcometext", *_WHOLE_TEXTS))  # fmt: skip


@dataclass
class Conversion:
    """A definition, None when it breaks a rule of definitions (`faults` says where), and what it lacks of the file."""

    definition: model.Definition | None
    left_out: list[LeftOut]
    faults: list[Fault]


def convert(survey: Survey) -> Conversion:
    """Return the definition of a survey."""
    return Converter(survey).convert()


@dataclass
class Converter:
    """Carries words and expressions over, and keeps what was left out in the order of the file."""

    survey: Survey
    left: dict[LeftOut, None] = field(default_factory=dict)
    looks: dict[str, None] = field(default_factory=dict)
    tags: dict[str, None] = field(default_factory=dict)
    places: list[tuple[str, Place]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.named: Named = name_all(self.survey)
        self.languages = list(self.survey.tags.values())
        self.by_code: dict[str, Question] = {}
        for question in self.survey.questions():
            self.by_code.setdefault(question.code, question)
        self.multiple = frozenset(one.qid for one in self.survey.questions() if one.type in ("M", "P"))

    def convert(self) -> Conversion:
        survey = self.survey
        whole = Place()
        for question in survey.questions():
            if self.named.given[question.qid] != question.code:
                self.leave("lss_renamed", self.named.given[question.qid], _of(question))
        document: Plain = {
            "format": model.FORMAT,
            "languages": self.languages,
            "introduction": self._introduction(),
            "settings": self._settings(),
            "pages": [self._page(group, at) for at, group in enumerate(survey.groups)],
        }
        for name, here in _WHOLE_TEXTS.items():
            document[here] = self.texts(survey.texts.get(name, {}), whole)
        document["quotas"] = self._quotas()
        self._unread()
        try:
            definition, faults = model.parse(document), []
        except model.Unreadable as error:
            definition, faults = None, [self._fault(one) for one in error.errors]
        return Conversion(definition, list(self.left), faults)

    def leave(self, code: str, what: str, where: Place) -> None:
        """Say once that something is held in another way, or not at all."""
        self.left[LeftOut(code, what[:300], where)] = None

    def _fault(self, error: model.Error) -> Fault:
        found = [place for path, place in self.places if f"{error.path}/".startswith(f"{path}/")]
        return Fault("lss_not_taken", found[-1] if found else Place(), {"rule": error.code, **error.values})

    # Words

    def texts(self, texts: Mapping[str, str], where: Place) -> dict[str, str]:
        """Return words without markup, with the answers that stand in them."""
        said = {tag: self._text(html, where) for tag, html in texts.items()}
        return {tag: words for tag, words in said.items() if words}

    def _text(self, html: str, where: Place) -> str:
        read = plain_text(html)
        for tag in read.lost:
            self.leave("lss_markup", tag, where)
        return _IN_TEXT.sub(lambda found: self._piped(found, where), read.text)

    def _piped(self, found: re.Match[str], where: Place) -> str:
        try:
            node = translate(found[1], self.named.variables)
        except ExpressionError:
            self.leave("lss_text_expression", found[1], where)
            return found[0]
        if isinstance(node, Call) and node.function == "choice_label":
            node = node.arguments[0]
        if isinstance(node, Reference):
            return f"${{{node.name}}}"
        self.leave("lss_text_expression", found[1], where)
        return found[0]

    def words(self, own: Mapping[str, str], where: Place) -> dict[str, str]:
        """Return the platform's words for what LimeSurvey says itself, in the languages there are words in."""
        if "" in own:
            return dict.fromkeys(self.languages, own[""])
        said = {tag: own[tag] for tag in self.languages if tag in own}
        for tag in self.languages:
            if tag not in said:
                self.leave("lss_words_missing", tag, where)
        return said

    # Expressions

    def expression(self, text: str, where: Place, *, this: Node | None = None) -> str:
        """Return an expression in the language of definitions, "" when it cannot be carried over."""
        text = text.strip()
        if not text:
            return ""
        try:
            known = self.named.variables
            return to_text(translate(text, known if this is None else ChainMap({"this": this}, known)))
        except ExpressionError as error:
            what = str(error.values.get("what") or "")
            self.leave("lss_expression", f"{what}: {text}" if what else text, where)
            return ""

    def relevance(self, text: str, where: Place, conditions: list[Row] | None = None) -> str:
        """Return a condition of being shown, "" for always."""
        if text.strip() in ("", "1"):
            return self.expression(_of_conditions(conditions, self.multiple), where) if conditions else ""
        return "false()" if text.strip() == "0" else self.expression(text, where)

    # The survey

    def _introduction(self) -> dict[str, str]:
        parts = [self.survey.texts.get(name, {}) for name in ("surveyls_description", "surveyls_welcometext")]
        said = [self.texts(one, Place()) for one in parts]
        joined = {tag: "\n\n".join(one[tag] for one in said if tag in one) for tag in self.languages}
        return {tag: words for tag, words in joined.items() if words}

    def _settings(self) -> Plain:
        row = self.survey.settings
        said: Plain = {here: row[name] == "Y" for name, here in _SWITCHES.items() if row.get(name) in ("Y", "N")}
        inherited = [name for name in (*_SWITCHES, "format") if row.get(name) == "I"]
        if inherited:
            self.leave("lss_inherited", ", ".join(inherited), Place())
        if "anonymized" in inherited:
            # Nobody is promised what the file does not say.
            said["anonymous"] = False
        on = [name for name, value in row.items() if value == "Y" and name not in (*_SWITCHES, "active")]
        if on:
            self.leave("lss_settings", ", ".join(on), Place())
        if row.get("format") in ("A", "S"):
            self.leave("lss_format", row["format"], Place())
        for name, value in row.items():
            if name in ("expires", "startdate", "googleanalyticsapikey", "showwelcome") and value not in ("", "Y", "N"):
                self.leave("lss_setting", f"{name}: {value}", Place())
        return said

    def _unread(self) -> None:
        for name, texts in self.survey.texts.items():
            if name not in _UNSAID and any(texts.values()):
                self.leave("lss_survey_text", name, Place())
        for name, rows in self.survey.others.items():
            self.leave("lss_table", f"{name} ({rows})", Place())
        for name, rows in self.survey.orphans.items():
            self.leave("lss_orphans", f"{name} ({rows})", Place())
        for name in self.survey.strangers:
            self.leave("lss_stranger", name, Place())
        if self.looks:
            self.leave("lss_looks", ", ".join(self.looks), Place())

    def _page(self, group: Group, at: int) -> Plain:
        title = next(iter(group.title.values()), group.gid)
        where = Place("group", plain_text(title).text[:80])
        self.places.append((f"/pages/{at}", where))
        page: Plain = {
            "name": f"group{at + 1}",
            "title": self.texts(group.title, where),
            "help": self.texts(group.description, where),
            "relevant": self.relevance(group.row.get("grelevance", ""), where),
            "items": [],
        }
        if group.row.get("randomization_group"):
            self.leave("lss_attribute", f"randomization_group: {group.row['randomization_group']}", where)
        maker = Questions(self, self.named)
        for question in group.questions:
            self.places.append((f"/pages/{at}/items/{len(page['items'])}", _of(question)))
            page["items"].append(maker.item(question, _of(question)))
        return page

    # Quotas

    def _quotas(self) -> list[Plain]:
        found: list[Plain] = []
        questions = {one.qid: one for one in self.survey.questions()}
        for row, members, texts in self.survey.quotas:
            where = Place("quota", row.get("name", "")[:80])
            if row.get("active", "1") == "0":
                self.leave("lss_quota_off", row.get("name", ""), where)
                continue
            when = self._when(members, questions)
            if when is None:
                self.leave("lss_quota", row.get("name", ""), where)
                continue
            self.places.append((f"/quotas/{len(found)}", where))
            found.append(
                {
                    "name": f"quota{len(found) + 1}",
                    "when": to_text(when),
                    "limit": number(row.get("qlimit", "")),
                    "label": {self.languages[0]: row.get("name", "")},
                    "message": self.texts(texts, where),
                }
            )
        return found

    def _when(self, members: list[Row], questions: Mapping[str, Question]) -> Node | None:
        """Return who counts: one of the answers to each question, each option of several; None: it cannot be said."""
        tests: dict[tuple[str, str], list[Node]] = {}
        for member in members:
            question, code = questions.get(member.get("qid", "")), member.get("code", "")
            if question is None or question.type not in "L!OYGM":
                return None
            own = self.named.given[question.qid]
            if question.type != "M":
                tests.setdefault((question.qid, ""), []).append(Chain(Reference(own), (("=", Literal(code)),)))
            elif any(row.code == code for row in question.rows):
                # Each option is a question of its own there: who counts has chosen all of them.
                tests.setdefault((question.qid, code), []).append(Call("selected", (Reference(own), Literal(code))))
            else:
                return None
        parts = [_joined("or", some) for some in tests.values()]
        return _joined("and", parts) if parts else None


def _joined(operator: str, nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Chain(nodes[0], tuple((operator, one) for one in nodes[1:]))


def _of(question: Question) -> Place:
    return Place("question", question.code or question.qid)


def _of_conditions(rows: list[Row], multiple: Container[str]) -> str:
    """Write the conditions of older files as the expression that LimeSurvey makes of them.

    Conditions of one scenario hold together, those on the same answer are alternatives, as are scenarios. `multiple`
    are the qids of questions with several answers. Rule: `ConvertConditionsToRelevance` in LimeSurvey's
    `application/helpers/expressions/em_manager_helper.php`.
    """
    scenarios: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        alternatives = scenarios.setdefault(row.get("scenario", ""), {})
        alternatives.setdefault(row.get("cfieldname", ""), []).append(_test(row, multiple))
    ways = [" and ".join(f"({' or '.join(tests)})" for tests in scenario.values()) for scenario in scenarios.values()]
    return " or ".join(f"({way})" for way in ways)


def _test(row: Row, multiple: Container[str]) -> str:
    """Write one condition: a value, `@field@`, `{expression}`, nothing for "not answered", or a pattern (RX)."""
    name, method, value = row.get("cfieldname", ""), row.get("method", "").strip() or "==", row.get("value", "")
    whole = _WHOLE_QUESTION.fullmatch(name)
    if whole and whole[1] in multiple:
        # Of a question with several answers the value says which one; only with + it stands in the name.
        name, value = name + value, "Y"
    name = name.removeprefix("+")
    if method == "RX":
        return f"regexMatch({_quoted(value)}, {name})"
    if len(value) > 2 and value[0] + value[-1] in ("@@", "{}"):
        compared = f"{name} {method} ({value[1:-1]})" if value[0] == "{" else f"{name} {method} {value[1:-1]}"
        if method in ("==", "<", "<=", ">="):
            return f"(!is_empty({name}) and {compared})"
        return f"(is_empty({name}) or {compared})" if method == "!=" else compared
    if not value.strip() and method in ("==", "!="):
        return f"{'!' if method == '!=' else ''}is_empty({name})"
    return f"{name} {method} {_quoted(value)}"


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
