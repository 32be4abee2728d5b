"""Every address of the resolver with every argument that could lead to something planted, and what else goes out.

A new address needs nothing here while its arguments have the names and places of known ones; otherwise
`test_every_address_is_asked_for` fails with its route.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page, Revision

from consultations import exports
from consultations.calls.models import Evidence
from consultations.outcomes.models import Export
from consultations.plans.models import Policy
from consultations.study.exports import FILES
from engage.accounts.models import User
from engage.outreach import subjects
from engage.outreach.campaigns.models import Campaign
from engage.outreach.delivery.models import Channel, Item
from engage.outreach.follows import links
from engage.outreach.follows import registry as followables
from engage.outreach.press import actions as press
from engage.outreach.press.models import Material
from engage.outreach.press.models import Release as PressRelease
from engage.participation.models import OutgoingMail
from engage.participation.new_code import sign as sign_new_code
from engage.publishing.models import Release
from engage.search import registry as searchable
from mailbox.petitions.models import Debate, Petition
from mailbox.publication.models import Publication, PublishedFile
from surveys.models import Questionnaire
from tests.security.leaks_markers import NEIGHBOURS, markers_in, read_bytes
from tests.security.leaks_site import Site

Values = Callable[[Site], Iterable[Any]]
STAFF = ("studio/", "desk/")
_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
_LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Route:
    """One pattern of the resolver, whole."""

    route: str
    name: str

    @property
    def localised(self) -> bool:
        """Tell whether its address begins with a language."""
        return self.route.startswith("zh/")

    @property
    def below(self) -> str:
        """The route without the language."""
        return self.route.removeprefix("zh/")

    @property
    def is_staff(self) -> bool:
        """Tell whether it leads to the desk or the Studio."""
        return self.below.startswith(STAFF)

    @property
    def is_regex(self) -> bool:
        """Tell whether a part of it is a regular expression."""
        return "^" in self.route or "(" in self.route

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """Its arguments: converter and name."""
        return [(converter or "str", name) for converter, name in _ARGUMENT.findall(self.route)]


def routes() -> list[Route]:
    """Every pattern of the resolver."""
    with translation.override("zh-hans"):
        return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, before: str, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, route, inner)
        elif isinstance(pattern, URLPattern):
            yield Route(route, f"{namespace}{pattern.name or pattern.lookup_str}")


# --- the arguments --------------------------------------------------------------------------------------------------


def _calls(site: Site) -> list[str]:
    return [one.slug for one in site.calls]


def _read_calls(site: Site) -> list[str]:
    """All but those that are there for an outcome of their own."""
    return [one.slug for one in site.calls if not one.slug.startswith("library-")]


def _texts(site: Site) -> list[str]:
    """Those in whose text something was planted: what is drawn of a whole text takes its time."""
    return [slug for slug in _read_calls(site) if slug not in ("closed", "leaving", "facts-call")]


def _keys(model: type[models.Model]) -> Values:
    return lambda site: model._default_manager.values_list("pk", flat=True)


def _slugs(model: type[models.Model]) -> Values:
    return lambda site: model._default_manager.values_list("slug", flat=True)


def _only(*values: Any) -> Values:
    return lambda site: values


def _followed(site: Site) -> list[str]:
    return [kind.code for kind in followables.followables()]


def _followed_codes(site: Site) -> list[str]:
    return ["leaks", "culture", site.calls[0].slug, Policy.objects.latest("pk").slug]


def _followers(site: Site) -> list[str]:
    return [links.managing(site.follower)]


def _journalists(site: Site) -> list[str]:
    return [press.signed(site.journalist)]


def _files(site: Site) -> list[str]:
    """The names of all stored pictures, and of all files as an attacker guesses them."""
    root = Path(settings.MEDIA_ROOT)
    return [quote(path.name) for path in root.rglob("*") if path.is_file()]


def _shared(site: Site) -> list[str]:
    pages = [path.split("/", 3)[-1].strip("/") for path in Page.objects.values_list("url_path", flat=True)]
    slugs = [*_calls(site), *Policy.objects.values_list("slug", flat=True)]
    slugs += Campaign.objects.values_list("slug", flat=True)
    return [*slugs, *map(str, Item.objects.values_list("pk", flat=True)), *filter(None, pages)]


# Beginning of a route below its language, argument, values; the first that fits is taken.
VALUES: tuple[tuple[str, str, Values], ...] = (
    ("c/<slug:slug>/outcome/", "kind", _only(*Export.Kind.values)),
    ("c/<slug:slug>/evidence/<slug:kind>", "kind", _only(*FILES)),
    ("c/<slug:slug>/evidence/", "evidence_id", _keys(Evidence)),
    ("c/<slug:slug>/download/", "name", _only(*exports.FORMATS)),
    ("c/<slug:slug>/draft/", "name", _only("text", "questions", "none")),
    ("c/<slug:slug>/interpretation/", "number", _only(1, 2, 3)),
    ("c/<slug:slug>/mine/", "item", _only("nothing")),
    ("c/", "comment_id", lambda site: [site.comment.pk]),
    ("c/", "file_id", _only(1)),
    ("c/<slug:slug>/<str:clause>/", "clause", _only("art-1", "art-2")),
    *(
        (f"c/<slug:slug>/{part}", "slug", _texts)
        for part in ("draft/", "download/", "compare/", "comments/", "<str:clause>/", "mine/", "comment/")
    ),
    ("c/<slug:slug>/outcome/", "slug", _calls),
    ("c/", "slug", _read_calls),
    ("embed/", "slug", _calls),
    ("api/v1/consultations/", "slug", _calls),
    ("api/v1/interpretations/", "slug", _calls),
    ("api/v1/campaigns/", "slug", _slugs(Campaign)),
    ("api/v1/press/", "slug", _slugs(PressRelease)),
    ("plan/", "slug", _slugs(Policy)),
    ("performance/", "year", _only(2026)),
    ("replies/", "pk", _keys(Publication)),
    ("replies/", "file", _keys(PublishedFile)),
    ("disclosures/", "pk", _keys(Publication)),
    ("disclosures/", "file", _keys(PublishedFile)),
    ("api/v1/replies/", "key", _keys(Publication)),
    ("api/v1/disclosures/", "key", _keys(Publication)),
    ("campaigns/", "slug", _slugs(Campaign)),
    ("press/releases/", "slug", _slugs(PressRelease)),
    ("press/releases/", "key", _keys(Material)),
    ("press/media/", "signed", _journalists),
    ("notices/feed/", "code", lambda site: Channel.objects.values_list("code", flat=True)),
    ("notices/", "pk", _keys(Item)),
    ("surveys/", "key", lambda site: Questionnaire.objects.values_list("key", flat=True)),
    ("surveys/", "secret", _only("forged")),
    ("surveys/", "code", _only("000000000000")),
    ("surveys/", "number", _only(1)),
    ("surveys/pictures/", "name", _only("none-0123456789abcdef.png")),
    ("interpretation/write/", "token", lambda site: [site.expert_token]),
    ("follow/", "signed", _followers),
    ("follow/", "form", _only("rss", "atom", "json")),
    ("follow/", "kind", _followed),
    ("follow/", "code", _followed_codes),
    ("journal/", "number", _only(1, 2)),
    ("track/new-code/", "signed", lambda site: [sign_new_code(site.comment.submission_id)]),
    ("track/", "reference", lambda site: [site.comment.submission.reference]),
    ("track/", "comment_id", lambda site: [site.comment.pk]),
    ("track/", "attachment_id", _only(1)),
    ("track/", "clock_id", _only(1)),
    ("track/", "notice_id", _only(1)),
    ("write/which/", "number", _only(1, 2)),
    ("write/", "part", _only("grievance")),
    ("receipt/", "reference", lambda site: [site.comment.submission.reference]),
    ("share/", "path", _only(*_LANGUAGES)),
    ("share/", "kind", lambda site: [kind.code for kind in subjects.registered()]),
    ("share/", "id", _shared),
    ("petitions/<int:pk>/debates/", "debate", _keys(Debate)),
    ("petitions/", "pk", _keys(Petition)),
    ("api/v1/petitions/", "key", _keys(Petition)),
    ("petitions/signatures/", "reference", lambda site: [site.comment.submission.reference]),
    ("petitions/signatures/", "key", _only("forged")),
    ("petitions/start/confirm/", "key", _only("forged")),
    ("petitions/mine/", "reference", lambda site: [site.comment.submission.reference]),
    ("petitions/sponsors/", "signature_id", _only(1)),
    ("petitions/sponsors/", "key", _only("forged")),
    ("petitions/<int:petition_id>/", "petition_id", _only(1)),
    ("petitions/<int:petition_id>/", "key", _only("forged")),
    ("hooks/acknowledge/", "key", _only("00000000-0000-4000-8000-000000000000")),
    ("media/images/", "name", _files),
    ("documents/authenticate_with_password/", "restriction_id", _only(1)),
    ("_util/authenticate_with_password/", "page_view_restriction_id", _only(1)),
    ("_util/authenticate_with_password/", "page_id", lambda site: [page.pk for page in _some(Page)]),
    ("accounts/2fa/webauthn/keys/", "pk", _only(1)),
)
# What readers are turned away from before anything is looked up: by converter, an example or two.
STAFF_VALUES: dict[str, Values] = {
    "int": lambda site: [site.base.pk, Release.objects.latest("pk").pk],
    "slug": lambda site: [site.base.slug],
    "str": _only("en"),
    "path": _only("a"),
    "uuid": _only("00000000-0000-4000-8000-000000000000"),
}


def _pages(site: Site) -> list[str]:
    paths = Page.objects.filter(depth__gt=2).values_list("url_path", flat=True)
    return [f"zh/{path.split('/', 2)[2]}" for path in paths if path.count("/") > 2]


def _documents(site: Site) -> list[str]:
    return [f"documents/{one.pk}/{name}" for one in Document.objects.all() for name in (one.filename, "a.txt")]


def _listing(name: str, model: type[models.Model]) -> Values:
    return lambda site: [f"studio/api/main/{name}/", f"studio/api/main/{name}/?fields=*&search={NEIGHBOURS[0]}"]


# Routes with a regular expression in them: the addresses themselves.
REGEX: dict[str, Values] = {
    "studio/api/main/^pages/": _listing("pages", Page),
    "studio/api/main/^pages/<int:pk>/": lambda site: [f"studio/api/main/pages/{page.pk}/" for page in _some(Page)],
    "studio/api/main/^pages/find/": _only("studio/api/main/pages/find/?html_path=/edited-page/"),
    "studio/api/main/^pages/<int:pk>/action/<str:action_name>/": _only("studio/api/main/pages/1/action/copy/"),
    "studio/api/main/^documents/": _listing("documents", Document),
    "studio/api/main/^documents/<int:pk>/": lambda site: [
        f"studio/api/main/documents/{one.pk}/" for one in _some(Document)
    ],
    "studio/api/main/^documents/find/": _only("studio/api/main/documents/find/?id=1"),
    "studio/api/main/^images/": _listing("images", Image),
    "studio/api/main/^images/<int:pk>/": lambda site: [f"studio/api/main/images/{one.pk}/" for one in _some(Image)],
    "studio/api/main/^images/find/": _only("studio/api/main/images/find/?id=1"),
    r"studio/pages/^(?P<pk>\d+)/revisions/compare/(?P<revision_id_a>live|earliest|\d+)\.\.\."
    r"(?P<revision_id_b>live|latest|\d+)/$": lambda site: [
        f"studio/pages/{one.object_id}/revisions/compare/live...{one.pk}/" for one in _some(Revision)
    ],
    "studio/^.*/$": _only("studio/nothing-here/"),
    r"documents/^(\d+)/(.*)$": _documents,
    r"zh/accounts/oidc/^(?P<provider_id>[^/]+)/login/": _only("zh/accounts/oidc/office/login/"),
    r"zh/accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/": _only("zh/accounts/oidc/office/login/callback/"),
    r"zh/^((?:[\w\-]+/)*)$": _pages,
}


def _some(model: type[models.Model]) -> Iterable[Any]:
    return model._default_manager.order_by("-pk")[:3]


def values_of(route: Route, converter: str, argument: str) -> Values | None:
    """Return the values of an argument; None where nothing says them."""
    for beginning, name, values in VALUES:
        if name == argument and route.below.startswith(beginning):
            return values
    return STAFF_VALUES.get(converter) if route.is_staff else None


def unknown() -> list[str]:
    """Name the routes for which nothing says what to ask for."""
    missing = []
    for route in routes():
        if route.is_regex:
            missing += [] if route.route in REGEX else [route.route]
        else:
            missing += [
                f"{route.route}: {name}" for conv, name in route.arguments if values_of(route, conv, name) is None
            ]
    return missing


def unused() -> list[str]:
    """Name what is said here about routes that are gone."""
    there = routes()
    gone = sorted(set(REGEX) - {route.route for route in there})
    used = {
        next((i for i, (start, said, _v) in enumerate(VALUES) if said == name and route.below.startswith(start)), None)
        for route in there
        if not route.is_regex
        for _converter, name in route.arguments
    }
    return gone + [f"{start}: {name}" for i, (start, name, _values) in enumerate(VALUES) if i not in used]


# --- the addresses --------------------------------------------------------------------------------------------------

# What somebody tries who guesses that there is more: names of routes, and what is added to their address.
GUESSES: dict[str, tuple[str, ...]] = {
    "consultation": ("version=2&preview=1&revision=2",),
    "draft": ("version=2&draft=text",),
    "compare": ("from=1&to=2", "view=inline&all=1"),
    "clause": ("version=2&v=2",),
    "comments": ("clause=art_2&sort=newest&version=2",),
    "embed": ("site=www.example.org",),
    "finder": tuple(f"state={state}" for state in ("planned", "announced", "open", "analysing", "answered")),
    "plan": ("topic=leaks",),
    "replies": ("kind=letter&topic=leaks", "year=2026"),
    "published_reply": ("preview=1&said=yes",),
    "disclosures": ("year=2026",),
    "petitions": tuple(f"state={state}&sort=most" for state in ("closed", "rejected", "awaiting_debate", "debated")),
    "press": ("kind=routine", "topic=leaks", "year=2026", "page=2"),
    "press_release": ("edition=2&preview=1",),
    "campaign": ("preview=1",),
    "notices": ("page=2",),
    "wagtail_serve": ("in_preview_panel=true&preview=1&version=2",),
    "home": ("preview=1",),
    "sitemap": ("p=1",),
    "track": ("reference=1",),
    "journal_checkpoints_json": ("after=0",),
}


def addresses(site: Site, *, staff: bool = True, guesses: bool = True) -> list[tuple[str, str]]:
    """Every address to ask for, with the name of its route; where it has a language, in Chinese.

    `staff`: those of the desk and the Studio too; `guesses`: what somebody tries who guesses that there is more.
    """
    found = []
    for route in routes():
        if route.is_staff and not staff:
            continue
        for address in _addresses(route, site):
            found.append((f"/{address}", route.name))
            if guesses:
                found += [(f"/{address}?{more}", route.name) for more in GUESSES.get(route.name, ())]
    found += [(f"/zh/search/?{more}", "search") for more in _searches()]
    found += [(f"/zh/follow/?{more}", "follow") for more in _boxes(site)]
    found += [(f"/media/{path}", "media") for path in _stored()]
    return list(dict.fromkeys(found))


def in_english(address: str) -> str:
    """Return the same address in the other language; empty for one that has none."""
    if address.startswith("/zh/"):
        return "" if address.startswith("/zh/accounts/") else f"/en/{address[4:]}"
    if address.startswith("/api/"):
        return f"{address}{'&' if '?' in address else '?'}language=en"
    return ""


def _addresses(route: Route, site: Site) -> Iterator[str]:
    if route.is_regex:
        yield from REGEX[route.route](site)
        return
    values = []
    for converter, name in route.arguments:
        said = values_of(route, converter, name)
        assert said is not None, (route, name)
        values.append(list(said(site)))
    for chosen in product(*values):
        left = iter(chosen)
        yield _ARGUMENT.sub(lambda match: str(next(left)), route.route)  # noqa: B023


def _searches() -> Iterator[str]:
    for word in NEIGHBOURS:
        asked = f"q={quote(word)}"
        yield asked
        yield f"{asked}&page=2"
        yield from (f"{asked}&kind={source.kind}" for source in searchable.registered())


def _boxes(site: Site) -> Iterator[str]:
    """What the page about following is asked to tick: each thing by its key."""
    for kind in followables.followables():
        most = apps.get_model(kind.model)._default_manager.count() + 5 if kind.model else 9
        for first in range(1, most, 10):
            yield "&".join(f"follow={kind.code}-{key}" for key in range(first, first + 10))


def _stored() -> Iterator[str]:
    root = Path(settings.MEDIA_ROOT)
    yield from (quote(str(path.relative_to(root))) for path in root.rglob("*") if path.is_file())


# --- what leaves otherwise ------------------------------------------------------------------------------------------

# Tables that people here work in: drafts, what waits at the gate and its record. None of them is read by the public
# as it stands, and none of them is sent by itself. A table that is not named here may hold no marker.
INTERNAL: dict[str, str] = {
    "publishing.Release": "what waits at the gate",
    "publishing.ReleaseForm": "what waits at the gate",
    "publishing.Proposal": "what waits at the gate",
    "journal.JournalRow": "the record; what is public of it are hashes",
    "wagtailcore.Page": "pages that are not live, shown by nobody",
    "wagtailcore.Revision": "what was written in the Studio",
    "wagtailcore.PageLogEntry": "the Studio's own list of changes",
    "wagtailsearch.IndexEntry": "the Studio's own search",
    "wagtailsearch.SQLiteFTSIndexEntry": "the Studio's own search",
    "wagtaildocs.Document": "files of the Studio, given out by their release alone",
    "wagtailimages.Image": "files of the Studio, given out by their release alone",
    "wagtailimages.Rendition": "files of the Studio, given out by their release alone",
    "pages.ArticlePage": "pages that are not live",
    "consultations.Consultation": "a call that is not public, and its address",
    "consultations.ConsultationPage": "pages that are not live",
    "consultations.VersionText": "versions that are not published",
    "consultations.ClauseText": "versions that are not published",
    "consultations.Change": "of a call that is not public",
    "calls.Evidence": "of a call that is not public",
    "plans.Policy": "a policy that is not in the plan",
    "outcomes.Outcome": "an outcome in work",
    "outcomes.OutcomeText": "an outcome in work",
    "outcomes.OutcomeClause": "an outcome in work",
    "outcomes.OutcomeTheme": "an outcome in work",
    "packs.Pack": "a pack in work",
    "packs.BlockText": "a pack in work",
    "surveys.Questionnaire": "the address of a questionnaire in work",
    "surveys.Version": "versions in work",
    "delivery.ItemText": "an item in work",
    "delivery.Variant": "an item in work",
    "campaigns.Campaign": "a campaign in work, its address",
    "campaigns.CampaignText": "a campaign in work",
    "campaigns.PartText": "a campaign in work",
    "press.Release": "a press release in work",
    "press.Material": "files of a press release in work",
    "press.Digest": "a digest in work",
    "publication.Publication": "what is published of a case, in work",
    "publication.PublishedFile": "files of what is published of a case",
    "petitions.Debate": "a debate being prepared, and a corrected record of one",
    "mailbox_desk.CaseWords": "what the desk searches cases by",
    "mailbox.Case": "a case, read by its sender and at the desk",
    "mailbox.Message": "a case, read by its sender and at the desk",
    "mailbox.Notice": "a case, read by its sender and at the desk",
    "mailbox.Draft": "a case, read at the desk",
    "mailbox.DraftVersion": "a case, read at the desk",
}


def house() -> set[str]:
    """The addresses of the people who work here: the gate writes to them about what waits."""
    return set(User.objects.filter(groups__isnull=False).values_list("email", flat=True))


def rows_with_markers() -> dict[str, set[str]]:
    """Return the markers in each table, all columns, sealed ones opened; letters to the house apart."""
    found: dict[str, set[str]] = {}
    at_work = house()
    for model in apps.get_models():
        rows = model._base_manager.all()
        if model is OutgoingMail:
            kept = [row for row in rows.select_related("contact") if row.contact.email not in at_work]
            seen = markers_in(f"{row.subject} {row.body} {row.html} {row.unsubscribe}" for row in kept)
        else:
            seen = markers_in(" ".join(map(_plain, row)) for row in rows.values_list())
        if seen:
            found[model._meta.label] = seen
    return found


def _plain(value: Any) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def exported() -> set[str]:
    """Return the markers in the files that channels without an interface are given."""
    storage = storages["outbox"]
    folder = Path(storage.path(""))
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []
    return markers_in(f"{path.name} {read_bytes(path.read_bytes())}" for path in files)
