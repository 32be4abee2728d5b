"""The pages of the site at the preflight and at the freshness desk: both languages, as they were saved last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import Document
from wagtail.fields import RichTextField, StreamField
from wagtail.images.models import Image
from wagtail.models import Page, ReferenceIndex

from engage.accounts.actors import Actor, Role, System, has_role
from engage.pages.models import ArticlePage, HomePage, SectionPage
from engage.pages.visibility import public_only
from engage.publishing.preflight.bundle import Attachment, Block, Bundle, Form, Severity
from engage.publishing.preflight.registry import Released, Source, Watch
from engage.publishing.preflight.words import language_name

KIND = "page"
TYPES = (HomePage, SectionPage, ArticlePage)
REVIEWERS = (Role.APPROVER, Role.REVIEWER_LEGAL, Role.REVIEWER_OPENNESS, Role.REVIEWER_SECRECY)


# --- the preflight --------------------------------------------------------------------------------------------------


def find(key: str, actor: Actor) -> Page | None:
    """Return a page by its number for who may edit it or reviews what goes out."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    page = Page.objects.type(TYPES).filter(pk=key).specific().first()
    if page is None or not may_look(page, actor):
        return None
    return page


def may_look(page: Page, actor: Actor) -> bool:
    """Tell whether somebody may see what a page lacks."""
    if isinstance(actor, System) or has_role(actor, *REVIEWERS):
        return True
    return bool(page.permissions_for_user(actor).can_edit())


def bundle(page: Page, actor: Actor) -> Bundle:
    """Return a page and its translations, with the files and pictures they hold."""
    pages = in_languages(page)
    own = page.locale.language_code
    return Bundle(
        title=pages[own].title,
        # An index of another room is drawn by that room: its words are looked at, not the list.
        forms=[page_form(one, page_html(one)) for one in pages.values() if isinstance(one, TYPES)],
        blocks=page_blocks(pages),
        **files_of(pages.values()),
    )


def in_languages(page: Page) -> dict[str, Page]:
    """Return language to page, each as it was saved last; this page first."""
    found = [page, *page.get_translations().select_related("locale").specific()]
    return {one.locale.language_code: one.get_latest_revision_as_object() for one in found}


def stranger(language: str, path: str = "/") -> HttpRequest:
    """Return a request of somebody who has nothing here, to see a page as the public will."""
    request = RequestFactory().get(f"/{settings.LANGUAGE_PATHS[language]}{path}", SERVER_NAME="localhost")
    request.user = AnonymousUser()
    request.session = SessionStore()
    request.is_preview = True
    return request


def page_html(page: Page) -> str:
    """Return a page of the site as it would be read."""
    language = page.locale.language_code
    request = stranger(language)
    with translation.override(language):
        return render_to_string(page.get_template(request), page.get_context(request), request=request)


def page_form(page: Page, html: str) -> Form:
    """Return the page as a form, named by its language."""
    language = page.locale.language_code
    label = gettext("Page: %(language)s") % {"language": language_name(language)}
    return Form(f"page:{language}", label, language, html=html, fix_url=edit_url(page))


def edit_url(page: Page) -> str:
    """Return where a page is written."""
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def page_blocks(pages: Mapping[str, Page], missing: Mapping[str, Severity] | None = None) -> list[Block]:
    """Return the fields that an author fills, those of the same name side by side; of a body each block by its place.

    `missing`: what it means when a field is empty in every language.
    """
    blocks: list[Block] = []
    model = type(next(iter(pages.values())))
    fields = [Page._meta.get_field("title"), *model._meta.local_concrete_fields]
    for field in fields:
        if isinstance(field, StreamField):
            blocks += _stream(field, pages, (missing or {}).get(field.name))
        elif isinstance(field, (models.CharField, models.TextField)):
            blocks.append(_field(field, pages, (missing or {}).get(field.name)))
    return blocks


def _field(field: models.Field, pages: Mapping[str, Page], missing: Severity | None) -> Block:
    values = {language: str(getattr(page, field.name) or "") for language, page in pages.items()}
    is_rich = isinstance(field, RichTextField)
    return Block(
        code=field.name,
        label=str(field.verbose_name),
        texts={language: _plain(value) if is_rich else value for language, value in values.items()},
        html=values if is_rich else {},
        fix_urls={
            language: f"{edit_url(page)}#panel-child-content-{field.name}-section" for language, page in pages.items()
        },
        missing=missing,
    )


