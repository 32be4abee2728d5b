"""The way of a pack: begun, written, ordered, handed in complete, signed by four others, corrected, taken down."""

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations import actions as calls
from consultations.drafts.reader import parse_text
from consultations.packs import actions, queries, rules
from consultations.packs.models import Block, BlockText, Pack
from consultations.plans.following import EXPLAINED
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.outreach.follows.models import Event
from engage.outreach.follows.registry import event_kind
from engage.pages.messages import refusal_message
from engage.publishing import actions as reviews
from engage.publishing import gate, registry
from engage.publishing.models import Release
from engage.search.models import SearchEntry
from tests.accounts.people import person
from tests.consultations.factories import CHINESE, call
from tests.consultations.outcomes.builders import decided_call
from tests.consultations.outcomes.builders import published as published_outcome
from tests.packs.builders import DAY, WORDS, opened, publish, published, revision, submit, submitted, write, written
from tests.publishing.signing import sign, sign_all

pytestmark = pytest.mark.django_db


def refused_code(function, *arguments, **values) -> str:
    with pytest.raises(Refused) as refused:
        function(*arguments, **values)
    assert refusal_message(refused.value)
    return refused.value.code


def kinds(pack: Pack) -> list[str]:
    return list(pack.blocks.order_by("position", "pk").values_list("kind", flat=True))


# --- beginning


def test_a_pack_begins_with_its_three_required_parts():
    assert kinds(opened()) == ["background", "points", "measures"]


def test_who_begins_again_gets_the_one_that_is_in_work():
    consultation = call()
    first = opened(consultation)
    assert opened(consultation) == first
    assert Pack.objects.count() == 1


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.ANALYST, None])
def test_only_editors_begin_one(role):
    version = call().drafts.get().published
    actor = person(role) if role else ANYONE
    assert refused_code(actions.open_pack, version.pk, actor=actor) == "not_allowed"


def test_a_text_without_a_call_is_not_explained():
    version = calls.store_draft(parse_text(CHINESE, language="zh-hans"), actor=SYSTEM)
    assert refused_code(actions.open_pack, version.pk, actor=person(Role.EDITOR)) == "pack_without_call"


def test_the_final_document_is_that_of_the_published_outcome():
    editor, open_call = person(Role.EDITOR), call()
    version = open_call.drafts.get().published
    assert refused_code(actions.open_pack, version.pk, about="final", actor=editor) == "pack_call_not_answered"
    outcome = published_outcome(decided_call())
    assert refused_code(actions.open_pack, outcome.version_id, about="final", actor=editor) == "pack_not_final"
    pack = actions.open_pack(outcome.version_after_id, about="final", actor=editor)
    assert (pack.about, pack.version) == (Pack.About.FINAL, outcome.version_after)


# --- writing


def test_a_block_keeps_words_date_address_and_clauses():
    editor = person(Role.EDITOR)
    pack = opened(author=editor)
    block = write(pack.blocks.first(), author=editor, url="https://example.org/a", clauses=["art_2", "art_1", "art_2"])
    assert {text.language: text.body for text in block.texts.all()} == {
        language: words["body"] for language, words in WORDS.items()
    }
    assert (block.dated, block.url) == (DAY, "https://example.org/a")
    assert {clause.key for clause in block.clauses.all()} == {"art_1", "art_2"}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"texts": {"fr": {"body": "Bonjour"}}}, "pack_unknown_text"),
        ({"texts": {"en": {"headline": "x"}}}, "pack_unknown_text"),
        ({"texts": {"en": {"interest": "x"}}}, "pack_unknown_text"),
        ({"texts": {"en": {"body": "x" * 20_001}}}, "pack_text_too_long"),
        ({"texts": {"en": {"byline": "x" * 201}}}, "pack_text_too_long"),
        ({"url": "javascript:alert(1)"}, "address_wrong"),
        ({"clauses": ["art_99"]}, "clause_gone"),
        ({"clauses": [f"art_{number}" for number in range(41)]}, "pack_clauses_too_many"),
    ],
)
def test_bad_words_are_refused_and_nothing_is_kept(values, code):
    editor = person(Role.EDITOR)
    block = opened(author=editor).blocks.first()
    before = revision(block.pack)
    with pytest.raises(Refused) as refused:
        write(block, author=editor, **values)
    assert refused.value.code == code
    assert refusal_message(refused.value)
    assert (revision(block.pack), block.texts.count()) == (before, 0)


