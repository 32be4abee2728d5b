"""The builder without JavaScript: from nothing to a published outcome by forms alone."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from consultations.outcomes.models import Export, Outcome
from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.publishing import gate
from tests.coding.factories import officer
from tests.consultations.factories import comment
from tests.consultations.outcomes.builders import (
    decided_call,
    hand_in,
    person,
    point,
    published,
    revision,
    submitted,
    version_after,
    written,
)
from tests.publishing.signing import sign, sign_all
from tests.security.test_url_matrix import show_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    show_second_factor(client)
    return client


def address(name: str, consultation, *more) -> str:
    return reverse(name, args=[consultation.slug, *more])


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return response.content.decode()


def test_an_editor_writes_and_hands_in_by_forms_alone_and_reads_who_signed():
    consultation = decided_call()
    after = version_after(consultation)
    editor, approver = signed_in(person(Role.EDITOR)), signed_in(person(Role.APPROVER))
    builder = address("outcome_builder", consultation)
    assert builder in read(editor, reverse("outcome_desk"))
    assert "Begin the outcome" in read(editor, builder)
    editor.post(address("outcome_open", consultation))
    page = read(editor, builder)
    assert "things are missing" in page
    outcome = Outcome.objects.get()
    editor.post(address("outcome_after", consultation), {"version": after.pk, "revision": revision(outcome)})
    for language in ("zh-hans", "en"):
        url = address("outcome_texts", consultation, language)
        assert url in page
        values = {"summary": f"S {language}", "method": "M", "next_steps": "N", "revision": revision(outcome)}
        assert editor.post(url, values).status_code == 302
    themes = address("outcome_themes", consultation)
    names = dict(re.findall(r'name="(theme_\d+_[\w-]+)" value="([^"]*)"', read(editor, themes)))
    names = {name: value or "名 name" for name, value in names.items()}
    assert editor.post(themes, names | {"revision": revision(outcome)}).status_code == 302
    clause = address("outcome_clause", consultation, "art_2")
    quoted = consultation.comments.order_by("pk").first()
    assert quoted.text in read(editor, clause)
    values = {"reason_en": "Because.", "reason_zh-hans": "因为。", "quotes": [quoted.pk], "revision": revision(outcome)}
    assert editor.post(clause, values).status_code == 302
    page = read(editor, builder)
    assert "Nothing is missing" in page
    preview = read(editor, address("outcome_preview", consultation, "zh-hans"))
    for words in ("S zh-hans", "<del>五天</del>", quoted.text, "因为。"):
        assert words in preview
    way = reverse("release_hand_in", args=["outcome", outcome.pk])
    assert way in page
    assert editor.post(way, {"when": "now", "days": "3"}).status_code == 302
    assert builder in read(approver, reverse("outcome_desk"))
    release = gate.release_of("outcome", outcome)
    page = read(approver, builder)
    assert reverse("release", args=[release.pk]) in page and way not in page
    assert page.count("working days left") == 4
    assert "S en" in read(approver, address("outcome_preview", consultation, "en"))
    signer = person(Role.REVIEWER_LEGAL)
    sign(release, "legal", signer)
    assert str(signer) in read(editor, builder)
    sign_all(release)
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.PUBLISHED
    page = read(editor, builder)
    assert str(signer) in page
    assert "Begin a correction" in page
    export = outcome.exports.first()
    editor.post(address("outcome_export", consultation, export.pk), {"act": "cancel"})
    export.refresh_from_db()
    assert export.state == Export.State.CANCELLED


def test_handing_in_with_gaps_names_each_with_the_place_to_close_it():
    consultation = decided_call()
    author = person(Role.EDITOR)
    made = consultation.comments.first()
    made.points.get().codings.all().delete()
    outcome = written(consultation, author=author)
    editor, way = signed_in(author), reverse("release_hand_in", args=["outcome", outcome.pk])
    response = editor.post(way, {"when": "now", "days": "3"})
    assert response.status_code == 409
    page = response.content.decode()
    assert made.submission.reference in page
    assert address("outcome_builder", consultation) + "#missing" in page
    outcome.refresh_from_db()
    assert outcome.state == Outcome.State.DRAFT
    page = read(editor, address("outcome_builder", consultation))
    assert made.submission.reference in page
    # The coding desk is not the editor's: there is no way to it, and the page says whose it is.
    assert reverse("coding_desk", args=[consultation.slug]) not in page
    assert "Coding and decisions are up to Culture unit." in page
    coder = signed_in(officer())
    place = f"{reverse('coding_desk', args=[consultation.slug])}?state=all&amp;comment={made.pk}"
    assert place in read(coder, address("outcome_builder", consultation))
    assert made.submission.reference in read(coder, html.unescape(place))


def test_nobody_is_led_to_a_page_that_is_not_theirs():
    consultation = decided_call()
    consultation.comments.filter(pk=consultation.comments.first().pk).update(moderation_state="held")
    written(consultation, author=person(Role.EDITOR))
    desk, queue = reverse("coding_desk", args=[consultation.slug]), reverse("desk_queue", args=["moderation"])
    for client, leads in ((signed_in(person(Role.EDITOR)), False), (signed_in(officer()), True)):
        builder = read(client, address("outcome_builder", consultation))
        assert "1 comment waits for a moderator" in builder
        missing = builder.partition('id="missing"')[2].partition("</section>")[0]
        assert (queue in missing) is leads
        clause = read(client, address("outcome_clause", consultation, "art_2"))
        assert (desk in clause) is leads
        assert client.get(desk).status_code == (200 if leads else 404)


def test_what_was_typed_stays_when_somebody_was_faster():
    consultation, author = decided_call(), person(Role.EDITOR)
    outcome = written(consultation, author=author)
    client = signed_in(author)
    url = address("outcome_texts", consultation, "en")
    values = {"summary": "Typed for an hour.", "method": "M", "next_steps": "N", "revision": revision(outcome) - 1}
    response = client.post(url, values)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Typed for an hour." in page
    assert f'name="revision" value="{revision(outcome)}"' in page


@pytest.mark.parametrize("value", ["", "x", "-1", "1" * 40, "\x00"])
def test_a_broken_revision_is_no_error_of_ours(value):
    consultation, author = decided_call(), person(Role.EDITOR)
    written(consultation, author=author)
    client = signed_in(author)
    assert client.post(address("outcome_texts", consultation, "en"), {"revision": value}).status_code in (409, 422)
    assert client.post(address("outcome_after", consultation), {"revision": value}).status_code in (302, 404, 409)


def test_strangers_and_people_without_a_part_in_it_find_nothing():
    consultation = decided_call()
    outcome = written(consultation, author=person(Role.EDITOR))
    names = [
        ("outcome_builder",),
        ("outcome_texts", "en"),
        ("outcome_clause", "art_2"),
        ("outcome_themes",),
        ("outcome_preview", "en"),
    ]
    for user, status in ((None, 302), (person(), 404), (person(Role.ANALYST), 404), (person(Role.REVIEWER_LEGAL), 404)):
        client = signed_in(user) if user else Client()
        for name, *more in names:
            assert client.get(address(name, consultation, *more)).status_code == status, (user, name)
    # An approver reads, and writes nothing.
    approver = signed_in(person(Role.APPROVER))
    assert approver.get(address("outcome_builder", consultation)).status_code == 200
    assert approver.get(address("outcome_texts", consultation, "en")).status_code == 404
    assert reverse("release_hand_in", args=["outcome", outcome.pk]) not in read(
        approver, address("outcome_builder", consultation)
    )


def test_an_unknown_clause_or_language_is_404():
    consultation, author = decided_call(), person(Role.EDITOR)
    written(consultation, author=author)
    client = signed_in(author)
    for url in (
        address("outcome_clause", consultation, "art_99"),
        address("outcome_texts", consultation, "fr"),
        address("outcome_preview", consultation, "fr"),
        "/desk/outcomes/no-such-call/",
    ):
        assert client.get(url).status_code == 404, url
    assert client.post(address("outcome_export", consultation, 1), {"act": "cancel"}).status_code == 404


def test_a_comment_on_a_clause_of_an_earlier_version_stands_where_the_clause_went():
    from datetime import timedelta

    from django.utils import timezone

    from consultations.models import Comment
    from consultations.outcomes import actions, queries

    consultation = decided_call()
    second = version_after(consultation)
    consultation.closes_at = timezone.now() + timedelta(days=1)
    consultation.save()
    made, _submission, _code = comment(consultation, text="六天很好，最好七天都开放。")
    point(made, consultation.themes.get(name="周末开放"))
    assert made.version == second
    Comment.objects.filter(version=consultation.drafts.get().versions.first()).exclude(clause__key="art_2").delete()
    outcome = actions.open_outcome(consultation.pk, version_id=second.pk, actor=person(Role.EDITOR))
    rows = {row["key"]: row for row in queries.build(outcome).content["rows"]}
    assert rows["art_2"]["comments"] == 7
    assert set(rows) == {"art_2"}


def test_published_outcomes_are_listed_for_the_desk():
    consultation = published().consultation
    client = signed_in(person(Role.APPROVER))
    builder = address("outcome_builder", consultation)
    assert builder in read(client, reverse("outcome_desk") + "?view=published&q=" + consultation.slug[:5])
    assert builder not in read(client, reverse("outcome_desk") + "?view=write")


def test_a_reviewers_note_stands_on_the_table_of_who_goes_on():
    author = person(Role.EDITOR)
    outcome = submitted(decided_call(), author=author)
    release = gate.release_of("outcome", outcome)
    sign(release, "legal", person(Role.REVIEWER_LEGAL), "return", comment="Say which law.")
    page = read(signed_in(author), address("outcome_builder", outcome.consultation))
    assert "Say which law." in page and "sent back to the author" in page
    assert reverse("release_hand_in", args=["outcome", outcome.pk]) in page


def test_what_was_taken_down_says_so_and_is_begun_anew():
    author = person(Role.EDITOR)
    outcome = hand_in(written(decided_call(), author=author), author, emergency="The river rises tonight.")
    release = gate.release_of("outcome", outcome)
    sign(release, "head", person(Role.APPROVER))
    sign(release, "legal", person(Role.REVIEWER_LEGAL), "return", comment="Say which law.")
    editor, builder = signed_in(author), address("outcome_builder", outcome.consultation)
    page = read(editor, builder)
    assert "Say which law." in page and "taken down" in page
    assert reverse("outcome", args=[outcome.consultation.slug]) not in page
    assert editor.post(address("outcome_open", outcome.consultation)).status_code == 302
    assert "edition 2" in read(editor, builder)
