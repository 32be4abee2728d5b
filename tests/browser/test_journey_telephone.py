"""Journey J10: a sample of 500 numbers, three interviewers at their desks, one of them cut off in mid-interview.

No number is with two people at once, a promise comes back to who gave it, and what was typed outlives the cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engage.accounts.actors import Role
from engage.accounts.models import User
from surveys import quotas
from surveys.models import Response
from surveys.statistics.rates import DISPOSITIONS
from surveys.telephone.forms import USUAL
from surveys.telephone.models import CallAttempt, SampleNumber, TelephoneStudy
from tests.accounts.people import person
from tests.browser.looking import foreign_words, look
from tests.browser.outcome_walk import ready
from tests.surveys.answering.builders import published
from tests.surveys.telephone.fields import NOW, SCRIPT, at, numbers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAMPLE, PLACES = 500, 3
CELL = {"zh": "城南", "en": "south"}
NAME = {"zh": "公园访谈", "en": "Park interviews"}
SAID = {"zh": "=1+1 太远，晚上还没有灯。", "en": "=1+1 Too far, and no lamps at night."}
KEYS = {code: str(place) for place, (code, _name) in enumerate(USUAL, start=1)}
NO_ANSWER, PROMISE, SOFT_REFUSAL, REFUSAL = "5.62", "5.1", "5.4", "2.112"


class Desk:
    """Three interviewers and who leads them, each in a browser of their own; what is wrong on what they see."""

    def __init__(self, language: str) -> None:
        self.prefix = language[:2]
        self.code = {"zh": "zh-hans", "en": "en"}[self.prefix]
        self.wrong: list[str] = []
        self.served: list[tuple[int, int]] = []

    def read(self, page: Page, *, axe: bool = False) -> None:
        """Note the words of the other language on a screen, and what axe finds."""
        if words := foreign_words(page):
            self.wrong.append(f"{page.url}: {words}")
        if axe and self.prefix == "zh":
            self.wrong += look(page)

    def next_number(self, *pages: tuple[Page, User]) -> list[SampleNumber]:
        """Let people press the key for the next number at the same time; each has one, and nobody another's."""
        for page, _user in pages:
            page.keyboard.press("g")
        held = []
        for page, user in pages:
            page.locator("#result").wait_for()
            ready(page)
            number = SampleNumber.objects.get(held_by=user)
            expect(page.locator(".eyebrow .ref")).to_contain_text(str(number.place))
            held.append(number)
            self.served.append((number.place, user.pk))
        assert len({number.pk for number in held}) == len(pages)
        return held

    def put_down(self, page: Page, code: str, **given: str) -> None:
        """Put the result of a call down by its key."""
        page.keyboard.press(KEYS[code])
        for name, value in given.items():
            page.locator(f"[name={name}]").fill(value)
        page.locator("h1").click()
        page.keyboard.press("g")
        page.locator("button[value=pause]").wait_for()


