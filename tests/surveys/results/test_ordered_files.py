"""Files of answers that the worker makes: ordered, followed, cancelled, fetched by whoever may, deleted in time."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import openpyxl
import pyreadstat
import pytest
from django.utils import timezone

from engage import schedule
from engage.accounts.actors import SYSTEM, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.participation.models import Submission, private_storage
from surveys import tasks
from surveys.models import Export, Response
from surveys.results import access, actions, chosen, columns, exports, making, shelf
from tests.accounts.people import person, staff_client
from tests.surveys.answering.builders import published
from tests.surveys.results import made_up

pytestmark = pytest.mark.django_db
N = 60
FILES = "/desk/results/parks/files/"


@pytest.fixture
def survey(settings, tmp_path, monkeypatch):
    """A questionnaire with more answers than are sent at once, in parts of 25, read 10 at a time."""
    settings.PRIVATE_ROOT = tmp_path / "columns"
    monkeypatch.setattr(type(private_storage()), "location", str(tmp_path / "private"))
    monkeypatch.setattr(columns, "DIRECT_MOST", 50)
    monkeypatch.setattr(columns, "PART_ROWS", 25)
    monkeypatch.setattr(chosen, "PIECE_ROWS", 10)
    monkeypatch.setattr(exports, "LOOK_ROWS", 10)
    version = published(made_up.document())
    made_up.stored(version.questionnaire, version, list(made_up.rows(N)))
    return version.questionnaire


def order(survey, kind="csv", *, actor=None, language="en", now=None, **filters):
    actor = actor or person(Role.ADMINISTRATOR)
    return actions.order_export(
        survey, kind, language=language, filters=filters, actor=actor, now=now or timezone.now()
    )


def made(export):
    """The file as somebody gets it, once the worker has made it."""
    tasks.make_exports()
    export.refresh_from_db()
    assert export.state == Export.State.READY and export.size == export.file.size
    with export.file.open("rb") as file:
        return b"".join(shelf.unsealed(file)) if export.is_personal else file.read()


def left():
    """Names of what lies in the folder of files."""
    root = Path(private_storage().path(shelf.FOLDER))
    return sorted(path.name for path in root.iterdir()) if root.exists() else []


def journal():
    return list(JournalRow.objects.filter(verb__startswith="survey.").order_by("pk").values_list("verb", flat=True))


# --- ordering


def test_an_order_is_made_once_and_kept_in_the_journal(survey):
    actor = person(Role.ANALYST)
    columns.refresh(survey)
    first = order(survey, actor=actor, age=["young"])
    assert order(survey, actor=actor, age=["young"]) == first
    assert order(survey, actor=actor) != first
    assert journal() == ["survey.export_ordered"] * 2
    row = JournalRow.objects.filter(verb="survey.export_ordered").first()
    assert row.actor_id == str(actor.pk)
    assert row.content == {"survey": "parks", "format": "csv", "personal": False, "filtered": True}


@pytest.mark.parametrize(
    ("role", "kind", "language", "filters", "code"),
    [
        (Role.EDITOR, "csv", "en", {}, "survey_results_forbidden"),
        (Role.ANALYST, "personal", "en", {}, "survey_results_forbidden"),
        (Role.ANALYST, "codebook", "en", {}, "survey_export_unknown"),
        (Role.ANALYST, "csv", "xx", {}, "survey_export_unknown"),
        (Role.ANALYST, "csv", "en", {"age": ["young"]}, "survey_results_not_ready"),
    ],
)
def test_what_nobody_may_order_is_refused(survey, role, kind, language, filters, code):
    with pytest.raises(Refused) as refused:
        order(survey, kind, actor=person(role), language=language, **filters)
    assert refused.value.code == code and not Export.objects.exists()


def test_one_person_has_only_so_many_files_under_way(survey):
    actor = person(Role.ANALYST)
    columns.refresh(survey)
    for kind in ("csv", "xlsx", "sav", "parquet", "json"):
        order(survey, kind, actor=actor)
    with pytest.raises(Refused) as refused:
        order(survey, "csv", actor=actor, age=["old"])
    assert refused.value.code == "survey_export_enough"
    with pytest.raises(Refused) as refused:
        order(survey, "csv", actor=actor, age=["nobody"])
    assert refused.value.code == "survey_results_no_value"
    assert order(survey, "csv")


# --- making


def test_the_files_hold_what_the_direct_ones_hold(survey, tmp_path):
    layout = columns.layout_for(survey)
    orders = {kind: order(survey, kind) for kind in ("csv", "xlsx", "sav", "json")}
    for kind, export in orders.items():
        found, path = made(export), tmp_path / f"direct.{access.FORMATS[kind][0]}"
        exports.write(kind, path, survey, layout)
        if kind == "xlsx":
            books = [openpyxl.load_workbook(io.BytesIO(one)) for one in (found, path.read_bytes())]
            sheets = [list(book.active.values) for book in books]
            assert len(sheets[0]) == N + 2 and sheets[0][0] == sheets[1][0]
            assert "Option young" in {row[3] for row in sheets[0]} and "选项young" in {row[3] for row in sheets[1]}
        elif kind == "sav":
            (tmp_path / "made.sav").write_bytes(found)
            frames = [pyreadstat.read_sav(str(one), user_missing=True)[0] for one in (tmp_path / "made.sav", path)]
            assert len(frames[0]) == N and frames[0].equals(frames[1])
        else:
            assert found == path.read_bytes()
        assert export.done == export.total == N
    assert left() == sorted(Path(export.file.name).name for export in orders.values())


def test_the_words_are_in_the_language_that_was_ordered(survey):
    both = [made(order(survey, "xlsx", language=language)) for language in ("zh-hans", "en")]
    heads = [
        next(openpyxl.load_workbook(io.BytesIO(one)).active.iter_rows(min_row=2, values_only=True)) for one in both
    ]
    assert "问卷版本" in heads[0] and "Version of the questionnaire" in heads[1]


def test_filters_leave_the_same_answers_as_the_page(survey):
    columns.refresh(survey)
    wanted = list(
        Response.objects.filter(questionnaire=survey, answers__age="young", mode="web").order_by("pk")
        .values_list("answers", flat=True)
    )  # fmt: skip
    chosen_groups = {"age": ["young"], "#mode": ["web"]}
    export = order(survey, "json", **chosen_groups)
    assert [json.loads(line)["answers"] for line in made(export).splitlines()] == wanted
    assert 0 < export.total == len(wanted) < N
    lines = list(csv.DictReader(io.StringIO(made(order(survey, "csv", **chosen_groups)).decode("utf-8-sig"))))
    assert [line["age"] for line in lines] == ["young"] * len(wanted)


def test_what_says_who_somebody_is_is_sealed_on_the_disk(survey):
    response = Response.objects.filter(questionnaire=survey).last()
    response.private = json.dumps({"mail": "ann@example.org"})
    response.save()
    export = order(survey, "personal")
    assert b"ann@example.org" in made(export)
    with export.file.open("rb") as file:
        assert b"example" not in file.read()
    assert b"ann@example.org" not in made(order(survey, "json"))
    assert (export.expires_at - export.moved_at).days == 1


def test_answers_withdrawn_meanwhile_are_in_no_line(survey, monkeypatch):
    last = Response.objects.filter(questionnaire=survey).last()
    export, tell = order(survey, "json"), actions.tell_export

    def withdrawn(*args, **values):
        Submission.objects.filter(pk=last.pk).update(state=Submission.State.WITHDRAWN)
        return tell(*args, **values)

    monkeypatch.setattr(actions, "tell_export", withdrawn)
    assert len(made(export).splitlines()) == N - 1


# --- cancelling, failing, dying


@pytest.mark.parametrize("kind", ["csv", "xlsx", "sav", "parquet", "personal"])
def test_a_cancelled_file_stops_between_two_pieces_and_leaves_nothing(survey, monkeypatch, kind):
    actor = person(Role.ADMINISTRATOR)
    export, seen, tell = order(survey, kind, actor=actor), [], actions.tell_export

    def cancel_half_way(export, *, done, total, now):
        seen.append((done, total))
        if done == 20:
            assert left() == [f"{export.pk}-1"]
            actions.cancel_export(export.pk, actor=actor, now=now)
        return tell(export, done=done, total=total, now=now)

    monkeypatch.setattr(actions, "tell_export", cancel_half_way)
    tasks.make_exports()
    export.refresh_from_db()
    assert seen[-1] == (20, N) and (10, N) in seen
    assert export.state == Export.State.CANCELLED and left() == []
    assert journal() == ["survey.export_ordered", "survey.export_cancelled"]


def test_a_file_that_fails_half_way_says_so_and_leaves_nothing(survey, monkeypatch):
    export = order(survey)

    def full(*_args, **_values):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(actions, "finish_export", full)
    with pytest.raises(OSError, match="No space"):
        tasks.make_exports()
    export.refresh_from_db()
    assert export.state == Export.State.FAILED and export.expires_at and not export.file
    tasks.remove_exports()
    assert left() == []
    assert journal()[-1] == "survey.export_failed"


class Killed(BaseException):
    """Nothing of a killed worker runs any more."""


def test_a_file_whose_worker_died_is_made_anew_and_what_it_left_is_swept(survey, monkeypatch):
    export, now = order(survey, "xlsx"), timezone.now()
    with monkeypatch.context() as patched:
        patched.setattr(making.shutil, "rmtree", lambda _folder, **_how: None)
        patched.setattr(exports, "add_row", lambda _sheet, _row: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            tasks.make_exports()
    assert left() == [f"{export.pk}-1"]
    assert actions.take_up_export(now=now) is None
    Export.objects.update(moved_at=now - actions.SILENT - timedelta(seconds=1))
    assert made(export)
    export.refresh_from_db()
    assert export.lost == 1
    tasks.remove_exports()
    assert left() == [f"{export.pk}-2.xlsx"]


def test_a_file_with_which_workers_die_is_given_up(survey):
    export, now = order(survey), timezone.now()
    for _time in range(actions.LOST_MOST):
        assert actions.take_up_export(now=now).pk == export.pk
        now += actions.SILENT + timedelta(seconds=1)
    assert actions.take_up_export(now=now) is None
    export.refresh_from_db()
    assert export.state == Export.State.FAILED


def test_two_workers_do_not_make_one_file_and_the_slower_one_stops(survey):
    order(survey)
    now = timezone.now()
    slow = actions.take_up_export(now=now)
    assert actions.take_up_export(now=now) is None
    quick = actions.take_up_export(now=now + actions.SILENT + timedelta(seconds=1))
    assert quick.pk == slow.pk and quick.take == slow.take + 1
    making.make(slow)
    assert left() == [] and not actions.tell_export(slow, done=1, total=2, now=now)
    making.make(quick)
    assert left() == [f"{quick.pk}-{quick.take}.csv"]


def test_a_worker_that_is_told_to_end_gives_its_file_back(survey, monkeypatch):
    export, tell = order(survey), actions.tell_export

    def end(*args, **values):
        schedule.stopping.set()
        return tell(*args, **values)

    monkeypatch.setattr(actions, "tell_export", end)
    try:
        assert tasks.make_exports() == 1
    finally:
        schedule.stopping.clear()
    monkeypatch.undo()
    export.refresh_from_db()
    assert (export.state, export.lost) == (Export.State.WAITING, 0)


# --- fetching and deleting


def test_whoever_fetches_a_file_is_asked_again_and_written_down(survey):
    analyst = person(Role.ANALYST)
    export = order(survey, actor=analyst)
    address = f"{FILES}ordered/{export.pk}/file/"
    desk = staff_client(Role.ANALYST)
    assert desk.get(address).status_code == 404
    content = made(export)
    for _time in range(2):
        answer = desk.get(address)
        assert b"".join(answer.streaming_content) == content
        assert answer["Content-Disposition"] == 'attachment; filename="parks-csv.csv"'
    assert JournalRow.objects.filter(verb="survey.results_taken").count() == 2
    assert staff_client(Role.EDITOR).get(address).status_code == 404
    personal = order(survey, "personal")
    made(personal)
    assert desk.get(f"{FILES}ordered/{personal.pk}/file/").status_code == 404
    mine = staff_client(Role.ADMINISTRATOR).get(f"{FILES}ordered/{personal.pk}/file/")
    assert len(b"".join(mine.streaming_content).splitlines()) == N
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert desk.get(address).status_code == 404


def test_files_are_deleted_when_their_time_is_over(survey, django_capture_on_commit_callbacks):
    export = order(survey)
    made(export)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.remove_expired_exports(now=export.expires_at - timedelta(seconds=1)) == 0
        assert len(left()) == 1
        assert actions.remove_expired_exports(now=export.expires_at) == 1
    assert left() == [] and not Export.objects.exists()
    row = JournalRow.objects.get(verb="survey.export_removed")
    assert row.actor_id == SYSTEM.name


def test_only_who_ordered_a_file_or_an_administrator_cancels_and_deletes_it(survey, django_capture_on_commit_callbacks):
    export = order(survey, actor=person(Role.ANALYST))
    address = f"{FILES}ordered/{export.pk}/"
    assert staff_client(Role.ANALYST).post(address, {"do": "cancel"}).status_code == 403
    assert staff_client(Role.EDITOR).post(address, {"do": "cancel"}).status_code == 404
    administrator = staff_client(Role.ADMINISTRATOR)
    administrator.post(address, {"do": "remove"})
    made(export)
    administrator.post(address, {"do": "cancel"})
    assert Export.objects.get().state == Export.State.READY
    with django_capture_on_commit_callbacks(execute=True):
        administrator.post(address, {"do": "remove"})
    assert not Export.objects.exists() and left() == []


# --- pages


def reader(*roles):
    """A browser of one who reads English."""
    signed_in = staff_client(*roles)
    signed_in.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return signed_in


def test_files_of_many_answers_are_ordered_and_those_of_few_sent(survey, monkeypatch):
    columns.refresh(survey)
    desk = reader(Role.ANALYST)
    answer = desk.get(f"{FILES}csv/")
    assert (answer.status_code, answer["Location"]) == (302, FILES)
    page = desk.get("/desk/results/parks/?group=age:young").content.decode()
    assert '<input type="hidden" name="group" value="age:young">' in page and f"{FILES}csv/" not in page
    order = page[page.index(f'action="{FILES}"') :]
    assert "csrfmiddlewaretoken" in order[: order.index("</form>")]
    assert f"{FILES}report/" in page and 'value="personal"' not in page
    ordered = desk.post(FILES, {"kind": "csv", "language": "en", "group": "age:young"}, follow=True)
    assert "Age: Option young" in ordered.content.decode()
    monkeypatch.setattr(columns, "DIRECT_MOST", N)
    page = desk.get("/desk/results/parks/?group=age:young").content.decode()
    assert f'href="{FILES}csv/?group=age%3Ayoung"' in page and 'name="kind"' not in page
    young = Response.objects.filter(questionnaire=survey, answers__age="young").count()
    sent = desk.get(f"{FILES}csv/?group=age:young")
    assert b"".join(sent.streaming_content).count(b"\r\n") == young + 1
    assert JournalRow.objects.filter(verb="survey.results_taken").last().content["filtered"] is True
    assert desk.get(f"{FILES}csv/?group=age:nobody").status_code == 422


@pytest.mark.sqlite_only
def test_the_page_shows_how_far_a_file_is_without_a_script(survey):
    desk, export = reader(Role.ADMINISTRATOR), order(survey, "personal")
    page = desk.get(FILES).content.decode()
    assert "waiting" in page and ">Show again</a>" in page and 'data-behaviour="look-again"' in page
    Export.objects.update(state="running", done=20, total=60)
    page = desk.get(FILES).content.decode()
    assert '<progress max="60" value="20"' in page and "20 of 60" in page and 'value="cancel"' in page
    assert reader(Role.ANALYST).get(FILES).content.decode().count('value="cancel"') == 0
    Export.objects.update(state="waiting")
    made(export)
    page = desk.get(FILES).content.decode()
    assert f"{FILES}ordered/{export.pk}/file/" in page and "Show again" not in page and "look-again" not in page
    assert "60 answers" in page
    Export.objects.update(state="failed", file="")
    assert "could not be made" in desk.get(FILES).content.decode()


@pytest.mark.sqlite_only
def test_a_refused_order_says_why_on_the_page(survey):
    desk = reader(Role.ANALYST)
    answer = desk.post(FILES, {"kind": "personal", "language": "en"})
    assert answer.status_code == 403 and "does not take answers out" in answer.content.decode()
    assert reader(Role.EDITOR).get(FILES).status_code == 404
    assert reader(Role.EDITOR).post(FILES, {"kind": "csv", "language": "en"}).status_code == 404


def test_a_personal_file_is_saved_under_its_name_and_nobody_else_reads_the_folder(survey):
    administrator = person(Role.ADMINISTRATOR)
    export = order(survey, "personal", actor=administrator)
    made(export)
    answer = staff_client(Role.ADMINISTRATOR).get(f"{FILES}ordered/{export.pk}/file/")
    assert answer["Content-Disposition"] == 'attachment; filename="parks-personal.jsonl"'
    assert len(b"".join(answer.streaming_content).splitlines()) == N
    path = Path(export.file.path)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_no_file_of_an_anonymous_questionnaire_is_of_one_wave_of_invitations(survey):
    assert survey.anonymous
    with pytest.raises(Refused, match="survey_results_no_question"):
        order(survey, **{"#wave": ["1"]})
    assert not Export.objects.exists()
