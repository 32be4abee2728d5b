"""The way of an outcome: written, handed in complete, signed by four others, published at once everywhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.coding.models import Decision
from consultations.models import Change, Comment
from consultations.outcomes import actions, queries, tasks
from consultations.outcomes.models import Answer, Export, Outcome
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.departments.models import Membership
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.outreach.follows import registry as follows
from engage.outreach.follows.models import Event, Mailing
from engage.pages.messages import refusal_message
from engage.participation import actions as participation
from engage.participation.models import OutgoingMail
from engage.publishing import actions as reviews
from engage.publishing import gate, registry
from engage.publishing.models import Release, Review
from engage.search.models import SearchEntry
from tests.consultations.factories import call, comment
from tests.consultations.outcomes.builders import (
    close,
    decide,
    decided_call,
    hand_in,
    person,
    point,
    published,
    revision,
    signed,
    submitted,
    theme,
    version_after,
    written,
)
from tests.publishing.signing import sign, sign_all, sign_object

pytestmark = pytest.mark.django_db


def refused_gaps(outcome: Outcome, author) -> tuple[list[str], str]:
    """Hand in what cannot be: return the codes of what is missing, and what the writer is told."""
    with pytest.raises(Refused, match="release_incomplete") as refused:
        hand_in(outcome, author)
    return [gap.code for gap in gaps_of(outcome)], refusal_message(refused.value)


def gaps_of(outcome: Outcome) -> list:
    return queries.build(Outcome.objects.get(pk=outcome.pk)).missing


# --- what blocks


def test_one_undecided_point_blocks_and_the_message_names_it():
    consultation, author = decided_call(), person(Role.EDITOR)
    made, submission, _code = comment(decided_open(consultation), text="请延长开放到晚上九点，方便下班的人。")
    point(made, start=1, end=10)
    close(consultation)
    outcome = written(consultation, author=author)
    codes, said = refused_gaps(outcome, author)
    assert codes == ["undecided"]
    assert submission.reference in said
    assert "Article 2" in said or "第二条" in said
    assert "延长开放到晚上九点" in said
    outcome.refresh_from_db()
    assert (outcome.state, outcome.content) == (Outcome.State.DRAFT, {})
    decide(made.points.get(), "covered", "夜间已开放。", "Evenings are open already.")
    assert hand_in(outcome, author).state == Outcome.State.SUBMITTED


def decided_open(consultation):
    consultation.closes_at = timezone.now() + timedelta(days=1)
    consultation.save()
    return consultation


def test_a_point_of_two_themes_is_open_while_one_theme_is():
    consultation, author = decided_call(), person(Role.EDITOR)
    undecided = theme(consultation, "夜间", position=2)
    made, _submission, _code = comment(decided_open(consultation), text="周末和夜间都应当开放，方便大家。")
    point(made, consultation.themes.get(name="周末开放"), undecided)
    close(consultation)
    outcome = written(consultation, author=author)
    assert "undecided" in refused_gaps(outcome, author)[0]


def test_a_comment_nobody_coded_blocks_and_one_without_a_point_does_not():
    consultation, author = decided_call(), person(Role.EDITOR)
    made, submission, _code = comment(decided_open(consultation), text="谢谢你们做了这件好事情。")
    close(consultation)
    outcome = written(consultation, author=author)
    codes, said = refused_gaps(outcome, author)
    assert codes == ["uncoded"]
    assert submission.reference in said
    Comment.objects.filter(pk=made.pk).update(coded_at=timezone.now())
    hand_in(outcome, author)
    sign_object(actions.KIND, outcome)
    outcome.refresh_from_db()
    assert outcome.content["totals"]["without_point"] == 1
    assert outcome.content["totals"]["comments"] == 9


def test_a_comment_that_waits_for_a_moderator_blocks():
    consultation, author = decided_call(), person(Role.EDITOR)
    Comment.objects.filter(pk=consultation.comments.first().pk).update(moderation_state="held")
    outcome = written(consultation, author=author)
    assert refused_gaps(outcome, author)[0] == ["comments_held"]


def test_an_open_call_blocks():
    consultation, author = decided_call(), person(Role.EDITOR)
    outcome = written(decided_open(consultation), author=author)
    assert refused_gaps(outcome, author)[0] == ["call_open"]


def test_texts_reasons_and_names_are_asked_for_in_both_languages():
    consultation, author = decided_call(), person(Role.EDITOR)
    Decision.objects.filter(theme__name="周末开放").update(reason_en="")
    outcome = actions.open_outcome(consultation.pk, actor=author)
    codes, _said = refused_gaps(outcome, author)
    assert sorted(codes) == sorted(
        ["summary_missing", "method_missing", "next_steps_missing"] * 2 + ["reason_missing"] + ["theme_unnamed"] * 2
    )
    (reason,) = [gap for gap in gaps_of(outcome) if gap.code == "reason_missing"]
    assert reason.values["language"] == "en"
    assert reason.where == ("row", "art_2")


def test_a_reason_for_the_whole_clause_stands_in_for_those_of_its_decisions():
    consultation, author = decided_call(), person(Role.EDITOR)
    Decision.objects.filter(theme__name="周末开放").update(reason_en="")
    outcome = written(consultation, author=author)
    clause = outcome.version.clauses.get(key="art_2")
    actions.write_clause(
        outcome.pk, clause.pk, reasons={"en": "More people can come."}, revision=revision(outcome), actor=author
    )
    assert hand_in(outcome, author).state == Outcome.State.SUBMITTED


def test_a_version_of_another_draft_an_older_one_or_an_unpublished_one_is_refused():
    consultation, author, stranger = decided_call(), person(Role.EDITOR), call()
    other = stranger.drafts.get().published
    with pytest.raises(Refused, match="version_of_other_draft"):
        actions.open_outcome(consultation.pk, version_id=other.pk, actor=author)
    outcome = actions.open_outcome(consultation.pk, actor=author)
    with pytest.raises(Refused, match="after_other_draft"):
        actions.choose_after(outcome.pk, other.pk, revision=revision(outcome), actor=author)
    with pytest.raises(Refused, match="after_not_later"):
        actions.choose_after(outcome.pk, outcome.version_id, revision=revision(outcome), actor=author)
    later = version_after(consultation, publish=False)
    actions.choose_after(outcome.pk, later.pk, revision=revision(outcome), actor=author)
    assert "after_unpublished" in refused_gaps(outcome, author)[0]


def test_an_outcome_for_a_version_nobody_commented_on_is_blocked():
    consultation, author = decided_call(), person(Role.EDITOR)
    second = version_after(consultation)
    outcome = actions.open_outcome(consultation.pk, version_id=second.pk, actor=author)
    assert "other_version" in refused_gaps(outcome, author)[0]


def test_a_page_that_counts_otherwise_than_the_files_is_not_published(monkeypatch):
    """The files' rows are written otherwise than they were counted: nothing opens, and the figures are named."""
    outcome = submitted(decided_call())
    keep = Answer.objects.bulk_create
    monkeypatch.setattr(Answer.objects, "bulk_create", lambda rows, **options: keep(rows[1:], **options))
    with pytest.raises(Refused) as refused:
        sign_object(actions.KIND, outcome)
    gaps = refused.value.values["missing"]
    assert {gap.code for gap in gaps} == {"totals_differ"}
    assert [gap.values["figure"] for gap in gaps] == ["adopted", "comments", "people", "points"]
    said = refusal_message(refused.value)
    assert "adopted" in said
    assert "6" in said and "5" in said
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.SUBMITTED
    assert gate.release_of(actions.KIND, outcome).reviews.filter(state="waiting").count() == 1


