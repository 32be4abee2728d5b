"""The platform's own channels: the site, letters, background work, the journal, search, and stored files."""

from __future__ import annotations

import secrets
import shutil
import smtplib
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from http.client import HTTPException
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.mail import get_connection
from django.core.mail.backends.filebased import EmailBackend as Folder
from django.core.mail.backends.smtp import EmailBackend as Smtp
from django.db.models import Min
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from engage.journal.models import JournalPending
from engage.outreach.health import rules
from engage.outreach.health.models import Beat, Incident
from engage.outreach.health.registry import Probe, Result
from engage.outreach.health.rules import State
from engage.participation import actions as participation
from engage.participation.models import OutgoingMail, private_storage
from engage.search import queries as search
from engage.search.models import SearchEntry

GET_SECONDS = 10
MINUTE, HOUR = 60, 3600


def seconds_since(at: datetime | None, now: datetime) -> int | None:
    """Return whole seconds since a moment, never less than none."""
    return None if at is None else max(0, round((now - at).total_seconds()))


# --- the site --------------------------------------------------------------------------------------------------------


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A page of ours that leads elsewhere is not the page that was asked for."""

    def redirect_request(self, *args: object, **options: object) -> None:
        return None


def status_of(path: str) -> int:
    """Call the site from outside as a browser does; return the status, or 0 when nobody answers."""
    request = urllib.request.Request(settings.SELF_URL + path, headers={"User-Agent": "Engage self-test"})
    # Proxies of the environment lead out of the house; the site is in it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    try:
        with opener.open(request, timeout=GET_SECONDS) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except (OSError, HTTPException):
        return 0


def found_of(status: int) -> Result:
    """Judge a status: no answer and a fault of ours are failing, a crowd is slow."""
    if status == 0:
        return Result(State.FAILING, "no_answer")
    if status in (429, 503):
        return Result(State.SLOW, "crowded", {"status": status})
    return Result() if status == 200 else Result(State.FAILING, "wrong_status", {"status": status})


SITE_DETAILS = {
    "no_answer": _("The site does not answer."),
    "crowded": _("The site asks visitors to come back later (status %(status)s)."),
    "wrong_status": _("The site answers with status %(status)s instead of the page."),
}


def site(now: datetime) -> Result:
    """Open the home page in each language."""
    results = [found_of(status_of(f"/{path}/")) for path in settings.LANGUAGE_PATHS.values()]
    gravest = rules.worst([result.state for result in results])
    return next(result for result in results if result.state is gravest)


SITE = Probe(
    code="site",
    order=10,
    label=_("This website"),
    interval_seconds=60,
    run=site,
    details=SITE_DETAILS,
    instead=_("Text you have typed stays on your device. Try again in a few minutes."),
)

# --- letters ---------------------------------------------------------------------------------------------------------

MAIL_SLOW, MAIL_FAILING = 15 * MINUTE, 6 * HOUR
# Of so many letters in a day, a share that could not be delivered is worth a look.
MAIL_SAMPLE, TURNED_DOWN_SLOW_PERCENT = 20, 20


def mail(now: datetime) -> Result:
    """Greet the mail server, and look at what waits and what was turned down in the last day."""
    waiting = OutgoingMail.objects.filter(sent_at__isnull=True)
    owed = waiting.filter(tries__lt=participation.MAIL_TRIES)
    age = seconds_since(owed.aggregate(first=Min("created_at"))["first"], now)
    day = OutgoingMail.objects.filter(created_at__gt=now - timedelta(days=1))
    sent = day.filter(sent_at__isnull=False).count()
    bounced = day.filter(last_error=smtplib.SMTPRecipientsRefused.__name__).count()
    figures = {
        "waiting": owed.count(),
        "given_up": waiting.filter(tries__gte=participation.MAIL_TRIES).count(),
        "sent": sent,
        "troubled": day.exclude(last_error="").count(),
        "bounced": bounced,
        "bounce_percent": rules.share_percent(bounced, sent + bounced),
    }
    if not _mail_server_answers():
        return Result(State.FAILING, "mail_away", queue_age_seconds=age, figures=figures)
    late = rules.age_state(_unexcused(age, now), slow=MAIL_SLOW, failing=MAIL_FAILING)
    if late is not State.OK:
        return Result(late, "mail_late", queue_age_seconds=age, figures=figures)
    if sent + bounced >= MAIL_SAMPLE and figures["bounce_percent"] >= TURNED_DOWN_SLOW_PERCENT:
        return Result(
            State.SLOW, "mail_bounces", {"percent": figures["bounce_percent"]}, queue_age_seconds=age, figures=figures
        )
    return Result(queue_age_seconds=age, figures=figures)


def _unexcused(age: int | None, now: datetime) -> int | None:
    """Return how long the oldest letter has waited although the mail server answered."""
    last = Incident.objects.filter(code="mail", detail="mail_away").first()
    if age is None or last is None:
        return age
    return min(age, seconds_since(last.closed_at or now, now) or 0)


def _mail_server_answers() -> bool:
    """Connect, sign in and exchange one word, as a letter would; no letter is sent."""
    post = get_connection()
    if isinstance(post, Folder):
        return Path(post.file_path).is_dir()
    try:
        post.open()
        if isinstance(post, Smtp):
            code, _words = post.connection.noop()
            if code != 250:
                return False
        post.close()
    except OSError:  # smtplib's errors are OSErrors, too
        return False
    return True


def let_out(now: datetime) -> None:
    """Send at once what was put off while the server was away."""
    participation.hurry_mail(now=now)


MAIL = Probe(
    code="mail",
    order=30,
    label=_("Letters by e-mail"),
    interval_seconds=60,
    run=mail,
    details={
        "mail_away": _("The mail server does not answer. Letters wait and go out as soon as it does."),
        "mail_late": _("Letters go out late."),
        "mail_bounces": _("Of the letters of the last day %(percent)s%% came back."),
    },
    figures={
        "waiting": _("Letters that wait"),
        "sent": _("Sent in the last day"),
        "troubled": _("Of the last day, with trouble"),
        "bounced": _("Turned down by the receiver"),
        "bounce_percent": _("Turned down, in per cent"),
        "given_up": _("Given up after every try"),
    },
    instead=_(
        "Everything you send is taken as always, and your receipt is on the screen: keep its reference and code. "
        "Letters follow by themselves."
    ),
    alarm_by_mail=False,
    repaired=let_out,
)

# --- background work -------------------------------------------------------------------------------------------------

BEAT_SLOW, BEAT_FAILING = 90, 5 * MINUTE
TASKS_SLOW, TASKS_FAILING = 5 * MINUTE, HOUR


def work(now: datetime) -> Result:
    """See whether the worker's loop turns and whether its queue moves."""
    last = Beat.objects.values_list("at", flat=True).first()
    silent = rules.age_state(seconds_since(last, now), slow=BEAT_SLOW, failing=BEAT_FAILING)
    oldest = DBTaskResult.objects.ready().aggregate(first=Min("enqueued_at"))["first"]
    age = seconds_since(oldest, now)
    late = rules.age_state(age, slow=TASKS_SLOW, failing=TASKS_FAILING)
    figures = {"tasks": DBTaskResult.objects.ready().count()}
    if silent is not State.OK:
        return Result(silent, "loop_stands", queue_age_seconds=age, figures=figures)
    return Result(late, "tasks_late" if late is not State.OK else "", queue_age_seconds=age, figures=figures)


