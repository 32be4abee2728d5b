"""The whole way: a draft is imported and published (J6), commented (J1), and answered point by point (J8).

Two coders, an editor and four reviewers work in their own browsers on one live site; 300 statements are real people's.
"""

import io
import json
import re
from collections import Counter
from datetime import timedelta

import openpyxl
import pandas as pd
import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from wagtail.rich_text import RichText

from consultations import actions, imports
from consultations.coding.models import BlindItem, Coding, Decision, Theme
from consultations.models import Comment, Consultation
from consultations.outcomes import tasks as outcome_tasks
from consultations.outcomes.models import Outcome
from engage.accounts.actions import demo_user
from engage.accounts.actors import Role
from engage.departments.models import Membership
from engage.pages.structure import ensure_structure
from engage.participation import actions as participation
from engage.participation import tasks as participation_tasks
from engage.participation.models import AboutOption, Submission
from engage.publishing.models import ReleaseForm
from tests.browser import outcome_walk as walk
from tests.consultations.factories import department
from tests.publishing.signing import sign_newest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLUG = "ride-services"
OWN = {
    "text": "五十万元连一次大手术都不够，请把保险金额提高到一百万元。另外，希望平台说明怎么理赔。",
    "point": "另外，希望平台说明怎么理赔。",
    "before": "五十万元",
    "after": "一百万元",
    "email": "passenger@example.org",
}
LETTERS = 6


@pytest.fixture
def _world(settings):
    """Home pages, a department with its officer, regions to choose from; mail and work of the worker at hand."""
    settings.FASTEST_PERSON_SECONDS = 0
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    ensure_structure()
    unit = department()
    Membership.objects.create(user=demo_user(Role.OFFICER), department=unit, role=Role.OFFICER)
    for place, (code, zh, en) in enumerate([("north", "北区", "North"), ("south", "南区", "South")]):
        AboutOption.objects.create(kind="region", code=code, label_zh=zh, label_en=en, position=place)


@pytest.mark.usefixtures("_world")
def test_from_a_draft_to_an_answer_for_everybody(live_server, open_page, sign_in):
    site = live_server.url
    editor = sign_in(Role.EDITOR)
    publish_draft(editor, site, sign_in)
    call = Consultation.objects.get(slug=SLUG)
    citizen = open_page(f"{site}/zh/c/{SLUG}/draft/", width=360)
    reference, code = comment_as_a_citizen(citizen)
    codes = take_in_the_statements(call) | {reference: code}
    assert Comment.objects.filter(consultation=call).count() == 301
    # Forty days pass.
    over = timezone.now() - timedelta(minutes=1)
    Consultation.objects.filter(pk=call.pk).update(opens_at=over - timedelta(days=40), closes_at=over)

    officer, analyst = sign_in(Role.OFFICER), sign_in(Role.ANALYST, "en-GB")
    code_everything(officer, analyst, call, site)
    decide_all_but_one(officer, call, site)
    code_a_sample_again(officer, analyst, call, site)

    second = publish_second_version(editor, call, site)
    write_outcome(editor, call, site, after=second)
    be_blocked_by_one_point(editor, officer, call, site)
    outcome = hand_in_and_sign(editor, call, site, sign_in)

    outcome_tasks.start_exports()
    while outcome_tasks.write_letters():
        pass
    participation_tasks.deliver_mail()
    read_own_answer(citizen, site, reference)
    read_everybodys_answers(outcome, codes)
    read_two_answers_elsewhere(open_page, site, outcome, codes)
    count_the_same_everywhere(citizen, site, outcome)
    letters_went_out(outcome)


# --- J6


REVIEWERS = (Role.APPROVER, Role.REVIEWER_LEGAL, Role.REVIEWER_OPENNESS, Role.REVIEWER_SECRECY)


