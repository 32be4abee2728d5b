"""Every form and every parameter of the site, with what is right in each; test_bad_input.py puts hostile values there.

A new form or parameter without an entry here fails `test_every_form_is_in_the_table` or
`test_every_parameter_is_in_the_table`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from engage.accounts.actors import SYSTEM
from engage.participation.rules import code_digest
from mailbox.petitions.models import PetitionRules, RateLimit, RejectionReason, Threshold
from surveys.studio.picture_forms import prefix_of
from surveys.telephone.rules.calling import SPACINGS
from tests.security.matrix import kept_question, study

WORDS = "开放五天太少，周末也应当开放到晚上九点。"
DRAFT = "社区图书馆管理办法\n\n第一条　为了方便居民读书，制定本办法。\n第二条　每周开放五天。\n"
PETITION_WORDS = {
    "title": "在地铁口增设自行车停车位",
    "action": "请在每个地铁口增设不少于一百个停车位。",
    "background": "早高峰时车辆占满人行道。",
    "details": "",
}
SIGNER = {"name": "李小河", "email": "li@example.org"}
LIVES = {"region": "abroad", "country": "SE", "eligible": "yes"}
BASIS_FIELDS = ("name_zh_hans", "name_en", "law_zh_hans", "law_en")
World = dict[str, Any]
Arguments = Callable[[World], list[Any]]


def nothing(world: World) -> list[Any]:
    """No arguments."""
    return []


def slug(world: World) -> list[Any]:
    """Name the open call."""
    return [world["call"].slug]


def clause(world: World) -> list[Any]:
    """Name one of its articles."""
    return [world["call"].slug, "art-2"]


def telephone_study(world: World) -> list[Any]:
    """Name a telephone study in which the administrator has a number in hand, at whatever hour."""
    from engage.accounts.models import User
    from surveys.telephone import actions
    from tests.surveys.telephone.fields import study

    caller = User.objects.get(pk=world["clients"]["administrator"].session["_auth_user_id"])
    now = timezone.now()
    if "telephone" not in world:
        all_day = [[["00:00", "00:00"]]] * 7
        world["telephone"] = study(30, rules={"windows": all_day}, opens_at=now, key="by-telephone")
    actions.resume(world["telephone"].pk, actor=caller, now=now)
    actions.claim(world["telephone"].pk, actor=caller, now=now)
    return [world["telephone"].pk]


def published_questionnaire(world: World) -> list[Any]:
    """A questionnaire that can be asked on the telephone; nothing of it stands in the address."""
    telephone_study(world)
    return []


def paper_questionnaire(world: World) -> list[Any]:
    """Name a questionnaire that is asked on paper."""
    from tests.surveys.paper.sheets import questionnaire

    if "paper" not in world:
        world["paper"] = questionnaire(key="on-paper")
    return [world["paper"].key]


def paper_batch(world: World) -> list[Any]:
    """Name a table of answers on paper that was checked."""
    from surveys.paper import actions
    from tests.surveys.paper.sheets import table

    key = paper_questionnaire(world)
    if "paper batch" not in world:
        found, _read = actions.check_table(world["paper"], table("7,weekly"), actor=SYSTEM, now=timezone.now())
        world["paper batch"] = found
    return [*key, world["paper batch"].pk]


def reference(world: World) -> list[Any]:
    """Name a submission whose receipt the holder has."""
    return [world["submission"].reference]


def comment_of(world: World) -> list[Any]:
    """Name the comment in it."""
    return [*reference(world), world["comment"].pk]


def basket_item(world: World) -> list[Any]:
    """Name the comment that waits in the sender's basket."""
    waiting = world["clients"]["sender"].session["baskets"][world["call"].slug]["items"]
    return [*slug(world), waiting[0]["id"]]


def framed(world: World) -> list[Any]:
    """Name the call as another site frames it."""
    from consultations.voices import embedding

    embedding.set_hosts(world["call"].pk, ["www.example.org"], actor=SYSTEM)
    return slug(world)


def policy(world: World) -> Any:
    """Return a policy of the public plan."""
    from consultations.plans.models import Policy

    return Policy.objects.get_or_create(
        slug="planned",
        defaults={
            "department": world["call"].department,
            "title_zh": "图书馆条例",
            "title_en": "Library rules to come",
            "summary_zh": "让借书更方便。",
            "summary_en": "Borrowing gets easier.",
            "public_from": "2026-01-01T09:00+08:00",
        },
    )[0]


def asked_follow(world: World) -> Any:
    """Return somebody who asked to follow everything and has not confirmed."""
    from engage.outreach.follows import actions
    from engage.outreach.follows.registry import Tag

    now = world["call"].opens_at
    given = {"email": "li@example.org", "language": "en", "now": now, "actor": SYSTEM}
    return actions.ask_to_follow([Tag("everything", 0)], **given)


def confirm_link(world: World) -> list[Any]:
    """Name the link in a letter to somebody who asked to follow."""
    from engage.outreach.follows import links

    return [links.confirming(asked_follow(world), language="en", rhythm="daily")]


def follow_link(world: World) -> list[Any]:
    """Name the link by which they manage it."""
    from engage.outreach.follows import links

    return [links.managing(asked_follow(world))]


def pack(world: World) -> Any:
    """Return the published interpretation of the call."""
    from consultations.packs.models import Pack
    from tests.packs.builders import published

    return Pack.objects.filter(state="published").first() or published(world["call"])


def explained(world: World) -> list[Any]:
    """Name the call whose interpretation readers react to."""
    return [pack(world).consultation.slug]


def questionnaire(world: World) -> list[Any]:
    """Name a questionnaire that everybody may answer."""
    from surveys.models import Questionnaire
    from tests.surveys.answering.builders import published
    from tests.surveys.answering.definitions import HOSTED

    found = Questionnaire.objects.filter(key="hosted").first() or published(HOSTED, key="hosted").questionnaire
    return [found.key]


def over(world: World) -> list[Any]:
    """Name a questionnaire that has closed, so that its results are shown."""
    from datetime import timedelta

    from django.utils import timezone

    from surveys.models import Questionnaire
    from tests.surveys.answering.builders import published
    from tests.surveys.results import made_up

    found = Questionnaire.objects.filter(key="over").first()
    if found is None:
        version = published(made_up.document(), key="over", closes_at=timezone.now() - timedelta(days=1))
        found = version.questionnaire
        made_up.stored(found, version, list(made_up.rows(30)))
    return [found.key]


def ordered_answers(world: World) -> list[Any]:
    """Name a file of answers to it that the administrator has ordered."""
    from surveys.models import Export, Questionnaire

    [key] = over(world)
    asked = Questionnaire.objects.get(key=key)
    found = Export.objects.unfinished().first() or Export.objects.create(questionnaire=asked, kind="csv", language="en")
    return [key, found.pk]


def framed_questionnaire(world: World) -> list[Any]:
    """Name it where another site may show it."""
    from surveys.models import Questionnaire

    found = questionnaire(world)
    Questionnaire.objects.filter(key=found[0]).update(embed_hosts=["www.example.org"])
    return found


def sheet(world: World) -> list[Any]:
    """Name a sheet of it that somebody has begun."""
    from django.utils import timezone

    from engage.accounts.actors import ANYONE
    from surveys import queries
    from surveys.answering import actions

    [key], now = questionnaire(world), timezone.now()
    shown = queries.published(key, language="en", actor=ANYONE, now=now)
    assert shown is not None
    return [key, actions.begin(shown, language="en", now=now)]


def sent_at_kiosk(world: World) -> list[Any]:
    """Name a sheet that was sent from a device that many use."""
    from django.test import Client

    from surveys.answering.posting import control
    from surveys.models import Questionnaire
    from tests.surveys.answering.builders import published
    from tests.surveys.studio.builders import PARKS

    if not Questionnaire.objects.filter(key="sent").exists():
        published(PARKS, key="sent")
    device = Client()
    first = device.post("/en/surveys/sent/kiosk/").url
    second = device.post(first, {control("often"): "weekly", "go": "next"}).url
    check = device.post(second, {control("hours"): "12", "go": "next"}).url
    sent = device.post(check).url
    return ["sent", sent.partition("?")[0].split("/")[-3]]


def survey_version(world: World) -> list[Any]:
    """Name a questionnaire that is being written."""
    from tests.surveys.studio.builders import written

    return [written().pk]


def survey_question(world: World) -> list[Any]:
    """Name one of its questions."""
    return [*survey_version(world), "item", "often"]


def open_pack(world: World) -> Any:
    """Return an interpretation that is being written, with an expert who has not answered."""
    from consultations.packs.models import Invitation, Pack
    from tests.packs.builders import COMMENTARY, invited, opened

    found = Pack.objects.filter(state="draft").first()
    if found is None:
        found = opened(world["call"], author=SYSTEM)
        world["link"] = invited(found, editor=SYSTEM)[1]
    else:
        # What was sent before is with the editors; the next one finds the form again.
        Invitation.objects.update(state="invited")
    Invitation.objects.filter(text=COMMENTARY["text"]).update(text="", interest="", no_interest=None)
    return found


def expert_link(world: World) -> list[Any]:
    """Name the link in the letter to an expert."""
    open_pack(world)
    return [world["link"]]


def open_pack_key(world: World) -> list[Any]:
    """Name the interpretation that is being written."""
    return [open_pack(world).pk]


def block(world: World) -> list[Any]:
    """Name its first block."""
    found = open_pack(world)
    return [found.pk, found.blocks.order_by("position").first().pk]


def new_case(world: World) -> Any:
    """Return a letter that nobody has looked at yet; what was sent before changed the one before."""
    from tests.mailbox.factories import case

    return case()


def case_at_step(world: World) -> list[Any]:
    """Name a step that an officer of the receiving unit takes."""
    return [new_case(world).pk, "refuse"]


