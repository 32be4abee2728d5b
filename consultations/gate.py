"""A call at the release gate: its pages, its texts, its facts and files go public together, as they were signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations import actions, exports
from consultations.calls.queries import check_period
from consultations.drafts.exports import to_html
from consultations.models import ClauseText, Consultation, ConsultationPage, Version
from consultations.plans import following
from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.outreach.follows import letters
from engage.pages import gate as pages
from engage.pages.messages import refusal_message
from engage.publishing import registry
from engage.publishing.canonical import canonical_json
from engage.publishing.registry import Form, GatedKind, Subject
from engage.search import actions as search

KIND = "call"


def outgoing_forms(call: Consultation) -> list[Form]:
    """Return all that goes out with a call: facts, pages, texts in each language, entries in lists, files."""
    call = Consultation.objects.select_related("department").get(pk=call.pk)
    forms = [_facts(call)]
    for page in _pages(call):
        forms += _page_forms(page)
    for version in newest_versions(call):
        forms += _text_forms(version)
    return forms


def _pages(call: Consultation) -> list[ConsultationPage]:
    return list(call.pages.select_related("locale").order_by("locale__language_code"))


def _facts(call: Consultation) -> Form:
    facts: dict[str, Any] = {
        "address": call.slug,
        "kind": call.kind,
        "department": call.department.code,
        "announced": call.announced_at,
        "opens": call.opens_at,
        "closes": call.closes_at,
        "days to answer": call.answer_days,
        "moderation": call.moderation,
        "short period": [call.short_reason_zh, call.short_reason_en],
        "topics": sorted(call.topics.values_list("code", flat=True)),
    }
    return Form(
        "facts", _("dates and facts, as pages and the API give them"), "application/json", canonical_json(facts)
    )


def _page_forms(page: ConsultationPage) -> list[Form]:
    words = pages.latest(page)
    language = page.locale.language_code
    read = "\n\n".join(
        str(part)
        for part in (
            words.title,
            words.summary,
            words.affected,
            words.body.render_as_block() if words.body else "",
            words.how_decided,
            words.contact,
            words.offline,
        )
        if part
    )
    with translation.override(language):
        entry = f"{words.title}\n{words.summary}\n{reverse('consultation', args=[words.consultation.slug])}"
        letter = "\n\n".join(letters.told(following.opened(words.consultation, words.title)))
    return [
        Form(
            pages.content_name(page),
            _("content of the page"),
            "application/json",
            pages.content_of(words),
            language=language,
        ),
        Form(f"page:{page.pk}", _("page as it is read"), "text/html", read.encode(), language=language),
        Form(
            f"feed:{page.pk}",
            _("entry in lists, search and feeds"),
            "text/plain",
            entry.encode(),
            language=language,
        ),
        Form(f"letter:{page.pk}", _("letter to followers"), "text/plain", letter.encode(), language=language),
        *pages.file_forms(words),
    ]


def newest_versions(call: Consultation) -> list[Version]:
    """Return the version of each text that would be read after the release: the newest one."""
    newest = Version.objects.filter(draft=OuterRef("draft")).order_by("-number").values("pk")[:1]
    found = Version.objects.filter(draft__consultation=call, pk=Subquery(newest)).select_related("draft")
    return list(found.order_by("draft_id"))


def text_name(version: Version, language: str) -> str:
    """Name the form that holds a version in one language."""
    return f"text:{version.pk}:{language}"


def _text_forms(version: Version) -> list[Form]:
    forms = []
    for text in version.texts.order_by("language"):
        plain = ClauseText.objects.filter(clause__version=version, language=text.language).exclude(plain_words="")
        explained = plain.order_by("clause__position").values_list("label", "plain_words")
        notes = [f"{label}: {words}" for label, words in explained]
        with translation.override(text.language):
            read = to_html(exports.draft_of(version, text.language), about=notes)
        label = lazy(lambda number: gettext("text, version %(number)s") % {"number": number}, str)(version.number)
        forms.append(Form(text_name(version, text.language), label, "text/html", read, language=text.language))
    return forms


def _writers(call: Consultation) -> set[int]:
    """Everybody whose words would go out: of the pages since they were live last, and of the texts."""
    writers: set[int] = set()
    for page in _pages(call):
        writers |= pages.SUBJECT.writers(page)
    unread = [str(version.pk) for version in newest_versions(call) if version.published_at is None]
    rows = JournalRow.objects.filter(target_label="consultations.version", target_pk__in=unread)
    people = rows.filter(actor_kind=JournalRow.ActorKind.USER).values_list("actor_id", flat=True)
    return writers | {int(person) for person in people.distinct()}


def _lacks(call: Consultation) -> list[tuple[str, str]]:
    """Name what a call needs before anybody reviews it."""
    found: list[tuple[str, str]] = []
    if not call.pages.exists():
        drafts = call.drafts.order_by("pk").values_list("versions", flat=True)
        versions = [pk for pk in drafts if pk is not None]
        address = reverse("draft_version", args=[versions[-1]]) if versions else _edit_url(call)
        found.append((gettext("the call has no page in any language"), address))
    try:
        check_period(call)
    except Refused as refusal:
        found.append((str(refusal_message(refusal)), _edit_url(call)))
    return found


def publish(call: Consultation, *, now: datetime, actor: Actor) -> None:
    """Let a call's texts and pages go; the gate calls this."""
    with search.together():
        for version in newest_versions(call):
            if version.published_at is None or version.draft.published_id != version.pk:
                actions.publish_version(version.pk, now=now, actor=actor)
        for page in _pages(call):
            pages.make_live(page, actor=actor)


def unpublish(call: Consultation, *, now: datetime, actor: Actor) -> None:
    """Take a call's pages from the public."""
    with search.together():
        for page in _pages(call):
            pages.unpublish(page, now=now, actor=actor)


def _edit_url(call: Consultation) -> str:
    return reverse("wagtailsnippets_consultations_consultation:edit", args=[call.pk])


SUBJECT = Subject(
    model="consultations.Consultation",
    forms=outgoing_forms,
    writers=_writers,
    title=lambda call: call.title,
    publish=publish,
    unpublish=unpublish,
    edit_url=_edit_url,
    lacks=_lacks,
)
CALL = GatedKind(KIND, _("call for comments"), registry.STANDARD, SUBJECT)
