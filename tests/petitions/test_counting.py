"""Counts come from the rows, exactly: nothing skipped, nothing twice, numbers without gaps."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from engage import schedule
from mailbox.petitions import tasks
from mailbox.petitions.actions import counting
from mailbox.petitions.models import (
    HourCount,
    PaperBatch,
    PetitionCount,
    RegionCount,
    Signature,
    SignatureNumber,
    SignatureTally,
)
from mailbox.petitions.queries import counting as queries
from tests.journal.test_sealing import Writer
from tests.petitions import factories
from tests.petitions.factories import NOW, petition, signature

pytestmark = pytest.mark.django_db


def numbers(of) -> list[int]:
    return list(SignatureNumber.objects.filter(petition=of).order_by("number").values_list("number", flat=True))


def total(of) -> int:
    return queries.shown([of.pk])[of.pk].total


def regions(of) -> dict[str, int]:
    return {row.region or row.country: row.total for row in RegionCount.objects.filter(petition=of) if row.total}


def set_state(key: int, state: str, **fields) -> None:
    Signature.objects.filter(pk=key).update(state=state, **fields)


def verify() -> dict:
    return counting.recount(verify=True, now=NOW)


def test_confirmed_signatures_are_counted_by_region_hour_and_number():
    one, two = petition(), petition()
    for _each in range(3):
        signature(one)
    signature(one, region="", country="FR", confirmed_at=NOW - timedelta(hours=2))
    signature(one, Signature.State.PENDING)
    signature(one, Signature.State.HELD)
    signature(two, region="west")
    assert counting.roll_up(NOW) == 5
    assert counting.roll_up(NOW) == 0
    assert (total(one), total(two)) == (4, 1)
    assert regions(one) == {"east": 3, "FR": 1}
    assert [(row.hour, row.total) for row in HourCount.objects.filter(petition=one)] == [
        (NOW - timedelta(hours=2), 1),
        (NOW, 3),
    ]
    assert (numbers(one), numbers(two)) == ([1, 2, 3, 4], [1])
    assert verify() == {"petitions": 2, "differences": []}


def test_a_petition_that_nobody_signed_is_shown_with_nothing():
    nobody = petition()
    with CaptureQueriesContext(connection) as asked:
        assert queries.shown([nobody.pk]) == {nobody.pk: queries.NOTHING}
    assert len(asked) == 2


def test_signatures_on_paper_are_shown_beside_and_never_among_the_confirmed():
    one = petition()
    signature(one)
    PaperBatch.objects.create(petition=one, total=40, sheets=2, scan_sha256="a" * 64, received_on=NOW.date())
    PaperBatch.objects.create(petition=one, total=2, sheets=1, scan_sha256="b" * 64, received_on=NOW.date())
    counting.roll_up(NOW)
    assert queries.shown([one.pk])[one.pk] == queries.Count(total=1, last_hour=1, last_number=1, paper=42)
    assert queries.exact(one) == queries.Exact(total=1, paper=42)


def test_what_is_withdrawn_keeps_its_number_and_no_other_signature_gets_it():
    one = petition()
    first, second = signature(one), signature(one)
    counting.roll_up(NOW)
    set_state(first.pk, "withdrawn")
    signature(one)
    counting.roll_up(NOW)
    assert (total(one), numbers(one)) == (2, [1, 2, 3])
    assert first.numbered.number == 1
    set_state(second.pk, "invalidated")
    counting.roll_up(NOW)
    set_state(second.pk, "confirmed")
    counting.roll_up(NOW)
    assert (total(one), numbers(one), second.numbered.number) == (2, [1, 2, 3], 2)
    assert verify()["differences"] == []


def test_confirmed_and_withdrawn_between_two_turns_counts_nothing_and_leaves_no_gap():
    one = petition()
    gone = signature(one)
    set_state(gone.pk, "withdrawn")
    back = signature(one)
    set_state(back.pk, "invalidated")
    set_state(back.pk, "confirmed")
    counting.roll_up(NOW)
    assert (total(one), numbers(one), queries.exact(one).total) == (1, [1, 2], 1)
    assert verify()["differences"] == []


def test_a_signature_and_a_petition_that_are_deleted_do_not_stop_the_count():
    one, other = petition(), petition()
    signature(one).delete()
    gone = signature(other)
    gone.delete()
    other.delete()
    signature(one)
    counting.roll_up(NOW)
    assert (total(one), numbers(one), SignatureTally.objects.count()) == (1, [1], 0)


def test_the_last_hour_fades_without_new_signatures():
    one = petition()
    for _each in range(60):
        signature(one, confirmed_at=NOW + timedelta(minutes=20))
    counting.roll_up(NOW + timedelta(minutes=59))
    assert queries.shown([one.pk])[one.pk].last_hour == 60
    counting.roll_up(NOW + timedelta(minutes=75))
    assert queries.shown([one.pk])[one.pk].last_hour == 45
    counting.roll_up(NOW + timedelta(hours=2, minutes=1))
    assert queries.shown([one.pk])[one.pk].last_hour == 0


def test_many_rows_are_folded_in_turns(monkeypatch):
    monkeypatch.setattr(counting, "AT_ONCE", 3)
    monkeypatch.setattr(counting, "ANALYZE_FROM", 1)
    one = petition()
    for _each in range(7):
        signature(one)
    assert counting.roll_up(NOW) == 7
    assert (total(one), numbers(one)) == (7, [1, 2, 3, 4, 5, 6, 7])


def test_without_anything_to_do_two_small_queries_are_asked():
    with CaptureQueriesContext(connection) as asked:
        assert tasks.roll_up() == 0
    reads = [query["sql"].split()[0] for query in asked]
    assert len(reads) <= 5 and set(reads) == {"SELECT"}


@pytest.mark.django_db(transaction=True)
def test_a_crash_in_the_middle_loses_nothing_and_counts_nothing_twice(monkeypatch):
    one = petition()
    for _each in range(4):
        signature(one)
    monkeypatch.setattr(counting.crossings, "judge", _killed)
    with pytest.raises(KeyboardInterrupt):
        counting.roll_up(NOW)
    assert (total(one), SignatureTally.objects.count(), numbers(one)) == (0, 4, [])
    monkeypatch.undo()
    counting.roll_up(NOW)
    assert (total(one), numbers(one)) == (4, [1, 2, 3, 4])


def _killed(*_args):
    raise KeyboardInterrupt


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_commits_late_is_never_skipped_though_it_began_first():
    one = petition()
    with Writer() as slow, Writer() as fast:
        slow.do(lambda: signature(one))
        fast.do(lambda: signature(one))
        fast.commit()
        assert counting.roll_up(NOW) == 1
        assert (total(one), queries.exact(one).total) == (1, 1)
        assert verify()["differences"] == []
        slow.commit()
    assert counting.roll_up(NOW) == 1
    assert (total(one), numbers(one)) == (2, [1, 2])
    assert SignatureNumber.objects.get(number=1).signature_id > SignatureNumber.objects.get(number=2).signature_id
    assert verify()["differences"] == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_while_one_process_counts_another_does_nothing_and_no_signer_waits():
    one = petition()
    signature(one)
    with transaction.atomic(), Writer() as other:
        assert counting.hold(counting.crossings.LOCK)
        assert other.do(lambda: counting.roll_up(NOW)) == 0
        other.do(lambda: signature(one))
        other.commit()
    assert counting.roll_up(NOW) == 2


# --- the audit --------------------------------------------------------------------------------------------------------


def command(*options: str) -> tuple[dict, int]:
    from io import StringIO

    out, code = StringIO(), 0
    try:
        call_command("recount_signatures", "--json", *options, stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return json.loads(out.getvalue()), code


def damaged():
    """A petition whose counts somebody changed behind the program."""
    one = petition()
    for _each in range(3):
        signature(one)
    signature(one, region="west", confirmed_at=NOW + timedelta(hours=1))
    counting.roll_up(NOW)
    PetitionCount.objects.filter(petition=one).update(total=9)
    RegionCount.objects.filter(petition=one, region="west").update(total=0)
    HourCount.objects.filter(petition=one, hour=NOW).delete()
    signature(one)
    return one


def test_the_audit_names_every_count_that_differs_and_changes_nothing():
    one = damaged()
    found, code = command("--verify")
    assert code == 1
    assert found == {
        "petitions": 1,
        "differences": [
            {"petition": one.pk, "what": "total", "counted": 9, "rows": 4},
            {"petition": one.pk, "what": "region", "region": "west", "country": "", "counted": 0, "rows": 1},
            {"petition": one.pk, "what": "hour", "hour": NOW.isoformat(), "counted": 0, "rows": 3},
        ],
    }
    assert command("--verify") == (found, 1)


def test_the_recount_puts_the_counts_right_and_gives_no_number_anew():
    one = damaged()
    before = dict(SignatureNumber.objects.values_list("signature", "number"))
    found, code = command()
    assert (len(found["differences"]), code) == (3, 0)
    assert command("--verify") == ({"petitions": 1, "differences": []}, 0)
    counting.roll_up(NOW)
    assert (total(one), regions(one), numbers(one)) == (5, {"east": 4, "west": 1}, [1, 2, 3, 4, 5])
    assert before.items() <= dict(SignatureNumber.objects.values_list("signature", "number")).items()
    assert command("--verify") == ({"petitions": 1, "differences": []}, 0)


def test_counts_that_are_lost_altogether_are_built_anew():
    one = petition()
    for _each in range(5):
        signature(one)
    counting.roll_up(NOW)
    SignatureNumber.objects.filter(number__gt=3).delete()
    for model in (PetitionCount, RegionCount, HourCount):
        model.objects.all().delete()
    found, _code = command("--verify")
    assert {"petition": one.pk, "what": "without_number", "counted": 0, "rows": 2} in found["differences"]
    command()
    assert (total(one), numbers(one)) == (5, [1, 2, 3, 4, 5])
    assert PetitionCount.objects.get().last_number == 5
    assert command("--verify") == ({"petitions": 1, "differences": []}, 0)


@pytest.mark.postgres
def test_tallies_are_read_once_though_the_database_believes_that_there_are_none():
    """Statistics of tables that had been emptied once made the audit of 20,000 signatures take half an hour."""
    one = petition()
    with connection.cursor() as cursor:
        for _each in range(3):
            signature(one)
        cursor.execute("UPDATE pg_class SET relpages = 9, reltuples = 0 WHERE relname LIKE 'petitions_signature%'")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {queries.UNNUMBERED}")
        [[[explained]]] = cursor.fetchall()
    tallies = [node for node in nodes(explained["Plan"]) if node.get("Relation Name") == "petitions_signaturetally"]
    assert [node["Actual Loops"] for node in tallies] == [1]


def nodes(plan: dict) -> list[dict]:
    """Return a node of a plan and all below it."""
    return [plan, *(node for below in plan.get("Plans", []) for node in nodes(below))]


def test_a_gap_in_the_numbers_is_named_and_stays():
    one = petition()
    for _each in range(3):
        signature(one)
    counting.roll_up(NOW)
    SignatureNumber.objects.filter(number=3).update(number=7)
    difference = {"petition": one.pk, "what": "numbers", "counted": 3, "rows": 3, "highest": 7}
    assert command("--verify") == ({"petitions": 1, "differences": [difference]}, 1)
    command()
    assert command("--verify")[1] == 1
    assert numbers(one) == [1, 2, 7]


def test_an_empty_house_has_nothing_to_recount(capsys):
    assert command("--verify") == ({"petitions": 0, "differences": []}, 0)
    call_command("recount_signatures", "--verify")
    assert "0" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["manage.py", "recount_signatures", "--nothing-like-it"])
    assert ended.value.code == 2
    assert factories.NOW == NOW


def test_no_other_job_keeps_the_count_waiting_and_long_ones_keep_none():
    alone = {job.name.rpartition(".")[2] for job in schedule.jobs() if job.alone}
    assert {"roll_up", "carry_out_orders", "forget_signers", "carry_letters"} <= alone
