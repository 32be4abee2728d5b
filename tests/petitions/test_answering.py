"""What a threshold earns comes back: answer, debate, what happened there, and a letter to each signer who asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from engage.accounts.actors import ANYONE, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.publishing import actions as gate_actions
from engage.publishing import gate, registry
from engage.publishing.models import Release
from mailbox import actions as cases
from mailbox.actions import Given
from mailbox.petitions.actions import announcing, answers, counting, debates
from mailbox.petitions.actions import letters as engine
from mailbox.petitions.actions.debates import DebateWords
from mailbox.petitions.models import (
    Announcement,
    Crossing,
    Debate,
    Petition,
    PetitionEvent,
    Signature,
    SignatureLetter,
    State,
)
from mailbox.petitions.queries import answering as queries
from mailbox.publication import actions as publishing
from mailbox.publication.models import Publication
from tests.accounts.people import person, sign_in
from tests.mailbox.factories import House, answered, house
from tests.mailbox.publications import handed_in, prepared, sign
from tests.petitions.factories import NOW, petition, signature
from tests.petitions.test_crossings import threshold

pytestmark = pytest.mark.django_db
ENGLISH = {
    "title": "Parking for bicycles",
    "question": "Put at least a hundred stands at every entrance.",
    "answer": "Two hundred stands are built at each entrance by June.",
}
ANSWER = "每个地铁口将在六月底前增设两百个停车位。"
LATER = NOW + timedelta(days=5)


@pytest.fixture
def place() -> House:
    return house()


def crossed(place: House, kind: str = "answer", **fields) -> Petition:
    """A petition that has reached a threshold of two, with a signer who wants letters and one who does not."""
    threshold(2, kind)
    one = petition(department=place.intake, **fields)
    signature(one, wants_news=True)
    signature(one)
    counting.roll_up(NOW)
    return one


def worked_on(place: House, one: Petition):
    """Answer the case of a crossing: routed, taken on, written, approved, sent."""
    case = Crossing.objects.get(petition=one).case
    cases.take_step(case.pk, "route", Given(department=place.water.pk), actor=place.clerk, now=NOW)
    case = cases.accept_case(case.pk, actor=place.officer, now=NOW)
    return answered(place, case, now=NOW, text=ANSWER)


def publication_of(place: House, one: Petition) -> Publication:
    words = {"zh-hans": {"title": one.title}, "en": ENGLISH}
    return prepared(place, worked_on(place, one), more=(), words=words)


def letters(**how) -> list[SignatureLetter]:
    return list(SignatureLetter.objects.filter(**how).order_by("pk"))


def events(of: Petition) -> list[str]:
    return [event.code for event in PetitionEvent.objects.filter(petition=of).order_by("pk")]


# --- the answer -------------------------------------------------------------------------------------------------------


def test_the_released_answer_of_the_case_becomes_the_petitions_and_not_before(place):
    one = crossed(place)
    publication = publication_of(place, one)
    one.refresh_from_db()
    assert (one.answer_state, queries.came_of(one).answer) == ("awaiting", None)
    release = handed_in(publication, place)
    one.refresh_from_db()
    assert one.answer_state == "awaiting"
    sign(release, now=LATER)
    one.refresh_from_db()
    assert one.answer_state == "answered"
    assert events(one) == ["crossed", "answered"]
    assert one.submission.timeline.filter(code="petition.answered").count() == 1
    with translation.override("en"):
        assert list(queries.came_of(one).answer.answer) == [ENGLISH["answer"]]
    with translation.override("zh-hans"):
        assert list(queries.came_of(one).answer.answer) == [ANSWER]


def test_an_answer_that_is_taken_down_is_owed_again_and_told_only_once(place):
    one = crossed(place)
    publication = publication_of(place, one)
    sign(handed_in(publication, place), now=NOW)
    publishing.unpublish(Publication.objects.get(), now=LATER, actor=place.head)
    one.refresh_from_db()
    assert (one.answer_state, queries.came_of(one).answer) == ("awaiting", None)
    Publication.objects.update(taken_down_at=None)
    answers.follow_answer(Publication.objects.get(), now=LATER)
    one.refresh_from_db()
    assert (one.answer_state, events(one)) == ("answered", ["crossed", "answered"])
    assert Announcement.objects.count() == 1


def test_what_is_published_of_another_case_is_none_of_a_petitions_business(place):
    one = crossed(place)
    publication = publication_of(place, one)
    Crossing.objects.update(case=None)
    assert answers.follow_answer(publication, now=NOW) is None


# --- letters to signers -----------------------------------------------------------------------------------------------


def event(one: Petition) -> PetitionEvent:
    return PetitionEvent.objects.create(petition=one, at=NOW, code="answered")


def test_only_confirmed_signers_who_asked_get_a_letter_each_once():
    one, other = petition(), petition()
    asked = [signature(one, wants_news=True) for _each in range(3)]
    signature(one)
    signature(one, Signature.State.PENDING, wants_news=True)
    signature(one, Signature.State.HELD, wants_news=True)
    gone = signature(one, wants_news=True)
    Signature.objects.filter(pk=gone.pk).update(state="withdrawn")
    signature(one, wants_news=True, email=None)
    signature(other, wants_news=True)
    told = announcing.announce(event(one), "answered")
    assert announcing.announce(told.event, "answered") == told
    assert announcing.list_letters(now=NOW) == 3
    assert announcing.list_letters(now=NOW) == 0
    assert [row.signature_id for row in letters(kind="answered", about=told.pk)] == [row.pk for row in asked]
    told.refresh_from_db()
    assert (told.listed, told.ended_at) == (3, NOW)


def test_a_list_that_was_cut_off_goes_on_and_lists_nobody_twice(monkeypatch):
    monkeypatch.setattr(announcing, "LETTERS_AT_ONCE", 2)
    monkeypatch.setattr(announcing, "WINDOW", 3)
    one = petition()
    before = signature(one, wants_news=False).pk
    for _each in range(7):
        signature(one, wants_news=True)
    told = announcing.announce(event(one), "answered")
    # A window is three keys here: the keys that other tests used up are not gone over.
    Announcement.objects.update(last_key=before)
    assert announcing._list_batch(told.pk, NOW) == (2, True)
    Announcement.objects.update(last_key=before)
    announcing.list_letters(now=NOW)
    assert len(letters(kind="answered")) == 7
    told.refresh_from_db()
    assert (told.listed, told.ended_at) == (7, NOW)


def test_no_more_letters_wait_than_a_confirmation_can_wait_for(monkeypatch):
    monkeypatch.setattr(announcing, "WAITING_MOST", 4)
    monkeypatch.setattr(announcing, "LETTERS_AT_ONCE", 2)
    one = petition()
    for _each in range(9):
        signature(one, wants_news=True)
    announcing.announce(event(one), "answered")
    assert announcing.list_letters(now=NOW) == 4
    assert announcing.list_letters(now=NOW) == 0
    SignatureLetter.objects.update(state="sent")
    assert announcing.list_letters(now=NOW) == 4
    SignatureLetter.objects.update(state="sent")
    assert announcing.list_letters(now=NOW) == 1


def test_a_letter_leads_to_the_page_and_carries_the_way_off_the_list(place, mailoutbox):
    one = crossed(place)
    sign(handed_in(publication_of(place, one), place), now=NOW)
    announcing.list_letters(now=NOW)
    assert engine.carry(clock=lambda: LATER) == 1
    mail = mailoutbox[-1]
    assert one.title in mail.subject and reverse("petition", args=[one.pk]) in mail.body
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.extra_headers["List-Unsubscribe"].startswith("<http")
    assert ANSWER not in mail.body
    assert engine.carry(clock=lambda: LATER) == 0


def test_of_an_answer_that_was_taken_down_meanwhile_nobody_gets_a_letter(place, mailoutbox):
    one = crossed(place)
    sign(handed_in(publication_of(place, one), place), now=NOW)
    announcing.list_letters(now=NOW)
    publishing.unpublish(Publication.objects.get(), now=NOW, actor=place.head)
    assert engine.carry(clock=lambda: LATER) == 0
    assert [row.state for row in letters(kind="answered")] == ["stopped"]


def test_who_leaves_the_list_before_the_letter_is_sent_gets_none(place):
    one = crossed(place)
    sign(handed_in(publication_of(place, one), place), now=NOW)
    announcing.list_letters(now=NOW)
    Signature.objects.update(wants_news=False)
    assert engine.carry(clock=lambda: LATER) == 0


def test_letters_that_were_refused_or_are_uncertain_are_listed_without_a_person_and_sent_again(place, client):
    one = petition()
    for _each in range(4):
        signature(one, wants_news=True)
    told = announcing.announce(event(one), "answered")
    announcing.list_letters(now=NOW)
    refused, lost, cut, _sent = letters()
    SignatureLetter.objects.update(state="sent")
    said = f"550 5.1.1 <{refused.signature.email}> {refused.signature.name} is away"
    SignatureLetter.objects.filter(pk=refused.pk).update(state="failed", said=said)
    SignatureLetter.objects.filter(pk__in=[lost.pk, cut.pk]).update(state="uncertain", said="cut_off")
    # Another letter to a signer that happens to be about a thing of the same key.
    SignatureLetter.objects.create(signature=lost.signature, kind="opened", about=told.pk, state="uncertain")
    [shown] = queries.told_of(one)
    assert (shown.waiting, shown.failed, shown.uncertain) == (0, 1, 2)
    assert [(row.key, row.answer) for row in shown.lost] == [(cut.pk, ""), (lost.pk, ""), (refused.pk, "550 5.1.1")]
    sign_in(client, place.clerk)
    page, again = reverse("desk_petition_outcome", args=[one.pk]), "desk_petition_letters_again"
    address = reverse(again, args=[one.pk])
    words = client.get(page).content.decode()
    assert address in words and f">{refused.pk}<" in words and "550 5.1.1" in words and "is away" not in words
    assert refused.signature.email not in words and refused.signature.name not in words
    assert client.post(address, {"event": "0"}).status_code == 404
    assert client.post(reverse(again, args=[petition().pk]), {"event": told.pk}).status_code == 404
    assert client.post(address, {"event": told.pk}).url == page
    assert sorted(row.state for row in letters(kind="answered")) == ["failed", "ready", "ready", "sent"]
    assert JournalRow.objects.get(verb="petition.letters_again").target_pk == str(told.pk)
    assert announcing.send_uncertain(one.pk, told.pk, actor=place.clerk, now=NOW) == 0
    for actor in (ANYONE, person(Role.EDITOR)):
        with pytest.raises(Refused, match="not_allowed"):
            announcing.send_uncertain(one.pk, told.pk, actor=actor, now=NOW)


def test_lost_letters_are_counted_by_their_index():
    if connection.vendor == "postgresql":
        # An empty table is read whole otherwise.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "signature_letters_lost" in queries._lost().filter(about__in=[1, 2]).explain()


# --- debates ----------------------------------------------------------------------------------------------------------

PLAN = DebateWords("hearing", date(2026, 12, 20), "市政厅一号厅", "City Hall, Room 1")
WHAT = {"what_zh": "市民代表与交通局讨论了三小时。", "what_en": "Citizens and the office talked for three hours."}


def released(debate: Debate, *, now=NOW) -> Debate:
    release = gate.request(debates.KIND, debate, actor=person(Role.EDITOR), now=now)
    for key in registry.get(debates.KIND).keys:
        review = release.reviews.filter(key=key.code, state="waiting").get()
        current = Release.objects.get(pk=release.pk)
        signer = person(key.roles[0])
        gate_actions.decide(review.pk, "open", content_hash=current.content_hash, now=now, actor=signer)
    debate.refresh_from_db()
    return debate


def planned(one: Petition, place: House, words: DebateWords = PLAN) -> Debate:
    return debates.plan_debate(one.pk, words, actor=place.clerk, now=NOW)


def edited(debate: Debate, place: House, **changed) -> Debate:
    words = DebateWords(**(vars(PLAN) | changed))
    return debates.edit_debate(debate.pk, words, revision=None, actor=place.clerk, now=LATER)


def stage(one: Petition) -> str:
    one.refresh_from_db()
    return one.debate_state


def test_a_debate_is_planned_and_held_in_public_only_as_it_was_released(place):
    one = crossed(place, "debate")
    assert stage(one) == "awaiting"
    debate = planned(one, place)
    assert (stage(one), queries.debates_of(one)) == ("awaiting", [])
    released(debate)
    assert (stage(one), events(one)) == ("scheduled", ["crossed", "debate_scheduled"])
    edited(debate, place, held=True, **WHAT)
    with translation.override("en"):
        shown = queries.debates_of(one)[0]
        assert (shown.stage, shown.on, shown.place, list(shown.what)) == ("planned", PLAN.on, PLAN.place_en, [])
    released(debate, now=LATER)
    assert (stage(one), events(one)) == ("debated", ["crossed", "debate_scheduled", "debated"])
    with translation.override("en"):
        assert list(queries.debates_of(one)[0].what) == [WHAT["what_en"]]
    case = Crossing.objects.get(petition=one).case
    assert (case.state, case.clocks.get(target="answer").result) == ("closed", "met")
    announcing.list_letters(now=LATER)
    assert [row.kind for row in letters()] == ["planned", "debated"]


def test_a_corrected_record_is_told_to_nobody_anew(place):
    one = crossed(place, "debate")
    debate = released(planned(one, place, DebateWords("debate", PLAN.on, held=True, **WHAT)))
    edited(debate, place, kind="debate", held=True, what_zh="更正后的记录。", what_en="The corrected record.")
    released(debate, now=LATER)
    assert events(one) == ["crossed", "debated"]
    assert (debate.revised_at, Announcement.objects.count()) == (LATER, 1)


def test_a_plan_that_is_released_again_is_told_once_and_another_day_anew(place, mailoutbox):
    one = crossed(place, "debate")
    debate = released(planned(one, place))
    announcing.list_letters(now=NOW)
    debates.unpublish(debate, now=NOW, actor=place.head)
    edited(debate, place, place_zh="市政厅二号厅", place_en="City Hall, Room 2")
    released(debate, now=LATER)
    assert events(one) == ["crossed", "debate_scheduled"]
    edited(debate, place, on=date(2026, 12, 21))
    released(debate, now=LATER)
    told = PetitionEvent.objects.filter(petition=one, code="debate_scheduled").order_by("pk")
    assert [event.params["debate_on"] for event in told] == ["2026-12-20", "2026-12-21"]
    assert (debate.revised_at, one.submission.timeline.filter(code="petition.debate_scheduled").count()) == (LATER, 2)
    announcing.list_letters(now=LATER)
    # The letter about the first day was not sent yet: the one about the second says all.
    assert engine.carry(clock=lambda: LATER) == 1
    assert [row.state for row in letters(kind="planned")] == ["stopped", "sent"]
    assert "21" in mailoutbox[-1].subject


def test_a_plan_of_a_day_that_was_called_off_is_told_once_more(place):
    one = crossed(place, "debate")
    debate = released(planned(one, place))
    edited(debate, place, held=False, what_zh="因天气取消。", what_en="Called off because of the weather.")
    released(debate, now=LATER)
    edited(debate, place)
    released(debate, now=LATER)
    assert events(one)[1:] == ["debate_scheduled", "debate_cancelled", "debate_scheduled"]
    assert Announcement.objects.count() == 3


def test_a_debate_that_is_called_off_is_still_owed_and_one_that_will_not_be_is_settled(place):
    one = crossed(place, "debate")
    debate = released(planned(one, place))
    edited(debate, place, held=False, what_zh="因天气取消。", what_en="Called off because of the weather.")
    released(debate, now=LATER)
    assert (stage(one), events(one)[-1]) == ("awaiting", "debate_cancelled")
    assert Crossing.objects.get(petition=one).case.state == "registered"
    released(
        planned(one, place, DebateWords("debate", None, held=False, what_zh="不再举行。", what_en="There is none."))
    )
    assert (stage(one), events(one)[-1]) == ("not_debated", "not_debated")
    assert Crossing.objects.get(petition=one).case.state == "closed"


def test_a_hearing_may_be_held_though_nothing_was_earned(place):
    one = petition()
    released(planned(one, place))
    assert (stage(one), events(one)) == ("scheduled", ["debate_scheduled"])


def test_a_plan_without_a_day_and_a_record_in_one_language_are_not_handed_in(place):
    one = petition()
    for words in (DebateWords("debate"), DebateWords("debate", PLAN.on, held=True, what_zh="只有中文。")):
        debate = planned(one, place, words)
        with pytest.raises(Refused, match="release_incomplete"):
            gate.request(debates.KIND, debate, actor=person(Role.EDITOR), now=NOW)


def test_who_wrote_in_it_does_not_sign_it_and_an_edit_voids_what_was_signed(place):
    debate = planned(petition(), place)
    release = gate.request(debates.KIND, debate, actor=person(Role.EDITOR), now=NOW)
    assert place.clerk.pk in set(release.writers.values_list("pk", flat=True))
    review = release.reviews.get(key="head")
    current = Release.objects.get(pk=release.pk)
    gate_actions.decide(review.pk, "open", content_hash=current.content_hash, now=NOW, actor=person(Role.APPROVER))
    edited(debate, place, place_en="Elsewhere", place_zh="别处")
    assert not release.reviews.filter(state="decided").exists()


def test_an_older_view_of_a_debate_is_refused_and_strangers_change_nothing(place):
    debate = planned(petition(), place)
    edited(debate, place)
    with pytest.raises(Refused, match="debate_changed"):
        debates.edit_debate(debate.pk, PLAN, revision=0, actor=place.clerk, now=NOW)
    with pytest.raises(Debate.DoesNotExist):
        debates.edit_debate(debate.pk, PLAN, revision=None, actor=ANYONE, now=NOW)
    with pytest.raises(Refused, match="not_allowed"):
        debates.plan_debate(debate.petition_id, PLAN, actor=person(Role.EDITOR), now=NOW)
    with pytest.raises(Refused, match="debate_not_yet"):
        debates.plan_debate(petition(State.WAITING).pk, PLAN, actor=place.clerk, now=NOW)


def test_a_debate_that_is_taken_down_is_not_read_any_more(place):
    one = crossed(place, "debate")
    debate = released(planned(one, place, DebateWords("debate", PLAN.on, held=True, **WHAT)))
    address = reverse("petition_debate", args=[one.pk, debate.pk])
    assert WHAT["what_en"] in Client().get(f"/en{address.removeprefix('/zh')}").content.decode()
    debates.unpublish(debate, now=LATER, actor=place.head)
    debates.unpublish(debate, now=LATER, actor=place.head)
    assert (stage(one), queries.debates_of(one)) == ("awaiting", [])
    assert queries.public_debate(one.pk, debate.pk) is None


@pytest.mark.parametrize("state", [State.REMOVED, State.HIDDEN])
def test_debates_of_a_petition_that_is_not_shown_are_not_shown(place, state):
    one = petition()
    debate = released(planned(one, place))
    assert queries.public_debate(one.pk, debate.pk) == debate
    assert queries.public_debate(petition().pk, debate.pk) is None
    fields = {"reason": Petition.objects.none().first()}
    Petition.objects.filter(pk=one.pk).update(state=State.REMOVED if state == State.HIDDEN else state)
    assert fields["reason"] is None and queries.public_debate(one.pk, debate.pk) is None


# --- the desk ---------------------------------------------------------------------------------------------------------


def posted(**changed) -> dict[str, str]:
    return {
        "revision": "0",
        "kind": "hearing",
        "stage": "planned",
        "on": "2026-12-20",
        "place_zh": "市政厅",
        "place_en": "City Hall",
    } | changed


def test_the_desk_lists_what_is_owed_with_its_case_and_what_is_late_first(place, client):
    one = crossed(place)
    sign_in(client, place.clerk)
    page = client.get(reverse("desk_petition_answers")).content.decode()
    case = Crossing.objects.get(petition=one).case
    assert one.title in page and reverse("desk_case", args=[case.pk]) in page
    Crossing.objects.update(due_on=date(2020, 1, 1))
    owed = queries.owed(place.clerk, today=date(2020, 1, 11))
    assert [row.days_late for row in owed] == [10]
    outcome = client.get(reverse("desk_petition_outcome", args=[one.pk]))
    assert outcome.status_code == 200 and one.reference in outcome.content.decode()


def test_a_debate_is_prepared_looked_at_and_handed_in_at_the_desk(place, client):
    one = petition()
    sign_in(client, place.clerk)
    assert client.get(reverse("desk_petition_debate_new", args=[one.pk])).status_code == 200
    answer = client.post(reverse("desk_petition_debate_new", args=[one.pk]), posted(on="when it suits"))
    assert answer.status_code == 422 and "City Hall" in answer.content.decode()
    assert client.post(reverse("desk_petition_debate_new", args=[one.pk]), posted()).status_code == 302
    debate = Debate.objects.get()
    address = reverse("desk_petition_debate", args=[debate.pk])
    page = client.get(address).content.decode()
    assert reverse("release_hand_in", args=["petition_debate", debate.pk]) in page
    for language, heading, words in (
        ("zh-hans", "即将举行：听证会", "市政厅"),
        ("en", "Planned: hearing", "City Hall"),
    ):
        preview = client.get(reverse("desk_petition_debate_preview", args=[debate.pk, language])).content.decode()
        assert f"<h1>{heading}</h1>" in preview and words in preview
    assert client.get(reverse("desk_petition_debate_preview", args=[debate.pk, "fr"])).status_code == 404
    for wrong in ("javascript:alert(1)", "ftp://example.org/video", "no address"):
        refused = client.post(address, posted(video=wrong))
        assert refused.status_code == 422 and refused.content.count(b'id="id_video_error"') == 1
    assert client.post(address, posted(place_en="Library")).status_code == 302
    again = client.post(address, posted(place_en="Somewhere"))
    assert again.status_code == 409 and "Somewhere" in again.content.decode()
    assert Debate.objects.get().place_en == "Library"


def test_officers_of_no_petition_role_and_the_public_find_nothing_of_it(place, client):
    one = petition()
    debate = planned(one, place)
    names = [
        reverse("desk_petition_answers"),
        reverse("desk_petition_outcome", args=[one.pk]),
        reverse("desk_petition_debate_new", args=[one.pk]),
        reverse("desk_petition_debate", args=[debate.pk]),
        reverse("desk_petition_debate_preview", args=[debate.pk, "en"]),
    ]
    assert {client.get(name).status_code for name in names} == {302}
    sign_in(client, person(Role.REVIEWER_LEGAL))
    assert {client.get(name).status_code for name in names} == {404}
    assert client.get(reverse("petition_debate", args=[one.pk, debate.pk])).status_code == 404
