"""What is published of cases: prepared with what is taken out, signed at the gate, frozen, taken down, counted."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse

from engage.accounts.actions import grant_role
from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.pages.models import Topic
from engage.participation import actions as participation
from engage.participation.attachments import inspect
from engage.participation.models import Attachment, TimelineEntry
from engage.publishing import actions as gate
from engage.publishing import registry
from engage.publishing.models import Release
from engage.publishing.redaction import actions as bench
from engage.publishing.redaction.marks import Mark
from engage.search import suggesting
from engage.search.models import SearchEntry
from engage.search.queries import search
from mailbox import actions as cases
from mailbox.letterbox.models import PostalAddress
from mailbox.publication import actions, building, queries, rules
from mailbox.publication.actions import Checked
from mailbox.publication.models import Helped, Publication, PublishedFile
from mailbox.publication.rules import Candidate
from tests.accounts.people import person
from tests.mailbox.factories import NOW, House, answered, case, house, later, sender, taken_on
from tests.mailbox.publications import (
    ANSWER,
    SECRET,
    handed_in,
    prepared,
    released,
    reply_case,
    request_case,
    sign,
)
from tests.redaction import builders

pytestmark = pytest.mark.django_db
NAMES = ("李梅", "mei@example.org", "13800138000", "锦绣路18弄3号502室", SECRET)


@pytest.fixture
def place() -> House:
    return house()


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def content_of(publication: Publication) -> str:
    return building.canonical_json(publication.content).decode()


# --- preparing ------------------------------------------------------------------------------------------------------


def test_what_the_sender_is_known_by_and_personal_numbers_are_marked_beforehand(place):
    made = reply_case(place, name="李梅", email="mei@example.org")
    PostalAddress.objects.create(contact_id=made.submission.contact_id, text="锦绣路18弄3号502室")
    publication = actions.open_publication(made.pk, actor=place.officer, now=NOW)
    marked = {one["value"]: one["why"] for one in publication.marks}
    assert marked["李梅"] == "name" and marked["mei@example.org"] == "contact" and marked["13800138000"] == "mobile"
    assert marked["锦绣路18弄3号502室"] == "postal" and marked[made.reference] == "reference"
    assert all(one["on"] and one["basis"] == "personal-privacy" for one in publication.marks)
    assert publication.form == "case_reply" and publication.department == place.water
    assert actions.open_publication(made.pk, actor=place.officer, now=NOW) == publication


@pytest.mark.parametrize("who", ["officer", "clerk"])
def test_officers_of_the_unit_in_charge_and_of_the_receiving_one_prepare(place, who):
    made = reply_case(place)
    assert actions.open_publication(made.pk, actor=getattr(place, who), now=NOW).case == made


@pytest.mark.parametrize("who", ["approver", "openness", "head"])
def test_others_who_see_the_case_prepare_nothing(place, who):
    made = reply_case(place)
    with pytest.raises(Refused, match="not_allowed"):
        actions.open_publication(made.pk, actor=getattr(place, who), now=NOW)


def test_nothing_is_prepared_without_an_answer_or_without_leave(place):
    waits = taken_on(place, may_publish=True)
    silent = answered(place, taken_on(place, may_publish=False))
    with pytest.raises(Refused, match="publication_not_answered"):
        actions.open_publication(waits.pk, actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="publication_no_consent"):
        actions.open_publication(silent.pk, actor=place.officer, now=NOW)


def test_a_mark_that_was_taken_away_stays_away_and_an_unknown_basis_is_refused(place):
    made = reply_case(place)
    publication = prepared(place, made)
    off = [
        Candidate(one["value"], one["why"], one["basis"], one["value"] != "13800138000") for one in publication.marks
    ]
    given = Checked(publication.words, off, (), publication.revision)
    publication = actions.check_words(publication.pk, given, actor=place.officer, now=NOW)
    built = building.build(publication)
    assert "13800138000" in str(built.content) and built.left == [] and built.lacks == []
    bad = Checked(publication.words, [Candidate("修好", "officer", "no-such-law")], (), publication.revision)
    with pytest.raises(Refused, match="basis_missing"):
        actions.check_words(publication.pk, bad, actor=place.officer, now=NOW)


def test_who_works_on_an_older_view_overwrites_nothing(place):
    publication = prepared(place, reply_case(place))
    with pytest.raises(Refused, match="publication_changed"):
        actions.check_words(publication.pk, Checked({}, [], (), 0), actor=place.officer, now=NOW)


def test_personal_data_that_nobody_marked_keeps_it_in(place):
    made = reply_case(place)
    publication = actions.open_publication(made.pk, actor=place.officer, now=NOW)
    given = Checked({"zh-hans": {"title": "水管"}}, [], (), publication.revision)
    publication = actions.check_words(publication.pk, given, actor=place.officer, now=NOW)
    assert "13800138000" in building.build(publication).left
    with pytest.raises(Refused, match="release_incomplete"):
        handed_in(publication, place)


def test_a_changed_answer_has_to_be_looked_at_again(place):
    publication = prepared(place, reply_case(place))
    publication.case.notices.filter(form="answer").update(
        content=publication.case.notices.get(form="answer").content | {"words": ["别的答复"]}
    )
    assert "source_changed" in building.build(publication).lacks


# --- the way to the public ------------------------------------------------------------------------------------------


def test_published_words_hold_nothing_that_was_taken_out_in_any_form(place, client):
    made = reply_case(place)
    publication = released(place, made)
    assert publication.is_public
    item, entries = reverse("published_reply", args=[publication.pk]), SearchEntry.objects.filter(kind="case_reply")
    english = f"/en/{item.split('/', 2)[2]}"
    read = [
        *(client.get(address).content.decode() for address in (item, english, "/zh/replies/", "/en/replies/")),
        *(client.get(f"/zh/replies/feed.{ending}").content.decode() for ending in ("rss", "atom")),
        *(str(client.get(f"/api/v1/replies/{more}").json()) for more in ("", f"{publication.pk}")),
        *(f"{entry.title} {entry.body} {entry.folded}" for entry in entries),
        content_of(publication),
        *(
            f"{form.text} {bytes(form.content).decode()}"
            for form in Release.objects.get(kind=publication.form).forms.all()
        ),
    ]
    assert len(entries) == 2
    for text in read:
        assert not [name for name in NAMES if name in text], text[:300]
    assert "■■您好" in read[0] and "The pipe was repaired" in read[1] and "水管已于周五修好" in read[6]
    assert not search(SECRET, language="zh-hans").total and search("水管", language="zh-hans").total


def test_question_and_answer_are_signed_by_three_who_did_not_write_them(place):
    publication = prepared(place, reply_case(place))
    release = handed_in(publication, place)
    assert {review.key for review in release.reviews.all()} == {"head", "openness", "secrecy"}
    assert place.officer in release.writers.all()
    review = release.reviews.get(key="head")
    grant_role(place.officer, Role.APPROVER, actor=SYSTEM)
    officer = User.objects.get(pk=place.officer.pk)
    with pytest.raises(Refused, match="sign_off_own"):
        gate.decide(review.pk, "open", content_hash=release.content_hash, now=NOW, actor=officer)


def test_an_edit_after_handing_in_voids_what_was_signed(place):
    publication = prepared(place, reply_case(place))
    release = handed_in(publication, place)
    review = release.reviews.get(key="head")
    gate.decide(review.pk, "open", content_hash=release.content_hash, now=NOW, actor=person(Role.APPROVER))
    marks = [Candidate(one["value"], one["why"], one["basis"], one["on"]) for one in publication.marks]
    words = {"zh-hans": {"title": "别的题目"}}
    actions.check_words(publication.pk, Checked(words, marks, (), publication.revision), actor=place.clerk, now=NOW)
    review.refresh_from_db()
    assert review.state == "void" and place.clerk in release.writers.all()


def test_an_edit_after_the_release_is_read_by_nobody_until_it_is_released(place, client):
    publication = released(place, reply_case(place))
    marks = [Candidate(one["value"], one["why"], one["basis"], one["on"]) for one in publication.marks]
    words = {"zh-hans": {"title": "水管修好了没有"}}
    actions.check_words(publication.pk, Checked(words, marks, (), publication.revision), actor=place.officer, now=NOW)
    address = f"/zh/replies/{publication.pk}/"
    assert "水管什么时候修" in client.get(address).content.decode()
    sign(handed_in(publication, place), now=later(NOW))
    publication.refresh_from_db()
    assert "水管修好了没有" in client.get(address).content.decode() and publication.revised_at == later(NOW)
    assert publication.published_at == NOW and list(publication.content["words"]) == ["zh-hans"]


def test_the_sender_takes_it_down_at_once_and_nothing_waits_at_the_gate(place, client):
    made = reply_case(place)
    publication = released(place, made)
    words = {"zh-hans": {"title": "再改一次"}}
    marks = [Candidate(one["value"], one["why"], one["basis"], one["on"]) for one in publication.marks]
    actions.check_words(publication.pk, Checked(words, marks, (), publication.revision), actor=place.officer, now=NOW)
    handed_in(publication, place)
    actions.set_consent(made.pk, may_publish=False, actor=sender(made), now=later(NOW))
    assert client.get(f"/zh/replies/{publication.pk}/").status_code == 404
    assert not SearchEntry.objects.filter(kind="case_reply").exists()
    assert not Release.objects.open().filter(kind=publication.form).exists()
    assert client.get(f"/api/v1/replies/{publication.pk}").status_code == 404
    with pytest.raises(Refused, match="release_incomplete"):
        handed_in(publication, place)
    codes = list(TimelineEntry.objects.filter(submission=made.submission).values_list("code", flat=True))
    assert "publication.case_reply" in codes and codes[-1] == "publication.refused"


def test_only_the_sender_gives_and_takes_leave(place):
    made = reply_case(place)
    with pytest.raises(Refused, match="not_allowed"):
        actions.set_consent(made.pk, may_publish=False, actor=place.officer, now=NOW)
    complaint = case("grievance")
    with pytest.raises(Refused, match="publication_consent_not_asked"):
        actions.set_consent(complaint.pk, may_publish=True, actor=sender(complaint), now=NOW)


def test_a_group_is_published_once_and_says_how_many_letters(place, client):
    lead = taken_on(place, may_publish=True, title="水管")
    for number in range(3):
        other = taken_on(place, text=f"水管坏了，{number}号楼", name=f"张三{number}")
        cases.merge_case(other.pk, into=lead.pk, actor=place.officer, now=NOW)
    lead = answered(place, lead, text=ANSWER)
    cases.answer_merged(now=later(NOW, 60))
    publication = released(place, lead)
    assert publication.content["letters"] == 4
    assert "4 letters asked the same" in client.get(f"/en/replies/{publication.pk}/").content.decode()
    other.refresh_from_db()
    type(other).objects.filter(pk=other.pk).update(may_publish=True)
    with pytest.raises(Refused, match="publication_in_group"):
        actions.open_publication(other.pk, actor=place.officer, now=NOW)
    assert queries.published_of(other) == publication


# --- disclosures ----------------------------------------------------------------------------------------------------


def test_a_disclosure_tells_the_decision_and_no_word_of_the_request(place, client):
    made = request_case(place)
    publication = released(place, made)
    assert publication.form == "disclosure"
    page = client.get(f"/en/disclosures/{publication.pk}/").content.decode()
    assert "The information is given in part" in page and "■■ were given in part" in page
    assert "请公开给" not in page and "李梅" not in content_of(publication) and SECRET not in content_of(publication)
    assert "《政府信息公开条例》第三十七条" in page
    assert client.get(f"/en/replies/{publication.pk}/").status_code == 404
    assert client.get("/api/v1/disclosures/").json()["count"] == 1


def test_a_disclosure_needs_no_leave_but_its_summary_and_four_keys(place):
    made = request_case(place)
    publication = prepared(place, made, words={"zh-hans": {"title": "处理记录"}})
    assert building.build(publication).lacks == ["no_summary", "half_translated"]
    keys = registry.get(publication.form).keys_for(publication)
    assert {key.code for key in keys} == {"head", "legal", "openness", "secrecy"}


def test_a_kind_of_the_gate_takes_its_own_form_only(place):
    publication = prepared(place, reply_case(place))
    with pytest.raises(Refused, match="release_incomplete"):
        gate.request("disclosure", publication, actor=place.officer, now=NOW)


# --- files ----------------------------------------------------------------------------------------------------------


def attached(made, content: bytes, name: str) -> Attachment:
    inspected = inspect(BytesIO(content), name=name)
    return participation.attach(made.submission, inspected, content, actor=sender(made))


@pytest.mark.parametrize("name", ["note.txt", "letter.pdf"])
def test_a_file_goes_out_as_the_bench_made_it(place, client, name):
    made = reply_case(place)
    content = f"Open words of {SECRET}".encode()
    if name.endswith("pdf"):
        content = builders.typeset("Open words of", SECRET, title=SECRET, author=SECRET)
    row = attached(made, content, name)
    publication = prepared(place, made)
    titles = {"zh-hans": f"给{SECRET}的信", "en": "A letter"}
    new = actions.attachment_file(publication, row.pk, titles, actor=place.officer)
    file = actions.add_file(publication.pk, new, to_bench=True, actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="publication_bench_open"):
        actions.fetch_result(publication.pk, file.pk, actor=place.officer, now=NOW)
    assert building.build(publication).lacks == ["file_on_bench"]
    job = bench.add_marks(
        file.redaction_id, [Mark("word", SECRET, basis="commercial-secret")], revision=0, actor=place.officer
    )
    job = bench.make(job.pk, title="", language="zh-hans", revision=job.revision, actor=place.officer, now=NOW)
    bench.confirm(job.pk, keep_days=30, revision=job.revision, actor=place.officer, now=NOW)
    file = actions.fetch_result(publication.pk, file.pk, actor=place.officer, now=NOW)
    sign(handed_in(Publication.objects.get(pk=publication.pk), place))
    response = client.get(f"/zh/replies/{publication.pk}/files/{file.pk}/")
    sent = b"".join(response)
    assert hashlib.sha256(sent).hexdigest() == job.proof["after"]["sha256"] == file.sha256
    assert SECRET not in file.text and SECRET.encode() not in sent and SECRET not in response["Content-Disposition"]
    page = client.get(f"/zh/replies/{publication.pk}/").content.decode()
    assert "给■■的信" in page and "商业秘密" in page
    assert SECRET not in str(list(Release.objects.get(kind=publication.form).forms.values_list("text", flat=True)))


def test_a_file_without_anything_to_take_out_goes_as_it_is_and_leaves_again(place, client):
    publication = prepared(place, request_case(place))
    upload = actions.uploaded_file(BytesIO("日期,结果\n一月,合格".encode()), "table.csv", {"zh-hans": "汇总表"})
    file = actions.add_file(publication.pk, upload, to_bench=False, actor=place.officer, now=NOW)
    other = actions.add_file(publication.pk, upload, to_bench=False, actor=place.officer, now=NOW)
    actions.remove_file(publication.pk, other.pk, actor=place.officer, now=NOW)
    publication.refresh_from_db()
    sign(handed_in(publication, place))
    address = f"/zh/disclosures/{publication.pk}/files"
    assert "一月,合格".encode() in b"".join(client.get(f"{address}/{file.pk}/"))
    assert client.get(f"{address}/{other.pk}/").status_code == 404
    # What is taken out later stays public as it was signed, until the next release.
    actions.remove_file(publication.pk, file.pk, actor=place.officer, now=NOW)
    assert client.get(f"{address}/{file.pk}/").status_code == 200


def test_a_file_needs_a_title_and_goes_along_once(place):
    made = reply_case(place)
    row = attached(made, b"words", "a.txt")
    publication = prepared(place, made)
    new = actions.attachment_file(publication, row.pk, {"en": "Only English"}, actor=place.officer)
    with pytest.raises(Refused, match="publication_title_missing"):
        actions.add_file(publication.pk, new, to_bench=False, actor=place.officer, now=NOW)
    new = actions.attachment_file(publication, row.pk, {"zh-hans": "附件"}, actor=place.officer)
    actions.add_file(publication.pk, new, to_bench=False, actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="publication_file_twice"):
        actions.add_file(publication.pk, new, to_bench=False, actor=place.officer, now=NOW)
    with pytest.raises(Refused, match="publication_file_gone"):
        actions.attachment_file(publication, row.pk + 999, {}, actor=place.officer)
    assert PublishedFile.objects.count() == 1


# --- reading --------------------------------------------------------------------------------------------------------


def test_the_list_goes_on_from_a_row_and_narrows(place, client):
    topic = Topic.objects.create(code="water", name_zh="供水", name_en="Water")
    numbers = []
    for number in range(rules.PAGE_SIZE + 2):
        at = NOW + timedelta(minutes=number)
        made = reply_case(place, text=f"第{number}栋的水管坏了", answer="修好了。", now=NOW)
        numbers.append(released(place, made, more=(), now=at, topics=["water"] if number == 0 else ()).pk)
    first = queries.listed("case_reply", queries.Filters(), language="zh-hans")
    assert [item.pk for item in first.items] == numbers[:1:-1] and first.total == rules.PAGE_SIZE + 2
    # What is published meanwhile moves nothing on the page that follows.
    rest = queries.listed("case_reply", queries.Filters(), language="zh-hans", before=first.after)
    assert [item.pk for item in rest.items] == [numbers[1], numbers[0]] and not rest.after
    assert [one.pk for one in queries.listed("case_reply", queries.Filters(topic="water"), language="en").items] == [
        numbers[0]
    ]
    assert topic in Publication.objects.get(pk=numbers[0]).shown_topics.all()
    narrowed = queries.Filters(q="第3栋", department="water", kind="letter", year=2026)
    assert [one.pk for one in queries.listed("case_reply", narrowed, language="zh-hans").items] == [numbers[3]]
    assert queries.listed("case_reply", queries.Filters(kind="enquiry"), language="en").total == 0
    page = client.get("/en/replies/?topic=water&kind=letter").content.decode()
    assert "1 answer<" in page and "Water" in page
    assert client.get("/en/replies/?before=x-1&year=abcd&q=%00").status_code == 200


def test_a_published_answer_is_suggested_to_whoever_writes_about_it(place, client):
    publication = released(place, reply_case(place))
    found = suggesting.suggested("我家水管坏了什么时候有人修", language="zh-hans")
    assert [one.url for one in found] == [f"/zh/replies/{publication.pk}/"]
    assert f"/zh/replies/{publication.pk}/" in client.get("/zh/write/answers/?q=水管什么时候修").content.decode()
    form = client.get(f"/zh/write/enquiry/?about=/zh/replies/{publication.pk}/").content.decode()
    assert f'name="about" value="/zh/replies/{publication.pk}/"' in form


def test_it_helped_counts_once_per_device_and_day_and_says_the_same_each_time(place, client):
    publication = released(place, reply_case(place))
    address = f"/en/replies/{publication.pk}/helped/"
    said = [client.post(address, {"helped": "yes"}) for _press in range(3)]
    assert {(one.status_code, one.url) for one in said} == {(302, f"/en/replies/{publication.pk}/?said=yes#helped")}
    client.post(address, {"helped": "yes"}, headers={"user-agent": "another device"})
    page = client.get(f"/en/replies/{publication.pk}/").content.decode()
    assert "It helped 2 people." in page and Helped.objects.count() == 2
    client.post(address, {"helped": "no"})
    assert "It helped 1 person." in client.get(f"/en/replies/{publication.pk}/").content.decode()
    assert client.post("/en/replies/999/helped/").status_code == 404
    Helped.objects.update(day=NOW.date())
    assert actions.fold_helped(now=NOW + timedelta(days=400)) == 2 and not Helped.objects.exists()
    publication.refresh_from_db()
    assert (publication.helped, publication.not_helped) == (1, 1)


def test_what_is_public_stays_when_the_sender_is_forgotten(place):
    made = reply_case(place)
    publication = released(place, made)
    before = publication.content_hash
    made.submission.contact.delete()
    assert actions.forget_senders() == 1 and actions.forget_senders() == 0
    publication.refresh_from_db()
    assert publication.content_hash == before and publication.is_public
    assert not [one for one in publication.marks if one["why"] in ("name", "contact", "postal")]
    assert "not_checked" in building.build(publication).lacks
