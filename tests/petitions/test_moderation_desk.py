"""The queue of petitions at the desk and the page of each: what moderators see and press."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from engage.accounts.actors import Role
from mailbox.petitions.actions import moderation as actions
from mailbox.petitions.models import Petition, PetitionRules, State
from mailbox.petitions.queries import moderation as queries
from tests.accounts.people import person, sign_in
from tests.petitions.factories import petition, reason
from tests.petitions.moderated import officer, post, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
QUEUE = "/desk/queues/petitions/"


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def at_desk(language: str = "en", *, who=None) -> Client:
    return sign_in(Client(headers={"accept-language": language}), who or officer())


def page(client: Client, path: str = QUEUE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def act(client: Client, what: str, *of: Petition, **data: str):
    ids = [f"{one.pk}-{one.revision}" for one in of]
    return client.post(f"{QUEUE}act/", {"act": what, "id": ids, "back": "view=new"} | data, follow=True)


def test_the_queue_shows_days_left_sponsors_tags_and_counts():
    made = waiting(sponsors=5, waiting_since=timezone.now() - timedelta(days=12))
    actions.tag_petition(made.pk, "交通", actor=officer())
    client = at_desk()
    text = page(client, f"{QUEUE}?view=near")
    assert all(piece in text for piece in ("2 days left", made.title, made.reference, "交通", "5 sponsors of 5"))
    for view in ("new", "overdue", "asked", "untagged", "collecting", "flagged", "dormant", "open"):
        assert made.title not in page(client, f"{QUEUE}?view={view}"), view
    assert made.title in page(client, f"{QUEUE}?view=new&q={made.reference}")
    assert made.title in page(client, f"{QUEUE}?view=tagged&tag=交通")


def test_the_lag_stands_above_the_rows():
    made = waiting(sponsors=0, waiting_since=timezone.now() - timedelta(days=3))
    actions.reject_petition(made.pk, reason().code, actor=officer(), now=timezone.now())
    assert "the wait was 3.0 days" in page(at_desk())


def test_a_row_is_published_after_a_look_at_its_words():
    made, client = waiting(sponsors=1), at_desk()
    asked = client.post(f"{QUEUE}act/", {"act": f"open/{made.pk}-0", "back": "view=new"})
    assert made.action in asked.content.decode()
    made.refresh_from_db()
    assert made.state == State.WAITING
    answer = act(client, "open", made, filled="yes")
    assert "Published" in answer.content.decode()
    made.refresh_from_db()
    assert made.state == State.OPEN and len(post()) == 2


def test_several_are_set_aside_tagged_and_turned_down_at_once_and_parking_is_taken_back():
    first, second, client = waiting(sponsors=0), waiting(sponsors=0), at_desk()
    act(client, "tag", first, second, filled="yes", word="交通")
    assert queries.tags_in_use(officer()) == ["交通"]
    answer = act(client, "flag", first, second)
    assert "2 petitions set aside" in answer.content.decode()
    assert set(Petition.objects.values_list("state", flat=True)) == {State.FLAGGED}
    token = answer.context["toast"]["token"]
    client.post("/desk/undo/", {"queue": "petitions", "token": token})
    assert set(Petition.objects.values_list("state", flat=True)) == {State.WAITING}
    for one in (first, second):
        one.refresh_from_db()
    answer = act(client, "reject", first, second, filled="yes", code=reason().code, note="")
    assert set(Petition.objects.values_list("state", flat=True)) == {State.REJECTED}


def test_an_undo_is_too_late_once_somebody_went_on():
    made, client = waiting(sponsors=0), at_desk()
    token = act(client, "flag", made).context["toast"]["token"]
    actions.park_petition(made.pk, "back", actor=officer(), now=timezone.now())
    answer = client.post("/desk/undo/", {"queue": "petitions", "token": token})
    assert answer.status_code >= 400
    made.refresh_from_db()
    assert made.state == State.WAITING


def test_the_page_shows_words_sponsors_clock_duplicates_notes_tags_and_history():
    made, other = waiting(sponsors=3), petition(now=timezone.now(), title="地铁口需要更多自行车停车位")
    actor = officer()
    actions.write_note(made.pk, "先问交通局", actor=actor, now=timezone.now())
    words = {name: getattr(made, name) for name in actions.LENGTHS}
    now = timezone.now()
    actions.edit_words(made.pk, words | {"details": "先在三号线试点"}, note="补充", actor=actor, now=now)
    text = page(at_desk(), f"/desk/petitions/{made.pk}/")
    for piece in (made.title, made.action, "3 confirmed, 5 needed", "The starter has confirmed", "14 days left"):
        assert piece in text, piece
    for piece in (other.title, "% the same", "先问交通局", "Words edited", "<ins>先在三号线试点</ins>", str(actor)):
        assert piece in text, piece
    assert f"/desk/petitions/{made.pk}/do/merge/?of={other.pk}" in text


def test_every_act_of_the_page_is_a_form_that_keeps_what_was_typed():
    made, client = waiting(sponsors=0), at_desk()
    reason("duplicate"), reason(hides=True)
    other = petition(now=timezone.now())
    base = f"/desk/petitions/{made.pk}/do"
    for code in ("open", "reject", "merge", "tell", "edit", "ask_hide"):
        assert made.title in page(client, f"{base}/{code}/")
    assert other.reference in page(client, f"{base}/merge/?of={other.pk}")
    # A reason is missing; the note stays in its field.
    wrong = client.post(f"{base}/reject/", {"revision": "0", "note": "请只提一个诉求"})
    assert wrong.status_code == 422 and "请只提一个诉求" in wrong.content.decode()
    long = client.post(f"{base}/edit/", {"revision": "0", "title": "长" * 90, "action": "a", "background": "b"})
    assert long.status_code == 422 and "长" * 90 in long.content.decode()
    assert "80 characters or fewer; cut 10" in long.content.decode()
    empty = client.post(f"{base}/ask_hide/", {"revision": "0", "note": ""}).content.decode()
    assert "Write why: the second person reads it" in empty and "This field is required" not in empty
    unknown = client.post(f"{base}/tell/", {"revision": "0", "other": "P-2026-000001-X"})
    assert unknown.status_code == 422
    # Somebody was quicker: said once, and the next press counts for what is shown now.
    actions.park_petition(made.pk, "flag", actor=officer(), now=timezone.now())
    moved = client.post(f"{base}/reject/", {"revision": "0", "code": reason().code, "note": ""})
    assert moved.status_code == 409 and 'name="revision" value="1"' in moved.content.decode()
    done = client.post(f"{base}/reject/", {"revision": "1", "code": reason().code, "note": ""})
    assert done.status_code == 302
    made.refresh_from_db()
    assert made.state == State.REJECTED


def test_two_officers_hide_a_petition_page_by_page():
    made, first, second = waiting(sponsors=0), officer(), officer()
    here = f"/desk/petitions/{made.pk}/"
    given = {"revision": "0", "code": reason(hides=True).code, "note": "点名攻击"}
    assert at_desk(who=first).post(f"{here}do/ask_hide/", given).status_code == 302
    text = page(at_desk(who=first), here)
    assert "点名攻击" in text and "somebody else has to agree" in text
    decided = page(at_desk(who=second), f"{here}do/agree/")
    assert "点名攻击" in decided and str(reason(hides=True).title_en) in decided
    alone = at_desk(who=first).post(f"{here}do/agree/", {"revision": "1", "note": ""})
    assert alone.status_code == 403
    assert made.title in page(at_desk(who=second), f"{QUEUE}?view=asked")
    assert at_desk(who=second).post(f"{here}do/agree/", {"revision": "1", "note": ""}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.decided_by) == (State.HIDDEN, second)
    assert "There is nothing to decide here now" in page(at_desk(), here)


def test_parking_from_the_page_can_be_taken_back_there():
    made, client = waiting(sponsors=0), at_desk()
    here = f"/desk/petitions/{made.pk}/"
    assert client.get(f"{here}do/flag/").status_code == 302
    answer = client.post(f"{here}do/flag/", {"revision": "0"}, follow=True)
    assert "1 petition set aside" in answer.content.decode()
    token = answer.context["toast"]["token"]
    client.post("/desk/undo/", {"queue": "petitions", "token": token, "next": here})
    made.refresh_from_db()
    assert made.state == State.WAITING
    late = client.post(f"{here}do/flag/", {"revision": "0"})
    assert late.status_code == 409


def test_notes_and_tags_are_written_on_the_page():
    made, client = waiting(sponsors=0), at_desk("zh")
    here = f"/desk/petitions/{made.pk}/"
    assert client.post(f"{here}notes/", {"text": "已电话核实"}).status_code == 302
    assert client.post(f"{here}tags/", {"word": "交通"}).status_code == 302
    text = page(client, here)
    assert "已电话核实" in text and "交通" in text
    assert client.post(f"{here}tags/", {"word": "交通", "off": "yes"}).status_code == 302
    assert not made.tags.exists()
    for path, data in (("notes/", {"text": ""}), ("tags/", {"word": "长" * 41}), ("tags/", {"word": "\x00"})):
        answer = client.post(f"{here}{path}", data)
        assert answer.status_code == 422 and 'class="errors"' in answer.content.decode()


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.EDITOR, Role.REVIEWER_LEGAL])
def test_for_everybody_else_there_is_nothing_here(role):
    made, client = waiting(sponsors=0), at_desk(who=person(role))
    for path in ("", f"{made.pk}/", f"{made.pk}/do/open/"):
        assert client.get(f"/desk/petitions/{path}").status_code == 404
    assert client.post(f"/desk/petitions/{made.pk}/notes/", {"text": "x"}).status_code == 404
    assert client.get(QUEUE).status_code == 404


def test_an_approver_moderates_and_a_pending_petition_is_nobodys_yet():
    client = at_desk(who=person(Role.APPROVER))
    assert client.get(f"/desk/petitions/{waiting(sponsors=0).pk}/").status_code == 200
    assert client.get(f"/desk/petitions/{waiting(State.PENDING, sponsors=0).pk}/").status_code == 404
    assert client.get(f"/desk/petitions/{2**63}/").status_code == 404


def test_the_queue_reads_little(django_assert_max_num_queries):
    client = at_desk()
    for _n in range(3):
        waiting(sponsors=2)
    page(client)
    with django_assert_max_num_queries(26):
        page(client)


def test_a_delay_is_announced_where_petitions_are_started():
    assert "banner" not in render_to_string("petitions/delay.html", {"delay": queries.delay()})
    waiting(sponsors=0)
    PetitionRules.objects.all().delete()
    PetitionRules.objects.create(queue_long=0)
    cache.clear()
    assert "banner" in render_to_string("petitions/delay.html", {"delay": queries.delay()})


def test_the_command_counts_first_and_stops_when_told(capsys):
    waiting(sponsors=0)
    petition(now=timezone.now())

    def said(*options: str) -> dict[str, int]:
        call_command("stop_petitions", "--json", *options)
        return json.loads(capsys.readouterr().out)

    assert said() == {"unpublished": 1, "stopped": 0}
    assert said("--yes") == {"unpublished": 1, "stopped": 1}
    assert said("--yes") == {"unpublished": 0, "stopped": 0}
    assert set(Petition.objects.values_list("state", flat=True)) == {State.STOPPED, State.OPEN}


def test_the_desk_says_until_when_what_is_set_aside_can_be_brought_back():
    made = waiting(State.FLAGGED, parked_since=timezone.now())
    for path in (f"{QUEUE}?view=flagged", f"/desk/petitions/{made.pk}/"):
        assert "unless somebody brings it back" in page(at_desk(), path)
    waiting(sponsors=0)
    assert "unless somebody brings it back" not in page(at_desk(), QUEUE)