def test_a_form_that_was_open_meanwhile_overwrites_nothing():
    editor, other = person(Role.EDITOR), person(Role.EDITOR)
    pack = opened(author=editor)
    block = pack.blocks.first()
    write(block, author=other)
    given = {"texts": {}, "dated": None, "revision": 0, "actor": editor}
    assert refused_code(actions.write_block, block.pk, **given) == "pack_changed_meanwhile"


def test_optional_parts_come_any_number_of_times_and_an_expert_only_by_invitation():
    editor = person(Role.EDITOR)
    pack = opened(author=editor)
    for kind in ("case", "case", "message", "link", "media"):
        actions.add_block(pack.pk, kind, revision=revision(pack), actor=editor)
    assert kinds(pack) == [*rules.REQUIRED, "case", "case", "message", "link", "media"]
    for kind in ("expert", "background", "reaction", ""):
        assert refused_code(actions.add_block, pack.pk, kind, revision=revision(pack), actor=editor) == (
            "block_kind_wrong"
        )


def test_a_pack_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(rules, "BLOCKS_MOST", 4)
    editor = person(Role.EDITOR)
    pack = opened(author=editor)
    actions.add_block(pack.pk, "case", revision=revision(pack), actor=editor)
    assert refused_code(actions.add_block, pack.pk, "case", revision=revision(pack), actor=editor) == "pack_full"


def test_parts_move_one_place_and_stop_at_the_ends():
    editor = person(Role.EDITOR)
    pack = opened(author=editor)
    last = actions.add_block(pack.pk, "case", revision=revision(pack), actor=editor)

    def move(block: Block, *, up: bool) -> list[str]:
        actions.move_block(block.pk, up=up, revision=revision(pack), actor=editor)
        return kinds(pack)

    assert move(last, up=True) == ["background", "points", "case", "measures"]
    assert move(last, up=False) == ["background", "points", "measures", "case"]
    assert move(last, up=False) == ["background", "points", "measures", "case"]
    assert move(pack.blocks.get(kind="background"), up=True) == ["background", "points", "measures", "case"]


def test_required_parts_stay_and_optional_ones_go():
    editor = person(Role.EDITOR)
    pack = opened(author=editor)
    case = actions.add_block(pack.pk, "case", revision=revision(pack), actor=editor)
    first = pack.blocks.get(kind="background")
    assert refused_code(actions.remove_block, first.pk, revision=revision(pack), actor=editor) == "block_required"
    actions.remove_block(case.pk, revision=revision(pack), actor=editor)
    assert kinds(pack) == list(rules.REQUIRED)


# --- the way to the public


@pytest.mark.parametrize("kind", rules.REQUIRED)
def test_a_pack_is_not_handed_in_while_one_of_the_three_is_empty_and_the_message_names_it(kind):
    editor = person(Role.EDITOR)
    pack = opened(author=editor)
    for block in pack.blocks.exclude(kind=kind):
        write(block, author=editor)
    with pytest.raises(Refused, match="release_incomplete") as refused:
        submit(pack, editor)
    assert {gap.values["kind"] for gap in queries.build(pack).missing} == {kind}
    assert str(Block.Kind(kind).label) in refusal_message(refused.value)
    pack.refresh_from_db()
    assert (pack.state, pack.content) == (Pack.State.DRAFT, {})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_pack_is_not_handed_in_while_a_language_is_missing(language):
    editor = person(Role.EDITOR)
    pack = opened(author=editor)
    for block in pack.blocks.all():
        write(block, author=editor, texts={code: words for code, words in WORDS.items() if code != language})
    with pytest.raises(Refused, match="release_incomplete"):
        submit(pack, editor)
    missing = queries.build(pack).missing
    assert [(gap.code, gap.values["language"]) for gap in missing] == [("words_missing", language)] * 3


