"""Surveys as LimeSurvey exports them, written short: words in tables of their own, or (`old`) a row a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

Row = Mapping[str, Any]
LANGUAGES = ("en", "zh-Hans")


def question(kind: str, code: str, **more: Any) -> dict[str, Any]:
    """A question: `rows`, `columns`, `answers` are codes, `attributes` values by name, the rest columns of its row."""
    return {"type": kind, "title": code, **more}


def lss(
    *groups: Sequence[Row],
    languages: Sequence[str] = LANGUAGES,
    old: bool = False,
    kind: str = "Survey",
    **tables: Sequence[Row],
) -> bytes:
    """An export. Groups are questions; words are `CODE in LANGUAGE`, or what `text` says; more tables as they are."""
    made = _Survey(languages, old)
    for number, questions in enumerate(groups, start=1):
        made.group(number, questions)
    made.rows["surveys"] = [{"sid": 9, "language": languages[0], **(tables.pop("settings", [{}])[0])}]
    made.rows["surveys_languagesettings"] = tables.pop("texts", [])
    for name, rows in tables.items():
        made.rows.setdefault(name, []).extend(rows)
    named = "".join(f"<language>{code}</language>" for code in languages)
    body = "".join(f"<{name}><rows>{''.join(map(_row, rows))}</rows></{name}>" for name, rows in made.rows.items())
    head = f"<LimeSurveyDocType>{kind}</LimeSurveyDocType><languages>{named}</languages>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<document>{head}{body}</document>'.encode()


def _row(row: Row) -> str:
    return "<row>" + "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in row.items()) + "</row>"


class _Survey:
    def __init__(self, languages: Sequence[str], old: bool) -> None:
        self.languages, self.old = languages, old
        self.rows: dict[str, list[Row]] = {}
        self.asked = self.parts = 0

    def add(self, table: str, words: str, key: str, row: dict[str, Any], text: str, name: str) -> None:
        for code in self.languages:
            said = {name: f"{text} in {code}" if text and "<" not in text else text, "language": code}
            if self.old:
                self.rows.setdefault(table, []).append({**row, **said})
            else:
                self.rows.setdefault(words, []).append({key: row[key], **said})
        if not self.old:
            self.rows.setdefault(table, []).append(row)

    def group(self, number: int, questions: Sequence[Row]) -> None:
        row = {"gid": number, "group_order": number, "grelevance": "1"}
        self.add("groups", "group_l10ns", "gid", row, f"Group {number}", "group_name")
        for order, one in enumerate(questions):
            self.question(number, order, dict(one))

    def question(self, gid: int, order: int, one: dict[str, Any]) -> None:
        parts = {name: one.pop(name, ()) for name in ("rows", "columns", "answers")}
        attributes, text = one.pop("attributes", {}), one.pop("text", one["title"])
        self.asked += 1
        qid = one.pop("qid", 100 + self.asked)
        row = {"qid": qid, "parent_qid": 0, "sid": 9, "gid": gid, "question_order": order, "relevance": "1", **one}
        self.add("questions", "question_l10ns", "qid", row, text, "question")
        for name, value in attributes.items():
            self.rows.setdefault("question_attributes", []).append({"qid": qid, "attribute": name, "value": value})
        for scale, name in enumerate(("rows", "columns")):
            for place, code in enumerate(parts[name]):
                self.part(qid, gid, scale, place, code)
        for place, code in enumerate(parts["answers"]):
            code, _, scale = str(code).partition("@")
            answer = {"aid": 1000 * qid + place, "qid": qid, "code": code, "sortorder": place, "scale_id": scale or 0}
            self.add("answers", "answer_l10ns", "aid", answer, code, "answer")

    def part(self, qid: int, gid: int, scale: int, place: int, code: Any) -> None:
        more = code if isinstance(code, dict) else {"title": code}
        self.parts += 1
        row = {
            "qid": 5000 + self.parts,
            "parent_qid": qid,
            "gid": gid,
            "scale_id": scale,
            "question_order": place,
            **more,
        }
        self.add("subquestions", "question_l10ns", "qid", row, row["title"], "question")