def _stream(field: StreamField, pages: Mapping[str, Page], missing: Severity | None) -> list[Block]:
    parts = {language: list(getattr(page, field.name)) for language, page in pages.items()}
    panel = {language: f"{edit_url(page)}#panel-child-content-{field.name}-section" for language, page in pages.items()}
    if not any(parts.values()):
        return [Block(field.name, str(field.verbose_name), {}, panel, missing=missing)]
    blocks = []
    for place in range(max(map(len, parts.values()))):
        here = {language: rows[place] for language, rows in parts.items() if place < len(rows)}
        html = {language: str(part.render()) for language, part in here.items()}
        kind = next(iter(here.values())).block.label
        blocks.append(
            Block(
                code=f"{field.name}-{place}",
                label=gettext("%(kind)s, place %(place)d") % {"kind": kind, "place": place + 1},
                texts={language: _plain(words) or _silent(words) for language, words in html.items()},
                html=html,
                fix_urls=panel
                | {language: f"{edit_url(pages[language])}#block-{part.id}-section" for language, part in here.items()},
            )
        )
    return blocks


_BREAK = re.compile(r"</(?:p|li|h\d|div|blockquote|figcaption|tr)>|<br\s*/?>", re.IGNORECASE)


def _plain(html: str) -> str:
    return strip_tags(_BREAK.sub("\n", html)).replace("\xa0", " ").strip()


def _silent(html: str) -> str:
    """A block without words, such as a picture, is filled all the same."""
    return " " if not html.strip() else "·"


def files_of(rows: Iterable[Any]) -> dict[str, list[Attachment]]:
    """Return the documents and pictures that rows refer to, as attachments and pictures of a bundle."""
    documents: dict[int, Attachment] = {}
    pictures: dict[int, Attachment] = {}
    for row in rows:
        for content_type_id, object_id, _model, _path in ReferenceIndex._extract_references_from_object(row):
            model = _model_of(int(content_type_id))
            if model is Document and int(object_id) not in documents:
                _take(documents, Document, int(object_id), "wagtaildocs:edit")
            elif model is Image and int(object_id) not in pictures:
                _take(pictures, Image, int(object_id), "wagtailimages:edit")
    return {"attachments": list(documents.values()), "pictures": list(pictures.values())}


def _model_of(content_type_id: int) -> type[models.Model] | None:
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_id(content_type_id).model_class()


def _take(found: dict[int, Attachment], model: type[models.Model], pk: int, edit: str) -> None:
    stored = model._default_manager.filter(pk=pk).first()
    if stored is not None:
        found[pk] = attachment_of(stored, edit)


def attachment_of(stored: Any, edit: str = "wagtaildocs:edit") -> Attachment:
    """Return a stored file as it is looked at."""

    def read() -> bytes:
        with stored.file.open("rb") as opened:
            return opened.read()

    name, address = stored.file.name.rpartition("/")[2], stored.url if isinstance(stored, Document) else ""
    return Attachment(name, stored.title, read, reverse(edit, args=[stored.pk]), address)


def of_page(page: Page) -> str | None:
    """Return the key of an ordinary page."""
    return str(page.pk) if issubclass(page.specific_class or Page, TYPES) and page.pk else None


def title(page: Page) -> str:
    """Return the title as it was saved last, in the reader's language where there is one."""
    read = Page.objects.filter(translation_key=page.translation_key, locale__language_code=get_language() or "").first()
    return (read or page).draft_title or page.title


SOURCE = Source(KIND, _("page of the site"), find, bundle, of_page, title)


# --- freshness ------------------------------------------------------------------------------------------------------


def released() -> list[Released]:
    """Return the public pages, translations together."""
    found: dict[str, list[Page]] = {}
    pages = public_only(Page.objects.type(TYPES)).select_related("locale").order_by("path")
    for page in pages:
        found.setdefault(str(page.translation_key), []).append(page)
    return [
        Released(
            key=key,
            titles={page.locale.language_code: page.title for page in together},
            urls={page.locale.language_code: page.url or "" for page in together},
            edit_url=edit_url(together[0]),
            changed_at=max(_changed(page) for page in together),
            is_list=together[0].specific_class is not ArticlePage,
        )
        for key, together in found.items()
    ]


def _changed(page: Page) -> datetime:
    return page.last_published_at or page.first_published_at or timezone.now()


WATCH = Watch(KIND, _("pages of the site"), released)
