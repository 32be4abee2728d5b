"""Questionnaires for tests, written short."""

from datetime import datetime

from surveys.definition.model import FORMAT, parse
from surveys.definition.runtime import Runtime, Sitting

NOW = datetime(2026, 3, 1, 9, 30)


def document(*pages, languages=("en",), **more):
    """A document whose pages are lists of items."""
    named = [
        page if isinstance(page, dict) else {"name": f"page{number}", "items": list(page)}
        for number, page in enumerate(pages, 1)
    ]
    return {"format": FORMAT, "languages": list(languages), "pages": named, **more}


def definition(*pages, **more):
    return parse(document(*pages, **more))


def question(kind, name, **more):
    return {"type": kind, "name": name, **more}


def choice(name, *values, **more):
    return question("single", name, options=[{"value": value} for value in values], **more)


def sitting(seed="seed", **more):
    return Sitting(now=NOW, seed=seed, **more)


def course(made, answers, seed="seed", **more):
    return Runtime(made).course(answers, sitting(seed, **more))
