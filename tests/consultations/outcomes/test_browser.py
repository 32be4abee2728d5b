"""The outcome builder, what waits for reviews, and a sender's answer in a real browser: axe, nothing off the side."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from engage.accounts.actions import demo_user
from engage.accounts.actors import Role
from tests.browser.looking import look
from tests.consultations.factories import comment
from tests.consultations.outcomes.builders import close, decided_call, point, published, submitted, written

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sign_in(live_server, open_page):
    """Return sign_in(role, **options) -> Page at the desk."""

    def enter(role: Role, **options) -> Page:
        page = open_page(f"{live_server.url}/en/accounts/demo/?next=/desk/outcomes/", **options)
        with page.expect_navigation():
            page.locator(f"button[value={role}]").click()
        return page

    return enter


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en-GB", 320)])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(live_server, open_page, sign_in, language, width):
    site, prefix = live_server.url, "zh" if language == "zh-CN" else "en"
    editor = demo_user(Role.EDITOR)
    empty, draft, handed_in, answered = decided_call(), decided_call(), decided_call(), decided_call()
    written(draft, author=editor)
    draft.comments.first().points.get().codings.all().delete()
    submitted(handed_in, author=editor)
    type(answered).objects.filter(pk=answered.pk).update(closes_at=timezone.now() + timedelta(days=1))
    made, sent, code = comment(answered, text="周末也应当开放，最好到晚上九点。")
    point(made, answered.themes.get(name="周末开放"))
    close(answered)
    published(answered)
    options = {"language": language, "width": width}
    reader = open_page(f"{site}/{prefix}/track/", **options)
    reader.locator("#id_reference").fill(sent.reference)
    reader.locator("#id_code").fill(code)
    with reader.expect_navigation():
        reader.locator("main form button.btn-go").first.click()
    desk = f"{site}/desk/outcomes/"
    walks = [
        (
            sign_in(Role.EDITOR, **options),
            [
                desk,
                f"{desk}{empty.slug}/",
                f"{desk}{draft.slug}/",
                f"{desk}{draft.slug}/texts/zh-hans/",
                f"{desk}{draft.slug}/texts/en/",
                f"{desk}{draft.slug}/clauses/art_2/",
                f"{desk}{draft.slug}/themes/",
                f"{desk}{draft.slug}/preview/zh-hans/",
                f"{desk}{answered.slug}/",
            ],
        ),
        (
            sign_in(Role.APPROVER, **options),
            [desk, f"{desk}{handed_in.slug}/", f"{desk}{handed_in.slug}/preview/en/", f"{desk}?view=published"],
        ),
        (reader, [f"{site}/{prefix}/track/{sent.reference}/", f"{site}/{prefix}/receipt/{sent.reference}/"]),
    ]
    wrong = []
    for page, addresses in walks:
        for address in addresses:
            answer = page.goto(address)
            assert answer.status == 200, address
            wrong += look(page)
    assert not wrong, "\n".join(wrong)
