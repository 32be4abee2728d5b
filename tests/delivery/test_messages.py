"""Messages from a channel: a case each, its channel kept, taken in once however often the table comes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from engage.accounts.actors import Role
from engage.errors import Refused
from engage.outreach.delivery import actions, inbound
from engage.outreach.delivery.models import Message
from engage.participation import cases
from engage.participation.models import Contact, Submission
from tests.accounts.people import person

pytestmark = pytest.mark.django_db
TABLE = (
    "编号,作者,内容,时间,链接\n"
    "m1,市民甲,路灯坏了三天，请派人来修。,2026-03-09 14:05,https://weibo.example/m1\n"
    'm2,reader,"The ""bus"" stop,\nthe one at the library, is gone.",2026/3/10 9:30,\n'
)
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def run(path: Path, *options: str) -> tuple[dict[str, Any], int]:
    out, code = StringIO(), 0
    try:
        call_command("import_messages", str(path), "--json", *options, stdout=out)
    except SystemExit as end:
        code = end.code
    return json.loads(out.getvalue()), code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_each_row_becomes_a_case_once(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "weibo.csv"
    path.write_bytes(TABLE.encode(encoding))
    dry, code = run(path, "--channel", "weibo", "--dry-run")
    assert (dry["messages"], dry["opened"], code, Submission.objects.count()) == (2, 0, 0, 0)
    taken, code = run(path, "--channel", "weibo")
    assert (taken["opened"], taken["known"], code) == (2, 0, 0)
    assert taken["references"] == [submission.reference for submission in Submission.objects.order_by("pk")]
    again, code = run(path, "--channel", "weibo")
    assert (again["opened"], again["known"], code, Submission.objects.count()) == (0, 2, 0, 2)
    first, second = Message.objects.select_related("submission__contact").order_by("pk")
    assert (first.submission.channel, first.submission.letter, first.url) == (
        "import:weibo",
        "M",
        "https://weibo.example/m1",
    )
    assert (first.submission.contact.name, first.submission.language) == ("市民甲", "zh-hans")
    assert timezone.localtime(first.submission.received_at).strftime("%Y-%m-%d %H:%M") == "2026-03-09 14:05"
    assert (second.text, second.submission.language) == (
        'The "bus" stop,\nthe one at the library, is gone.',
        "en",
    )
    # The same ids on another channel are other messages.
    assert run(path, "--channel", "wechat")[0]["opened"] == 2


def test_a_wrong_row_takes_nothing_in_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "id,text,time,url\n"
        "1,good,2026-03-09,\n"
        ",no id,2026-03-09,\n"
        "3,,2026-03-09,\n"
        "4,late,3026-03-09,\n"
        "5,odd,yesterday,\n"
        "6,link,2026-03-09,javascript:alert(1)\n"
        "1,twice,2026-03-09,\n"
        "8,wide,2026-03-09,,x\n",
        encoding="utf-8",
    )
    answer, code = run(path, "--channel", "weibo")
    assert (code, Submission.objects.count()) == (1, 0)
    assert [(entry["where"]["line"], entry["code"]) for entry in answer["errors"]] == [
        (3, "table_cell_empty"),
        (4, "table_cell_empty"),
        (5, "message_in_future"),
        (6, "message_time_wrong"),
        (7, "outbox_address_wrong"),
        (8, "message_id_twice"),
        (9, "table_row_too_wide"),
    ]
    assert all(entry["message"] for entry in answer["errors"])


@pytest.mark.parametrize(
    ("name", "data", "options", "code", "status"),
    [
        ("a.csv", b"id,text\n1,a\n", ("--channel", "web site"), "message_channel_wrong", 1),
        ("a.csv", b"id,text\n", ("--channel", "weibo"), "table_empty", 1),
        ("a.csv", b"id,words\n1,a\n", ("--channel", "weibo"), "table_columns_missing", 1),
        ("a.csv", b"PK\x03\x04xx", ("--channel", "weibo"), "table_is_workbook", 1),
        ("a.csv", b"\xff\xff\xff", ("--channel", "weibo"), "table_unreadable", 1),
        ("", b"", ("--channel", "weibo"), "message_file_missing", 2),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, name: str, data: bytes, options: tuple[str, ...], code: str, status: int
) -> None:
    path = tmp_path / (name or "none.csv")
    if name:
        path.write_bytes(data)
    answer, ended = run(path, *options)
    assert (answer["errors"][0]["code"], ended) == (code, status)


def test_a_known_id_with_other_words_is_a_fault_and_no_loss() -> None:
    officer = person(Role.OFFICER)
    channel = actions.channel_name("weibo")

    def check(text: str) -> inbound.Checked:
        return inbound.check(f"id,text\n1,{text}\n".encode(), channel=channel, now=NOW, actor=officer)

    actions.import_messages(check("first").messages, channel=channel, actor=officer)
    assert (check("first").known, check("first").faults) == (1, [])
    assert [fault.code for fault in check("other").faults] == ["message_known_differs"]


def test_a_room_that_works_on_cases_opens_them_instead() -> None:
    officer, opened = person(Role.OFFICER), []

    def opener(envelope: Any, letter: cases.Letter, actor: Any) -> Submission:
        opened.append((envelope.channel, letter.text))
        return actions.open_message(envelope, letter, actor)

    cases.register(opener)
    try:
        message = actions.Incoming("1", "words", NOW, "en")
        actions.import_messages([message], channel="import:app", actor=officer)
    finally:
        cases.unregister(opener)
    assert opened == [("import:app", "words")]


def test_only_officers_take_messages_in_and_read_them() -> None:
    message = actions.Incoming("1", "words", NOW, "en", author="甲")
    for stranger in (person(Role.EDITOR), person(Role.CITIZEN)):
        with pytest.raises(Refused, match="not_allowed"):
            actions.import_messages([message], channel="import:app", actor=stranger)
    officer = person(Role.OFFICER)
    actions.import_messages([message], channel="import:app", actor=officer)
    assert Contact.objects.get().name == "甲"
    pk = Message.objects.get().pk
    assert list(Message.objects.visible_to(person(Role.CITIZEN))) == []
    assert actions.finish_messages([pk], now=NOW, actor=officer) == [pk]
    assert actions.finish_messages([pk], now=NOW, actor=officer) == []
    assert actions.reopen_messages([pk], actor=officer) == [pk]
    with pytest.raises(Refused, match="item_gone"):
        actions.finish_messages([pk, pk + 1], now=NOW, actor=officer)
