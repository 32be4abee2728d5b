"""The mail server breaks and is repaired: the page says so, everything is taken, each letter comes once."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from engage.accounts.models import User
from engage.outreach.health import actions as health
from engage.outreach.health.models import Incident
from engage.participation import actions
from engage.participation.models import OutgoingMail, Submission
from tests.consultations.factories import call, comment
from tests.consultations.test_commenting import add, body, send
from tests.smtp_sink import SmtpSink

MAIL_INTERVAL = timedelta(seconds=60)


@pytest.fixture
def sink(settings):
    settings.FASTEST_PERSON_SECONDS = settings.PAGE_CACHE_SECONDS = 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with SmtpSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = sink.host, sink.port, 30
        yield sink


def post_comment(slug: str, number: int) -> Submission:
    """Send a comment as a visitor does and return what the receipt names."""
    visitor = Client()
    add(visitor, slug, text=f"第{number}条意见：周末也应当开放到晚上九点。")
    receipt = send(visitor, slug, email=f"resident-{number}@example.org")
    assert receipt.status_code == 302
    submission = Submission.objects.latest("pk")
    assert submission.reference in body(visitor.get(receipt.url))
    return submission


def mail_on_page() -> str:
    page = body(Client().get("/en/status/"))
    section = page.partition('id="mail"')[2].partition("</section>")[0]
    return section.partition('class="chip')[2].partition(">")[2].partition("<")[0]


@pytest.mark.django_db(transaction=True)
def test_letters_wait_for_a_broken_mail_server_and_each_comes_once(sink):
    shown = call()
    # 1. All is well: a letter goes out.
    post_comment(shown.slug, 1)
    now = timezone.now() + timedelta(seconds=1)
    assert actions.deliver_mail(now=now) == 1
    health.run_due(now=now)
    assert mail_on_page() == "works"

    # 2. The server breaks in the middle of its day; one interval later the page is red.
    sink.stop()
    health.run_due(now=now + MAIL_INTERVAL)
    assert mail_on_page() == "down"
    assert "Everything you send is taken as always" in body(Client().get("/en/status/"))
    channels = {one["code"]: one["state"] for one in Client().get("/api/v1/status/").json()["channels"]}
    assert channels["mail"] == "failing"

    # 3. Comments are taken, with receipts; their letters wait and use up no tries, however long it takes.
    sent = [post_comment(shown.slug, number) for number in range(2, 8)]
    for hours in range(0, 48, 6):
        assert actions.deliver_mail(now=now + timedelta(hours=hours, minutes=5)) == 0
    waiting = OutgoingMail.objects.filter(sent_at__isnull=True)
    assert set(waiting.values_list("submission", "tries")) == {(one.pk, 0) for one in sent}
    assert Incident.objects.get(code="mail").closed_at is None

    # 4. It is repaired: two workers at once, and the page is green again.
    sink.start()
    later = now + timedelta(hours=49)
    health.run_due(now=later)
    assert mail_on_page() == "works", "what waits is late because of the server, which works again"
    workers = [threading.Thread(target=work, args=(later,)) for _n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    people = [who for who in sink.recipients if who.startswith("resident-")]
    assert Counter(people) == {f"resident-{number}@example.org": 1 for number in range(1, 8)}
    names = [letter.message["Message-ID"] for letter in sink.letters]
    assert len(set(names)) == len(names)
    assert not waiting.exists()
    health.run_due(now=later + MAIL_INTERVAL)
    assert mail_on_page() == "works"
    assert Incident.objects.get(code="mail").closed_at == later


def work(now) -> None:
    try:
        while actions.deliver_mail(now=now, limit=2):
            continue
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_hangs_holds_nobody_up(sink):
    """On SQLite one open transaction would keep every comment out."""
    shown = call()
    comment(shown, email="first@example.org")
    sink.hangs = True
    worker = threading.Thread(target=work, args=(timezone.now() + timedelta(seconds=1),))
    worker.start()
    assert sink.reached.wait(20)
    post_comment(shown.slug, 2)
    assert worker.is_alive(), "the worker was still on the line"
    sink.stop()
    worker.join()
    assert OutgoingMail.objects.filter(sent_at__isnull=True, tries=0).count() == 2


@pytest.mark.django_db
def test_a_letter_that_is_turned_down_waits_alone_and_a_broken_line_gives_the_rest_back(sink):
    shown = call()
    for number in range(4):
        comment(shown, email=f"resident-{number}@example.org", text=f"第{number}条不同的意见，足够长。")
    now = timezone.now() + timedelta(seconds=1)
    sink.refuse = lambda who: "550 5.1.1 unknown" if who.startswith("resident-1@") else ""
    assert actions.deliver_mail(now=now, limit=3) == 2
    turned_down = OutgoingMail.objects.get(sent_at__isnull=True, tries=1)
    assert turned_down.last_error == "SMTPRecipientsRefused"
    assert turned_down.next_try_at == now + timedelta(minutes=1)

    def hang_up(who: str) -> str:
        sink.stop()
        raise ConnectionAbortedError

    sink.refuse = hang_up
    comment(shown, email="resident-5@example.org", text="第五条不同的意见，也足够长。")
    later = now + timedelta(hours=1)
    assert actions.deliver_mail(now=later) == 0
    tries = OutgoingMail.objects.filter(sent_at__isnull=True).order_by("tries").values_list("tries", flat=True)
    assert list(tries) == [0, 1, 1], "only the letter that was under way counts it as a try"
    sink.refuse = None
    sink.start()
    assert actions.deliver_mail(now=later + timedelta(hours=1)) == 3
    assert Counter(sink.recipients).most_common(1)[0][1] == 1


@pytest.mark.django_db
def test_asking_for_a_sign_in_code_is_no_error_while_the_mail_server_is_away(sink):
    User.objects.create_user("resident@example.org")
    ask = {"email": "resident@example.org"}
    assert Client().post(reverse("account_request_login_code"), ask).status_code == 302
    assert sink.recipients == ["resident@example.org"], "it comes at once while the server works"
    sink.stop()
    assert Client().post(reverse("account_request_login_code"), ask).status_code == 302
    waiting = OutgoingMail.objects.get(sent_at__isnull=True)
    sink.start()
    assert actions.deliver_mail(now=waiting.next_try_at + timedelta(minutes=1)) == 1
    assert sink.recipients == ["resident@example.org"] * 2
