"""J7: a campaign on the Double Ninth, from the planner to the report two weeks after it.

An editor plans and writes it, four reviewers sign it, it opens on its day; its message goes out on three channels, and
the report says whom each of them reached. The site's clock is put from one day to the next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from consultations.models import Consultation
from engage.accounts.actors import Role
from engage.outreach.campaigns import tasks as campaign_tasks
from engage.outreach.campaigns.models import Campaign
from engage.outreach.campaigns.rules import REQUIRED, SIX
from engage.outreach.delivery import rules as limits
from engage.outreach.delivery import tasks as delivery_tasks
from engage.outreach.delivery.models import Channel, Delivery
from engage.outreach.follows import actions as follows
from engage.outreach.follows import tasks as follow_tasks
from engage.outreach.follows.models import Follower
from engage.pages.models import Topic
from engage.participation import tasks as participation_tasks
from engage.publishing import tasks as gate_tasks
from engage.publishing.models import Release
from tests.browser import outcome_walk as walk
from tests.browser.looking import foreign_words
from tests.campaigns.builders import topic
from tests.consultations.factories import call
from tests.delivery.builders import channel
from tests.delivery.receivers import Receiver, receiver
from tests.smtp_sink import SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ZONE = ZoneInfo("Asia/Shanghai")
NINTH = date(2026, 10, 18)
SLUG = "double-ninth-2026"
SECRET = "a-secret-of-the-partner"
REVIEWERS = (Role.APPROVER, Role.REVIEWER_LEGAL, Role.REVIEWER_OPENNESS, Role.REVIEWER_SECRECY)
DUE = {-30: date(2026, 9, 18), -14: date(2026, 9, 30), -7: date(2026, 10, 10), 0: NINTH, 14: date(2026, 11, 2)}
WORDS = {
    "zh-hans": {
        "title": "重阳节：在家门口养老",
        "summary": "社区养老怎么办，听听你的意见。",
        "body": "老人在家门口就能吃上热饭、看上病。",
        "byline": "养老服务处",
        "source": "入户调查",
        "affiliation": "示范大学",
        "interest": "没有利害关系",
    },
    "en": {
        "title": "Double Ninth: growing old at home",
        "summary": "How community care is to work: tell us.",
        "body": "Older people find meals and a doctor close to home.",
        "byline": "Care unit",
        "source": "A survey of homes",
        "affiliation": "Sample University",
        "interest": "No interest in the matter",
    },
}
FIELDS = {
    "audience": ("body",),
    "expert": ("body", "byline", "affiliation", "interest", "source"),
}
SAID = {"zh": "妈妈每周三等着志愿者来。", "en": "My mother waits for the volunteer every Wednesday."}


@dataclass(frozen=True)
class Reader:
    """In which language and on how wide a screen everybody works."""

    language: str
    width: int
    wrong: list[str] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        return "zh" if self.language == "zh-CN" else "en"

    @property
    def code(self) -> str:
        return "zh-hans" if self.prefix == "zh" else "en"

    def read(self, page: Page) -> None:
        """Note the words of the other language on a page that somebody looks at."""
        if words := foreign_words(page):
            self.wrong.append(f"{page.url}: {words}")


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


@pytest.fixture
def sink(settings) -> Iterator[SmtpSink]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with SmtpSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def partner(settings) -> Iterator[Receiver]:
    """Another office's server on this machine, which an operator allowed by the setting."""
    with receiver() as partner:
        settings.OUTBOUND_HOSTS, settings.OUTBOUND_HTTP = [partner.host], True
        yield partner


