"""Whoever has full rights on the database can change the journal, but not unnoticed."""

import json
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from engage.journal import queries, verification
from engage.journal.models import JournalSeal
from tests.journal import builders
from tests.journal.tampering import cover_up, fresh_digest, hexed, rewrite_checkpoint, tamper, verify

pytestmark = pytest.mark.django_db

ROWS, COVERED = 12, 8
NO_BYTES = "'\\x00'" if connection.vendor == "postgresql" else "x'00'"


@pytest.fixture
def rows() -> list[int]:
    """Twelve rows: eight under two checkpoints, three sealed after them, one waiting. Returns their ids."""
    ids = builders.write(5)
    builders.checkpoint(0)
    ids += builders.write(3, first=6)
    builders.checkpoint(1)
    ids += builders.write(3, first=9)
    builders.seal_all()
    return ids + builders.write(1, first=12)


def kinds(answer) -> set[tuple[int | None, str]]:
    return {(fault["row"], fault["kind"]) for fault in answer["faults"]}


def test_an_untouched_journal_is_clean(rows):
    assert verify() == {"rows": ROWS, "checkpoints": 2, "ok": True, "faults": [], "exit": 0}


def test_an_empty_journal_is_clean():
    assert verify() == {"rows": 0, "checkpoints": 0, "ok": True, "faults": [], "exit": 0}


# --- the ten tamperings


def test_1_edited_content(rows):
    tamper(f'UPDATE journal_journalrow SET content = \'{{"channel":"paper"}}\' WHERE id = {rows[2]}')
    answer = verify()
    assert (answer["ok"], answer["exit"]) == (False, 1)
    assert answer["faults"] == [{"row": rows[2], "kind": "edited", "sequence": 3}]


def test_2_edited_moment(rows):
    tamper(f"UPDATE journal_journalrow SET at = '2026-01-01 00:00:00+00:00' WHERE id = {rows[6]}")
    assert kinds(verify()) == {(rows[6], "edited")}


def test_3_edited_actor(rows):
    tamper(f"UPDATE journal_journalrow SET actor_kind = 'user', actor_id = '1' WHERE id = {rows[9]}")
    assert kinds(verify()) == {(rows[9], "edited")}


def test_4_row_deleted_in_the_middle(rows):
    tamper(f"DELETE FROM journal_journalrow WHERE id = {rows[4]}")
    assert kinds(verify()) == {(rows[4], "removed")}


def test_5_last_sealed_row_deleted(rows):
    tamper(f"DELETE FROM journal_journalrow WHERE id = {rows[10]}")
    assert kinds(verify()) == {(rows[10], "removed")}


def test_6_seal_deleted(rows):
    tamper("DELETE FROM journal_journalseal WHERE sequence = 4")
    assert kinds(verify()) == {(rows[3], "seal_removed")}


def test_7_two_rows_swapped(rows):
    tamper(
        f"UPDATE journal_journalrow SET id = -1 WHERE id = {rows[1]}",
        f"UPDATE journal_journalrow SET id = {rows[1]} WHERE id = {rows[6]}",
        f"UPDATE journal_journalrow SET id = {rows[6]} WHERE id = -1",
    )
    assert kinds(verify()) == {(rows[1], "reordered"), (rows[6], "reordered")}


def test_8_forged_row_inserted(rows):
    """A copy of a row, right in itself, put among the old ones without the sealer seeing it."""
    columns = "at, actor_kind, actor_id, verb, target_label, target_pk, content, submission_id, salt, digest"
    tamper(
        f"INSERT INTO journal_journalrow (id, {columns}) "
        f"SELECT -5, {columns} FROM journal_journalrow WHERE id = {rows[0]}"
    )
    assert kinds(verify()) == {(-5, "inserted")}


def test_9_chain_rewritten_after_an_edit(rows):
    tamper(f'UPDATE journal_journalrow SET content = \'{{"channel":"paper"}}\' WHERE id = {rows[2]}')
    cover_up(rows[2])
    answer = verify()
    assert answer["faults"] == [{"row": None, "kind": "checkpoint_mismatch", "checkpoint": 1}]


def test_10_checkpoint_edited(rows):
    tamper(f"UPDATE journal_journalcheckpoint SET root = {NO_BYTES} WHERE number = 1")
    answer = verify()
    assert answer["faults"] == [{"row": None, "kind": "checkpoint_mismatch", "checkpoint": 1}]


