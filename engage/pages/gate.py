"""Wagtail pages at the release gate: a page is live only with the very content that was signed.

Three things hold it. A save that would make other words live is refused, by whatever path it comes (editor, API,
copy, translation, revert, scheduled job, bulk action). Every public read asks in SQL for the release
(`engage.pages.visibility`). And what is shown is compared, byte for byte, with what was released (`check_live`), so
that a change made behind the models' back shows nothing.

A page class may belong to another kind: `gate_kind` names it, `gate_object` returns the object that is handed in.
The kind's forms then hold the page's own content under `content_name(page)`.
"""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Model
from django.db.models.signals import pre_save
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from lxml import html
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations, get_serializable_data_for_fields
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import Page, ReferenceIndex
from wagtail.permissions import policy_registry
from wagtail.signals import page_unpublished

from engage.accounts.actors import SYSTEM, Actor, is_staff, works_here
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.publishing import gate, registry
from engage.publishing.canonical import canonical_json
from engage.publishing.models import Release, ReleaseForm
from engage.publishing.registry import Form, GatedKind, Subject

log = logging.getLogger(__name__)
KIND = "page"
KEPT_SECONDS = 3600
# What Wagtail keeps about a page and no reader sees.
UNREAD = frozenset(
    {
        "pk",
        "path",
        "depth",
        "numchild",
        "url_path",
        "draft_title",
        "live",
        "has_unpublished_changes",
        "live_revision",
        "latest_revision",
        "latest_revision_created_at",
        "first_published_at",
        "last_published_at",
        "go_live_at",
        "expire_at",
        "expired",
        "locked",
        "locked_at",
        "locked_by",
        "owner",
        "content_type",
        "alias_of",
        "page_ptr",
        "wagtail_admin_comments",
    }
)


def content_name(page: Page) -> str:
    """Name the form that holds a page's own content."""
    return f"content:{page.pk}"


def content_of(page: Page) -> bytes:
    """Return the canonical content of a page as it stands in memory; `page` is of its own class."""
    data = get_serializable_data_for_fields(page)
    for relation in get_all_child_relations(page):
        name = relation.get_accessor_name()
        if name not in UNREAD:
            data[name] = [get_serializable_data_for_fields(child) for child in getattr(page, name).all()]
    for field in get_all_child_m2m_relations(page):
        data[field.name] = sorted(child.pk for child in getattr(page, field.name).all())
    words = {name: _plain(value) for name, value in data.items() if name not in UNREAD}
    return canonical_json(words | {"type": page._meta.label_lower})


