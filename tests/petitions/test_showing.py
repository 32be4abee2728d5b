"""What everybody reads of petitions: lists, pages, data, feeds; and that nobody reads the others."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation

from engage.accounts.actors import Role
from engage.outreach.follows import registry
from engage.outreach.follows.models import Event
from engage.participation.models import AboutOption
from engage.search.queries import search
from mailbox.petitions.models import (
    Crossing,
    HourCount,
    PaperBatch,
    Petition,
    PetitionCount,
    PetitionEvent,
    PetitionRules,
    RegionCount,
    State,
    Threshold,
    Wording,
)
from mailbox.petitions.queries import showing as queries
from mailbox.petitions.showing import words
from tests.accounts.people import person
from tests.petitions import factories

pytestmark = pytest.mark.django_db
SECRET = "量子咖啡机"
PAGES = (
    "petition",
    "petition_json",
    "petition_csv",
    "petition_count",
    "petition_poster",
    "petition_follow",
    "petition_embed",
)
UNSEEN = (
    State.PENDING,
    State.COLLECTING,
    State.WAITING,
    State.FLAGGED,
    State.DORMANT,
    State.HIDDEN,
    State.STOPPED,
    State.REMOVED,
)


@pytest.fixture(autouse=True)
def _thresholds():
    Threshold.objects.all().delete()
    Threshold.objects.create(kind="answer", number=10_000, valid_from="2020-01-01")
    Threshold.objects.create(kind="debate", number=100_000, valid_from="2020-01-01")
    for code, zh, en in (("east", "东区", "East"), ("chengxi", "城西区", "Chengxi District")):
        AboutOption.objects.get_or_create(kind="region", code=code, defaults={"label_zh": zh, "label_en": en})
    cache.clear()


def signed(petition: Petition, *, total: int, hour: int = 0, **regions: int) -> Petition:
    """Write the counts as the roll-up keeps them."""
    now = timezone.now()
    PetitionCount.objects.create(petition=petition, total=total, last_hour=hour)
    for region, count in regions.items():
        RegionCount.objects.create(petition=petition, region=region, total=count)
    at = (petition.opened_at or now).replace(minute=0, second=0, microsecond=0)
    HourCount.objects.create(petition=petition, hour=at, total=total)
    return petition


def opened(**fields: Any) -> Petition:
    return factories.petition(now=timezone.now() - timedelta(days=10), **fields)


def titles(client: Any, **asked: str) -> list[str]:
    with translation.override("en"):
        return [row["title"] for row in client.get(reverse("petitions_json"), asked).json()["petitions"]]


def at(name: str, *arguments: Any) -> str:
    with translation.override("en"):
        return reverse(name, args=arguments)


# --- behaviour 23 ---------------------------------------------------------------------------------------------------


def test_each_of_the_seven_lists_holds_its_petitions_with_search_region_and_pages(client):
    opened(title="Open one")
    factories.petition(State.CLOSED, title="Closed one")
    factories.petition(State.REJECTED, title="Rejected one")
    factories.petition(State.WITHDRAWN, title="Withdrawn one", opened_at=factories.NOW, closes_at=factories.NOW)
    opened(title="Waits for an answer", answer_state="awaiting")
    opened(title="Has an answer", answer_state="answered", debate_state="awaiting")
    opened(title="Debated one", answer_state="answered", debate_state="debated")
    assert set(titles(client)) == {"Open one", "Waits for an answer", "Has an answer", "Debated one"}
    assert set(titles(client, state="closed")) == {"Closed one", "Withdrawn one"}
    assert titles(client, state="rejected") == ["Rejected one"]
    assert titles(client, state="awaiting_answer") == ["Waits for an answer"]
    assert set(titles(client, state="answered")) == {"Has an answer", "Debated one"}
    assert titles(client, state="awaiting_debate") == ["Has an answer"]
    assert titles(client, state="debated") == ["Debated one"]
    page = client.get(at("petitions"), {"state": "closed"}).content.decode()
    assert "Closed one" in page and "Open one" not in page
    assert 'aria-current="page">Closed <span class="muted">2</span>' in page


def test_a_list_is_searched_and_narrowed_to_a_region_of_at_least_five(client):
    signed(opened(title="Ramps for the east"), total=9, east=5)
    signed(opened(title="Ramps for the west"), total=9, east=4)
    signed(opened(title="Benches"), total=9, east=9)
    assert set(titles(client, q="ramps")) == {"Ramps for the east", "Ramps for the west"}
    assert set(titles(client, region="east")) == {"Ramps for the east", "Benches"}
    assert titles(client, region="east", q="ramps") == ["Ramps for the east"]
    assert len(titles(client, region="nowhere")) == 3


def test_trending_goes_by_the_last_hour_and_not_by_the_total(client):
    signed(opened(title="Old and large"), total=90_000, hour=2)
    signed(opened(title="New and quick"), total=300, hour=250)
    signed(opened(title="Newest", opened_at=timezone.now()), total=10, hour=0)
    assert titles(client) == ["New and quick", "Old and large", "Newest"]
    assert titles(client, sort="most") == ["Old and large", "New and quick", "Newest"]
    assert titles(client, sort="newest")[0] == "Newest"


@pytest.mark.parametrize("sort", ["trending", "most", "newest"])
def test_pages_of_25_show_each_petition_once_without_counting_rows_off(client, sort, django_assert_max_num_queries):
    for number in range(53):
        signed(opened(title=f"Petition {number}"), total=number // 3, hour=number % 4)
    seen, after = [], ""
    for expected in (25, 25, 3):
        cache.clear()
        with django_assert_max_num_queries(8) as asked:
            data = client.get(at("petitions_json"), {"sort": sort, "after": after}).json()
        assert not any(" OFFSET " in query["sql"] for query in asked.captured_queries)
        assert (len(data["petitions"]), data["count"]) == (expected, 53)
        seen += [row["id"] for row in data["petitions"]]
        after = data["next"]
    assert after == "" and len(set(seen)) == 53
    page = client.get(at("petitions"), {"sort": sort}).content.decode()
    assert 'rel="next"' in page


def test_the_list_page_costs_few_queries(client, django_assert_max_num_queries):
    for number in range(26):
        signed(opened(title=f"Petition {number}"), total=number)
    client.get(at("petitions"))
    cache.clear()
    with django_assert_max_num_queries(8):
        client.get(at("petitions"))
    with django_assert_max_num_queries(0):
        client.get(at("petitions"))


# --- one petition ---------------------------------------------------------------------------------------------------


def test_the_page_shows_count_need_curve_tiles_and_story(client):
    made = signed(opened(title="Ramps"), total=8_742, chengxi=8_000, east=742)
    PaperBatch.objects.create(
        petition=made, total=120, sheets=6, scan_sha256="a" * 64, received_on=timezone.localdate()
    )
    PetitionEvent.objects.create(petition=made, code="opened")
    page = client.get(at("petition", made.pk)).content.decode()
    assert "8,742" in page and "1,258 more and the government must answer" in page
    assert "8,742 of 10,000 signatures" in page
    assert "and 120 on paper, counted apart" in page
    assert page.count("<svg") >= 2 and "District</text>" in page and "East 742" in page
    assert "opened for signatures" in page and "At 100,000 signatures" in page
    assert "noindex" not in page


def test_small_counts_of_regions_are_hidden_on_the_page_and_in_the_data(client):
    made = signed(opened(), total=103, chengxi=100, east=3)
    data = client.get(at("petition_json", made.pk)).json()
    by_region = {row["region"]: (row["signatures"], row["hidden"]) for row in data["by_region"]}
    assert by_region["east"] == (None, "small") and by_region["chengxi"] == (None, "protecting")
    assert data["signatures"] == 103
    page = client.get(at("petition", made.pk)).content.decode()
    assert "&lt;5" in page and ">3<" not in page and ">100<" not in page


def test_what_was_earned_has_a_day_and_says_by_how_much_it_is_late(client):
    made = signed(opened(answer_state="awaiting"), total=10_050)
    today = timezone.localdate()
    crossing = Crossing.objects.create(
        petition=made,
        kind="answer",
        threshold=Threshold.objects.get(kind="answer"),
        number=10_000,
        crossed_at=timezone.now() - timedelta(days=40),
        due_on=today - timedelta(days=3),
    )
    page = client.get(at("petition", made.pk)).content.decode()
    assert "late by 3 days" in page and "89,950 more and there is a debate or hearing" in page
    Petition.objects.filter(pk=made.pk).update(answer_state="answered")
    Crossing.objects.filter(pk=crossing.pk).update(fell_below_at=timezone.now())
    cache.clear()
    page = client.get(at("petition", made.pk)).content.decode()
    assert "late by" not in page and "Below again" in page


def test_a_petition_turned_down_shows_the_public_reason_and_how_to_mend_it(client):
    made = factories.petition(State.REJECTED, title="Fix my tap")
    page = client.get(at("petition", made.pk)).content.decode()
    assert "The ask is not clear" in page and "Say what the government should do." in page
    rejection = client.get(at("petition_json", made.pk)).json()["rejection"]
    assert (rejection["title"], rejection["mend"]) == ("The ask is not clear", "Say what the government should do.")


def test_words_edited_by_a_moderator_stand_beside_those_that_were_written(client):
    made = opened(title="Ramps at old houses", action="Build ramps.")
    texts = {"title": "Ramps!!!", "action": "Build ramps, call 13800138000.", "background": "Stairs everywhere."}
    Wording.objects.create(petition=made, **texts)
    assert "Edited by a moderator" not in client.get(at("petition", made.pk)).content.decode()
    Wording.objects.create(petition=made, by=person(Role.OFFICER), title=made.title, action=made.action)
    cache.clear()
    page = client.get(at("petition", made.pk)).content.decode()
    assert "Edited by a moderator" in page and "Ramps!!!" in page
    assert "13800138000" not in page  # a number of somebody is not given away with the old text


def test_past_its_last_second_a_petition_shows_as_closed_and_offers_open_ones(client):
    made = opened(title="无障碍坡道 小区门口 坡道", closes_at=timezone.now() - timedelta(seconds=1))
    other = opened(title="小区门口的无障碍坡道要有扶手")
    page = client.get(at("petition", made.pk)).content.decode()
    assert 'id="sign"' not in page and other.title in page
    assert client.get(at("petition_count", made.pk)).json()["state"] == "closed"
    assert titles(client, state="closed") == [made.title]


def test_a_petition_joined_to_another_leads_there_while_that_is_public(client):
    other = opened(title="The one that goes on")
    made = factories.petition(State.REJECTED, merged_into=other)
    assert "The one that goes on" in client.get(at("petition", made.pk)).content.decode()
    Petition.objects.filter(pk=other.pk).update(state=State.REMOVED)
    cache.clear()
    assert "The one that goes on" not in client.get(at("petition", made.pk)).content.decode()
    assert client.get(at("petition_json", made.pk)).json()["merged_into"] is None


def test_signing_paused_on_the_whole_site_says_so_and_stays_readable(client):
    made = opened(title="Readable")
    PetitionRules.objects.all().delete()
    PetitionRules.objects.create(signing_paused=True, pause_en="Back at noon.", pause_zh="中午恢复。")
    page = client.get(at("petition", made.pk)).content.decode()
    assert "Readable" in page and "Back at noon." in page


def test_the_page_costs_at_most_ten_queries_and_none_while_it_is_kept(client, django_assert_max_num_queries):
    made = signed(opened(), total=50, chengxi=25, east=25)
    client.get(at("petition", opened().pk))  # what all pages share is kept longer
    with django_assert_max_num_queries(10):
        client.get(at("petition", made.pk))
    with django_assert_max_num_queries(0):
        client.get(at("petition", made.pk))


def test_no_public_read_touches_the_signatures(client, django_assert_max_num_queries):
    made = signed(opened(), total=50, chengxi=25, east=25)
    factories.signature(made)
    for address in (
        at("petitions"),
        at("petition", made.pk),
        at("petition_json", made.pk),
        at("petition_count", made.pk),
    ):
        cache.clear()
        with django_assert_max_num_queries(15) as asked:
            client.get(address)
        assert not any('"petitions_signature"' in query["sql"] for query in asked.captured_queries)


# --- in a frame on another site -------------------------------------------------------------------------------------


def test_a_petition_stands_in_a_frame_of_any_site_with_count_need_and_the_way_to_sign(client, settings):
    made = signed(opened(title="Ramps <now>"), total=8_742)
    answer = client.get(at("petition_embed", made.pk))
    page = answer.content.decode()
    for piece in (
        "Ramps &lt;now&gt;",
        "8,742",
        "1,258 more and the government must answer",
        at("petition_sign", made.pk),
    ):
        assert piece in page, piece
    for nothing in ("<form", "<script", "style=", "csrfmiddlewaretoken"):
        assert nothing not in page
    assert page.count("<a ") == page.count('target="_blank" rel="noopener"') == 2
    assert "frame-ancestors https: http:;" in answer.headers["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in answer.headers
    for other in (at("petition", made.pk), at("petition_sign", made.pk)):
        refused = client.get(other).headers
        assert "frame-ancestors 'none'" in refused["Content-Security-Policy"] and refused["X-Frame-Options"] == "DENY"
    settings.PRODUCTION = True
    assert (
        "frame-ancestors https:;" in client.get(at("petition_embed", made.pk)).headers["Content-Security-Policy"] + ";"
    )


def test_a_frame_needs_no_cookie_and_is_kept_by_caches(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    made = signed(opened(), total=12)
    address = at("petition_embed", made.pk)
    with django_assert_max_num_queries(2):
        first = client.get(address)
    assert first.headers["Cache-Control"] == "public, max-age=30"
    assert not first.cookies and "Cookie" not in first.headers.get("Vary", "")
    with django_assert_num_queries(0):
        assert client.get(address).content == first.content
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.content


def test_a_closed_petition_in_a_frame_leads_to_its_page_and_one_that_never_opened_stands_in_none(client):
    closed = signed(factories.petition(State.CLOSED), total=12)
    page = client.get(at("petition_embed", closed.pk)).content.decode()
    assert at("petition_sign", closed.pk) not in page and "See the petition" in page and "more and" not in page
    turned_down = factories.petition(State.REJECTED)
    assert client.get(at("petition_embed", turned_down.pk)).status_code == 404
    assert "iframe" not in client.get(at("petition", turned_down.pk)).content.decode()


def test_the_page_shows_the_line_to_copy(client):
    made = signed(opened(title='Ramps "now"'), total=12)
    page = unescape(client.get(at("petition", made.pk)).content.decode())
    [line] = re.findall(r"<iframe .*?</iframe>", page)
    assert f'{at("petition_embed", made.pk)}"' in line and 'title="Ramps &quot;now&quot;"' in line
    assert "allow-popups-to-escape-sandbox" in line and "allow-scripts" not in line


# --- the live count -------------------------------------------------------------------------------------------------


def test_the_live_count_costs_one_query_then_none_and_nothing_again_for_who_has_it(client, django_assert_num_queries):
    made = signed(opened(), total=9_999)
    queries.thresholds()
    address = at("petition_count", made.pk)
    with django_assert_num_queries(1):
        first = client.get(address)
    assert first.json()["need"] == "1 more and the government must answer"
    assert first.headers["Cache-Control"] == "public, max-age=3"
    assert not first.cookies and "Cookie" not in first.headers.get("Vary", "")
    with django_assert_num_queries(0):
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.content
    cache.clear()
    PetitionCount.objects.filter(petition=made).update(total=10_000)
    changed = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200 and changed.json()["signatures"] == 10_000


def test_the_live_count_speaks_the_language_of_its_address(client):
    made = signed(opened(), total=9_999)
    with translation.override("zh-hans"):
        assert client.get(reverse("petition_count", args=[made.pk])).json()["label"] == "已有9,999人签名，目标10,000人"


# --- behaviour 24 ---------------------------------------------------------------------------------------------------


def test_csv_and_json_of_every_list_are_equal_to_the_page(client):
    for number in range(30):
        signed(opened(title=f"Petition {number}"), total=number)
    factories.petition(State.REJECTED, title="=1+1")
    for state, expected in (("open", 30), ("rejected", 1), ("closed", 0)):
        rows, after = [], ""
        while True:
            data = client.get(at("petitions_json"), {"state": state, "after": after}).json()
            page = client.get(at("petitions"), {"state": state, "after": after}).content.decode()
            for row in data["petitions"]:
                assert f'href="/en/petitions/{row["id"]}/"' in page
            assert page.count("<li><h3") == len(data["petitions"])
            rows += data["petitions"]
            after = data["next"]
            if not after:
                break
        table = list(csv.DictReader(io.StringIO(text(client.get(at("petitions_csv"), {"state": state})))))
        assert len(table) == len(rows) == expected
        for line, row in zip(table, rows, strict=True):
            assert {name: line[name] for name in ("id", "signatures", "url")} == {
                name: str(row[name]) for name in ("id", "signatures", "url")
            }
    assert table == []
    assert "'=1+1" in text(client.get(at("petitions_csv"), {"state": "rejected"}))


def test_csv_and_json_of_a_petition_are_equal_to_the_page_and_hold_counts_only(client):
    made = signed(opened(), total=120, chengxi=70, east=50)
    factories.signature(made, name="签名的人", email="signer@example.org")
    data = client.get(at("petition_json", made.pk))
    page = client.get(at("petition", made.pk)).content.decode()
    table = list(csv.DictReader(io.StringIO(text(client.get(at("petition_csv", made.pk))))))
    shown = {row["region"]: row["signatures"] for row in data.json()["by_region"]}
    assert shown == {"chengxi": 70, "east": 50}
    assert {row["key"]: int(row["signatures"]) for row in table if row["part"] == "region"} == shown
    for name, count in (("Chengxi District", 70), ("East", 50)):
        assert f'<th scope="row">{name}</th><td class="num">{count}</td>' in page
    days = [(row["day"], row["signatures"]) for row in data.json()["by_day"]]
    assert [(row["key"], int(row["signatures"])) for row in table if row["part"] == "day"] == days
    assert days[-1][1] == data.json()["signatures"] == 120
    api = client.get(f"/api/v1/petitions/{made.pk}", {"language": "en"}).json()
    assert api == data.json()
    for body in (page, data.content.decode(), json.dumps(table), json.dumps(api)):
        assert "signer@example.org" not in body and "签名的人" not in body


def text(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_the_api_lists_what_the_page_lists(client):
    made = signed(opened(title="Ramps"), total=7)
    found = client.get("/api/v1/petitions/", {"language": "en", "sort": "most"}).json()
    assert [(row["id"], row["signatures"]) for row in found["petitions"]] == [(made.pk, 7)]
    assert found == client.get(at("petitions_json"), {"sort": "most"}).json()


# --- what nobody may see --------------------------------------------------------------------------------------------


def test_what_is_not_public_is_found_nowhere(client):
    keys = []
    for state in UNSEEN:
        fields = {"opened_at": factories.NOW, "closes_at": factories.NOW} if state == State.REMOVED else {}
        made = factories.petition(state, title=SECRET, action=SECRET, background=SECRET, **fields)
        PetitionEvent.objects.create(petition=made, code="opened")
        keys.append(made.pk)
        for name in PAGES:
            assert client.get(at(name, made.pk)).status_code == 404, (state, name)
        assert client.get(f"/share/en/petition/{made.pk}.png").status_code == 404
        assert client.get(f"/api/v1/petitions/{made.pk}").status_code == 404
        assert client.get(f"/en/follow/petition/{made.pk}/feed.rss").status_code == 404
    assert search(SECRET).total == 0
    for address in (
        *(f"{at('petitions')}?state={name}" for name in queries.LISTS),
        *(f"{at('petitions_json')}?state={name}" for name in queries.LISTS),
        f"{at('petitions_json')}?q={SECRET}",
        at("petitions_rss"),
        at("petitions_atom"),
        at("home"),
        "/sitemap.xml",
        "/en/follow/feed.rss",
        "/api/v1/petitions/",
    ):
        body = client.get(address).content.decode()
        assert SECRET not in body, address
        assert not any(f"/petitions/{key}" in body for key in keys), address


def test_a_petition_withdrawn_before_it_opened_is_gone_and_one_withdrawn_after_stays(client):
    before = factories.petition(State.WITHDRAWN)
    after = factories.petition(State.WITHDRAWN, opened_at=factories.NOW, closes_at=factories.NOW)
    assert client.get(at("petition", before.pk)).status_code == 404
    assert "Withdrawn by its starter" in client.get(at("petition", after.pk)).content.decode()


def test_moderators_read_on_these_pages_what_everybody_reads(client):
    client.force_login(person(Role.APPROVER))
    assert client.get(at("petition", factories.petition(State.HIDDEN).pk)).status_code == 404


def test_a_search_follows_what_becomes_public_and_what_is_taken_down():
    made = factories.petition(State.WAITING, title=SECRET)
    made.state, made.opened_at, made.closes_at = State.OPEN, timezone.now(), timezone.now() + timedelta(days=9)
    made.save()
    assert [hit.kind for hit in search(SECRET).items] == ["petition"]
    made.state = State.REMOVED
    made.save()
    assert search(SECRET).total == 0


# --- feeds, following, papers ---------------------------------------------------------------------------------------


def test_followers_of_a_petition_are_told_of_its_story(client):
    made = opened(title="Ramps")
    PetitionEvent.objects.create(petition=made, code="crossed", params={"number": 10_000, "kind": "answer"})
    PetitionEvent.objects.create(petition=made, code="edited")
    event = Event.objects.get()
    assert (event.kind, event.subject_id) == ("petition.happened", made.pk)
    with translation.override("en"):
        told = registry.tell([event])[event.pk]
    assert told.headline == "Ramps: 10,000 signatures: it has earned an answer"
    Petition.objects.filter(pk=made.pk).update(state=State.REMOVED)
    assert registry.tell([event]) == {}


def test_every_sentence_of_the_story_can_be_said():
    values = {"number": 10_000, "kind": "hearing", "debate_on": "2026-12-03"}
    with translation.override("en"):
        said = {code: words.sentence(code, values) for code in words.EVENTS}
        assert all(said.values())
        assert said["debate_scheduled"] == "Hearing planned for 3 December 2026"
        assert words.sentence("unknown", {}) == "" and words.sentence("crossed", {}) == ""


def test_feeds_and_the_sitemap_name_open_petitions(client):
    made = opened(title="Ramps")
    for name in ("petitions_rss", "petitions_atom"):
        assert f"/en/petitions/{made.pk}/" in client.get(at(name)).content.decode()
    assert f"/zh/petitions/{made.pk}/" in client.get("/sitemap.xml").content.decode()


def test_the_poster_and_the_share_image_are_drawn_in_both_languages(client):
    made = opened(title="给老旧小区的单元门口装上无障碍坡道")
    for language in ("zh", "en"):
        poster = client.get(f"/{language}/petitions/{made.pk}/poster.pdf")
        assert poster.content[:5] == b"%PDF-" and "attachment" in poster.headers["Content-Disposition"]
        picture = client.get(f"/share/{language}/petition/{made.pk}.png")
        assert picture.content[1:4] == b"PNG"
        assert int.from_bytes(picture.content[16:20], "big") == 1200


# --- bad input ------------------------------------------------------------------------------------------------------


HOSTILE = ("\x00", "\ud800", "x" * 10_000, "<script>alert(1)</script>", "' OR 1=1 --", "%", "٣")


@pytest.mark.parametrize("name", ["q", "state", "region", "sort", "after"])
def test_no_input_breaks_a_list_and_script_text_is_shown_as_text(client, name):
    opened(title="Ramps")
    for typed in HOSTILE:
        asked = {name: typed.encode("utf-8", "surrogatepass")}
        for address in (at("petitions_json"), "/api/v1/petitions/"):
            assert client.get(address, asked).status_code == 200
        page = client.get(at("petitions"), asked)
        assert page.status_code == 200 and "<script>alert" not in page.content.decode()
        if typed.startswith("<script>") and name == "q":
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.content.decode()


def test_keys_that_no_database_has_are_not_found(client):
    for key in ("0", str(2**63), "9" * 40):
        for end in ("/", ".json", ".csv", "/count.json", "/poster.pdf", "/follow/"):
            assert client.get(f"/en/petitions/{key}{end}").status_code == 404
    assert client.get(f"/share/en/petition/{'9' * 40}.png").status_code == 404
    assert client.get("/api/v1/petitions/" + "9" * 40).status_code == 404
