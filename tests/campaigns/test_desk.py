"""The planner, the builder and the report at the desk, without JavaScript; who may see and press what."""

import csv
import io
import re
from datetime import date, timedelta

import openpyxl
import pandas as pd
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.outreach.campaigns import actions, queries, registry, rules
from engage.outreach.campaigns.models import Campaign, DailyReads, TaskTemplate
from engage.outreach.campaigns.waiting import for_editors
from engage.participation.models import Submission
from tests.accounts.people import person
from tests.campaigns.builders import published, revision, soon, topic, voice, written
from tests.consultations.factories import call, comment
from tests.security.test_url_matrix import show_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    show_second_factor(client)
    return client


def read(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return response.content.decode()


def at(name: str, campaign: Campaign, *more) -> str:
    return reverse(name, args=[campaign.pk, *more])


def test_double_ninth_is_picked_filled_in_and_begun_in_three_steps():
    client, unit = signed_in(person(Role.EDITOR)), call().department
    topic()
    # 1: pick it in the month
    page = read(client, reverse("campaign_planner") + "?year=2026&month=10")
    pick = re.search(r'href="([^"]+observance=double_ninth[^"]+)"', page)[1].replace("&amp;", "&")
    # 2: fill in
    form = client.get(pick).context["form"]
    assert form["title_en"].value() == "Seniors' Day (Double Ninth) 2026"
    fields = {name: form[name].value() or "" for name in form.fields} | {
        "department": unit.pk,
        "topics": ["elderly-care"],
        "token": re.search(r'name="token" value="([^"]+)"', read(client, pick))[1],
    }
    # 3: begin
    begun = client.post(pick, fields)
    campaign = Campaign.objects.get()
    assert begun.headers["Location"] == at("campaign_builder", campaign)
    assert client.post(pick, fields).headers["Location"] == at("campaign_builder", campaign)
    assert (campaign.slug, campaign.day) == ("double-ninth-2026", date(2026, 10, 18))
    assert campaign.tasks.count() == 5
    page = read(client, reverse("campaign_planner") + "?year=2026&month=10")
    assert at("campaign_builder", campaign) in page
    assert "0 of 9 parts are there" in read(client, at("campaign_builder", campaign))


def test_the_year_takes_fewer_than_twenty_queries_however_much_is_planned(django_assert_max_num_queries):
    author = person(Role.EDITOR)
    client = signed_in(author)
    for key in ("qingming", "double_ninth", "volunteer_day", "family_day"):
        written(author, slug=key.replace("_", "-"), dates=actions.Dates(observance=key, year=2026))
    client.get(reverse("campaign_year"))
    with django_assert_max_num_queries(19):
        page = read(client, reverse("campaign_year") + "?year=2026")
    with django_assert_max_num_queries(19):
        read(client, reverse("campaign_planner") + "?year=2026&month=10")
    assert page.count("observance=") == 15
    assert page.count("T-30") == 4


@pytest.mark.parametrize("year", [1900, 2100])
def test_the_outermost_years_are_planned_and_those_beyond_refused_in_words(year):
    client = signed_in(person(Role.EDITOR))
    for name in ("campaign_planner", "campaign_year"):
        assert "observance=" in read(client, reverse(name) + f"?year={year}&month=10")
        beyond = read(client, reverse(name) + f"?year={year + (1 if year > 2000 else -1)}", 422)
        assert "1900" in beyond
        assert "2100" in beyond
    # January 1900 and December 2100 have a neighbour on one side alone.
    edge = read(client, reverse("campaign_planner") + f"?year={year}&month={1 if year == 1900 else 12}")
    assert edge.count('rel="prev"') + edge.count('rel="next"') == 1


def test_a_year_whose_days_off_are_not_announced_says_so():
    client = signed_in(person(Role.EDITOR))
    assert "are not announced yet" in read(client, reverse("campaign_year") + "?year=2040")
    assert "are not announced yet" not in read(client, reverse("campaign_year") + "?year=2026")


def test_a_form_with_the_date_cleared_or_a_list_without_tasks_comes_back_with_everything():
    client, unit = signed_in(person(Role.EDITOR)), call().department
    empty = TaskTemplate.objects.create(name_zh="空", name_en="Empty", valid_from=date(2020, 1, 1))
    fields = {
        "title_en": "My own words", "department": unit.pk, "slug": "mine", "days_before": 1, "days_after": 1,
        "token": "0b7c6a52-6f4e-4f0e-9d38-0e5d6f0f7a11",
    }  # fmt: skip
    url = reverse("campaign_new")
    cleared = client.post(url, fields | {"observance": "", "year": "2026", "day": ""})
    assert (cleared.status_code, "observance" in cleared.context["form"].errors) == (422, True)
    listless = client.post(url, fields | {"day": "2026-05-01", "template": empty.pk})
    assert (listless.status_code, "template" in listless.context["form"].errors) == (422, True)
    assert "My own words" in listless.content.decode()
    assert not Campaign.objects.exists()


def test_an_editor_writes_changes_and_hands_in_by_forms_alone():
    author = person(Role.EDITOR)
    client, campaign = signed_in(author), written(author)
    page = at("campaign_builder", campaign)
    assert (
        client.post(at("campaign_add", campaign), {"kind": "case", "revision": revision(campaign)}).status_code == 302
    )
    refused = client.post(at("campaign_hand_in", campaign))
    assert refused.status_code == 409
    case = campaign.parts.get(kind="case")
    words = {f"{name}_{code}": "x" for name in ("body", "byline", "source") for code in ("zh-hans", "en")}
    url = at("campaign_part", campaign, case.pk)
    late = client.post(url, words | {"dated": "2026-10-01", "revision": 0})
    assert (late.status_code, 'value="x"' in late.content.decode()) == (409, True)
    newest = late.context["form"].data["revision"]
    assert client.post(url, words | {"dated": "2026-10-01", "revision": newest}).status_code == 302
    client.post(at("campaign_move", campaign, case.pk), {"to": "up", "revision": revision(campaign)})
    assert "4 of 9 parts are there" in read(client, page)
    task = campaign.tasks.first()
    client.post(at("campaign_task", campaign, task.pk), {"do": "assign", "owner": author.pk})
    assert "Tasks: 0 of 5 done" in read(client, page)
    client.post(at("campaign_task", campaign, task.pk), {"do": "done"})
    assert "Tasks: 1 of 5 done" in read(client, page)
    assert client.post(at("campaign_task", campaign, task.pk), {"do": "remove"}).status_code == 409
    added = {"title_zh": "联系电视台", "title_en": "Call the television", "offset": "-3"}
    assert client.post(at("campaign_task_add", campaign), added).status_code == 302
    assert client.post(at("campaign_task_add", campaign), added | {"title_en": ""}).status_code == 422
    edit = at("campaign_edit", campaign)
    form = client.get(edit).context["form"]
    fields = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    assert client.post(edit, fields | {"audience": ["families"], "title_en": "Changed"}).status_code == 302
    assert "Changed" in read(client, at("campaign_preview", campaign, "en"))
    assert client.post(at("campaign_hand_in", campaign)).status_code == 302
    assert queries.campaign_of(campaign.pk, actor=author).in_review
    assert client.post(at("campaign_remove", campaign, case.pk), {"revision": revision(campaign)}).status_code == 302


def test_lists_of_tasks_are_written_one_task_a_line():
    client = signed_in(person(Role.EDITOR))
    url = reverse("campaign_template_new")
    fields = {"name_zh": "短", "name_en": "Short", "valid_from": "2026-01-01", "valid_to": ""}
    for lines in ("x", "-3 | only one", "1.5 | a | b", "-400 | a | b", ""):
        assert client.post(url, fields | {"lines": lines}).status_code == 422, lines
    assert client.post(url, fields | {"lines": "-3 | 准备 | Prepare\n\n=0 ｜ 推送 ｜ Push"}).status_code == 302
    made = TaskTemplate.objects.get(name_en="Short")
    assert [(task.offset, task.exact) for task in made.tasks.all()] == [(-3, False), (0, True)]
    page = read(client, reverse("campaign_template", args=[made.pk]))
    assert "=0 | 推送 | Push" in page
    assert "Short" in read(client, reverse("campaign_templates"))


def test_suggestions_are_drafts_that_are_open_and_what_is_released():
    author, open_call = person(Role.EDITOR), call()
    closed = call(opens=timedelta(days=-20), closes=timedelta(days=-1))
    for one in (open_call, closed):
        one.topics.add(topic())
    page = read(signed_in(author), at("campaign_builder", written(author)))
    suggested = page[page.index("Suggestions on the same topics") :]
    assert f"/c/{open_call.slug}/" in suggested
    assert f"/c/{closed.slug}/" not in suggested


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.OFFICER, Role.REVIEWER_LEGAL, None])
def test_for_everybody_else_there_is_no_planner(role):
    campaign = written()
    client = signed_in(person(role)) if role else Client()
    part, task = campaign.parts.first(), campaign.tasks.first()
    names = ["campaign_builder", "campaign_edit", "campaign_targets", "campaign_report"]
    urls = [at(name, campaign) for name in names]
    urls += [reverse(name) for name in ("campaign_planner", "campaign_year", "campaign_list", "campaign_templates")]
    urls += [at("campaign_part", campaign, part.pk), at("campaign_report_file", campaign, "csv")]
    for url in urls:
        assert client.get(url).status_code == (404 if role else 302), url
    posts = [at(name, campaign) for name in ("campaign_add", "campaign_hand_in", "campaign_task_add", "campaign_wave")]
    posts += [at("campaign_task", campaign, task.pk), at("campaign_link", campaign, part.pk)]
    for url in posts:
        assert client.post(url, {"do": "done"}).status_code == (404 if role else 302), url
    task.refresh_from_db()
    assert task.done_at is None