WORK = Probe(
    code="work",
    order=60,
    label=_("Background work"),
    interval_seconds=60,
    run=work,
    details={
        "loop_stands": _("The background work stands still."),
        "tasks_late": _("Background work is late."),
    },
    figures={"tasks": _("Tasks that wait")},
)

# --- the journal -----------------------------------------------------------------------------------------------------

SEAL_SLOW, SEAL_FAILING = MINUTE, 10 * MINUTE


def journal(now: datetime) -> Result:
    """See how long the oldest row has waited for its seal."""
    waiting = JournalPending.objects.all()
    age = seconds_since(waiting.aggregate(first=Min("row__at"))["first"], now)
    late = rules.age_state(age, slow=SEAL_SLOW, failing=SEAL_FAILING)
    return Result(
        late,
        "seals_late" if late is not State.OK else "",
        queue_age_seconds=age,
        figures={"unsealed": waiting.count()},
    )


JOURNAL = Probe(
    code="journal",
    order=70,
    label=_("Public journal"),
    interval_seconds=60,
    run=journal,
    details={"seals_late": _("What happens is recorded, but sealed late.")},
    figures={"unsealed": _("Rows that wait for their seal")},
)

# --- search ----------------------------------------------------------------------------------------------------------


def find(now: datetime) -> Result:
    """Look for the newest thing in the index by its own title."""
    newest = SearchEntry.objects.filter(published_at__lte=now).order_by("-published_at", "-pk").first()
    if newest is None:
        return Result()
    answers = search.search(newest.title[:80], language=newest.language)
    if answers.unsearchable or answers.total:
        return Result()
    return Result(State.FAILING, "not_found")


SEARCH = Probe(
    code="search",
    order=50,
    label=_("Search"),
    interval_seconds=300,
    run=find,
    details={"not_found": _("Search does not find what is published.")},
    instead=_("The lists and the site's pages show everything that is published."),
)

# --- files -----------------------------------------------------------------------------------------------------------

ROOM_SLOW_PERCENT, ROOM_FAILING_PERCENT = 10, 2


def files(now: datetime) -> Result:
    """Write a small file where attachments go, read it back and take it away; look at the room that is left."""
    storage, content = private_storage(), secrets.token_bytes(512)
    try:
        name = storage.save(f"self-test/{secrets.token_hex(8)}", ContentFile(content))
        try:
            with storage.open(name) as written:
                same = written.read() == content
        finally:
            storage.delete(name)
    except OSError:
        return Result(State.FAILING, "not_stored")
    if not same:
        return Result(State.FAILING, "not_stored")
    return _room_left()


def _room_left() -> Result:
    storage = private_storage()
    if not isinstance(storage, FileSystemStorage) or not Path(storage.location).is_dir():
        return Result()  # an object store has all the room in the world
    usage = shutil.disk_usage(storage.location)
    left = usage.free * 100 // usage.total
    figures = {"room_percent": left}
    if left < ROOM_SLOW_PERCENT:
        state = State.FAILING if left < ROOM_FAILING_PERCENT else State.SLOW
        return Result(state, "little_room", {"percent": left}, figures=figures)
    return Result(figures=figures)


FILES = Probe(
    code="files",
    order=40,
    label=_("Attached files"),
    interval_seconds=300,
    run=files,
    details={
        "not_stored": _("Files cannot be stored at present."),
        "little_room": _("Of the room for files %(percent)s%% is left."),
    },
    figures={"room_percent": _("Room left, in per cent")},
    instead=_("Send your text without the file now; you can hand the file in later at the counter."),
)

OWN = (SITE, MAIL, WORK, JOURNAL, SEARCH, FILES)
