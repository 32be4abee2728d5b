"""Which answers a page reads itself."""

from surveys.definition.live import live_names
from surveys.definition.runtime import Runtime
from tests.surveys.definition.builders import choice, definition, question


def live(*pages):
    return [set(names) for names in live_names(Runtime(definition(*pages)))]


def test_conditions_filters_counts_and_texts_of_the_page_are_read():
    assert live(
        [
            choice("comes", "yes", "no"),
            question("text", "why", relevant="${comes} = 'no'"),
            choice("city", "a"),
            question(
                "single", "quarter", options=[{"value": "q", "fields": {"of": "a"}}], choice_filter="@of = ${city}"
            ),
            question("text", "name"),
            question("note", "hello", label={"en": "Hello, ${name}."}),
            question("number", "n"),
            question("repeat", "people", count="${n}", items=[question("text", "who")]),
            question("number", "age"),
            question("text", "school", required="${age} < 18"),
            question("text", "alone"),
        ]
    ) == [{"comes", "city", "name", "n", "age"}]


def test_what_only_another_page_reads_is_not_live():
    assert live([choice("comes", "yes", "no")], [question("text", "why", relevant="${comes} = 'no'")]) == [set(), set()]


def test_values_that_nobody_types_and_hidden_answers_elsewhere_pass_it_on():
    pages = live(
        [
            question("number", "a"),
            question("text", "shown", relevant="${twice} > 4"),
            question("number", "b"),
            question("text", "also", relevant="${elsewhere} = 'x'"),
        ],
        [
            question("calculation", "twice", calculation="${a} * 2"),
            question("text", "elsewhere", relevant="${b} > 1"),
        ],
    )
    assert pages == [{"a", "b"}, set()]


def test_constraints_and_duties_that_only_judge_what_was_sent_are_not_live():
    assert live([question("number", "low"), question("number", "high", constraint=". > ${low}")]) == [set()]


def test_a_circle_of_conditions_ends():
    assert live([question("text", "a", relevant="${b} = 1"), question("number", "b", relevant="${a} = 'x'")]) == [
        {"a", "b"}
    ]


def test_rows_and_options_with_conditions_of_their_own_are_read():
    rows = [{"value": "r", "relevant": "${a} = 1"}, {"value": "s", "label": {"en": "${b}"}}]
    assert live(
        [
            question("number", "a"),
            question("number", "b"),
            question("matrix", "table", rows=rows, options=[{"value": "good"}]),
        ]
    ) == [{"a", "b"}]