def test_what_goes_missing_while_it_is_reviewed_keeps_it_closed_and_is_named():
    outcome = submitted(decided_call())
    made = outcome.consultation.comments.first()
    made.points.get().codings.all().delete()
    release = gate.release_of(actions.KIND, outcome)
    # The content is another one now, so the first round falls; in the second the gap is named.
    assert sign_all(release).state == Release.State.REVIEW
    with pytest.raises(Refused, match="outcome_incomplete") as refused:
        sign_all(release)
    assert made.submission.reference in refusal_message(refused.value)
    outcome.refresh_from_db()
    assert (outcome.state, outcome.content) == (Outcome.State.SUBMITTED, {})


# --- who may what


def test_only_editors_and_officers_of_the_department_write():
    consultation = decided_call()
    officer = person(Role.OFFICER)
    for actor in (ANYONE, person(), person(Role.APPROVER), person(Role.ANALYST), officer):
        with pytest.raises(Refused, match="not_allowed"):
            actions.open_outcome(consultation.pk, actor=actor)
    Membership.objects.create(user=officer, department=consultation.department, role=Role.OFFICER)
    assert actions.open_outcome(consultation.pk, actor=officer).author == officer


def test_who_wrote_in_it_signs_nothing_whatever_their_roles():
    consultation = decided_call()
    author, second, decider = (person(Role.EDITOR, Role.APPROVER) for _number in range(3))
    Decision.objects.filter(theme__name="周末开放").update(decided_by=decider)
    outcome = written(consultation, author=author)
    actions.write_texts(outcome.pk, {"en": {"summary": "Longer."}}, revision=revision(outcome), actor=second)
    hand_in(outcome, author)
    release = gate.release_of(actions.KIND, outcome)
    for writer in (author, second, decider):
        with pytest.raises(Refused, match="sign_off_own"):
            sign(release, "head", writer)
    for stranger in (ANYONE, person(), person(Role.EDITOR)):
        with pytest.raises(Refused, match="not_allowed"):
            sign(release, "head", stranger)
    assert sign(release, "head", person(Role.APPROVER)).state == Release.State.REVIEW


