"""A made-up questionnaire with every kind of question, and answers to it drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from surveys.definition.model import Definition, parse
from surveys.results.answers import Answers
from surveys.results.encoding import Row, encode
from surveys.results.layout import layout_of


def texts(zh: str, en: str) -> dict[str, str]:
    """Words in both languages."""
    return {"zh-Hans": zh, "en": en}


def options(*values: str, **more: Any) -> list[dict[str, Any]]:
    """Options whose words are their values."""
    return [{"value": value, "label": texts(f"选项{value}", f"Option {value}"), **more} for value in values]


def document() -> dict[str, Any]:
    """The questionnaire as JSON."""
    items = [
        {"name": "age", "type": "single", "label": texts("年龄", "Age"), "options": options("young", "middle", "old")},
        {"name": "visits", "type": "single", "label": texts("常来吗", "How often"), "options": [
            *options("often", "rarely", "never"), *options("else", other=True)]},
        {"name": "likes", "type": "multiple", "label": texts("喜欢什么", "What do you like"), "options": options(
            "trees", "paths", "ponds", "lamps", "none")},
        {"name": "rate", "type": "matrix", "label": texts("请打分", "Please rate"), "options": options("good", "bad"),
         "rows": options("clean", "safe")},
        {"name": "order", "type": "ranking", "label": texts("排序", "Order"), "options": options("a", "b", "c")},
        {"name": "spend", "type": "constant_sum", "label": texts("分配", "Share out"), "options": options("x", "y")},
        {"name": "minutes", "type": "number", "label": texts("几分钟", "Minutes on the way")},
        {"name": "nps", "type": "nps", "label": texts("会推荐吗", "Would you recommend it")},
        {"name": "born", "type": "date", "label": texts("哪天", "Which day")},
        {"name": "home", "type": "region", "label": texts("住在哪", "Where do you live")},
        {"name": "why", "type": "long_text", "label": texts("为什么", "Why"), "relevant": "${visits} = 'never'"},
        {"name": "mail", "type": "email", "label": texts("邮箱", "E-mail")},
        {"name": "agree", "type": "consent", "label": texts("同意", "I agree")},
        {"name": "weight", "type": "calculation", "calculation": "if(${age} = 'young', 2, 1)"},
    ]  # fmt: skip
    return {
        "format": "engage-questionnaire/1",
        "languages": ["zh-Hans", "en"],
        "title": texts("公园", "Parks"),
        "pages": [{"name": "one", "items": items}],
    }


def definition() -> Definition:
    """The questionnaire."""
    return parse(document())


def answers_of(chance: np.random.Generator) -> dict[str, Any]:
    """What one person may answer."""
    found: dict[str, Any] = {"age": str(chance.choice(["young", "middle", "old"], p=[0.5, 0.3, 0.2]))}
    found["weight"] = 2 if found["age"] == "young" else 1
    visits = str(chance.choice(["often", "rarely", "never", "else"], p=[0.5, 0.3, 0.1, 0.1]))
    if chance.random() < 0.9:
        found["visits"] = visits
        if visits == "never":
            found["why"] = str(chance.choice(["Too far away", "太远了", "=1+1"]))
        if visits == "else":
            found["visits#other"] = "on holidays"
    likes = [value for value in ("trees", "paths", "ponds", "lamps") if chance.random() < 0.4]
    if likes:
        found["likes"] = likes
    found["rate"] = {"clean": str(chance.choice(["good", "bad"]))}
    if chance.random() < 0.5:
        found["rate"]["safe"] = "good"
    found["order"] = [str(value) for value in chance.permutation(["a", "b", "c"])][: int(chance.integers(1, 4))]
    share = int(chance.integers(0, 101))
    found["spend"] = {"x": share, "y": 100 - share}
    if chance.random() < 0.8:
        found["minutes"] = int(chance.integers(0, 90)) if chance.random() < 0.5 else 7.5
    found["nps"] = int(chance.integers(0, 11))
    found["born"] = (date(2026, 1, 1) + timedelta(days=int(chance.integers(0, 90)))).isoformat()
    found["home"] = str(chance.choice(["east", "west"]))
    found["agree"] = True
    return found


def rows(n: int, *, seed: int = 7) -> Iterator[Row]:
    """Responses, three of four on the web; on the telephone some refuse."""
    chance = np.random.default_rng(seed)
    for number in range(1, n + 1):
        mode = "web" if chance.random() < 0.75 else "phone"
        answers = answers_of(chance)
        if mode == "phone" and chance.random() < 0.2:
            answers["visits"] = {"missing": "refused"}
            answers["minutes"] = {"missing": "dont_know"}
            answers["likes"] = {"missing": "refused"}
            answers.pop("why", None)
            answers.pop("visits#other", None)
        yield Row(number, 1, mode, "en", date(2026, 11, 1), None, None, answers)


def answers(found: list[Row]) -> Answers:
    """The columns of responses."""
    layout = layout_of({1: definition()})
    table: pa.Table = encode(layout, found)
    return Answers(layout, table.select)


def stored(questionnaire: Any, version: Any, found: list[Row]) -> None:
    """Write responses as answering does, without its pages."""
    from django.utils import timezone

    from engage.participation.models import Submission
    from surveys.models import Response

    at = timezone.now()
    begun = Submission.objects.count()
    submissions = Submission.objects.bulk_create(
        Submission(
            kind="survey_response", letter="V", year=2026, received_at=at, code_digest="x", language="en",
            token_digest=f"{questionnaire.pk}-{begun + n}",
        )
        for n, _row in enumerate(found)
    )  # fmt: skip
    Response.objects.bulk_create(
        Response(
            submission=submission, questionnaire=questionnaire, version=version, mode=row.mode, language=row.language,
            answers=row.answers, seed="1",
        )
        for submission, row in zip(submissions, found, strict=True)
    )  # fmt: skip