# --- and others


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("column", ["root", "chain"])
def test_a_checkpoint_edited_with_its_hash_contradicts_the_rows(rows, number, column):
    rewrite_checkpoint(number, column, hexed(bytes(range(32))))
    assert {"row": None, "kind": "checkpoint_mismatch", "checkpoint": number} in verify()["faults"]


def test_a_checkpoint_dated_otherwise_contradicts_the_next(rows):
    rewrite_checkpoint(1, "taken_at", "'2026-01-01 00:00:00+00:00'")
    assert verify()["faults"] == [{"row": None, "kind": "checkpoint_mismatch", "checkpoint": 2}]


def test_the_last_checkpoint_rewritten_contradicts_a_copy_kept_elsewhere(rows, tmp_path):
    saved = tmp_path / "checkpoints.json"
    saved.write_text(json.dumps({"checkpoints": queries.published_after(0), "next": None}))
    assert verify("--published", str(saved))["ok"]
    rewrite_checkpoint(2, "taken_at", "'2026-01-01 00:00:00+00:00'")
    assert verify()["ok"]
    assert verify("--published", str(saved))["faults"] == [
        {"row": None, "kind": "checkpoint_mismatch", "checkpoint": 2}
    ]


def test_a_published_checkpoint_that_is_gone_is_missed_by_a_copy(rows, tmp_path):
    saved = tmp_path / "checkpoint.json"
    saved.write_text(json.dumps(queries.published_after(1)[0]))
    tamper("DELETE FROM journal_journalcheckpoint WHERE number = 2")
    assert verify("--published", str(saved))["faults"] == [{"row": None, "kind": "checkpoint_removed", "checkpoint": 2}]


def test_a_checkpoint_deleted_between_others_is_missed(rows):
    builders.checkpoint(2)
    tamper("DELETE FROM journal_journalcheckpoint WHERE number = 2")
    assert verify()["faults"] == [{"row": None, "kind": "checkpoint_removed", "checkpoint": 2}]


def test_rows_cut_off_at_the_end_with_their_seals_contradict_the_checkpoint(rows):
    tamper(
        "DELETE FROM journal_journalpending",
        "DELETE FROM journal_journalseal WHERE sequence >= 7",
        f"DELETE FROM journal_journalrow WHERE id >= {rows[6]}",
    )
    assert verify()["faults"] == [{"row": None, "kind": "checkpoint_mismatch", "checkpoint": 2}]


def test_several_seals_deleted_are_each_missed(rows):
    tamper("DELETE FROM journal_journalseal WHERE sequence IN (3, 4)")
    found = kinds(verify())
    assert (None, "seal_removed") in found
    assert {row for row, _kind in found} == {None, rows[2], rows[3]}


def test_seals_that_exchanged_their_rows_are_reordered(rows):
    first, second = (JournalSeal.objects.get(sequence=sequence) for sequence in (2, 9))
    tamper(
        "UPDATE journal_journalseal SET row_id = -1 WHERE sequence = 2",
        f"UPDATE journal_journalseal SET row_id = {first.row_id}, leaf = {hexed(first.leaf)} WHERE sequence = 9",
        f"UPDATE journal_journalseal SET row_id = {second.row_id}, leaf = {hexed(second.leaf)} WHERE sequence = 2",
    )
    assert {(rows[8], "reordered"), (rows[1], "reordered")} <= kinds(verify())


@pytest.mark.parametrize("column", ["leaf", "chain"])
def test_an_edited_seal_is_found(rows, column):
    tamper(f"UPDATE journal_journalseal SET {column} = {hexed(bytes(32))} WHERE sequence = 6")
    assert (rows[5], "seal_edited") in kinds(verify())


def test_a_seal_put_before_the_first_is_found(rows):
    tamper(
        f"INSERT INTO journal_journalseal (sequence, row_id, leaf, chain) "
        f"SELECT 0, {rows[11]}, digest, {hexed(bytes(32))} FROM journal_journalrow WHERE id = {rows[11]}",
    )
    assert (rows[11], "inserted") in kinds(verify())


def test_a_row_edited_with_its_hash_differs_from_its_seal(rows):
    tamper(f"UPDATE journal_journalrow SET verb = 'comment.withdrawn' WHERE id = {rows[2]}")
    tamper(f"UPDATE journal_journalrow SET digest = {hexed(fresh_digest(rows[2]))} WHERE id = {rows[2]}")
    assert kinds(verify()) == {(rows[2], "edited")}