def publish_draft(editor: Page, site: str, sign_in) -> None:
    now = timezone.now()
    walk.make_call(
        editor,
        site,
        slug=SLUG,
        department=department().pk,
        opens=now - timedelta(hours=2),
        closes=now + timedelta(days=40),
    )
    walk.import_text(editor, site, "/studio/drafts/import/", walk.CHINESE, mended=walk.MENDED, as_file=True)
    version = editor.url
    translation = f"/studio/drafts/import/?version={version.rstrip('/').split('/')[-1]}&purpose=translation"
    walk.import_text(editor, site, translation, walk.ENGLISH)
    editor.locator("#id_consultation").select_option(label=SLUG)
    editor.locator("form.draft-publish button.button").click()
    editor.wait_for_load_state()
    call = Consultation.objects.get(slug=SLUG)
    for language, words in walk.PAGES.items():
        walk.write_page(editor, version, language, **words)
    # Paragraphs are typed into Wagtail's own editor of blocks; its tests are Wagtail's.
    for page in call.pages.select_related("locale"):
        draft = page.get_latest_revision_as_object()
        draft.body = [("paragraph", RichText(f"<p>{walk.BACKGROUND[page.locale.language_code]}</p>"))]
        draft.save_revision(user=demo_user(Role.EDITOR))
    address = walk.hand_in(editor, site, call.pk)
    for place, role in enumerate(REVIEWERS):
        assert not call.drafts.filter(published__isnull=False).exists()
        walk.sign(sign_in(role, ("zh-CN", "en-GB")[place % 2]), address)
    assert call.drafts.filter(published__isnull=False).exists()


# --- J1


def comment_as_a_citizen(page: Page) -> tuple[str, str]:
    """Write a comment on article 3 on a phone, send it, and return reference and code of the receipt."""
    page.locator("#art-3 a.btn").click()
    form = page.locator("form#comment")
    form.locator("input[value=change]").check()
    form.locator("[name=text]").fill(OWN["text"])
    suggested = form.locator("[name=suggested]")
    if not suggested.is_visible():
        form.locator("summary").click()
    suggested.fill(suggested.input_value().replace(OWN["before"], OWN["after"]))
    form.locator("button.btn-go").click()
    page.locator("main a.btn-go").click()
    page.locator("#id_region").select_option("north")
    page.locator("#id_email").fill(OWN["email"])
    page.locator("main button.btn-go").click()
    page.locator("#send button.btn-go").click()
    page.wait_for_url("**/receipt/**")
    return page.locator(".receipt .ref").first.inner_text(), page.locator(".receipt .code").inner_text()


def take_in_the_statements(call: Consultation) -> dict[str, str]:
    """Import 300 real statements as comments, each under its article; returns reference to tracking code."""
    now = timezone.now()
    arrivals = [
        imports.Arrival(
            external_id=f"statement-{number}",
            comments=(actions.CommentInput(key=walk.topic_of(text).key, stance="unstated", text=text),),
            language=language,
            received_at=now - timedelta(minutes=1),
            region="north" if number % 3 else "south",
            email=f"person-{number}@example.org" if number < LETTERS - 1 else "",
        )
        for number, (language, text) in enumerate(walk.statements())
    ]
    taken = imports.import_comments(call.slug, arrivals, channel="csv", now=now, actor=demo_user(Role.OFFICER))
    assert (taken.comments, taken.known) == (300, 0)
    tokens = [participation.token_of(f"{call.pk}:csv", arrival.external_id) for arrival in arrivals]
    return {
        submission.reference: participation.Envelope(token=token, language="en", received_at=now).code
        for submission, token in zip(taken.submissions, tokens, strict=True)
    }


# --- J8: coding and decisions


