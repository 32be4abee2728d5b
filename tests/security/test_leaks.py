"""What was not released is in no byte that goes out: every kind of the gate, every address, every reader.

The words that must not get out are planted by leaks_site.py, the addresses are enumerated by leaks_paths.py. A new
kind or a new address fails here by its name until it is there too. That the enumeration reads where a kind appears is
shown by releasing everything and finding it.
"""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from PIL import Image as Pillow
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.rich_text import RichText

from engage import schedule
from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.asgi import websocket_urlpatterns
from engage.departments.models import Department, Membership
from engage.outreach.delivery import share
from engage.pages.gate import release_page
from engage.pages.models import ArticlePage
from engage.pages.structure import ensure_structure
from engage.publishing import registry
from engage.publishing.redaction import actions as redaction
from engage.publishing.redaction.marks import Mark
from engage.publishing.redaction.models import Redaction
from engage.search.queries import search
from tests.accounts.people import person, sign_in
from tests.redaction import builders
from tests.redaction.builders import CHINESE, SECRET
from tests.security import leaks_paths
from tests.security.leaks_markers import STAGES, WAITING, Redacted, marker, markers_in, news_in, read_answer
from tests.security.leaks_site import NOT_PLANTED, PLANTERS, Site, let_go, planted_site

# Who may see what is one filter on both databases, and is tested with each room; to look everywhere takes minutes.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
Hits = dict[str, set[str]]

# Where a reader of today finds each kind once it is released: names of addresses, and what else goes out.
APPEARS: dict[str, set[str]] = {
    "page": {"wagtail_serve", "home", "wagtaildocs_serve", "search", "share_image", "sitemap", "campaign"},
    "call": {
        "consultation", "draft", "draft_file", "compare", "clause", "comments", "compose", "embed", "finder", "home",
        "consultations_rss", "consultations_atom", "api:list_calls", "api:one_call", "api:text", "api:drafts", "search",
        "share_image", "sitemap", "letters", "follow_feed", "wagtaildocs_serve",
    },
    "extension": {"consultation", "basket", "consultations_rss", "api:one_call", "follow_thing_feed", "letters"},
    "withdrawal": {"consultation", "consultations_atom", "api:one_call", "follow_feed", "letters", "search"},
    "stage_move": {"plan_policy", "plan_rss", "plan_atom", "api:list_policies", "follow_feed", "letters", "search"},
    "method_note": {"evidence", "evidence_table", "api:evidence"},
    "reply": {"comment", "comments", "clause", "api:list_replies", "search"},
    "plain_words": {"draft", "clause", "api:text", "search"},
    "evidence": {"consultation", "evidence_file", "wagtaildocs_serve"},
    "change": {"home"},
    "policy": {"plan", "plan_policy", "plan_follow", "api:list_policies", "search", "share_image", "sitemap"},
    "call_facts": {"api:list_calls", "api:one_call"},
    "outcome": {"outcome", "outcome_file", "outcomes", "outcomes_rss", "outcomes_atom", "api:outcome", "search"},
    "pack": {"interpretation", "interpretation_edition", "packs_rss", "packs_atom", "api:one_interpretation", "search"},
    "channel_item": {
        "notice", "notices", "notices_atom", "channel_atom", "search", "share_image", "letters", "exports",
        "table delivery.Delivery",
    },
    "campaign": {
        "campaign", "campaigns", "campaigns_rss", "campaigns_atom", "campaigns_calendar", "campaign_event",
        "campaign_say", "api:list_campaigns", "api:one_campaign", "search", "share_image", "sitemap", "letters",
    },
    "press_release": {
        "press", "press_release", "press_pack", "press_file", "press_rss", "press_atom", "press_json", "api:list_press",
        "api:one_release", "search", "sitemap", "letters", "follow_feed",
    },
    "media_digest": {"letters"},
    "case_reply": {
        "published_reply", "published_reply_file", "replies", "replies_rss", "replies_atom",
        "api:list_published_replies", "api:one_published_reply", "search",
    },
    "disclosure": {
        "published_disclosure", "published_disclosure_file", "disclosures", "disclosures_rss", "disclosures_atom",
        "api:list_disclosures", "api:one_disclosure", "search",
    },
    "petition_debate": {"petition_debate"},
    "questionnaire": {"surveys", "survey", "search"},
}  # fmt: skip
# Public addresses that give no page to any of our readers, each with the reason.
A_FORM = "takes a form only"
A_SECRET = "opens by a link that nobody here has"
SAYS_NOTHING: dict[str, str] = {
    "survey_invited": A_SECRET,
    "survey_look": A_FORM,
    "survey_picture": "no questionnaire here has a picture",
    "survey_embed": "no questionnaire here names a site that may show it",
    "keep_text": A_FORM,
    "submission_forget": A_FORM,
    "write_answered": A_FORM,
    "write_discard": A_FORM,
    "petition_discard": A_FORM,
    "petition_again": A_FORM,
    "petition_withdraw": "for the starter of a petition",
    "petition_confirm_start": A_SECRET,
    "petition_confirm_sponsor": A_SECRET,
    "petition_confirm": A_SECRET,
    "petition_confirmed": A_SECRET,
    "petition_mine": A_SECRET,
    "petition_news_stop": A_SECRET,
    "petition_sponsor": A_SECRET,
    "petition_sponsor_sent": A_SECRET,
    "published_reply_helped": A_FORM,
    "published_disclosure_helped": A_FORM,
    "follow_push": A_FORM,
    "follow_push_mine": A_FORM,
    "follow_rest": A_FORM,
    "delivery_acknowledge": A_FORM,
    "follow_confirm": "the follower here has confirmed, so that link is over",
    "attachment": "nobody here sent a file",
    "comment_file": "nobody here sent a file",
    "comment_translate": "editors only",
    "draft_named": "no call here has a second text",
    "press_picture": "the pictures of press releases are shown once they are released; the pack is read then",
    "api:api-root": "there is no page of the API itself",
    "security_txt": "the office here names no contact",
    "openid_connect_login": "no other sign-in is set up",
    "openid_connect_callback": "no other sign-in is set up",
    "socialaccount_login_error": "a sentence of its own",
    "django.views.generic.base.RedirectView": "leads to another address, which is asked for itself",
    "wagtailcore_authenticate_with_password": "no page has a password",
}
# What everybody who works here reads before it is public, whatever the department: `visible_to` says so.
HOUSE = "officer of another department"
HOUSE_KINDS = frozenset({"call", "call_facts", "policy", "evidence"})
HOUSE_FILES = frozenset({"wagtaildocs_serve", "picture"})