def test_a_form_that_was_open_meanwhile_is_refused():
    consultation, author = decided_call(), person(Role.EDITOR)
    outcome = written(consultation, author=author)
    old = revision(outcome)
    actions.write_texts(outcome.pk, {"en": {"summary": "First."}}, revision=old, actor=author)
    with pytest.raises(Refused, match="changed_meanwhile"):
        actions.write_texts(outcome.pk, {"en": {"summary": "Second."}}, revision=old, actor=person(Role.EDITOR))
    assert outcome.texts.get(language="en").summary == "First."


def test_what_was_handed_in_is_not_changed_any_more():
    author = person(Role.EDITOR)
    outcome = submitted(decided_call(), author=author)
    with pytest.raises(Refused, match="outcome_not_open"):
        actions.write_texts(outcome.pk, {"en": {"summary": "New."}}, revision=revision(outcome), actor=author)


def test_a_reviewer_sends_it_back_with_a_note_and_a_writer_takes_it_back():
    author = person(Role.EDITOR)
    outcome = submitted(decided_call(), author=author)
    release = gate.release_of(actions.KIND, outcome)
    sign(release, "legal", person(Role.REVIEWER_LEGAL), "return", comment="Say more about evenings.")
    outcome.refresh_from_db()
    assert (outcome.state, outcome.content) == (Outcome.State.DRAFT, {})
    (review,) = [one for one in gate.standing_of(actions.KIND, outcome).standing if one.decision]
    assert review.comment == "Say more about evenings."
    actions.write_texts(outcome.pk, {"en": {"summary": "More."}}, revision=revision(outcome), actor=author)
    assert hand_in(outcome, author).state == Outcome.State.SUBMITTED
    reviews.take_back(gate.release_of(actions.KIND, outcome).pk, now=timezone.now(), actor=author)
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.DRAFT


def test_a_reviewer_who_withholds_it_ends_the_release_and_it_is_a_draft_again():
    outcome = submitted(decided_call())
    release = gate.release_of(actions.KIND, outcome)
    sign(release, "secrecy", person(Role.REVIEWER_SECRECY), "withhold", basis="secrets")
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.DRAFT
    assert gate.release_of(actions.KIND, outcome).state == Release.State.WITHHELD


def test_what_is_public_is_not_handed_in_again():
    outcome = published()
    with pytest.raises(Refused, match="release_incomplete"):
        hand_in(outcome, person(Role.EDITOR))


