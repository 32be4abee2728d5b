"""The way of an outcome: written, handed in complete, approved by somebody else, published at once everywhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.coding.models import Decision
from consultations.models import Change, Comment
from consultations.outcomes import actions, queries
from consultations.outcomes.models import Answer, Export, Outcome
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.departments.models import Membership
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.pages.messages import refusal_message
from engage.participation import actions as participation
from engage.publishing.models import SignOff
from engage.search.models import SearchEntry
from tests.consultations.factories import call, comment
from tests.consultations.outcomes.builders import (
    close,
    decide,
    decided_call,
    person,
    point,
    published,
    revision,
    submitted,
    theme,
    version_after,
    written,
)

pytestmark = pytest.mark.django_db


def refused_gaps(refused) -> list[str]:
    return [gap.code for gap in refused.value.values["missing"]]


def submit(outcome: Outcome, author) -> Outcome:
    return actions.submit(outcome.pk, revision=revision(outcome), actor=author)


def approve(outcome: Outcome, approver, content_hash: str = "") -> Outcome:
    return actions.approve(outcome.pk, content_hash or outcome.content_hash, now=timezone.now(), actor=approver)


# --- what blocks


def test_one_undecided_point_blocks_and_the_message_names_it():
    consultation, author = decided_call(), person(Role.EDITOR)
    made, submission, _code = comment(decided_open(consultation), text="请延长开放到晚上九点，方便下班的人。")
    point(made, start=1, end=10)
    close(consultation)
    outcome = written(consultation, author=author)
    with pytest.raises(Refused) as refused:
        submit(outcome, author)
    assert refused_gaps(refused) == ["undecided"]
    said = refusal_message(refused.value)
    assert submission.reference in said
    assert "Article 2" in said or "第二条" in said
    assert "延长开放到晚上九点" in said
    outcome.refresh_from_db()
    assert (outcome.state, outcome.content) == (Outcome.State.DRAFT, {})
    decide(made.points.get(), "covered", "夜间已开放。", "Evenings are open already.")
    assert submit(outcome, author).state == Outcome.State.SUBMITTED


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
    with pytest.raises(Refused) as refused:
        submit(outcome, author)
    assert "undecided" in refused_gaps(refused)


def test_a_comment_nobody_coded_blocks_and_one_without_a_point_does_not():
    consultation, author = decided_call(), person(Role.EDITOR)
    made, submission, _code = comment(decided_open(consultation), text="谢谢你们做了这件好事情。")
    close(consultation)
    outcome = written(consultation, author=author)
    with pytest.raises(Refused) as refused:
        submit(outcome, author)
    assert refused_gaps(refused) == ["uncoded"]
    assert submission.reference in refusal_message(refused.value)
    Comment.objects.filter(pk=made.pk).update(coded_at=timezone.now())
    done = submit(outcome, author)
    assert done.content["totals"]["without_point"] == 1
    assert done.content["totals"]["comments"] == 9


def test_a_comment_that_waits_for_a_moderator_blocks():
    consultation, author = decided_call(), person(Role.EDITOR)
    Comment.objects.filter(pk=consultation.comments.first().pk).update(moderation_state="held")
    outcome = written(consultation, author=author)
    with pytest.raises(Refused) as refused:
        submit(outcome, author)
    assert refused_gaps(refused) == ["comments_held"]


def test_an_open_call_blocks():
    consultation, author = decided_call(), person(Role.EDITOR)
    outcome = written(decided_open(consultation), author=author)
    with pytest.raises(Refused) as refused:
        submit(outcome, author)
    assert refused_gaps(refused) == ["call_open"]


def test_texts_reasons_and_names_are_asked_for_in_both_languages():
    consultation, author = decided_call(), person(Role.EDITOR)
    Decision.objects.filter(theme__name="周末开放").update(reason_en="")
    outcome = actions.open_outcome(consultation.pk, actor=author)
    with pytest.raises(Refused) as refused:
        submit(outcome, author)
    gaps = refused.value.values["missing"]
    assert sorted(gap.code for gap in gaps) == sorted(
        ["summary_missing", "method_missing", "next_steps_missing"] * 2 + ["reason_missing"] + ["theme_unnamed"] * 2
    )
    (reason,) = [gap for gap in gaps if gap.code == "reason_missing"]
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
    assert submit(outcome, author).state == Outcome.State.SUBMITTED


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
    with pytest.raises(Refused) as refused:
        submit(outcome, author)
    assert "after_unpublished" in refused_gaps(refused)


def test_an_outcome_for_a_version_nobody_commented_on_is_blocked():
    consultation, author = decided_call(), person(Role.EDITOR)
    second = version_after(consultation)
    outcome = actions.open_outcome(consultation.pk, version_id=second.pk, actor=author)
    with pytest.raises(Refused) as refused:
        submit(outcome, author)
    assert "other_version" in refused_gaps(refused)


def test_a_page_that_counts_otherwise_than_the_files_is_blocked(monkeypatch):
    """The files' rows are tampered with after they were written: the gate finds it at approval."""
    outcome = submitted(decided_call())
    Answer.objects.filter(outcome=outcome, disposition="adopted").first().delete()
    with pytest.raises(Refused) as refused:
        approve(outcome, person(Role.APPROVER))
    gaps = refused.value.values["missing"]
    assert {gap.code for gap in gaps} == {"totals_differ"}
    assert [gap.values["figure"] for gap in gaps] == ["adopted", "comments", "people", "points"]
    said = refusal_message(refused.value)
    assert "adopted" in said
    assert "6" in said and "5" in said
    assert not Outcome.objects.filter(state=Outcome.State.PUBLISHED).exists()
    assert not SignOff.objects.exists()