def test_a_row_edited_while_it_waits_is_found(rows):
    tamper(f"UPDATE journal_journalrow SET verb = 'comment.withdrawn' WHERE id = {rows[11]}")
    assert kinds(verify()) == {(rows[11], "edited")}


def test_a_row_deleted_while_it_waits_is_missed_and_the_sealer_goes_on(rows):
    tamper(f"DELETE FROM journal_journalrow WHERE id = {rows[11]}")
    later = builders.write(1, first=13)
    builders.actions.seal()
    assert JournalSeal.objects.filter(row_id=later[0]).exists()
    assert kinds(verify()) == {(rows[11], "removed")}


def test_a_row_dated_long_before_a_checkpoint_it_came_after_is_found(rows, monkeypatch):
    earlier = builders.NOON - verification.LONGEST_TRANSACTION
    monkeypatch.setattr("django.utils.timezone.now", lambda: earlier)
    forged = builders.write(1, first=13)
    builders.seal_all()
    assert kinds(verify()) == {(forged[0], "backdated")}


def test_an_edited_block_hash_is_found():
    builders.write(520)
    builders.checkpoint(0)
    assert verify()["ok"]
    tamper(f"UPDATE journal_journalnode SET digest = {hexed(bytes(32))} WHERE level = 8 AND position = 1")
    assert verify()["faults"] == [{"row": None, "kind": "node_edited", "sequence": 257}]


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "change",
    [
        "at = 'yesterday'",
        "at = '2026-99-99 00:00:00'",
        "content = '5'",
        "salt = 'text'",
        "actor_id = x'00'",
        "digest = 'text'",
        "submission_id = 'text'",
    ],
)
def test_what_no_column_should_hold_is_an_edit_and_no_crash(rows, change):
    tamper(f"UPDATE journal_journalrow SET {change} WHERE id = {rows[3]}")
    assert kinds(verify()) == {(rows[3], "edited")}


def test_long_journals_are_read_in_pieces(rows, monkeypatch):
    monkeypatch.setattr(verification, "CHUNK", 3)
    assert verify()["ok"]
    tamper(
        f"UPDATE journal_journalrow SET verb = 'comment.withdrawn' WHERE id = {rows[7]}",
        f"DELETE FROM journal_journalrow WHERE id = {rows[2]}",
    )
    assert kinds(verify()) == {(rows[2], "removed"), (rows[7], "edited")}


def test_a_thousand_faults_are_listed_and_the_rest_is_counted(rows, monkeypatch):
    monkeypatch.setattr("engage.journal.management.commands.journal_verify.FAULTS_LISTED", 2)
    tamper("UPDATE journal_journalrow SET verb = 'comment.withdrawn'")
    answer = verify()
    assert (len(answer["faults"]), answer["faults_not_listed"]) == (2, 10)


def test_a_person_reads_sentences(rows, capsys):
    call_command("journal_verify")
    assert capsys.readouterr().out == "12 rows, 2 checkpoints\nEvery row, seal and checkpoint is as it was written.\n"
    tamper(f"DELETE FROM journal_journalrow WHERE id = {rows[2]}")
    with pytest.raises(SystemExit):
        call_command("journal_verify")
    assert f"removed: row {rows[2]}, sequence 3" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["no json", '{"number": 1}', '[{"digest": "00"}]', "7"])
def test_a_file_that_holds_no_checkpoints_is_a_wrong_call(tmp_path, content):
    path = tmp_path / "file.json"
    path.write_text(content)
    with pytest.raises(CommandError) as error:
        call_command("journal_verify", "--published", str(path))
    assert error.value.returncode == 2


@pytest.mark.django_db(transaction=True)
def test_verification_sees_one_moment_while_others_write_and_seal():
    ids = builders.write(3)
    builders.seal_all()
    tamper(f"UPDATE journal_journalrow SET verb = 'comment.withdrawn' WHERE id = {ids[0]}")
    run = verification.Verification()
    faults = run.faults()
    assert next(faults) == verification.Fault("edited", row=ids[0], sequence=1)

    def write_and_seal() -> None:
        builders.write(2, first=4)
        builders.seal_all()
        connection.close()

    other = threading.Thread(target=write_and_seal)
    other.start()
    other.join()
    assert JournalSeal.objects.count() == 3
    assert list(faults) == []
    assert run.rows == 3
    assert verify()["rows"] == 5
