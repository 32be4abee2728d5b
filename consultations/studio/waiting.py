"""What waits for an editor: texts nobody reads yet, calls that close soon, calls without a text."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from consultations.models import Consultation, ConsultationPage, Draft, Version, VersionText
from consultations.words import closing_day
from engage.accounts.actors import Actor, Role, has_role
from engage.pages.studio import Group, Waiting

SOON = timedelta(days=14)


def _edit(call: Consultation) -> str:
    return reverse("wagtailsnippets_consultations_consultation:edit", args=[call.pk])


def _calls(actor: Actor) -> list[Consultation]:
    if not has_role(actor, Role.EDITOR):
        return []
    calls = Consultation.objects.visible_to(actor).prefetch_related("pages__locale")
    return list(calls.annotate(public_text=Subquery(_public_text())).order_by("closes_at", "pk"))


def _public_text() -> object:
    return Draft.objects.filter(consultation=OuterRef("pk"), published__isnull=False).values("published")[:1]


def unpublished_texts(actor: Actor) -> list[Waiting]:
    """Return the newest version of each draft while it is not published."""
    if not has_role(actor, Role.EDITOR):
        return []
    newest = Version.objects.filter(draft=OuterRef("draft")).order_by("-number").values("pk")[:1]
    words = VersionText.objects.filter(version=OuterRef("pk"), language=get_language() or "").values("title")[:1]
    rows = (
        Version.objects.filter(pk=Subquery(newest), published_at=None)
        .annotate(name=F("draft__name"), words=Subquery(words))
        .order_by("-created_at", "-pk")
    )
    return [
        Waiting(
            title=row.words or row.name,
            note=gettext("Version %(n)d, imported on %(day)s")
            % {"n": row.number, "day": date_format(timezone.localtime(row.created_at), "DATE_FORMAT")},
            url=reverse("draft_version", args=[row.pk]),
        )
        for row in rows
    ]


def closing_soon(actor: Actor) -> list[Waiting]:
    """Return the open calls that close within two weeks."""
    now = timezone.now()
    return [
        Waiting(
            title=call.title,
            note=gettext("Closes on %(moment)s") % {"moment": closing_day(call.closes_at)},
            url=_edit(call),
        )
        for call in _calls(actor)
        if call.opens_at <= now < call.closes_at <= now + SOON
    ]


def without_text(actor: Actor) -> list[Waiting]:
    """Return the calls, open or still to open, in which there is nothing to read."""
    now = timezone.now()
    return [
        Waiting(
            title=call.title,
            note=gettext("Opens on %(moment)s")
            % {"moment": date_format(timezone.localtime(call.opens_at), "DATETIME_FORMAT")}
            if now < call.opens_at
            else gettext("Open, and nobody can comment: no text is published"),
            url=reverse("drafts"),
        )
        for call in _calls(actor)
        if call.public_text is None and now < call.closes_at
    ]


def without_page(actor: Actor) -> list[Waiting]:
    """Return the calls that lack a public page in a language of the site."""
    live = ConsultationPage.objects.live().values_list("consultation_id", "locale__language_code")
    have: dict[int, set[str]] = {}
    for call_id, code in live:
        have.setdefault(call_id, set()).add(code)
    names = {"zh-hans": gettext("The Chinese page is not public"), "en": gettext("The English page is not public")}
    return [
        Waiting(title=call.title, note=note, url=reverse("wagtailadmin_explore_root"))
        for call in _calls(actor)
        if timezone.now() < call.closes_at
        for code, note in names.items()
        if code not in have.get(call.pk, set())
    ]


GROUPS = [
    Group("closing", _("Calls that close soon"), 10, closing_soon),
    Group("without-text", _("Calls without a published text"), 20, without_text),
    Group("without-page", _("Calls without a public page"), 30, without_page),
    Group("drafts", _("Drafts not published yet"), 40, unpublished_texts),
]
