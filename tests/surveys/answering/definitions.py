"""A definition with a question of every type that the web takes, and a short one with branches."""

from typing import Any


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh-hans": zh, "en": en}


def options(*values: str, **more: dict[str, Any]) -> list[dict[str, Any]]:
    """Choices with words in both languages; `more` are other properties by value."""
    return [{"value": v, "label": both(f"选{v}", f"Choice {v}")} | more.get(v, {}) for v in values]


def question(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "label": both(f"问{name}", f"Question {name}")} | more


def page(name: str, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "title": both(f"页{name}", f"Page {name}"), "items": list(items)} | more


def definition(*pages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "format": "engage-questionnaire/1",
        "languages": ["zh-hans", "en"],
        "title": both("公园怎么样", "How the parks are"),
        "introduction": both("我们想知道先修什么。", "We want to know what to mend first."),
        "pages": list(pages),
    } | more


BRANCHED = definition(
    page(
        "visits",
        question("comes", "single", required=True, options=options("yes", "no")),
        question("why_not", "text", relevant="${comes} = 'no'"),
    ),
    page(
        "park",
        question("often", "number", integer=True, minimum=0, maximum=31, required=True),
        question("likes", "multiple", options=options("trees", "lake", "none", none={"exclusive": True})),
        relevant="${comes} = 'yes'",
    ),
    page("last", question("more", "long_text")),
)

EVERY_TYPE = definition(
    page(
        "choices",
        question("one", "single", options=options("a", "b", "other", other={"other": True})),
        question("some", "multiple", options=options("a", "b", "c"), max_chosen=2),
        question("table", "matrix", options=options("good", "bad"), rows=options("r1", "r2")),
        question("ranks", "ranking", options=options("a", "b", "c")),
        question("sum", "constant_sum", options=options("a", "b"), total=10),
        question("scale", "slider", minimum=0, maximum=100),
        question("nps", "nps"),
        question("stars", "rating"),
        question("lives", "region"),
        question("spot", "location"),
    ),
    page(
        "typed",
        question("n", "number", unit=both("次", "times")),
        question("day", "date"),
        question("at", "time"),
        question("moment", "datetime"),
        question("line", "text"),
        question("lines", "long_text"),
        question("mail", "email"),
        question("tel", "phone"),
        question("point", "location", precision="point"),
        question("agreed", "consent", required=True),
        question("declared", "declaration"),
        question("told", "note"),
    ),
    page(
        "rows",
        question("people", "repeat", minimum=1, maximum=3, items=[question("who", "text"), question("age", "number")]),
        {"name": "grouped", "type": "group", "label": both("组", "Group"), "items": [question("inner", "text")]},
        question("twice", "calculation", calculation="${n} * 2"),
    ),
    settings={"anonymous": False},
)

HOSTED = definition(
    page(
        "first",
        question("number", "number", required=True),
        question("mail", "email"),
        question("words", "long_text", required=True),
        question("one", "single", options=options("a", "b")),
        question("some", "multiple", options=options("a", "b")),
        question("table", "matrix", options=options("a", "b"), rows=options("r")),
        question("ranks", "ranking", options=options("a", "b")),
        question("scan", "file"),
    ),
    settings={"anonymous": False},
)

LIVE = definition(
    page(
        "home",
        question("comes", "single", options=options("yes", "no"), required=True),
        question("why_not", "text", relevant="${comes} = 'no'", required=True),
        question("city", "single", options=options("north", "south")),
        question(
            "quarter",
            "single",
            options=options("n1", "n2", "s1", n1={"fields": {"of": "north"}}, n2={"fields": {"of": "north"}},
                            s1={"fields": {"of": "south"}}),
            choice_filter="@of = ${city}",
            relevant="${city} != ''",
        ),
        question("name", "text"),
        {"name": "hello", "type": "note", "label": both("你好，${name}。", "Hello, ${name}.")},
        question("n", "number", integer=True),
        question("people", "repeat", count="${n}", maximum=4, items=[question("who", "text")]),
        question("apart", "long_text"),
    ),
    page("last", question("more", "long_text")),
)  # fmt: skip
