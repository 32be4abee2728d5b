"""Sentences that a template puts together."""

import pytest
from django.template import engines
from django.utils.translation import override

ERRORS = {"field": ["wrong"]}


def rendered(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load wording %}" + source).render(context)


@pytest.mark.parametrize(("language", "told"), [("en", "Error: A &amp; B"), ("zh-hans", "错误：A &amp; B")])
def test_the_title_of_a_page_with_an_error_says_so_first(language: str, told: str) -> None:
    with override(language):
        assert rendered("{% title_with errors=errors %} {{ a }} {% endtitle_with %}", a="A & B", errors=ERRORS) == told


def test_the_title_of_a_page_without_an_error_is_only_its_title() -> None:
    assert (
        rendered("{% title_with errors=errors %}100% {{ a }}{% endtitle_with %}", a="<b>", errors={})
        == "100% &lt;b&gt;"
    )


@pytest.mark.parametrize(
    ("language", "things", "told"),
    [("en", "abc", "a, b, and c"), ("zh-hans", "甲乙丙", "甲、乙和丙"), ("zh-hans", "甲", "甲"), ("en", "", "")],
)
def test_a_list_is_written_as_people_write_it(language: str, things: str, told: str) -> None:
    with override(language):
        assert rendered("{{ things|in_words }}", things=list(things)) == told


@pytest.mark.parametrize(("language", "told"), [("en", "China Time"), ("zh-hans", "中国时间")])
def test_a_time_zone_is_named_as_people_call_it(language: str, told: str) -> None:
    with override(language):
        assert rendered("{{ zone|zone_in_words }}", zone="Asia/Shanghai") == told