# --- who may what


def test_only_editors_and_officers_of_the_department_write():
    consultation = decided_call()
    officer = person(Role.OFFICER)
    for actor in (ANYONE, person(), person(Role.APPROVER), person(Role.ANALYST), officer):
        with pytest.raises(Refused, match="not_allowed"):
            actions.open_outcome(consultation.pk, actor=actor)
    Membership.objects.create(user=officer, department=consultation.department, role=Role.OFFICER)
    assert actions.open_outcome(consultation.pk, actor=officer).author == officer


def test_the_author_and_every_writer_may_not_approve():
    consultation = decided_call()
    author, second = person(Role.EDITOR, Role.APPROVER), person(Role.EDITOR, Role.APPROVER)
    outcome = written(consultation, author=author)
    actions.write_texts(outcome.pk, {"en": {"summary": "Longer."}}, revision=revision(outcome), actor=second)
    outcome = submit(outcome, author)
    for writer in (author, second):
        with pytest.raises(Refused, match="sign_off_own"):
            approve(outcome, writer)
    for stranger in (ANYONE, person(), person(Role.EDITOR)):
        with pytest.raises(Refused, match="not_allowed"):
            approve(outcome, stranger)
    assert approve(outcome, person(Role.APPROVER)).state == Outcome.State.PUBLISHED


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


def test_an_approver_sends_back_with_a_note_and_a_writer_takes_it_back():
    author, approver = person(Role.EDITOR), person(Role.APPROVER)
    outcome = submitted(decided_call(), author=author)
    with pytest.raises(Refused, match="note_missing"):
        actions.send_back(outcome.pk, " ", actor=approver)
    with pytest.raises(Refused, match="not_allowed"):
        actions.send_back(outcome.pk, "no", actor=person(Role.EDITOR))
    sent = actions.send_back(outcome.pk, "Say more about evenings.", actor=approver)
    assert (sent.state, sent.returned_note, sent.content) == ("draft", "Say more about evenings.", {})
    assert not sent.answers.exists()
    again = submit(sent, author)
    assert actions.send_back(again.pk, "", actor=author).state == Outcome.State.DRAFT


def test_a_decision_made_after_it_was_handed_in_voids_what_the_approver_read():
    outcome, approver = submitted(decided_call()), person(Role.APPROVER)
    with pytest.raises(Refused, match="content_changed"):
        approve(outcome, approver, content_hash="0" * 64)
    about = outcome.consultation.themes.get(name="周末开放")
    Decision.objects.filter(theme=about).update(replaced_at=timezone.now())
    decide(about, "in_part", "只开周六。", "Saturdays only.", reason_code="cost")
    with pytest.raises(Refused, match="content_changed"):
        approve(outcome, approver)
    assert not SignOff.objects.exists()


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
    outcome = published()
    consultation = outcome.consultation
    assert outcome.published_at is not None
    assert outcome.approver is not None
    assert SignOff.objects.get().content_hash == outcome.content_hash == queries.content_hash(outcome.content)
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
        approve(outcome, person(Role.APPROVER))
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.SUBMITTED
    assert not Change.objects.exists()
    assert not SignOff.objects.exists()
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
    correction = approve(submit(correction, author), person(Role.APPROVER))
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