def test_a_text_that_is_not_published_is_explained_only_afterwards():
    consultation, editor = call(), person(Role.EDITOR)
    version = calls.store_draft(parse_text(CHINESE, language="zh-hans"), draft=consultation.drafts.get(), actor=SYSTEM)
    pack = actions.open_pack(version.pk, actor=editor)
    for block in pack.blocks.all():
        write(block, author=editor)
    with pytest.raises(Refused, match="release_incomplete"):
        submit(pack, editor)
    assert [gap.code for gap in queries.build(pack).missing] == ["version_unpublished"]
    calls.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)
    pack = Pack.objects.get(pk=pack.pk)
    assert submit(pack, editor).state == Pack.State.SUBMITTED


def test_what_is_handed_in_cannot_be_changed_until_it_comes_back():
    editor = person(Role.EDITOR)
    pack = submitted(author=editor)
    block = pack.blocks.first()
    now = revision(pack)
    assert (
        refused_code(actions.write_block, block.pk, texts={}, dated=None, revision=now, actor=editor) == "pack_not_open"
    )
    assert refused_code(actions.move_block, block.pk, up=False, revision=now, actor=editor) == "pack_not_open"


def test_four_who_did_not_write_in_it_publish_it():
    writer, second = person(Role.EDITOR, Role.APPROVER), person(Role.EDITOR, Role.APPROVER)
    pack = written(author=writer)
    write(pack.blocks.first(), author=second)
    submit(pack, writer)
    release = gate.release_of(actions.KIND, pack)
    for own in (writer, second):
        assert refused_code(sign, release, "head", own) == "sign_off_own"
    assert refused_code(sign, release, "head", person(Role.EDITOR)) == "not_allowed"
    for key in ("head", "legal", "openness"):
        sign(release, key, person(*registry.get(actions.KIND).key(key).roles))
    pack.refresh_from_db()
    assert (pack.state, pack.content) == (Pack.State.SUBMITTED, {})
    assert queries.published(pack.consultation.slug, actor=ANYONE) is None
    assert not SearchEntry.objects.filter(kind="pack").exists()
    done = publish(pack)
    assert (done.state, done.published_at is not None) == (Pack.State.PUBLISHED, True)
    assert release.forms.get(name="content").sha256 == done.content_hash
    assert {form.name for form in release.forms.all()} == {
        "content", *(f"{form}:{language}" for form in ("page", "feed", "api") for language in queries.LANGUAGES)
    }  # fmt: skip
    assert "文化处调查" in release.forms.get(name="page:zh-hans").text
    verbs = set(JournalRow.objects.values_list("verb", flat=True))
    assert {"pack.opened", "pack.block_written", "release.requested", "release.signed", "pack.published"} <= verbs


def test_a_change_by_another_way_voids_what_was_signed_and_publishes_nothing():
    pack = submitted()
    release = gate.release_of(actions.KIND, pack)
    sign(release, "legal", person(Role.REVIEWER_LEGAL))
    pack.blocks.first().texts.filter(language="en").update(body="Slipped in.")
    assert sign_all(release).state == Release.State.REVIEW
    assert release.reviews.filter(state="void").count() == 4
    pack.refresh_from_db()
    assert pack.state == Pack.State.SUBMITTED
    assert sign_all(release).state == Release.State.RELEASED
    pack.refresh_from_db()
    assert "Slipped in." in str(pack.content)