def case_at_chore(world: World) -> list[Any]:
    """Name what an officer notes beside the steps."""
    return [new_case(world).pk, "add"]


def in_library(world: World) -> list[Any]:
    """Name a case of the library that an administrator may take out."""
    from mailbox.library.models import LibraryItem
    from tests.mailbox import factories

    case = factories.case(text="图书馆几点开门？", now=timezone.now())
    words = {"title": "开门时间", "question": "几点开门？", "answer": "九点。", "folded": "", "terms": ""}
    return [
        LibraryItem.objects.create(case=case, kind="letter", language="zh-hans", kept_at=case.received_at, **words).pk
    ]


def absence(world: World) -> list[Any]:
    """Name an absence that an administrator may take out."""
    from datetime import date

    from mailbox.models import Absence
    from tests.accounts.people import person

    return [Absence.objects.create(user=person(), first=date(2026, 12, 1), last=date(2026, 12, 2)).pk]


def case_being_written(world: World) -> list[Any]:
    """Name a case whose unit writes the answer."""
    from engage.departments.models import Department
    from mailbox.models import Case

    made = new_case(world)
    Case.objects.filter(pk=made.pk).update(state="handling", phase="work", lead=Department.objects.first())
    return [made.pk]


def case_to_preview(world: World) -> list[Any]:
    """Name a case with a draft that is kept, and the language in which it is looked at."""
    from mailbox.models import Draft

    made = case_being_written(world)
    Draft.objects.create(case_id=made[0], text=WORDS)
    return [*made, "en"]


def case_being_published(world: World) -> list[Any]:
    """Name an answered case that is prepared for the public."""
    from mailbox.models import Case
    from mailbox.publication import actions
    from mailbox.publication.models import Publication
    from tests.mailbox import factories, publications

    found = Publication.objects.filter(published_at=None).order_by("pk").first()
    if found is None:
        place = world.get("house") or world.setdefault("house", factories.house())
        made = publications.reply_case(place, now=timezone.now())
        found = actions.open_publication(made.pk, actor=place.officer, now=timezone.now())
    return [Case.objects.get(pk=found.case_id).pk]


def open_petition(world: World) -> list[Any]:
    """Make a petition that everybody can read and sign."""
    from tests.petitions import factories

    made = world.get("open_petition") or world.setdefault("open_petition", factories.petition(now=timezone.now()))
    return [made.pk]


def petition_sheets(world: World) -> list[Any]:
    """Name sheets that count; what was sent before took the ones before back."""
    from mailbox.petitions.models import PaperBatch

    of = open_petition(world)[0]
    scan = f"{PaperBatch.objects.count():064x}"
    made = PaperBatch.objects.create(petition_id=of, total=9, sheets=1, scan_sha256=scan, received_on="2026-11-26")
    return [of, made.pk]


def signature_link(purpose: str) -> Arguments:
    """Name a link in a letter to somebody who asked to sign; what was sent before changed the one before."""

    def name(world: World) -> list[Any]:
        from mailbox.petitions.models import Petition
        from mailbox.petitions.signing import links
        from tests.petitions import factories

        of = Petition.objects.get(pk=open_petition(world)[0])
        made = factories.signature(of, "pending", now=timezone.now())
        return [made.pk, links.key(purpose, made.pk)]

    return name


def own_signature(world: World) -> list[Any]:
    """Name a signature whose receipt the holder has."""
    from mailbox.petitions.actions import signing

    ask = signing.Ask(open_petition(world)[0], uuid.uuid4(), "李小河", "li@example.org", "zh-hans", region="east")
    receipt = signing.ask_to_sign(ask)
    with translation.override(translation.get_language()):
        world["clients"]["holder"].post("/zh/track/", {"reference": receipt.reference, "code": receipt.code})
    return [receipt.reference]


def told_petition(world: World) -> list[Any]:
    """Name a petition of which signers were told by letters."""
    from mailbox.petitions.actions import announcing
    from mailbox.petitions.models import Petition

    of = open_petition(world)
    announcing.announce(Petition.objects.get(pk=of[0]).events.create(code="answered"), "answered")
    return of


def planned_debate(world: World) -> list[Any]:
    """Name a debate that is being prepared; what was sent before changed the one before."""
    from mailbox.petitions.models import Debate

    return [Debate.objects.create(petition_id=open_petition(world)[0], kind="hearing").pk]


DEBATE_WORDS = {"place_zh": "市政厅", "place_en": "City Hall", "what_zh": WORDS, "what_en": "They talked."}
DEBATE_CHOICES = {
    "revision": "0", "kind": "hearing", "stage": "held", "on": "2026-12-20", "video": "", "transcript": "",
}  # fmt: skip


def before(world: World, who: str, path: str, given: dict[str, str]) -> None:
    """Send what comes before a form; the language in which the form is asked for stays."""
    with translation.override(translation.get_language()):
        world["clients"][who].post(path, given)


def looked(world: World) -> list[Any]:
    """Let the sender have looked at what is like a petition, so that the form opens."""
    before(world, "sender", "/zh/petitions/start/", {"title": PETITION_WORDS["title"]})
    return []


def written_petition(world: World) -> list[Any]:
    """Put a petition that is not sent into the sender's session."""
    looked(world)
    before(world, "sender", "/zh/petitions/start/write/", PETITION_WORDS | SIGNER | LIVES)
    return []


def gathering(world: World) -> Any:
    """Return a petition that looks for its sponsors."""
    from mailbox.petitions.models import Petition
    from mailbox.petitions.starting import links
    from tests.petitions import factories

    if "gathering" not in world:
        world["gathering"] = made = factories.petition("collecting")
        Petition.objects.filter(pk=made.pk).update(sponsor_digest=links.sponsor_digest(made.pk))
    return world["gathering"]


def sponsor_link(world: World) -> list[Any]:
    """Name the link that a starter gives to sponsors."""
    from mailbox.petitions.starting import links

    made = gathering(world)
    return [made.pk, links.sponsor_key(made.pk)]


def asked_sponsor(world: World) -> list[Any]:
    """Let the sender have asked to sponsor; name the page that says so."""
    at = sponsor_link(world)
    before(world, "sender", f"/zh/petitions/{at[0]}/sponsor/{at[1]}/", SIGNER | LIVES)
    return at


def sponsor_letter(world: World) -> list[Any]:
    """Name the link in a sponsor's letter."""
    from mailbox.petitions.signing import links
    from tests.petitions import factories

    made = factories.signature(gathering(world), "pending", part="sponsor", now=timezone.now())
    return [made.pk, links.key("sponsor", made.pk)]


def own_petition(state: str) -> Arguments:
    """Name a petition whose receipt the holder has."""

    def name(world: World) -> list[Any]:
        from tests.participation.factories import envelope
        from tests.petitions import factories

        made = factories.petition(state)
        given = envelope()
        made.submission.code_digest = code_digest(given.code, settings.TRACKING_KEY)
        made.submission.save()
        before(world, "holder", "/zh/track/", {"reference": made.reference, "code": given.code})
        return [made.reference]

    return name


def waiting_petition(world: World) -> list[Any]:
    """Name a petition that waits for moderation; what was sent before changed the one before."""
    from tests.petitions.moderated import waiting

    return [waiting(sponsors=0).pk]


def petition_order(world: World) -> list[Any]:
    """Name an order that is previewed."""
    from mailbox.petitions.models import Invalidation

    return [Invalidation.objects.create(conditions={"domain": "bad.example", "through": 1}, why=WORDS).pk]


def petition_listed(world: World) -> list[Any]:
    """Name an entry of the lists."""
    from mailbox.petitions.models import Listed

    return [Listed.objects.get_or_create(what="domain", value="bad.example", shown="bad.example")[0].pk]


def petition_suspect(world: World) -> list[Any]:
    """Name a mark that is suspected."""
    from mailbox.petitions.models import Suspect

    now = timezone.now()
    values = {"why": "sequence", "noticed_at": now, "until": now.replace(year=now.year + 1, day=1)}
    return [Suspect.objects.get_or_create(what="domain", value="bad.example", defaults=values)[0].pk]


def petition_words(world: World) -> list[Any]:
    """Name the form in which its words are edited."""
    return [*waiting_petition(world), "edit"]


def published_reply(world: World) -> list[Any]:
    """Name an answer that everybody reads."""
    from mailbox.publication.models import Publication
    from tests.mailbox import factories, publications

    found = Publication.objects.filter(published_at__isnull=False).first()
    if found is None:
        place = world.get("house") or world.setdefault("house", factories.house())
        made = publications.reply_case(place, now=timezone.now())
        found = publications.released(place, made, now=timezone.now())
    return [found.pk]


ASKED = ("language", "q", "topic", "department", "kind", "year", "before")


def open_redaction(world: World) -> list[Any]:
    """Name a text that the officer is redacting."""
    from engage.accounts.models import User
    from engage.publishing.redaction import actions
    from engage.publishing.redaction.models import Redaction

    officer = User.objects.get(pk=world["clients"]["officer"].session["_auth_user_id"])
    found = Redaction.objects.filter(state="open", created_by=officer).order_by("pk").first()
    return [(found or actions.begin(WORDS.encode(), "text.txt", actor=officer, now=timezone.now())).pk]


def expert_block(world: World) -> list[Any]:
    """Name the block of an expert whose text an editor has to read."""
    from tests.packs.builders import hand_in

    found = open_pack(world)
    hand_in(world["link"])
    return [found.pk, found.blocks.get(kind="expert").pk]


def campaign(world: World) -> Any:
    """Return a public campaign that asks people for their words."""
    from engage.outreach.campaigns.models import Campaign
    from tests.campaigns.builders import published

    return Campaign.objects.first() or published(author=SYSTEM)


def campaign_slug(world: World) -> list[Any]:
    """Name the campaign as the public does."""
    return [campaign(world).slug]