@pytest.fixture
def world(settings, clock) -> Consultation:
    """Autumn 2026: a call about care for the old is open, and there are channels for notices and letters."""
    settings.FASTEST_PERSON_SECONDS = settings.PAGE_CACHE_SECONDS = 0
    clock.go_to(at(date(2026, 9, 15)))
    shown = call(closes=timedelta(days=60))
    shown.topics.add(topic())
    channel(code="notices", name_zh="本站公告", name_en="Notices", position=1)
    channel("mail_followers", "mail", code="letters", name_zh="订阅邮件", name_en="Letters", position=2)
    return shown


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en-GB", 360)])
def test_a_campaign_goes_from_the_planner_to_its_report(
    live_server, open_page, sign_in, clock, world, sink, partner, language, width
):
    site, reader = live_server.url, Reader(language, width)

    def enter(role: Role) -> Page:
        return sign_in(role, language, width=width)

    set_a_channel_up(enter(Role.ADMINISTRATOR), site, reader, partner)
    stranger = open_page(f"{site}/{reader.prefix}/follow/", language=language, width=width)
    follow_by_letter(stranger, site, sink, reader)

    editor = enter(Role.EDITOR)
    campaign = plan_on_the_double_ninth(editor, site, reader)
    write_all_nine(editor, site, reader, campaign, world)
    address = hand_in_for_the_day(editor, site, campaign)
    for role in REVIEWERS:
        assert stranger.goto(f"{site}/{reader.prefix}/campaigns/{SLUG}/").status == 404
        walk.sign(enter(role), address)
    assert stranger.goto(f"{site}/{reader.prefix}/campaigns/{SLUG}/").status == 404

    clock.go_to(at(NINTH))
    assert gate_tasks.release_due() == 1
    read_and_answer(stranger, site, reader, world)
    letters = send_letters(sink)
    assert any(WORDS[reader.code]["title"] in str(letter["Subject"]) for letter in letters)

    editor = enter(Role.EDITOR)
    address = write_the_message(editor, site, reader)
    for role in REVIEWERS:
        assert not Delivery.objects.exists()
        walk.sign(enter(role), address)
    deliver(sink, partner, reader)
    read_the_ledger(editor, site, reader)

    clock.go_to(at(NINTH + timedelta(days=15)))
    campaign_tasks.fold_reads()
    finish_the_report(enter(Role.ANALYST), enter(Role.EDITOR), site, reader, campaign)
    assert not reader.wrong, "\n".join(reader.wrong)


# --- before


def set_a_channel_up(page: Page, site: str, reader: Reader, partner: Receiver) -> None:
    """An administrator adds a partner's system as a channel and tries it out."""
    page.goto(f"{site}/desk/outbox/channels/")
    page.locator("#id_kind").select_option("webhook:short")
    page.locator("form:has(#id_kind) button").click()
    for name, typed in {
        "code": "partner",
        "name_zh": "伙伴网站",
        "name_en": "Partner",
        "position": "3",
        "config_url": f"{partner.url}/hook",
        "config_secret": SECRET,
    }.items():
        page.locator(f"#id_{name}").fill(typed)
    page.locator("form:has(#id_config_url) .btn-go").click()
    page.wait_for_url(re.compile(r"/channels/\d+/"))
    page.locator("form[action$='/probe/'] button").click()
    expect(page.locator(".banner-ok")).to_be_visible()
    reader.read(page)
    partner.heard.clear()


def follow_by_letter(page: Page, site: str, sink: SmtpSink, reader: Reader) -> None:
    """Two people follow the topic: one by the page and its letter here, one in the other language."""
    about = f"topic-{Topic.objects.get(code='elderly-care').pk}"
    for number, code in enumerate((reader.code, "en" if reader.code == "zh-hans" else "zh-hans")):
        page.goto(f"{site}/{reader.prefix}/follow/")
        page.locator(f"input[name=follow][value={about}]").check()
        page.locator("#id_language, [name=language]").first.wait_for()
        choose(page, "language", code)
        page.locator("#id_email").fill(f"reader-{number}@example.org")
        page.locator("main button.btn-go").click()
        page.get_by_text(f"reader-{number}@example.org").wait_for()
        participation_tasks.deliver_mail()
        asked = sink.letters[-1].message.get_body().get_content()
        page.goto(site + re.search(r"https?://[^/\s]+(/\S+/follow/confirm/\S+)", asked)[1])
        page.locator("main form button.btn-go").click()
        page.locator("a[href*='/follow/manage/']").wait_for()
    assert Follower.objects.filter(confirmed_at__isnull=False).count() == 2
    reader.read(page)


