"""Items and variants: written, handed in, signed on their exact bytes, frozen; what the public reads of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.outreach import subjects
from engage.outreach.delivery import actions, configuration, queries
from engage.outreach.delivery.actions.writing import Text
from engage.outreach.delivery.models import Channel, Delivery, Item, Variant
from engage.publishing import actions as gate_actions
from engage.publishing.models import Release, Review
from engage.search.queries import search
from tests.accounts.people import person
from tests.delivery.builders import WORDS, channel, item, release, sign_all

pytestmark = pytest.mark.django_db


def revision(one: Item) -> int:
    return Item.objects.values_list("revision", flat=True).get(pk=one.pk)


def handed_in(one: Item, editor: Any) -> Release:
    return actions.submit(one.pk, revision=revision(one), now=timezone.now(), actor=editor)


def test_nothing_enters_the_ledger_before_every_key_is_turned() -> None:
    editor = person(Role.EDITOR)
    one = item(channel(), channel("file", "short"), editor=editor, languages=("zh-hans", "en"))
    handed = handed_in(one, editor)
    names = set(handed.forms.values_list("name", flat=True))
    assert names == {f"variant:{v.channel.code}:{v.language}" for v in one.variants.select_related("channel")}
    sign_all(handed, keys=("head", "legal", "openness"))
    actions.hand_over_due(now=timezone.now() + timedelta(days=9))
    assert (Delivery.objects.count(), list(queries.notices("zh-hans"))) == (0, [])
    sign_all(handed, keys=("secrecy",))
    hashes = dict(handed.forms.values_list("name", "sha256"))
    assert {f"variant:{row.channel.code}:{row.language}": row.sha256 for row in Delivery.objects.all()} == hashes
    assert list(queries.notices("zh-hans")) == []  # its moment has come, the worker has not
    actions.hand_over_due(now=timezone.now())
    assert queries.notice(one.pk, "en").title == WORDS["en"].title


def test_an_edit_voids_what_was_signed_and_a_release_cannot_be_edited() -> None:
    editor = person(Role.EDITOR)
    one = item(channel(), editor=editor)
    handed = handed_in(one, editor)
    sign_all(handed, keys=("head", "legal"))
    variant = one.variants.get()
    actions.write_variant(
        variant.pk, title="另一个题目", body="另一段话。", send_at=None, revision=revision(one), actor=editor
    )
    assert Review.objects.filter(release=handed, state="void").count() == 2
    sign_all(handed)
    assert Item.objects.get(pk=one.pk).is_released
    for change in (
        lambda: actions.write_variant(variant.pk, title="三", body="三", send_at=None, revision=99, actor=editor),
        lambda: actions.choose_channels(one.pk, [], revision=99, actor=editor),
        lambda: actions.delete_item(one.pk, revision=99, actor=editor),
    ):
        with pytest.raises(Refused, match="item_released"):
            change()
    # Rows that were changed past every action reach nobody: what goes out was frozen.
    Variant.objects.update(title="改了", body="改了")
    actions.hand_over_due(now=timezone.now())
    assert queries.notice(one.pk, "zh-hans").title == "另一个题目"


def test_a_writer_signs_nothing() -> None:
    editor = person(Role.EDITOR, Role.APPROVER)
    one = item(channel(), editor=editor)
    handed = handed_in(one, person(Role.EDITOR))
    review = handed.reviews.get(key="head")
    with pytest.raises(Refused, match="sign_off_own"):
        gate_actions.decide(review.pk, "open", content_hash=handed.content_hash, now=timezone.now(), actor=editor)


def test_what_is_over_its_limit_is_refused_with_the_count() -> None:
    editor = person(Role.EDITOR)
    to = channel("file", "short", name_en="Microblog")
    one = item(to, editor=editor)
    variant = one.variants.get()
    actions.write_variant(variant.pk, title="", body="好" * 141, send_at=None, revision=revision(one), actor=editor)
    with pytest.raises(Refused, match="release_incomplete") as caught:
        handed_in(one, editor)
    assert "282" in str(caught.value.values["lacks"]) and "280" in str(caught.value.values["lacks"])
    actions.write_variant(variant.pk, title="", body="好" * 140, send_at=None, revision=revision(one), actor=editor)
    assert handed_in(one, editor).is_open


def test_variants_follow_the_item_until_somebody_writes_in_them() -> None:
    editor = person(Role.EDITOR)
    one = item(channel(), channel("file", "short"), editor=editor)
    first, second = one.variants.order_by("pk")
    actions.write_variant(
        first.pk, title="自己的", body="自己的话。", send_at=None, revision=revision(one), actor=editor
    )
    actions.write_item(
        one.pk,
        texts={"zh-hans": Text("新题", "新话。", "https://a.example/")},
        topics=[],
        department_id=None,
        send_at=None,
        revision=revision(one),
        actor=editor,
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.title, second.body) == ("自己的", "【新题】新话。 https://a.example/")
    actions.follow_item(first.pk, revision=revision(one), actor=editor)
    first.refresh_from_db()
    assert (first.title, first.edited) == ("新题", False)


def test_two_editors_do_not_overwrite_one_another() -> None:
    editor = person(Role.EDITOR)
    one = item(channel(), editor=editor)
    seen = revision(one)
    actions.choose_channels(one.pk, [], revision=seen, actor=editor)
    with pytest.raises(Refused, match="item_changed_meanwhile"):
        actions.choose_channels(one.pk, [], revision=seen, actor=person(Role.EDITOR))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example/", "ftp://a.example/", "https://a b/"])
def test_a_link_is_one_of_a_page(url: str) -> None:
    with pytest.raises(Refused, match="outbox_address_wrong"):
        item(channel(), texts={"zh-hans": Text("题", "话", url)})


def test_an_item_about_a_thing_takes_its_words_from_its_registry() -> None:
    def find(id: str, language: str, actor: Any) -> subjects.Shown | None:
        return subjects.Shown(f"{id} {language}", f"/x/{id}/", "摘要") if id == "7" else None

    subjects.register(subjects.Kind("test-thing", "thing", find=find))
    try:
        to = channel()
        one = item_about(("test-thing", "7"), to)
        assert [text.title for text in one.texts.all()] == ["7 zh-hans", "7 en"]
        assert one.variants.count() == 2
        with pytest.raises(Refused, match="subject_gone"):
            item_about(("test-thing", "8"), to)
        with pytest.raises(Refused, match="subject_gone"):
            item_about(("no-such-kind", "7"), to)
    finally:
        subjects.unregister("test-thing")


def item_about(subject: tuple[str, str], to: Channel) -> Item:
    return actions.open_item(subject=subject, channels=[to.pk], actor=person(Role.EDITOR))


def test_taking_back_stops_what_was_not_sent_and_hides_the_notice() -> None:
    site, to = channel(), channel("file", "short")
    one = item(site, to)
    variant = one.variants.get(channel=to)
    Variant.objects.filter(pk=variant.pk).update(send_at=timezone.now() + timedelta(days=1))
    one = release(one)
    actions.hand_over_due(now=timezone.now())
    assert queries.notice(one.pk, "zh-hans") and found("图书馆条例")
    actions.unpublish(one, now=timezone.now(), actor=SYSTEM)
    assert queries.notice(one.pk, "zh-hans") is None and not found("图书馆条例")
    assert set(one.deliveries.values_list("state", flat=True)) == {"acknowledged", "given_up"}
    assert actions.hand_over_due(now=timezone.now() + timedelta(days=9)) == 0
    assert list(Item.objects.visible_to(ANYONE)) == []


def found(words: str) -> list[Any]:
    return [hit for hit in search(words, language="zh-hans").items if "notices" in hit.url]


def test_notices_are_pages_a_feed_and_found(client: Any) -> None:
    feed = channel("feed", "site", code="partners")
    one = release(item(channel(), feed, languages=("zh-hans", "en")))
    draft = item(channel(), texts={"zh-hans": Text("未放行的题目", "未放行的话。", "")})
    actions.hand_over_due(now=timezone.now())
    for path, word in (
        ("/zh/notices/", "图书馆条例征求意见"),
        (f"/zh/notices/{one.pk}/", "开放时间写进办法"),
        (f"/en/notices/{one.pk}/", "Opening hours"),
        ("/zh/notices/feed.atom", "图书馆条例征求意见"),
        ("/en/notices/feed/partners.atom", "Library rules"),
        ("/sitemap.xml", f"/zh/notices/{one.pk}/"),
    ):
        response = client.get(path)
        assert (response.status_code, word in response.content.decode()) == (200, True), path
        assert "未放行" not in response.content.decode()
    assert found("图书馆条例") and not found("未放行")
    assert client.get(f"/zh/notices/{draft.pk}/").status_code == 404
    assert client.get("/zh/notices/feed/none.atom").status_code == 404


def test_a_share_image_is_drawn_for_what_everybody_sees_and_for_nothing_else(client: Any) -> None:
    one = release(item(channel()))
    url = f"/share/zh/notice/{one.pk}.png"
    assert client.get(url).status_code == 404
    actions.hand_over_due(now=timezone.now())
    drawn = client.get(url)
    assert (drawn.status_code, drawn.headers["Content-Type"]) == (200, "image/png")
    assert drawn.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(drawn.content[16:20]), int.from_bytes(drawn.content[20:24])) == (1200, 630)
    again = client.get(url, headers={"If-None-Match": drawn.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(url, headers={"If-None-Match": '"x",' * 5_000}).status_code == 200
    for other in (f"/share/en/notice/{one.pk}.png", "/share/xx/notice/1.png", "/share/zh/none/1.png"):
        assert client.get(other).status_code == 404
    page = client.get(f"/zh/notices/{one.pk}/").content.decode()
    assert f'property="og:image" content="http://127.0.0.1:8000{url}"' in page.replace("testserver", "127.0.0.1:8000")
    home = client.get("/share/zh/page/_.png")
    assert home.status_code == 200


def test_channels_are_set_up_by_administrators_and_keep_their_secrets() -> None:
    admin = person(Role.ADMINISTRATOR)
    config = {"url": "https://hook.example/", "secret": "first-secret-0123"}
    to = actions.save_channel(
        "hook", adapter="webhook", form="short", row={"name_zh": "甲", "name_en": "A"}, config=config, actor=admin
    )
    assert (
        "first-secret-0123" not in Channel.objects.raw("SELECT id, settings_sealed AS raw FROM delivery_channel")[0].raw
    )
    made = actions.change_secret(to.pk, actor=admin)
    to.refresh_from_db()
    assert configuration.of(to) == config | {"secret": made, "old_secret": "first-secret-0123"}
    same = actions.save_channel(
        "hook", adapter="webhook", form="short", row={}, config=config | {"secret": ""}, actor=admin
    )
    assert configuration.of(same)["secret"] == made
    actions.drop_old_secret(to.pk, actor=admin)
    to.refresh_from_db()
    assert "old_secret" not in configuration.of(to)
    for bad, code in (
        ({"url": "https://127.0.0.1/", "secret": "x" * 16}, "outbound_host_closed"),
        ({"url": "http://hook.example/", "secret": "x" * 16}, "outbound_scheme"),
        ({"url": "https://hook.example/", "secret": "short"}, "channel_secret_short"),
        ({"url": "", "secret": "x" * 16}, "channel_field_missing"),
    ):
        with pytest.raises(Refused, match=code):
            actions.save_channel("bad", adapter="webhook", form="short", row={}, config=bad, actor=admin)
    for row, code in (({"most": 0}, "channel_limit"), ({"measure": "sms"}, "channel_limit")):
        with pytest.raises(Refused, match=code):
            actions.save_channel("bad", adapter="file", form="short", row=row, config={}, actor=admin)
    with pytest.raises(Refused, match="channel_form"):
        actions.save_channel("bad", adapter="push", form="sms", row={}, config={}, actor=admin)
    with pytest.raises(Refused, match="not_allowed"):
        actions.save_channel("bad", adapter="site", form="site", row={}, config={}, actor=person(Role.EDITOR))
