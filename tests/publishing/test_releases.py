"""Releases: frozen forms, a review per key, sign-offs that fall with a change, letting go only what was signed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from engage.accounts.actors import SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.pages.messages import refusal_message
from engage.pages.models import Topic
from engage.participation.models import OutgoingMail
from engage.publishing import actions, audit, gate, queries
from engage.publishing.models import Release, Review
from engage.publishing.registry import Form
from tests.publishing.gated import KIND
from tests.publishing.test_gate import person

pytestmark = pytest.mark.django_db
ALL = ("head", "legal", "openness", "secrecy")


def test_it_goes_when_the_last_key_is_turned_and_not_before(desk):
    release = desk.request()
    desk.sign(release, *ALL[:3])
    assert desk.published == []
    release = desk.sign(release, "secrecy")
    assert desk.published == ["门"]
    assert release.state == Release.State.RELEASED
    assert Topic.objects.filter(gate.released(KIND)).get() == desk.topic
    signed = Review.objects.get(key="secrecy", release=release).signed
    assert set(signed) == {"page:zh-hans", "mail:en"}
    assert JournalRow.objects.filter(verb="release.signed").count() == 4


def test_an_edit_voids_what_it_touches_and_says_whose(desk):
    release = desk.request()
    desk.sign(release, "head", "legal")
    desk.topic.name_en = "Door"
    desk.topic.save()
    voided = gate.touched(KIND, desk.topic, actor=desk.editor)
    assert [review.key for review in voided] == ["head"]
    assert OutgoingMail.objects.filter(subject__isnull=False).count() == 2
    assert any(str(desk.people["head"]) in mail.body for mail in OutgoingMail.objects.all())
    release = desk.sign(release, "head", "openness", "secrecy")
    assert release.state == Release.State.RELEASED


def test_an_edit_that_nobody_told_of_is_found_before_the_release(desk):
    release = desk.request()
    desk.sign(release, "head", "legal", "openness")
    Topic.objects.filter(pk=desk.topic.pk).update(name_zh="窗")
    release = desk.sign(release, "secrecy")
    assert desk.published == [] and release.state == Release.State.REVIEW
    assert release.reviews.filter(state=Review.State.VOID).count() == 4


def test_a_forged_or_old_hash_signs_nothing(desk):
    release = desk.request()
    review = release.reviews.get(key="legal")
    with pytest.raises(Refused, match="release_changed"):
        actions.decide(review.pk, "open", content_hash="f" * 64, now=timezone.now(), actor=desk.people["legal"])


def test_no_writer_no_stranger_no_administrator_and_nobody_twice(desk):
    both = person(Role.REVIEWER_LEGAL, Role.REVIEWER_SECRECY)
    writer = person(Role.REVIEWER_OPENNESS)
    desk.writers = {writer.pk}
    release = desk.request()
    desk.people |= {"legal": both, "secrecy": both, "openness": writer}
    with pytest.raises(Refused, match="sign_off_own"):
        desk.sign(release, "openness")
    desk.sign(release, "legal")
    with pytest.raises(Refused, match="review_second_key"):
        desk.sign(release, "secrecy")
    for stranger in (desk.editor, person(Role.ADMINISTRATOR), person(Role.CITIZEN)):
        desk.people["secrecy"] = stranger
        with pytest.raises(Refused, match="not_allowed"):
            desk.sign(release, "secrecy")


def test_who_lost_the_role_opens_nothing(desk):
    release = desk.request()
    desk.sign(release, "head", "legal", "openness")
    desk.people["legal"].groups.clear()
    release = desk.sign(release, "secrecy")
    assert desk.published == []
    assert release.reviews.get(key="legal", state=Review.State.WAITING)


def test_redaction_and_withholding_need_a_basis_and_end_the_release(desk):
    release = desk.request()
    with pytest.raises(Refused, match="review_basis_missing"):
        desk.sign(release, "secrecy", decision="withhold")
    release = desk.sign(release, "secrecy", decision="withhold", basis="保守国家秘密法第十三条")
    assert release.state == Release.State.WITHHELD and desk.published == []
    again = desk.request()
    assert again.number == 2
    assert desk.sign(again, "legal", decision="return", comment="改第二条").state == Release.State.RETURNED


def test_a_time_that_comes_without_all_keys_opens_nothing_and_alarms_once(desk):
    soon = timezone.now() + timedelta(hours=1)
    release = desk.request(release_at=soon)
    person(Role.ADMINISTRATOR)
    desk.sign(release, "head", "legal", "openness")
    for _turn in range(2):
        assert actions.release_due(now=soon) == 0
    assert desk.published == []
    assert OutgoingMail.objects.count() == 2
    release.refresh_from_db()
    assert release.missed_at == soon
    desk.sign(release, "secrecy")
    assert actions.release_due(now=soon) == 1
    assert desk.published == ["门"]


def test_a_scheduled_release_goes_at_its_time(desk):
    soon = timezone.now() + timedelta(hours=1)
    release = desk.sign(desk.request(release_at=soon), *ALL)
    assert release.state == Release.State.CLEARED and desk.published == []
    assert actions.release_due(now=soon - timedelta(minutes=1)) == 0
    assert actions.release_due(now=soon) == 1


def test_an_emergency_goes_with_one_approver_and_owes_the_rest(desk):
    with pytest.raises(Refused, match="release_reason_missing"):
        desk.request(emergency="快")
    release = desk.request(emergency="台风红色预警，服务点今晚关闭，须立即告知。")
    release = desk.sign(release, "head")
    assert desk.published == ["门"]
    owed = Review.objects.waiting().filter(release=release)
    assert {review.key for review in owed} == {"legal", "openness", "secrecy"}
    assert all(review.afterwards for review in owed)
    desk.sign(release, "legal")
    release = desk.sign(release, "secrecy", decision="withhold", basis="保守国家秘密法第十三条")
    assert release.state == Release.State.TAKEN_DOWN and desk.taken_down == 1
    assert not Topic.objects.filter(gate.released(KIND)).exists()


def test_nobody_is_asked_any_more_about_what_a_reviewed_release_took_the_place_of(desk):
    hasty = desk.sign(desk.request(emergency="台风红色预警，服务点今晚关闭，须立即告知。"), "head")
    Topic.objects.filter(pk=desk.topic.pk).update(name_zh="窗")
    assert desk.sign(desk.request(), "head", "legal", "openness", "secrecy").state == Release.State.RELEASED
    hasty.refresh_from_db()
    assert hasty.state == Release.State.SUPERSEDED
    assert not Review.objects.waiting().exists()
    assert list(queries.reviews_waiting_for(desk.people["legal"])) == []


def test_a_review_is_handed_on_to_who_holds_the_key(desk):
    release = desk.request()
    review = release.reviews.get(key="legal")
    other = person(Role.REVIEWER_LEGAL)
    with pytest.raises(Refused, match="review_delegate_wrong"):
        actions.delegate(review.pk, person(Role.EDITOR), now=timezone.now(), actor=desk.people["legal"])
    actions.delegate(review.pk, other, now=timezone.now(), actor=desk.people["legal"])
    with pytest.raises(Refused, match="not_allowed"):
        desk.sign(release, "legal")
    assert list(queries.reviews_waiting_for(other)) == [review]
    desk.people["legal"] = other
    desk.sign(release, "legal")


def test_what_is_lacking_is_said_and_an_unchanged_thing_is_not_handed_in_again(desk):
    desk.lacks = [("摘要没有写", "/fix/")]
    with pytest.raises(Refused) as refused:
        desk.request()
    assert "摘要没有写" in refusal_message(refused.value)
    desk.lacks = []
    desk.sign(desk.request(), *ALL)
    with pytest.raises(Refused, match="release_unchanged"):
        desk.request()
    desk.topic.name_zh = "窗"
    desk.topic.save()
    second = desk.sign(desk.request(), *ALL)
    assert Release.objects.get(kind=KIND, number=1).state == Release.State.SUPERSEDED
    assert second.state == Release.State.RELEASED and desk.published == ["门", "窗"]


def test_the_platform_releases_what_it_brings_and_nobody_else_does(desk):
    release = gate.release_by_platform(KIND, desk.topic, now=timezone.now())
    assert release.state == Release.State.RELEASED
    assert gate.release_by_platform(KIND, desk.topic, now=timezone.now(), actor=SYSTEM) == release
    with pytest.raises(Refused, match="not_allowed"):
        gate.release_by_platform(KIND, desk.topic, now=timezone.now(), actor=desk.editor)


def test_the_audit_tells_each_step_with_the_hash_of_what_was_signed(desk):
    desk.sign(desk.request(), *ALL)
    rows = list(audit.rows(audit.steps(actor=desk.editor).filter(release__kind=KIND)))
    assert len(rows) == 4
    assert all(tuple(row) == audit.COLUMNS for row in rows)
    assert rows[0]["manifest"]["mail:en"] == Form("", "", "", b"Gate").digest
    assert not audit.steps(actor=person(Role.CITIZEN)).exists()
