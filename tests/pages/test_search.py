"""Pages of the tree are found, in parts when they are long, and only while everybody may read them."""

import re

import pytest
from wagtail.models import PageViewRestriction
from wagtail.rich_text import RichText

from engage.errors import Refused
from engage.pages.gate import release_page
from engage.pages.models import ArticlePage, SectionPage
from engage.pages.structure import ensure_structure
from engage.search import queries
from engage.search.models import SearchEntry

pytestmark = pytest.mark.django_db


def article(title: str, *paragraphs: str, live: bool = True) -> ArticlePage:
    home = ensure_structure()["zh-hans"]
    body = [("paragraph", RichText(f"<p>{words}</p>")) for words in paragraphs]
    page = home.add_child(instance=ArticlePage(title=title, intro="说明一句。", body=body, locale=home.locale))
    if live:
        release_page(page)
    return page


def found(words: str) -> list[str]:
    return [re.sub(r"<[^>]*>", "", hit.title) for hit in queries.search(words).items]


def test_two_characters_of_a_page_are_enough():
    article("养老规划", "全市每个街道建一处<b>助餐点</b>。")
    assert found("助餐") == ["养老规划"]
    assert found("规划") == ["养老规划"]


def test_the_end_of_a_long_page_is_found_too():
    article("五年规划", *["一段不短的话。" * 200] * 60, "最后一句说到了图书馆。")
    assert found("图书馆") == ["五年规划"]
    assert SearchEntry.objects.filter(title="五年规划").count() > 1


def test_a_hidden_page_is_not_found():
    page = article("内部事项", "还没有公开的助浴点。", live=False)
    assert found("助浴") == []
    page.live = True
    with pytest.raises(Refused, match="release_needed"):
        page.save()
    page.live = False
    release_page(page)
    assert found("助浴") == ["内部事项"]
    ArticlePage.objects.get(pk=page.pk).unpublish()
    assert found("助浴") == []


def test_a_page_under_a_restriction_is_not_shown():
    page = article("限制阅读", "只给有口令的人看的助浴点。")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.PASSWORD, password="x")
    assert found("助浴") == []


def test_a_deleted_page_leaves_the_index():
    page = article("要删的页面", "临时的助浴点。")
    page.delete()
    assert not SearchEntry.objects.filter(title="要删的页面").exists()


def test_a_section_is_found_by_its_introduction():
    home = ensure_structure()["zh-hans"]
    words = SectionPage(title="新闻", intro="这里登助餐点的新消息。", locale=home.locale)
    release_page(home.add_child(instance=words))
    assert found("助餐") == ["新闻"]
