"""Who receives what: the page of the administrators and the command, and what they leave alone."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from engage.accounts.actors import Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from mailbox import actions
from mailbox.kinds import KINDS
from mailbox.models import Intake
from tests.accounts.people import person, sign_in
from tests.mailbox import factories
from tests.mailbox.factories import House, house

pytestmark = pytest.mark.django_db
RECEIVED_BEFORE = "clocks that run are not changed"


@pytest.fixture
def place() -> House:
    """A house in which nothing is set."""
    made = house()
    Intake.objects.all().delete()
    return made


@pytest.fixture
def boss() -> Client:
    client = sign_in(Client(), person(Role.ADMINISTRATOR))
    client.cookies["django_language"] = "en"
    return client


def body(response: HttpResponse) -> str:
    return html.unescape(response.content.decode())


def address(kind: str = "letter") -> str:
    return reverse("desk_intake", args=[kind])


def test_the_page_says_what_is_in_force_before_anything_is_set(place, boss):
    shown = body(boss.get(reverse("desk_intakes")))
    assert shown.count('City <span class="small muted">the first unit of the house, as nothing is set') == len(KINDS)
    assert "Reply: 10 working days (cn-letter-complex)" in shown and RECEIVED_BEFORE in shown
    assert shown.count("Asia/Shanghai <span") == len(KINDS)
    assert reverse("desk_intakes") in body(boss.get(reverse("desk_checklists")))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_form_with_the_clocks_that_it_knows(place, boss, kind):
    shown = body(boss.get(address(kind)))
    for family in KINDS[kind].families:
        assert f'<option value="{family}">' in shown
    assert shown.count('<option value="cn-') + shown.count('<option value="uk-') == len(KINDS[kind].families)
    assert RECEIVED_BEFORE in shown


def test_what_is_set_holds_for_what_comes_and_not_for_what_runs(place, boss):
    before = factories.case()
    running = list(before.clocks.values_list("profile__family", "due"))
    given = {"department": "Water Unit", "family": "cn-letter-simple", "zone": "Asia/Urumqi"}
    answer = boss.post(address(), given, follow=True)
    assert "set for what comes from now on" in body(answer) and "Water Unit" in body(answer)
    new = factories.case()
    assert (new.desk, new.family, new.zone) == (place.water, "cn-letter-simple", "Asia/Urumqi")
    before.refresh_from_db()
    assert (before.desk, before.zone) == (place.root, "Asia/Shanghai")
    assert list(before.clocks.values_list("profile__family", "due")) == running
    # The form brings back what is set; sent as it is, it changes nothing and the journal has no second entry.
    shown = body(boss.get(address()))
    assert 'value="Water Unit"' in shown and '<option value="cn-letter-simple" selected>' in shown
    assert boss.post(address(), given).status_code == 302
    [row] = JournalRow.objects.filter(verb="intake.set")
    assert row.content["before"] == {"department": None, "family": "", "zone": ""}
    assert (row.content["department"], row.content["zone"]) == (place.water.pk, "Asia/Urumqi")
    # Left empty, it is as the house has it again.
    assert boss.post(address(), {"department": "", "family": "", "zone": ""}).status_code == 302
    assert factories.case().desk == place.root


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("department", "Nobody's Unit", "There is no unit “Nobody's Unit”"),
        ("family", "cn-foi", "cn-foi is not one of the available choices"),
        ("zone", "Mars/Base", "There is no time zone “Mars/Base”"),
        ("zone", "../etc/passwd", "There is no time zone"),
        ("zone", "Asia", "There is no time zone"),
        ("zone", "x" * 41, "at most 40 characters"),
    ],
)
def test_a_wrong_value_is_said_at_its_field_and_what_was_typed_stays(place, boss, field, typed, said):
    given = {"department": "Roads Unit", "family": "cn-letter-simple", "zone": "Asia/Urumqi"} | {field: typed}
    answer = boss.post(address(), given)
    shown = body(answer)
    assert answer.status_code == 422 and said in shown
    assert f'id="id_{field}_error"' in shown
    for name, value in given.items():
        assert f'value="{value}"' in shown or name == "family" or "'" in value
    assert not Intake.objects.exists()


def test_a_unit_that_went_out_of_service_is_shown_as_such(place, boss):
    actions.set_intake("letter", department_id=place.water.pk, actor=person(Role.ADMINISTRATOR))
    type(place.water).objects.filter(pk=place.water.pk).update(active=False)
    assert "no longer in service" in body(boss.get(reverse("desk_intakes")))
    with pytest.raises(Refused, match="department_gone"):
        actions.set_intake("enquiry", department_id=place.water.pk, actor=person(Role.ADMINISTRATOR))


def test_others_find_no_such_page_and_no_such_kind_is_there(place, boss):
    for who in (place.clerk, place.head):
        client = sign_in(Client(), who)
        assert client.get(reverse("desk_intakes")).status_code == 404
        assert client.post(address(), {"department": "Water Unit"}).status_code == 404
    assert boss.get(address("nothing")).status_code == 404
    assert not Intake.objects.exists()


# --- the command ------------------------------------------------------------------------------------------------------


def run(capsys: Any, *given: str) -> tuple[int, dict[str, Any]]:
    """Run the command with --json; return its exit code and what it printed."""
    code = 0
    try:
        with translation.override("en"):
            call_command("set_intake", *given, "--json")
    except SystemExit as end:
        code = int(end.code or 0)
    return code, json.loads(capsys.readouterr().out)


def test_the_command_sets_it_and_leaves_what_is_not_named(place, capsys):
    code, said = run(
        capsys, "grievance", "--department", "water", "--family", "cn-xinfang-roll", "--zone", "Asia/Urumqi"
    )
    told = {"kind": "grievance", "department": "water", "family": "cn-xinfang-roll", "zone": "Asia/Urumqi"}
    assert (code, said) == (0, told)
    assert run(capsys, "grievance", "--department", "roads") == (0, told | {"department": "roads"})
    given = ("grievance", "--department", "roads", "--family", "", "--zone", "")
    assert run(capsys, *given)[1] == told | {"department": "roads", "family": "cn-xinfang", "zone": "Asia/Shanghai"}
    assert JournalRow.objects.filter(verb="intake.set").count() == 3


@pytest.mark.parametrize(
    ("given", "code", "refusal"),
    [
        (("nothing", "--department", "water"), 2, "case_kind_unknown"),
        (("letter", "--department", "nobody"), 2, "department_code_unknown"),
        (("letter", "--department", "water", "--family", "cn-foi"), 1, "clock_profile_unknown"),
        (("letter", "--department", "water", "--zone", "Mars/Base"), 1, "zone_unknown"),
    ],
)
def test_the_command_refuses_what_is_wrong_and_sets_nothing(place, capsys, given, code, refusal):
    ended, said = run(capsys, *given)
    assert (ended, said["errors"][0]["code"]) == (code, refusal)
    assert not Intake.objects.exists()


def test_the_command_speaks_to_a_person_in_lines(place, capsys):
    call_command("set_intake", "letter", "--department", "water")
    assert "department: water" in capsys.readouterr().out.splitlines()