def outbox_item(world: World) -> list[Any]:
    """Name an item of the outbox that is written."""
    from engage.outreach.delivery.models import Channel, Item
    from tests.delivery.builders import channel, item

    found = Item.objects.filter(published_at=None).first()
    if found is None:
        to = Channel.objects.filter(code="notices").first() or channel(code="notices")
        found = item(to)
    return [found.pk]


def outbox_variant(world: World) -> list[Any]:
    """Name one of its versions."""
    from engage.outreach.delivery.models import Variant
    from tests.delivery.builders import channel, item

    pk = outbox_item(world)[0]
    found = Variant.objects.filter(item=pk).first() or item(channel()).variants.get()
    return [found.item_id, found.pk]


def outbox_channel(world: World) -> list[Any]:
    """Name a webhook."""
    from engage.outreach.delivery.models import Channel
    from tests.delivery.builders import channel

    config = {"url": "https://hook.example.org/", "secret": "a-secret-of-some-length"}
    found = Channel.objects.filter(code="hook").first() or channel("webhook", "site", code="hook", config=config)
    return [found.pk]


def campaign_key(world: World) -> list[Any]:
    """Name the campaign as the desk does."""
    return [campaign(world).pk]


def campaign_part(world: World) -> list[Any]:
    """Name one of its parts that can be removed."""
    found = campaign(world)
    return [found.pk, found.parts.get_or_create(kind="audience", defaults={"position": 9})[0].pk]


def campaign_task(world: World) -> list[Any]:
    """Name one of its tasks."""
    found = campaign(world)
    return [found.pk, found.tasks.first().pk]


def press_release(world: World) -> list[Any]:
    """Name an emergency release that is written, with a picture."""
    from engage.outreach.press import actions
    from engage.outreach.press.models import Release
    from tests.press.builders import picture, release

    found = Release.objects.filter(editions=None).first() or release(slug="written", kind="emergency")
    found.refresh_from_db()
    if not found.materials.exists():
        said = {"alt_zh": "门口", "alt_en": "The door", "revision": found.revision}
        actions.add_file(found.pk, picture(), "door.jpg", **said, actor=SYSTEM)
    return [found.pk]


def press_picture(world: World) -> list[Any]:
    """Name its picture."""
    from engage.outreach.press.models import Material

    found = press_release(world)
    return [*found, Material.objects.get(release=found[0]).pk]


def press_public(world: World) -> list[Any]:
    """Name a release that is public."""
    from engage.outreach.press.models import Edition
    from tests.press.builders import out, release

    found = Edition.objects.first() or out(release(slug="public"))
    return [found.release_id]


def press_digest(world: World) -> list[Any]:
    """Name a digest that is written."""
    from datetime import date

    from engage.outreach.press import actions
    from engage.outreach.press.models import Digest

    return [(Digest.objects.first() or actions.make_digest(date(2026, 2, 1), actor=SYSTEM)).pk]


def media_contact(world: World) -> Any:
    """Return somebody who asked to be on the media list."""
    from engage.accounts.actors import ANYONE
    from engage.outreach.press import actions

    return actions.ask_to_join(
        email="li@example.org", name="", outlet="x", topics=[], language="en", now=timezone.now(), actor=ANYONE
    )


def media_link(world: World) -> list[Any]:
    """Name the link in their letter."""
    from engage.outreach.press import actions

    return [actions.signed(media_contact(world))]


def theme(world: World) -> list[Any]:
    """Name a theme of the open call."""
    return [*slug(world), world["theme"].pk]


def sample(world: World) -> list[Any]:
    """Name the coder's own blind sample."""
    return [*slug(world), world["sample"].pk]


def order(world: World) -> list[Any]:
    """Name an order to code many comments."""
    return [*slug(world), world["order"].pk]


def key(name: str) -> Arguments:
    """Name a row of the world by its key."""
    return lambda world: [world[name].pk]


def letter_case(world: World, state: str) -> list[Any]:
    """Name a case whose receipt the holder has, where it stands as a form needs it."""
    from django.urls import reverse

    from mailbox.models import Case
    from tests.mailbox import factories

    kind = "grievance" if state == "replied" else "letter"
    found = Case.objects.filter(kind=kind, state=state).first()
    if found is None:
        place = world.get("house") or world.setdefault("house", factories.house())
        token = uuid.uuid4()
        now = timezone.now()
        if state == "registered":
            found = factories.case(kind, now=now, token=token)
        else:
            found = factories.answered(place, factories.taken_on(place, kind, now=now, token=token), now=now)
        code = factories.envelope(token=token).code
        world["clients"]["holder"].post(reverse("track"), {"reference": found.reference, "code": code})
    return [found.reference]


def open_letter(world: World) -> list[Any]:
    """Name a letter that is being handled."""
    return letter_case(world, "registered")


def answered_letter(world: World) -> list[Any]:
    """Name a letter that is answered."""
    return letter_case(world, "answered")


def decided_grievance(world: World) -> list[Any]:
    """Name a grievance that is decided."""
    return letter_case(world, "replied")


def letter_client(world: World) -> list[Any]:
    """Put a letter that is not sent into the sender's session."""
    world["clients"]["sender"].post("/zh/write/letter/", {"text": WORDS, "publish": "no"})
    return []


@dataclass(frozen=True)
class Form:
    """One form. `typed`: fields that people write in; `chosen`: choices and hidden fields; each with a right value.

    `who` is the client of the world that may send it. `said` is False where a refusal is a plain page instead of the
    form again (nothing was typed that could be lost).
    """

    who: str = "anonymous"
    arguments: Arguments = nothing
    typed: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    said: bool = True


COMMENT = {"text": WORDS, "suggested": ""}
STANCE = {"stance": "change"}
CHOICES = {**STANCE, "confidential": ""}
PASSWORDS = {"password1": "correct horse battery", "password2": "correct horse battery"}
REASONS = {"reason_zh": "汛期道路不通，延期以便居民参加。", "reason_en": "Roads are closed by floods."}

# A study with two waves was changed twice.
STUDIED = {"revision": "2", "do": ""}
AS_SEEN = {"revision": "0", "token": "6a1e3f0c-9a55-4c0e-8a51-0d5f2f1f7f10"}
CAMPAIGN_WORDS = {
    "title_zh-hans": "重阳节", "summary_zh-hans": "讲清楚养老。", "audience_zh-hans": "", "title_en": "Double Ninth",
    "summary_en": "Care explained.", "audience_en": "", "days_before": "7", "days_after": "14",
}  # fmt: skip
CAMPAIGN_DAYS = {"day": "", "department": "1", "topics": "elderly-care"}

