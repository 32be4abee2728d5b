"""A release from the first word to the public: reviews, embargo, correction, files, every form in which it is read."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from PIL import Image

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.outreach.follows.models import Event
from engage.outreach.follows.registry import event_kind
from engage.outreach.press import actions, queries, rules
from engage.outreach.press.actions.writing import KIND
from engage.outreach.press.models import Edition, Release
from engage.pages.messages import refusal_message
from engage.pages.models import Topic
from engage.publishing import actions as gating
from engage.publishing import gate
from engage.publishing.models import Release as Handed
from engage.search.models import SearchEntry
from tests.accounts.people import person
from tests.consultations.factories import call
from tests.press.builders import NOW, WORDS, department, out, picture, release, write

pytestmark = pytest.mark.django_db


def hand_in(found, actor, now=NOW, **more):
    return actions.hand_in(found.pk, revision=found.revision, now=now, actor=actor, **more)


def sign(handed: Handed, key: str, signer, now=NOW) -> Handed:
    handed.refresh_from_db()
    review = handed.reviews.get(key=key, state="waiting")
    return gating.decide(review.pk, "open", content_hash=handed.content_hash, now=now, actor=signer)


def refused(code: str, call, *arguments, **named) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*arguments, **named)
    assert caught.value.code == code
    assert refusal_message(caught.value)
    return caught.value


SIGNERS = {
    "head": Role.APPROVER,
    "legal": Role.REVIEWER_LEGAL,
    "openness": Role.REVIEWER_OPENNESS,
    "secrecy": Role.REVIEWER_SECRECY,
}


# --- the way through the gate ---------------------------------------------------------------------------------------


def test_a_routine_release_goes_out_with_the_last_of_four_reviews():
    editor = person(Role.EDITOR)
    found = release(editor)
    handed = hand_in(found, editor)
    for key, role in SIGNERS.items():
        assert not Edition.objects.exists()
        sign(handed, key, person(role))
    edition = found.editions.get()
    assert (edition.number, edition.public_from, edition.superseded) == (1, NOW, False)
    assert edition.content["words"]["en"]["title"] == WORDS["en"]["title"]


def test_a_short_release_needs_two_reviews():
    editor = person(Role.EDITOR)
    handed = hand_in(release(editor, kind=rules.SHORT), editor)
    assert set(handed.reviews.values_list("key", flat=True)) == {"head", "secrecy"}


def test_an_emergency_goes_out_with_one_approver_and_owes_the_skipped_reviews():
    editor = person(Role.EDITOR)
    found = release(editor, kind=rules.EMERGENCY)
    refused("press_reason_missing", hand_in, found, editor)
    handed = hand_in(found, editor, emergency="暴雪红色预警，窗口明天关闭")
    assert list(handed.reviews.values_list("key", flat=True)) == ["head"]
    sign(handed, "head", person(Role.APPROVER))
    assert queries.edition("meals", actor=ANYONE, now=NOW) is not None
    owed = handed.reviews.filter(afterwards=True, state="waiting")
    assert set(owed.values_list("key", flat=True)) == {"legal", "openness", "secrecy"}
    # A review made up for that finds it must not be read takes it down, in every form.
    secrecy = owed.get(key="secrecy")
    handed.refresh_from_db()
    gating.decide(
        secrecy.pk,
        "withhold",
        content_hash=handed.content_hash,
        basis="保守国家秘密法第九条",
        comment="涉密",
        now=NOW,
        actor=person(Role.REVIEWER_SECRECY),
    )
    assert queries.edition("meals", actor=ANYONE, now=NOW) is None
    assert not SearchEntry.objects.filter(kind="press_release").exists()


def test_a_change_voids_what_was_signed_and_what_goes_out_is_what_was_signed():
    editor, approver = person(Role.EDITOR), person(Role.APPROVER)
    found = release(editor, kind=rules.SHORT)
    handed = hand_in(found, editor)
    sign(handed, "head", approver)
    write(found, editor, words={"en": {"title": "Four meal points open"}})
    assert handed.reviews.get(state="void").decided_by == approver
    sign(handed, "secrecy", person(Role.REVIEWER_SECRECY))
    assert not Edition.objects.exists()
    sign(handed, "head", approver)
    assert found.editions.get().content["words"]["en"]["title"] == "Four meal points open"


def test_nothing_written_later_shows_before_it_is_signed_too():
    found = release()
    out(found)
    write(
        found, words={"zh-hans": {"lead": "偷偷改掉的话"}}, department=department("other", name_zh="别处"), kind="short"
    )
    body = Client().get("/zh/press/releases/meals/").content.decode()
    assert "偷偷改掉的话" not in body
    assert "下周起三个社区供应午饭" in body
    assert "养老处" in Client().get("/zh/press/?kind=routine").content.decode()
    assert b"meals" not in Client().get("/zh/press/?kind=short").content.split(b'class="list"')[-1][:2000]


def test_a_release_is_frozen_as_handed_in_and_unchanged_it_is_not_handed_in_again():
    editor = person(Role.EDITOR)
    found = release(editor)
    out(found)
    assert queries.build(found).hash == found.editions.get().content_hash
    refused("press_lacks", hand_in, found, editor)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.CITIZEN, Role.JOURNALIST, Role.OFFICER, Role.SECTION_EDITOR])
def test_only_editors_write(role):
    found = release()
    somebody = person(role)
    refused("not_allowed", actions.open_release, "routine", "own", department(), actor=somebody)
    refused("not_allowed", write, found, somebody)
    refused("not_allowed", hand_in, found, somebody)
    refused("not_allowed", actions.take_down, found.pk, now=NOW, actor=somebody)


# --- bad input ------------------------------------------------------------------------------------------------------


def test_what_is_missing_or_too_long_is_refused_with_the_count():
    editor = person(Role.EDITOR)
    found = release(
        editor, kind=rules.SHORT, words={"zh-hans": {"body": "字" * 400}, "en": dict.fromkeys(rules.FIELDS, "")}
    )
    refusal = refused("press_lacks", hand_in, found, editor)
    with translation.override("en"):
        said = refusal_message(refusal)
    assert "412 characters" in said
    assert "Cut 112" in said
    assert "There is no text in English yet" in said
    assert not Handed.objects.filter(kind=KIND).exists()


def test_an_embargo_in_the_past_and_one_of_an_emergency_are_refused():
    found = release()
    refused("press_embargo_past", write, found, embargo_until=NOW)
    refused("press_embargo_emergency", write, found, kind=rules.EMERGENCY, embargo_until=NOW + timedelta(hours=1))


def test_an_embargo_that_passed_while_it_was_reviewed_holds_nothing_back_but_is_not_handed_in():
    editor, now = person(Role.EDITOR), timezone.now()
    found = release(editor, kind=rules.SHORT, embargo_until=now + timedelta(hours=1))
    refused("press_lacks", hand_in, found, editor, now=now + timedelta(hours=2))
    handed = hand_in(found, editor, now=now)
    sign(handed, "head", person(Role.APPROVER), now=now)
    sign(handed, "secrecy", person(Role.REVIEWER_SECRECY), now=now + timedelta(hours=3))
    assert found.editions.get().public_from == now + timedelta(hours=3)


def test_addresses_do_not_clash_and_a_public_one_stays():
    found, other = release(), release(slug="other")
    refused("press_slug_taken", write, other, slug="meals")
    refused("press_slug_taken", actions.open_release, "routine", "meals", department(), actor=SYSTEM)
    refused("press_slug_reserved", write, other, slug="media")
    out(found)
    refused("press_slug_kept", write, found, slug="renamed")


def test_html_is_refused_and_what_looks_like_it_is_shown_as_text():
    found = release()
    refused("press_html", write, found, words={"en": {"body": "<p>Pasted</p>"}})
    write(found, words={"en": {"body": "If 3 < 5 & 7 > 2, <<rules>> apply"}})
    out(found)
    body = Client().get("/en/press/releases/meals/").content.decode()
    assert "If 3 &lt; 5 &amp; 7 &gt; 2, &lt;&lt;rules&gt;&gt; apply" in body


def test_a_form_that_was_open_meanwhile_does_not_overwrite():
    found = release()
    refused("press_stale", write, found, revision=found.revision - 1)


def test_a_draft_is_deleted_with_its_files_and_what_went_out_is_not():
    found = release()
    row = actions.add_file(
        found.pk, picture(), "a.jpg", alt_zh="图", alt_en="Picture", revision=found.revision, actor=SYSTEM
    )
    found.refresh_from_db()
    actions.delete_release(found.pk, revision=found.revision, actor=SYSTEM)
    assert not Release.objects.filter(pk=row.release_id).exists()
    other = release(slug="other")
    out(other)
    refused("press_is_public", actions.delete_release, other.pk, revision=other.revision, actor=SYSTEM)


# --- embargo --------------------------------------------------------------------------------------------------------


def test_until_its_minute_a_release_is_nowhere_for_the_public_and_journalists_read_it_on_record(client):
    until = timezone.now() + timedelta(hours=1)
    found = release(embargo_until=until)
    write(found, words={"en": {"title": "Embargoed marker"}, "zh-hans": {"title": "禁发标记"}})
    row = actions.add_file(
        found.pk, picture(), "a.jpg", alt_zh="图", alt_en="Picture", revision=found.revision, actor=SYSTEM
    )
    out(found, now=timezone.now())
    stranger, citizen, journalist = Client(), Client(), Client()
    citizen.force_login(person(Role.CITIZEN), backend="django.contrib.auth.backends.ModelBackend")
    reporter = person(Role.JOURNALIST)
    journalist.force_login(reporter, backend="django.contrib.auth.backends.ModelBackend")
    pages = [f"/en/press/releases/meals/{end}" for end in ("", "pack.zip", f"files/{row.pk}/", f"pictures/{row.pk}/")]
    for url in [*pages, "/api/v1/press/meals"]:
        assert stranger.get(url).status_code == 404, url
        assert citizen.get(url).status_code == 404, url
    lists = ["/en/press/", "/en/press/feed.rss", "/en/press/feed.atom", "/en/press/feed.json", "/sitemap.xml"]
    for url in [*lists, "/api/v1/press/?language=en", "/en/search/?q=Embargoed"]:
        body = stranger.get(url, follow=True).content.decode()
        assert "Embargoed marker" not in body, url
        assert "/press/releases/meals" not in body, url
    assert not SearchEntry.objects.filter(kind="press_release").exists()
    for url in pages:
        assert journalist.get(url).status_code == 200, url
    assert "Embargo until" in journalist.get(pages[0]).content.decode()
    reads = JournalRow.objects.filter(verb="press.read_early", actor_id=str(reporter.pk)).order_by("pk")
    assert [row_.content["what"] for row_ in reads] == ["page", "pack", f"file {row.pk}", f"picture {row.pk}", "page"]


def test_from_its_minute_on_everybody_reads_it_and_the_search_finds_it():
    now = timezone.now()
    until = now + timedelta(hours=1)
    edition = out(release(embargo_until=until), now=now)
    assert queries.edition("meals", actor=ANYONE, now=until - timedelta(seconds=1)) is None
    assert queries.edition("meals", actor=ANYONE, now=until) == edition
    assert actions.announce(now=now) == 0
    Edition.objects.update(public_from=now)
    assert actions.announce(now=now) == 1
    assert actions.announce(now=now) == 0
    assert set(SearchEntry.objects.filter(kind="press_release").values_list("language", flat=True)) == {"zh-hans", "en"}


def test_followers_of_its_department_hear_of_a_release_once_and_from_its_minute_on():
    now = timezone.now()
    out(found := release(embargo_until=now + timedelta(hours=1)), now=now)
    of_department = Event.objects.filter(tags__kind="department", tags__ref=found.department_id)
    assert not of_department.exists()
    Edition.objects.update(public_from=now)
    actions.announce(now=now)
    event = of_department.get()
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told = event_kind(event.kind).tell([event])[event.pk]
            assert WORDS[language]["title"] in told.headline
            assert told.path == f"/{'zh' if language == 'zh-hans' else 'en'}/press/releases/meals/"
    write(found, words={"en": {"lead": "Four communities serve lunch."}}, correction={"zh-hans": "四个", "en": "Four"})
    out(found, now=now)
    assert of_department.count() == 1, "a correction is no news"
    actions.take_down(found.pk, now=now, actor=SYSTEM)
    assert event_kind(event.kind).tell([event]) == {}, "what is taken down is told to nobody"


# --- correction -----------------------------------------------------------------------------------------------------


def test_a_correction_is_shown_with_its_day_and_what_changed_and_keeps_address_and_day():
    found = release()
    first = out(found)
    write(
        found,
        words={"en": {"facts": "Meal points: 4"}},
        correction={"zh-hans": "数量从三个改为四个", "en": "Four points, not three"},
    )
    assert "Four points" not in Client().get("/en/press/releases/meals/").content.decode()
    second = out(found, now=NOW + timedelta(days=2))
    first.refresh_from_db()
    assert (first.superseded, second.number, second.public_from) == (True, 2, first.public_from)
    with translation.override("en"):
        shown = queries.shown(second, NOW)
        assert shown.corrections == [(NOW + timedelta(days=2), "Four points, not three")]
        line = queries.items(queries.Filters(), page="", actor=ANYONE, now=NOW + timedelta(days=3)).object_list[0]
        assert line.changed_at == NOW + timedelta(days=2)
    found.refresh_from_db()
    assert found.correction == {}


def test_what_is_taken_down_is_gone_in_every_form_and_stays_on_record():
    found = release()
    out(found)
    actions.take_down(found.pk, now=NOW, actor=person(Role.EDITOR))
    stranger = Client()
    assert stranger.get("/zh/press/releases/meals/").status_code == 404
    assert stranger.get("/api/v1/press/meals").status_code == 404
    assert "meals" not in stranger.get("/zh/press/feed.json").content.decode()
    assert JournalRow.objects.filter(verb="press.taken_down").exists()
    assert found.editions.count() == 1


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_picture_loses_its_hidden_data_and_a_released_file_outlives_its_removal():
    found = release()
    row = actions.add_file(
        found.pk,
        picture(b"secret-place"),
        "街口.jpg",
        alt_zh="助餐点门口",
        alt_en="",
        revision=found.revision,
        actor=SYSTEM,
    )
    found.refresh_from_db()
    assert [lack.code for lack in queries.lacks(found, NOW)] == ["alt_missing"]
    actions.describe_file(
        found.pk, row.pk, alt_zh="助餐点门口", alt_en="The door of a meal point", revision=found.revision, actor=SYSTEM
    )
    out(found)
    stranger = Client()
    full = b"".join(stranger.get(f"/en/press/releases/meals/files/{row.pk}/").streaming_content)
    small = b"".join(stranger.get(f"/en/press/releases/meals/pictures/{row.pk}/").streaming_content)
    assert b"secret-place" not in full
    assert (Image.open(io.BytesIO(full)).width, Image.open(io.BytesIO(small)).width) == (1600, 1280)
    page = stranger.get("/en/press/releases/meals/").content.decode()
    assert 'alt="The door of a meal point"' in page
    assert 'width="1280" height="720"' in page
    found.refresh_from_db()
    actions.remove_file(found.pk, row.pk, revision=found.revision, actor=SYSTEM)
    assert stranger.get(f"/en/press/releases/meals/files/{row.pk}/").status_code == 200
    write(found, correction={"zh-hans": "撤下图片", "en": "Picture removed"})
    out(found)
    assert stranger.get(f"/en/press/releases/meals/files/{row.pk}/").status_code == 404


def test_a_file_of_another_release_is_not_served_under_this_one():
    mine, other = release(), release(slug="other")
    row = actions.add_file(other.pk, picture(), "a.jpg", alt_zh="图", alt_en="P", revision=other.revision, actor=SYSTEM)
    out(mine)
    for url in (f"/zh/press/releases/meals/files/{row.pk}/", f"/zh/press/releases/other/files/{row.pk}/"):
        assert Client().get(url).status_code == 404


def test_the_pack_holds_both_languages_and_the_files_and_is_the_same_each_time():
    found = release()
    actions.add_file(found.pk, picture(), "a.jpg", alt_zh="图", alt_en="Picture", revision=found.revision, actor=SYSTEM)
    out(found)
    first, second = (Client().get("/zh/press/releases/meals/pack.zip").content for _time in range(2))
    assert first == second
    pack = zipfile.ZipFile(io.BytesIO(first))
    assert [name.rpartition("-")[2] for name in pack.namelist()] == ["zh.txt", "en.txt", "a.jpg"]
    assert "Three meal points open" in pack.read("en.txt").decode()


# --- how it is read -------------------------------------------------------------------------------------------------


def test_every_form_that_goes_out_is_handed_in():
    found = release()
    row = actions.add_file(found.pk, picture(), "a.jpg", alt_zh="图", alt_en="P", revision=found.revision, actor=SYSTEM)
    found.refresh_from_db()
    forms = {form.name: form for form in queries.outgoing_forms(found)}
    names = {f"{what}:{code}" for what in ("page", "feed", "pack") for code in rules.LANGUAGES}
    assert set(forms) == names | {"api", f"file:{row.pk}"}
    assert forms[f"file:{row.pk}"].digest == row.sha256
    assert "新开三个助餐点" in forms["page:zh-hans"].text


def test_a_release_points_to_what_everybody_may_read_and_no_longer_when_that_is_hidden():
    shown_call = call(slug="shown")
    found = release(related=[("consultation", "shown")])
    edition = out(found)
    with translation.override("en"):
        assert [url for _title, url in queries.shown(edition, NOW).related] == ["/en/c/shown/"]
        shown_call.pages.update(live=False)
        assert queries.shown(edition, NOW).related == []
    refused("press_related_unknown", write, release(slug="other"), related=[("consultation", "shown")])
    refused("press_related_unknown", write, release(slug="third"), related=[("nothing", "1")])


def test_the_list_is_filtered_and_paged_and_the_feeds_say_the_same():
    Topic.objects.create(code="meals", name_zh="助餐", name_en="Meals")
    for number in range(23):
        found = release(slug=f"r{number}", kind=rules.SHORT if number % 2 else rules.ROUTINE)
        write(found, topics=list(Topic.objects.filter(code="meals")) if number == 3 else [])
        out(found, now=NOW + timedelta(minutes=number))

    def listed(page="", **chosen):
        found = queries.items(queries.Filters(**chosen), page=page, actor=ANYONE, now=NOW + timedelta(days=1))
        return [item.url.split("/")[-2] for item in found.object_list]

    with translation.override("zh-hans"):
        assert listed()[0] == "r22"
        assert len(listed()) == 20
        assert listed("2") == ["r2", "r1", "r0"]
        assert listed("nonsense") == listed()
        assert listed(topic="meals") == ["r3"]
        assert len(listed(kind=rules.SHORT)) == 11
        assert listed(department="elderly", year=2026) == listed()
        assert listed(year=2025) == []
        assert listed(kind=queries.ARTICLE) == []
    stranger = Client()
    feed = json.loads(stranger.get("/en/press/feed.json").content)
    assert len(feed["items"]) == 23
    assert feed["items"][0]["url"].endswith("/en/press/releases/r22/")
    for name in ("rss", "atom"):
        body = stranger.get(f"/zh/press/feed.{name}").content.decode()
        assert body.count("/zh/press/releases/r") >= 23
    assert stranger.get("/zh/press/?kind=%00&year=99999999999&department='&topic=x&page=-1").status_code == 200


def test_the_api_gives_a_release_in_the_language_asked_for():
    found = release()
    out(found)
    answer = Client().get("/api/v1/press/meals?language=en").json()
    assert (answer["title"], answer["language"]) == (WORDS["en"]["title"], "en")
    assert answer["sha256"] == found.editions.get().content_hash
    assert answer["facts"] == [{"name": "Meal points", "value": "3"}]
    assert [block["kind"] for block in answer["body"]] == ["paragraph", "heading", "list"]
    assert [item["title"] for item in Client().get("/api/v1/press/").json()] == [WORDS["zh-hans"]["title"]]


def test_the_list_costs_few_queries(django_assert_max_num_queries):
    for number in range(5):
        out(release(slug=f"r{number}"), now=NOW + timedelta(minutes=number))
    with django_assert_max_num_queries(12):
        assert Client().get("/zh/press/").status_code == 200


def test_the_gate_knows_both_kinds():
    found = release()
    assert gate.release_of(KIND, found) is None
    assert [key.code for key in queries_kinds(found)] == ["head", "legal", "openness", "secrecy"]


def queries_kinds(found):
    from engage.publishing import registry

    return registry.get(KIND).keys_for(found)
