"""The pages of studies: figures as in the rows, forms that keep what was typed, both languages."""

from __future__ import annotations

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from engage.accounts.actors import Role
from surveys.models import Response, Study
from tests.accounts.people import staff_client
from tests.surveys.studies.builders import AUTUMN, SPRING, asked, study

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

SHARES = {"question": "age", "share:young": "20", "share:middle": "40", "share:old": "40"}


def reader(*roles: Role, language: str = "en") -> Client:
    client = staff_client(*roles)
    client.cookies["django_language"] = language
    return client


def body(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def test_a_study_is_begun_and_gets_its_waves_by_forms_alone():
    questionnaire = asked(10, 10)
    client = reader(Role.ANALYST)
    token = re.search(r'name="token" value="([^"]+)"', body(client.get(reverse("study_new"))))[1]
    client.post(reverse("study_new"), {"name": "Awareness", "audience": "Everybody", "token": token})
    found = Study.objects.get()
    days = ({"last_day": "2026-06-30"}, {"first_day": "2026-07-01"})
    for revision, (name, part) in enumerate(zip(("Before", "After"), days, strict=True)):
        sent = {"name": name, "questionnaire": questionnaire.pk, "revision": revision, **part}
        assert client.post(reverse("study_wave_new", args=[found.pk]), sent).status_code == 302
    shown = body(client.get(reverse("study", args=[found.pk])))
    assert ">Before</a>" in shown and "until 30 June 2026" in shown and "What changed" in shown
    again = client.post(
        reverse("study_wave_new", args=[found.pk]),
        {"name": "All", "questionnaire": questionnaire.pk, "revision": 2},
    )
    assert again.status_code == 409 and "in the wave “Before” too" in body(again) and 'value="All"' in body(again)


def test_the_page_says_what_changed_as_the_rows_do():
    questionnaire = asked()
    found = study(questionnaire)
    shown = body(reader(Role.EDITOR).get(reverse("study", args=[found.pk])))
    row = re.search(r'<th scope="row">Option often</th>(.*?)</tr>', shown)[1]
    counts = []
    for moment in (SPRING, AUTUMN):
        rows = Response.objects.filter(questionnaire=questionnaire, submission__received_at=moment)
        known = [one["visits"] for one in rows.values_list("answers", flat=True) if "visits" in one]
        counts.append((sum(one == "often" for one in known), len(known)))
    shares = [hits / n for hits, n in counts]
    for (hits, _n), share in zip(counts, shares, strict=True):
        assert f"{100 * share:.1f}%" in row and f">{hits}</small>" in row
    assert f"+{100 * (shares[1] - shares[0]):.1f}" in row and "more than chance" in row
    assert '<rect class="b1"' in shown and '<rect class="b2"' in shown


def test_waves_are_chosen_and_weighted_in_the_address():
    found = study()
    client = reader(Role.ANALYST)
    address = reverse("study", args=[found.pk])
    turned = body(client.get(address, {"first": "2", "second": "1", "weight": "weight"}))
    assert "as precise as simple samples of" in turned and '<option value="2" selected>After' in turned
    row = re.search(r'<th scope="row">Option often</th>(.*?)</tr>', turned)[1]
    assert ">−" in row
    for query, status in (({"first": "1", "second": "1"}, 422), ({"weight": "why"}, 422), ({"first": "none"}, 200)):
        answer = client.get(address, query)
        assert answer.status_code == status
        assert ("There is a problem" in body(answer)) == (status != 200)


def test_the_panel_names_the_largest_gap_and_gives_the_weights():
    found = study()
    client = reader(Role.ANALYST)
    address = reverse("study_panel", args=[found.pk])
    assert "Nothing is known of the population yet" in body(client.get(address))
    sent = {"source": "Census", "revision": found.revision, **SHARES}
    form = reverse("study_benchmark", args=[found.pk])
    assert client.post(form, sent).status_code == 302
    shown = body(client.get(address, {"wave": "2"}))
    rows = Response.objects.filter(submission__received_at=AUTUMN)
    young = rows.filter(answers__age="young").count()
    gap = 100 * young / rows.count() - 20
    assert f"The largest gap: Option young is {gap:.1f} points too large." in shown
    row = re.search(r'<th scope="row">Option young</th>(.*?)</tr>', shown)[1]
    assert f"{0.2 * rows.count() / young:.2f}" in row and "20.0%" in row
    assert "Post-stratified by one benchmark." in shown and "Population: Census." in shown
    weighted = body(client.get(reverse("study", args=[found.pk]), {"weight": "#benchmark"}))
    assert "as precise as simple samples of" in weighted
    age = re.search(r"<figcaption>Age</figcaption>(.*?)</figure>", weighted)[1]
    # Both waves are brought to the same shares, so nothing is left to change.
    assert re.findall(r'<th scope="row">Option young</th>.*?</td><td class="num">0\.0', age)
    assert client.post(form, {"question": "age", "revision": found.revision + 1, "do": "remove"}).status_code == 302
    assert not found.benchmarks.exists()


def test_shares_come_from_a_file_and_its_faults_are_said_with_their_line():
    found = study(asked(10, 10))
    client = reader(Role.ANALYST)
    form = reverse("study_benchmark", args=[found.pk])

    def send(text: str, encoding: str = "utf-8"):
        file = SimpleUploadedFile("shares.csv", text.encode(encoding))
        return client.post(form, {"question": "age", "source": "Census", "revision": found.revision, "file": file})

    for text, said in (
        ("group,share\nyoung,20\nteens,80\n", "Line 3: “teens” is no answer to this question"),
        ("group,share\nyoung,20\nmiddle,30\nold,40\n", "The shares add up to 90 instead of 100"),
        ("a,b\n1,2\n", "Columns are missing: group, share."),
    ):
        answer = send(text)
        assert answer.status_code == 422 and said in body(answer) and 'value="Census"' in body(answer)
    assert "not UTF-8" in body(send("组别,占比\n选项young,20\n", "gbk"))
    assert send("组别,占比\n选项young,20%\nOption middle,40\nold,40\n").status_code == 302
    assert found.benchmarks.get().shares == [["young", 20.0], ["middle", 40.0], ["old", 40.0]]


def test_who_only_reads_has_no_form_and_others_no_page():
    found = study(asked(2, 2))
    writes = [
        reverse("study_new"), reverse("study_edit", args=[found.pk]), reverse("study_wave_new", args=[found.pk]),
        reverse("study_wave", args=[found.pk, 1]), reverse("study_benchmark", args=[found.pk]) + "?question=age",
    ]  # fmt: skip
    reads = [reverse("studies"), reverse("study", args=[found.pk]), reverse("study_panel", args=[found.pk])]
    for role, statuses in ((Role.ANALYST, (200, 200)), (Role.EDITOR, (200, 404)), (Role.OFFICER, (404, 404))):
        client = reader(role)
        assert {client.get(address).status_code for address in reads} == {statuses[0]}
        assert {client.get(address).status_code for address in writes} == {statuses[1]}


def test_a_study_is_renamed_once_and_an_old_form_keeps_what_was_typed():
    found = study(asked(2, 2))
    client = reader(Role.ANALYST)
    address = reverse("study_edit", args=[found.pk])
    sent = {"name": "Renamed", "audience": "", "campaign": "", "revision": found.revision}
    assert client.post(address, sent).status_code == 302
    late = client.post(address, {**sent, "name": "Late"})
    assert late.status_code == 409 and 'value="Late"' in body(late)
    found.refresh_from_db()
    assert found.name == "Renamed"
