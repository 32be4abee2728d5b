"""The outbox in a real browser: accessible on every screen; the page counts as the site does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from engage.accounts.actors import Role
from engage.outreach.delivery import actions, rules
from tests.accounts.people import person, sign_in
from tests.browser.looking import look
from tests.delivery.builders import channel, item, release
from tests.delivery.test_rules import MESSAGES, WEIGHTED

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COUNT = """async ([texts, measure, most, link]) => {
  const { count } = await import("/static/js/count-text.js");
  return texts.map((text) => {
    const { used, units, over } = count(text, measure, most, link);
    return [used, units, over];
  });
}"""


def test_the_screens_are_accessible_and_count_alike(live_server: Any, open_page: Callable[..., Page]) -> None:
    user = person(Role.ADMINISTRATOR)
    blog, article = channel("file", "short", name_en="Microblog"), channel("file", "article")
    sent = release(item(channel(), editor=user, languages=("zh-hans", "en")))
    actions.hand_over_due(now=sent.published_at)
    written = item(blog, article, channel("push", "push"), channel("file", "sms"), editor=user)
    session = sign_in(Client(), user).cookies["sessionid"].value
    cookies = {"cookies": [{"name": "sessionid", "value": session, "url": live_server.url}], "origins": []}
    variant = written.variants.get(channel=blog)
    paths = [
        f"desk/outbox/items/{written.pk}/{variant.pk}/",
        f"desk/outbox/items/{written.pk}/",
        f"desk/outbox/items/{written.pk}/previews/",
        f"desk/outbox/items/{sent.pk}/",
        f"desk/outbox/deliveries/{sent.deliveries.all()[0].pk}/",
        "desk/outbox/",
        "desk/outbox/channels/",
        f"desk/outbox/channels/{blog.pk}/",
        "desk/outbox/import/",
        "desk/queues/deliveries/?view=all",
        "zh/notices/",
        f"en/notices/{sent.pk}/",
    ]
    for place, path in enumerate(paths):
        width, language = (320, "zh-CN") if place % 2 else (1280, "en-GB")
        page = open_page(f"{live_server.url}/{path}", language=language, width=width, storage_state=cookies)
        assert look(page) == []
        if place:
            continue
        for texts, limit in (
            ([text for text, *_rest in WEIGHTED], rules.Limit(rules.X, 20, 23)),
            ([text for text, *_rest in WEIGHTED], rules.Limit(rules.WEIBO, 20, 20)),
            ([text for text, *_rest in WEIGHTED], rules.Limit(rules.BYTES, 9)),
            ([text for text, *_rest in MESSAGES], rules.Limit(rules.SMS, 1)),
        ):
            counted = [rules.count(text, limit) for text in texts]
            here = page.evaluate(COUNT, [texts, limit.measure, limit.most, limit.link_units])
            assert here == [[count.used, count.units, count.over] for count in counted]
        page.locator("#id_body").fill("好" * 141)
        assert page.locator("#count-body.err").inner_text().startswith("282 units")
