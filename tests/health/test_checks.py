"""Checks, incidents and alarms: each once, whatever happens to the check itself."""

import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from consultations.health import COMMENTS, send_and_forget
from consultations.models import Comment
from engage.accounts.actors import ANYONE, Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.outreach.follows.models import Mailing
from engage.outreach.health import actions, outreach_probes, probes, queries, registry
from engage.outreach.health.models import Beat, Call, Channel, ChannelDay, Incident
from engage.outreach.health.registry import Probe, Result
from engage.outreach.health.rules import State
from engage.participation.models import OutgoingMail, Submission
from engage.search.models import SearchEntry
from tests.consultations.factories import call, comment
from tests.health.traces import traces

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
MINUTE = timedelta(minutes=1)


class Channels:
    """A probe whose findings a test sets; the only one there is while the test runs."""

    def __init__(self):
        self.found = Result()
        self.repairs = []

    def run(self, now):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def channel(monkeypatch):
    made = Channels()
    details = {"no_answer": "It does not answer for %(n)s."}
    probe = Probe("test", "Test channel", 60, made.run, details=details, repaired=made.repairs.append)
    monkeypatch.setattr(registry, "_probes", {"test": probe})
    return made


@pytest.fixture
def administrator():
    user = User.objects.create_user("boss@example.org")
    user.groups.add(Group.objects.get(name=Role.ADMINISTRATOR))
    User.objects.create_user("clerk@example.org").groups.add(Group.objects.get(name=Role.OFFICER))
    return user


def letters() -> list[tuple[str, str]]:
    return [(mail.contact.email, mail.subject) for mail in OutgoingMail.objects.order_by("pk")]


def test_an_incident_is_told_once_and_its_end_once(channel, administrator):
    actions.run_due(now=NOW)
    assert not Incident.objects.exists()
    channel.found = Result(State.FAILING, "no_answer", {"n": 3})
    for minute in range(1, 4):
        assert actions.run_due(now=NOW + minute * MINUTE) == 1
    incident = Incident.objects.get()
    assert (incident.opened_at, incident.closed_at) == (NOW + MINUTE, None)
    assert letters() == [("boss@example.org", "渠道中断：Test channel / Channel down: Test channel")]
    assert "It does not answer for 3." in OutgoingMail.objects.get().body
    channel.found = Result()
    for minute in range(4, 6):
        actions.run_due(now=NOW + minute * MINUTE)
    incident.refresh_from_db()
    assert incident.closed_at == NOW + 4 * MINUTE
    assert [subject for _to, subject in letters()][1:] == [
        "渠道已恢复：Test channel / Channel works again: Test channel"
    ]
    assert channel.repairs == [NOW + 4 * MINUTE]
    day = ChannelDay.objects.get()
    assert (day.ok, day.slow, day.failing) == (3, 0, 3)
    verbs = JournalRow.objects.filter(target_label="health.incident").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["channel.down", "channel.repaired"]
    found = Channel.objects.get()
    assert (found.since, found.last_ok_at) == (NOW + 4 * MINUTE, NOW + 5 * MINUTE)


def test_nothing_is_checked_before_its_interval_is_over(channel):
    assert [actions.run_due(now=NOW + timedelta(seconds=s)) for s in (0, 30, 59, 60, 61)] == [1, 0, 0, 1, 0]


def test_a_test_that_breaks_is_a_channel_that_fails(channel):
    channel.found = RuntimeError("secret of the house")
    actions.run_due(now=NOW)
    assert Channel.objects.get().detail == "test_broke"
    shown = queries.standings(actor=ANYONE, now=NOW)[0]
    assert shown.is_down and "secret" not in shown.detail


def test_what_cannot_carry_letters_is_not_told_by_letter(channel, administrator, monkeypatch):
    quiet = Probe("test", "Letters", 60, channel.run, alarm_by_mail=False)
    monkeypatch.setattr(registry, "_probes", {"test": quiet})
    channel.found = Result(State.FAILING)
    actions.run_due(now=NOW)
    assert letters() == []
    assert queries.down_codes(NOW) == ["test"], "the desk tells"
    channel.found = Result()
    actions.run_due(now=NOW + MINUTE)
    assert [subject for _to, subject in letters()] == ["渠道已恢复：Letters / Channel works again: Letters"]


def test_a_channel_that_nobody_checks_is_not_called_working(channel):
    actions.run_due(now=NOW)
    assert queries.overall(NOW)[0] is State.OK
    later = NOW + 4 * MINUTE
    assert queries.overall(later)[0] is State.UNKNOWN
    assert queries.standings(actor=ANYONE, now=later)[0].state is State.UNKNOWN
    assert queries.down_codes(later) == ["test"]


