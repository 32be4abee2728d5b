"""What everybody reads: the pack beside its clauses, clauses that lead to it, lists, feeds, search; nothing before."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from consultations import actions as calls
from consultations.drafts.reader import parse_text
from consultations.packs import actions, queries
from consultations.packs.models import Pack
from engage.accounts.actors import ANYONE, SYSTEM, Role
from tests.accounts.people import person
from tests.consultations.factories import CHINESE, ENGLISH, call
from tests.consultations.outcomes.builders import decided_call
from tests.consultations.outcomes.builders import published as published_outcome
from tests.packs.builders import WORDS, opened, publish, published, revision, submit, submitted, write, written

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
SECRETS = ("图书馆为什么要多开两天", "Why libraries open two more days")
CJK = re.compile(r"[\u4e00-\u9fff]")


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


def main_of(page: str) -> str:
    return " ".join(strip_tags(page.split("<main")[1].split("</main>")[0]).split())


def everywhere(slug: str) -> list[str]:
    return [
        f"/zh/c/{slug}/", f"/en/c/{slug}/draft/", f"/zh/c/{slug}/draft/", f"/zh/c/{slug}/art-2/",
        f"/zh/c/{slug}/comments/", "/zh/", "/en/c/", "/zh/interpretation/feed.rss", "/en/interpretation/feed.atom",
        "/sitemap.xml", "/zh/search/?q=多开两天", "/en/search/?q=libraries+open+two+more+days",
        "/api/v1/interpretations/",
    ]  # fmt: skip


@pytest.mark.parametrize("stage", [written, submitted])
def test_nothing_leaks_before_publication(client, stage):
    slug = stage().consultation.slug
    for path in (
        f"/zh/c/{slug}/interpretation/",
        f"/en/c/{slug}/interpretation/1/",
        f"/zh/c/{slug}/interpretation/say/",
        f"/api/v1/interpretations/{slug}",
    ):
        assert client.get(path).status_code == 404, path
    for path in everywhere(slug):
        for secret in (*SECRETS, f"/{slug}/interpretation"):
            assert secret not in read(client, path), (path, secret)


def test_the_pack_of_a_hidden_call_is_hidden(client):
    pack = published()
    slug = pack.consultation.slug
    pack.consultation.pages.update(live=False)
    for path in (
        f"/zh/c/{slug}/interpretation/",
        f"/zh/c/{slug}/interpretation/1/",
        f"/zh/c/{slug}/interpretation/say/",
        f"/api/v1/interpretations/{slug}",
    ):
        assert client.get(path).status_code == 404, path
    for path in ("/zh/interpretation/feed.rss", "/sitemap.xml", "/api/v1/interpretations/"):
        assert slug not in read(client, path)
    assert not Pack.objects.visible_to(ANYONE).exists()


@pytest.mark.parametrize(("language", "code"), [("zh", "zh-hans"), ("en", "en")])
def test_the_page_says_everything_in_the_readers_language(client, language, code):
    pack = published()
    page = read(client, f"/{language}/c/{pack.consultation.slug}/interpretation/")
    for words in WORDS[code].values():
        assert page.count(words) >= 3
    labels = (
        ("出台背景", "具体要点", "配套措施")
        if language == "zh"
        else ("Background", "Key points", "Supporting measures")
    )
    for label in labels:
        assert label in page
    clause = "社区图书馆每周开放不少于五天" if language == "zh" else "opens at least five days a week"
    assert page.count(clause) == 3
    if language == "en":
        assert not CJK.search(main_of(page))


def test_clauses_lead_to_the_pack_and_the_pack_to_the_clauses(client):
    consultation = call()
    pack = published(consultation)
    slug, block = consultation.slug, pack.blocks.get(kind="background")
    page = read(client, f"/zh/c/{slug}/interpretation/")
    assert f'href="/zh/c/{slug}/art-2/"' in page
    assert f'id="block-{block.pk}"' in page
    link = f'href="/zh/c/{slug}/interpretation/{pack.number}/#block-{block.pk}"'
    for path in (f"/zh/c/{slug}/art-2/", f"/zh/c/{slug}/draft/"):
        assert link in read(client, path), path
    assert "data-explained" not in read(client, f"/zh/c/{slug}/art-1/")
    assert read(client, f"/zh/c/{slug}/draft/").count("data-explained") == 1
    assert f'href="/zh/c/{slug}/interpretation/"' in read(client, f"/zh/c/{slug}/")


def test_the_draft_page_costs_two_queries_more_whatever_is_explained(client, django_assert_max_num_queries):
    consultation, editor = call(), person(Role.EDITOR)
    client.get("/zh/track/")
    with django_assert_max_num_queries(15) as before:
        client.get(f"/zh/c/{consultation.slug}/draft/")
    pack = written(consultation, author=editor)
    for number in range(5):
        case = actions.add_block(pack.pk, "case", revision=revision(pack), actor=editor)
        write(case, author=editor, clauses=[f"art_{1 + number % 3}"])
    publish(submit(pack, editor))
    with django_assert_max_num_queries(len(before) + 2):
        page = client.get(f"/zh/c/{consultation.slug}/draft/?again=1").content.decode()
    assert page.count("data-explained") == 3


def test_a_clause_of_the_next_version_is_still_explained_by_the_pack_of_the_one_before(client):
    consultation = call()
    pack = published(consultation)
    after = CHINESE.replace("第二条　开放时间", "第二条　新增\n读者有权提意见。\n第三条　开放时间").replace(
        "第三条　借书", "第四条　借书"
    )
    english = ENGLISH.replace(
        "Article 2 Opening hours", "Article 2 New\nReaders may say what they think.\nArticle 3 Opening hours"
    ).replace("Article 3 Borrowing", "Article 4 Borrowing")
    draft = consultation.drafts.get()
    version = calls.store_draft(parse_text(after, language="zh-hans"), draft=draft, actor=SYSTEM)
    calls.add_translation(version, parse_text(english, language="en"), actor=SYSTEM)
    calls.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)
    slug = consultation.slug
    link = f"/zh/c/{slug}/interpretation/{pack.number}/#block-"
    assert link in read(client, f"/zh/c/{slug}/art-3/")
    assert link not in read(client, f"/zh/c/{slug}/art-2/")
    page = read(client, f"/zh/c/{slug}/interpretation/")
    # The words are those the pack explains; the address is where they stand today.
    assert "第二条 开放时间" in main_of(page)
    assert f'href="/zh/c/{slug}/art-3/"' in page
    assert f'href="/zh/c/{slug}/art-2/"' not in page


def test_a_call_can_have_a_pack_on_the_draft_and_one_on_the_final_document(client):
    consultation, editor = decided_call(), person(Role.EDITOR)
    first = published(consultation)
    outcome = published_outcome(consultation)
    pack = actions.open_pack(outcome.version_after_id, about="final", actor=editor)
    for block in pack.blocks.all():
        write(block, author=editor)
    second = publish(submit(pack, editor))
    slug = consultation.slug
    page = read(client, f"/zh/c/{slug}/interpretation/")
    assert f'href="/zh/c/{slug}/interpretation/{first.number}/"' in page
    assert "每周开放不少于六天" in page
    assert "每周开放不少于五天" in read(client, f"/zh/c/{slug}/interpretation/{first.number}/")
    assert client.get(f"/api/v1/interpretations/{slug}").json()["about"] == "final"
    assert second.number == 2


def test_what_was_approved_is_what_is_shown_whatever_happens_to_the_rows(client):
    pack = published()
    pack.blocks.first().texts.all().delete()
    page = read(client, f"/zh/c/{pack.consultation.slug}/interpretation/")
    assert page.count(WORDS["zh-hans"]["body"]) == 3


def test_feeds_search_map_and_api_know_it_and_a_correction_takes_its_place(client):
    consultation, editor = call(), person(Role.EDITOR)
    first = published(consultation)
    slug = consultation.slug
    edition = f"/zh/c/{slug}/interpretation/{first.number}/"
    for path in ("/zh/interpretation/feed.rss", "/zh/interpretation/feed.atom", "/zh/search/?q=多开两天"):
        assert edition in read(client, path), path
    assert f"/zh/c/{slug}/interpretation/" in read(client, "/sitemap.xml")
    listed = client.get("/api/v1/interpretations/?language=en").json()
    assert [(row["call"], row["number"], row["about"]) for row in listed] == [(slug, 1, "draft")]
    shown = client.get(f"/api/v1/interpretations/{slug}?language=en").json()
    assert [block["kind"] for block in shown["blocks"]] == ["background", "points", "measures"]
    assert (shown["sha256"], shown["blocks"][0]["clauses"]) == (first.content_hash, ["art_2"])
    assert shown["blocks"][0]["body"] == WORDS["en"]["body"]
    second = opened(consultation, author=editor)
    write(second.blocks.first(), author=editor, texts={"zh-hans": {"body": "改过的背景说明在这里。"}})
    publish(submit(second, editor))
    assert client.get(edition).status_code == 404
    assert "改过的背景说明在这里。" in read(client, f"/zh/c/{slug}/interpretation/")
    assert f"/zh/c/{slug}/interpretation/2/" in read(client, "/zh/search/?q=改过的背景")


def test_the_search_forgets_the_pack_of_a_call_whose_page_is_hidden(client):
    pack = published()
    for page in pack.consultation.pages.all():
        page.unpublish()
    assert "/interpretation/" not in read(client, "/zh/search/?q=多开两天")


def test_all_five_kinds_of_an_editor_render_with_byline_source_and_date(client):
    consultation, editor = call(), person(Role.EDITOR)
    pack = written(consultation, author=editor)
    for number, kind in enumerate(("message", "case", "link", "media")):
        block = actions.add_block(pack.pk, kind, revision=revision(pack), actor=editor)
        texts = {
            code: {"heading": f"H{kind}", "body": f"B{kind}", "byline": f"W{kind}", "source": f"S{kind}"}
            for code in WORDS
        }
        write(block, author=editor, texts=texts, url=f"https://example.org/{number}", clauses=[])
    publish(submit(pack, editor))
    page = read(client, f"/en/c/{consultation.slug}/interpretation/")
    for kind in ("message", "case", "link", "media"):
        for letter in "HBWS":
            assert f"{letter}{kind}" in page
    assert page.count('datetime="2026-11-20"') == 7
    assert 'href="https://example.org/2" rel="external noopener"' in page


def test_a_term_in_a_clause_leads_to_the_clause_that_defines_it(client):
    consultation, editor = (
        call(
            chinese=CHINESE.replace("制定本办法。", "制定本办法。\n本办法所称社区图书馆，是指街道办的图书馆。"),
            english="",
        ),
        person(Role.EDITOR),
    )
    pack = written(consultation, author=editor)
    publish(submit(pack, editor))
    slug = consultation.slug
    page = read(client, f"/zh/c/{slug}/interpretation/")
    assert f'<a class="term" href="/zh/c/{slug}/art-1/">社区图书馆</a>' in page


def test_words_are_escaped(client):
    consultation, editor = call(), person(Role.EDITOR)
    pack = written(consultation, author=editor)
    write(pack.blocks.first(), author=editor, texts={"en": {"body": "<script>alert(1)</script>"}})
    publish(submit(pack, editor))
    page = read(client, f"/en/c/{consultation.slug}/interpretation/")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_page_costs_the_same_number_of_queries_whatever_its_size(client, django_assert_max_num_queries):
    consultation, editor = call(), person(Role.EDITOR)
    client.get("/zh/track/")
    pack = written(consultation, author=editor)
    for _turn in range(10):
        block = actions.add_block(pack.pk, "case", revision=revision(pack), actor=editor)
        write(block, author=editor, clauses=["art_1", "art_3"])
    publish(submit(pack, editor))
    with django_assert_max_num_queries(10):
        client.get(f"/zh/c/{consultation.slug}/interpretation/")


def test_where_nothing_is_explained_one_query_finds_out(django_assert_num_queries):
    consultation = call()
    with django_assert_num_queries(1):
        assert queries.explained_in(consultation) == {}