FORMS: dict[str, Form] = {
    # taking part
    "compose": Form("sender", clause, COMMENT, CHOICES),
    "compose_whole": Form("sender", slug, {"text": WORDS}, {**CHOICES, "suggested": ""}),
    "basket": Form("sender", slug, {}, {"remove": ""}),
    "about_you": Form(
        "sender",
        slug,
        {"signature": "", "email": "", "organisation": "读书会", "organisation_role": "会长"},
        {"region": "", "capacity": "", "organisation_size": "small"},
    ),
    "check": Form("sender", slug, {}, {"token": "", "opened": "", "altcha": "", "website": ""}),
    # writing to the office
    "write_kind": Form(
        "sender",
        lambda world: ["grievance"],
        {"title": "", "text": WORDS, "name": "李梅", "address": "河东路1号", "phone": "", "email": "", "people": "2"},
        {"department": "", "accuses": "", "about": "", "to": "", "rep_name1": "王强", "rep_email1": ""},
    ),
    "write_files": Form("sender", letter_client, {}, {"remove": ""}, ("file",), said=False),
    "write_check": Form("sender", letter_client, {}, {"token": "", "opened": "", "altcha": "", "website": ""}),
    "write_answered": Form("sender", letter_client, {}, {"url": "/zh/c/shown/"}, said=False),
    "write_discard": Form("sender", letter_client),
    "case_add": Form("holder", open_letter, {"text": WORDS}),
    "case_rate": Form("holder", answered_letter, {"text": ""}, {"score": "4", "reasons": "quick"}),
    "case_review": Form("holder", decided_grievance, {"text": WORDS}),
    "keep_text": Form("sender", slug, {"text": WORDS}),
    "comment_agree": Form("sender", lambda world: [*slug(world), world["comment"].pk], {}, {"do": "agree"}),
    "comment_report": Form(
        "sender",
        lambda world: [*slug(world), world["comment"].pk],
        {"note": WORDS},
        {"reason": "other"},
    ),
    "embed": Form("anonymous", framed, COMMENT, {**CHOICES, "ticket": "", "website": ""}),
    "desk_paper": Form(
        "officer",
        nothing,
        {"number": "17", "article": "2", "text": WORDS, "signature": ""},
        {"call": "", "received": "2026-11-24", "stance": "oppose", "language": "zh-hans", "decision": ""},
    ),
    "desk_table": Form(
        "officer",
        nothing,
        {},
        {"call": "", "channel": "paper", "received": "2026-11-24", "language": "zh-hans", "waiting": ""},
        ("file",),
        said=False,
    ),
    "comment_translate": Form(
        "editor", lambda world: [*slug(world), world["comment"].pk], {"text": "Too few."}, {"language": "en"}
    ),
    "desk_embeds": Form("editor", nothing, {"hosts": "www.example.org"}, {"call": ""}, said=False),
    "item_files": Form("sender", basket_item, {}, {"remove": ""}, ("file",), said=False),
    # the forward plan
    "plan_follow": Form("anonymous", lambda world: [policy(world).slug], {"email": "li@example.org"}),
    "call_follow": Form("anonymous", slug, {"email": "li@example.org"}),
    # following
    "follow": Form(
        "anonymous",
        nothing,
        {"email": "li@example.org"},
        {"follow": "everything-0", "rhythm": "daily", "language": "en"},
    ),
    "follow_confirm": Form("anonymous", confirm_link, {}, {"row": "1"}),
    "follow_manage": Form(
        "anonymous", follow_link, {}, {"follow": "everything-0", "rhythm": "daily", "language": "en"}
    ),
    "follow_rest": Form("anonymous", follow_link, {}, {"days": "14"}, said=False),
    "follow_stop": Form("anonymous", follow_link),
    "follow_push": Form("holder", nothing, {}, {"endpoint": "https://push.example.org/x"}, said=False),
    "follow_push_mine": Form("holder", nothing, {}, {"endpoint": "https://push.example.org/x"}, said=False),
    "desk_health_check": Form("administrator", lambda world: ["files"], said=False),
    "practice_enter": Form("officer", said=False),
    "practice_leave": Form("officer", said=False),
    "practice_reset": Form("officer", said=False),
    "follow_stop_at_once": Form("anonymous", follow_link, {}, {"List-Unsubscribe": "One-Click"}, said=False),
    "plan_move": Form(
        "editor",
        lambda world: [policy(world).pk],
        {"note_zh": "开始起草。", "note_en": "Drafting began."},
        {"stage": "drafting", "on": "2026-11-01"},
    ),
    # questionnaires
    "survey": Form("anonymous", questionnaire, said=False),
    "survey_kiosk": Form("anonymous", questionnaire, said=False),
    "survey_embed": Form("anonymous", framed_questionnaire, said=False),
    "survey_resume": Form("anonymous", nothing, {"code": "7KQM-3XHD-9RWA"}),
    "survey_resume_here": Form("anonymous", questionnaire, {"code": "7KQM-3XHD-9RWA"}),
    "survey_page": Form(
        "anonymous",
        lambda world: [*sheet(world), 1],
        {"q:number": "12", "q:mail": "li@example.org", "q:words": WORDS},
        {"q:one": "a", "q:some": "b", "q:table:r": "a", "q:ranks:a": "1", "go": "next", "add": "", "remove": ""},
        ("q:scan",),
    ),
    "survey_look": Form(
        "anonymous",
        lambda world: [*sheet(world), 1],
        {"q:number": "12", "q:words": WORDS},
        {"q:one": "a", "q:some": "b", "asked": "one"},
        said=False,
    ),
    "survey_aside": Form("anonymous", sheet, said=False),
    "survey_check": Form("anonymous", sheet, {}, {"opened": "", "altcha": "", "website": ""}, said=False),
    # interpretations
    "interpretation_react": Form(
        "anonymous",
        explained,
        {"text": WORDS, "signature": ""},
        {"clause": "art_2", "token": "0b7c6a52-6f4e-4f0e-9d38-0e5d6f0f7a11", "opened": "", "altcha": "", "website": ""},
    ),
    "expert_write": Form(
        "anonymous",
        expert_link,
        {"name": "示范专家", "affiliation": "示范大学", "interest": "", "text": WORDS},
        {"declares": "none", "written_in": "zh-hans"},
    ),
    # the press room
    "media_join": Form(
        "anonymous",
        nothing,
        {"email": "li@example.org", "outlet": "临河日报", "name": "小李"},
        {"topics": "", "language": "en"},
    ),
    "media_confirm": Form("anonymous", media_link),
    "media_leave": Form("anonymous", media_link),
    "media_leave_at_once": Form("anonymous", media_link, {}, {"List-Unsubscribe": "One-Click"}, said=False),
    # campaigns
    "campaign_say": Form(
        "anonymous",
        campaign_slug,
        {"text": WORDS, "signature": ""},
        {"token": "0b7c6a52-6f4e-4f0e-9d38-0e5d6f0f7a12", "opened": "", "altcha": "", "website": ""},
    ),
    # receipts
    "track": Form("anonymous", nothing, {"reference": "C-2026-000001-M", "code": "0000-0000-0000"}),
    "lost_code": Form("anonymous", nothing, {"reference": "C-2026-000001-M"}),
    "new_code": Form("anonymous", lambda world: [world["signed"]]),
    "submission_withdraw": Form("holder", reference),
    "submission_forget": Form("holder", reference),
    "comment_edit": Form("holder", comment_of, COMMENT, STANCE),
    # accounts
    "demo_sign_in": Form("anonymous", nothing, {}, {"role": "citizen", "next": "/zh/track/"}, said=False),
    "account_login": Form("anonymous", nothing, {"login": "a@example.org", "password": ""}, {"next": "/zh/track/"}),
    "account_signup": Form("anonymous", nothing, {"email": "b@example.org"}, {"next": "/zh/track/"}),
    "account_reset_password": Form("anonymous", nothing, {"email": "a@example.org"}),
    "account_request_login_code": Form("anonymous", nothing, {"email": "a@example.org"}, {"next": "/zh/track/"}),
    "account_confirm_login_code": Form("signing_in", nothing, {"code": "AAAA-AAAA"}, {"action": "", "next": "/zh/"}),
    "account_email_verification_sent": Form(
        "signing_up", nothing, {"code": "AAAA-AAAA"}, {"action": "", "email": "", "next": "/zh/"}
    ),
    "account_confirm_password_reset_code": Form("resetting", nothing, {"code": "AAAA-AAAA"}, {"action": ""}),
    "account_email": Form("citizen", nothing, {"email": "c@example.org"}, {"action_add": "1"}),
    "account_set_password": Form("citizen", nothing, PASSWORDS),
    "account_change_password": Form("with_password", nothing, {"oldpassword": "x" * 12, **PASSWORDS}),
    "account_reauthenticate": Form("with_password", nothing, {"password": "x" * 12}, {"next": "/zh/"}),
    "account_logout": Form("citizen", nothing, {}, {"next": "/zh/"}),
    "mfa_activate_totp": Form("citizen", nothing, {"code": "000000"}),
    "mfa_login_webauthn": Form("anonymous", nothing, {}, {"credential": "{}", "next": "/zh/"}),
    # the desk
    "desk_act": Form(
        "officer",
        lambda world: ["moderation"],
        {},
        {"act": "reject", "id": "comment:1", "all": "", "filled": "yes", "reason": "unlawful", "back": ""},
        said=False,
    ),
    "desk_save_view": Form("officer", lambda world: ["moderation"], {"name": "Mine"}, {"back": ""}),
    "desk_change_view": Form("officer", key("view"), {"name": "Mine"}, {"change": "rename", "back": ""}),
    "desk_undo": Form("officer", nothing, {}, {"queue": "moderation", "token": "x", "back": ""}, said=False),
    "desk_keys": Form("officer", nothing, {}, {"single_keys": "on", "next": "/desk/"}),
    "desk_language": Form("officer", nothing, {}, {"language": "en", "next": "/desk/"}),
    # the coding desk
    "coding_act": Form(
        "administrator",
        slug,
        {"name": "次数"},
        {
            "do": "theme",
            "comment": "1",
            "edited": "",
            "back": "stance=change",
            "point": "",
            "selection": "0-5",
            "sentence": "",
            "parent": "",
        },
    ),
    "coding_themes": Form("administrator", slug, {"name": "次数", "description": "每周几次"}, {"parent": ""}),
    "coding_theme": Form(
        "administrator",
        theme,
        {"name": "次数", "description": "每周几次"},
        {"do": "edit", "revision": "0", "parent": "", "into": "", "new_name": "", "point": ""},
    ),
    "coding_decide": Form(
        "administrator",
        lambda world: [*slug(world), "theme", world["theme"].pk],
        {"reason_zh": "钱不够", "reason_en": "Too dear", "forwarded_zh": "", "forwarded_en": ""},
        {
            "disposition": "in_part",
            "reason_code": "cost",
            "department": "",
            "current": "",
            "comment": "",
            "back": "",
            "do": "",
        },
    ),
    "coding_agreement": Form("administrator", slug, {"seed": "a"}, {"coder": "1", "size": "5"}),
    "coding_blind": Form("administrator", sample, {}, {"item": "1", "theme": "1"}),
    "coding_bulk": Form(
        "administrator",
        slug,
        {},
        {
            "theme": "1",
            "finish": "on",
            "q": "",
            "state": "open",
            "clause": "",
            "stance": "change",
            "language": "",
            "same": "",
        },
    ),
    "coding_order": Form("administrator", order, {}, {"do": "cancel"}),
    # signing a petition
    "petition_sign": Form("anonymous", open_petition, SIGNER, LIVES | {"token": "", "news": "yes"}),
    "petition_signature": Form("holder", own_signature, {"email": "li@example.net"}, {"act": "correct", "sure": "yes"}),
    "petition_mine": Form(
        "anonymous", signature_link("mine"), {"email": "li@example.net"}, {"act": "correct", "sure": "yes"}
    ),
    "petition_confirm": Form("anonymous", signature_link("confirm"), {}, {"act": ""}),
    "petition_news_stop": Form("anonymous", signature_link("news"), {}, {"List-Unsubscribe": "One-Click"}),
    "desk_petition_sheets": Form(
        "administrator",
        open_petition,
        {"sheets": "2", "total": "40"},
        {"region": "", "received_on": "2026-11-26"},
        ("scan",),
    ),
    "desk_petition_sheets_back": Form("administrator", petition_sheets, {"why": WORDS}),
    # starting a petition
    "petition_start": Form("anonymous", nothing, {"title": WORDS}),
    "petition_write": Form("sender", looked, PETITION_WORDS | SIGNER, LIVES | {"to": ""}),
    "petition_check": Form("sender", written_petition, {}, {"token": "", "opened": "", "altcha": "", "website": ""}),
    "petition_sent": Form("sender", written_petition),
    "petition_discard": Form("sender", written_petition),
    "petition_confirm_start": Form("anonymous", lambda world: ["forged"], said=False),
    "petition_again": Form("holder", own_petition("rejected")),
    "petition_withdraw": Form("holder", own_petition("waiting")),
    "petition_sponsor": Form("sender", sponsor_link, SIGNER, LIVES | {"token": ""}),
    "petition_sponsor_sent": Form("sender", asked_sponsor, {"email": "li@example.org"}),
    "petition_confirm_sponsor": Form("anonymous", sponsor_letter),
    "petition-reasons:add": Form(
        "administrator",
        nothing,
        {
            "code": "late",
            "title_zh": "太晚",
            "title_en": "Too late",
            "mend_zh": "早些写。",
            "mend_en": "Write earlier.",
        },
        {"hides": "", "active": "on", "position": "1"},
    ),
    "petition-reasons:edit": Form(
        "administrator",
        lambda world: [RejectionReason.objects.first().pk],
        {
            "code": "late",
            "title_zh": "太晚",
            "title_en": "Too late",
            "mend_zh": "早些写。",
            "mend_en": "Write earlier.",
        },
        {"hides": "", "active": "on", "position": "1"},
    ),
    "petition-rules:edit": Form(
        "administrator",
        lambda world: [PetitionRules.objects.get().pk],
        {"pause_zh": "维护中", "pause_en": "Maintenance"},
        {
            "sponsors_needed": "5",
            "sponsors_most": "20",
            "months_open": "6",
            "moderation_days": "14",
            "moderation_near_days": "11",
            "queue_long": "500",
            "confirm_days": "7",
            "keep_months": "6",
            "signing_paused": "",
        },
    ),  # fmt: skip
    "petition-thresholds:add": Form(
        "administrator", nothing, {}, {"kind": "answer", "number": "5000", "days": "30", "valid_from": "2030-01-01"}
    ),
    "petition-thresholds:edit": Form(
        "administrator",
        lambda world: [Threshold.objects.first().pk],
        {},
        {"kind": "answer", "number": "5000", "days": "30", "valid_from": "2030-01-01"},
    ),
    "petition-limits:add": Form(
        "administrator", nothing, {}, {"by": "network", "most": "9", "seconds": "90", "active": "on"}
    ),
    "petition-limits:edit": Form(
        "administrator",
        lambda world: [RateLimit.objects.first().pk],
        {},
        {"by": "network", "most": "9", "seconds": "90", "active": "on"},
    ),
    # petitions at the desk
    "desk_petition_act": Form(
        "officer",
        petition_words,
        {"title": "标题", "action": WORDS, "background": WORDS, "details": WORDS, "note": "更短"},
        {"revision": "0", "unshown": ""},
    ),
    # petitions against fraud
    "petition_let_go": Form("administrator", petition_suspect, said=False),
    "petition_orders": Form(
        "administrator",
        nothing,
        {"petition": "", "domain": "bad.example", "network": "203.0.113.0/24", "why": WORDS, "since": "", "until": ""},
        {"region": "", "standing": "", "sign": "", "suspect": ""},
    ),
    "petition_order_act": Form("administrator", petition_order, {}, {"act": "run"}, said=False),
    "petition_lists": Form(
        "administrator", nothing, {"typed": "bad.example", "note": WORDS}, {"what": "domain", "side": "block"}
    ),
    "petition_unlist": Form("administrator", petition_listed, said=False),
    "petition_pause": Form("administrator", nothing, {"zh": WORDS, "en": WORDS}, {"act": "pause"}),
    "desk_petition_note": Form("officer", waiting_petition, {"text": WORDS}),
    "desk_petition_tag": Form("officer", waiting_petition, {"word": "交通"}),
    "desk_petition_debate_new": Form("officer", open_petition, DEBATE_WORDS, DEBATE_CHOICES),
    "desk_petition_debate": Form("officer", planned_debate, DEBATE_WORDS, DEBATE_CHOICES),
    "desk_petition_protection": Form("administrator", open_petition, {}, {"protected": "no"}),
    "desk_petition_letters_again": Form("administrator", told_petition, {}, {"event": "1"}, said=False),
    # outcomes: what is written in one is tested in tests/consultations/outcomes
    "outcome_open": Form("officer", slug, said=False),
    # cases at the desk
    "desk_case_step": Form("administrator", case_at_step, {"words": WORDS}, {"reason": "NOT_OURS"} | AS_SEEN),
    "desk_case_chore": Form("administrator", case_at_chore, {"words": WORDS}, AS_SEEN),
    "desk_case_draft": Form(
        "administrator",
        case_being_written,
        {"text": WORDS, "basis": "养老服务条例第六条", "cites": "办事指南"},
        {"revision": "0", "shared": "True"},
    ),
    "desk_library_retire": Form("administrator", in_library, said=False),
    "desk_snippets": Form(
        "officer", nothing, {"title": "问候", "text": WORDS}, {"language": "zh-hans", "department": ""}
    ),
    "desk_checklist": Form(
        "administrator",
        lambda world: ["letter"],
        {"point-0-words_zh": "核对地址", "point-0-words_en": "Check the address"},
        {"point-0-blocking": "on"},
    ),
    "desk_intake": Form(
        "administrator", lambda world: ["letter"], {"department": "", "zone": "Asia/Shanghai"}, {"family": ""}
    ),
    "desk_routing": Form("administrator", nothing, {}, {"proposes": "on", "learns": "on"}, said=False),
    # what is published of cases
    "desk_case_publish_keep": Form(
        "administrator",
        case_being_published,
        {"more": "王强", "title_zh": "水管", "title_en": "", "question_en": WORDS, "answer_en": WORDS},
        {"revision": "1", "basis": "personal-privacy", "out": "李梅", "known": "李梅"},
    ),
    "desk_case_publish_files": Form(
        "administrator",
        case_being_published,
        {"called_zh": "水管的照片", "called_en": ""},
        {"source": "upload", "do": "bench"},
    ),
    "desk_case_publish_file": Form(
        "administrator", lambda world: [*case_being_published(world), 1], {}, {"do": "fetch"}, said=False
    ),
    "desk_case_publish_begin": Form("administrator", case_being_published),
    "published_reply_helped": Form("anonymous", published_reply, {}, {"helped": "yes"}, said=False),
    "published_disclosure_helped": Form("anonymous", published_reply, {}, {"helped": "yes"}, said=False),
    "case_publishing": Form("holder", answered_letter, {}, {"publish": "yes"}),
    # studies
    "study_new": Form("administrator", nothing, {"name": WORDS, "audience": WORDS}, {"campaign": "", **AS_SEEN}),
    "study_edit": Form("administrator", study, {"name": WORDS, "audience": WORDS}, {"campaign": "", **STUDIED}),
    "study_wave_new": Form(
        "administrator",
        study,
        {"name": WORDS, "audience": WORDS},
        {"questionnaire": "1", "version": "", "invitations": "", "first_day": "2026-03-01", "last_day": "", **STUDIED},
    ),
    "study_wave": Form(
        "administrator",
        lambda world: [*study(world), 1],
        {"name": WORDS, "audience": WORDS},
        {"questionnaire": "1", "version": "", "invitations": "", "first_day": "", "last_day": "2026-06-30", **STUDIED},
    ),
    "study_benchmark": Form(
        "administrator",
        study,
        {"source": WORDS},
        {"question": "age", "share:young": "20", "share:middle": "40", "share:old": "40", **STUDIED},
        ("file",),
    ),
    # answers on paper
    "paper_answers_of": Form("administrator", paper_questionnaire, {}, {}, ("file",), said=False),
    "paper_answers_batch": Form("administrator", paper_batch, {}, {"do": "start"}, said=False),
    "paper_answers_sheet": Form(
        "administrator",
        paper_questionnaire,
        {"sheet": "7", "received": "", "c:why": WORDS},
        {"language": "en", "c:visits": "weekly", "c:ways": "bus", "c:table.paths": "good", "c:table.lamps": "good"},
    ),
    # telephone interviews
    "telephone_new": Form(
        "administrator", published_questionnaire, {"name": "Parks"}, {"questionnaire": "1", "country": "CN"}
    ),
    "desk_results_files": Form("administrator", over, {}, {"kind": "csv", "language": "en", "group": "age:young"}),
    "desk_results_order": Form("administrator", ordered_answers, {}, {"do": "cancel"}),
    "telephone_desk": Form("administrator", telephone_study, {}, {"do": "next", "ticket": "x"}, said=False),
    "telephone_finish": Form(
        "administrator",
        telephone_study,
        {"note": WORDS},
        {
            "ticket": "x",
            "attempt": "6a1e3f0c-9a55-4c0e-8a51-0d5f2f1f7f10",
            "usual": "5.1",
            "other": "",
            "call_back": "2030-01-01T10:00",
            "anybody": "",
            "do_not_call": "",
        },
    ),
    "telephone_interview": Form(
        "administrator",
        telephone_study,
        {},
        {"at": "visits", "number": "x", "q:visits": "often", "missing": "", "go": "next"},
        said=False,
    ),
    "telephone_complete": Form(
        "administrator",
        telephone_study,
        {"note": WORDS},
        {"ticket": "x", "attempt": "6a1e3f0c-9a55-4c0e-8a51-0d5f2f1f7f10"},
        said=False,
    ),
    "telephone_sample": Form("administrator", telephone_study, {}, {}, ("file",), said=False),
    "telephone_rules": Form(
        "administrator",
        telephone_study,
        {"days_off": "2027-02-06"},
        {
            "seen": "x",
            "max_attempts": "8",
            "promise_attempts": "2",
            "conversions": "1",
            "grace_minutes": "15",
            "latest_days": "60",
            **{f"windows_{day}": "9:00-21:00" for day in range(7)},
            **{f"wait_{code}": "3" for code in SPACINGS},
            **{f"unit_{code}": "60" for code in SPACINGS},
        },
    ),
    "telephone_do_not_call": Form(
        "administrator",
        telephone_study,
        {},
        {
            "do": "look",
            "number": "13800000001",
            "where": "study",
            "reason": "asked",
            "list-where": "all",
            "list-reason": "register",
        },
        ("list-file",),
        said=False,
    ),
    # the counter, and the work of units and people
    "counter_kind": Form(
        "officer",
        lambda world: ["grievance"],
        {
            "text": WORDS,
            "title": "食堂",
            "name": "李梅",
            "address": "河东路1号",
            "email": "mei@example.org",
            "phone": "1",
        },
        {
            "token": "6a1e3f0c-9a55-4c0e-8a51-0d5f2f1f7f11",
            "do": "check",
            "way": "walk_in",
            "received_on": "",
            "language": "en",
            "identity": "seen",
            "department": "",
            "accuses": "",
            "people": "1",
        },
        ("files",),
    ),
    "counter_slip": Form("officer", said=False),
    "desk_case_contact": Form("administrator", lambda world: [new_case(world).pk], said=False),
    "desk_case_export": Form("administrator", lambda world: [new_case(world).pk], said=False),
    "desk_case_history": Form("administrator", lambda world: [new_case(world).pk], said=False),
    "workload_person": Form("administrator", lambda world: [0], {}, {"to": "1", "id": "1-0"}),
    "workload_absences": Form(
        "officer", nothing, {}, {"user": "1", "first": "2026-12-01", "last": "2026-12-02", "deputy": ""}
    ),
    "workload_end_absence": Form("administrator", absence, said=False),
    "workload_letter": Form("officer", nothing, {}, {"wants": "on", "language": "en"}, said=False),
    # interpretations at the desk
    "pack_begin": Form("editor", nothing, {}, {"target": ""}),
    "pack_add": Form("editor", open_pack_key, {}, {"kind": "case", "revision": "0"}),
    "pack_invite": Form(
        "editor", open_pack_key, {"email": "expert@example.org"}, {"language": "en", "days": "14", "revision": "0"}
    ),
    "pack_block": Form(
        "editor",
        block,
        {
            **dict.fromkeys(("heading_zh-hans", "body_zh-hans", "byline_zh-hans", "source_zh-hans"), "汉字"),
            **dict.fromkeys(("heading_en", "body_en", "byline_en", "source_en"), "words"),
            "url": "https://example.org/",
        },
        {"dated": "2026-11-24", "clauses": "art_2", "revision": "0"},
    ),
    "pack_move": Form("editor", block, {}, {"to": "up", "revision": "0"}),
    "pack_remove": Form("editor", expert_block, {}, {"revision": "0"}),
    "pack_expert": Form("editor", expert_block, {"note": "请写明条款。"}, {"do": "return", "revision": "0"}),
    # redaction at the desk
    "redaction_begin": Form("officer", nothing, {"text": WORDS}),
    "redaction_choose": Form("editor", nothing, {}, {"file": "document:999999"}),
    "redaction_words": Form(
        "officer",
        open_redaction,
        {"w-words": "图书馆", "w-note": "为了试一试"},
        {"w-kind": "word", "w-whole": "", "w-basis": "other", "revision": "0"},
    ),
    "redaction_make": Form("officer", open_redaction, {}, {"title": "", "language": "en", "revision": "0"}),
    "redaction_bases": Form(
        "administrator", nothing, dict.fromkeys(BASIS_FIELDS, "执法"), {"position": "7", "is_active": "on"}
    ),
    "redaction_basis": Form(
        "administrator",
        lambda world: ["other"],
        dict.fromkeys(BASIS_FIELDS, "其他"),
        {"position": "7", "needs_note": "on"},
    ),
    # the outbox at the desk
    "outbox_begin": Form("editor", nothing, {}, {"subject": ""}),
    "outbox_item": Form(
        "editor",
        outbox_item,
        {
            **dict.fromkeys(("title_zh-hans", "summary_zh-hans"), "汉字"),
            **dict.fromkeys(("title_en", "summary_en"), "words"),
            **dict.fromkeys(("url_zh-hans", "url_en"), "https://example.org/"),
        },
        {"department": "", "topics": "", "send_at": "2027-01-05T09:30", "revision": "0"},
    ),
    "outbox_choose": Form("editor", outbox_item, {}, {"pairs": "1:en", "revision": "0"}, said=False),
    "outbox_variant": Form(
        "editor", outbox_variant, {"title": "题目", "body": WORDS}, {"send_at": "2027-01-05T09:30", "revision": "0"}
    ),
    "outbox_reset": Form("editor", outbox_variant, {}, {"revision": "0"}, said=False),
    "outbox_submit": Form("editor", outbox_item, {}, {"revision": "0"}, said=False),
    "outbox_delete": Form("editor", outbox_item, {}, {"revision": "-1"}, said=False),
    "outbox_channel": Form(
        "administrator",
        outbox_channel,
        {"name_zh": "对接", "name_en": "Hook", "config_url": "https://hook.example.org/"},
        {
            "enabled": "on",
            "measure": "characters",
            "most": "4000",
            "title_most": "120",
            "link_units": "0",
            "opens": "08:00",
            "closes": "22:00",
            "position": "1",
            "config_secret": "",
        },
    ),
    "outbox_secret": Form("administrator", outbox_channel, {}, {"do": "drop"}, said=False),
    "outbox_import": Form("officer", nothing, {"channel": "weibo"}, {"waiting": ""}, ("file",)),
    # the press room at the desk
    "press_desk": Form("editor", nothing, {"slug": "meals"}, {"kind": "short", "department": "1"}),
    "press_editor": Form(
        "editor",
        press_release,
        {
            **dict.fromkeys(("dateline_zh-hans", "title_zh-hans", "lead_zh-hans", "body_zh-hans"), "汉字"),
            **dict.fromkeys(("contact_zh-hans", "facts_zh-hans"), "汉字"),
            **dict.fromkeys(("dateline_en", "title_en", "lead_en", "body_en", "contact_en", "facts_en"), "words"),
            "slug": "written",
        },
        {
            "kind": "emergency",
            "department": "1",
            "embargo_until": "",
            "topics": "",
            "related_consultation": "",
            "revision": "0",
        },
    ),
    "press_add_file": Form(
        "editor", press_release, {"alt_zh": "门口", "alt_en": "The door"}, {"revision": "0"}, ("file",)
    ),
    "press_change_file": Form(
        "editor", press_picture, {"alt_zh": "门口", "alt_en": "The door"}, {"do": "describe", "revision": "0"}
    ),
    "press_submit": Form("editor", press_release, {"reason": "暴雪红色预警，窗口明天关闭"}, {"revision": "0"}),
    "press_delete": Form("editor", press_release, {}, {"revision": "-1"}),
    "press_take_down": Form("editor", press_public),
    "press_media": Form(
        "editor",
        nothing,
        {"email": "li@example.org", "outlet": "临河日报", "name": "小李", "basis_note": "名片"},
        {"topics": "", "language": "en", "basis": "asked"},
    ),
    "press_media_remove": Form("editor", lambda world: [media_contact(world).pk]),
    "press_digests": Form("editor", nothing, {}, {"month": "2026-02"}),
    "press_digest": Form(
        "editor", press_digest, {"foreword_zh-hans": "各位同行", "foreword_en": "Dear colleagues"}, {"revision": "0"}
    ),
    "press_digest_submit": Form("editor", press_digest, {}, {"revision": "0"}),
    "press_sections": Form("administrator", nothing, {}, {"department": "none"}, said=False),
    # campaigns at the desk
    "campaign_new": Form(
        "editor",
        nothing,
        {**CAMPAIGN_WORDS, "slug": "seniors-day", "year": "2026"},
        {
            **CAMPAIGN_DAYS,
            "observance": "double_ninth",
            "template": "1",
            "token": "0b7c6a52-6f4e-4f0e-9d38-0e5d6f0f7a13",
        },
    ),
    "campaign_edit": Form(
        "editor",
        campaign_key,
        {**CAMPAIGN_WORDS, "year": ""},
        {**CAMPAIGN_DAYS, "observance": "", "owner": "", "audience": "families", "revision": "0"},
    ),
    "campaign_targets": Form("editor", campaign_key, {"site": "3000"}),
    "campaign_hand_in": Form("editor", campaign_key, {}, {"release_on": "2026-12-01"}),
    "campaign_add": Form("editor", campaign_key, {}, {"kind": "case", "revision": "0"}),
    "campaign_part": Form(
        "editor",
        campaign_part,
        {**dict.fromkeys(("heading_zh-hans", "body_zh-hans"), "汉字"), "heading_en": "words", "body_en": "words"},
        {"revision": "0"},
    ),
    "campaign_link": Form("editor", campaign_part, {}, {"thing": "call:x", "revision": "0"}),
    "campaign_move": Form("editor", campaign_part, {}, {"to": "up", "revision": "0"}),
    "campaign_remove": Form("editor", campaign_part, {}, {"revision": "-1"}),
    "campaign_task_add": Form(
        "editor", campaign_key, {"title_zh": "准备", "title_en": "Prepare", "offset": "-3"}, said=False
    ),
    "campaign_task": Form("editor", campaign_task, {}, {"do": "assign", "owner": ""}, said=False),
    "campaign_wave": Form(
        "editor",
        campaign_key,
        {"asked": "100", "aware": "30", "method": "街头问卷"},
        {"phase": "before", "held_on": "2026-10-01", "remove": ""},
    ),
    "campaign_finish": Form("editor", campaign_key, said=False),
    "campaign_template_new": Form(
        "editor",
        nothing,
        {"name_zh": "清单", "name_en": "List", "lines": "-3 | 准备 | Prepare"},
        {"valid_from": "2026-01-01", "valid_to": ""},
    ),
    # the Studio
    "questionnaire_new": Form(
        "editor",
        nothing,
        {"key": "parks-2026", "title_zh": "公园开放时间", "title_en": "Opening hours"},
        {"department": "", "opens_at": "", "closes_at": "", "one_per": "none", "anonymous": "on", "results": "never"},
    ),
    "questionnaire_import": Form("editor", nothing, {"key": "parks-2026"}, {"department": ""}, ("file",)),
    "questionnaire_import_into": Form("editor", survey_version, {}, {"revision": "0"}, ("file",)),
    "questionnaire_next": Form("editor", lambda world: [999_999], said=False),
    "questionnaire_settings": Form(
        "editor",
        survey_version,
        {"title:en": "Opening hours", "introduction:zh-hans": WORDS, "closing:en": "Thank you"},
        {"revision": "0", "one_per": "none", "results": "never", "modes": "web", "anonymous": "on"},
    ),
    "questionnaire_lists": Form(
        "editor", survey_version, {"name_new": "yes_no", "options_new": "a | 甲 | A"}, {"revision": "0"}
    ),
    "questionnaire_ballots": Form(
        "editor", survey_version, {"name_new": "wording", "arms_new": "a | 1"}, {"revision": "0"}
    ),
    "questionnaire_quotas": Form(
        "editor",
        survey_version,
        {"name_new": "weekly", "when_new": "${often} = 'weekly'", "label_new:en": "Regulars", "message_new:en": WORDS},
        {"revision": "0", "limit_new": "10"},
    ),
    "questionnaire_languages": Form("editor", survey_version, {"add": "fr"}, {"revision": "0", "first": "zh-hans"}),
    "questionnaire_translate": Form(
        "editor", lambda world: [*survey_version(world), "en"], {"text/title": "Opening hours"}, {"revision": "0"}
    ),
    "questionnaire_frames": Form("editor", survey_version, {"hosts": "www.example.org"}, {"revision": "0"}),
    "questionnaire_period": Form(
        "editor", survey_version, {}, {"revision": "0", "opens_at": "2031-01-01 00:00", "closes_at": ""}
    ),
    "questionnaire_test": Form("editor", survey_version, said=False),
    "questionnaire_add": Form(
        "editor",
        survey_version,
        {"name": "topics", "label:en": "What matters?", "options": "a | 甲 | A", "relevant": "", "constraint": ""},
        {"revision": "0", "type": "multiple", "page": "wishes", "group": "", "required": "", "max_chosen": "1"},
    ),
    "questionnaire_part": Form(
        "editor",
        survey_question,
        {"label:en": "How often?", "help:zh-hans": WORDS, "options": "a | 甲 | A", "relevant": "", "required_when": ""},
        {"revision": "0", "type": "single", "required": "yes", "randomise": "none", "modes": "web", "fixed": ""},
    ),
    "questionnaire_preview_page": Form(
        "editor",
        lambda world: [*survey_version(world), "en", 1],
        {"q:why": WORDS},
        {"q:often": "weekly", "go": "next", "add": "", "remove": ""},
        said=False,
    ),
    "questionnaire_pictures": Form("editor", survey_version, {}, {"revision": "0"}, said=False),
    "questionnaire_answer_pictures": Form(
        "editor",
        survey_question,
        {f"{prefix_of('weekly')}_alt:en": "A park at noon"},
        {"revision": "0", f"{prefix_of('weekly')}:en": "noon-0123456789abcdef.png"},
    ),
    "questionnaire_arrange": Form(
        "editor",
        survey_question,
        {},
        {"revision": "0", "step": "to", "before": "", "page": "wishes", "group": ""},
        said=False,
    ),
    "questionnaire_keep": Form(
        "editor",
        survey_question,
        {"title_zh": "去公园的次数", "title_en": "Visits", "topics": "parks"},
        {"token": "1f3c8f0e-4d0b-4b7e-9a55-2d1c6d1f7a10", "is_shared": ""},
    ),
    "questionnaire_take": Form(
        "editor", survey_version, {}, {"part": "1", "page": "wishes", "group": "", "revision": "0"}, said=False
    ),
    "questionnaire_library_entry": Form(
        "administrator",
        kept_question,
        {"title_zh": "去公园的次数", "title_en": "Visits", "topics": "parks"},
        {"revision": "0", "is_shared": "on", "do": "", "token": ""},
    ),
    "questionnaire_preview_look": Form(
        "editor",
        lambda world: [*survey_version(world), "en", 1],
        {"q:why": WORDS},
        {"q:often": "weekly", "asked": "often"},
        said=False,
    ),
    "draft_import": Form(
        "editor",
        nothing,
        {"text": DRAFT, "name": "fees"},
        {"language": "", "purpose": "new", "draft": "", "version": "", "call": "", "html": "", "changes": "accept"},
        ("file",),
    ),
    "draft_review": Form(
        "editor",
        nothing,
        {"text": DRAFT, "name": "fees"},
        {"language": "zh-hans", "purpose": "new", "draft": "", "version": "", "call": "", "source": "", "keep": "1"},
    ),
    "draft_publish": Form("editor", key("version"), {}, {"consultation": ""}, said=False),
    "draft_page": Form("editor", lambda world: [world["version"].pk, "en"], said=False),
    # This text has none before it; what is typed for one that has is tested in tests/consultations/test_matching.py.
    "draft_plain": Form("editor", lambda world: [world["version"].pk, "en"], said=False),
    "draft_match": Form("editor", key("version"), {}, {"sources": "1", "article": "art_2", "removed": ""}, said=False),
    "call_extend": Form("editor", key("call"), REASONS, {"closes_at": "2031-01-01 00:00"}),
    "call_withdraw": Form("editor", key("call"), REASONS),
    "call_method": Form(
        "editor",
        key("call"),
        {
            "publicised_zh": "在社区公告栏张贴。",
            "reached_zh": "各年龄段都有人写来。",
            "limits_zh": "不代表全体居民。",
            "publicised_en": "Notices were put up.",
            "reached_en": "People of all ages wrote.",
            "limits_en": "They do not stand for all residents.",
        },
        {"seen": ""},
    ),
    "departments:add": Form(
        "administrator",
        nothing,
        {"code": "parks", "name_zh": "园林处", "name_en": "Parks", "duties_zh": "养护", "duties_en": "Care"},
        {"parent": ""},
    ),
    "departments:edit": Form(
        "administrator",
        key("department"),
        {"code": "culture", "name_zh": "文化处", "name_en": "Culture", "duties_zh": "", "duties_en": ""},
        {"parent": "", "active": "on"},
    ),
    "departments:delete": Form("administrator", key("spare")),
    "department-members:delete": Form("administrator", key("membership")),
    "department-members:add": Form(
        "administrator", nothing, {"email": "editor@example.org"}, {"department": "1", "role": "officer"}
    ),
    "calendar-days:add": Form(
        "editor",
        nothing,
        {"name_zh": "停水", "name_en": "No water", "date": "2026-12-01"},
        {"calendar": "1", "is_workday": "on"},
    ),
    "calendar-days:edit": Form("editor", key("day"), {"name_zh": "停水", "name_en": "No water"}, {"is_workday": "on"}),
    "calendar-days:delete": Form("editor", key("day")),
    "calendar-years:add": Form("editor", nothing, {"year": "2031"}, {"calendar": "1"}),
    "calendar-years:edit": Form("editor", key("year"), {}, {"confirmed": "on"}),
    "clock-profiles:edit": Form(
        "administrator",
        key("profile"),
        {"code": "next-2031", "source": "示范", "valid_from": "2031-01-01", "valid_to": ""},
        {"rolls": "on"},
    ),
    "clock-profiles:copy": Form(
        "administrator",
        key("profile"),
        {"code": "own-2031", "source": "示范", "valid_from": "2031-01-01", "valid_to": ""},
        {"rolls": "on"},
    ),
}

