"""The command that fills a year."""

import json

import pytest
from django.core.management import CommandError, call_command

from engage.calendars.models import CalendarDay

pytestmark = pytest.mark.django_db


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = 0
    try:
        call_command("import_calendar", *arguments)
    except SystemExit as stopped:
        code = stopped.code or 0
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_a_dry_run_says_what_would_come_and_writes_nothing(capsys):
    code, out, _ = run(capsys, "2028", "--calendar", "cn", "--json", "--dry-run")
    found = json.loads(out)
    assert code == 0
    assert found["dry_run"] is True
    assert found["confirmed"] is False
    assert "2028-10-02" in found["added"]
    assert not CalendarDay.objects.filter(calendar="cn", date__year=2028).exists()


def test_an_import_writes_the_days(capsys):
    code, out, _ = run(capsys, "2028", "--calendar", "uk", "--json")
    found = json.loads(out)
    assert code == 0
    assert set(found) == {"calendar", "year", "confirmed", "added", "changed", "removed", "kept", "dry_run"}
    assert CalendarDay.objects.filter(calendar="uk", date__year=2028).count() == len(found["added"]) > 10


def test_a_second_import_changes_nothing(capsys):
    run(capsys, "2028", "--calendar", "cn", "--json")
    _, out, _ = run(capsys, "2028", "--calendar", "cn", "--json")
    assert [json.loads(out)[name] for name in ("added", "changed", "removed", "kept")] == [[], [], [], []]


def test_without_json_it_names_the_estimates(capsys):
    code, out, _ = run(capsys, "2028", "--calendar", "cn")
    assert code == 0
    assert "2028" in out.splitlines()[0]


@pytest.mark.parametrize("flags", [("--json",), ()])
def test_a_year_the_package_does_not_know_is_refused(capsys, flags):
    code, out, err = run(capsys, "1999", "--calendar", "cn", *flags)
    assert code == 1
    if flags:
        assert json.loads(out)["errors"][0]["code"] == "calendar_year_out_of_range"
    else:
        assert "1999" in err


def test_another_country_is_a_wrong_call():
    with pytest.raises(CommandError, match="fr"):
        call_command("import_calendar", "2026", "--calendar", "fr")
