"""The case library: handled cases without their people, found at the desk and put into answers."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from engage.accounts.actors import ANYONE, Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal.models import JournalRow
from mailbox import actions as cases
from mailbox.actions import forgetting
from mailbox.actions.forgetting import Clean, _forget
from mailbox.letterbox import queries as letterbox
from mailbox.letterbox.models import AnswerFound
from mailbox.library import actions, queries
from mailbox.library.models import LibraryItem
from mailbox.library.rules import Words
from mailbox.models import Case
from tests.accounts.people import browser, person
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, answered, house, member, taken_on

pytestmark = pytest.mark.django_db
LETTER = "我叫李梅，电话13800138000，水管坏了，没有人来修。"
ANSWER = "李梅您好：水管已于周五修好，供水热线是96116。"
CLEAN = Words("水管坏了没有人修", "水管坏了，没有人来修。", "水管已于周五修好，供水热线是96116。")


@pytest.fixture
def place() -> House:
    return house()


def handled(place: House, kind: str = "letter", **values) -> Case:
    return answered(place, taken_on(place, kind, text=LETTER, title="李梅的水管", **values), text=ANSWER)


def kept(place: House, words: Words = CLEAN) -> LibraryItem:
    return actions.keep_in_library(handled(place).pk, words, actor=place.officer, now=NOW)


def do(user: User, code: str, case: Case, **given):
    case.refresh_from_db()
    sent = {"revision": case.revision, "token": str(uuid4())} | given
    return browser(user).post(reverse("desk_case_chore", args=[case.pk, code]), sent)


def test_what_is_proposed_has_the_sender_and_what_looks_personal_blacked_out(place):
    words = queries.proposed(handled(place))
    for told in ("李梅", "13800138000", "mei@example.org"):
        assert all(told not in text for text in words.texts)
    assert words.title == "■■的水管" and "水管坏了" in words.question and "供水热线是96116" in words.answer


def test_a_case_goes_in_only_without_its_people_and_only_by_who_worked_on_it(place):
    case = handled(place)
    keep = {"actor": place.officer, "now": NOW}
    with pytest.raises(Refused, match="library_personal") as refused:
        actions.keep_in_library(case.pk, Words("水管", LETTER, ANSWER), **keep)
    assert set(refused.value.values["words"]) == {"李梅", "13800138000"}
    for words, code in ((Words("水管", " ", "好"), "library_text_missing"), (Words("x" * 200, "a", "b"), "too_long")):
        with pytest.raises(Refused, match=code):
            actions.keep_in_library(case.pk, words, **keep)
    item = actions.keep_in_library(case.pk, CLEAN, **keep)
    assert (item.department, item.language, item.kind) == (place.water, "zh-hans", "letter")
    row = JournalRow.objects.get(verb="library.kept")
    assert row.actor_id == str(place.officer.pk) and row.submission_id is None
    with pytest.raises(Refused, match="not_allowed"):
        actions.keep_in_library(case.pk, CLEAN, actor=place.clerk, now=NOW)
    with pytest.raises(Case.DoesNotExist):
        actions.keep_in_library(case.pk, CLEAN, actor=place.stranger, now=NOW)
    with pytest.raises(Refused, match="library_not_answered"):
        actions.keep_in_library(taken_on(place).pk, CLEAN, **keep)
    # Again changes what stands there.
    again = actions.keep_in_library(case.pk, Words("水管漏水", CLEAN.question, CLEAN.answer), **keep)
    assert again.pk == item.pk and LibraryItem.objects.get().title == "水管漏水"
    assert queries.proposed(case).title == "水管漏水"


def test_what_is_nobodys_may_stay_when_somebody_says_so(place):
    case = handled(place)
    words = Words("水管", "打谁的电话？", "请打管理处的电话13900139000。")
    with pytest.raises(Refused, match="library_personal"):
        actions.keep_in_library(case.pk, words, stays=["13800138000"], actor=place.officer, now=NOW)
    actions.keep_in_library(case.pk, words, stays=["13900139000"], actor=place.officer, now=NOW)
    assert "13900139000" in LibraryItem.objects.get().answer


def test_what_accuses_a_unit_stays_out_of_its_sight(place):
    case = answered(place, taken_on(place, "grievance", barred=place.roads.pk))
    with pytest.raises(Refused, match="library_accuses"):
        actions.keep_in_library(case.pk, CLEAN, actor=place.officer, now=NOW)


def test_every_unit_finds_it_by_its_words_and_nobody_outside_does(place):
    item = kept(place)
    for one in (place.officer, place.stranger, place.openness):
        assert list(queries.found(one, "水管 热线")) == [item]
        assert not queries.found(one, "路灯").exists() and not queries.found(one, "？！").exists()
        assert list(queries.found(one)) == [item] and not queries.found(one, language="en").exists()
    for role in (Role.ANALYST, Role.EDITOR):
        assert not queries.found(person(role)).exists()
    page = browser(place.stranger).get(reverse("desk_library"), {"q": "热线"}).content.decode()
    assert item.title in page and "96116" in page and item.case.reference not in page
    assert "Take out of the library" not in page
    assert (
        "Nothing in the library" in browser(place.stranger).get(reverse("desk_library"), {"q": "路灯"}).content.decode()
    )
    assert browser(person(Role.ANALYST)).get(reverse("desk_library")).status_code == 404


def test_it_is_put_in_from_the_page_of_the_case_after_a_look_at_what_was_found(place):
    case = handled(place)
    url = reverse("desk_case_chore", args=[case.pk, "keep"])
    assert url in browser(place.officer).get(reverse("desk_case", args=[case.pk])).content.decode()
    assert url not in browser(place.officer).get(reverse("desk_case", args=[taken_on(place).pk])).content.decode()
    form = browser(place.officer).get(url).context["form"].initial
    assert form["title"] == "■■的水管" and "13800138000" not in form["question"]
    dirty = {"title": "水管", "question": "李梅问：水管", "answer": CLEAN.answer}
    refused = do(place.officer, "keep", case, **dirty)
    assert refused.status_code == 422 and "Take out of the texts" in refused.content.decode()
    assert 'name="stays" value="李梅"' in refused.content.decode() and not LibraryItem.objects.exists()
    assert (
        do(place.officer, "keep", case, title="水管", question=CLEAN.question, answer=CLEAN.answer).status_code == 302
    )
    assert LibraryItem.objects.get().case == case


def test_an_answer_of_the_library_is_put_into_a_draft_and_counted(place):
    item = kept(place)
    case = taken_on(place, text="又漏水了")
    client = browser(place.officer)
    sent = {"revision": "0", "shared": "True", "text": "您好：", "basis": "", "cites": "", "then": "library"}
    url = client.post(reverse("desk_case_draft", args=[case.pk]), sent).url
    assert url == reverse("desk_case_chore", args=[case.pk, "library"])
    page = client.get(url, {"q": "水管"}).content.decode()
    assert item.title in page
    # The form of the page itself, as a browser sends it.
    token = re.findall(r'name="token" value="([0-9a-f-]{36})"', page)[-1]
    case.refresh_from_db()
    form = {"revision": case.revision, "token": token, "shared": "True", "item": item.pk}
    assert client.post(url, form).status_code == 302
    draft = case.drafts.get()
    assert (draft.text, draft.cites) == (f"您好：\n\n{CLEAN.answer}", [])
    item.refresh_from_db()
    assert item.uses == 1 and JournalRow.objects.filter(verb="library.used").count() == 1
    assert client.post(url, form | {"item": 999_999}).status_code == 404
    assert "mailbox/library" not in page and reverse("desk_library_retire", args=[item.pk]) not in page


def test_it_is_taken_out_by_who_put_it_in_or_approves_there(place):
    item = kept(place)
    url = reverse("desk_library_retire", args=[item.pk])
    colleague = member(place.water, Role.OFFICER)
    for one in (place.stranger, colleague):
        assert browser(one).post(url).status_code == 404
    assert browser(place.approver).post(url).status_code == 302
    assert not queries.found(place.officer).exists()
    assert browser(place.officer).post(url).status_code == 404
    with pytest.raises(LibraryItem.DoesNotExist):
        actions.use_item(taken_on(place).pk, item.pk, actor=place.officer, now=NOW)
    # Kept anew it stands there again.
    actions.keep_in_library(item.case_id, CLEAN, actor=place.officer, now=NOW)
    assert queries.found(place.officer).exists()


def test_the_list_looks_once_at_all_cases_for_who_may_take_them_out(place):
    client, asked = browser(place.approver), []
    for _ in range(3):
        actions.keep_in_library(handled(place).pk, CLEAN, actor=place.officer, now=NOW)
        client.get(reverse("desk_library"))
        with CaptureQueriesContext(connection) as seen:
            page = client.get(reverse("desk_library")).content.decode()
        asked.append(len(seen))
    assert asked[0] == asked[2] and page.count("Take out of the library") == 3


def test_a_sender_who_is_forgotten_is_forgotten_here_too(place):
    case = handled(place)
    words = Words("水管", "打谁的电话？", "请打管理处的电话13900139000。")
    actions.keep_in_library(case.pk, words, stays=["13900139000"], actor=place.officer, now=NOW)
    _forget(case.pk, NOW)
    item = LibraryItem.objects.get()
    assert "13900139000" not in item.answer and "13900139000" not in item.folded


def test_a_title_that_grows_when_a_name_is_taken_out_is_cut_and_stops_nobody_else(place, settings, caplog):
    case, other = (handled(place, name="李梅") for _ in range(2))
    actions.keep_in_library(case.pk, CLEAN, actor=place.officer, now=NOW)
    LibraryItem.objects.update(title="李梅" * 60)
    Case.objects.filter(pk=case.pk).update(title="李梅" * 100)
    for one in (case, other):
        cases.rate_case(one.pk, score=5, actor=factories.sender(one), now=NOW)
    after = NOW + timedelta(days=settings.CONTACT_RETENTION_DAYS + 1)
    Case.objects.update(at_desk=False)

    def broken(pk: int, clean: Clean) -> None:
        if pk == case.pk:
            raise OSError("the storage is away")

    forgetting.register_forgetting(broken)
    try:
        assert cases.forget_senders(now=after, limit=1) == 1
    finally:
        forgetting._others.remove(broken)
    assert f"case {case.pk} cannot be forgotten" in caplog.text and "李梅" in LibraryItem.objects.get().title
    assert cases.forget_senders(now=after) == 1
    title = LibraryItem.objects.get().title
    case.refresh_from_db()
    assert "李梅" not in title + case.title and (len(title), len(case.title)) == (120, 200)


def test_something_published_is_cited_by_the_form_of_its_page(place):
    entry = factories.published("漏水怎么办")
    case = taken_on(place)
    cases.save_draft(case.pk, cases.DraftWords("请看："), actor=place.officer, now=NOW)
    client = browser(place.officer)
    url = reverse("desk_case_chore", args=[case.pk, "cite"])
    page = client.get(url, {"q": "漏水"}).content.decode()
    form = {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[-1] for name in ("revision", "token", "shared")}
    line = re.findall(r'name="line" value="([^"]*)"', page)[-1]
    assert client.post(url, form | {"line": line}).status_code == 302
    assert entry.title in case.drafts.get().cites[0]


def test_the_library_lists_the_published_answers_that_were_enough(place):
    guide = factories.published()
    for number in range(4):
        url = guide.url if number else "/zh/withdrawn/"
        AnswerFound.objects.create(token_digest=str(number), kind="letter", language="zh-hans", url=url)
    AnswerFound.objects.create(
        token_digest="old", kind="letter", language="zh-hans", url="/zh/old/", at=timezone.now() - timedelta(days=400)
    )
    client = browser(place.officer)
    page = client.get(reverse("desk_library")).content.decode()
    assert page.index(guide.title) < page.index("3 letters not needed") < page.index("/zh/withdrawn/")
    assert "1 letter not needed" in page and "no longer published" in page and "/zh/old/" not in page
    assert 'id="enough"' not in client.get(reverse("desk_library"), {"q": "水管"}).content.decode()
    assert not letterbox.answers_that_were_enough(ANYONE, now=timezone.now())
    assert not letterbox.answers_that_were_enough(person(), now=timezone.now())
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("desk_library"))
    for number in range(30):
        AnswerFound.objects.create(token_digest=f"more{number}", kind="letter", language="en", url=f"/en/{number}/")
    with CaptureQueriesContext(connection) as many:
        page = client.get(reverse("desk_library")).content.decode()
    assert len(many) == len(few) and page.count("not needed</span>") == 20