def test_an_approver_reads_along_and_an_analyst_measures():
    campaign = written()
    approver, analyst = signed_in(person(Role.APPROVER)), signed_in(person(Role.ANALYST))
    for client in (approver, analyst):
        page = read(client, at("campaign_builder", campaign))
        assert "Hand in for release" not in page
        assert client.get(at("campaign_edit", campaign)).status_code == 404
        assert client.post(at("campaign_hand_in", campaign)).status_code == 404
    wave = {"phase": "before", "held_on": "2026-10-01", "asked": "100", "aware": "30", "method": ""}
    assert approver.post(at("campaign_wave", campaign), wave).status_code == 403
    assert analyst.post(at("campaign_wave", campaign), wave | {"aware": "101"}).status_code == 422
    assert analyst.post(at("campaign_wave", campaign), wave).status_code == 302
    assert "21.9% to 39.6%" in read(analyst, at("campaign_report", campaign))


def measured() -> Campaign:
    """Make a campaign that is over, with reads, comments and voices in its days and outside, and two surveys."""
    campaign = published(dates=actions.Dates(day=soon(-20)))
    noted = call(opens=timedelta(days=-60), closes=timedelta(days=60))
    noted.topics.add(topic())
    other = call(opens=timedelta(days=-60), closes=timedelta(days=60))
    now = timezone.now()
    for days, channel, consultation in (
        (-20, "web", noted), (-19, "web", noted), (-18, "paper", noted), (-18, "embed:www.example.org", noted),
        (-40, "web", noted), (-1, "web", noted), (-18, "web", other),
    ):  # fmt: skip
        _made, submission, _code = comment(consultation)
        Submission.objects.filter(pk=submission.pk).update(received_at=now + timedelta(days=days), channel=channel)
    for days in (-20, -2):
        voice(campaign, received_at=now + timedelta(days=days))
    for days, language, n in ((-28, "en", 5), (-27, "en", 7), (-20, "zh-hans", 100), (-6, "en", 3), (-5, "en", 9)):
        DailyReads.objects.create(campaign=campaign, day=soon(days), language=language, n=n)
    actions.set_targets(campaign.pk, {"site": 200, "mail": 50}, actor=SYSTEM)
    for phase, asked, aware in (("before", 80, 48), ("after", 70, 56)):
        actions.write_wave(
            campaign.pk, phase=phase, held_on=soon(-30), asked=asked, aware=aware, method="=1+1", actor=SYSTEM
        )
    return campaign


