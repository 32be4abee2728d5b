"""Every fault of an answer has its sentence."""

import re

import pytest
from django.utils.translation import override

from surveys.definition import answers
from surveys.definition.runtime import Fault
from surveys.faults import COUNTED, SENTENCES, sentence

pytestmark = pytest.mark.sqlite_only


def fault(code, **values):
    return Fault("q", (), 0, code, values)


def test_every_code_has_a_sentence():
    listed = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b|\btwice\b|\bexclusive\b", answers.read.__doc__))
    assert listed | {"required", "constraint", "work_limit"} == set(SENTENCES) | set(COUNTED)


def test_values_stand_in_the_sentence_and_own_words_win():
    with override("en"):
        assert sentence(fault("too_small", limit=18)) == "Please enter 18 or more."
        assert sentence(fault("too_few", limit=1)) == "Please choose at least 1 answer."
        assert sentence(fault("too_long", limit=500)) == "This answer is too long; at most 500 characters are kept."
        assert sentence(fault("constraint"), "Adults only.") == "Adults only."
