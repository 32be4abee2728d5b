"""A whole case as one ZIP file: everything in it, its hashes, nothing that the page does not show."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from pypdf import PdfReader

from engage.accounts.actors import Role
from engage.journal.models import JournalRow
from engage.participation import actions as participation
from engage.participation.models import Attachment, TimelineEntry
from mailbox import actions
from mailbox.actions import DraftWords
from mailbox.desk import bundle
from mailbox.desk.board import board_of
from mailbox.models import Case
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, answered, house, taken_on

pytestmark = pytest.mark.django_db
FILE = b"\x00scan\xff" * 40_000


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(hours=1))


def attach(case: Case, name: str, content: bytes = FILE) -> Attachment:
    row = Attachment(
        submission=case.submission,
        name=name,
        media_type="application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        state=Attachment.State.CLEAN,
    )
    row.file.save("scan", ContentFile(content), save=False)
    row.save()
    return row


def export(user: Any, case: Case, language: str = "en") -> zipfile.ZipFile:
    answer = browser(user, language).post(reverse("desk_case_export", args=[case.pk]))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{case.reference}-2026-11-24.zip"'
    assert answer.headers["Cache-Control"].startswith("private, no-store")
    return zipfile.ZipFile(io.BytesIO(answer.getvalue()))


def full_case(place: House) -> Case:
    made = taken_on(place, "grievance")
    actions.consult(made.pk, department_id=place.roads.pk, question="路面何时恢复？", actor=place.officer, now=NOW)
    questions = actions.set_questions(made.pk, ["何时修好？"], actor=place.officer)
    actions.settle_question(questions[0].pk, answered=True, actor=place.officer)
    actions.waive_opinion(made.consultations.get().pk, note="不再需要", actor=place.officer, now=NOW)
    made.refresh_from_db()
    attach(made, "来信.pdf")
    return answered(place, made)


def test_everything_is_in_it_and_every_hash_is_right(place):
    case = full_case(place)
    pack = export(place.officer, case)
    assert pack.testzip() is None
    names = pack.namelist()
    manifest = json.loads(pack.read("manifest.json"))
    assert manifest["reference"] == case.reference
    listed = {row["path"]: row for row in manifest["parts"]}
    assert set(names) == set(listed) | {"manifest.json", "SHA256SUMS"}
    assert len(names) == len(set(names))
    for path, row in listed.items():
        content = pack.read(path)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (row["bytes"], row["sha256"]), path
    sums = dict(line.split("  ")[::-1] for line in pack.read("SHA256SUMS").decode().splitlines())
    assert sums == {path: row["sha256"] for path, row in listed.items()}
    assert {"case.pdf", "case.json", "thread.txt", "timeline.csv", "steps.csv"} <= set(names)


def test_notices_are_the_frozen_ones_and_files_the_very_bytes(place):
    case = full_case(place)
    pack = export(place.officer, case)
    for notice in case.notices.all():
        name = f"notices/{notice.year}-{notice.department_id}-{notice.number:06d}"
        assert hashlib.sha256(pack.read(f"{name}.html")).hexdigest() == notice.sha256
        assert PdfReader(io.BytesIO(pack.read(f"{name}.pdf"))).pages
    assert [name for name in pack.namelist() if name.startswith("files/")] == ["files/001-来信.pdf"]
    assert pack.read("files/001-来信.pdf") == FILE


def test_the_json_and_the_papers_say_what_the_page_says(place):
    case = full_case(place)
    pack = export(place.officer, case)
    facts = json.loads(pack.read("case.json"))
    assert facts["messages"][0]["text"] == "水管坏了，没有人来修。"
    assert facts["sender"]["name"] == "李梅"
    assert facts["opinions"][0] | {"due": ""} == {
        "unit": str(place.roads),
        "question": "路面何时恢复？",
        "co_author": False,
        "due": "",
        "state": "waived",
        "note": "不再需要",
        "opinion": "",
    }
    assert facts["questions"][0]["text"] == "何时修好？"
    assert {one["target"] for one in facts["clocks"]} == set(case.clocks.values_list("target", flat=True))
    assert len(facts["notices"]) == case.notices.count()
    thread = pack.read("thread.txt").decode()
    assert "水管坏了" in thread and "已经派人修好。" in thread
    told = pack.read("timeline.csv").decode("utf-8-sig").splitlines()
    assert len(told) == case.submission.timeline.count() + 1
    printed = "".join(one.extract_text() for one in PdfReader(io.BytesIO(pack.read("case.pdf"))).pages).replace(
        "\n", ""
    )
    for said in ("来信.pdf", "何时修好？", "路面何时恢复？", "李梅", case.reference):
        assert said in printed, said


def test_each_clock_has_its_days(place):
    case = full_case(place)
    pack = export(place.officer, case)
    paths = [name for name in pack.namelist() if name.startswith("clocks/")]
    assert len(paths) == case.clocks.count()
    final = next(name for name in paths if "final_reply" in name)
    rows = list(csv.DictReader(io.StringIO(pack.read(final).decode("utf-8-sig"))))
    assert rows[-1]["day"] == case.clocks.get(target="final_reply").due.isoformat()
    assert rows[-1]["why"].startswith("counted")


def test_drafts_are_for_who_works_on_the_answer_and_a_private_one_for_nobody(place):
    case = taken_on(place)
    actions.take_step(case.pk, "draft", actor=place.officer, now=NOW)
    actions.save_draft(case.pk, DraftWords(text="共享的草稿"), actor=place.officer, now=NOW)
    actions.save_draft(case.pk, DraftWords(text="我的私稿"), shared=False, actor=place.officer, now=NOW)
    mine = export(place.officer, case)
    everything = b"".join(mine.read(name) for name in mine.namelist())
    assert "共享的草稿".encode() in everything and "我的私稿".encode() not in everything
    clerks = export(place.clerk, case)
    assert not [name for name in clerks.namelist() if name.startswith("drafts/")]
    assert "共享的草稿".encode() not in b"".join(clerks.read(name) for name in clerks.namelist() if name != "case.pdf")
    printed = "".join(one.extract_text() for one in PdfReader(io.BytesIO(clerks.read("case.pdf"))).pages)
    assert "共享的草稿" not in printed


def test_the_name_is_in_it_where_the_page_shows_it_and_nowhere_else(place):
    case = taken_on(place, "letter")
    pack = export(place.officer, case)
    everything = b"".join(pack.read(name) for name in pack.namelist())
    assert "李梅".encode() not in everything and b"mei@example.org" not in everything
    assert json.loads(pack.read("case.json"))["sender"] is None


def test_another_case_is_named_only_to_who_may_open_it(place):
    case, other = taken_on(place), factories.case(text="另外一件事情，与此有关。")
    actions.take_step(other.pk, "route", actions.Given(department=place.water.pk), actor=place.clerk, now=NOW)
    actions.link_cases(case.pk, other.pk, actor=place.clerk, now=NOW)
    assert json.loads(export(place.officer, case).read("case.json"))["links"][0]["reference"] == other.reference
    Case.objects.filter(pk=other.pk).update(lead=place.roads, desk=place.roads)
    assert json.loads(export(place.officer, case).read("case.json"))["links"] == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "001-passwd"),
        ("..\\..\\boot.ini", "001-boot.ini"),
        ("a\x00b\r\n.pdf", "001-a_b_.pdf"),
        ("con.txt", "001-_con.txt"),
        ("来信 第一页.pdf", "001-来信_第一页.pdf"),
        ("...", "001-file"),
        ("x" * 300 + ".pdf", "001-" + "x" * 96 + ".pdf"),
        ("=cmd|' /C calc'!A0.csv", "001-C_calc_A0.csv"),
    ],
)
def test_names_are_safe_on_every_system(name, safe):
    assert bundle.safe_name(name, 1) == safe


def test_two_files_of_one_name_are_both_there(place):
    case = taken_on(place)
    attach(case, "scan.pdf", b"one")
    attach(case, "scan.pdf", b"two")
    pack = export(place.officer, case)
    assert [pack.read(f"files/{n:03d}-scan.pdf") for n in (1, 2)] == [b"one", b"two"]


def test_no_cell_is_a_formula():
    assert bundle._table(["a", "b"], [["=1+1", "水管"]]).decode("utf-8-sig") == "a,b\r\n'=1+1,水管\r\n"


def test_it_is_written_while_it_is_read_and_leaves_the_language_alone(place):
    from django.utils import translation

    case = taken_on(place)
    attach(case, "big.bin", bytes(300_000))
    board = board_of(case.pk, actor=place.officer, now=NOW)
    with translation.override("en"):
        pieces = bundle.exported(board, actor=place.officer, now=NOW)
    with translation.override("zh-hans"):
        seen = [translation.get_language() for _piece in pieces]
    assert len(seen) > 8 and set(seen) == {"zh-hans"}


def test_only_who_works_on_it_takes_it_along_and_that_is_recorded(place):
    case = taken_on(place)
    actions.consult(case.pk, department_id=place.roads.pk, question="意见？", actor=place.officer, now=NOW)
    address = reverse("desk_case_export", args=[case.pk])
    assert browser(place.stranger).get(reverse("desk_case", args=[case.pk])).status_code == 200
    assert browser(place.stranger).post(address).status_code == 404
    assert (
        "Export the whole case"
        not in browser(place.stranger).get(reverse("desk_case", args=[case.pk])).content.decode()
    )
    assert browser(person(Role.EDITOR)).post(address).status_code == 404
    assert browser(place.officer).get(address).status_code == 405
    assert not JournalRow.objects.filter(verb="case.exported").exists()
    pack = export(place.officer, case)
    row = JournalRow.objects.get(verb="case.exported")
    assert row.content["export"] == json.loads(pack.read("manifest.json"))["export"]
    assert row.actor_id == str(place.officer.pk)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_is_in_the_language_of_who_asks(place, language):
    pack = export(place.officer, taken_on(place), language)
    told = pack.read("timeline.csv").decode("utf-8-sig")
    assert ("Received" in told) == (language == "en")
    assert ("已" in told or "收" in told) == (language == "zh-hans")


# --- the history of a sender ------------------------------------------------------------------------------------------


def history(user: Any, case: Case):
    return browser(user).post(reverse("desk_case_history", args=[case.pk]))


def prove(case: Case) -> None:
    """The sender opened the link that was sent to the address."""
    from uuid import uuid4

    participation.renew_code(case.pk, uuid4(), actor=factories.sender(case))


def test_the_history_is_of_the_same_proved_address_and_recorded(place):
    first, second = factories.case(), factories.case(text="第二封来信，还是水管。")
    claimed = factories.case(text="别人也写这个地址。")
    stranger = factories.case(email="other@example.org")
    for one in (first, second, stranger):
        prove(one)
    page = history(place.clerk, first).content.decode()
    assert second.reference in page
    assert claimed.reference not in page and stranger.reference not in page
    row = JournalRow.objects.get(verb="case.history_read")
    assert (row.target_pk, row.content["n"]) == (str(first.pk), 1)


def test_an_address_that_nobody_proved_tells_nothing(place):
    first, second = factories.case(), factories.case(text="第二封来信，还是水管。")
    prove(second)
    page = history(place.clerk, first).content.decode()
    assert second.reference not in page and "Nobody showed yet" in page
    assert TimelineEntry.objects.filter(code="code_renewed").count() == 1


def test_the_history_is_the_receiving_units_alone_and_shows_what_may_be_seen(place):
    first = taken_on(place)
    second = factories.case(text="第二封来信，告水务处。", barred=place.intake.pk)
    for one in (first, second):
        prove(one)
    assert history(place.officer, first).status_code == 404
    assert history(place.approver, first).status_code == 404
    assert history(place.clerk, factories.case(email="")).status_code == 404
    page = history(place.clerk, first).content.decode()
    assert second.reference not in page


def test_an_asynchronous_server_gets_it_piece_by_piece(place):
    from asgiref.sync import async_to_sync

    from mailbox.desk.bundle_views import _in_turns

    async def collect() -> list[bytes]:
        return [piece async for piece in _in_turns(iter([b"a", b"", b"b"]))]

    assert async_to_sync(collect)() == [b"a", b"", b"b"]
