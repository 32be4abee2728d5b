"""The desk of the gate in a real browser: accessible in both themes, whole on a phone, by keys and without scripts."""

import pytest
from django.test import Client
from django.urls import reverse

from engage.publishing.models import Release, Review
from tests.browser.looking import look
from tests.publishing.gated import KIND

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]
HTML = "<h1>公告</h1><script>document.title='x'</script><p>门开到九点。</p>"


def cookie(client: Client, site: str) -> dict[str, str]:
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 360), ("en-GB", 1280)])
def test_axe_finds_nothing_and_nothing_is_cut_off(desk, live_server, open_page, language, width):
    desk.topic.name_zh = HTML
    desk.topic.save()
    desk.sign(desk.request(), "head", "legal", "openness", "secrecy")
    desk.topic.name_zh = HTML.replace("九", "十")
    desk.topic.save()
    release = desk.sign(desk.request(), "head", "openness")
    page = open_page(f"{live_server.url}/desk/", language=language, width=width)
    page.context.add_cookies([cookie(desk.client("legal"), live_server.url)])
    wrong = []
    for address in (
        reverse("release_desk"),
        reverse("release", args=[release.pk]),
        reverse("release_audit"),
        reverse("release_hand_in", args=[KIND, desk.topic.pk]),
    ):
        page.goto(live_server.url + address)
        wrong += look(page)
    assert wrong == []
    page.goto(live_server.url + reverse("release", args=[release.pk]))
    frame = page.frame_locator("iframe.outgoing")
    assert frame.locator("p").inner_text() == "门开到十点。"


def test_a_reviewer_reads_and_signs_by_keys_and_another_without_scripts(desk, live_server, open_page):
    release = desk.request()
    page = open_page(f"{live_server.url}/desk/", language="en-GB")
    page.context.add_cookies([cookie(desk.client("legal"), live_server.url)])
    page.goto(live_server.url + reverse("release_desk"))
    page.locator("html[data-bound]").wait_for(state="attached")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/release/{release.pk}/")
    page.locator("html[data-bound]").wait_for(state="attached")
    page.keyboard.press("n")
    page.wait_for_url("**form=*")
    page.locator("input[name=decision][value=open]").check()
    page.locator("#id_read").check()
    page.locator("form[action*=decide] .btn-go").click()
    page.locator(".banner-ok").wait_for()
    assert Review.objects.get(release=release, key="legal").decision == "open"
    plain = open_page(f"{live_server.url}/desk/", language="en-GB", javascript=False, width=360)
    plain.context.add_cookies([cookie(desk.client("secrecy"), live_server.url)])
    plain.goto(live_server.url + reverse("release", args=[release.pk]))
    plain.locator("input[name=decision][value=return]").check()
    plain.locator("#id_comment").fill("Name the hours.")
    plain.locator("form[action*=decide] .btn-go").click()
    plain.locator(".banner-ok").wait_for()
    assert Release.objects.get(pk=release.pk).state == Release.State.RETURNED