def test_only_administrators_see_what_is_not_public_or_check_at_once(channel, administrator, monkeypatch):
    monkeypatch.setattr(registry, "_probes", {"test": Probe("test", "Inner", 60, channel.run, public=False)})
    actions.run_due(now=NOW)
    assert queries.standings(actor=ANYONE, now=NOW) == []
    assert len(queries.standings(actor=administrator, now=NOW)) == 1
    assert queries.overall(NOW) == (State.UNKNOWN, [])
    with pytest.raises(Refused, match="not_allowed"):
        actions.check_now("test", now=NOW, actor=User.objects.get(email="clerk@example.org"))
    with pytest.raises(Refused, match="unknown_channel"):
        actions.check_now("other", now=NOW, actor=administrator)
    assert actions.check_now("test", now=NOW + MINUTE, actor=administrator).checked_at == NOW + MINUTE


def test_old_days_go_and_the_strip_keeps_ninety(channel):
    for days in (0, 89, 90, 91):
        actions.record(registry.get("test"), Result(), now=NOW - timedelta(days=days))
    actions.forget_old(now=NOW)
    assert ChannelDay.objects.count() == 3
    assert queries.standings(actor=ANYONE, now=NOW)[0].checked_days == 2


@pytest.fixture
def alarm_address(settings):
    """A receiver on this machine that takes what it is told to take."""
    got = []

    class Receiver(BaseHTTPRequestHandler):
        statuses = []

        def do_POST(self):
            got.append((self.headers["X-Engage-Signature"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(self.statuses.pop(0) if self.statuses else 204)
            self.end_headers()

        def log_message(self, *args):
            return

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    port = server.server_address[1]
    settings.OUTBOUND_HOSTS, settings.OUTBOUND_HTTP = [f"127.0.0.1:{port}"], True
    settings.ALARM_WEBHOOK_URL, settings.ALARM_WEBHOOK_KEY = f"http://127.0.0.1:{port}/alarm", "key"
    yield Receiver, got
    server.shutdown()
    server.server_close()


def test_the_alarm_address_is_called_signed_until_it_takes_the_call(channel, alarm_address):
    receiver, got = alarm_address
    receiver.statuses = [500]
    channel.found = Result(State.FAILING, "no_answer", {"n": 1})
    actions.run_due(now=NOW)
    assert actions.call_webhook(now=NOW) == 0
    assert Call.objects.get().last_error == "status_500"
    assert actions.call_webhook(now=NOW) == 0, "not again at once"
    assert actions.call_webhook(now=NOW + MINUTE) == 1
    assert actions.call_webhook(now=NOW + timedelta(days=1)) == 0
    channel.found = Result()
    actions.run_due(now=NOW + MINUTE)
    assert actions.call_webhook(now=NOW + MINUTE) == 1
    for signature, body in got:
        assert signature == f"sha256={hmac.digest(b'key', body, 'sha256').hex()}"
    told = [json.loads(body) for _signature, body in got]
    assert [one["event"] for one in told] == ["down", "down", "repaired"]
    assert told[0] == told[1] and told[0]["id"] != told[2]["id"]


def test_an_alarm_address_in_a_closed_network_is_refused(channel, settings):
    settings.ALARM_WEBHOOK_URL = "https://169.254.169.254/latest"
    channel.found = Result(State.FAILING)
    actions.run_due(now=NOW)
    assert actions.call_webhook(now=NOW) == 0
    assert Call.objects.get().last_error == "outbound_host_closed"


# --- the platform's own channels -------------------------------------------------------------------------------------


def test_a_comment_sent_as_a_test_goes_the_whole_way_and_leaves_no_trace(django_capture_on_commit_callbacks):
    shown = call()
    comment(shown, email="resident@example.org")
    before = traces()
    with django_capture_on_commit_callbacks() as callbacks:
        result = send_and_forget(shown.slug, timezone.now())
    assert result == Result()
    assert traces() == before
    assert not callbacks
    assert (Submission.objects.count(), Comment.objects.count()) == (1, 1)
    after = comment(shown, text="后来的一条意见，编号必须紧接着前一条。")[1]
    assert after.pk == Submission.objects.order_by("pk").first().pk + 1, "no number of people's receipts was used up"


def test_a_comment_that_is_not_taken_is_a_failing_channel(monkeypatch):
    shown = call()
    monkeypatch.setattr("consultations.health.WORDS", "x")
    result = send_and_forget(shown.slug, timezone.now())
    assert (result.state, result.detail, result.values) == (State.FAILING, "not_taken", {"code": "text_too_short"})
    assert not transaction.get_connection().needs_rollback


def test_where_nothing_is_open_nobody_is_kept_from_commenting():
    call(closes=timedelta(days=-1))
    assert COMMENTS.run(timezone.now()) == Result()


def test_a_site_that_does_not_answer_is_down(settings):
    settings.SELF_URL = "http://127.0.0.1:1"
    assert probes.site(NOW).detail == "no_answer"
    call()
    assert COMMENTS.run(timezone.now()).detail == "no_answer"


@pytest.mark.parametrize(
    ("status", "state"), [(200, State.OK), (302, State.FAILING), (404, State.FAILING), (500, State.FAILING),
                          (429, State.SLOW), (503, State.SLOW), (0, State.FAILING)]
)  # fmt: skip
def test_a_status_says_whether_the_page_came(status, state):
    assert probes.found_of(status).state is state


def test_the_worker_and_the_journal_are_judged_by_what_waits():
    DBTaskResult.objects.all().delete()
    assert probes.work(NOW) == Result(figures={"tasks": 0})
    actions.beat(now=NOW - timedelta(minutes=2))
    assert probes.work(NOW).state is State.SLOW
    assert probes.work(NOW + timedelta(hours=1)).state is State.FAILING
    actions.beat(now=NOW)
    assert (Beat.objects.count(), probes.work(NOW).state) == (1, State.OK)
    comment(call())
    waited = probes.journal(timezone.now() + timedelta(minutes=5))
    assert waited.state is State.SLOW and waited.figures["unsealed"] > 0 and waited.queue_age_seconds >= 300


def test_search_is_down_when_it_does_not_find_what_is_published():
    assert probes.find(timezone.now()) == Result()
    comment(call())
    assert SearchEntry.objects.exists() and probes.find(timezone.now()) == Result()
    newest = SearchEntry.objects.order_by("-published_at", "-pk").first()
    SearchEntry.objects.filter(pk=newest.pk).update(title="别的从未编入索引的标题")
    assert probes.find(timezone.now()).detail == "not_found"


def test_files_are_written_read_and_taken_away(tmp_path, monkeypatch):
    storage = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(probes, "private_storage", lambda: storage)
    assert probes.files(NOW).state is State.OK
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    broken = FileSystemStorage(location=tmp_path / "self-test" / "missing")
    (tmp_path / "self-test" / "missing").write_text("a file where a folder should be")
    monkeypatch.setattr(probes, "private_storage", lambda: broken)
    assert probes.files(NOW).detail == "not_stored"


def test_letters_that_come_back_make_the_channel_slow(settings):
    sent = call()
    for number in range(probes.MAIL_SAMPLE):
        comment(sent, email=f"resident-{number}@example.org", text=f"第{number}条不同的意见，足够长。")
    OutgoingMail.objects.update(sent_at=timezone.now())
    assert probes.mail(timezone.now()).state is State.OK
    some = OutgoingMail.objects.order_by("pk").values_list("pk", flat=True)[:5]
    OutgoingMail.objects.filter(pk__in=list(some)).update(
        sent_at=None, last_error="SMTPRecipientsRefused", tries=12, next_try_at=timezone.now()
    )
    found = probes.mail(timezone.now())
    assert (found.state, found.detail, found.values) == (State.SLOW, "mail_bounces", {"percent": 25})
    assert (found.figures["given_up"], found.figures["bounced"], found.queue_age_seconds) == (5, 5, None)


def test_a_mailing_that_does_not_go_on_is_slow_and_then_down():
    mailing = Mailing.objects.create(key="letter", state=Mailing.State.SENDING, total=500, sent=100)
    probe = registry.get("mailings")
    for minutes, state in ((0, State.OK), (5, State.OK), (11, State.SLOW), (61, State.FAILING)):
        now = NOW + minutes * MINUTE
        assert actions.record(probe, probe.run(now), now=now).state == state, minutes
    mailing.sent = 101
    mailing.save()
    now = NOW + 62 * MINUTE
    assert actions.record(probe, probe.run(now), now=now).state == State.OK
    mailing.paused_at = NOW
    mailing.save()
    assert probe.run(NOW + 200 * MINUTE).figures["left"] == 0, "somebody paused it: nothing stands still by itself"


def test_pushes_are_signed_and_tables_are_read_as_a_test(settings):
    before = traces()
    assert outreach_probes.push(NOW).state is State.OK
    assert outreach_probes.imports(NOW) == Result()
    assert outreach_probes.outbox(NOW).state is State.OK
    assert traces() == before
    settings.PUSH_KEY = "AAAA"
    assert outreach_probes.push(NOW).detail == "cannot_sign"
    settings.PUSH_KEY = ""
    assert outreach_probes.push(NOW) == Result()


def test_every_sentence_of_a_probe_can_be_said_in_both_languages():
    """A forgotten placeholder would break the page on the day it is needed."""
    values = {"status": 500, "percent": 7, "code": "x", "n": 3}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for probe in registry.probes():
                for code, sentence in probe.details.items():
                    assert "%(" not in str(sentence) % values, (probe.code, code)


def test_the_kept_reads_are_one_query_each(django_assert_num_queries):
    cache.clear()
    with django_assert_num_queries(1):
        queries.overall(NOW)
        queries.overall(NOW)
    with django_assert_num_queries(1):
        queries.down_codes(NOW)
        queries.down_codes(NOW)
