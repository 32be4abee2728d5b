from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from consultations import queries
from consultations.models import ConsultationPage
from engage.accounts.actors import ANYONE
from tests.consultations.factories import call, comment

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize(("prefix", "words"), [("zh", "每周开放不少于五天"), ("en", "opens at least five days")])
def test_the_draft_reads_in_both_languages(client: Client, prefix, words):
    consultation = call()
    response = client.get(f"/{prefix}/c/{consultation.slug}/draft/")
    assert response.status_code == 200
    assert words in text(response)


def test_every_article_has_a_visible_comment_control(client: Client):
    consultation = call()
    page = text(client.get(f"/zh/c/{consultation.slug}/draft/"))
    for number in (1, 2, 3):
        assert f'href="/zh/c/{consultation.slug}/art-{number}/comment/"' in page
    assert f'href="/zh/c/{consultation.slug}/comment/"' in page


def test_an_untranslated_text_is_shown_as_written_and_says_so(client: Client):
    consultation = call(english="")
    response = client.get(f"/en/c/{consultation.slug}/draft/")
    assert "每周开放不少于五天" in text(response)
    assert 'lang="zh-Hans"' in text(response)


def test_the_switch_keeps_the_page(client: Client):
    consultation = call()
    page = text(client.get(f"/zh/c/{consultation.slug}/art-2/"))
    assert f'href="/en/c/{consultation.slug}/art-2/"' in page


@pytest.mark.parametrize(
    "path", ["", "draft/", "art-2/", "comments/", "comment/", "art-2/comment/", "mine/", "mine/about/", "mine/check/"]
)
def test_a_call_without_a_live_page_does_not_exist(client: Client, path):
    consultation = call(live=False)
    assert client.get(f"/zh/c/{consultation.slug}/{path}").status_code == 404


def test_comments_of_a_hidden_call_do_not_exist(client: Client):
    consultation = call()
    sent, _submission, _code = comment(consultation)
    assert client.get(f"/zh/c/{consultation.slug}/comments/{sent.pk}/").status_code == 200
    consultation.pages.update(live=False)
    assert client.get(f"/zh/c/{consultation.slug}/comments/{sent.pk}/").status_code == 404


def test_held_comments_are_not_shown_anywhere(client: Client):
    consultation = call(moderation="pre")
    sent, _submission, _code = comment(consultation, text="这句话还没有人看过，不能公开。")
    for path in ("draft/", "art-2/", "comments/"):
        assert "还没有人看过" not in text(client.get(f"/zh/c/{consultation.slug}/{path}"))
    assert client.get(f"/zh/c/{consultation.slug}/comments/{sent.pk}/").status_code == 404


def test_personal_data_is_hidden_in_public(client: Client):
    consultation = call()
    sent, _submission, _code = comment(consultation, text="请打我电话13812345678，我愿意说明理由。")
    assert sent.moderation_state == "held"
    sent.moderation_state = "published"
    sent.save()
    page = text(client.get(f"/zh/c/{consultation.slug}/comments/"))
    assert "13812345678" not in page
    assert "我愿意说明理由" in page


def test_counts_on_the_draft_are_those_of_the_list(client: Client):
    consultation = call()
    for number in range(3):
        comment(consultation, text=f"第{number}条意见：周末也应当开放。")
    comment(consultation, key="", text="整个办法写得清楚，我赞成。")
    version = queries.published_version(consultation)
    drawn = queries.text_of(version, language="zh-hans")
    assert [article.comments for article in drawn.articles if article.comments] == [3]
    assert drawn.whole.all == 1
    found = queries.call(consultation.slug, language="zh-hans", actor=ANYONE, now=timezone.now())
    assert found.comment_count == 4


def test_a_stranger_gets_the_kept_page_and_a_new_count_within_seconds(client: Client, settings):
    consultation = call()
    client.get(f"/zh/c/{consultation.slug}/comments/")
    comment(consultation, text="缓存以后才来的一条意见。")
    assert settings.PAGE_CACHE_SECONDS < 5


def test_the_draft_page_needs_few_queries(client: Client, django_assert_max_num_queries):
    consultation = call()
    comment(consultation)
    with django_assert_max_num_queries(10):
        client.get(f"/zh/c/{consultation.slug}/draft/")


def test_a_page_of_comments_needs_few_queries(client: Client, django_assert_max_num_queries):
    consultation = call()
    for number in range(25):
        comment(consultation, text=f"第{number}条意见：周末也应当开放。")
    with django_assert_max_num_queries(8):  # nothing kept from before, the foot of the page included
        page = client.get(f"/zh/c/{consultation.slug}/comments/")
    assert text(page).count('class="voice"') == 20


@pytest.mark.parametrize(("opens", "closes", "state"), [(-10, 10, "open"), (5, 10, "planned"), (-10, -5, "analysing")])
def test_the_state_follows_the_clock_without_republishing(client: Client, opens, closes, state):
    consultation = call(opens=timedelta(days=opens), closes=timedelta(days=closes))
    page = text(client.get(f"/zh/c/{consultation.slug}/draft/"))
    assert ("art-2/comment/" in page) is (state == "open")
    listed = client.get("/zh/c/", {"state": state})
    assert consultation.slug in text(listed)


@pytest.mark.parametrize(
    "query", ["?topic=%00", "?state=x'--", "?topic=" + "x" * 5000, "?page=abc", "?clause=%E2%80%AE"]
)
def test_odd_filters_are_answered(client: Client, query):
    consultation = call()
    assert client.get(f"/zh/c/{query}").status_code == 200
    assert client.get(f"/zh/c/{consultation.slug}/comments/{query}").status_code == 200


def test_a_suggestion_is_compared_with_the_words_it_was_written_on_in_every_language(client: Client):
    consultation = call()
    comment(consultation, key="art_3", suggested="居民凭读者证借书，每次不超过八册。")
    comment(consultation, key="art_3", suggested="Residents borrow up to ten books at a time.", language="en")
    for prefix in ("zh", "en"):
        page = " ".join(text(client.get(f"/{prefix}/c/{consultation.slug}/art-3/")).split())
        assert "每次不超过<del>五</del><ins>八</ins>册" in page
        assert "Residents borrow up to <del>five</del><ins>ten</ins> books" in page


@pytest.mark.parametrize(
    ("language", "before", "told"),
    [
        ("en", "A library with a long name opens on each and every working day", "… and every working day"),
        ("zh-hans", "社区图书馆每周开放不少于五天，" * 4, "……"),
    ],
)
def test_what_stays_is_cut_between_words(language, before, told):
    kept = queries.shortened([("keep", before), ("ins", "x")], language)[0][1]
    assert kept.startswith(told)
    assert before.endswith(kept.lstrip("…"))


def test_a_call_with_a_page_in_one_language_is_in_both_lists(client: Client):
    consultation = call()
    ConsultationPage.objects.get(consultation=consultation, locale__language_code="en").delete()
    page = text(client.get("/en/c/"))
    assert f'/en/c/{consultation.slug}/"><span lang="zh-Hans">社区图书馆管理办法</span>' in page
    assert "<span lang" not in text(client.get("/zh/c/")).split("<main")[1].split("</main")[0]