def ledger(campaign: int, *, first: date, last: date) -> list[registry.Reach]:
    assert (last - first).days == 21
    return [registry.Reach("mail", 40, 2), registry.Reach("mail", 1, 0), registry.Reach("site", 0, 0)]


@pytest.fixture
def with_ledger():
    registry.register_reach("test-ledger", ledger)
    registry.register_channels("test-ledger", lambda: {"mail": "E-mail"})
    yield
    registry.unregister("test-ledger")


def test_the_figures_of_the_report_are_those_that_pandas_counts_from_the_rows(with_ledger):
    campaign = measured()
    first, last = campaign.first_day, campaign.last_day
    reads = pd.DataFrame(DailyReads.objects.values("day", "n"))
    in_days = reads[(reads["day"] >= first) & (reads["day"] <= last)]
    received = pd.DataFrame(
        Submission.objects.filter(comments__consultation__topics__code="elderly-care").values(
            "pk", "channel", "received_at"
        )
    ).drop_duplicates("pk")
    local = received["received_at"].dt.tz_convert("Asia/Shanghai").dt.date
    comments = received[(local >= first) & (local <= last)].groupby("channel").size().to_dict()
    voices = pd.DataFrame(Submission.objects.filter(kind="campaign_voice").values("received_at"))
    voiced = voices["received_at"].dt.tz_convert("Asia/Shanghai").dt.date.between(first, last).sum()
    report = queries.report_of(campaign, "en", now=timezone.now())
    reach = {row.channel: row for row in report.reach}
    assert (reach["site"].reached, reach["site"].target) == (in_days["n"].sum(), 200)
    assert (reach["mail"].reached, reach["mail"].failed, reach["mail"].share) == (41, 2, 0.82)
    assert {row.channel: row.n for row in report.participation if row.source == "comments"} == comments
    assert comments == {"web": 2, "paper": 1, "embed:www.example.org": 1}
    assert sum(row.n for row in report.participation if row.source == "voices") == voiced == 1
    assert report.came_in == sum(comments.values()) + voiced
    # Newcombe's own example: 56 of 70 against 48 of 80.
    assert (round(report.difference.low, 4), round(report.difference.high, 4)) == (0.0524, 0.3339)


