"""The media list and its monthly digest: confirmed or on a basis, reviewed, sent once to each, left with one press."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.outreach.press import actions, queries, registry
from engage.outreach.press.actions.digests import DIGEST
from engage.outreach.press.models import Digest, MediaContact
from engage.pages.messages import refusal_message
from engage.pages.models import Topic
from engage.participation.models import Contact, OutgoingMail
from engage.publishing import actions as gating
from engage.publishing import gate
from tests.accounts.people import person
from tests.consultations.factories import call
from tests.press.builders import out, release, write

pytestmark = pytest.mark.django_db
MONTH = date(2026, 2, 1)
IN_MONTH = datetime(2026, 2, 10, 2, 0, tzinfo=UTC)
AFTER = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def joined(email="reporter@news.example.org", *, language="en", at=IN_MONTH, confirmed=True) -> MediaContact:
    row = actions.ask_to_join(
        email=email, name="", outlet="Linhe Daily", topics=[], language=language, now=at, actor=ANYONE
    )
    return actions.confirm_contact(row.pk, now=at, actor=ANYONE) if confirmed else row


def refused(code, call_, *arguments, **named):
    with pytest.raises(Refused) as caught:
        call_(*arguments, **named)
    assert caught.value.code == code
    assert refusal_message(caught.value)


def link(name: str) -> str:
    """The path of a link in the newest letter."""
    body = OutgoingMail.objects.latest("pk").body
    found = re.search(rf"https?://[^/]+(/\S*/press/media/{name}/\S+/)", body)
    assert found, body
    return found[1]


# --- the list -------------------------------------------------------------------------------------------------------


def test_an_address_counts_only_when_confirmed_from_itself_and_leaves_with_one_press():
    topic = Topic.objects.create(code="meals", name_zh="助餐", name_en="Meals")
    stranger = Client()
    answer = stranger.post(
        "/en/press/media/",
        {"email": "Reporter@News.example.org", "outlet": "Linhe Daily", "topics": [topic.code], "language": "en"},
    )
    assert "We have written to" in answer.content.decode()
    row = MediaContact.objects.get()
    assert (row.confirmed_at, row.outlet, list(row.topics.all())) == (None, "Linhe Daily", [topic])
    confirm = link("confirm")
    assert stranger.get(confirm).status_code == 200
    row.refresh_from_db()
    assert row.confirmed_at is None
    assert "You are on the media list" in stranger.post(confirm).content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is not None
    at_once = f"/en/press/media/leave/{actions.signed(row)}/at-once/"
    assert Client(enforce_csrf_checks=True).post(at_once, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Contact.objects.exists()
    assert Client().post(at_once, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert stranger.get(confirm).status_code == 410


@pytest.mark.parametrize("name", ["confirm", "leave"])
@pytest.mark.parametrize("token", ["forged", "WzEsIiJd:1abc:xyz", "a" * 2000])
def test_a_forged_link_opens_nothing(name, token):
    joined(confirmed=False)
    assert Client().post(f"/en/press/media/{name}/{token}/").status_code == 410
    at_once = Client().post(f"/en/press/media/leave/{token}/at-once/", {"List-Unsubscribe": "One-Click"})
    assert at_once.status_code == 410
    assert MediaContact.objects.get().confirmed_at is None


def test_who_is_on_the_list_is_not_told_to_whoever_asks():
    joined()
    before = OutgoingMail.objects.count()
    data = {"email": "REPORTER@news.example.org", "outlet": "Other", "language": "en"}
    known = Client().post("/en/press/media/", data)
    new = Client().post("/en/press/media/", data | {"email": "another@news.example.org"})
    assert known.content.decode().replace("REPORTER@", "") == new.content.decode().replace("another@", "")
    assert "already" in OutgoingMail.objects.order_by("pk")[before].body
    for _time in range(5):
        Client().post("/en/press/media/", data | {"email": "flooded@news.example.org"})
    flooded = MediaContact.objects.get(email_index__in=MediaContact.objects.order_by("-pk").values("email_index")[:1])
    assert OutgoingMail.objects.filter(contact=flooded.contact).count() == 3


@pytest.mark.parametrize("given", [{"email": "nonsense"}, {"email": ""}, {"outlet": " "}, {"language": "xx"}])
def test_what_cannot_be_read_is_said_and_kept(given):
    data = {"email": "a@example.org", "outlet": "Daily", "language": "en"} | given
    answer = Client().post("/en/press/media/", data)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert not MediaContact.objects.exists()


def test_staff_enter_an_address_on_a_basis_and_the_letter_says_so():
    given = {
        "email": "desk@news.example.org",
        "name": "News desk",
        "outlet": "Linhe Radio",
        "topics": [],
        "language": "en",
        "basis": "published",
        "basis_note": "imprint of the newsroom",
        "now": IN_MONTH,
    }
    editor = person(Role.EDITOR)
    refused("not_allowed", actions.add_contact, **given, actor=person(Role.APPROVER))
    refused("media_basis_missing", actions.add_contact, **given | {"basis_note": " "}, actor=editor)
    refused("media_basis_missing", actions.add_contact, **given | {"basis": "confirmed"}, actor=editor)
    joined("desk@news.example.org", confirmed=False)
    row = actions.add_contact(**given, actor=editor)
    assert (row.confirmed_at, row.by) == (IN_MONTH, editor)
    letter = OutgoingMail.objects.latest("pk")
    assert "imprint of the newsroom" in letter.body
    assert letter.unsubscribe.endswith("/at-once/")
    refused("media_on_list", actions.add_contact, **given, actor=editor)
    assert "News desk" not in str(MediaContact.objects.values_list())


# --- the digest -----------------------------------------------------------------------------------------------------


def told_month() -> Digest:
    """The digest of a month in which a release and a call came out, one release before it and one in embargo."""
    call(slug="asked", opens=timedelta(0), closes=timedelta(days=30), now=IN_MONTH)
    out(release(), now=IN_MONTH)
    early = release(slug="early")
    out(write(early, words={"en": {"title": "Too early"}}), now=IN_MONTH - timedelta(days=20))
    return actions.make_digest(MONTH, actor=SYSTEM)


def test_the_letter_tells_what_became_public_in_the_month_in_both_languages():
    digest = told_month()
    subject, body = queries.letter(digest, "en")
    assert subject == "For the media: what was published in February 2026"
    assert "Three meal points open" in body
    assert "/en/press/releases/meals/" in body
    assert "Too early" not in body
    assert "/en/c/asked/" in body
    assert "新开三个助餐点" in queries.letter(digest, "zh-hans")[1]
    known = {source.code for source in registry.sources()}
    assert known >= {"press_release", "signed_article", "consultation", "outcome"}


def test_a_digest_needs_a_month_that_is_over_and_something_to_tell():
    editor = person(Role.EDITOR)
    digest = told_month()
    lacking = [lack.code for lack in queries.digest_lacks(digest, IN_MONTH)]
    assert lacking == ["month_open"]
    empty = actions.make_digest(date(2020, 1, 1), actor=editor)
    assert [lack.code for lack in queries.digest_lacks(empty, AFTER)] == ["nothing_told"]
    refused("digest_exists", actions.make_digest, MONTH, actor=editor)
    refused("not_allowed", actions.make_digest, date(2020, 2, 1), actor=person(Role.APPROVER))
    refused("press_html", actions.write_digest, digest.pk, {"en": "<b>Hi</b>"}, revision=0, actor=editor)
    actions.write_digest(digest.pk, {"en": "Dear colleagues"}, revision=0, actor=editor)
    digest.refresh_from_db()
    assert [lack.code for lack in queries.digest_lacks(digest, AFTER)] == ["foreword_missing"]
    refused("press_stale", actions.write_digest, digest.pk, {}, revision=0, actor=editor)


def test_a_digest_goes_out_through_two_reviews_once_to_each_address_in_its_language():
    editor, digest = person(Role.EDITOR), told_month()
    languages = ["en", "zh-hans", "en", "en", "zh-hans"]
    rows = [joined(f"r{n}@news.example.org", language=language) for n, language in enumerate(languages)]
    joined("not-yet@news.example.org", confirmed=False)
    OutgoingMail.objects.all().delete()
    handed = actions.hand_in_digest(digest.pk, revision=digest.revision, now=AFTER, actor=editor)
    for key, role in (("head", Role.APPROVER), ("secrecy", Role.REVIEWER_SECRECY)):
        assert actions.write_letters(now=AFTER) == 0
        handed.refresh_from_db()
        review = handed.reviews.get(key=key, state="waiting")
        gating.decide(review.pk, "open", content_hash=handed.content_hash, now=AFTER, actor=person(role))
    late = joined("late@news.example.org", at=AFTER + timedelta(hours=1))
    OutgoingMail.objects.filter(contact=late.contact).delete()
    # What changes afterwards changes no letter.
    write(release(slug="more"))
    assert [actions.write_letters(now=AFTER, limit=2) for _turn in range(4)] == [2, 2, 1, 0]
    letters = OutgoingMail.objects.order_by("pk")
    assert [letter.contact_id for letter in letters] == [row.contact_id for row in rows]
    for letter, row in zip(letters, rows, strict=True):
        digest.refresh_from_db()
        assert letter.subject == digest.content[row.language]["subject"]
        assert "{leave}" not in letter.body
        # Without the second of signing and what follows from it.
        leave = f"/press/media/leave/{actions.signed(row).split(':')[0]}:"
        assert leave in letter.body
        assert leave in letter.unsubscribe and letter.unsubscribe.endswith("/at-once/")
    assert (digest.lettered, digest.lettered_at) == (5, AFTER)
    assert gate.release_of(DIGEST, digest).state == "released"
    refused("digest_went_out", actions.write_digest, digest.pk, {}, revision=digest.revision, actor=editor)


def test_what_is_corrected_meanwhile_voids_what_was_signed_on_the_letter():
    editor, digest = person(Role.EDITOR), told_month()
    handed = actions.hand_in_digest(digest.pk, revision=digest.revision, now=AFTER, actor=editor)
    head, approver = handed.reviews.get(key="head"), person(Role.APPROVER)
    gating.decide(head.pk, "open", content_hash=handed.content_hash, now=AFTER, actor=approver)
    actions.take_down(_released().pk, now=AFTER, actor=editor)
    gating.decide(
        handed.reviews.get(key="secrecy").pk,
        "open",
        content_hash=handed.content_hash,
        now=AFTER,
        actor=person(Role.REVIEWER_SECRECY),
    )
    digest.refresh_from_db()
    assert digest.published_at is None
    assert handed.reviews.filter(state="void").count() == 2


def _released():
    from engage.outreach.press.models import Release

    return Release.objects.get(slug="meals")


def test_months_to_tell_are_those_that_are_over_and_have_no_digest():
    actions.make_digest(MONTH, actor=SYSTEM)
    with translation.override("en"):
        months = queries.months_to_tell(AFTER)
    assert months[:2] == [date(2026, 1, 1), date(2025, 12, 1)]
    assert timezone.localdate().replace(day=1) not in queries.months_to_tell(timezone.now())
