"""An author says which files a question takes."""

import pytest
from django.core.exceptions import ValidationError

from surveys.studio.question_forms import KindsField, properties_of

pytestmark = pytest.mark.sqlite_only


def test_files_and_photographs_have_kinds_number_and_size():
    for kind in ("file", "photo"):
        assert {"accept", "max_files", "max_bytes"} <= set(properties_of(kind))
    assert "accept" not in properties_of("text")


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("", []),
        (" .PDF, image/*;audio/* ", [".pdf", "image/*", "audio/*"]),
        (".docx、.odt，text/plain", [".docx", ".odt", "text/plain"]),
        ("csv", ["csv"]),
    ],
)
def test_kinds_are_read_between_commas_and_written_back(typed, kinds):
    assert KindsField().clean(typed) == kinds
    assert KindsField().clean(KindsField().prepare_value(kinds)) == kinds


@pytest.mark.parametrize("typed", [".exe", "video/*", "image", ".pdf, .zip", "<b>", "a" * 2_001])
def test_a_kind_that_nobody_takes_is_said(typed):
    with pytest.raises(ValidationError):
        KindsField().clean(typed)
