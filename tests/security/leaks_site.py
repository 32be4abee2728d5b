"""A site on which every kind of the release gate has something that must not be read yet.

A kind of the gate without a function here fails `test_every_kind_is_planted` by its name.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import models
from django.utils import timezone
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.rich_text import RichText

from consultations import actions as calls
from consultations.calls.models import Evidence
from consultations.drafts.reader import parse_text
from consultations.models import Change, Comment, Consultation
from consultations.outcomes import actions as outcomes
from consultations.plans.models import Policy
from consultations.study import queries as study
from consultations.study.models import PARTS
from consultations.voices import embedding
from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.departments.models import Membership
from engage.outreach.campaigns import actions as campaigns
from engage.outreach.delivery import actions as delivery
from engage.outreach.delivery.actions.writing import Text
from engage.outreach.follows.models import Follower
from engage.outreach.press import actions as press
from engage.outreach.press.models import MediaContact
from engage.pages.gate import release_page
from engage.pages.models import ArticlePage, Topic
from engage.pages.structure import ensure_structure
from engage.publishing import actions as gate_actions
from engage.publishing import gate, proposals, registry
from engage.publishing.models import Release, Review
from mailbox.petitions.actions import debates
from mailbox.petitions.actions.debates import DebateWords
from mailbox.publication import actions as publishing
from surveys import actions as questionnaires
from tests.accounts.people import person
from tests.campaigns import builders as campaign_builders
from tests.consultations.factories import CHINESE, ENGLISH, call, comment, department
from tests.consultations.outcomes import builders as outcome_builders
from tests.delivery import builders as delivery_builders
from tests.follows.builders import EVERYTHING, follower
from tests.mailbox import factories as cases
from tests.mailbox import publications
from tests.packs import builders as pack_builders
from tests.petitions import factories as petitions
from tests.press import builders as press_builders
from tests.security.leaks_markers import EDITED, NEVER, RETURNED, STAGES, WAITING, Marker, marker

DAY = timedelta(days=1)
LANGUAGES = ("zh-hans", "en")


@dataclass
class Site:
    """What was planted, and whom and what the planters stand on."""

    editor: User
    officer: User
    topic: Topic
    base: Consultation
    closed: Consultation
    leaving: Consultation
    policy: Policy
    comment: Comment
    code: str
    follower: Follower
    journalist: MediaContact
    redacted: bool = False
    stages: tuple[str, ...] = STAGES
    expert_token: str = ""
    plants: list[tuple[str, str]] = field(default_factory=list)
    calls: list[Consultation] = field(default_factory=list)
    house: cases.House | None = None

    def take(self, kind: str, stage: str) -> Marker:
        """Return the words for a plant and keep that it is there."""
        self.plants.append((kind, stage))
        return marker(kind, stage, redacted=self.redacted)


# Why a stage of a kind cannot be planted; what is missing here fails the test.
PROPOSED = "typed words are stored nowhere before they are handed in"
ONE_WRITE = "a write that was carried out takes no other words"
NOT_PLANTED: dict[tuple[str, str], str] = {
    **{(kind, NEVER): PROPOSED for kind in ("extension", "withdrawal", "stage_move", "method_note", "reply")},
    **{(kind, EDITED): ONE_WRITE for kind in ("extension", "withdrawal", "stage_move", "reply")},
    ("plain_words", NEVER): PROPOSED,
    ("method_note", EDITED): "a further note is a further proposal, planted as the one that waits",
    ("plain_words", EDITED): "further words are a further proposal, planted as those that wait",
    ("channel_item", EDITED): "what is released takes no other words",
    ("media_digest", EDITED): "a digest that went out takes no other words",
}


def turn_away(release: Release) -> None:
    """Let a reviewer withhold what was handed in."""
    release.refresh_from_db()
    review = release.reviews.filter(state=Review.State.WAITING).first()
    assert review is not None
    gate_actions.decide(
        review.pk,
        "withhold",
        content_hash=release.content_hash,
        basis="保守国家秘密法第九条",
        comment="不宜公开",
        now=timezone.now(),
        actor=person(*registry.get(release.kind).key(review.key).roles),
    )


def hand_in(kind: str, obj: models.Model, stage: str, site: Site) -> None:
    """Bring something to its stage at the gate."""
    if stage in (WAITING, RETURNED):
        release = gate.request(kind, obj, actor=site.editor, now=timezone.now())
        if stage == RETURNED:
            turn_away(release)


def propose(
    site: Site, kind: str, words: Callable[[Marker], dict[str, Any]], *, target: int | None = None, actor: Any = None
) -> None:
    """Propose a write twice: one waits, one is withheld."""
    for stage in (WAITING, RETURNED):
        if stage not in site.stages:
            continue
        propose_one(site, kind, stage, words(site.take(kind, stage)), target=target, actor=actor)


def propose_one(
    site: Site, kind: str, stage: str, payload: dict[str, Any], *, target: int | None = None, actor: Any = None
) -> None:
    """Propose a write."""
    release = proposals.propose(kind, payload, target_id=target, actor=actor or site.editor, now=timezone.now())
    if stage == RETURNED:
        turn_away(release)


# --- files ----------------------------------------------------------------------------------------------------------


def document(words: Marker) -> Document:
    """A document that says the marker in its name, its title and its text."""
    text = original(words)
    name, content = words.file(f"{text.zh}\n{text.en}".encode(), "txt")
    return Document.objects.create(title=words.zh, file=ContentFile(content, name=name))


def original(words: Marker) -> Marker:
    """The words as they were before anything was taken out."""
    return marker(words.kind, words.stage)


def picture(words: Marker) -> Image:
    """A picture that says the marker in its name, its title, its description and its properties."""
    told, target = PngInfo(), io.BytesIO()
    told.add_text("Comment", words.latin)
    Pillow.new("RGB", (1200, 700), "teal").save(target, "PNG", pnginfo=told)
    name, content = words.file(target.getvalue(), "png")
    return Image.objects.create(title=words.zh, description=words.en, file=ImageFile(io.BytesIO(content), name=name))


# --- pages and calls ------------------------------------------------------------------------------------------------


def prose(words: Marker, language: str) -> list[tuple[str, Any]]:
    """Blocks of every kind with the marker, a file and a picture."""
    shown, said = picture(words), words.said(language)
    shown.contextual_alt_text, shown.decorative = said, False
    file = document(words)
    return [
        ("heading", said),
        ("paragraph", RichText(f'<p>{said} <a linktype="document" id="{file.pk}">{said}</a></p>')),
        ("list", [said]),
        ("quote", {"text": said, "source": said}),
        ("notice", {"title": said, "text": said}),
        ("image", shown),
    ]


def plant_page(site: Site) -> None:
    homes = ensure_structure()
    for stage in site.stages:
        words, key = site.take("page", stage), uuid.uuid4()
        for language in LANGUAGES:
            page = ArticlePage(
                title="助餐点", slug="edited-page" if stage == EDITED else words.slug, locale=homes[language].locale
            )
            page.translation_key, page.live = key, False
            homes[language].add_child(instance=page)
            if stage == EDITED:
                release_page(page)
                page = ArticlePage.objects.get(pk=page.pk)
            said = words.said(language)
            page.title = page.seo_title = page.search_description = page.intro = said
            page.in_foot, page.topics, page.body = True, [site.topic], prose(words, language)
            if stage != EDITED:
                page.save()
            page.save_revision(user=site.editor)
            hand_in("page", page, stage, site)


def write_call(consultation: Consultation, words: Marker, site: Site, *, live: bool) -> None:
    """Write the marker into the pages of a call and into a further version of its text."""
    for page in consultation.pages.select_related("locale"):
        language = page.locale.language_code
        page.title = page.summary = page.affected = page.how_decided = page.contact = page.offline = words.said(
            language
        )
        page.seo_title = page.search_description = words.said(language)
        page.body = prose(words, language)
        if not live:
            page.save()
        page.save_revision(user=site.editor)
    draft = consultation.drafts.get()
    chinese = CHINESE.replace("社区图书馆管理办法", words.zh).replace("制定本办法", words.zh)
    english = ENGLISH.replace("Community library rules", words.en).replace("easy for residents", words.en)
    version = calls.store_draft(parse_text(chinese, language="zh-hans"), draft=draft, actor=site.editor)
    calls.add_translation(version, parse_text(english, language="en"), actor=site.editor)
    for language in LANGUAGES:
        articles = version.clauses.filter(level="article").values_list("pk", flat=True)
        calls.explain_articles(version.pk, language, {pk: words.said(language) for pk in articles}, actor=site.editor)


def plant_call(site: Site) -> None:
    for stage in site.stages:
        words = site.take("call", stage)
        if stage == EDITED:
            made = call(slug="edited-call")
        else:
            made = call(slug=words.slug, live=False, closes=40 * DAY)
        made.topics.add(site.topic)
        write_call(made, words, site, live=stage == EDITED)
        site.calls.append(made)
        hand_in("call", made, stage, site)


# --- what is proposed about a call ----------------------------------------------------------------------------------


def plant_extension(site: Site) -> None:
    closes = (site.base.closes_at + 20 * DAY).isoformat()
    propose(
        site,
        "extension",
        lambda words: {"closes_at": closes, "reason_zh": words.zh, "reason_en": words.en},
        target=site.base.pk,
    )


def plant_withdrawal(site: Site) -> None:
    propose(
        site,
        "withdrawal",
        lambda words: {"reason_zh": words.zh, "reason_en": words.en},
        target=site.leaving.pk,
    )


def plant_stage_move(site: Site) -> None:
    today = timezone.localdate().isoformat()
    propose(
        site,
        "stage_move",
        lambda words: {"stage": "review", "on": today, "note_zh": words.zh, "note_en": words.en},
        target=site.policy.pk,
    )


def plant_method_note(site: Site) -> None:
    seen = study.method_stamp(site.closed)
    propose(
        site,
        "method_note",
        lambda words: {
            "notes": {language: dict.fromkeys(PARTS, words.said(language)) for language in LANGUAGES},
            "seen": seen,
        },
        target=site.closed.pk,
    )


def plant_reply(site: Site) -> None:
    propose(
        site,
        "reply",
        lambda words: {"about": "comment", "text": f"{words.zh} {words.en}", "language": "zh-hans"},
        target=site.comment.pk,
        actor=site.officer,
    )


def plant_plain_words(site: Site) -> None:
    version = site.base.drafts.get().published
    article = version.clauses.get(key="art_2")
    propose(
        site,
        "plain_words",
        lambda words: {"language": "zh-hans", "words": {str(article.pk): f"{words.zh} {words.en}"}},
        target=version.pk,
    )


def evidence_values(consultation: Consultation, words: Marker) -> dict[str, Any]:
    """What the form of an evidence document would write."""
    return {
        "consultation": consultation.pk,
        "document": document(words).pk,
        "title_zh": words.zh,
        "title_en": words.en,
        "source_zh": words.zh,
        "source_en": words.en,
        "dated": "2026-01-05",
    }


def plant_evidence(site: Site) -> None:
    propose(site, "evidence", lambda words: evidence_values(site.base, words))
    if site.stages != STAGES:
        return
    hidden = site.calls[0]
    made = evidence_values(hidden, site.take("evidence", NEVER))
    Evidence.objects.create(
        consultation=hidden, document_id=made["document"], **{k: made[k] for k in made if "_" in k or k == "dated"}
    )
    clean = Document.objects.create(title="调查", file=ContentFile("调查".encode(), name="survey.txt"))
    given = {"title_zh": "调查", "title_en": "Survey", "source_zh": "本处", "source_en": "This unit"}
    row = Evidence.objects.create(consultation=site.base, document=clean, dated=date(2026, 1, 4), **given)
    propose_one(site, "evidence", EDITED, evidence_values(site.base, site.take("evidence", EDITED)), target=row.pk)


def change_values(consultation: Consultation, words: Marker) -> dict[str, Any]:
    """What the form of a published change would write."""
    sides = {f"{side}_{code}": getattr(words, code) for side in ("before", "after") for code in ("zh", "en")}
    return {
        "consultation": consultation.pk,
        "article": "2",
        "people": 5,
        "published_at": timezone.now().isoformat(),
    } | sides


def plant_change(site: Site) -> None:
    propose(site, "change", lambda words: change_values(site.base, words))
    if site.stages != STAGES:
        return
    sides = {f"{side}_{code}": code for side in ("before", "after") for code in ("zh", "en")}
    row = Change.objects.create(consultation=site.base, article="1", people=3, **sides)
    propose_one(site, "change", EDITED, change_values(site.base, site.take("change", EDITED)), target=row.pk)
    made = change_values(site.calls[0], site.take("change", NEVER))
    Change.objects.create(consultation=site.calls[0], **{k: v for k, v in made.items() if k != "consultation"})


def policy_values(words: Marker, slug: str) -> dict[str, Any]:
    """What the form of a planned policy would write."""
    return {
        "slug": slug,
        "department": department().pk,
        "title_zh": words.zh,
        "title_en": words.en,
        "summary_zh": words.zh,
        "summary_en": words.en,
        "expected_on": "2027-03-01",
        "public_from": (timezone.now() - DAY).isoformat(),
        "topics": [Topic.objects.get(code="leaks").pk],
        "concerns": [],
        "calls": [],
    }


def plant_policy(site: Site) -> None:
    propose(site, "policy", lambda words: policy_values(words, words.slug))
    if site.stages != STAGES:
        return
    edited = policy(site, slug="edited-policy")
    values = policy_values(site.take("policy", EDITED), "edited-policy")
    propose_one(site, "policy", EDITED, values, target=edited.pk)
    words = site.take("policy", NEVER)
    policy(site, slug=words.slug, zh=words.zh, en=words.en, public=False)


def policy(site: Site | None, *, slug: str, zh: str = "图书馆条例", en: str = "Rules", public: bool = True) -> Policy:
    """A policy of the plan, public or not yet."""
    made = Policy.objects.create(
        slug=slug,
        department=department(),
        title_zh=zh,
        title_en=en,
        summary_zh=zh,
        summary_en=en,
        public_from=timezone.now() - 90 * DAY if public else None,
    )
    made.topics.set(Topic.objects.filter(code="leaks"))
    return made


def plant_call_facts(site: Site) -> None:
    propose(
        site,
        "call_facts",
        lambda words: {"short_reason_zh": words.zh, "short_reason_en": words.en},
        target=site.base.pk,
    )
    if site.stages != STAGES:
        return
    for stage, one in ((NEVER, site.calls[0]), (EDITED, call(slug="facts-call"))):
        words = site.take("call_facts", stage)
        given = {"short_reason_zh": words.zh, "short_reason_en": words.en}
        if stage == NEVER:
            Consultation.objects.filter(pk=one.pk).update(**given)
        else:
            site.calls.append(one)
            propose_one(site, "call_facts", stage, given, target=one.pk)


# --- outcomes and packs ---------------------------------------------------------------------------------------------


def write_outcome(outcome: Any, words: Marker, author: User) -> None:
    """Write the marker into everything an outcome says."""
    texts = {
        language: dict.fromkeys(("summary", "method", "next_steps"), words.said(language)) for language in LANGUAGES
    }
    revision = outcome_builders.revision
    outcomes.write_texts(outcome.pk, texts, revision=revision(outcome), actor=author)
    article = outcome.version.clauses.get(key="art_2")
    reasons = {language: words.said(language) for language in LANGUAGES}
    outcomes.write_clause(outcome.pk, article.pk, reasons=reasons, revision=revision(outcome), actor=author)
    names = {theme.pk: reasons for theme in outcome.consultation.themes.all()}
    outcomes.name_themes(outcome.pk, names, revision=revision(outcome), actor=author)


def plant_outcome(site: Site) -> None:
    for stage in site.stages:
        words, about = site.take("outcome", stage), outcome_builders.decided_call(people=1)
        site.calls.append(about)
        if stage == EDITED:
            outcome_builders.published(about)
            made = outcomes.open_outcome(about.pk, actor=site.editor)
        else:
            made = outcome_builders.written(about, author=site.editor)
        write_outcome(made, words, site.editor)
        hand_in("outcome", made, stage, site)


def write_pack(pack: Any, words: Marker, author: User) -> None:
    """Write the marker into every block of a pack."""
    texts = {
        language: dict.fromkeys(("heading", "body", "byline", "source"), words.said(language)) for language in LANGUAGES
    }
    for block in pack.blocks.exclude(kind="expert"):
        pack_builders.write(block, author=author, texts=texts)


def plant_pack(site: Site) -> None:
    other = next((one for one in site.calls if one.slug == "facts-call"), site.base)
    for stage, about in zip(STAGES, (site.closed, site.leaving, site.base, other), strict=True):
        if stage not in site.stages:
            continue
        words = site.take("pack", stage)
        if stage == EDITED:
            pack_builders.published(about)
        pack = pack_builders.opened(about, author=site.editor)
        if stage == NEVER:
            _invitation, site.expert_token = pack_builders.invited(pack, editor=site.editor)
        write_pack(pack, words, site.editor)
        hand_in("pack", pack, stage, site)


def plant_questionnaire(site: Site) -> None:
    for stage in site.stages:
        words = site.take("questionnaire", stage)
        key = "edited-survey" if stage == EDITED else words.slug
        said = {language: words.said(language) for language in LANGUAGES}
        asked = {"name": "q", "type": "text", "label": said, "help": said}
        definition = {
            "format": "engage-questionnaire/1", "languages": list(LANGUAGES), "title": said, "introduction": said,
            "pages": [{"name": "p", "title": said, "items": [asked]}],
        }  # fmt: skip
        made = questionnaires.create_questionnaire(key, department_id=department().pk, actor=site.editor)
        if stage == EDITED:
            plain = dict.fromkeys(LANGUAGES, "问卷")
            before = definition | {"title": plain, "introduction": plain, "pages": [
                {"name": "p", "title": plain, "items": [asked | {"label": plain, "help": plain}]},
            ]}  # fmt: skip
            questionnaires.write_definition(made.pk, before, revision=0, actor=site.editor)
            gate.release_by_platform("questionnaire", made, now=timezone.now())
            made = questionnaires.open_version(made.questionnaire_id, actor=site.editor)
        made = questionnaires.write_definition(made.pk, definition, revision=made.revision, actor=site.editor)
        hand_in("questionnaire", made, stage, site)


# --- outreach -------------------------------------------------------------------------------------------------------


def plant_channel_item(site: Site) -> None:
    on = [
        delivery_builders.channel("site", "site", code="site-leaks"),
        delivery_builders.channel("feed", "site", code="feed-leaks"),
        delivery_builders.channel("mail_followers", "mail", code="letters-leaks"),
        delivery_builders.channel("file", "article", code="file-leaks"),
    ]
    for stage in {NEVER, WAITING, RETURNED} & {*site.stages}:
        words = site.take("channel_item", stage)
        texts = {language: Text(words.said(language), words.said(language), "/zh/c/") for language in LANGUAGES}
        item = delivery_builders.item(*on, editor=site.editor, texts=texts, topics=["leaks"])
        if stage != NEVER:
            release = delivery.submit(item.pk, revision=item.revision, now=timezone.now(), actor=site.editor)
            if stage == RETURNED:
                turn_away(release)


def write_campaign(campaign: Any, words: Marker, author: User) -> None:
    """Write the marker into a campaign and all its parts."""
    revision = campaign_builders.revision
    titles = {language: dict.fromkeys(("title", "summary", "audience"), words.said(language)) for language in LANGUAGES}
    campaigns.change_campaign(
        campaign.pk,
        dates=campaigns.Dates(day=campaign_builders.soon(5)),
        texts=titles,
        department_id=department().pk,
        topics=["leaks"],
        revision=revision(campaign),
        actor=author,
    )
    for part in campaign.parts.all():
        told = dict.fromkeys(("body",), "")
        if part.kind != "audience":
            told |= dict.fromkeys(("byline", "source"), "")
        if part.kind == "expert":
            told |= dict.fromkeys(("affiliation", "interest"), "")
        texts = {language: dict.fromkeys(told, words.said(language)) for language in LANGUAGES}
        campaign_builders.write(part, author=author, texts=texts)


def plant_campaign(site: Site) -> None:
    kinds = ("audience", "expert", "case", "link")
    for stage in site.stages:
        words = site.take("campaign", stage)
        soon = campaigns.Dates(day=campaign_builders.soon(5))
        if stage == EDITED:
            made = campaign_builders.published(slug="edited-campaign", kinds=kinds, dates=soon)
        else:
            made = campaign_builders.written(site.editor, slug=words.slug, kinds=kinds, dates=soon)
        write_campaign(made, words, site.editor)
        if stage in (WAITING, RETURNED):
            release = campaigns.hand_in(made.pk, now=timezone.now(), actor=site.editor)
            if stage == RETURNED:
                turn_away(release)


def press_words(words: Marker) -> dict[str, dict[str, str]]:
    """The words of a press release, the marker in each."""
    names = ("dateline", "title", "lead", "body", "contact")
    said = {language: dict.fromkeys(names, words.said(language)) for language in LANGUAGES}
    said["zh-hans"]["facts"], said["en"]["facts"] = f"地点：{words.zh}", f"Place: {words.en}"
    return said


def add_files(release: Any, words: Marker, author: User) -> None:
    """Hang a picture and a document with the marker under a press release."""
    alts = {"alt_zh": words.zh, "alt_en": words.en}
    text = original(words).zh.encode()
    for name, content in (words.file(press_builders.picture().read(), "jpg"), words.file(text, "txt")):
        release.refresh_from_db()
        press.add_file(release.pk, io.BytesIO(content), name, revision=release.revision, actor=author, **alts)
    release.refresh_from_db()


def plant_press_release(site: Site) -> None:
    for stage in site.stages:
        words = site.take("press_release", stage)
        if stage == EDITED:
            made = press_builders.release(slug="edited-release")
            press_builders.out(made)
            correction = {language: words.said(language) for language in LANGUAGES}
            press_builders.write(
                made, site.editor, words=press_words(words), correction=correction, topics=[site.topic]
            )
        else:
            made = press_builders.release(site.editor, slug=words.slug, words=press_words(words), topics=[site.topic])
        add_files(made, words, site.editor)
        if stage in (WAITING, RETURNED):
            release = press.hand_in(made.pk, revision=made.revision, now=timezone.now(), actor=site.editor)
            if stage == RETURNED:
                turn_away(release)


def plant_media_digest(site: Site) -> None:
    months = {
        NEVER: date(2020, 1, 1),
        WAITING: timezone.localdate(site.closed.opens_at),
        RETURNED: timezone.localdate(site.leaving.opens_at),
    }
    for stage, month in months.items():
        if stage not in site.stages:
            continue
        words = site.take("media_digest", stage)
        digest = press.make_digest(month, actor=site.editor)
        said = {language: words.said(language) for language in LANGUAGES}
        press.write_digest(digest.pk, said, revision=digest.revision, actor=site.editor)
        digest.refresh_from_db()
        if stage != NEVER:
            release = press.hand_in_digest(digest.pk, revision=digest.revision, now=timezone.now(), actor=site.editor)
            if stage == RETURNED:
                turn_away(release)


# --- what is published of cases -------------------------------------------------------------------------------------


def write_publication(made: Any, words: Marker, site: Site) -> None:
    """Write the marker into everything that is written of a case for the public, and hang a file with it under it."""
    names = ("title", "summary") if made.form == "disclosure" else ("title", "question", "answer")
    said = {language: dict.fromkeys(names, words.said(language)) for language in LANGUAGES}
    name, content = words.file(original(words).zh.encode(), "txt")
    titles = {language: words.said(language) for language in LANGUAGES}
    new = publishing.NewFile(content, name, titles)
    publishing.add_file(made.pk, new, to_bench=False, actor=house_of(site).officer, now=timezone.now())
    made.refresh_from_db()
    given = publishing.Checked(said, [], ["leaks"], made.revision)
    publishing.check_words(made.pk, given, actor=house_of(site).officer, now=timezone.now())
    made.refresh_from_db()


def house_of(site: Site) -> cases.House:
    """The house with its people, made once."""
    site.house = site.house or cases.house()
    return site.house


def plant_published(site: Site, kind: str) -> None:
    for stage in site.stages:
        words, place = site.take(kind, stage), house_of(site)
        plain = {"name": "", "email": "", "title": "水管"}
        if kind == "disclosure":
            made = publications.request_case(place, **plain | {"name": "李梅"})
        else:
            asked = {} if stage == EDITED else {"text": words.zh, "answer": f"{words.zh} {words.en}"}
            made = publications.reply_case(place, **plain | ({"text": "水管", "answer": "修好了"} | asked))
        if stage == EDITED:
            prepared = publications.released(place, made, more=())
        else:
            prepared = publishing.open_publication(made.pk, actor=place.officer, now=timezone.now())
        write_publication(prepared, words, site)
        if stage in (WAITING, RETURNED):
            release = gate.request(kind, prepared, actor=place.officer, now=timezone.now())
            if stage == RETURNED:
                turn_away(release)


def plant_case_reply(site: Site) -> None:
    plant_published(site, "case_reply")


def plant_disclosure(site: Site) -> None:
    plant_published(site, "disclosure")


# --- debates about petitions ----------------------------------------------------------------------------------------


def plant_petition_debate(site: Site) -> None:
    for stage in site.stages:
        words, about = site.take("petition_debate", stage), petitions.petition(now=timezone.now())
        marked = {"place_zh": words.zh, "place_en": words.en, "what_zh": words.zh, "what_en": words.en}
        plain = {"what_zh": "谈了三小时。", "what_en": "They talked for three hours."}
        said = DebateWords("debate", timezone.localdate(), held=True, **plain if stage == EDITED else marked)
        made = debates.plan_debate(about.pk, said, actor=site.officer, now=timezone.now())
        if stage == EDITED:
            gate.request("petition_debate", made, actor=site.editor, now=timezone.now())
            gate.release_by_platform("petition_debate", made, now=timezone.now())
            said = DebateWords("debate", timezone.localdate(), held=True, **marked)
            debates.edit_debate(made.pk, said, revision=None, actor=site.officer, now=timezone.now())
        hand_in("petition_debate", made, stage, site)


PLANTERS: dict[str, Callable[[Site], None]] = {
    "page": plant_page,
    "call": plant_call,
    "extension": plant_extension,
    "withdrawal": plant_withdrawal,
    "stage_move": plant_stage_move,
    "method_note": plant_method_note,
    "reply": plant_reply,
    "plain_words": plant_plain_words,
    "evidence": plant_evidence,
    "change": plant_change,
    "policy": plant_policy,
    "call_facts": plant_call_facts,
    "outcome": plant_outcome,
    "pack": plant_pack,
    "channel_item": plant_channel_item,
    "campaign": plant_campaign,
    "press_release": plant_press_release,
    "media_digest": plant_media_digest,
    "case_reply": plant_case_reply,
    "disclosure": plant_disclosure,
    "petition_debate": plant_petition_debate,
    "questionnaire": plant_questionnaire,
}


def open_site(*, redacted: bool = False, stages: tuple[str, ...] = STAGES) -> Site:
    """A public site: calls before and after their close, a policy, a comment, a follower, a journalist."""
    topic = Topic.objects.create(code="leaks", name_zh="试验", name_en="Trial")
    base = call(slug="base")
    closed = call(slug="closed", opens=-70 * DAY, closes=-5 * DAY)
    leaving = call(slug="leaving", opens=-110 * DAY, closes=10 * DAY)
    sent, _submission, code = comment(base)
    editor, officer = person(Role.EDITOR), person(Role.OFFICER)
    Membership.objects.create(user=officer, department=department(), role=Role.OFFICER)
    now = timezone.now()
    asked = press.ask_to_join(
        email="reporter@news.example.org", name="", outlet="Daily", topics=[], language="en", now=now, actor=SYSTEM
    )
    for one in (base, closed, leaving):
        one.topics.add(topic)
    return Site(
        editor=editor,
        officer=officer,
        topic=topic,
        base=base,
        closed=closed,
        leaving=leaving,
        policy=policy(None, slug="base-policy"),
        comment=sent,
        code=code,
        follower=follower(EVERYTHING, "li@example.org"),
        journalist=press.confirm_contact(asked.pk, now=now, actor=SYSTEM),
        redacted=redacted,
        stages=stages,
    )


def planted_site(*, redacted: bool = False, stages: tuple[str, ...] = STAGES) -> Site:
    """Plant every kind at every stage, or at some; `redacted`: with the words taken out by the redaction tool."""
    site = open_site(redacted=redacted, stages=stages)
    for plant in PLANTERS.values():
        plant(site)
    site.calls += [site.base, site.closed, site.leaving]
    for one in site.calls:
        embedding.set_hosts(one.pk, ["www.example.org"], actor=SYSTEM)
    return site


def let_go(site: Site) -> None:
    """Release everything that waits."""
    waiting = list(Release.objects.open().order_by("pk"))
    for release in waiting:
        obj = registry.subject_of(release.kind).model_class._default_manager.get(pk=release.object_id)
        gate.release_by_platform(release.kind, obj, now=timezone.now())