def choose(page: Page, name: str, value: str) -> None:
    """Choose a value of a select or of radio buttons."""
    radio = page.locator(f"input[name={name}][value={value}]")
    if radio.count():
        radio.check()
    else:
        page.locator(f"select[name={name}]").select_option(value)


# --- planning and writing


def plan_on_the_double_ninth(page: Page, site: str, reader: Reader) -> Campaign:
    """Come from the desk to October, pick the day, fill in what is asked; the tasks stand on their days."""
    page.locator("details.desk-group:has(a[href='/desk/campaigns/']) summary").click()
    page.locator(".desk-bar a[href='/desk/campaigns/']").click()
    page.locator("#of").select_option("10")
    page.locator("form:has(#of) button").click()
    page.wait_for_url("**month=10**")
    reader.read(page)
    page.locator("a[href*='observance=double_ninth']").click()
    expect(page.locator("#id_slug")).to_have_value(SLUG)
    for code in WORDS:
        for name in ("title", "summary"):
            page.locator(f"[name='{name}_{code}']").fill(WORDS[code][name])
    page.locator("#id_department").select_option(index=1)
    page.locator("input[name=topics][value=elderly-care]").check()
    reader.read(page)
    page.locator("main form .btn-go").click()
    page.wait_for_url(re.compile(r"/desk/campaigns/\d+/$"))
    campaign = Campaign.objects.get(slug=SLUG)
    assert campaign.day == NINTH
    assert dict(campaign.tasks.values_list("offset", "due_on")) == DUE
    task = page.locator("#tasks li").first
    task.locator("button[value=done]").click()
    expect(page.locator("#tasks-h")).to_contain_text(re.compile(r"1\D+5|5\D+1"))
    expect(page.locator("meter")).to_have_attribute("value", "0")
    return campaign


def write_all_nine(page: Page, site: str, reader: Reader, campaign: Campaign, shown: Consultation) -> None:
    """Write the three required parts, add the six of the combination; one of them leads to the open call."""
    builder = f"{site}/desk/campaigns/{campaign.pk}/"
    for kind in REQUIRED:
        page.goto(builder)
        part = campaign.parts.get(kind=kind)
        page.locator(f"#part-{part.pk} h3 a").click()
        write_part(page, kind, campaign)
    for place, kind in enumerate(SIX):
        page.goto(builder)
        expect(page.locator("meter")).to_have_attribute("value", str(3 + place))
        page.locator("#kind").select_option(kind)
        page.locator("form:has(#kind) button").click()
        page.wait_for_url(re.compile(r"/parts/\d+/"))
        if kind == "link":
            title = shown.pages.get(locale__language_code=reader.code).title
            page.locator("#thing").select_option(label=title)
            page.locator("form:has(#thing) button").click()
            page.wait_for_url(re.compile(r"/desk/campaigns/\d+/"))
        else:
            write_part(page, kind, campaign)
    expect(page.locator("meter")).to_have_attribute("value", "9")
    expect(page.locator("section[aria-labelledby=missing] li")).to_have_count(0)
    reader.read(page)
    page.locator(f"a[href$='/preview/{reader.code}/']").click()
    expect(page.locator("main")).to_contain_text(WORDS[reader.code]["body"])


def write_part(page: Page, kind: str, campaign: Campaign) -> None:
    for code, words in WORDS.items():
        for name in FIELDS.get(kind, ("body", "byline", "source")):
            page.locator(f"[name='{name}_{code}']").fill(words[name])
    if kind != "audience":
        page.locator("#id_dated").fill("2026-09-10")
    page.locator("main form:has([name^=body]) .btn-go").click()
    page.wait_for_url(re.compile(r"/desk/campaigns/\d+/#part-\d+"))


def hand_in_for_the_day(page: Page, site: str, campaign: Campaign) -> str:
    """Hand it in, to be read on its day and not before; returns where it is reviewed."""
    page.goto(f"{site}/desk/campaigns/{campaign.pk}/")
    page.locator("#release_on").fill(NINTH.isoformat())
    page.locator("form[action$='/hand-in/'] button").click()
    page.wait_for_load_state()
    release = Release.objects.open().get(kind="campaign")
    page.locator(f"section[aria-labelledby=gate] a[href='/desk/release/{release.pk}/']").wait_for()
    assert release.release_at == at(NINTH, 0)
    return f"{site}/desk/release/{release.pk}/"


