"""The table of packs and what the reviews leave on it, without JavaScript; who may see and press what."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from consultations.packs import actions, queries, waiting
from consultations.packs.models import Block, Invitation, Pack
from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.publishing import gate
from tests.accounts.people import person
from tests.consultations.factories import call
from tests.packs.builders import COMMENTARY, hand_in, invited, published, revision, submitted, written
from tests.publishing.signing import sign, sign_all
from tests.security.hostile import Page
from tests.security.test_url_matrix import show_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
FIELDS = {
    "heading_zh-hans": "", "body_zh-hans": "为什么要多开两天。", "byline_zh-hans": "文化处", "source_zh-hans": "调查",
    "heading_en": "", "body_en": "Why two more days.", "byline_en": "Culture unit", "source_en": "A survey",
    "dated": "2026-11-20", "url": "", "clauses": ["art_2"],
}  # fmt: skip


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    show_second_factor(client)
    return client


def read(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return response.content.decode()


def at(name: str, pack: Pack, *more) -> str:
    return reverse(name, args=[pack.pk, *more])


def test_an_editor_writes_and_hands_in_by_forms_alone():
    consultation = call()
    editor, approver = signed_in(person(Role.EDITOR)), signed_in(person(Role.APPROVER))
    page = read(editor, reverse("pack_desk"))
    target = re.search(r'<option value="(draft:\d+)"', page)[1]
    begun = editor.post(reverse("pack_begin"), {"target": target})
    pack = Pack.objects.get()
    assert begun.headers["Location"] == at("pack_builder", pack)
    page = read(editor, at("pack_builder", pack))
    # Three parts, each without words in two languages and without a date.
    assert "9 things are missing" in page
    refused = editor.post(reverse("release_hand_in", args=["pack", pack.pk]), {"when": "now", "days": "3"})
    assert refused.status_code == 409
    assert "Background: " in refused.content.decode()
    for block in pack.blocks.all():
        url = at("pack_block", pack, block.pk)
        assert url in page
        fields = FIELDS | {"revision": revision(pack)}
        assert editor.post(url, fields).status_code == 302
    assert editor.post(at("pack_add", pack), {"kind": "case", "revision": revision(pack)}).status_code == 302
    case = pack.blocks.get(kind="case")
    editor.post(at("pack_block", pack, case.pk), FIELDS | {"revision": revision(pack)})
    editor.post(at("pack_move", pack, case.pk), {"to": "up", "revision": revision(pack)})
    assert list(pack.blocks.order_by("position").values_list("kind", flat=True))[2] == "case"
    page = read(editor, at("pack_builder", pack))
    assert "Nothing is missing" in page
    for language, words in (("zh-hans", "为什么要多开两天。"), ("en", "Why two more days.")):
        assert words in read(editor, at("pack_preview", pack, language))
    way = reverse("release_hand_in", args=["pack", pack.pk])
    assert way in page
    assert editor.post(way, {"when": "now", "days": "3"}).status_code == 302
    assert at("pack_builder", pack) in read(approver, reverse("pack_desk"))
    release = gate.release_of("pack", pack)
    page = read(approver, at("pack_builder", pack))
    assert reverse("release", args=[release.pk]) in page and way not in page
    assert page.count("working days left") == 4
    sign_all(release)
    pack.refresh_from_db()
    assert pack.state == Pack.State.PUBLISHED
    assert f"/c/{consultation.slug}/interpretation/1/" in read(editor, at("pack_builder", pack))
    correction = editor.post(reverse("pack_begin"), {"target": f"draft:{pack.version_id}"})
    assert correction.headers["Location"] == at("pack_builder", Pack.objects.get(number=2))


def test_a_reviewer_sends_it_back_and_the_editor_reads_why():
    pack = submitted(author=(writer := person(Role.EDITOR)))
    sign(gate.release_of("pack", pack), "head", person(Role.APPROVER), "return", comment="Too vague.")
    page = read(signed_in(writer), at("pack_builder", pack))
    assert "Too vague." in page and reverse("release_hand_in", args=["pack", pack.pk]) in page


def test_an_expert_is_invited_read_and_taken_over_by_forms_alone(mailoutbox):
    user = person(Role.EDITOR)
    editor, pack = signed_in(user), written(author=user)
    invite = at("pack_invite", pack)
    wrong = editor.post(invite, {"email": "nobody", "language": "en", "days": 14, "revision": revision(pack)})
    assert (wrong.status_code, "name@example.org" in wrong.content.decode()) == (422, True)
    sent = editor.post(invite, {"email": "x@example.org", "language": "en", "days": 14, "revision": revision(pack)})
    invitation = Invitation.objects.get()
    page = at("pack_expert", pack, invitation.block_id)
    assert sent.headers["Location"] == page
    assert "x@example.org" in read(editor, page)
    _again, token = actions.renew_invitation(invitation.pk, now=invitation.created_at, actor=user)
    hand_in(token)
    assert COMMENTARY["text"] in read(editor, page)
    assert editor.post(page, {"do": "return", "note": ""}).status_code == 422
    assert editor.post(page, {"do": "return", "note": "Name the clause."}).status_code == 302
    hand_in(token)
    assert editor.post(page, {"do": "nonsense"}).status_code == 404
    taken = editor.post(page, {"do": "accept", "revision": revision(pack)})
    assert taken.headers["Location"] == at("pack_builder", pack)
    form = read(editor, at("pack_block", pack, invitation.block_id))
    assert 'name="body_en"' in form
    assert 'name="body_zh-hans"' not in form
    assert COMMENTARY["text"] in form
    assert queries.build(Pack.objects.get()).missing
    words = {"body_en": "Say it.", "byline_en": "Demo expert", "affiliation_en": "Demo university", "source_en": "x"}
    kept = {"source_zh-hans": "应邀撰写", "dated": "2026-11-20", "url": "", "revision": revision(pack)}
    assert editor.post(at("pack_block", pack, invitation.block_id), words | kept).status_code == 302
    assert queries.build(Pack.objects.get()).missing == []


def test_an_invitation_is_ended_and_the_part_removed_after_a_question():
    user = person(Role.EDITOR)
    editor, pack = signed_in(user), written(author=user)
    invitation, _token = invited(pack, editor=user)
    page = at("pack_expert", pack, invitation.block_id)
    assert editor.post(page, {"do": "renew"}).status_code == 302
    assert editor.post(page, {"do": "revoke"}).status_code == 302
    assert "invitation ended" in read(editor, page)
    remove = at("pack_remove", pack, invitation.block_id)
    assert "the invitation ends" in read(editor, remove)
    assert editor.post(remove, {"revision": revision(pack)}).status_code == 302
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"dated": "yesterday"}, "dated"),
        ({"clauses": ["art_99"]}, "clauses"),
        ({"body_en": "x" * 20_001}, "body_en"),
    ],
)
def test_a_refused_block_keeps_what_was_typed_and_says_where(values, field):
    user = person(Role.EDITOR)
    pack = written(author=user)
    block = pack.blocks.first()
    response = signed_in(user).post(at("pack_block", pack, block.pk), FIELDS | values | {"revision": revision(pack)})
    assert response.status_code == 422
    page = response.content.decode()
    assert Page(page).summary
    assert field in response.context["form"].errors
    assert "为什么要多开两天。" in page
    assert Page(page).danger == []


def test_a_block_that_changed_meanwhile_is_shown_with_what_was_typed_and_can_be_sent_again():
    user = person(Role.EDITOR)
    editor, pack = signed_in(user), written(author=user)
    block = pack.blocks.first()
    url = at("pack_block", pack, block.pk)
    late = editor.post(url, FIELDS | {"revision": 0, "body_en": "My own words."})
    assert late.status_code == 409
    page = late.content.decode()
    assert "My own words." in page
    newest = re.search(r'name="revision" value="(\d+)"', page)[1]
    assert editor.post(url, FIELDS | {"revision": newest, "body_en": "My own words."}).status_code == 302
    assert block.texts.get(language="en").body == "My own words."


EVERY_PAGE = ("pack_builder", "pack_invite", "pack_preview", "pack_block", "pack_remove", "pack_expert")
EVERY_BUTTON = ("pack_add", "pack_move", "pack_remove", "pack_expert")


def addresses(pack: Pack, block: Block, names: tuple[str, ...]) -> list[str]:
    with_block = {"pack_block", "pack_remove", "pack_expert", "pack_move"}
    more = {"pack_preview": ["en"]}
    return [at(name, pack, *([block.pk] if name in with_block else more.get(name, []))) for name in names]


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.OFFICER, Role.ANALYST, Role.REVIEWER_LEGAL, None])
def test_for_everybody_else_there_is_no_table(role):
    user = person(Role.EDITOR)
    pack = written(author=user)
    invitation, _token = invited(pack, editor=user)
    client = signed_in(person(role)) if role else Client()
    before = revision(pack)
    for url in [reverse("pack_desk"), *addresses(pack, invitation.block, EVERY_PAGE)]:
        assert client.get(url).status_code == (404 if role else 302), url
    for url in [reverse("pack_begin"), *addresses(pack, invitation.block, EVERY_BUTTON)]:
        assert client.post(url, {"revision": before}).status_code == (404 if role else 302), url
    pack.refresh_from_db()
    assert (pack.state, revision(pack)) == (Pack.State.DRAFT, before)


def test_an_approver_reads_a_draft_and_changes_nothing_in_it():
    user = person(Role.EDITOR)
    pack = written(author=user)
    invitation, _token = invited(pack, editor=user)
    approver, before = signed_in(person(Role.APPROVER)), revision(pack)
    page = read(approver, at("pack_builder", pack))
    assert reverse("release_hand_in", args=["pack", pack.pk]) not in page
    for url in addresses(pack, invitation.block, ("pack_block", "pack_remove", "pack_expert", "pack_invite")):
        assert approver.get(url).status_code == 404, url
    assert approver.post(at("pack_add", pack), {"kind": "case", "revision": before}).status_code == 403
    assert revision(pack) == before


def test_a_block_of_another_pack_is_not_reached_through_this_one():
    user = person(Role.EDITOR)
    pack, other = written(author=user), written(author=user)
    client = signed_in(user)
    block = other.blocks.first()
    assert client.get(at("pack_block", pack, block.pk)).status_code == 404
    assert client.post(at("pack_move", pack, block.pk), {"to": "down", "revision": 0}).status_code == 404


def test_the_list_shows_each_pack_where_it_stands_in_both_languages():
    user = person(Role.EDITOR)
    draft, waiting, public = written(author=user), submitted(author=user), published()
    for language in ("zh", "en"):
        client = signed_in(user, language)
        for view, pack in (("write", draft), ("review", waiting), ("published", public)):
            page = read(client, reverse("pack_desk") + f"?view={view}")
            assert page.count('data-l="') == 3
            assert at("pack_builder", pack) in page


def test_nothing_chosen_to_begin_with_is_said():
    refused = signed_in(person(Role.EDITOR)).post(reverse("pack_begin"), {"target": "draft:999999"})
    assert refused.status_code == 422
    assert "Choose what is to be explained" in refused.content.decode()


def test_the_first_page_of_the_studio_says_what_waits_and_nothing_once_it_is_done():
    user = person(Role.EDITOR)
    pack = written(author=user)
    invitation, token = invited(pack, editor=user)
    assert waiting.for_editors(user) == []
    hand_in(token)
    assert [one.url for one in waiting.for_editors(user)] == [at("pack_expert", pack, invitation.block_id)]
    assert at("pack_expert", pack, invitation.block_id) in read(signed_in(user), reverse("wagtailadmin_home"))
    assert waiting.for_editors(person(Role.APPROVER)) == []
    actions.accept_text(invitation.pk, revision=revision(pack), now=invitation.created_at, actor=user)
    assert waiting.for_editors(user) == []