# A frame on another site keeps no cookie: a signed ticket stands in for the token (tests/voices/test_embedding.py). A
# mail program that ends a follow has none either: the signed link does (tests/follows/test_following.py).
# Who answers a questionnaire keeps no cookie at all: the code of the sheet, in its address, does.
TICKETED = {
    "embed",
    "follow_stop_at_once",
    "media_leave_at_once",
    "petition_news_stop",
    "survey",
    "survey_kiosk",
    "survey_embed",
    "survey_resume",
    "survey_resume_here",
    "survey_page",
    "survey_look",
    "survey_aside",
    "survey_check",
}

# Pages of allauth that only ask for a click, a key of hardware, or that this site does not offer.
WITHOUT_TEXT = {
    "survey_invited": "one press, as at the start page of the questionnaire",
    "account_inactive": "a notice",
    "account_complete_password_reset": "reached after the right code; the fields of account_set_password",
    "account_password_reset_completed": "a notice",
    "mfa_index": "a list",
    "mfa_list_webauthn": "a list",
    "mfa_add_webauthn": "a key of hardware answers, tests/accounts/test_second_factor.py",
    "mfa_edit_webauthn": "for the owner of such a key",
    "mfa_remove_webauthn": "a button",
    "mfa_deactivate_totp": "a button",
    "mfa_generate_recovery_codes": "a button",
    "mfa_view_recovery_codes": "a list",
    "mfa_download_recovery_codes": "a file",
    "mfa_authenticate": "reached between two steps; the form of mfa_activate_totp's code",
    "mfa_reauthenticate": "the form of mfa_activate_totp's code",
    "mfa_reauthenticate_webauthn": "a key of hardware answers",
    "socialaccount_connections": "a list; empty until a provider is configured",
    "socialaccount_login_cancelled": "a notice",
    "socialaccount_login_error": "a notice",
    "socialaccount_signup": "reached from a provider; none is configured",
    "openid_connect_login": "none is configured",
    "openid_connect_callback": "none is configured",
    "delivery_acknowledge": "machines sign what they send, tests/delivery/test_ledger.py",
    "outbox_channel_new": "its address says which form is shown: that of outbox_channel",
    "outbox_probe": "a button that calls another server, tests/delivery/test_desk.py",
}