# --- on the day


def read_and_answer(page: Page, site: str, reader: Reader, shown: Consultation) -> None:
    """A stranger reads all parts and the open call beside them, puts the day into a calendar, and says something."""
    base = f"{site}/{reader.prefix}/campaigns"
    page.goto(f"{base}/")
    page.locator(f"main a[href$='/campaigns/{SLUG}/']").first.click()
    expect(page.locator("h1")).to_contain_text(WORDS[reader.code]["title"])
    expect(page.locator("main section[id^=part-]")).to_have_count(8)
    for place in ("section[id^=part-]", "#now"):
        expect(page.locator(f"{place} a[href='/{reader.prefix}/c/{shown.slug}/']").first).to_be_visible()
    reader.read(page)
    entries = page.request.get(f"{base}/calendar.ics").text().replace("\r\n ", "")
    assert re.search(rf"DTSTART;VALUE=DATE:20261018(?:(?!BEGIN:VEVENT)[\s\S])*{SLUG}", entries)
    page.locator(f"a[href$='/campaigns/{SLUG}/say/']").click()
    page.locator("#id_text").fill(SAID[reader.prefix])
    page.locator("main form .btn-go").click()
    page.wait_for_url("**/receipt/**")
    reader.read(page)


def send_letters(sink: SmtpSink) -> list:
    """Let the worker tell the followers what happened; returns what came to the mail server meanwhile."""
    before = len(sink.letters)
    follow_tasks.release()
    follows.carry(clock=timezone.now)
    participation_tasks.deliver_mail()
    return [letter.message for letter in sink.letters[before:]]


def write_the_message(page: Page, site: str, reader: Reader) -> str:
    """Tell about the campaign on three channels; the counter says when it is too long; returns where it is reviewed."""
    page.goto(f"{site}/desk/outbox/")
    page.locator("#id_subject").select_option(f"campaign:{SLUG}")
    page.locator("form[action$='/begin/'] button").click()
    page.wait_for_url(re.compile(r"/desk/outbox/items/\d+/"))
    expect(page.locator(f"[name='title_{reader.code}']")).to_have_value(WORDS[reader.code]["title"])
    pairs = {row.code: row.pk for row in Channel.objects.all()}
    for code in ("notices", "letters"):
        for language in WORDS:
            page.locator(f"input[name=pairs][value='{pairs[code]}:{language}']").check()
    page.locator(f"input[name=pairs][value='{pairs['partner']}:{reader.code}']").check()
    page.locator("form:has(input[name=pairs]) button").click()
    rows = page.locator("section:has(#versions) tbody tr")
    expect(rows).to_have_count(5)
    reader.read(page)
    item = page.url
    rows.last.locator("a").click()
    page.wait_for_url(re.compile(r"/items/\d+/\d+/"))
    walk.ready(page)
    body = page.locator("#id_body")
    short = body.input_value()
    body.fill(short + "好" * limits.SHIPPED["short"].body.most)
    counter = page.locator("#count-body")
    expect(counter).to_have_class(re.compile(r"\berr\b"))
    page.locator("form:has(#id_body) .btn-go").click()
    expect(page.locator(".banner li")).to_have_count(1)
    reader.read(page)
    page.goto(item)
    page.locator("form[action$='/submit/'] button").click()
    expect(page.locator(".errors")).to_be_visible()
    page.locator("section[aria-labelledby=missing] li a").click()
    page.wait_for_url(re.compile(r"/items/\d+/\d+/"))
    walk.ready(page)
    body.fill(short)
    expect(counter).not_to_have_class(re.compile(r"\berr\b"))
    page.locator("form:has(#id_body) .btn-go").click()
    expect(page.locator(".banner li")).to_have_count(0)
    page.goto(f"{item}previews/")
    expect(page.locator("main section h2")).to_have_count(5)
    reader.read(page)
    page.goto(item)
    page.locator("form[action$='/submit/'] button").click()
    page.locator("aside a[href*='/desk/release/']").click()
    page.wait_for_url(re.compile(r"/desk/release/\d+/"))
    return page.url