def test_three_of_four_keys_open_nothing():
    outcome = submitted(decided_call())
    release = gate.release_of(actions.KIND, outcome)
    for key in ("head", "legal", "openness"):
        sign(release, key, person(*registry.get(actions.KIND).key(key).roles))
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.SUBMITTED
    assert queries.published(outcome.consultation.slug) is None
    assert not SearchEntry.objects.filter(kind="outcome").exists()
    assert not outcome.exports.exists() and not outcome.answers.exists()
    assert tasks.write_letters() == 0


def test_a_decision_made_before_the_last_key_voids_what_was_signed_and_publishes_nothing():
    outcome = submitted(decided_call())
    release = gate.release_of(actions.KIND, outcome)
    for key in ("head", "legal", "openness"):
        sign(release, key, person(*registry.get(actions.KIND).key(key).roles))
    about = outcome.consultation.themes.get(name="周末开放")
    Decision.objects.filter(theme=about).update(replaced_at=timezone.now())
    decider = person(Role.OFFICER, Role.APPROVER)
    decide(about, "in_part", "只开周六。", "Saturdays only.", reason_code="cost", decided_by=decider)
    sign(release, "secrecy", person(Role.REVIEWER_SECRECY))
    release.refresh_from_db()
    outcome.refresh_from_db()
    assert (release.state, outcome.state) == (Release.State.REVIEW, Outcome.State.SUBMITTED)
    void = release.reviews.filter(state=Review.State.VOID)
    assert set(void.values_list("key", flat=True)) == {"head", "legal", "openness", "secrecy"}
    assert {"content", "page:en", "page:zh-hans", "letter:en"} <= set(void.first().void_reason)
    # Whose words came in meanwhile is a writer now.
    with pytest.raises(Refused, match="sign_off_own"):
        sign(release, "head", decider)
    assert sign_all(release).state == Release.State.RELEASED
    outcome.refresh_from_db()
    assert outcome.content["totals"]["in_part"] == 6


# --- the emergency


def in_an_emergency() -> Outcome:
    """Publish an outcome with the key of one approver."""
    author = person(Role.EDITOR)
    outcome = hand_in(written(decided_call(), author=author), author, emergency="The river rises tonight.")
    sign(gate.release_of(actions.KIND, outcome), "head", person(Role.APPROVER))
    outcome.refresh_from_db()
    return outcome


def test_an_emergency_opens_with_one_key_and_a_late_no_takes_everything_back(client):
    outcome = in_an_emergency()
    slug = outcome.consultation.slug
    assert outcome.state == Outcome.State.PUBLISHED
    release = gate.release_of(actions.KIND, outcome)
    assert release.reviews.filter(afterwards=True, state=Review.State.WAITING).count() == 3
    Export.objects.update(state=Export.State.READY)
    assert tasks.write_letters() > 0
    # One letter left the house already.
    first = OutgoingMail.objects.filter(about=outcome.letters).first()
    OutgoingMail.objects.filter(pk=first.pk).update(sent_at=timezone.now())
    assert client.get(f"/en/c/{slug}/outcome/").status_code == 200

    sign(release, "secrecy", person(Role.REVIEWER_SECRECY), "withhold", basis="secrets")
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.TAKEN_DOWN
    for address in (
        f"/en/c/{slug}/outcome/?later",
        f"/zh/c/{slug}/outcome/?later",
        f"/en/c/{slug}/outcome/csv",
        f"/api/v1/consultations/{slug}/outcome?language=en",
    ):
        assert client.get(address).status_code == 404, address
    for address in ("/en/answers/?later", "/en/answers/feed.rss", "/en/answers/feed.atom", "/sitemap.xml"):
        assert f"/c/{slug}/outcome/" not in client.get(address).content.decode(), address
    assert not SearchEntry.objects.filter(kind="outcome").exists()
    assert not Change.objects.filter(consultation=outcome.consultation).exists()
    assert set(outcome.exports.values_list("state", "file")) == {(Export.State.CANCELLED, "")}
    assert list(OutgoingMail.objects.filter(about=outcome.letters)) == [first]
    assert tasks.write_letters() == 0
    codes = first.submission.timeline.filter(code__startswith="deci").order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["decided", "decision_taken_back"]


