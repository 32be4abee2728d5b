"""The wall: nothing that happens in practice reaches the real site, and nothing real is seen from there."""

import sqlite3
from contextlib import closing

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from consultations.models import Comment, Consultation
from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.outreach.delivery import net
from engage.participation.models import OutgoingMail, Submission, private_storage
from engage.participation.tasks import send_new_code
from engage.training import actions, places
from engage.training.isolation import here, inside
from engage.training.sessions import DRAWER
from tests.accounts.people import person, sign_in, with_app
from tests.consultations.factories import call, comment
from tests.health.traces import traces

pytestmark = pytest.mark.django_db
MODERATION = reverse("desk_queue", args=["moderation"])
KEPT_OF_PRACTICE = ("django_session", "training_")


def body(response) -> str:
    return response.content.decode()


@pytest.fixture
def clerk() -> User:
    return person(Role.OFFICER, Role.EDITOR, Role.APPROVER, first_name="Lin")


@pytest.fixture
def client(clerk, practice) -> Client:
    browser = sign_in(Client(), clerk)
    assert browser.post("/desk/help/enter/").status_code == 302
    return browser


# --- inside -----------------------------------------------------------------------------------------------------------


def test_everything_called_default_is_another_thing_inside(practice, tmp_path):
    real = call(slug="real")
    cache.set("name", "real")
    before = traces()
    real_letters = len(mail.outbox)
    done = []
    with inside(practice):
        assert connection.vendor == "sqlite" and here() == practice
        assert list(Consultation.objects.values_list("slug", flat=True)) == ["practised"]
        with transaction.atomic():
            locked = Consultation.objects.select_for_update(skip_locked=True).get()
            locked.moderation = "post"
            locked.save()
            transaction.on_commit(lambda: done.append(here()))
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM consultations_comment")
        assert not Comment.objects.exists()
        assert cache.get("name") is None
        cache.set("name", "practice")
        send_new_code.enqueue("C-2026-000001-A")
        assert not DBTaskResult.objects.filter(task_path__contains="send_new_code").exists(), "it ran at once"
        EmailMessage("s", "b", to=["a@example.org"]).send()
        for storage in (default_storage, private_storage()):
            name = storage.save("note.txt", ContentFile(b"practice"))
            assert storage.path(name).startswith(str(practice.folder))
        with pytest.raises(Refused, match="practice_stays_inside"):
            net.fetch("https://example.org/hook")
        with pytest.raises(RuntimeError), inside(practice):
            pass
    assert done == [practice]
    assert here() is None and cache.get("name") == "real"
    assert not default_storage.exists("note.txt") and not private_storage().exists("note.txt")
    assert len(mail.outbox) == real_letters and any(practice.outbox.iterdir())
    assert traces() == before
    assert Consultation.objects.get() == real


def test_the_wall_stands_again_whatever_happens_inside(practice):
    with pytest.raises(ZeroDivisionError), inside(practice):
        raise ZeroDivisionError
    assert here() is None and not Consultation.objects.exists()


def test_content_types_of_another_order_get_the_keys_of_the_real_site(practice):
    """An installation that was upgraded over years has them in another order."""
    wanted = dict(ContentType.objects.values_list("model", "pk"))
    with closing(sqlite3.connect(practice.database)) as file, file:
        last = file.execute("SELECT MAX(id) FROM django_content_type").fetchone()[0]
        for table, column in [("django_content_type", "id"), *places._columns_to_types(file)]:
            file.execute(
                f'UPDATE "{table}" SET "{column}" = -("{column}" * 7 % {last + 1 if (last + 1) % 7 else last + 2})'
            )
            file.execute(f'UPDATE "{table}" SET "{column}" = -"{column}"')
    assert places.align_content_types(practice) > 50
    assert places.align_content_types(practice) == 0
    with inside(practice):
        # SQLite has a table more: Wagtail's index for words.
        own = dict(ContentType.objects.values_list("model", "pk"))
        assert {model: own[model] for model in wanted} == wanted and len(set(own.values())) == len(own)
        page = Consultation.objects.get().pages.first()
        assert page.content_type.model_class() is type(page)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_key_check")
            assert cursor.fetchall() == []


# --- over HTTP --------------------------------------------------------------------------------------------------------


def test_every_page_of_practice_says_so_and_no_page_of_anybody_else_does(client, clerk):
    call(slug="real")
    bar = 'class="practice-bar"'
    addresses = [
        "/zh/",
        "/zh/c/practised/",
        MODERATION,
        "/studio/",
        "/desk/nothing/at/all/",
        "/zh/nothing/",
        "/en/track/",
        "/desk/coding/",
    ]
    for address in addresses:
        page = body(client.get(address, follow=True))
        assert page.count(bar) == 1, address
    assert client.get("/zh/c/real/").status_code == 404
    assert "practised" in body(client.get("/api/v1/consultations/"))
    assert client.get("/zh/").headers["Cache-Control"].count("no-store") == 1
    other = sign_in(Client(), person(Role.OFFICER))
    for stranger in (Client(), other):
        assert bar not in body(stranger.get("/zh/"))
        assert stranger.get("/zh/c/practised/").status_code == 404
    client.post("/desk/help/leave/")
    assert bar not in body(client.get("/zh/"))
    assert client.get("/zh/c/practised/").status_code == 404