def code_everything(officer: Page, analyst: Page, call: Consultation, site: str) -> None:
    """Two people code by keys what they have in front of them, then the rest goes by orders for many."""
    desk = f"{site}/desk/coding/{call.slug}/"
    officer.goto(desk)
    walk.ready(officer)
    # The citizen's comment comes first and says two things: the second one is marked as a point of its own.
    officer.keyboard.press("s")
    officer.get_by_role("checkbox", name=OWN["point"]).focus()
    officer.keyboard.press("Space")
    officer.keyboard.press("n")
    officer.keyboard.type("怎么理赔")
    walk.press(officer, "Enter")
    officer.locator("#t-whole").focus()
    officer.keyboard.press("Space")
    by_officer = walk.code_by_keys(officer, 11)
    analyst.goto(f"{desk}?language=en")
    walk.ready(analyst)
    by_analyst = walk.code_by_keys(analyst, 10)
    assert set(by_officer).isdisjoint(by_analyst)
    assert Coding.objects.filter(coder=demo_user(Role.ANALYST), removed_at=None).count() == 10
    for topic in (*walk.TOPICS, walk.OTHER):
        if not Theme.objects.filter(consultation=call, name=topic.zh).exists():
            officer.goto(f"{desk}themes/")
            officer.locator("#id_name").fill(topic.zh)
            officer.locator("form[action$='/themes/'] button.btn-go").click()
            officer.wait_for_load_state()
    for topic in walk.TOPICS:
        if topic.key:
            walk.code_many(officer, desk, topic.zh, clause=topic.key)
    walk.code_many(officer, desk, walk.OTHER.zh, clause="whole", language="zh-hans")
    walk.code_many(officer, desk, "最低工资", clause="whole", q="wage")
    walk.code_many(officer, desk, "选举办法", language="en")
    officer.goto(desk)
    expect(officer.locator("main")).to_contain_text("已归类301 / 301")
    assert not Comment.objects.filter(consultation=call, coded_at=None).exists()


def decide_all_but_one(officer: Page, call: Consultation, site: str) -> None:
    for topic in (*walk.TOPICS, walk.OTHER):
        theme = Theme.objects.get(consultation=call, name=topic.zh)
        walk.decide(officer, f"{site}/desk/coding/{call.slug}/decisions/theme/{theme.pk}/", topic)
    officer.goto(f"{site}/desk/coding/{call.slug}/decisions/?view=open")
    expect(officer.locator("main .list > li")).to_have_count(1)
    expect(officer.locator("main .list > li q")).to_have_text(OWN["point"])


def code_a_sample_again(officer: Page, analyst: Page, call: Consultation, site: str) -> None:
    """The analyst codes a sample without a look at the first coding, and differs once; kappa is what it has to be."""
    address = f"{site}/desk/coding/{call.slug}/agreement/"
    officer.goto(address)
    officer.locator("#id_coder").select_option(str(demo_user(Role.ANALYST).pk))
    officer.locator("#id_size").fill("12")
    officer.locator("#id_seed").fill("2026")
    officer.locator("form.panel button.btn-go").click()
    officer.wait_for_load_state()
    analyst.goto(address)
    analyst.locator("main a.btn-go").click()
    for number in range(12):
        text = analyst.locator(".coded").inner_text()
        first = set(Theme.objects.filter(codings__point__comment__text=text, codings__removed_at=None))
        for theme in first if number else ():
            analyst.locator(f"input[name=theme][value='{theme.pk}']").check()
        with analyst.expect_navigation():
            analyst.locator("form.split button.btn-go").click()
    items = list(BlindItem.objects.filter(sample__consultation=call).prefetch_related("codings"))
    assert len(items) == 12 and all(item.done_at for item in items)
    themes = Theme.objects.filter(consultation=call)
    pairs = [
        (
            Coding.objects.filter(point__comment=item.comment_id, theme=theme, removed_at=None).exists(),
            any(coding.theme_id == theme.pk for coding in item.codings.all()),
        )
        for item in items
        for theme in themes
    ]
    analyst.goto(address)
    overall = analyst.locator("main table tbody tr").last.locator("td")
    assert overall.nth(5).inner_text() == f"{walk.cohen(pairs):.2f}"
    assert 0.5 < walk.cohen(pairs) < 1


