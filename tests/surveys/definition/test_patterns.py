"""Regular expressions of questionnaires fit what Python's fit, and take steps in proportion to the text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.definition.expressions.patterns import PatternError, compiled

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("[A-Z]{2}[0-9]{3,4}", ["AB123", "AB1234"], ["AB12", "AB12345", "ab123", ""]),
        ("^1[3-9]\\d{9}$", ["13800138000"], ["12800138000", "138001380001"]),
        ("(cat|dog)s?", ["cat", "dogs"], ["cats ", "cow"]),
        ("\\p{Han}{2,4}", ["张三", "司马相如"], ["Li", "张"]),
        ("[^@\\s]+@[^@\\s]+\\.[a-z]{2,}", ["a@b.org"], ["a@b", "a b@c.org"]),
        ("a*?b+", ["b", "aabb"], ["a"]),
        ("(?:ab){2}", ["abab"], ["ab"]),
        ("[]a-]+", ["]", "a-"], ["b"]),
        ("[\\d.]+", ["1.2"], ["1,2"]),
        ("\\u4e2d\\x41", ["中A"], ["中a"]),
        ("", [""], ["a"]),
        ("|a", ["", "a"], ["b"]),
        ("a{2,}", ["aa", "aaaa"], ["a"]),
        ("x{,3}", ["x{,3}"], ["xx"]),
        ("a$b", [], ["ab", "a$b"]),
    ],
)
def test_whole_texts_fit(pattern, fits, fits_not):
    for text in fits:
        assert compiled(pattern).matches(text), text
    for text in fits_not:
        assert not compiled(pattern).matches(text), text


@pytest.mark.parametrize(
    ("pattern", "code", "at"),
    [
        ("(a)\\1", "pattern_unsupported", 3),
        ("(?=a)b", "pattern_unsupported", 0),
        ("(?<!a)b", "pattern_unsupported", 0),
        ("a++", "pattern_unsupported", 2),
        ("\\bword", "pattern_unsupported", 0),
        ("(a", "pattern_syntax", 0),
        ("a)", "pattern_syntax", 1),
        ("[a", "pattern_syntax", 0),
        ("*a", "pattern_syntax", 0),
        ("a{3,1}", "pattern_syntax", 1),
        ("a\\", "pattern_syntax", 2),
        ("a{2000}", "pattern_too_large", 1),
        ("((a{100}){100}){100}", "pattern_too_large", 20),
        ("(" * 200, "pattern_too_large", 30),
        ("a" * 1001, "pattern_too_long", 1000),
    ],
)
def test_what_an_automaton_cannot_do_is_refused_at_a_character(pattern, code, at):
    with pytest.raises(PatternError) as refused:
        compiled(pattern)
    assert (refused.value.code, refused.value.at) == (code, at)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)*b", "(a*)*b", "a*a*a*a*a*a*b", "(.*)(.*)(.*)(.*)x"])
def test_patterns_that_hang_other_engines_take_steps_in_proportion(pattern):
    ready = compiled(pattern)
    for length in (100, 1000):
        assert not ready.matches("a" * length)
        assert ready.steps("a" * length) <= len(ready.states) * (length + 1)


PATTERNS = st.recursive(
    st.sampled_from(["a", "b", "[ab]", "[^a]", ".", "\\d", "1", "^", "$"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("|".join),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?"])).map(lambda p: f"(?:{p[0]}){p[1]}"),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.text(alphabet="ab1c", max_size=8))
def test_it_fits_what_python_fits(pattern, text):
    assert compiled(pattern).matches(text) == bool(re.fullmatch(pattern, text))


@given(PATTERNS.filter(lambda pattern: "^" not in pattern and "$" not in pattern), st.randoms(use_true_random=False))
def test_an_example_fits_where_nothing_holds_at_the_edges_alone(pattern, chance):
    ready = compiled(pattern)
    assert ready.matches(ready.example(chance.choice))


@given(st.text(alphabet="ab()[]{}*+?|\\^$.-0123,dpL", max_size=20), st.text(max_size=20))
def test_any_pattern_is_taken_or_refused(pattern, text):
    try:
        compiled(pattern).matches(text)
    except PatternError as error:
        assert 0 <= error.at <= len(pattern)
