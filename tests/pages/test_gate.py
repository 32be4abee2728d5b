"""Pages at the gate: no path makes words live that were not signed, and what was changed behind it is not shown."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Page
from wagtail.rich_text import RichText

from engage.accounts.actions import demo_user
from engage.accounts.actors import Role
from engage.errors import Refused
from engage.pages.gate import check_live, release_page
from engage.pages.models import ArticlePage
from engage.pages.structure import ensure_structure
from engage.publishing import actions, gate
from engage.publishing.models import Release, Review
from tests.publishing.signing import sign_all
from tests.publishing.test_gate import person

pytestmark = pytest.mark.django_db
PUBLIC, SECRET = "每月第一个星期二开放。", "内部号码七四一二"


def article(*, released: bool = True) -> ArticlePage:
    home = ensure_structure()["zh-hans"]
    page = ArticlePage(title="助餐点", slug="meals", body=[("paragraph", RichText(f"<p>{PUBLIC}</p>"))])
    page.locale = home.locale
    home.add_child(instance=page)
    if released:
        release_page(page)
    return ArticlePage.objects.get(pk=page.pk)


def rewrite(page: ArticlePage, words: str = SECRET) -> ArticlePage:
    page.body = [("paragraph", RichText(f"<p>{words}</p>"))]
    page.save_revision(user=demo_user(Role.EDITOR))
    return page


def request(page: Page) -> Release:
    return gate.request("page", page, actor=demo_user(Role.EDITOR), now=timezone.now())


def read() -> str:
    client = Client()
    client.cookies["sessionid"] = "somebody"
    return client.get("/zh/meals/").content.decode()


def test_a_page_goes_live_with_its_last_key_and_not_before():
    page = article(released=False)
    release = request(page)
    assert PUBLIC not in read()
    assert {form.name.partition(":")[0] for form in release.forms.all()} == {"content", "page", "feed"}
    assert PUBLIC in release.forms.get(name=f"page:{page.pk}").text
    sign_all(release)
    assert PUBLIC in read()


PATHS = {
    "publish the revision": lambda page: rewrite(page).get_latest_revision().publish(),
    "publish as a user who may": lambda page: (
        rewrite(page).get_latest_revision().publish(user=demo_user(Role.ADMINISTRATOR))
    ),
    "save the live row": lambda page: (setattr(page, "title", SECRET), page.save()),
    "save one column": lambda page: (setattr(page, "title", SECRET), page.save(update_fields=["title"])),
    "publish by the scheduled job": lambda page: (
        page.revisions.filter(pk=rewrite(page).latest_revision_id).update(approved_go_live_at=timezone.now()),
        page.revisions.order_by("-pk").first().publish(),
    ),
    "revert to an old revision": lambda page: (
        rewrite(page),
        page.revisions.order_by("-pk").first().as_object().save_revision(previous_revision=page.get_latest_revision()),
        page.get_latest_revision().publish(previous_revision=page.revisions.order_by("-pk").first()),
    ),
}


@pytest.mark.parametrize("path", PATHS)
def test_no_path_makes_other_words_live(path):
    page = article()
    with pytest.raises(Refused, match="release_needed"):
        PATHS[path](page)
    assert PUBLIC in read() and SECRET not in read()


def test_a_copy_and_a_translation_begin_as_drafts():
    page = article()
    copy = page.copy(update_attrs={"slug": "copy"}, keep_live=True)
    assert not Page.objects.get(pk=copy.pk).live
    translation = page.copy_for_translation(ensure_structure()["en"].locale, copy_parents=True)
    assert not Page.objects.get(pk=translation.pk).live
    alias = page.create_alias(update_slug="alias")
    assert not Page.objects.get(pk=alias.pk).live


def test_what_is_changed_behind_the_models_is_not_shown():
    page = article()
    Page.objects.filter(pk=page.pk).update(title=SECRET)
    assert SECRET not in read()
    hidden = ArticlePage(title=SECRET, slug="hidden", locale=page.locale)
    page.get_parent().add_child(instance=hidden)
    Page.objects.filter(pk=hidden.pk).update(live=True)
    assert Client().get("/zh/hidden/").status_code == 404
    assert SECRET not in Client().get("/sitemap.xml").content.decode()


def test_an_edit_while_it_is_reviewed_voids_what_was_signed():
    page = article(released=False)
    release = request(page)
    review = release.reviews.get(key="legal")
    actions.decide(
        review.pk,
        "open",
        content_hash=release.content_hash,
        now=timezone.now(),
        actor=person(Role.REVIEWER_LEGAL),
    )
    rewrite(page)
    gate.touched("page", page, actor=demo_user(Role.EDITOR))
    review.refresh_from_db()
    assert review.state == Review.State.VOID and f"content:{page.pk}" in review.void_reason


def test_a_page_taken_down_comes_back_through_the_gate_only():
    page = article()
    page.unpublish()
    with pytest.raises(Refused, match="release_needed"):
        page.get_latest_revision().publish()
    sign_all(request(page))
    assert PUBLIC in read()


def test_a_scheduled_page_opens_at_its_time_with_all_keys():
    page = article(released=False)
    at = timezone.now() + timedelta(hours=2)
    release = gate.request("page", page, actor=demo_user(Role.EDITOR), now=timezone.now(), release_at=at)
    sign_all(release)
    assert PUBLIC not in read()
    assert actions.release_due(now=at) == 1
    assert PUBLIC in read()


def test_the_check_of_a_page_costs_at_most_three_queries(django_assert_max_num_queries):
    page = article()
    with django_assert_max_num_queries(3):
        check_live(page)