def test_an_edit_after_it_came_back_is_reviewed_anew():
    editor = person(Role.EDITOR)
    pack = submitted(author=editor)
    first = gate.release_of(actions.KIND, pack)
    sign(first, "head", person(Role.APPROVER))
    reviews.take_back(first.pk, now=timezone.now(), actor=editor)
    write(pack.blocks.first(), author=editor, texts={"en": {"body": "Other words."}})
    submit(pack, editor)
    second = gate.release_of(actions.KIND, pack)
    assert second.content_hash != first.content_hash
    assert second.reviews.filter(state="waiting").count() == 4


def test_a_reviewer_sends_it_back_with_a_reason():
    pack = submitted()
    sign(gate.release_of(actions.KIND, pack), "openness", person(Role.REVIEWER_OPENNESS), "return", comment="太笼统。")
    pack.refresh_from_db()
    assert (pack.state, pack.content) == (Pack.State.DRAFT, {})


def test_what_lacks_something_when_it_is_signed_stays_closed_and_says_what():
    pack = submitted()
    BlockText.objects.filter(block__pack=pack, language="en").update(source="")
    release = gate.release_of(actions.KIND, pack)
    assert sign_all(release).state == Release.State.REVIEW
    with pytest.raises(Refused, match="pack_incomplete") as refused:
        sign_all(release)
    assert {gap.values["language"] for gap in refused.value.values["missing"]} == {"en"}
    assert "来源" in refusal_message(refused.value)


def test_an_emergency_opens_with_one_key_and_a_late_no_takes_it_back_everywhere(client):
    editor = person(Role.EDITOR)
    pack = submit(written(author=editor), editor, emergency="The river rises tonight.")
    release = gate.release_of(actions.KIND, pack)
    sign(release, "head", person(Role.APPROVER))
    slug, feed = pack.consultation.slug, reverse("packs_rss")
    assert client.get(f"/en/c/{slug}/interpretation/").status_code == 200
    assert slug in client.get(feed).content.decode()
    assert SearchEntry.objects.filter(kind="pack").count() == 2
    event = Event.objects.get(kind=EXPLAINED)
    assert "图书馆" in event_kind(EXPLAINED).tell([event])[event.pk].headline
    sign(release, "secrecy", person(Role.REVIEWER_SECRECY), "withhold", basis="secrets")
    pack.refresh_from_db()
    assert pack.state == Pack.State.TAKEN_DOWN
    for address in (
        f"/en/c/{slug}/interpretation/?later",
        f"/zh/c/{slug}/interpretation/{pack.number}/?later",
        f"/api/v1/interpretations/{slug}?language=en",
    ):
        assert client.get(address).status_code == 404, address
    for address in (feed + "?later", "/sitemap.xml", f"/en/c/{slug}/?later", f"/en/c/{slug}/draft/?later"):
        assert f"/c/{slug}/interpretation/" not in client.get(address).content.decode(), address
    assert not SearchEntry.objects.filter(kind="pack").exists()
    assert event_kind(EXPLAINED).tell([event]) == {}, "followers are told nothing that they cannot read"
    # Its words are where the next one begins.
    again = opened(pack.consultation, author=editor)
    assert again.blocks.first().texts.get(language="en").body == WORDS["en"]["body"]


def test_a_correction_begins_with_the_published_words_and_takes_their_place():
    consultation, editor = call(), person(Role.EDITOR)
    first = published(consultation)
    second = opened(consultation, author=editor)
    assert (second.number, second != first) == (2, True)
    assert [text.body for text in second.blocks.first().texts.order_by("language")] == [
        WORDS["en"]["body"],
        WORDS["zh-hans"]["body"],
    ]
    assert [clause.key for clause in second.blocks.first().clauses.all()] == ["art_2"]
    publish(submit(second, editor))
    first.refresh_from_db()
    assert first.state == Pack.State.SUPERSEDED
    assert list(Pack.objects.visible_to(ANYONE)) == [second]
    assert Event.objects.filter(kind=EXPLAINED).count() == 1, "followers hear of it once; a correction is no news"