def test_nothing_done_in_practice_is_found_on_the_real_site(client, clerk, settings):
    settings.FASTEST_PERSON_SECONDS = 0
    comment(call(slug="real"))
    before = traces(without=KEPT_OF_PRACTICE)
    client.post("/zh/c/practised/art-2/comment/", {"stance": "change", "text": "周末也应当开放到晚上九点，谢谢。"})
    assert "周末也应当开放" in body(client.get("/zh/c/practised/mine/"))
    waiting = _in_practice(clerk, lambda: str(Comment.objects.filter(moderation_state="held").get().pk))
    page = body(client.get(MODERATION))
    value = page.partition('value="publish/')[2].partition('"')[0]
    assert waiting in value
    answer = client.post(f"{MODERATION}act/", {"act": f"publish/{value}"})
    assert answer.status_code == 302 and "practised" not in answer.url
    assert _in_practice(clerk, lambda: Comment.objects.get(pk=waiting).moderation_state) == "published"
    told = _in_practice(clerk, lambda: JournalRow.objects.get(verb="moderation.published").actor_id)
    assert told == str(client.session[DRAWER]["twin"])
    assert traces(without=KEPT_OF_PRACTICE) == before
    # What was begun in practice is not in the real basket, nor the other way about.
    client.post("/desk/help/leave/")
    assert "周末也应当开放" not in body(client.get("/zh/c/real/mine/"))
    assert not Submission.objects.filter(channel="practice").exists() and Submission.objects.count() == 1


def test_letters_of_practice_stand_in_its_outbox_only(client, clerk):
    _in_practice(clerk, lambda: OutgoingMail.objects.update(next_try_at="2026-01-01T00:00Z"))
    client.post("/desk/keys/", {"single_keys": "on"})  # any press of a button: what is due is done
    assert "resident@example.org" in body(client.get("/desk/help/letters/"))
    assert not mail.outbox and not OutgoingMail.objects.exists()
    assert "resident@example.org" not in body(sign_in(Client(), person(Role.OFFICER)).get("/desk/help/letters/"))


def test_a_practice_site_that_is_gone_never_lets_a_press_through_to_the_real_one(client, clerk):
    real = call(slug="practised")
    before = traces(without=KEPT_OF_PRACTICE)
    places.discard(clerk.pk)
    answer = client.post(
        "/zh/c/practised/art-2/comment/", {"stance": "change", "text": "这条意见写给练习网站，不是真的。"}
    )
    assert (answer.status_code, answer.url) == (302, "/desk/help/")
    assert DRAWER not in client.session and "baskets" not in client.session
    assert traces(without=KEPT_OF_PRACTICE) == before
    assert client.get(f"/zh/c/{real.slug}/").status_code == 200


def test_only_staff_with_their_second_factor_practise(practice):
    citizen = Client()
    citizen.force_login(person(Role.CITIZEN), backend="django.contrib.auth.backends.ModelBackend")
    assert citizen.post("/desk/help/enter/").status_code == 404
    session = citizen.session
    session[DRAWER] = {"twin": 1}
    session.save()
    assert citizen.get("/zh/c/practised/").status_code == 302, "a forged mark leads nowhere"
    clerk = person(Role.OFFICER)
    with_app(clerk)
    half = Client()
    half.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    assert half.post("/desk/help/enter/").url.startswith("/zh/accounts/")
    places.copy_for(clerk.pk)
    session = half.session
    session[DRAWER] = {"twin": 1}
    session.save()
    assert half.get("/zh/c/practised/").status_code == 302


def test_two_people_practise_on_two_sites(client, clerk, practice):
    other_person = person(Role.EDITOR)
    other = sign_in(Client(), other_person)
    other.post("/desk/help/enter/")
    _in_practice(clerk, lambda: Comment.objects.all().delete())
    assert _in_practice(other_person, Comment.objects.count) == 1
    roles = _in_practice(
        other_person, lambda: set(User.objects.get(email="trainee@example.org").groups.values_list("name", flat=True))
    )
    assert roles == {"editor"}
    client.post("/desk/help/anew/")
    assert _in_practice(clerk, Comment.objects.count) == 1


def test_before_the_first_site_is_built_the_page_says_wait(settings, tmp_path, django_user_model):
    settings.PRACTICE_ROOT = tmp_path / "none"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    browser = sign_in(Client(), person(Role.OFFICER))
    browser.cookies["django_language"] = "en"
    answer = browser.post("/desk/help/enter/")
    assert answer.status_code == 202 and "is being prepared" in body(answer)
    assert DRAWER not in browser.session
    with pytest.raises(Refused, match="practice_not_ready"):
        actions.enter(person(Role.OFFICER))


def test_old_sites_are_swept_and_used_ones_stay(practice):
    clerk = person(Role.OFFICER)
    place = places.copy_for(clerk.pk)
    old = places.root() / "person-7-0123456789abcdef"
    old.mkdir()
    now = place.database.stat().st_mtime
    assert places.sweep(now + 60) == 0
    assert places.sweep(now + places.BUILD_SECONDS + 60) == 1 and not old.exists()
    assert places.sweep(now + (places.IDLE_DAYS + 1) * 86_400) == 1
    assert places.ready(clerk.pk) is None and places.template() is not None


def _in_practice(user: User, look):
    with inside(places.ready(user.pk)):
        return look()


def test_addresses_of_the_help_centre_are_those_the_wall_leaves_out():
    from engage.training.middleware import REAL

    for name in ("help", "practice_enter", "practice_leave", "practice_reset", "practice_outbox"):
        assert reverse(name).startswith(REAL)
