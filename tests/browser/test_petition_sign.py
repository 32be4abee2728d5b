"""Journey J2 in a browser with real mail: sign, look into the mail, confirm, see the number, end letters, withdraw.

A link scanner opens the link of the letter before its reader does, and signs nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from mailbox.petitions.actions import counting
from mailbox.petitions.models import Signature
from tests.browser.test_petition_start import at_ease, link_for, signed_by, sink
from tests.petitions import factories
from tests.smtp_sink import SmtpSink

__all__ = ["sink"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = {"zh": "王芳", "en": "Wang Fang"}
WORDS = {
    "zh": {"title": "加装坡道"},
    "en": {"title": "Fit ramps", "action": "Fit a ramp at every entrance.", "background": "There are only steps."},
}


@pytest.mark.parametrize(
    ("language", "locale", "width", "scripts"), [("zh", "zh-CN", 360, False), ("en", "en-GB", 1280, True)]
)
def test_a_petition_is_signed_by_mail(
    live_server,
    open_page: Callable[..., Page],
    sink: SmtpSink,
    language: str,
    locale: str,
    width: int,
    scripts: bool,
):
    code = {"zh": "zh-hans", "en": "en"}[language]
    of = factories.petition(now=timezone.now(), language=code, **WORDS[language])
    site = f"{live_server.url}/{language}/petitions/"
    page = open_page(f"{site}{of.pk}/sign/", language=locale, width=width, javascript=scripts)

    def fine() -> None:
        if scripts:
            at_ease(page)

    fine()
    page.locator("main form button.btn-go").click()
    expect(page.locator(".errors a").first).to_be_visible()
    fine()
    signed_by(page, NAMES[language], "wrong@example.org")
    page.locator("#id_news").check()
    page.locator("main form button.btn-go").click()
    expect(page.locator(".lede")).to_contain_text("wrong@example.org")
    page.reload()
    fine()
    page.locator("#id_email").fill("fang@example.org")
    page.locator("button[value=correct]").click()
    expect(page.locator(".lede")).to_contain_text("fang@example.org")
    reference = page.locator(".facts .ref").first.inner_text()

    link = link_for(sink, "fang@example.org")
    assert not Signature.objects.counted().exists()
    page.goto(link)
    fine()
    page.locator("main form button.btn-go").click()
    page.wait_for_url("**/done/")
    assert Signature.objects.counted().count() == 1
    counting.roll_up(timezone.now())
    page.reload()
    expect(page.locator(".lede")).to_contain_text("1")
    fine()
    page.goto(link)
    expect(page.locator("main form")).to_have_count(0)
    fine()

    page.goto(f"{site}signatures/{reference}/")
    page.locator("button[value=no_news]").click()
    expect(page.locator("button[value=news]")).to_be_visible()
    fine()
    page.locator("button[value=withdraw]").click()
    fine()
    page.locator("[role=alert] form button.btn-go").click()
    expect(page.locator("button[value=withdraw]")).to_have_count(0)
    fine()
    assert not Signature.objects.counted().exists()
