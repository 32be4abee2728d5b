"""A receipt can be checked against what was published, by a program that knows nothing of Engage."""

import contextlib
import io
import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.accounts.actors import SYSTEM
from engage.accounts.models import User
from engage.journal import actions, queries, rules
from engage.journal.models import JournalRow
from engage.journal.tree import SealedTree
from tests.journal import builders

VERIFIER = Path(__file__).resolve().parent.parent.parent / "docs" / "verify_receipt.py"


def check(tmp_path, proof, checkpoints=None):
    """Run the program of docs/ in an empty environment; return its exit code and what it printed."""
    arguments = [sys.executable, "-I", str(VERIFIER)]
    for name, content in (("proof.json", proof), ("checkpoints.json", checkpoints)):
        if content is not None:
            (tmp_path / name).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
            arguments.append(str(tmp_path / name))
    run = subprocess.run(arguments, capture_output=True, text=True, env={"PYTHONUTF8": "1"}, cwd=tmp_path)
    assert not run.stderr, run.stderr
    return run.returncode, run.stdout


@pytest.fixture
def proof(db):
    """The proof of submission 5 among 300, in the first of two checkpoints."""
    builders.write(20)
    builders.checkpoint(0)
    builders.write(280, first=21)
    builders.checkpoint(1)
    return queries.inclusion_proof(5)


def published():
    return {"checkpoints": queries.published_after(0), "next": None}


def test_a_receipt_passes_alone_and_against_the_published_list(proof, tmp_path):
    assert proof["checkpoint"]["number"] == 1
    assert check(tmp_path, proof)[0] == 0
    code, printed = check(tmp_path, proof, published())
    assert code == 0
    assert "participation.submission:5" in printed
    assert check(tmp_path, proof, queries.published_after(0)[0])[0] == 0


def test_a_receipt_passes_against_every_later_checkpoint(proof, tmp_path):
    later = queries.inclusion_proof(5, checkpoint=2)
    assert (later["checkpoint"]["number"], later["checkpoint"]["size"]) == (2, 300)
    assert check(tmp_path, later, published())[0] == 0


@pytest.mark.parametrize(
    "forge",
    [
        lambda proof: proof.update(leaf=proof["leaf"].replace("submission:5", "submission:6")),
        lambda proof: proof.update(sequence=proof["sequence"] + 1),
        lambda proof: proof.update(sequence=0),
        lambda proof: proof.update(sequence=10_000),
        lambda proof: proof["path"].pop(),
        lambda proof: proof["path"].append("00" * 32),
        lambda proof: proof["path"].reverse(),
        lambda proof: proof["checkpoint"].update(size=21),
        lambda proof: proof["checkpoint"].update(root="00" * 32),
        lambda proof: proof["checkpoint"].update(taken_at="2020-01-01T00:00:00.000000+00:00"),
    ],
)
def test_a_forged_receipt_fails(proof, tmp_path, forge):
    forge(proof)
    code, printed = check(tmp_path, proof)
    assert code == 1
    assert printed.startswith("NOT in the journal")


def test_a_receipt_fails_when_what_was_published_differs(proof, tmp_path):
    rewritten = published()
    rewritten["checkpoints"][0]["digest"] = "00" * 32
    assert check(tmp_path, proof, rewritten)[0] == 1
    assert check(tmp_path, proof, {"checkpoints": [], "next": None})[0] == 1


def test_the_program_fits_on_one_screen_and_imports_nothing_of_engage():
    program = VERIFIER.read_text("utf-8")
    assert len(program.splitlines()) <= 30
    assert "import engage" not in program and "from engage" not in program


@pytest.mark.django_db
def test_there_is_no_proof_before_the_next_checkpoint():
    assert queries.inclusion_proof(1) is None
    assert queries.proof_state(1) == queries.ProofState(False, None, None)
    builders.write(1)
    assert queries.inclusion_proof(1) is None
    assert queries.proof_state(1) == queries.ProofState(True, None, None)
    builders.seal_all()
    assert queries.inclusion_proof(1) is None
    assert queries.proof_state(1) == queries.ProofState(True, 1, None)
    builders.checkpoint()
    assert queries.inclusion_proof(1, checkpoint=2) is None
    assert queries.inclusion_proof(1)["sequence"] == 1
    assert queries.proof_state(1) == queries.ProofState(True, 1, 1)


@pytest.mark.django_db
def test_the_proof_is_of_the_first_row_and_shows_nothing_of_later_ones():
    builders.write(1)
    actions.record(SYSTEM, "moderation.rejected", "participation.submission:1", reason="abuse")
    builders.checkpoint()
    leaf = json.loads(queries.inclusion_proof(1)["leaf"])
    assert leaf["verb"] == "comment.received"
    assert "abuse" not in json.dumps(queries.inclusion_proof(1))


@pytest.mark.django_db
def test_the_proof_does_not_tell_who_typed_it_in():
    clerk = User.objects.create_user("clerk@example.org", pk=987654)
    actions.record(clerk, "comment.received", "participation.submission:1", channel="phone")
    builders.checkpoint()
    assert str(clerk.pk) not in json.dumps(queries.inclusion_proof(1))


@pytest.mark.django_db
def test_a_proof_reads_few_rows_however_long_the_journal_is():
    builders.write(1_300)
    builders.checkpoint()
    with CaptureQueriesContext(connection) as few:
        assert queries.inclusion_proof(700) is not None
    assert len(few) <= 12


@pytest.mark.django_db
def test_every_row_of_every_tree_has_a_proof_that_no_other_row_passes(tmp_path, monkeypatch):
    builders.write(600)
    builders.seal_all()
    texts = [rules.leaf_text(queries.entry_of(row)) for row in rows_as_hashed()]
    tree, file = SealedTree(), tmp_path / "proof.json"
    monkeypatch.setattr(sys, "argv", ["verify_receipt.py", str(file)])

    def passes(place, claimed, size):
        """Run the program, in this process, on the proof of one row with the text of another."""
        document = {"number": 1, "size": size, "root": tree.get_root(size).hex()}
        proof = {
            "leaf": texts[claimed - 1].decode(),
            "sequence": place,
            "path": [digest.hex() for digest in tree.prove_inclusion(place, size).path[1:]],
            "checkpoint": document | {"digest": rules.document_digest(document).hex()},
        }
        file.write_text(json.dumps(proof), "utf-8")
        with pytest.raises(SystemExit) as leaving, contextlib.redirect_stdout(io.StringIO()):
            runpy.run_path(str(VERIFIER))
        return not leaving.value.code

    @given(st.integers(1, 600).flatmap(lambda size: st.tuples(st.just(size), *[st.integers(1, size)] * 2)))
    @settings(deadline=None, max_examples=300)
    def holds(drawn):
        size, place, other = drawn
        assert passes(place, place, size)
        assert passes(place, other, size) == (place == other)

    holds()


def rows_as_hashed():
    return JournalRow.objects.order_by("seal__sequence").values_list(*queries.ENTRY_COLUMNS)
