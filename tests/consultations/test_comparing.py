"""The compare page: two published versions, side by side or in one text, for everybody and without script."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from consultations import actions, comparing
from consultations.drafts import parse_text
from consultations.drafts.labels import CHINESE
from consultations.models import Version
from engage.accounts.actors import SYSTEM
from tests.consultations import factories

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

CHINESE_TWO = factories.CHINESE.replace("不少于五天", "不少于六天").replace(
    "第二章 借阅\n第三条　借书\n",
    "第二章 借阅\n第三条　办证\n居民凭身份证免费办理读者证。\n第四条　借书\n",
)
ENGLISH_TWO = factories.ENGLISH.replace("five days", "six days").replace(
    "Chapter 2 Lending\nArticle 3 Borrowing\n",
    "Chapter 2 Lending\nArticle 3 Cards\nResidents get a card free of charge.\nArticle 4 Borrowing\n",
)


def next_version(consultation, chinese, english="", *, publish=True):
    """Store a next version of a call's draft, published unless told otherwise."""
    draft = consultation.drafts.get()
    version = actions.store_draft(parse_text(chinese, language=CHINESE), draft=draft, actor=SYSTEM)
    if english:
        actions.add_translation(version, parse_text(english, language="en"), actor=SYSTEM)
    if publish:
        actions.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)
    return version


@pytest.fixture
def consultation():
    """A call whose text has a second version: one article reworded, one new, one with another number."""
    made = factories.call()
    next_version(made, CHINESE_TWO, ENGLISH_TWO)
    return made


def page(client, consultation, language="zh-hans", **query):
    with translation.override(language):
        return client.get(reverse("compare", args=[consultation.slug]), query)


def words(html):
    """Return the words of the page's articles, marks left in."""
    return re.sub(r"\s+", " ", re.sub(r"<(?!/?(?:ins|del)\b)[^>]*>", "", html[html.index("<article") :]))


def test_the_page_says_what_became_of_each_changed_article(client: Client, consultation):
    html = page(client, consultation).content.decode()
    shown = words(html)
    assert "第二条：文字有改动" in shown
    assert "第三条：新增" in shown
    assert "第三条改为第四条，文字不变" in shown
    assert "第一条" not in shown and "1 条未作改动" in html
    assert "不少于<del>五</del>天" in shown and "不少于<ins>六</ins>天" in shown
    assert "第二章 借阅" in html


def test_in_one_text_the_old_and_new_words_stand_beside_each_other(client: Client, consultation):
    shown = words(page(client, consultation, view="inline").content.decode())
    assert "不少于<del>五</del><ins>六</ins>天" in shown


def test_english_readers_see_the_english_words(client: Client, consultation):
    html = page(client, consultation, "en", view="inline").content.decode()
    assert "at least <del>five</del><ins>six</ins> days a week" in words(html)
    assert "Article 3 is now Article 4, in the same words" in html


def test_everything_is_shown_on_demand(client: Client, consultation):
    html = page(client, consultation, all="1").content.decode()
    assert "第一条：未改动" in words(html)


def test_a_text_without_translation_is_shown_as_written(client: Client):
    made = factories.call(english="")
    next_version(made, CHINESE_TWO)
    html = page(client, made, "en").content.decode()
    assert 'lang="zh-Hans"' in html and "not translated" in html


def test_one_version_alone_has_nothing_to_compare(client: Client):
    answer = page(client, factories.call())
    assert answer.status_code == 200 and "只有一个版本" in answer.content.decode()


def test_an_unpublished_version_is_not_there(client: Client, consultation):
    third = next_version(consultation, factories.CHINESE, publish=False)
    assert page(client, consultation, **{"from": "1", "to": str(third.number)}).status_code == 404
    assert page(client, consultation).context["new"].number == 2


def test_a_hidden_call_has_no_compare_page(client: Client):
    hidden = factories.call(live=False)
    next_version(hidden, CHINESE_TWO)
    assert page(client, hidden).status_code == 404


@pytest.mark.parametrize("query", [{"from": "9"}, {"to": "x"}, {"from": "-1", "to": "2"}])
def test_a_version_that_never_was_is_not_found(client: Client, consultation, query):
    assert page(client, consultation, **query).status_code == 404


def test_two_versions_the_wrong_way_round_are_explained(client: Client, consultation):
    answer = page(client, consultation, **{"from": "2", "to": "1"})
    assert answer.status_code == 200 and "无法比对" in answer.content.decode()


def test_versions_further_apart_are_compared_and_can_be_chosen(client: Client, consultation):
    next_version(consultation, factories.CHINESE.replace("五册", "八册"), factories.ENGLISH)
    html = page(client, consultation, **{"from": "1", "to": "3"}, view="inline").content.decode()
    assert "<del>五</del><ins>八</ins>册" in words(html) and "第三条：文字有改动" in html
    assert '<select id="from"' in html


def test_the_draft_page_leads_to_the_comparison(client: Client, consultation):
    with translation.override("zh-hans"):
        link, draft = (reverse(name, args=[consultation.slug]) for name in ("compare", "draft"))
    assert f'href="{link}"' in client.get(draft).content.decode()
    with translation.override("zh-hans"):
        other = reverse("draft", args=[factories.call().slug])
    assert "compare/" not in client.get(other).content.decode()


def test_the_page_costs_few_queries_whatever_the_size_of_the_draft(client: Client, django_assert_max_num_queries):
    articles = "\n".join(f"第{n}条　第{n}项内容应当在{n}日内公布，并说明理由。" for n in range(1, 80))
    made = factories.call(chinese="办法\n" + articles, english="")
    next_version(made, "办法\n" + articles.replace("理由", "依据"))
    with django_assert_max_num_queries(20):
        answer = page(client, made)
    assert answer.content.decode().count("<article") == 79


def test_every_sentence_about_a_link_is_whole(consultation):
    versions = comparing.published_versions(consultation.drafts.get())
    with translation.override("en"):
        found = comparing.compared(*versions, language="en")
        assert [article.sentences for article in found.articles] == [
            ("Article 1: unchanged",),
            ("Article 2: reworded",),
            ("Article 3: new",),
            ("Article 3 is now Article 4, in the same words",),
        ]
    assert comparing.compared(versions[1], versions[0], language="en") is None
    assert Version.objects.count() == 2
