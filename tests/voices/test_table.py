"""A table of comments: read in any encoding, checked row by row, taken in whole, once, or not at all."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from consultations import actions
from consultations.drafts import parse_text
from consultations.drafts.questions import read_questions
from consultations.models import Comment, Consultation
from consultations.rules import QUESTIONS
from consultations.voices import tables
from engage.accounts.actors import SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.participation.models import Submission
from tests.accounts.people import staff_client
from tests.consultations.factories import call

pytestmark = pytest.mark.django_db
CHINESE = """编号,意见,条款,态度,收到日期,署名
信-1,周末也应当开放。,第二条,反对,,王某
信-1,还要有盲文图书。,,,,
信-2,开放五天太少。,2,改了就赞成,{day},
"""
ARTICLES = {"1": "art_1", "2": "art_2", "12": "art_12", "12.1": "art_12_1", "q1": "q_1"}
DEFAULTS = tables.Defaults("zh-hans", date(2026, 3, 9))


def words() -> str:
    return CHINESE.format(day=(timezone.localdate() - timedelta(days=3)).strftime("%Y/%m/%d"))


def given(consultation: Consultation, content: bytes | str, **values) -> dict:
    data = content.encode() if isinstance(content, str) else content
    return {
        "call": consultation.slug,
        "channel": "paper",
        "received": (timezone.localdate() - timedelta(days=1)).isoformat(),
        "language": "zh-hans",
        "file": SimpleUploadedFile("letters.csv", data, "text/csv"),
    } | values


def body(response) -> str:
    return response.content.decode()


def waiting(response) -> str:
    return body(response).partition('name="waiting" value="')[2].partition('"')[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_is_checked_and_taken_in_with_one_more_press(encoding):
    consultation = call()
    desk = staff_client(Role.OFFICER)
    checked = desk.post("/desk/paper/table/", given(consultation, words().encode(encoding)))
    assert checked.status_code == 200
    assert not Comment.objects.exists()
    done = desk.post("/desk/paper/table/", {"waiting": waiting(checked)})
    assert done.status_code == 302
    assert "3" in body(desk.get(done.url)).partition('role="status"')[2][:200]
    rows = list(Comment.objects.order_by("pk").values_list("submission__channel", "clause__key", "stance", "text"))
    assert rows == [
        ("paper", "art_2", "oppose", "周末也应当开放。"),
        ("paper", None, "unstated", "还要有盲文图书。"),
        ("paper", "art_2", "change", "开放五天太少。"),
    ]
    first, second = Submission.objects.order_by("pk")
    assert (first.signature, first.comments.count()) == ("王某", 2)
    assert timezone.localdate(second.received_at) == timezone.localdate() - timedelta(days=3)
    assert JournalRow.objects.filter(verb="comments.imported").count() == 1


def test_what_was_taken_in_once_is_left_out():
    consultation = call()
    desk = staff_client(Role.OFFICER)
    desk.post("/desk/paper/table/", {"waiting": waiting(desk.post("/desk/paper/table/", given(consultation, words())))})
    longer = words() + "信-3,第三封信。,,,,\n"
    again = desk.post("/desk/paper/table/", given(consultation, longer))
    done = desk.post("/desk/paper/table/", {"waiting": waiting(again)})
    assert "done=1&known=2" in done.url
    assert Comment.objects.count() == 4
    # The same press twice takes nothing in, and tells the same.
    assert desk.post("/desk/paper/table/", {"waiting": waiting(again)}).url == done.url
    assert Comment.objects.count() == 4
    assert desk.post("/desk/paper/table/", {"waiting": "nothing"}).status_code == 409


def test_a_known_number_with_other_words_is_an_error_and_loses_nothing():
    consultation = call()
    desk = staff_client(Role.OFFICER)
    desk.post("/desk/paper/table/", {"waiting": waiting(desk.post("/desk/paper/table/", given(consultation, words())))})
    for other in ("信-1,第二个人的意见。,,,,\n", "信-1,周末也应当开放。,第二条,反对,,王某\n"):
        refused = desk.post("/desk/paper/table/", given(consultation, "编号,意见,条款,态度,收到日期,署名\n" + other))
        assert refused.status_code == 422
        assert "信-1" in body(refused)
    assert Comment.objects.count() == 3


def test_the_error_file_has_every_row_of_a_number_and_comes_back_as_it_was():
    consultation = call()
    desk = staff_client(Role.OFFICER)
    table = "number,comment,article\n7,- open at weekends,2\n7,more books,99\n8,longer hours,\n"
    refused = desk.post("/desk/paper/table/", given(consultation, table))
    address = body(refused).partition('href="/desk/paper/table/errors/')[2].partition('"')[0]
    file = desk.get(f"/desk/paper/table/errors/{address}").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file)))
    assert [row[:2] for row in rows[1:]] == [["7", "'- open at weekends"], ["7", "more books"]]
    right = desk.post("/desk/paper/table/", given(consultation, file.replace("99", "1")))
    desk.post("/desk/paper/table/", {"waiting": waiting(right)})
    assert list(Comment.objects.order_by("pk").values_list("text", flat=True)) == ["- open at weekends", "more books"]


def test_the_first_comments_are_shown_as_they_were_read():
    consultation = call()
    desk = staff_client(Role.OFFICER)
    content = "number,comment\n1,plain words\n2,café and more\n".encode("gb18030")
    assert '<blockquote lang="zh-Hans">café and more</blockquote>' in body(
        desk.post("/desk/paper/table/", given(consultation, content))
    )


def test_a_row_without_a_language_has_that_of_its_sender():
    consultation = call()
    desk = staff_client(Role.OFFICER)
    table = "number,comment,language\n1,开放五天太少。,中文\n1,还要有盲文图书。,\n"
    checked = desk.post("/desk/paper/table/", given(consultation, table, language="en"))
    desk.post("/desk/paper/table/", {"waiting": waiting(checked)})
    assert set(Comment.objects.values_list("language", flat=True)) == {"zh-hans"}


def test_nothing_arrives_in_the_future():
    consultation = call()
    desk = staff_client(Role.OFFICER)
    later = (timezone.localdate() + timedelta(days=2)).isoformat()
    refused = desk.post("/desk/paper/table/", given(consultation, f"number,comment,received\n1,longer hours,{later}\n"))
    assert refused.status_code == 422
    today = desk.post("/desk/paper/table/", given(consultation, "number,comment\n1,longer hours\n",
                      received=timezone.localdate().isoformat()))  # fmt: skip
    desk.post("/desk/paper/table/", {"waiting": waiting(today)})
    assert Comment.objects.get().created_at <= timezone.now()


def test_what_waits_is_sealed_and_one_at_a_time():
    consultation = call()
    desk = staff_client(Role.OFFICER)
    first = waiting(desk.post("/desk/paper/table/", given(consultation, "number,comment,name\n1,longer hours,王某\n")))
    (kept,) = [cache.get(key.split(":", 2)[2]) for key in cache._cache if "comment-table" in key]
    assert kept[0] == first and "王某" not in kept[1] and "longer" not in kept[1]
    desk.post("/desk/paper/table/", given(consultation, words()))
    assert desk.post("/desk/paper/table/", {"waiting": first}).status_code == 409
    assert not Comment.objects.exists()


def test_every_row_that_is_wrong_is_named_and_nothing_is_taken_in():
    consultation = call()
    desk = staff_client(Role.OFFICER)
    wrong = (
        "number,comment,article,view,received,language,e-mail,name to show\n"
        "1,Open at weekends.,99,,,en,,\n"
        "2,,,,,en,,\n"
        "3,Longer hours.,,maybe,,en,,\n"
        "4,Longer hours.,,,2026-02-31,en,,\n"
        "5,Longer hours.,,,,fr,,\n"
        "6,Longer hours.,,,,en,nobody,\n"
        "7,=1+1,,,,en,,Li\n"
        "7,More books.,,,,en,,Wang\n"
        "8,Good.,,,,en,,\n"
        "9,Too late.,,,1999-01-01,en,,\n"
    )
    refused = desk.post("/desk/paper/table/", given(consultation, wrong), headers={"accept-language": "en"})
    assert refused.status_code == 422
    assert not Submission.objects.exists()
    address = body(refused).partition('href="/desk/paper/table/errors/')[2].partition('"')[0]
    file = desk.get(f"/desk/paper/table/errors/{address}")
    assert file.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4", "5", "6", "7", "7", "9"]
    assert [row[0] for row in rows[1:] if not row[-1]] == ["7"]
    assert not any(cell.startswith("=") for row in rows for cell in row)
    for line, column in ((2, "article"), (3, "comment"), (4, "view"), (5, "received"), (6, "language"), (7, "e-mail")):
        assert f'<td class="num">{line}</td><td class="nowrap">{column}</td>' in body(refused)
    # Nobody else reads it.
    assert staff_client(Role.OFFICER).get(f"/desk/paper/table/errors/{address}").status_code == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 a workbook", "table_is_workbook"),
        (b"", "empty"),
        ("编号,意见\n", "table_empty"),
        ("编号,条款\n1,2\n", "table_columns_missing"),
        ('编号,意见\n1,"没有结束\n', "table_unreadable"),
        ("编号,意见\n1,\0\n", "table_unreadable"),
        ("编号,意见\n" + "1,周末开放\n" * 2_001, "table_too_long"),
        (bytes(range(256)) * 40, "binary"),
        ("编号,意见,意见内容\n1,好,好\n", "table_columns_twice"),
        ("编号,意见" + ",x" * 120 + "\n1,好\n", "table_columns_many"),
        ("we\u2019d like".encode("mac-roman") + b",\xff\n", "no_encoding"),
        (b"x" * (5 * 1024 * 1024 + 1), "too_large"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_no_table_is_said_in_words(content, code, language):
    consultation = call()
    desk = staff_client(Role.OFFICER)
    refused = desk.post("/desk/paper/table/", given(consultation, content), headers={"accept-language": language})
    assert refused.status_code in (415, 422), code
    assert 'class="errors"' in body(refused)
    assert not Submission.objects.exists()


def test_a_call_that_lost_its_text_between_takes_nothing_in():
    consultation = call()
    desk = staff_client(Role.OFFICER)
    token = waiting(desk.post("/desk/paper/table/", given(consultation, words())))
    Consultation.objects.filter(pk=consultation.pk).update(
        opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=8)
    )
    assert desk.post("/desk/paper/table/", {"waiting": token}).status_code == 422
    assert not Submission.objects.exists()


def test_rows_on_questions_find_them():
    consultation = call()
    parsed = parse_text("1. 您是否同意每周开放五天？\n", language="zh-hans", read=read_questions)
    version = actions.store_draft(parsed, place=actions.Place(consultation, QUESTIONS), actor=SYSTEM)
    actions.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)
    desk = staff_client(Role.OFFICER)
    table = "编号;意见;条款\n1;同意。;问题1\n"
    desk.post("/desk/paper/table/", {"waiting": waiting(desk.post("/desk/paper/table/", given(consultation, table)))})
    assert Comment.objects.get().version == version


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        ("第十二条", "12"),
        ("第十二条之一", "12.1"),
        ("Article 12-1", "12.1"),
        ("Q3", "q3"),
        ("问题 03", "q3"),
    ],
)
def test_an_article_is_named_as_people_name_it(typed, number):
    assert tables.article_number(typed) == number


@pytest.mark.parametrize("typed", ["2026-03-09", "2026/3/9", "2026.03.09", "2026年3月9日", "2026-03-09 08:00"])
def test_a_day_is_read_as_people_write_it(typed):
    assert tables.day_of(typed, date(2000, 1, 1)) == date(2026, 3, 9)


@pytest.mark.parametrize("typed", ["9 March", "2026-13-01", "20260309x", "0000-01-01"])
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(Refused, match="table_date_wrong"):
        tables.day_of(typed, date(2000, 1, 1))


def test_a_view_is_named_as_people_name_it():
    words = tables.stance_words()
    assert [words[typed] for typed in ("support", "赞成", "支持", "改了就赞成", "oppose", "不同意")] == [
        "support", "support", "support", "change", "oppose", "oppose",
    ]  # fmt: skip
    assert set(tables.stance_words().values()) == set(Comment.Stance.values)