def test_followers_are_told_of_an_outcome_only_while_it_is_public():
    outcome = in_an_emergency()
    event = Event.objects.get(key=f"call.answered:{outcome.consultation_id}")
    assert event.pk in follows.tell([event])
    mailing = Mailing.objects.create(key="m", event=event)
    sign(gate.release_of(actions.KIND, outcome), "legal", person(Role.REVIEWER_LEGAL), "return", comment="Wrong law.")
    assert event.pk not in follows.tell([event])
    mailing.refresh_from_db()
    assert mailing.paused_at is not None


def test_after_it_was_taken_down_it_is_written_anew_with_its_words_and_everybody_hears_of_it():
    outcome, author = in_an_emergency(), person(Role.EDITOR)
    while tasks.write_letters():
        pass
    sign(gate.release_of(actions.KIND, outcome), "legal", person(Role.REVIEWER_LEGAL), "return", comment="Wrong law.")
    again = actions.open_outcome(outcome.consultation_id, actor=author)
    assert (again.number, again.texts.get(language="en").summary) == (2, "Libraries open at weekends.")
    hand_in(again, author)
    assert sign_object(actions.KIND, again).state == Release.State.RELEASED
    while tasks.write_letters():
        pass
    assert OutgoingMail.objects.filter(about=again.letters).count() == queries.count_letters(again) > 0


def test_a_no_to_what_a_correction_replaced_leaves_the_correction_public():
    outcome, author = in_an_emergency(), person(Role.EDITOR)
    correction = actions.open_outcome(outcome.consultation_id, actor=author)
    hand_in(correction, author)
    sign_object(actions.KIND, correction)
    sign(gate.release_of(actions.KIND, outcome), "legal", person(Role.REVIEWER_LEGAL), "return", comment="Wrong law.")
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.SUPERSEDED
    assert queries.published(outcome.consultation.slug) == correction


# --- what is quoted and chosen


def test_only_public_comments_of_this_call_are_quoted():
    consultation, author = decided_call(), person(Role.EDITOR)
    outcome = written(consultation, author=author)
    clause = outcome.version.clauses.get(key="art_2")
    private, public = consultation.comments.order_by("pk")[:2]
    Comment.objects.filter(pk=private.pk).update(moderation_state="private")
    foreign, _submission, _code = comment(call())

    def quote(*ids):
        return actions.write_clause(
            outcome.pk, clause.pk, reasons={}, quotes=ids, revision=revision(outcome), actor=author
        )

    for wrong in (private.pk, foreign.pk, 999_999):
        with pytest.raises(Refused, match="quote_not_public"):
            quote(wrong)
    quote(public.pk)
    row = next(
        row for row in queries.build(Outcome.objects.get(pk=outcome.pk)).content["rows"] if row["key"] == "art_2"
    )
    assert [one["comment"] for one in row["quotes"]] == [public.pk]
    with pytest.raises(Refused, match="clause_elsewhere"):
        actions.write_clause(outcome.pk, foreign.clause_id, reasons={}, revision=revision(outcome), actor=author)


def test_an_editor_corrects_what_replaced_a_clause():
    consultation, author = decided_call(), person(Role.EDITOR)
    outcome = written(consultation, author=author)
    clause = outcome.version.clauses.get(key="art_2")

    def row() -> dict:
        built = queries.build(Outcome.objects.get(pk=outcome.pk))
        return next(row for row in built.content["rows"] if row["key"] == "art_2")

    def write(**values):
        actions.write_clause(outcome.pk, clause.pk, reasons={}, revision=revision(outcome), actor=author, **values)

    write(after=["art_3"])
    assert row()["titles_after"]["en"] == ["Article 3 Borrowing"]
    write(removed=True)
    assert row()["removed"]
    assert [op for op, _words in row()["pieces"]["en"]] == ["del"]
    write()
    assert not row()["removed"]
    assert [op for op, _words in row()["pieces"]["zh-hans"]] == ["keep", "del", "ins", "keep"]


# --- publication