# --- J8: the outcome


def publish_second_version(editor: Page, call: Consultation, site: str) -> str:
    """Publish the text that came of the comments, in both languages; returns its number as it is chosen."""
    draft = call.drafts.get()
    walk.import_text(editor, site, f"/studio/drafts/import/?draft={draft.pk}&purpose=version", walk.CHINESE_AFTER)
    version = editor.url.rstrip("/").split("/")[-1]
    walk.import_text(editor, site, f"/studio/drafts/import/?version={version}&purpose=translation", walk.ENGLISH_AFTER)
    editor.locator("form.draft-publish button.button").click()
    editor.wait_for_load_state()
    walk.hand_in(editor, site, call.pk)
    sign_newest("call")
    draft.refresh_from_db()
    assert draft.published_id == int(version)
    return version


def write_outcome(editor: Page, call: Consultation, site: str, *, after: str) -> None:
    home = f"{site}/desk/outcomes/{call.slug}/"
    editor.goto(home)
    editor.locator("form[action$='/open/'] button").click()
    editor.locator("#id_version").select_option(after)
    editor.locator("form[action$='/after/'] button").click()
    editor.wait_for_load_state()
    words = {
        "zh-hans": {
            "summary": "保险加倍了。",
            "method": "两人编码，不代表全体。",
            "next_steps": "七月一日起施行。",
        },
        "en": {"summary": "Cover doubles.", "method": "Two people coded.", "next_steps": "In force from 1 July."},
    }
    for language, texts in words.items():
        editor.goto(f"{home}texts/{language}/")
        for name, text in texts.items():
            editor.locator(f"#id_{name}").fill(text)
        editor.locator("main form button.btn-go").click()
        editor.wait_for_url(home)
    editor.goto(f"{home}themes/")
    for topic in (*walk.TOPICS, walk.OTHER):
        theme = Theme.objects.get(consultation=call, name=topic.zh)
        editor.locator(f"#id_theme_{theme.pk}_en").fill(topic.en)
    point = Theme.objects.get(consultation=call, name="怎么理赔")
    editor.locator(f"#id_theme_{point.pk}_en").fill("How to claim")
    editor.locator("main form button.btn-go").click()
    editor.wait_for_url(home)
    editor.goto(f"{home}clauses/art_3/")
    own = Comment.objects.get(text=OWN["text"])
    editor.locator(f"input[name=quotes][value='{own.pk}']").check()
    editor.locator("main form button.btn-go").click()
    editor.wait_for_url(f"{home}#clauses")


def be_blocked_by_one_point(editor: Page, officer: Page, call: Consultation, site: str) -> None:
    """One point has no decision: the builder names it, handing in is refused with its name, until it is decided."""
    own = Comment.objects.get(text=OWN["text"])
    named = f"{own.submission.reference}"
    gaps = editor.locator("section[aria-labelledby=missing] li")
    expect(gaps).to_have_count(1)
    expect(gaps).to_contain_text(named)
    expect(gaps).to_contain_text("第三条")
    expect(gaps).to_contain_text(OWN["point"])
    # The way to the comment is open to who may close the gap.
    expect(gaps.locator("a")).to_have_count(0)
    outcome = Outcome.objects.get(consultation=call)
    editor.goto(f"{site}/desk/release/hand-in/outcome/{outcome.pk}/")
    lacks = editor.locator("section[aria-labelledby=lacks]")
    expect(lacks).to_contain_text(named)
    expect(lacks).to_contain_text(OWN["point"])
    expect(editor.locator("main form .btn-go")).to_have_count(0)
    assert outcome.state == Outcome.State.DRAFT
    officer.goto(f"{site}/desk/outcomes/{call.slug}/")
    officer.locator("section[aria-labelledby=missing] li a").click()
    expect(officer.locator("input[name=comment]")).to_have_value(str(own.pk))
    point = own.points.exclude(start=None).get()
    answer = walk.Topic("平台要写明理赔办法", "Platforms say how to claim", "art_3", (), "adopted")
    walk.decide(officer, f"{site}/desk/coding/{call.slug}/decisions/point/{point.pk}/", answer)


