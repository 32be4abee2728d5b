"""Views that people keep, the search over cases, and views as tables."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.desk.models import SavedView
from engage.journal.models import JournalRow
from mailbox import actions
from mailbox.desk.models import CaseWords
from mailbox.desk.queue import CASES, rows
from mailbox.models import Case, Message
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, answered, house, member, sender, taken_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(hours=1))


def listed(user: User, view: str = "new", **filters: str) -> list[int]:
    found = User.objects.get(pk=user.pk)
    return [int(row.id.partition("-")[0]) for row in rows(found, view, filters, "").rows]


def queue(user: User, **asked: str):
    return browser(user).get(reverse("desk_queue", args=["cases"]), asked)


# --- search -----------------------------------------------------------------------------------------------------------


def test_a_search_finds_title_and_words_whatever_the_view(place):
    leak = factories.case(text="三号楼水管漏水，没有人来修。")
    over = answered(place, taken_on(place, text="公园的路灯坏了。"))
    actions.take_step(over.pk, "close", actor=place.officer, now=NOW + timedelta(days=40))
    assert listed(place.clerk, "overdue", q="漏水") == [leak.pk]
    assert listed(place.clerk, "overdue", q="漏水", where="view") == []
    assert listed(place.clerk, "new", q="漏水", where="view") == [leak.pk]
    # Also what is over, and what a sender added.
    assert listed(place.officer, "new", q="路灯") == [over.pk]
    actions.add_message(leak.pk, "阳台也湿了。", actor=sender(leak), now=NOW)
    assert listed(place.clerk, q="阳台 漏水") == [leak.pk]
    assert listed(place.clerk, q="水管漏水没") == []
    assert listed(place.clerk, q=leak.reference.lower()) == [leak.pk]
    assert listed(place.clerk, q="。！") == []


def test_a_search_finds_only_what_its_officer_may_see(place):
    secret = taken_on(place, "grievance", text="举报道路处的王某。", barred=place.roads.pk)
    Case.objects.filter(pk=secret.pk).update(reviewer=place.roads)
    other = factories.case(text="举报有奖吗？")
    assert listed(place.clerk, q="举报") == [other.pk, secret.pk]
    assert listed(place.officer, q="举报") == [secret.pk]
    assert listed(place.stranger, q="举报") == []
    assert listed(person(Role.ADMINISTRATOR), q="举报") == [other.pk, secret.pk]


def test_pages_of_what_is_found_follow_one_another(place):
    made = [factories.case(text=f"第{n}封：水管漏水") for n in range(60)]
    clerk, filters = User.objects.get(pk=place.clerk.pk), {"q": "漏水"}
    seen, cursor, pages = [], "", []
    for _ in range(3):
        page = rows(clerk, "new", filters, cursor)
        seen += [int(row.id.partition("-")[0]) for row in page.rows]
        pages.append(page)
        cursor = page.after
    assert seen == [case.pk for case in reversed(made)]
    assert (pages[0].before, pages[2].after, pages[0].total) == ("", "", 60)
    back = rows(clerk, "new", filters, pages[2].before)
    assert [row.id for row in back.rows] == [row.id for row in pages[1].rows]
    assert [row.id for row in rows(clerk, "new", filters, "a_999999").rows] == [row.id for row in pages[0].rows]


def test_what_is_deleted_is_not_found(place):
    case = factories.case(text="独一无二的词语")
    assert CaseWords.objects.filter(case=case).exists()
    Message.objects.get(case=case).delete()
    Case.objects.filter(pk=case.pk).update(title="")
    from mailbox.desk.actions import index_case

    index_case(case.pk)
    assert listed(place.clerk, q="独一无二") == []


@pytest.mark.parametrize("common", [0.0, 2.0], ids=["words of many letters", "words of few letters"])
def test_both_ways_to_search_find_the_same_in_the_same_order(place, monkeypatch, common):
    monkeypatch.setattr("mailbox.desk.searching.COMMON", common)
    leak = factories.case(text="三号楼水管漏水，没有人来修。")
    second = factories.case("enquiry", text="水管又漏水，修理要多少钱？")
    taken = taken_on(place, text="公园水管漏水已经三天")
    secret = taken_on(place, "grievance", text="道路处的人挖坏水管，漏水", barred=place.roads.pk)
    factories.case(text="管水的人不来，漏了")
    every = [secret.pk, taken.pk, second.pk, leak.pk]
    assert listed(place.clerk, q="漏水") == every
    assert listed(place.clerk, q="漏水 水管", order="oldest") == every[::-1]
    assert listed(place.clerk, q="漏水", order="oldest", kind="letter") == [leak.pk, taken.pk]
    # All pairs of characters are in the letter, the words themselves are not.
    assert listed(place.clerk, q="水管漏水") == [taken.pk, leak.pk]
    assert listed(place.clerk, q="管漏水已经") == [taken.pk]
    assert listed(place.officer, q="漏水") == [secret.pk, taken.pk]
    assert listed(place.stranger, q="漏水") == []
    assert listed(place.clerk, q="'\\%漏水_\"") == every and listed(place.clerk, q="没有这个词") == []
    assert listed(place.clerk, q="漏水", where="view") == [second.pk, leak.pk]
    page = queue(place.clerk, q="漏水").content.decode()
    assert page.index(secret.reference) < page.index(leak.reference)


def test_a_search_asks_few_questions(place):
    factories.case(text="水管漏水")
    client = browser(place.clerk)
    asked = {"q": "漏水"}
    client.get(reverse("desk_queue", args=["cases"]), asked)
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse("desk_queue", args=["cases"]), asked)
    assert len(seen) <= 18, "\n".join(query["sql"][:150] for query in seen)


def test_a_search_reads_an_index(place):
    factories.case(text="水管漏水")
    found = CaseWords.objects.filter(terms__holds=["漏水"])
    if connection.vendor == "sqlite":
        assert "mailbox_desk_fts" in str(found.explain()) or "VIRTUAL TABLE" in found.explain()
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "mailbox_desk_terms" in found.explain()


# --- views that people keep -------------------------------------------------------------------------------------------


def keep(user: User, name: str, back: str, **given: str) -> int:
    sent = {"name": name, "back": back} | given
    return browser(user).post(reverse("desk_save_view", args=["cases"]), sent).status_code


def saved(user: User) -> list[tuple[str, int | str | None, bool]]:
    return [(one.view.name, one.count, one.own) for one in queue(user).context["screen"].saved]


def test_a_kept_view_counts_live_and_has_a_key(place):
    letter = factories.case()
    factories.case("enquiry")
    assert keep(place.clerk, "信件", "view=new&kind=letter") == 302
    assert saved(place.clerk) == [("信件", 1, True)]
    actions.route_case(letter.pk, to=place.water.pk, actor=place.clerk, now=NOW)
    assert saved(place.clerk) == [("信件", 0, True)]
    text = queue(place.clerk).content.decode()
    assert 'data-page-key="1"><span><kbd>1</kbd> <span class="typed">信件' in text
    assert "?view=new" in text and 'data-page-key="2"' in text


def test_a_shared_view_is_there_for_the_unit_and_those_below_it(place):
    assert keep(place.head, "全市投诉", "view=open&kind=grievance", share="house") == 302
    assert keep(place.officer, "水", "view=open&kind=letter", share="water") == 302
    assert saved(place.officer) == [("全市投诉", 0, False), ("水", 0, True)]
    assert saved(place.approver) == [("全市投诉", 0, False), ("水", 0, False)]
    assert saved(place.stranger) == [("全市投诉", 0, False)]
    # Whose it is not neither changes nor deletes it, and nobody shares with a unit of others.
    theirs = SavedView.objects.get(name="水")
    answer = browser(place.approver).post(reverse("desk_change_view", args=[theirs.pk]), {"change": "delete"})
    assert answer.status_code == 403 and SavedView.objects.filter(pk=theirs.pk).exists()
    assert keep(place.stranger, "x", "view=open&kind=letter", share="water") == 403
    assert browser(place.stranger).post(reverse("desk_change_view", args=[theirs.pk]), {}).status_code == 404


def test_many_kept_views_cost_one_reading(place):
    factories.case(text="水管漏水")
    client = browser(place.clerk)
    address = reverse("desk_queue", args=["cases"])
    for n in range(8):
        SavedView.objects.create(
            user=place.clerk, queue="cases", name=f"v{n}", filters={"view": "new", "q": "漏水", "order": "newest"}
        )
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        shown = client.get(address).context["screen"].saved
    assert [one.count for one in shown] == [1] * 8
    assert len(seen) <= 15, "\n".join(query["sql"][:150] for query in seen)


# --- as a table -------------------------------------------------------------------------------------------------------


def test_a_view_is_taken_along_as_csv_and_workbook_without_formulas(place):
    evil = factories.case(title='=HYPERLINK("http://evil.example")', text="水管坏了")
    plain = factories.case(title="路灯", text="路灯坏了")
    factories.case("enquiry", title="别的", text="别的")
    client = browser(place.clerk)
    asked = {"view": "new", "kind": "letter", "order": "oldest"}
    answer = client.get(reverse("desk_cases_csv"), asked)
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert lines[0][0] == "Reference"
    assert [line[0] for line in lines[1:]] == [evil.reference, plain.reference]
    assert lines[1][1].startswith("'=HYPERLINK")
    book = client.get(reverse("desk_cases_xlsx"), asked)
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    cells = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in cells] == [evil.reference, plain.reference]
    assert (cells[0][1].data_type, cells[0][1].value) == ("s", '=HYPERLINK("http://evil.example")')
    assert JournalRow.objects.filter(verb="cases.exported").count() == 2


def test_a_table_holds_every_row_of_what_its_reader_may_see(place):
    made = [factories.case(text=f"第{n}封信") for n in range(60)]
    hidden = taken_on(place)
    content = b"".join(browser(place.clerk).get(reverse("desk_cases_csv"), {"view": "new"}).streaming_content).decode()
    assert content.count("\n") == 61 and all(one.reference in content for one in made)
    content = b"".join(
        browser(member(place.roads, Role.OFFICER)).get(reverse("desk_cases_csv"), {"view": "open"}).streaming_content
    ).decode()
    assert hidden.reference not in content and content.count("\n") == 1


def test_every_view_is_a_table(place):
    taken_on(place)
    client = browser(place.officer)
    for view in CASES.views:
        assert client.get(reverse("desk_cases_csv"), {"view": view.code}).status_code == 200