def deliver(sink: SmtpSink, partner: Receiver, reader: Reader) -> None:
    """Each follower gets one letter in their language, the partner's system one signed message."""
    delivery_tasks.hand_over_due()
    letters = send_letters(sink)
    by_address = {letter["To"]: str(letter["Subject"]) for letter in letters}
    other = "en" if reader.code == "zh-hans" else "zh-hans"
    assert len(letters) == 2
    assert by_address == {
        "reader-0@example.org": WORDS[reader.code]["title"],
        "reader-1@example.org": WORDS[other]["title"],
    }
    (heard,) = partner.heard
    told = json.loads(heard.body)
    assert (heard.path, told["language"], told["channel"]) == ("/hook", reader.code, "partner")
    assert limits.is_signed(heard.headers["engage-signature"], [SECRET], heard.body, int(timezone.now().timestamp()))


def read_the_ledger(page: Page, site: str, reader: Reader) -> None:
    """The ledger says of each version what became of it; the notice stands on the site."""
    states = {(row.channel.code, row.state) for row in Delivery.objects.select_related("channel")}
    assert states == {("notices", "acknowledged"), ("letters", "sent"), ("partner", "acknowledged")}
    page.goto(f"{site}/desk/queues/deliveries/?view=all")
    expect(page.locator("[data-row]")).to_have_count(5)
    reader.read(page)
    page.locator("[data-row] a").first.click()
    page.wait_for_url(re.compile(r"/desk/outbox/deliveries/\d+/"))
    reader.read(page)
    page.goto(f"{site}/{reader.prefix}/notices/")
    expect(page.locator("main")).to_contain_text(WORDS[reader.code]["title"])


# --- two weeks later


def finish_the_report(analyst: Page, editor: Page, site: str, reader: Reader, campaign: Campaign) -> None:
    """The editor set a target, the analyst types in two surveys; then the figures are kept."""
    report = f"{site}/desk/campaigns/{campaign.pk}/report/"
    editor.goto(report)
    editor.locator("a[href$='/targets/']").click()
    editor.locator("#id_letters").fill("4")
    editor.locator("main form .btn-go").click()
    analyst.goto(report)
    for phase, aware in (("before", "120"), ("after", "240")):
        if not analyst.locator("#id_asked").is_visible():
            analyst.locator("details:has(#id_asked) summary").click()
        choose(analyst, "phase", phase)
        analyst.locator("#id_held_on").fill("2026-10-01" if phase == "before" else "2026-11-02")
        analyst.locator("#id_asked").fill("600")
        analyst.locator("#id_aware").fill(aware)
        analyst.locator("form[action$='/wave/'] button").first.click()
        expect(analyst.locator("section:has(#aware) tbody tr")).to_have_count(1 if phase == "before" else 2)
    reach = {
        row.locator("th").inner_text(): row.locator("td.num").first.inner_text()
        for row in analyst.locator("section:has(#reach) tbody tr").all()
    }
    names = {"zh": ("订阅邮件", "伙伴网站"), "en": ("Letters", "Partner")}[reader.prefix]
    assert reach[names[0]] == "2"
    assert len(reach) == 4
    assert names[1] in reach
    letters = analyst.locator("section:has(#reach) tbody tr", has_text=names[0])
    expect(letters).to_contain_text("50")
    expect(analyst.locator("section:has(#part) tbody tr")).to_have_count(1)
    expect(analyst.locator("section:has(#aware) > p b")).to_contain_text("20")
    reader.read(analyst)
    with analyst.expect_download() as file:
        analyst.locator("a[href$='/report.xlsx']").click()
    assert file.value.suggested_filename == f"{SLUG}-report.xlsx"
    analyst.locator("form[action$='/finish/'] button").click()
    analyst.wait_for_load_state()
    campaign.refresh_from_db()
    assert campaign.reported_at is not None
    expect(analyst.locator("form[action$='/finish/']")).to_have_count(0)
    analyst.goto(f"{site}/desk/campaigns/{campaign.pk}/")
    expect(analyst.locator("main .page-head .chip")).to_be_visible()
    reader.read(analyst)