def hand_in_and_sign(editor: Page, call: Consultation, site: str, sign_in) -> Outcome:
    """The editor hands it in, the four reviewers read and sign it; the page tells who waits for whom."""
    home = f"{site}/desk/outcomes/{call.slug}/"
    editor.goto(home)
    expect(editor.locator("section[aria-labelledby=missing] li")).to_have_count(0)
    outcome = Outcome.objects.get(consultation=call)
    expect(editor.locator("section[aria-labelledby=gate] a.btn-go")).to_be_visible()
    address = walk.hand_in(editor, site, outcome.pk, "outcome")
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.SUBMITTED
    # Who wrote in it can take it back, and not sign it.
    expect(editor.locator("form[action$='/take-back/'] button")).to_be_visible()
    expect(editor.locator("form[action*=decide]")).to_have_count(0)
    editor.goto(home)
    expect(editor.locator("section[aria-labelledby=gate] .due")).to_have_count(4)
    for place, role in enumerate(REVIEWERS):
        reader = sign_in(role, ("zh-CN", "en-GB")[place % 2])
        assert reader.request.get(f"{site}/zh/c/{call.slug}/outcome/").status == 404
        reader.goto(address)
        for words in ("保险加倍了。", "Cover doubles."):
            form = outcome_form(address, words)
            reader.goto(f"{address}?form={form}")
            expect(reader.locator("article[aria-labelledby=form]")).to_contain_text(words)
        walk.sign(reader, address)
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.PUBLISHED
    editor.goto(home)
    expect(editor.locator("section[aria-labelledby=gate] dl > div")).to_have_count(4)
    return outcome


def outcome_form(address: str, words: str) -> int:
    """Return the page among the forms of a release that holds some words."""
    pk = int(address.rstrip("/").rsplit("/", 1)[-1])
    return ReleaseForm.objects.get(release=pk, name__startswith="page:", text__contains=words).pk


# --- what everybody reads


def read_own_answer(citizen: Page, site: str, reference: str) -> None:
    """The citizen's receipt, still on the device, shows both decisions and the words that changed."""
    for page in ("receipt", "track"):
        citizen.goto(f"{site}/zh/{page}/{reference}/")
        answers = citizen.locator("main .own")
        expect(answers).to_contain_text("采纳")
        expect(answers).to_contain_text(OWN["point"])
        expect(answers).to_contain_text("理由：保险和安全。")
        expect(answers).to_contain_text("理由：平台要写明理赔办法。")
        assert (answers.locator("del").inner_text(), answers.locator("ins").inner_text()) == ("五十万", "一百万")


def expected_answers(comment: Comment) -> Counter[tuple[str, str]]:
    """Return (decision, reason in Chinese) of each point of a comment, from the desk's own rows."""
    found: Counter[tuple[str, str]] = Counter()
    for point in comment.points.filter(removed_at=None):
        own = Decision.objects.filter(point=point, replaced_at=None).first()
        themes = Theme.objects.filter(codings__point=point, codings__removed_at=None)
        decisions = [own] if own else [theme.decisions.get(replaced_at=None) for theme in themes]
        found.update((str(one.get_disposition_display()), one.reason_zh) for one in decisions)
    return found


