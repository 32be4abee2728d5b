"""The outbox at the desk, by forms alone: written, fitted, handed in, followed in the ledger; tables taken in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.outreach.delivery import actions
from engage.outreach.delivery.models import Channel, Delivery, Item, Message
from engage.publishing import gate
from tests.accounts.people import person
from tests.delivery.builders import channel, item, release, row_of
from tests.delivery.receivers import receiver
from tests.security.test_url_matrix import show_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    show_second_factor(client)
    return client


def read(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return response.content.decode()


def revision(one: Item) -> int:
    return Item.objects.values_list("revision", flat=True).get(pk=one.pk)


def test_an_editor_writes_fits_and_hands_in_by_forms_alone() -> None:
    blog, site = channel("file", "short", name_en="Microblog"), channel(name_en="Notices")
    editor = signed_in(person(Role.EDITOR))
    begun = editor.post(reverse("outbox_begin"), {"subject": ""})
    one = Item.objects.get()
    url = reverse("outbox_item", args=[one.pk])
    assert begun.headers["Location"] == url
    fields = {
        "title_zh-hans": "图书馆条例征求意见", "summary_zh-hans": "你怎么看？", "url_zh-hans": "/zh/c/",
        "title_en": "Library rules", "summary_en": "What do you say?", "url_en": "ftp://a.example/",
        "department": "", "send_at": "", "revision": revision(one),
    }  # fmt: skip
    wrong = editor.post(url, fields)
    assert (wrong.status_code, "/path for a page of this site" in wrong.content.decode()) == (422, True)
    assert "What do you say?" in wrong.content.decode()
    assert editor.post(url, fields | {"url_en": "/en/c/", "send_at": "tomorrow"}).status_code == 422
    assert editor.post(url, fields | {"url_en": "/en/c/", "send_at": "2027-01-05T09:30"}).status_code == 302
    pairs = [f"{blog.pk}:zh-hans", f"{site.pk}:zh-hans", f"{site.pk}:en"]
    chosen = editor.post(reverse("outbox_choose", args=[one.pk]), {"pairs": pairs, "revision": revision(one)})
    assert chosen.status_code == 302
    page = read(editor, url)
    assert "Nothing is missing" in page and page.count('">first version<') == 3
    variant = one.variants.get(channel=blog)
    at = reverse("outbox_variant", args=[one.pk, variant.pk])
    page = read(editor, at)
    assert 'data-measure="weibo"' in page and "of 280 units" in page
    given = {"body": "好" * 150, "send_at": "", "revision": revision(one)}
    assert editor.post(at, given).status_code == 302
    page = read(editor, at)
    assert "300 units, and 280 are allowed: cut 20, that is 10 Chinese characters" in page
    refused = editor.post(reverse("outbox_submit", args=[one.pk]), {"revision": revision(one)})
    assert refused.status_code in (409, 422) and "cut 20" in refused.content.decode()
    assert (
        editor.post(reverse("outbox_reset", args=[one.pk, variant.pk]), {"revision": revision(one)}).status_code == 302
    )
    assert "你怎么看" in read(editor, reverse("outbox_previews", args=[one.pk]))
    assert editor.post(reverse("outbox_submit", args=[one.pk]), {"revision": revision(one)}).status_code == 302
    handed = gate.release_of(actions.KIND, one)
    assert reverse("release", args=[handed.pk]) in read(editor, url)
    assert Delivery.objects.count() == 0
    stale = editor.post(reverse("outbox_choose", args=[one.pk]), {"pairs": [], "revision": 0})
    assert stale.status_code == 409 and one.variants.count() == 3


def test_the_html_of_an_article_is_shown_in_a_frame_that_can_do_nothing() -> None:
    one = item(channel("file", "article"), editor=(user := person(Role.EDITOR)))
    editor = signed_in(user)
    variant = one.variants.get()
    assert "<iframe" in read(editor, reverse("outbox_variant", args=[one.pk, variant.pk]))
    response = editor.get(reverse("outbox_page_preview", args=[one.pk, variant.pk]))
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox" in policy and "script-src 'none'" in policy and "frame-ancestors 'self'" in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_ledger_is_a_queue_with_retry_and_a_page_a_delivery() -> None:
    to = channel("push", "push", name_en="Push")
    one = release(item(to))
    now = timezone.now()
    actions.hand_over_due(now=now)
    row = row_of(one)
    if row.state != "failed":  # where a room sends pushes already, nothing failed
        Delivery.objects.filter(pk=row.pk).update(state="failed", reason="sender_missing", due_at=now)
    editor = signed_in(person(Role.EDITOR))
    queue = reverse("desk_queue", args=["deliveries"])
    page = read(editor, f"{queue}?view=failed&channel={to.code}")
    assert "No part of the site writes to followers on this way" in page
    retried = editor.post(reverse("desk_act", args=["deliveries"]), {"act": f"retry/{row.pk}", "back": "view=failed"})
    assert retried.status_code == 302
    assert row_of(one).state == "scheduled"
    page = read(editor, reverse("outbox_delivery", args=[row.pk]))
    assert str(row.key) in page and row.sha256 in page
    export = editor.get(reverse("outbox_export", args=[row.pk]))
    assert (export.content.decode(), export.headers["X-Content-SHA256"]) == (row.content, row.sha256)
    assert "attachment" in export.headers["Content-Disposition"]
    assert signed_in(person(Role.OFFICER)).get(reverse("outbox_delivery", args=[row.pk])).status_code == 404


def test_an_administrator_sets_a_webhook_up_probes_it_and_changes_its_secret(settings: Any) -> None:
    admin = signed_in(person(Role.ADMINISTRATOR))
    new = f"{reverse('outbox_channel_new')}?kind=webhook:short"
    fields = {
        "code": "hook", "name_zh": "甲", "name_en": "Hook", "enabled": "on", "measure": "weibo", "most": "280",
        "link_units": "20", "opens": "", "closes": "", "position": "0", "config_secret": "a-secret-of-some-length",
    }  # fmt: skip
    with receiver() as other:
        refused = admin.post(new, fields | {"config_url": "https://10.0.0.1/"})
        assert (refused.status_code, "closed network" in refused.content.decode()) == (422, True)
        settings.OUTBOUND_HOSTS, settings.OUTBOUND_HTTP = [other.host], True
        assert admin.post(new, fields | {"config_url": other.url}).status_code == 302
        made = Channel.objects.get(code="hook")
        page = read(admin, reverse("outbox_channel", args=[made.pk]))
        assert "a-secret-of-some-length" not in page and other.url in page
        assert "The channel can be used." in admin.post(reverse("outbox_probe", args=[made.pk])).content.decode()
        assert other.heard[0].body == b'{"probe":true}'
        other.answer = lambda heard: (500, {}, b"")
        assert "status 500" in admin.post(reverse("outbox_probe", args=[made.pk])).content.decode()
    shown = admin.post(reverse("outbox_secret", args=[made.pk]), {"do": "change"}).content.decode()
    assert "The new secret is shown this once" in shown and "Drop the former one" in shown
    assert admin.post(reverse("outbox_secret", args=[made.pk]), {"do": "drop"}).status_code == 302
    again = admin.post(new, fields | {"config_url": "https://hook.example/"})
    assert again.status_code == 409


def test_an_officer_takes_a_table_in_and_deals_with_the_messages() -> None:
    officer = signed_in(person(Role.OFFICER))
    url = reverse("outbox_import")

    def upload(text: str, channel: str = "weibo") -> Any:
        return officer.post(url, {"channel": channel, "file": SimpleUploadedFile("a.csv", text.encode("gb18030"))})

    wrong = upload("编号,内容,时间\nm1,路灯坏了,昨天\nm2,好的,2026-03-09\n")
    page = wrong.content.decode()
    assert wrong.status_code == 422 and "昨天" in page and Message.objects.count() == 0
    file = officer.get(re.search(r'href="(/desk/outbox/import/errors/[^"]+)"', page)[1])
    assert "m1,路灯坏了,昨天" in file.content.decode() and "m2" not in file.content.decode()
    assert upload("编号,内容\nm1,路灯坏了\n", "web site").status_code == 422
    page = upload("编号,内容,作者\nm1,路灯坏了三天,市民甲\n").content.decode()
    assert "路灯坏了三天" in page and Message.objects.count() == 0
    token = re.search(r'name="waiting" value="([^"]+)"', page)[1]
    for _turn in range(2):
        done = officer.post(url, {"waiting": token}, follow=True)
        assert "1 message was taken in" in done.content.decode()
    assert Message.objects.get().submission.channel == "import:weibo"
    page = upload("编号,内容,作者\nm1,路灯坏了三天,市民甲\n").content.decode()
    token = re.search(r'name="waiting" value="([^"]+)"', page)[1]
    assert "was known before" in officer.post(url, {"waiting": token}, follow=True).content.decode()
    assert officer.post(url, {"waiting": "forged"}).status_code == 409
    queue = read(officer, reverse("desk_queue", args=["channel-messages"]))
    assert "路灯坏了三天" in queue and "市民甲" in queue
    pk = Message.objects.get().pk
    officer.post(reverse("desk_act", args=["channel-messages"]), {"act": f"done/{pk}", "back": "view=new"})
    assert Message.objects.get().done_at is not None
    assert "路灯坏了三天" in read(officer, reverse("desk_queue", args=["channel-messages"]) + "?view=done")