def test_page_csv_and_workbook_say_the_same_and_calculate_nothing(with_ledger):
    campaign = measured()
    client = signed_in(person(Role.ANALYST))
    page = read(client, at("campaign_report", campaign))
    for words in ("82.0%", "55.0%", "+20.0 percentage points", "5.2", "33.4", "5 submissions came in"):
        assert words in page, words
    response = client.get(at("campaign_report_file", campaign, "csv"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    workbook = client.get(at("campaign_report_file", campaign, "xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.content)).active
    cells = [["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    assert [[cell.removeprefix("'") for cell in row] for row in rows] == cells
    figures = {row[1]: row[3] for row in rows}
    assert (figures["site.reached"], figures["mail.reached"], figures["before.share"]) == ("110", "41", "0.6")
    assert client.get(at("campaign_report_file", campaign, "pdf")).status_code == 404


def figures(page: str) -> list[str]:
    return re.findall(r"<td[^>]*>([^<]*)</td>", page)


def test_a_finished_report_is_the_same_for_ever_and_in_both_languages(with_ledger):
    campaign = measured()
    analyst = person(Role.ANALYST)
    client = signed_in(analyst)
    assert client.post(at("campaign_finish", campaign)).status_code == 302
    before = figures(read(client, at("campaign_report", campaign)))
    DailyReads.objects.create(campaign=campaign, day=campaign.day, language="en", n=10_000)
    page = read(client, at("campaign_report", campaign))
    assert figures(page) == before
    assert "Finish the report" not in page
    assert client.post(at("campaign_finish", campaign)).status_code == 409
    chinese = read(signed_in(analyst, "zh"), at("campaign_report", campaign))
    assert "收到 5 份来稿" in chinese
    campaign.refresh_from_db()
    assert campaign.stage(timezone.localdate()) == rules.Stage.REPORTED


def test_the_first_page_of_the_studio_says_which_tasks_are_due():
    author = person(Role.EDITOR)
    campaign = written(author, dates=actions.Dates(day=soon(10)))
    found = {one.url for one in for_editors(author)}
    first, second, third, *_later = campaign.tasks.all()
    builder = at("campaign_builder", campaign)
    assert {f"{builder}#task-{task.pk}" for task in (first, second, third)} == found
    assert builder in read(signed_in(author), reverse("wagtailadmin_home"))
    assert for_editors(person(Role.APPROVER)) == []
    listed = read(signed_in(author), reverse("campaign_list"))
    assert "2 overdue" in listed