def read_everybodys_answers(outcome: Outcome, codes: dict[str, str]) -> None:
    """Each of the 301 senders reads on the tracking page what was decided on each of their points."""
    comments = {
        comment.submission.reference: comment
        for comment in outcome.consultation.comments.select_related("submission", "clause")
    }
    assert set(comments) == set(codes)
    changed = 0
    for reference, code in codes.items():
        client = Client(headers={"accept-language": "zh-hans"})
        assert client.post("/zh/track/", {"reference": reference, "code": code}).status_code == 302, reference
        page = client.get(f"/zh/track/{reference}/").content.decode()
        shown = re.findall(r'<span class="chip chip-\w+">([^<]+)</span>(?: <span class="tag">[^<]*</span>)?</p>', page)
        reasons = re.findall(r"<p>(理由：[^<]+)</p>", page)
        expected = expected_answers(comments[reference])
        assert Counter(zip(shown, reasons, strict=True)) == expected, (reference, page)
        clause = comments[reference].clause
        if clause is not None and clause.key in ("art_3", "art_5"):
            changed += 1
            assert "<ins" in page.partition('class="diff"')[2], reference
    assert changed > 20


def read_two_answers_elsewhere(open_page, site: str, outcome: Outcome, codes: dict[str, str]) -> None:
    """One Chinese and one English sender come back on another device with what they noted down."""
    for language, prefix, lead in (("zh-CN", "zh", "理由"), ("en-GB", "en", "Reason")):
        wanted = outcome.consultation.comments.filter(language="en" if prefix == "en" else "zh-hans").last()
        reference = wanted.submission.reference
        page = open_page(f"{site}/{prefix}/track/", language=language, width=360)
        page.locator("#id_reference").fill(reference)
        page.locator("#id_code").fill(codes[reference])
        page.locator("main form button.btn-go").first.click()
        expect(page.locator("main .own")).to_contain_text(lead)


def count_the_same_everywhere(citizen: Page, site: str, outcome: Outcome) -> None:
    """The page's totals are those of the workbook, the API, the JSON file, and pandas over the table."""
    files = {kind: citizen.request.get(f"{site}/en/c/{SLUG}/outcome/{kind}").body() for kind in ("xlsx", "csv", "json")}
    frame = pd.read_csv(io.BytesIO(files["csv"]))
    codes = [code for code, _label in Decision.Disposition.choices]
    counted = {
        "comments": frame["Comment"].nunique(),
        "points": frame["Point"].nunique(),
        "without_point": int(frame["Point"].isna().sum()),
        **{code: int((frame["Decision (code)"] == code).sum()) for code in codes},
    }
    assert counted["comments"] == 301 and counted["points"] == 302
    # Counted from what was coded, on another way than the code that is tested.
    by_desk = Counter(
        decision for comment in outcome.consultation.comments.all() for decision in expected_answers(comment).elements()
    )
    labels = {str(label): code for code, label in Decision.Disposition.choices}
    assert Counter(labels[label] for label, _reason in by_desk.elements()) == {
        code: n for code, n in counted.items() if code in codes and n
    }
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    totals = {row[2]: row[1] for row in book["Totals"].iter_rows(values_only=True) if row[2]}
    assert {name: totals[name] for name in counted} == counted
    api = citizen.request.get(f"{site}/api/v1/consultations/{SLUG}/outcome?language=en").json()
    assert {name: api["totals"][name] for name in counted} == counted
    assert json.loads(files["json"])["outcome"]["totals"] == outcome.content["totals"]
    citizen.goto(f"{site}/en/c/{SLUG}/outcome/")
    rows = citizen.locator("table:has(#decisions-caption) tbody tr")
    shown = {
        rows.nth(place).locator("th").inner_text(): int(rows.nth(place).locator("td").first.inner_text())
        for place in range(rows.count())
    }
    assert list(shown.values()) == [counted[code] for code in codes]
    expect(citizen.locator("blockquote")).to_contain_text("一百万元")


def letters_went_out(outcome: Outcome) -> None:
    """Everybody who left an address got a letter with the own decision; the citizen's has the words before and now."""
    letters = {letter.to[0]: letter for letter in mail.outbox if "/outcome/" in letter.body}
    assert len(letters) == LETTERS == Submission.objects.exclude(contact=None).count()
    own = letters[OWN["email"]].body
    for words in ("决定：采纳", "理由：保险和安全。", OWN["point"], "五十万元", "一百万元"):
        assert words in own
