"""Comments in a table: from the bytes of a CSV file to what can be taken in, and what is wrong in which row.

A row is one comment. Rows of one number are what one sender said. Pure but for the words of headings and views.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.validators import validate_email
from django.forms import ValidationError
from django.utils import timezone
from django.utils.translation import override

from consultations.actions import CommentInput
from consultations.drafts.numerals import from_chinese
from consultations.imports import Arrival
from consultations.models import Comment
from consultations.rules import COMMENT_MOST
from engage.errors import Refused
from engage.participation.tables import Shape, Table
from engage.participation.tables import error_file as errors
from engage.participation.tables import read_table as read
from engage.tables import RowFault

MOST_ROWS = 2_000
# The first name of each is what the error file and the help call it.
COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("number", "编号", "序号", "id"),
    "comment": ("comment", "意见", "意见内容", "text"),
    "article": ("article", "条款", "条", "clause"),
    "view": ("view", "态度", "立场", "stance"),
    "received": ("received", "收到日期", "日期", "date"),
    "language": ("language", "语言"),
    "name": ("name", "姓名"),
    "email": ("e-mail", "邮箱", "email", "电子邮箱"),
    "signature": ("name to show", "署名"),
}
NEEDED = ("number", "comment")
# What one sender has only once; rows of one number may leave it out, but not differ.
OF_SENDER = ("received", "language", "name", "email", "signature")
SHORT_MOST = {"comment": COMMENT_MOST, "number": 60, "article": 24, "name": 80, "signature": 40}
SHAPE = Shape(COLUMNS, NEEDED, SHORT_MOST, MOST_ROWS)
# How views are written on paper, beside the site's own names.
OTHER_WORDS = {
    "支持": "support",
    "同意": "support",
    "修改": "change",
    "修改后赞成": "change",
    "修改后同意": "change",
    "不同意": "oppose",
    "不赞成": "oppose",
    "疑问": "question",
    "yes": "support",
    "no": "oppose",
}
QUESTION = re.compile(r"(?:q(?:uestion)?|问题)\s*([0-9]{1,3})\Z", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z")
_ARTICLE = re.compile(r"(?:第(.+?)条(之.+)?|(?:article|section|art\.?)\s*(.+))\Z", re.IGNORECASE)


MomentOf = Callable[[date], datetime]


@dataclass(frozen=True)
class Defaults:
    """What holds for rows that say nothing of it."""

    language: str
    received: date


def read_table(data: bytes) -> Table:
    """Read a table of comments; raises what `engage.participation.tables.read_table` does."""
    return read(data, SHAPE)


def arrivals_of(
    table: Table, defaults: Defaults, articles: Mapping[str, str], moment_of: MomentOf
) -> tuple[list[Arrival], list[RowFault]]:
    """Turn the rows into one arrival a number, and say what is wrong in which row.

    `articles` maps the number of each article, and q1, q2 ... of each question, to its key. `moment_of(day)` is the
    moment that counts for what was received on a day.
    """
    faults = list(table.faults)
    bad = {fault.line for fault in faults}
    made: dict[str, Arrival] = {}
    stances = stance_words()
    for line, row in table.rows.items():
        if line in bad:
            continue
        try:
            given = _comment_of(row, defaults, articles, stances)
            sender = _sender_of(row, defaults)
            before = made.get(row["number"])
            if before is None:
                sender["received_at"] = moment_of(sender.pop("received"))
                made[row["number"]] = Arrival(row["number"], (given,), line=line, **sender)
            else:
                _check_same_sender(before, row, sender, moment_of)
                made[row["number"]] = replace(before, comments=(*before.comments, given))
        except Refused as refused:
            values = dict(refused.values)
            faults.append(RowFault(refused.code, line, values.pop("column", ""), values))
    return list(made.values()), sorted(faults, key=lambda fault: fault.line)


def _comment_of(
    row: Mapping[str, str], defaults: Defaults, articles: Mapping[str, str], stances: Mapping[str, str]
) -> CommentInput:
    typed, view = row.get("article", ""), row.get("view", "")
    key = articles.get(article_number(typed), "") if typed else ""
    if typed and not key:
        raise Refused("table_article_unknown", column="article", given=typed)
    stance = stances.get(view.casefold(), "") if view else Comment.Stance.UNSTATED.value
    if not stance:
        raise Refused("table_view_unknown", column="view", given=view)
    language = _language_of(row, defaults) if row.get("language") else ""  # the sender's
    return CommentInput(key=key, stance=stance, text=row["comment"], language=language)


def _sender_of(row: Mapping[str, str], defaults: Defaults) -> dict[str, Any]:
    email = row.get("email", "")
    if email:
        try:
            validate_email(email)
        except ValidationError as wrong:
            raise Refused("table_email_wrong", column="email", given=email[:80]) from wrong
    return {
        "received": day_of(row.get("received", ""), defaults.received),
        "language": _language_of(row, defaults),
        "name": row.get("name", ""),
        "email": email,
        "signature": row.get("signature", ""),
    }


def _language_of(row: Mapping[str, str], defaults: Defaults) -> str:
    given = row.get("language", "").casefold()
    names = {"zh": "zh-hans", "zh-cn": "zh-hans", "中文": "zh-hans", "chinese": "zh-hans"}
    names |= {"english": "en", "en-gb": "en", "英文": "en", "英语": "en"}
    language = names.get(given, given) or defaults.language
    if language not in dict(settings.LANGUAGES):
        raise Refused("import_language_unknown", column="language", language=given[:20])
    return language


def _check_same_sender(before: Arrival, row: Mapping[str, str], sender: Mapping[str, Any], moment_of: MomentOf) -> None:
    kept = {"language": before.language, "name": before.name, "email": before.email, "signature": before.signature}
    kept["received"] = before.received_at
    for code in OF_SENDER:
        now = moment_of(sender["received"]) if code == "received" else sender[code]
        if row.get(code) and now != kept[code]:
            raise Refused("table_sender_differs", column=code, number=before.external_id, first=before.line)


def day_of(typed: str, default: date) -> date:
    """Read a day: 2026-03-09, 2026/3/9, 2026年3月9日. Raises Refused("table_date_wrong")."""
    if not typed:
        return default
    found = _DATE.match(typed)
    try:
        return date(*map(int, found.groups())) if found else _moment(typed)
    except ValueError as wrong:
        raise Refused("table_date_wrong", column="received", given=typed[:40]) from wrong


def _moment(typed: str) -> date:
    moment = datetime.fromisoformat(typed)
    return timezone.localdate(moment) if timezone.is_aware(moment) else moment.date()


def article_number(typed: str) -> str:
    """Reduce what names an article or a question to its number: 第十二条之一 to 12.1, Article 12 to 12, 问题3 to q3."""
    text = typed.strip()
    if question := QUESTION.match(text):
        return f"q{int(question[1])}"
    found = _ARTICLE.match(text)
    if not found:
        return text
    if found[3]:
        return found[3].strip().replace("-", ".")
    steps = [found[1], *re.findall(r"之([^之]+)", found[2] or "")]
    return ".".join(str(from_chinese(step) or step) for step in steps)


def stance_words() -> dict[str, str]:
    """Return how each view may be written: its code, its name in every language of the site, and OTHER_WORDS."""
    words = {stance.value: stance.value for stance in Comment.Stance} | OTHER_WORDS
    for language, _name in settings.LANGUAGES:
        with override(language):
            words |= {str(stance.label).casefold(): stance.value for stance in Comment.Stance}
    return words


def error_file(table: Table, faults: Iterable[tuple[RowFault, str]], *, title: str) -> str:
    """Return the rows that are wrong as a CSV table, with what is wrong in a column of its own.

    All rows of a number that has a wrong one come along: put right and taken in alone, a part of what somebody said
    would leave the rest behind as known.
    """
    told: dict[int, list[str]] = {}
    for fault, sentence in faults:
        told.setdefault(fault.line, []).append(sentence)
    numbers = {table.rows[line].get("number") for line in told if line in table.rows} - {None, ""}
    for line, row in table.rows.items():
        if row.get("number") in numbers:
            told.setdefault(line, [])
    return errors(table, told, title=title)