def _plain(value: Any) -> Any:
    """Blocks are kept as JSON in a text; the order of their keys is nobody's words."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def gate_kind_of(page: Page) -> tuple[str, Model]:
    """Return the kind under which a page goes public, and the object that is handed in."""
    specific = page.specific
    kind = getattr(specific, "gate_kind", KIND)
    return kind, specific.gate_object if hasattr(specific, "gate_object") else specific


def latest(page: Page) -> Page:
    """Return a page as it was saved last, released or not."""
    return page.specific.get_latest_revision_as_object()


# --- the outgoing forms ---------------------------------------------------------------------------------------------


def page_forms(page: Page) -> list[Form]:
    """Return all that goes out with a page: its content, the page as it is read, its line in lists, pictures, files."""
    words = latest(page)
    language = words.locale.language_code
    forms = [
        Form(content_name(page), _("content of the page"), "application/json", content_of(words), language=language),
        Form(f"feed:{page.pk}", _("entry in lists, search and feeds"), "text/plain", _entry(words), language=language),
    ]
    # A page of lists shows things that have releases of their own; its own words are its content.
    if not getattr(words, "shows_lists", False):
        read = _rendered(words)
        forms.append(Form(f"page:{page.pk}", _("page as it is read"), "text/html", read, language=language))
    return [*forms, *file_forms(words)]


def _rendered(page: Page) -> bytes:
    """Return what stands between the head and the foot of the site when somebody opens the page."""
    request = RequestFactory().get("/", SERVER_NAME="localhost")
    request.user = AnonymousUser()
    request.is_preview = True
    with translation.override(page.locale.language_code):
        context = page.get_context(request)
        whole = render_to_string(page.get_template(request), context, request=request)
    main = html.document_fromstring(whole).find(".//main")
    return html.tostring(main, encoding="utf-8") if main is not None else whole.encode()


def _entry(page: Page) -> bytes:
    lines = [page.title, page.seo_title, page.search_description, getattr(page, "intro", "")]
    return "\n".join(line for line in lines if line).encode()


def file_forms(row: Model) -> list[Form]:
    """Return a form for each picture and document that a row refers to, by the bytes that are stored now."""
    forms: dict[str, Form] = {}
    for content_type_id, object_id, _model_path, _content_path in ReferenceIndex._extract_references_from_object(row):
        stored = _stored(int(content_type_id), object_id)
        if stored is not None:
            form = file_form(stored)
            forms[form.name] = form
    return [forms[name] for name in sorted(forms)]


def _stored(content_type_id: int, object_id: str) -> AbstractImage | AbstractDocument | None:
    from django.contrib.contenttypes.models import ContentType

    model = ContentType.objects.get_for_id(content_type_id).model_class()
    if model is None or not issubclass(model, (AbstractImage, AbstractDocument)):
        return None
    return model._default_manager.filter(pk=object_id).first()


def file_name(stored: AbstractImage | AbstractDocument) -> str:
    """Name the form of a stored file."""
    return f"{'image' if isinstance(stored, AbstractImage) else 'document'}:{stored.pk}"


def file_form(stored: AbstractImage | AbstractDocument) -> Form:
    """Return a stored file as a form: its hash, and what can be read in it."""
    with stored.file.open("rb") as opened:
        data = opened.read()
    is_image = isinstance(stored, AbstractImage)
    return Form(
        file_name(stored),
        _file_label(is_image, stored.title),
        "image/*" if is_image else "application/octet-stream",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        text="\n".join(filter(None, [stored.title, getattr(stored, "description", ""), _readable(data, stored)])),
    )


def _named_file(is_image: bool, title: str) -> str:
    return (gettext("picture: %(title)s") if is_image else gettext("file: %(title)s")) % {"title": title}


_file_label = lazy(_named_file, str)


def _readable(data: bytes, stored: AbstractImage | AbstractDocument) -> str:
    """Text layer and hidden data; a file that nothing can read has none, and its reviewer is told so."""
    from engage.publishing.documents import read_document

    try:
        read = read_document(data, stored.file.name)
    except Refused:
        return str(_("No text could be read in this file."))
    lines = [read.text, *(f"{name}: {value}" for name, value in read.metadata.items())]
    return "\n".join([*lines, *(f"{trace.kind} {trace.where}: {trace.excerpt}" for trace in read.traces)])


# --- letting go -----------------------------------------------------------------------------------------------------


def publish(page: Page, *, now: datetime, actor: Actor) -> None:
    """Make the newest revision of a page live; the gate calls this."""
    make_live(page, actor=actor)


def make_live(page: Page, *, actor: Actor) -> None:
    """Publish the newest revision, made on the spot for a page that has none."""
    page = page.specific
    revision = page.get_latest_revision() or page.save_revision()
    user = actor if isinstance(actor, User) else None
    page.publish(revision, user=user, skip_permission_checks=True)


def unpublish(page: Page, *, now: datetime, actor: Actor) -> None:
    """Take a page from the public."""
    user = actor if isinstance(actor, User) else None
    page.specific.unpublish(user=user, commit=True, log_action=True)


def _writers(page: Page) -> set[int]:
    """Everybody whose words stand in it since the public read it last."""
    specific = page.specific
    revisions = specific.revisions.order_by("-created_at", "-pk")
    writers = set()
    for revision in revisions.only("user_id", "pk"):
        if revision.pk == specific.live_revision_id:
            break
        writers.add(revision.user_id)
    return writers - {None}


def release_page(page: Page, *, actor: Actor = SYSTEM, now: datetime | None = None) -> Release:
    """Release a page that the platform itself brings along, with a revision of what it is now.

    Raises Refused("not_allowed") for everybody but the platform.
    """
    kind, obj = gate_kind_of(page)
    if page.specific.get_latest_revision() is None:
        page.specific.save_revision()
    return gate.release_by_platform(kind, obj, now=now or timezone.now(), actor=actor)


SUBJECT = Subject(
    model="wagtailcore.Page",
    forms=page_forms,
    writers=_writers,
    title=lambda page: latest(page).title,
    publish=publish,
    unpublish=unpublish,
    edit_url=lambda page: reverse("wagtailadmin_pages:edit", args=[page.pk]),
)
PAGE = GatedKind(KIND, _("page of the site"), registry.STANDARD, SUBJECT)


# --- what holds it --------------------------------------------------------------------------------------------------


def _is_released(page: Page, content: bytes) -> bool:
    return ReleaseForm.objects.filter(
        name=content_name(page),
        sha256=hashlib.sha256(content).hexdigest(),
        release__state=Release.State.RELEASED,
    ).exists()


def guard(sender: type, instance: Model, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    """Let no save make words live that were not signed; a new page, a copy and an alias begin as drafts."""
    if raw or not isinstance(instance, Page) or sender is Page or not instance.live:
        return
    if update_fields is not None and not set(update_fields) - (UNREAD - {"live"}):
        return
    if instance._state.adding or instance.pk is None or instance.alias_of_id:
        instance.live, instance.has_unpublished_changes = False, True
        return
    if not _is_released(instance, content_of(instance)):
        raise Refused("release_needed")


def is_as_released(page: Page) -> bool:
    """Tell whether a page is, byte for byte, what was released; if not, the operator reads so in the log.

    A page that was read with `signed=released_digest()` is compared without a query.
    """
    content = content_of(page)
    if hasattr(page, "signed"):
        same = page.signed == hashlib.sha256(content).hexdigest()
    else:
        same = _is_released(page, content)
    if same:
        return True
    log.error("page %s differs from what was released and is not shown", page.pk)
    return False


def check_live(page: Page) -> None:
    """Show a page only as it was released; otherwise there is nothing here (Http404)."""
    if not is_as_released(page):
        raise Http404


def is_file_public(stored: AbstractImage | AbstractDocument) -> bool:
    """Tell whether a stored file is part of something released, with the bytes that it has now."""
    forms = ReleaseForm.objects.filter(name=file_name(stored), release__state=Release.State.RELEASED)
    hashes = set(forms.values_list("sha256", flat=True))
    return bool(hashes) and _hash_of(stored) in hashes


def may_see_file(user: User | AnonymousUser, stored: AbstractImage | AbstractDocument) -> bool:
    """Tell whether somebody sees a file before its release: the house all, an editor of a section the own ones."""
    if is_staff(user):
        return True
    policy = policy_registry.get_by_type(type(stored))
    return works_here(user) and policy.user_has_any_permission_for_instance(user, ["change", "choose"], stored)


def _hash_of(stored: AbstractImage | AbstractDocument) -> str:
    """Return the SHA-256 of the bytes; kept while name, size and Wagtail's own hash stay the same."""
    key = f"file-sha256:{file_name(stored)}:{stored.file_hash}:{stored.file_size}:{stored.file.name}"
    known = cache.get(key)
    if known is None:
        with stored.file.open("rb") as opened:
            known = hashlib.file_digest(opened, "sha256").hexdigest()
        cache.set(key, known, KEPT_SECONDS)
    return known


def _went_away(sender: type, instance: Page, **kwargs: Any) -> None:
    """A page that an editor took from the public needs new keys to come back."""
    kind, obj = gate_kind_of(instance)
    if kind != KIND:
        return
    for release in Release.objects.filter(kind=kind, object_id=obj.pk, state=Release.State.RELEASED):
        release.state = Release.State.TAKEN_DOWN
        release.save(update_fields=["state"])
        journal.record(SYSTEM, "release.taken_down", release)


def connect() -> None:
    """Register the kind and guard every save of every page class."""
    registry.register(PAGE)
    pre_save.connect(guard, dispatch_uid="pages.gate.guard")
    page_unpublished.connect(_went_away, dispatch_uid="pages.gate.unpublished")
