"""Message catalogues are compiled by the first start; what it builds afterwards is in both languages."""

import pytest
from django.core.management import call_command
from django.utils import translation

pytestmark = pytest.mark.sqlite_only
PO = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Nobody translated this yet"
msgstr "刚刚译出来"
"""


def said() -> str:
    with translation.override("zh-hans"):
        return translation.gettext("Nobody translated this yet")


def test_what_was_read_before_is_read_anew(settings, tmp_path):
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO, encoding="utf-8")
    settings.LOCALE_PATHS = [tmp_path, *settings.LOCALE_PATHS]
    assert said() == "Nobody translated this yet"
    call_command("compile_catalogues")
    assert said() == "刚刚译出来"
