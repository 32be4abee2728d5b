"""The language of conditions: what it reads, what it gives, and that nothing makes it raise or run away."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.definition.expressions import (
    FUNCTIONS,
    Budget,
    Column,
    Context,
    ExpressionError,
    Kind,
    check,
    evaluate,
    parse,
    references,
    to_text,
    translate_xlsform,
)
from surveys.definition.expressions.tree import (
    LEVELS,
    MAX_LENGTH,
    Call,
    Chain,
    FieldOf,
    Literal,
    Negation,
    Reference,
    Self,
)

pytestmark = pytest.mark.sqlite_only

NOW = datetime(2026, 3, 1, 9, 30)
ANSWERS = {
    "age": Decimal(34),
    "half": Decimal("0.5"),
    "zero": Decimal(0),
    "sex": "f",
    "digit": "3",
    "media": ("tv", "web"),
    "born": date(1990, 5, 17),
    "at": time(8, 15),
    "met": datetime(2026, 2, 28, 23, 0),
    "word": "你好 world",
    "none": None,
    "people": [{"name": "A", "years": Decimal(5)}, {"name": "B"}, {"name": "C", "years": Decimal(7)}],
}
HOMES = {"name": ("people",), "years": ("people",)}


def value_of(text, answers=ANSWERS, **context):
    return evaluate(parse(text), answers, Context(now=NOW, homes=HOMES, **context))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("(1 + 2) * 3", Decimal(9)),
        ("10 - 2 - 3", Decimal(5)),
        ("-2 - -2", Decimal(0)),
        ("0.1 + 0.2 = 0.3", True),
        ("7 div 2", Decimal("3.5")),
        ("7 mod 4", Decimal(3)),
        ("-7 mod 4", Decimal(-3)),
        ("1 div 0", None),
        ("1 mod ${zero}", None),
        ("${age} div ${none}", None),
        ("${age} > 18 and ${sex} = 'f'", True),
        ("${age} < 18 or ${sex} = 'm'", False),
        ("${digit} = 3", True),
        ("${digit} + 1", Decimal(4)),
        ("selected(${media}, 'tv')", True),
        ("selected(${media}, 'radio')", False),
        ("selected(${none}, 'tv')", False),
        ("count_selected(${media})", Decimal(2)),
        ("selected_at(${media}, 1)", "web"),
        ("selected_at(${media}, 9)", None),
        ("if(${age} >= 18, 'adult', 'child')", "adult"),
        ("coalesce(${none}, '', ${sex})", "f"),
        ("round(2.5)", Decimal(3)),
        ("round(-1.5)", Decimal(-1)),
        ("round(3.14159, 2)", Decimal("3.14")),
        ("int(-3.7)", Decimal(-3)),
        ("floor(-3.2)", Decimal(-4)),
        ("ceiling(3.2)", Decimal(4)),
        ("number('12.50')", Decimal("12.5")),
        ("number('twelve')", None),
        ("min(3, ${none}, 2)", Decimal(2)),
        ("max(3, 9, 2)", Decimal(9)),
        ("sum(${years})", Decimal(12)),
        ("count(${people})", Decimal(3)),
        ("count_non_empty(${years})", Decimal(2)),
        ("max(${years})", Decimal(7)),
        ("join('/', ${name})", "A/B/C"),
        ("${name} = 'C'", True),
        ("indexed_repeat(${name}, ${people}, 2)", "B"),
        ("indexed_repeat(${name}, ${people}, 9)", None),
        ("concat('a', 1, ${none}, true())", "a1true"),
        ("string_length(${word})", Decimal(8)),
        ("substr(${word}, 0, 2)", "你好"),
        ("substr(${word}, -5)", "world"),
        ("substring_before('a-b-c', '-')", "a"),
        ("substring_after('a-b-c', '-')", "b-c"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("regex('A12', '[A-Z][0-9]+')", True),
        ("regex('xA12', '[A-Z][0-9]+')", False),
        ("today()", date(2026, 3, 1)),
        ("now()", NOW),
        ("today() - ${born}", Decimal(13072)),
        ("today() + 1", date(2026, 3, 2)),
        ("${born} < '1990-05-18'", True),
        ("${met} < today()", True),
        ("date('2026-02-30')", None),
        ("${at} < '09:00'", True),
        ("format_date(${born}, '%e %b %Y, %a')", "17 May 1990, Thu"),
        ("decimal_date_time('1970-01-02')", Decimal(1)),
        ("between(${age}, 18, 65)", True),
        ("not(${none})", True),
        ("${none} = ''", True),
        ("${none} != 'x'", True),
        ("${none} > 1", False),
        ("${none} < 1", False),
        ("answered(${none})", False),
        ("pow(2, 10)", Decimal(1024)),
        ("pow(10, 100000)", None),
        ("sqrt(-1)", None),
        ("log(0)", None),
        ("'it''s'", "it's"),
        ("${unknown}", None),
        ("string(2.50)", "2.5"),
    ],
)
def test_what_an_expression_gives(text, value):
    assert value_of(text) == value


def test_a_name_in_a_repeat_means_the_same_instance_and_outside_all():
    assert value_of("${years} * 2", path=(("people", 2),)) == Decimal(14)
    assert value_of("${years} * 2", path=(("people", 1),)) is None
    assert value_of("${years}") == Column((Decimal(5), None, Decimal(7)))
    assert value_of("position()", path=(("people", 2),)) == Decimal(3)
    assert value_of("indexed_repeat(${name}, ${people}, position() - 1)", path=(("people", 2),)) == "B"


def test_the_own_value_and_the_fields_of_an_option():
    assert value_of(". > 3", own=Decimal(4)) is True
    assert value_of("@state = ${sex}", option={"state": "f"}) is True
    assert value_of("@state = ${sex}") is False


def test_random_numbers_depend_on_seed_and_place_alone():
    first = value_of("random()", seed="a", place="q")
    assert first == value_of("random()", seed="a", place="q")
    assert 0 <= first < 1
    assert len({value_of("random()", seed="a", place=f"q{number}") for number in range(50)}) == 50
    assert value_of("random() = random()", seed="a") is False


def test_once_keeps_what_is_there():
    assert value_of("once(random())", own=Decimal("0.25")) == Decimal("0.25")


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("", "expression_empty", 0),
        ("1 +", "unexpected_end", 3),
        ("1 1", "unexpected", 2),
        ("(1", "unexpected_end", 2),
        ("'open", "string_not_closed", 0),
        ("1 § 2", "unexpected_character", 2),
        ("eval('x')", "unknown_function", 0),
        ("1 + selected(${a})", "argument_count", 4),
        ("age > 3", "bare_name", 0),
        ("${9a}", "unexpected_character", 0),
        ("__import__('os')", "unknown_function", 0),
        ("(" * 1000 + "1" + ")" * 1000, "expression_too_deep", 40),
        ("-" * 1000 + "1", "expression_too_deep", 40),
        ("1" * (MAX_LENGTH + 1), "expression_too_long", MAX_LENGTH),
    ],
)
def test_what_is_no_expression_is_refused_at_a_character(text, code, at):
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    assert (refused.value.code, refused.value.at) == (code, at)


def test_a_long_chain_is_flat():
    text = " or ".join(f"${{q{number}}} = '1'" for number in range(500))
    assert evaluate(parse(text), {"q499": "1"}, Context(now=NOW)) is True


def test_work_is_bounded_and_says_so():
    budget = Budget(left=50)
    assert evaluate(parse("sum(" + ", ".join(["1"] * 100) + ")"), {}, Context(now=NOW, budget=budget)) is not None
    assert budget.spent
    assert evaluate(parse("1 + 1"), {}, Context(now=NOW, budget=budget)) is None


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True)
NUMBERS = st.decimals(min_value=0, max_value=10**9, allow_nan=False, allow_infinity=False, places=3).map(
    lambda number: Decimal(f"{number:f}")
)
LEAVES = st.one_of(
    st.builds(Literal, st.one_of(st.text(max_size=12), NUMBERS)),
    st.builds(Reference, st.one_of(st.sampled_from([*ANSWERS, *HOMES]), NAMES)),
    st.just(Self()),
    st.builds(FieldOf, NAMES),
)


def calls(nodes):
    def of(name):
        function = FUNCTIONS[name]
        most = function.least + 2 if function.most is None else function.most
        arguments = st.lists(nodes, min_size=function.least, max_size=most).map(tuple)
        return st.builds(Call, st.just(name), arguments)

    return st.sampled_from(sorted(FUNCTIONS)).flatmap(of)


def chains(nodes):
    def of(operators):
        rest = st.lists(st.tuples(st.sampled_from(operators), nodes), min_size=1, max_size=3).map(tuple)
        return st.builds(Chain, nodes, rest)

    return st.sampled_from(LEVELS).flatmap(of)


TREES = st.recursive(
    LEAVES, lambda nodes: st.one_of(calls(nodes), chains(nodes), st.builds(Negation, nodes)), max_leaves=12
)


@given(TREES)
def test_text_and_tree_say_the_same(tree):
    assert parse(to_text(tree)) == tree


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.text(max_size=20),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.lists(st.text(min_size=1, max_size=5), max_size=3).map(tuple),
    st.lists(st.dictionaries(st.sampled_from(["name", "years"]), st.text(max_size=5)), max_size=3),
)


@given(TREES, st.dictionaries(st.sampled_from([*ANSWERS, *HOMES]), VALUES), VALUES.filter(lambda v: v != []))
def test_evaluation_never_raises(tree, answers, own):
    own = None if isinstance(own, list) else own
    context = Context(now=NOW, own=own, homes=HOMES, path=(("people", 1),), option={"a": "b"}, budget=Budget(3_000))
    value = evaluate(tree, answers, context)
    assert value is None or isinstance(value, bool | Decimal | str | date | time | tuple | Column)


@given(st.text(alphabet="${}ab.'\"()<>=+-*/ ,1@\u4e00[]|:", max_size=40))
def test_any_text_is_read_or_refused_at_a_place_inside_it(text):
    for read in (parse, translate_xlsform, lambda words: translate_xlsform(words, choice_filter=True)):
        try:
            assert parse(to_text(read(text))) == read(text)
        except ExpressionError as error:
            assert 0 <= error.at <= len(text)


@given(TREES)
def test_the_checker_never_raises(tree):
    for problem in check(tree, {"age": Kind.NUMBER, "media": Kind.CHOICES, "people": Kind.REPEAT}):
        assert problem.code


TYPES = {
    "age": Kind.NUMBER,
    "sex": Kind.CHOICE,
    "media": Kind.CHOICES,
    "born": Kind.DATE,
    "photo": Kind.OTHER,
    "people": Kind.REPEAT,
    "at": Kind.TIME,
}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("${age} > 18 and selected(${media}, 'tv')", []),
        ("${sex} + 1", []),
        ("${born} < today()", []),
        ("${born} < '2000-01-01'", []),
        ("${at} < '09:00'", []),
        ("count(${people}) > 2", []),
        ("${agee} > 18", ["unknown_name"]),
        ("${media} = 'tv'", ["use_selected"]),
        ("${age} = 'old'", ["never_equal"]),
        ("${born} = 'yesterday'", ["never_equal"]),
        ("${age} > 'old'", ["type_clash"]),
        ("${media} > 1", ["type_clash"]),
        ("${photo} + 1", ["type_clash"]),
        ("round('x')", ["type_clash"]),
        ("${age} div 0", ["zero_division"]),
        (". = 1", ["no_own_value"]),
        ("@state = 1", ["not_in_filter"]),
        ("regex(${sex}, '(a)\\1')", ["pattern_unsupported"]),
        ("indexed_repeat(1, ${people}, 1)", ["needs_name"]),
    ],
)
def test_what_cannot_be_meant_is_reported(text, codes):
    assert [problem.code for problem in check(parse(text), TYPES)] == codes


def test_names_are_listed():
    assert references(parse("${a} + sum(${b}) * -${a.b-c}")) == {"a", "b", "a.b-c"}


@pytest.mark.parametrize(
    ("xpath", "text"),
    [
        ("selected(${a}, 'x')", "selected(${a}, 'x')"),
        ("count-selected(.) <= 3", "count_selected(.) <= 3"),
        ("string-length(.) > 5", "string_length(.) > 5"),
        ("if(${a}='1', 2, -3 div 4)", "if(${a} = '1', 2, -3 div 4)"),
        ("regex(., '^[A-Z]{3}$')", "regex(., '^[A-Z]{3}$')"),
        ("position(..)", "position()"),
        ("indexed-repeat(${n}, ${r}, position(..) - 1)", "indexed_repeat(${n}, ${r}, position() - 1)"),
        ("current()/../x + 1", "${x} + 1"),
        ("current()/.", "."),
        ("../x > ../../g/y", "${x} > ${y}"),
        ("/data/group/x = 'a'", "${x} = 'a'"),
        ("jr:choice-name(${a}, '${a}')", "choice_label(${a}, ${a})"),
        ("once(random())", "once(random())"),
        ("format-date(today(), '%Y')", "format_date(today(), '%Y')"),
        ("date-time('2020-01-01')", "date_time('2020-01-01')"),
        ("not(selected(${a}, “x”))", "not(selected(${a}, 'x'))"),
        ("${a} * 2 div 3 mod 4", "${a} * 2 div 3 mod 4"),
        (".5 + 1.", "0.5 + 1"),
    ],
)
def test_expressions_of_xlsform_are_taken_over(xpath, text):
    assert to_text(translate_xlsform(xpath)) == text


def test_columns_of_choices_are_read_in_a_filter_alone():
    assert to_text(translate_xlsform("state=${state} and my-col != ''", choice_filter=True)) == (
        "@state = ${state} and @my-col != ''"
    )
    with pytest.raises(ExpressionError) as refused:
        translate_xlsform("state=${state}")
    assert (refused.value.code, refused.value.at) == ("bare_name", 0)


@pytest.mark.parametrize(
    ("xpath", "what", "at"),
    [
        ("1 + pulldata('f', 'a', 'b', ${c})", "pulldata", 4),
        ("instance('x')/root/item", "instance", 0),
        ("${last-saved#a}", "last-saved", 0),
        ("${a}[position() = 1]", "path", 4),
        ("count(../r/*)", "path", 6),
        ("//x", "path", 0),
    ],
)
def test_what_has_no_counterpart_is_refused_by_name(xpath, what, at):
    with pytest.raises(ExpressionError) as refused:
        translate_xlsform(xpath)
    assert (refused.value.code, refused.value.at, refused.value.values) == ("unsupported", at, {"what": what})
