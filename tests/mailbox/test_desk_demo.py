"""The demo's cases: of four kinds, in different states, with nobody's address."""

from __future__ import annotations

import json

import pytest

from engage.accounts.actions import demo_user
from engage.accounts.actors import Role
from engage.departments.models import Department
from engage.pages.demo_content import FOLDER
from engage.participation.models import OutgoingMail
from mailbox.desk import demo
from mailbox.desk.queue import counts
from mailbox.models import Case, Intake
from mailbox.performance import demo as figures

pytestmark = pytest.mark.django_db
UNITS = ("elderly-care", "social-affairs", "social-assistance", "charity-social-work", "letters-visits", "openness")


@pytest.fixture
def _units() -> None:
    root = Department.add_root(code="bureau", name_zh="民政局", name_en="Bureau")
    for code in UNITS:
        Department.objects.get(pk=root.pk).add_child(code=code, name_zh=code, name_en=code)
    unit = Department.objects.get(code="letters-visits")
    for kind in ("letter", "enquiry", "grievance", "information_request"):
        Intake.objects.create(kind=kind, department=unit)


@pytest.mark.usefixtures("_units")
def test_the_demo_has_cases_of_all_kinds_in_every_view_of_the_queue():
    demo.load()
    before = list(Case.objects.order_by("pk").values_list("pk", "state", "revision"))
    demo.load()
    assert list(Case.objects.order_by("pk").values_list("pk", "state", "revision")) == before
    assert len(before) >= 12
    assert set(Case.objects.values_list("kind", flat=True)) == {"letter", "enquiry", "grievance", "information_request"}
    assert len(set(Case.objects.values_list("state", flat=True))) >= 8
    seen = counts(demo_user(Role.OFFICER))
    assert all(seen[view] for view in ("new", "mine", "waiting", "to_approve", "low_rated", "asked", "spam", "open"))
    assert not OutgoingMail.objects.exists()


@pytest.mark.usefixtures("_units")
def test_the_demo_has_a_year_of_answers_to_count():
    given = json.loads((FOLDER / "past_cases.json").read_text(encoding="utf-8"))
    root = Department.objects.get(code="bureau")
    for code in {entry["unit"] for entry in given} - set(UNITS):
        Department.objects.get(pk=root.pk).add_child(code=code, name_zh=code, name_en=code)
    demo.load()
    before = set(Case.objects.values_list("pk", flat=True))
    figures.load()
    made = Case.objects.exclude(pk__in=before)
    assert {one.state for one in made} <= {"rated", "reopened"} and len(made) == len(given)
    assert all(one.answered_at for one in made)


def test_without_its_units_the_demo_has_no_cases():
    demo.load()
    assert not Case.objects.exists()


@pytest.mark.usefixtures("_units")
def test_a_site_that_is_no_demo_has_none_either(settings):
    settings.DEMO = False
    demo.load()
    assert not Case.objects.exists()