def test_publication_happens_everywhere_at_once(django_capture_on_commit_callbacks):
    outcome = signed()
    consultation = outcome.consultation
    assert outcome.published_at is not None
    release = gate.release_of(actions.KIND, outcome)
    assert release.state == Release.State.RELEASED
    signers = set(release.reviews.values_list("decided_by", flat=True))
    assert len(signers) == 4 and not signers & set(outcome.writers.values_list("pk", flat=True))
    content = release.forms.get(name="content")
    assert content.sha256 == outcome.content_hash == queries.content_hash(outcome.content)
    assert {form.name for form in release.forms.all()} == {
        "content", *(f"{form}:{language}" for form in ("page", "feed", "letter") for language in queries.LANGUAGES)
    }  # fmt: skip
    row = JournalRow.objects.get(verb="outcome.published")
    assert row.content["sha256"] == outcome.content_hash
    for submission in {made.submission for made in consultation.comments.all()}:
        assert submission.timeline.filter(code="decided").count() == 1
    (change,) = Change.objects.filter(consultation=consultation)
    assert (change.article, change.people) == ("2", 6)
    assert "五天" in change.before_zh and "六天" in change.after_zh
    assert "five" in change.before_en and "six" in change.after_en
    assert SearchEntry.objects.filter(kind="outcome").count() == 2
    assert outcome.exports.count() == 2 * len(Export.Kind)


def test_a_failure_half_way_publishes_nothing(monkeypatch):
    outcome = submitted(decided_call())
    monkeypatch.setattr(actions.search, "index", fail)
    with pytest.raises(RuntimeError):
        sign_object(actions.KIND, outcome)
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.SUBMITTED
    assert not Change.objects.exists()
    assert gate.release_of(actions.KIND, outcome).state == Release.State.REVIEW
    assert not outcome.exports.exists()


def fail(*_objects):
    raise RuntimeError("the index is gone")


def test_private_comments_are_counted_and_never_quoted_or_shown():
    consultation = decided_call()
    hidden = consultation.comments.order_by("pk").first()
    Comment.objects.filter(pk=hidden.pk).update(moderation_state="private")
    outcome = published(consultation)
    assert outcome.content["totals"]["comments"] == 8
    assert outcome.content["totals"]["private"] == 1
    rows = list(queries.export_rows(outcome, "zh-hans"))
    (row,) = [row for row in rows if row.comment is None]
    assert (row.text, row.passage) == ("", "")
    assert hidden.text not in str(outcome.content)


def test_a_correction_replaces_what_is_published_and_keeps_it():
    outcome = published()
    author, consultation = person(Role.EDITOR), outcome.consultation
    correction = actions.open_outcome(consultation.pk, actor=author)
    assert (correction.number, correction.state) == (2, Outcome.State.DRAFT)
    assert correction.texts.get(language="en").summary == "Libraries open at weekends."
    assert queries.published(consultation.slug) == outcome
    actions.write_texts(
        correction.pk, {"en": {"summary": "Libraries open on Saturdays."}}, revision=revision(correction), actor=author
    )
    hand_in(correction, author)
    sign_object(actions.KIND, correction)
    correction.refresh_from_db()
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.SUPERSEDED
    assert outcome.content["texts"]["en"]["summary"] == "Libraries open at weekends."
    assert queries.published(consultation.slug) == correction
    assert Change.objects.filter(consultation=consultation).count() == 1
    sent = consultation.comments.first().submission
    assert list(sent.timeline.filter(code__startswith="decided").values_list("code", flat=True)) == [
        "decided",
        "decided_again",
    ]


def test_there_is_one_outcome_in_work_at_a_time():
    consultation, author = decided_call(), person(Role.EDITOR)
    first = actions.open_outcome(consultation.pk, actor=author)
    assert actions.open_outcome(consultation.pk, actor=person(Role.EDITOR)) == first


def test_a_moderator_who_hides_a_comment_later_has_the_files_made_anew():
    outcome = published()
    Export.objects.update(state=Export.State.READY)
    participation.moderate(outcome.consultation.comments.first(), "rejected", reason="personal_data", actor=SYSTEM)
    assert set(outcome.exports.values_list("state", flat=True)) == {Export.State.WAITING}