# What each page reads from its address, and the client that may see it.
PARAMETERS: dict[str, tuple[str, Arguments, tuple[str, ...]]] = {
    "finder": ("anonymous", nothing, ("topic", "state")),
    "release_desk": ("editor", nothing, ("kind", "page", "view")),
    "release_audit": ("editor", nothing, ("decision", "kind", "page", "person", "since", "until")),
    "release_audit_file": (
        "editor",
        lambda world: ["csv"],
        ("decision", "kind", "person", "since", "until"),
    ),
    "freshness_desk": ("editor", nothing, ("kind", "page", "q", "view")),
    "comments": ("anonymous", slug, ("clause", "page", "sort")),
    "clause": ("anonymous", clause, ("sort",)),
    "compare": ("anonymous", slug, ("draft", "from", "to", "view", "all")),
    "embed": ("anonymous", framed, ("site",)),
    "desk_paper": ("officer", nothing, ("call", "received", "language", "decision", "done")),
    "desk_table": ("officer", nothing, ("call", "done", "known")),
    "compose": ("sender", clause, ("item", "from", "to", "v", "whole")),
    "compose_whole": ("sender", slug, ("item", "from", "to", "v", "whole")),
    "search": ("anonymous", nothing, ("q", "kind", "department", "since", "until", "page")),
    "track": ("anonymous", nothing, ("reference",)),
    "write_answers": ("anonymous", nothing, ("q",)),
    "petition_start": ("anonymous", nothing, ("q",)),
    "petition_alike": ("anonymous", nothing, ("q",)),
    "replies": ("anonymous", nothing, ("q", "topic", "department", "kind", "year", "before")),
    "disclosures": ("anonymous", nothing, ("q", "topic", "department", "kind", "year", "before")),
    "published_reply": ("anonymous", published_reply, ("said",)),
    "published_disclosure": ("anonymous", published_reply, ("said",)),
    "api:list_published_replies": ("anonymous", nothing, ASKED),
    "api:one_published_reply": ("anonymous", published_reply, ASKED),
    "api:list_disclosures": ("anonymous", nothing, ASKED),
    "api:one_disclosure": ("anonymous", published_reply, ASKED),
    "petitions": ("anonymous", nothing, ("state", "region", "q", "sort", "after")),
    "petitions_json": ("anonymous", nothing, ("state", "region", "q", "sort", "after")),
    "petitions_csv": ("anonymous", nothing, ("state", "region", "q", "sort")),
    "api:list_petitions": ("anonymous", nothing, ("language", "state", "region", "q", "sort", "after")),
    "api:one_petition": ("anonymous", open_petition, ("language",)),
    "performance": ("anonymous", nothing, ("unit", "kind")),
    "performance_year": ("anonymous", lambda world: [2026], ("unit", "kind")),
    "study": ("editor", study, ("first", "second", "weight")),
    "study_panel": ("editor", study, ("wave",)),
    "study_benchmark": ("administrator", study, ("question",)),
    "telephone_desk": ("administrator", telephone_study, ("result",)),
    "telephone_interview": ("administrator", telephone_study, ("at",)),
    "desk_performance": ("officer", nothing, ("unit", "kind")),
    "desk_performance_year": ("officer", lambda world: [2026], ("unit", "kind")),
    "write_kind": ("sender", lambda world: ["letter"], ("about",)),
    "questionnaire_answer_pictures": ("editor", survey_question, ("sound",)),
    "journal_checkpoints": ("anonymous", nothing, ("page",)),
    "journal_checkpoints_json": ("anonymous", nothing, ("after",)),
    "sitemap": ("anonymous", nothing, ("p",)),
    "demo_sign_in": ("anonymous", nothing, ("next",)),
    "account_login": ("anonymous", nothing, ("next",)),
    "account_signup": ("anonymous", nothing, ("next",)),
    "account_request_login_code": ("anonymous", nothing, ("next",)),
    "account_logout": ("citizen", nothing, ("next",)),
    "plan": ("anonymous", nothing, ("topic",)),
    "follow": ("anonymous", nothing, ("follow",)),
    "api:list_policies": ("anonymous", nothing, ("language",)),
    "api:list_calls": ("anonymous", nothing, ("language",)),
    "api:one_call": ("anonymous", slug, ("language",)),
    "api:text": ("anonymous", slug, ("language", "draft")),
    "api:drafts": ("anonymous", slug, ("language",)),
    "draft_file": ("anonymous", lambda world: [*slug(world), "akn"], ("draft",)),
    "api:comments": ("anonymous", slug, ("language", "page")),
    "api:list_replies": ("anonymous", slug, ("language",)),
    "desk_queue": ("officer", lambda world: ["moderation"], ("view", "q", "kind", "page")),
    "coding_home": ("administrator", nothing, ("page",)),
    "coding_desk": (
        "administrator",
        slug,
        ("comment", "after", "q", "state", "clause", "stance", "language", "same"),
    ),
    "coding_theme": ("administrator", theme, ("page",)),
    "coding_decisions": ("administrator", slug, ("view", "page")),
    "coding_decide": ("administrator", lambda world: [*slug(world), "theme", world["theme"].pk], ("comment", "back")),
    "coding_bulk": ("administrator", slug, ("q", "state", "clause", "stance", "language", "same")),
    "desk_petition_act": ("officer", lambda world: [*waiting_petition(world), "merge"], ("of",)),
    "petition_orders": ("officer", nothing, ("suspect",)),
    "outcomes": ("anonymous", nothing, ("page",)),
    "outcome_desk": ("officer", nothing, ("view", "q")),
    "pack_desk": ("editor", nothing, ("view",)),
    "desk_case": ("administrator", lambda world: [new_case(world).pk], ("draft", "in")),
    "desk_case_draft_preview": ("administrator", case_to_preview, ("draft",)),
    "desk_case_previous": ("administrator", lambda world: [new_case(world).pk], ("in",)),
    "desk_case_next": ("administrator", lambda world: [new_case(world).pk], ("in",)),
    "desk_case_chore": ("administrator", lambda world: [*case_being_written(world), "settle"], ("of",)),
    "desk_library": ("administrator", nothing, ("q",)),
    "workload": ("administrator", nothing, ("unit",)),
    "desk_post": ("administrator", nothing, ("before", "view")),
    "desk_groups": ("administrator", nothing, ("page",)),
    "desk_jobs": ("administrator", nothing, ("page",)),
    "desk_group": ("administrator", lambda world: [1], ("page",)),
    "workload_person": ("administrator", lambda world: [0], ("unit",)),
    "workload_absences": ("administrator", nothing, ("unit", "month")),
    "workload_turned_away": ("administrator", nothing, ("before",)),
    "notices": ("anonymous", nothing, ("page",)),
    "outbox": ("editor", nothing, ("page", "view")),
    "outbox_channel_new": ("administrator", nothing, ("kind",)),
    "outbox_import": ("officer", nothing, ("done", "known")),
    "press": ("anonymous", nothing, ("kind", "department", "topic", "year", "page")),
    "press_desk": ("editor", nothing, ("view",)),
    "press_media": ("editor", nothing, ("topic",)),
    "api:list_press": ("anonymous", nothing, ("language",)),
    "api:one_release": ("anonymous", lambda world: ["public"], ("language",)),
    "redaction_desk": ("officer", nothing, ("view",)),
    "redaction_choose": ("editor", nothing, ("q",)),
    "redaction_bench": ("officer", open_redaction, ("page",)),
    "survey_page": ("anonymous", lambda world: [*sheet(world), 1], ("check",)),
    "survey_sent": ("anonymous", sent_at_kiosk, ("at",)),
    "survey_results": ("anonymous", over, ("group", "compare")),
    "desk_results_of": ("editor", over, ("group", "compare", "weight")),
    "desk_results_crosstab": ("editor", over, ("rows", "cols", "base", "group", "compare", "weight")),
    "desk_results_file": ("administrator", lambda world: [*over(world), "csv"], ("group",)),
    "desk_results_given": ("administrator", over, ("after",)),
    "desk_results_words": ("editor", over, ("q", "group", "compare", "weight")),
    "api:list_interpretations": ("anonymous", nothing, ("language",)),
    "api:one_interpretation": ("anonymous", explained, ("language",)),
    "api:list_campaigns": ("anonymous", nothing, ("language",)),
    "api:one_campaign": ("anonymous", campaign_slug, ("language",)),
    "campaign_planner": ("editor", nothing, ("year", "month")),
    "campaign_year": ("editor", nothing, ("year",)),
    "campaign_new": ("editor", nothing, ("observance", "year", "day")),
    "draft_match": ("editor", key("version"), ("article",)),
    "questionnaire_add": ("editor", survey_version, ("type", "page", "group")),
    "questionnaire_library": ("editor", nothing, ("q", "p")),
    "questionnaire_take": ("editor", survey_version, ("q", "p", "page", "group")),
    "questionnaire_translate": ("editor", lambda world: [*survey_version(world), "en"], ("start", "missing")),
    "draft_import": ("editor", nothing, ("purpose", "draft", "version", "call", "name")),
    "departments:index": ("administrator", nothing, ("q", "p", "active", "ordering")),
    "department-members:index": ("administrator", nothing, ("role", "department", "ordering")),
    "calendar-days:index": ("editor", nothing, ("calendar", "date__year", "is_workday", "source", "ordering")),
    "calendar-years:index": ("editor", nothing, ("calendar", "confirmed", "ordering")),
    "clock-profiles:index": ("editor", nothing, ("calendar", "kind", "ordering")),
}