@pytest.fixture(autouse=True)
def _quiet(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    outbox = settings.STORAGES["outbox"]
    there = {"location": str(tmp_path / "outbox")}
    settings.STORAGES = settings.STORAGES | {"outbox": outbox | {"OPTIONS": outbox["OPTIONS"] | there}}
    settings.FASTEST_PERSON_SECONDS = 0
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    # The words are read before they are drawn: nothing reads them out of the points of a picture.
    monkeypatch.setattr(share, "draw", str.encode)


def work() -> None:
    """Let the worker do two turns of everything: letters, digests, feeds, deliveries, exports, seals."""
    autodiscover_modules("tasks")
    for _turn in range(2):
        for job in schedule.jobs():
            job.run()


def is_asked(name: str) -> bool:
    """On PostgreSQL only what the database itself answers is another path: search, API, feeds, sitemap."""
    if connection.vendor == "sqlite":
        return True
    return name.startswith("api:") or name.endswith(("_rss", "_atom", "_json")) or name in ("search", "sitemap")


@dataclass(frozen=True)
class Reader:
    """Somebody who asks: in which languages, and how much of it."""

    name: str
    client: Client
    languages: tuple[str, ...] = ("zh", "en")
    staff: bool = True
    guesses: bool = True

    def asks(self, site: Site) -> Iterator[tuple[str, str]]:
        """Yield each address with the name of its route."""
        for address, name in leaks_paths.addresses(site, staff=self.staff, guesses=self.guesses):
            other = leaks_paths.in_english(address)
            if "zh" in self.languages or not other:
                yield address, name
            if "en" in self.languages and other:
                yield other, name


def sweep(reader: Reader, site: Site) -> tuple[Hits, Hits]:
    """Ask for every address; return the markers in the answers and the statuses, by the name of the address."""
    hits: Hits = defaultdict(set)
    statuses: Hits = defaultdict(set)
    for address, name in reader.asks(site):
        if not is_asked(name):
            continue
        language = "en" if address.startswith("/en/") else "zh"
        response = reader.client.get(address, headers={"accept-language": language})
        assert response.status_code < 500 and response.status_code != 429, (address, response.status_code)
        statuses[name].add(str(response.status_code))
        for found in news_in(response, address):
            hits[name].add(f"{found} at {address}")
    return hits, statuses


def anyone(*, languages: tuple[str, ...] = ("zh", "en"), staff: bool = True, guesses: bool = True) -> Reader:
    """A stranger."""
    return Reader("anyone", Client(raise_request_exception=False), languages, staff, guesses)


def readers(site: Site) -> Iterator[Reader]:
    """Everybody who reads public pages; strangers last, when what was drawn for others lies in the cache."""
    elsewhere = Department.add_root(code="elsewhere", name_zh="别处", name_en="Elsewhere")
    officer = person(Role.OFFICER)
    Membership.objects.create(user=officer, department=elsewhere, role=Role.OFFICER)
    client = sign_in(Client(raise_request_exception=False), officer)
    yield Reader(HOUSE, client, ("en",), staff=False, guesses=False)
    citizen = Client(raise_request_exception=False)
    citizen.force_login(person(Role.CITIZEN), backend="django.contrib.auth.backends.ModelBackend")
    receipt = {"reference": site.comment.submission.reference, "code": site.code}
    assert citizen.post("/zh/track/", receipt).status_code == 302
    yield Reader("citizen with a receipt", citizen, ("zh",), staff=False, guesses=False)
    yield anyone()


def beyond(reader: Reader, hits: Hits, site: Site) -> Hits:
    """Leave out what the house reads before it is public."""
    if reader.name != HOUSE:
        return hits
    words = [marker(*plant) for plant in site.plants if plant[0] in HOUSE_KINDS]
    known = tuple(word for one in words for word in (one.latin, one.chinese))
    return {
        name: {one for one in found if not one.startswith(known)}
        for name, found in hits.items()
        if name not in HOUSE_FILES
    }


def letters() -> list[str]:
    """What the worker sent to anybody outside."""
    at_work = leaks_paths.house()
    return [
        f"{letter.subject} {letter.body} {getattr(letter, 'alternatives', '')} {letter.extra_headers}"
        for letter in mail.outbox
        if letter.to[0] not in at_work
    ]


def elsewhere() -> Hits:
    """The markers in what leaves otherwise than by an address: letters, exports, kept pages, tables."""
    found = {
        "letters": markers_in(letters()),
        "exports": leaks_paths.exported(),
    }
    tables = leaks_paths.rows_with_markers()
    return found | {f"table {name}": seen for name, seen in tables.items() if name not in leaks_paths.INTERNAL}


def told(hits: Hits, who: str) -> list[str]:
    return [f"{who}: {name}: {one}" for name, found in sorted(hits.items()) for one in sorted(found)]


def test_every_kind_is_planted():
    kinds = {kind.code for kind in registry.registered()}
    assert set(PLANTERS) == kinds, "tests/security/leaks_site.py plants every kind of the gate and no other"
    assert set(APPEARS) == kinds, "tests/security/test_leaks.py says where every kind appears"


def test_every_address_is_asked_for():
    assert not leaks_paths.unknown(), "no values for these arguments in tests/security/leaks_paths.py"
    assert not leaks_paths.unused(), "values for arguments that no address has"
    assert not websocket_urlpatterns, "what a socket sends is read by nobody here yet"


def test_what_is_not_released_is_in_no_byte_that_goes_out():
    site = planted_site()
    missing = {(kind, stage) for kind in PLANTERS for stage in STAGES} - set(site.plants) - set(NOT_PLANTED)
    assert not missing, missing
    work()
    leaks, answered = [], defaultdict(set)
    for reader in readers(site):
        hits, statuses = sweep(reader, site)
        leaks += told(beyond(reader, hits, site), reader.name)
        for name, seen in statuses.items():
            answered[name] |= seen
    leaks += told(elsewhere(), "worker")
    leaks += list(counted(site))
    assert not leaks, "\n".join(leaks)
    if connection.vendor == "sqlite":
        read = set().union(*APPEARS.values())
        public = {route.name for route in leaks_paths.routes() if not route.is_staff}
        silent = {name for name in public - read if not answered[name] & {"200", "302"}}
        assert silent == set(SAYS_NOTHING), silent ^ set(SAYS_NOTHING)


def counted(site: Site) -> Iterator[str]:
    """Whoever asks for the word itself learns nothing either: no answer, no other number than for any word."""
    client = Client(raise_request_exception=False)
    schema = json.loads(client.get("/api/v1/openapi.json").content)
    # The state of the channels is told with its moment, which is another one each time.
    lists = [path for path in schema["paths"] if "{" not in path and not path.endswith("/status/")]
    names = {one["name"] for path in lists for one in schema["paths"][path]["get"].get("parameters", [])}
    for kind, stage in site.plants:
        words = marker(kind, stage)
        for word, language in ((words.latin, "en"), (words.chinese, "zh-hans"), (words.latin, "zh-hans")):
            if search(word, language=language).total:
                yield f"search for {word} counts"
    first = marker("press_release", WAITING).latin
    for path in lists:
        for name in sorted(names | {"q", "search", "title", "slug", "ordering"}):
            asked, other = (client.get(path, {name: word}) for word in (first, "zqnothing"))
            said = asked.content.decode().replace(first, "zqnothing")
            if (asked.status_code, said) != (other.status_code, other.content.decode()):
                yield f"{path}?{name}= tells a word that is there from one that is not"


def test_the_enumeration_reads_where_each_kind_appears():
    site = planted_site(stages=(WAITING,))
    let_go(site)
    work()
    # Pages that were asked for meanwhile are kept for some seconds.
    cache.clear()
    hits, _statuses = sweep(anyone(languages=("zh",), staff=False, guesses=False), site)
    seen = hits | elsewhere()
    where = {
        words.kind: {
            name for name, found in seen.items() if any(one.startswith((words.latin, words.chinese)) for one in found)
        }
        for words in (marker(kind, WAITING) for kind in PLANTERS)
    }
    for kind, expected in APPEARS.items():
        wanted = {name for name in expected if is_asked(name) or " " in name or name in ("letters", "exports")}
        assert wanted <= where[kind], (kind, wanted - where[kind])


def test_what_was_redacted_is_in_no_byte_after_its_release():
    site = planted_site(redacted=True, stages=(WAITING,))
    assert isinstance(site.take("page", WAITING), Redacted)
    let_go(site)
    work()
    hits, _statuses = sweep(anyone(languages=("en",), staff=False, guesses=False), site)
    leaks = told(hits, "anyone") + told(elsewhere(), "worker")
    assert not leaks, "\n".join(leaks)


BENCH = {
    "letter.pdf": lambda: builders.typeset(f"Open words of {SECRET}", CHINESE, title=SECRET, author=SECRET),
    "letter.docx": builders.letter,
    "table.xlsx": builders.table,
    "note.txt": lambda: f"Open words of {SECRET}, {CHINESE}".encode(),
    "gate.png": lambda: builders.photograph("PNG"),
}
BASIS = "personal-privacy"


def redact_on_the_bench(name: str, content: bytes, editor: User) -> Redaction:
    """Bring a file of the Studio to the bench, take the words out, confirm it and replace the file."""
    kind = Image if name.endswith(".png") else Document
    file = ImageFile(io.BytesIO(content)) if kind is Image else ContentFile(content)
    # What a box hides in a picture is known to nobody as words: whoever draws it names the file.
    file.name = name if kind is Image else f"{SECRET}-{name}"
    title = "Gate" if kind is Image else f"{SECRET} {CHINESE}"
    row = kind.objects.create(title=title, uploaded_by_user=editor, file=file)
    begin = redaction.begin_with_image if kind is Image else redaction.begin_with_document
    job = begin(row.pk, actor=editor, now=timezone.now())
    box = Mark("box", page=1, x=40 / 240, y=30 / 120, width=0.5, height=40 / 120, basis=BASIS)
    marks = [box] if kind is Image else [Mark("word", word, basis=BASIS) for word in (SECRET, CHINESE)]
    job = redaction.add_marks(job.pk, marks, revision=0, actor=editor)
    job = redaction.make(
        job.pk, title=row.title, language="en", revision=job.revision, actor=editor, now=timezone.now()
    )
    redaction.confirm(job.pk, keep_days=30, revision=job.revision, actor=editor, now=timezone.now())
    return redaction.replace(job.pk, actor=editor, now=timezone.now())


def test_what_was_redacted_on_the_bench_is_gone_where_the_file_is_shown(django_capture_on_commit_callbacks):
    editor, home = person(Role.EDITOR), ensure_structure()["en"]
    with django_capture_on_commit_callbacks(execute=True):
        jobs = {name: redact_on_the_bench(name, make(), editor) for name, make in BENCH.items()}
    files = [job.new_document for job in jobs.values() if job.new_document]
    shown = jobs["gate.png"].new_image
    shown.contextual_alt_text, shown.decorative = shown.title, False
    links = " ".join(f'<a linktype="document" id="{file.pk}">{file.title}</a>' for file in files)
    page = ArticlePage(title="Files", slug="files", locale=home.locale, live=False)
    page.body = [("paragraph", RichText(f"<p>{links}</p>")), ("image", shown)]
    home.add_child(instance=page)
    release_page(page)
    reader = Client()
    asked = [file.url for file in files] + [shown.get_rendition("width-960").url]
    for address in ["/en/files/", "/zh/files/", *asked]:
        said = read_answer(reader.get(address, follow=True)).lower()
        assert SECRET.lower() not in said and CHINESE not in said, address
    assert [reader.get(address).status_code for address in asked] == [200] * len(asked)
    with Pillow.open(io.BytesIO(b"".join(reader.get(asked[-1])))) as drawn:
        assert drawn.convert("L").crop((44, 34, 156, 66)).getextrema()[1] < 30
    for name, job in jobs.items():
        old = (job.new_image_id or job.new_document_id) - 1
        kept = f"/documents/{old}/{SECRET}-{name}"
        assert reader.get(kept, follow=True).status_code == 404
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if SECRET in path.name]
