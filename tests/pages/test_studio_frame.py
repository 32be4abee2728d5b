"""The Studio's frame: no names that only Wagtail knows, no inline script in a widget, what waits for whom."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput, AdminPageChooser, AdminTimeInput
from wagtail.images.widgets import AdminImageChooser
from wagtail.models import Page, Workflow

from consultations import actions
from consultations.drafts.reader import parse_text
from consultations.models import Consultation, ConsultationPage
from consultations.studio import waiting
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.pages.models import ArticlePage, HomePage, SectionPage
from tests.accounts.people import person, staff_client
from tests.consultations.factories import CHINESE, call, department

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


def test_groups_are_roles_and_the_only_workflow_is_that_of_releases():
    assert set(Group.objects.values_list("name", flat=True)) == set(Role)
    assert [task.specific.key for task in Workflow.objects.get().tasks] == ["head", "legal", "openness", "secrecy"]


def test_the_page_above_both_home_pages_reads_in_both_languages():
    assert Page.objects.get(depth=1).title == "民意通 Engage"


@pytest.mark.parametrize(
    ("widget", "start"),
    [
        (AdminDateInput(), "initDateChooser"),
        (AdminTimeInput(), "initTimeChooser"),
        (AdminDateTimeInput(), "initDateTimeChooser"),
        (AdminPageChooser(), "PageChooser"),
        (AdminImageChooser(), "ImageChooser"),
    ],
)
def test_fields_are_started_from_attributes(widget, start):
    html = widget.render("place", None, {"id": "id_place"})
    assert "<script" not in html
    element = re.search(r'<span hidden data-start="(\w+)" data-start-id="(\w+)" data-start-options="([^"]*)">', html)
    assert element[1] == start and element[2] == "id_place"
    assert isinstance(json.loads(element[3].replace("&quot;", '"').replace("&#x27;", "'")), dict)


def test_an_attribute_cannot_be_left():
    widget = AdminPageChooser(linked_fields={"match": '"><script>alert(1)</script>'})
    assert "<script" not in widget.render("place", None, {"id": "id_place"})


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.REVIEWER_LEGAL])
def test_settings_and_raw_lists_are_no_menu_of_editors(role):
    page = staff_client(role).get(reverse("wagtailadmin_home")).content.decode()
    assert '/studio/snippets/"' not in page and "/studio/reports/" not in page
    assert "/studio/settings/" not in page and "wagtail.org" not in page


def test_an_administrator_sets_the_office_and_nothing_that_breaks_the_installation():
    page = staff_client(Role.ADMINISTRATOR).get(reverse("wagtailadmin_home")).content.decode()
    assert "/studio/settings/pages/office/" in page and "/studio/users/" in page
    assert not any(f"/studio/{raw}/" in page for raw in ("sites", "locales", "groups", "workflows"))


# What waits


@pytest.fixture
def editor():
    return person(Role.EDITOR)


def test_a_call_that_closes_within_two_weeks_waits(editor):
    call(closes=timedelta(days=13), slug="soon")
    call(closes=timedelta(days=15), slug="later")
    call(closes=timedelta(days=-1), slug="over")
    with translation.override("en"):
        (found,) = waiting.closing_soon(editor)
    assert found.title == "Community library rules"
    assert found.url == reverse(
        "wagtailsnippets_consultations_consultation:edit", args=[Consultation.objects.get(slug="soon").pk]
    )


def test_a_call_without_a_text_waits_until_it_has_one(editor):
    whole = call()
    bare = Consultation.objects.create(
        slug="bare", department=department(), opens_at=whole.opens_at, closes_at=whole.closes_at
    )
    assert [found.title for found in waiting.without_text(editor)] == ["bare"]
    version = actions.store_draft(parse_text(CHINESE), actor=SYSTEM)
    actions.attach_draft(version.draft_id, bare, actor=SYSTEM)
    assert len(waiting.without_text(editor)) == 1
    actions.publish_version(version.pk, now=whole.opens_at, actor=SYSTEM)
    assert waiting.without_text(editor) == []


def test_a_call_without_a_public_page_waits_per_language(editor):
    call(live=False)
    assert len(waiting.without_page(editor)) == 2
    Consultation.objects.get().pages.filter(locale__language_code="en").update(live=True)
    with translation.override("en"):
        assert [found.note for found in waiting.without_page(editor)] == ["The Chinese page is not public"]


def test_only_the_newest_version_of_a_draft_waits(editor):
    version = call().drafts.get().published
    assert waiting.unpublished_texts(editor) == []
    for _time in range(2):
        actions.store_draft(parse_text(CHINESE), draft=version.draft, actor=SYSTEM)
    (found,) = waiting.unpublished_texts(editor)
    newest = version.draft.versions.order_by("-number").first()
    assert found.url == reverse("draft_version", args=[newest.pk])


@pytest.mark.parametrize("find", [group.find for group in waiting.GROUPS])
def test_nothing_waits_for_who_edits_nothing(find):
    call(closes=timedelta(days=3), live=False)
    actions.store_draft(parse_text(CHINESE), actor=SYSTEM)
    for actor in (ANYONE, person(Role.CITIZEN), person(Role.OFFICER), person(Role.REVIEWER_LEGAL)):
        assert find(actor) == []


def test_the_first_page_asks_no_more_for_more_calls(django_assert_max_num_queries, client):
    browser = staff_client(Role.EDITOR)
    for _number in range(3):
        call(closes=timedelta(days=3))
    browser.get(reverse("wagtailadmin_home"))
    with django_assert_max_num_queries(45):
        few = browser.get(reverse("wagtailadmin_home"))
    for _number in range(5):
        call(closes=timedelta(days=3))
    with django_assert_max_num_queries(45):
        many = browser.get(reverse("wagtailadmin_home"))
    assert many.content.count(b"/edit/") > few.content.count(b"/edit/")


def test_people_are_listed_with_roles_in_words():
    person(Role.REVIEWER_SECRECY, Role.ANALYST)
    administrator = staff_client(Role.ADMINISTRATOR)
    administrator.cookies["django_language"] = "en"
    page = administrator.get(reverse("wagtailusers_users:index")).content.decode()
    assert "Secrecy reviewer and Analyst" in page
    assert "reviewer_secrecy" not in page and "Username" not in page
    role = Group.objects.get(name=Role.ANALYST).pk
    found = administrator.get(reverse("wagtailusers_users:index"), {"group": role}).content.decode()
    assert "Secrecy reviewer and Analyst" in found


@pytest.mark.parametrize(
    ("address", "style"),
    [("/studio/", "style-src 'self'"), ("/studio/pages/", "style-src 'self' 'unsafe-inline'")],
)
def test_scripts_are_strict_everywhere_and_styles_but_for_the_page_editor(address, style):
    policy = staff_client(Role.EDITOR).get(address)["Content-Security-Policy"].split("; ")
    assert "script-src 'self'" in policy and style in policy


def test_only_the_preview_beside_the_editor_may_be_framed(client):
    page = call().pages.get(locale__language_code="en")
    assert "frame-ancestors 'none'" in client.get(f"/en/c/{page.slug}/")["Content-Security-Policy"]
    request = RequestFactory().get("/studio/pages/")
    preview = page.make_preview_request(request, page.default_preview_mode)
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert "script-src 'self'" in preview["Content-Security-Policy"]


@pytest.mark.parametrize("code", ["zh-hans", "en"])
def test_every_kind_of_page_has_a_preview(code):
    consultation = call()
    home = HomePage.objects.get(locale__language_code=code)
    section = home.add_child(instance=SectionPage(title="新闻", slug="news", locale=home.locale))
    section.add_child(instance=ArticlePage(title="消息", slug="first", locale=home.locale))
    request = RequestFactory().get("/studio/pages/")
    for page in home.get_descendants(inclusive=True).specific():
        if page.is_previewable():
            page.title = "还没有存下的标题" if not isinstance(page, HomePage) else page.title
            preview = page.make_preview_request(request, page.default_preview_mode)
            assert preview.status_code == 200, page
            if isinstance(page, ConsultationPage | ArticlePage | SectionPage):
                assert "还没有存下的标题" in preview.content.decode()
    assert consultation.pages.count() == 2