def sample_file(phones: list[str], language: str, stratum: str) -> dict[str, Any]:
    lines = ["phone,language,stratum", *(f"{phone},{language},{stratum}" for phone in phones)]
    return {"name": "sample.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


def open_the_field(page: Page, site: str, desk: Desk) -> TelephoneStudy:
    """Who leads it opens a study; a file with an error is refused whole, the right one is taken in."""
    page.goto(f"{site}/desk/telephone/")
    desk.read(page)
    page.locator("a[href$='/telephone/new/']").click()
    desk.read(page)
    page.locator("[name=name]").fill(NAME[desk.prefix])
    page.locator("main form .btn-go").click()
    page.wait_for_url("**/sample/")
    good = numbers(SAMPLE)
    page.locator("[name=file]").set_input_files(sample_file([*good[:10], "12"], desk.code, CELL[desk.prefix]))
    page.locator("main form .btn-go").click()
    expect(page.locator("table.data tbody tr")).to_have_count(1)
    desk.read(page, axe=True)
    assert not SampleNumber.objects.exists()
    page.locator("[name=file]").set_input_files(sample_file(good, desk.code, CELL[desk.prefix]))
    page.locator("main form .btn-go").click()
    page.wait_for_url("**/wall/")
    expect(page.locator("dl.stats dd").first).to_have_text(str(SAMPLE))
    return TelephoneStudy.objects.get()


def interview(page: Page, desk: Desk, *, cut: Callable[[bool], None]) -> None:
    """Read the script out by keys. The line drops while the reason is typed: the interview goes on to its end."""
    page.keyboard.press("s")
    page.wait_for_url("**/interview/")
    ready(page)
    desk.read(page, axe=True)
    question = SCRIPT["pages"][0]["items"][0]
    expect(page.locator("h1.say")).to_have_text(question["mode_texts"]["phone"]["label"][desk.code])
    page.keyboard.press("2")
    answer = page.locator("[name='q:why']")
    answer.wait_for()
    answer.fill(SAID[desk.prefix])
    cut(True)
    page.locator("#question .row [value=next]").click()
    note = page.locator("[data-unsent]")
    expect(note.locator("[data-going]")).to_be_visible()
    end = page.locator("form[action$='/complete/']")
    expect(end).to_be_visible()
    desk.read(page, axe=True)
    end.locator("[name=note]").fill(SAID[desk.prefix])
    page.locator("h1").click()
    page.keyboard.press("g")
    expect(note.locator("button")).to_be_focused()
    expect(end.locator("[name=note]")).to_have_value(SAID[desk.prefix])
    desk.read(page, axe=True)
    page.keyboard.press("g")
    expect(note).to_be_visible()
    cut(False)


def sent_again(page: Page, desk: Desk) -> None:
    """The line is back: one press sends the answer and the end, in their order, and all is as in any other."""
    page.keyboard.press("g")
    page.locator("button[value=pause]").wait_for()
    desk.read(page, axe=True)


def read_the_wall(page: Page, desk: Desk, people: list[User]) -> None:
    """What stands on the wall is what the rows say, counted anew."""
    page.reload()
    shown = {
        row.locator("td").nth(0).inner_text(): int(row.locator("td").nth(2).inner_text())
        for row in page.locator("section:has(#cases) tbody tr").all()
    }
    codes = Counter(SampleNumber.objects.values_list("code", flat=True))
    assert shown == codes and sum(shown.values()) == SAMPLE
    groups: Counter[str] = Counter()
    for code, count in codes.items():
        groups[DISPOSITIONS[code].group] += count
    names = page.locator("dl.stats dt [lang=en]").all_inner_texts()
    rates = dict(zip(names, page.locator("dl.stats dd").all_inner_texts()[2:], strict=True))
    everybody = SAMPLE - groups["NE"]
    spoken = groups["I"] + groups["P"] + groups["R"] + groups["O"]
    assert rates["RR1"] == f"{groups['I'] / everybody:.1%}"
    assert rates["COOP1"] == f"{groups['I'] / spoken:.1%}"
    assert rates["REF1"] == f"{groups['R'] / everybody:.1%}"
    done = {
        row.locator("th").inner_text(): [int(row.locator("td").nth(place).inner_text()) for place in (1, 2, 3)]
        for row in page.locator("section:has(#people) tbody tr").all()
    }
    refusals = {code for code, one in DISPOSITIONS.items() if one.group == "R"}
    wanted = {}
    for user in people:
        made = list(CallAttempt.objects.filter(interviewer=user).values_list("code", flat=True))
        wanted[str(user)] = [len(made), made.count("1.1"), sum(code in refusals for code in made)]
    assert done == wanted
    expect(page.locator("section:has(#quotas) li")).to_contain_text(str(PLACES))
    desk.read(page, axe=True)


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_three_people_call_a_sample_and_one_is_cut_off(live_server, sign_in, clock, language, width):
    clock.go_to(NOW)
    site, desk = live_server.url, Desk(language)
    questionnaire = published(SCRIPT, anonymous=False).questionnaire
    quotas.lay_out(questionnaire.pk, {CELL[desk.prefix]: PLACES})
    lead = sign_in(Role.ANALYST, language)
    study = open_the_field(lead, site, desk)
    people = [person(Role.INTERVIEWER) for _number in range(3)]
    pages = []
    for user in people:
        page = sign_in(user, language, width=width)
        page.goto(f"{site}/desk/telephone/{study.pk}/")
        ready(page)
        pages.append((page, user))
    ann, bob, cleo = pages
    desk.read(ann[0], axe=True)

    interviewed, promised, unanswered = desk.next_number(ann, bob, cleo)
    desk.read(ann[0], axe=True)
    interview(ann[0], desk, cut=ann[0].context.set_offline)
    # Meanwhile the others go on, and nobody is given the number in Ann's hands.
    desk.put_down(bob[0], PROMISE, call_back="2026-11-25T15:00", note=SAID[desk.prefix])
    desk.read(bob[0])
    desk.put_down(cleo[0], NO_ANSWER)
    refused, hard = desk.next_number(bob, cleo)
    assert not Response.objects.exists()
    sent_again(ann[0], desk)
    response = Response.objects.get()
    assert response.answers == {"visits": "never", "why": SAID[desk.prefix]} and response.mode == "phone"
    assert SampleNumber.objects.get(pk=interviewed.pk).code == "1.1"
    desk.put_down(bob[0], SOFT_REFUSAL)
    desk.put_down(cleo[0], REFUSAL)

    clock.go_to(at(15) + timedelta(minutes=1))
    _next, again, _other = desk.next_number(ann, bob, cleo)
    assert again.pk == promised.pk
    expect(bob[0].locator("p.banner")).to_contain_text("15:00" if desk.prefix == "zh" else "3")
    expect(bob[0].locator("section:has(#before)")).to_contain_text(SAID[desk.prefix])
    desk.read(bob[0], axe=True)
    for page, _user in pages:
        desk.put_down(page, NO_ANSWER)
    times = Counter(place for place, _user in desk.served)
    assert times.pop(promised.place) == 2 and set(times.values()) == {1}
    assert {refused.place, hard.place, unanswered.place} <= set(times)
    read_the_wall(lead, desk, people)
    assert not desk.wrong, "\n".join(desk.wrong)
