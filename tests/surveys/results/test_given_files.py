"""What people gave as files, at the desk: who sees and takes them, what exports hold, and what the journal keeps."""

import csv
import json

import pytest
from django.utils import timezone

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.journal.models import JournalRow
from surveys.definition.model import parse
from surveys.models import AnswerFile, Questionnaire
from surveys.results import columns, exports, queries
from surveys.results.encoding import Row, encode
from surveys.results.layout import layout_of
from surveys.results.quick import Reader
from tests.accounts.people import staff_client
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import definition, page, question
from tests.surveys.answering.test_files import Sender, picture, text

ASKS = definition(
    page("p", question("hole", "photo", max_files=3), question("say", "text"), question("plan", "file")),
    page("r", question("people", "repeat", minimum=1, items=[question("face", "photo")])),
)


@pytest.mark.sqlite_only
def test_how_many_files_is_a_column_read_in_both_ways_the_same():
    layout = layout_of({1: parse(ASKS)})
    assert [(column.key, column.kind) for column in layout.columns] == [
        ("hole#files", "number"), ("say", "text"), ("plan#files", "number"),
    ]  # fmt: skip
    day = timezone.localdate()
    given = [{"hole#files": 2, "say": "x"}, {}, {"plan#files": 1, "say": "y", "people": [{"face": ["a.png"]}]}]
    slow = encode(layout, [Row(n, 1, "web", "en", day, None, None, one) for n, one in enumerate(given)])
    facts = [(n, 1, "web", "en", day, None, None) for n in range(3)]
    assert Reader(layout).table(facts, [json.dumps(one) for one in given]).equals(slow)
    assert slow.column("hole#files").to_pylist()[0] == 2


@pytest.mark.django_db
def test_only_administrators_list_and_take_them_and_the_journal_keeps_it(tmp_path):
    published(ASKS)
    for number in range(2):
        sender = Sender()
        sender.answer(hole=[picture(f"name-{n}.png") for n in range(number + 1)], plan=text())
        sender.answer(go=None, give="people/1/face", **{"people/1/face": picture()})
        sender.answer(go="check")
        sender.post(send="1")
    questionnaire = Questionnaire.objects.get()
    address = "/desk/results/parks/given/"
    file = AnswerFile.objects.select_related("attachment").filter(question="hole").first()
    for role in (Role.ANALYST, Role.EDITOR):
        reader = staff_client(role)
        assert reader.get(address).status_code == reader.get(f"{address}{file.stored}/").status_code == 404
        assert address not in reader.get("/desk/results/parks/").content.decode()
    reader = staff_client(Role.ADMINISTRATOR)
    assert address in reader.get("/desk/results/parks/").content.decode()
    listed = reader.get(address).content.decode()
    assert all(one.stored in listed for one in AnswerFile.objects.all()) and "name-0" not in listed
    taken = reader.get(f"{address}{file.stored}/")
    assert b"".join(taken.streaming_content) == file.attachment.file.read()
    assert taken["Content-Disposition"] == f'attachment; filename="{file.stored}"'
    assert taken["X-Content-Type-Options"] == "nosniff" and "sandbox" in taken["Content-Security-Policy"]
    assert "no-store" in taken["Cache-Control"] and taken["Content-Type"] == "image/png"
    assert JournalRow.objects.get(verb="survey.file_taken").content == {"stored": file.stored}
    for wrong in ("0" * 32 + ".png", "x", "%00", "..%2f"):
        assert reader.get(f"{address}{wrong}/").status_code == 404
    assert JournalRow.objects.filter(verb="survey.file_taken").count() == 1
    assert reader.get(f"{address}?after=%00").status_code == reader.get(f"{address}?after=g").status_code == 200

    # What is counted, and what stands in exports.
    user = User.objects.get(pk=reader.session["_auth_user_id"])
    found = queries.given_files(questionnaire, user, after="", language="en")
    assert sorted(found.totals) == [("Question face", 2, 2), ("Question hole", 2, 3), ("Question plan", 2, 2)]
    assert len(found.rows) == 7 and found.next_after == ""
    middle = found.rows[3][0].stored
    assert len(queries.given_files(questionnaire, user, after=middle, language="en").rows) == 3
    layout = columns.layout_for(questionnaire)
    exports.write("csv", tmp_path / "a.csv", questionnaire, layout)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig") as opened:
        assert sorted(row["hole#files"] for row in csv.DictReader(opened)) == ["1", "2"]
    exports.write("json", tmp_path / "a.jsonl", questionnaire, layout)
    exports.write("personal", tmp_path / "b.jsonl", questionnaire, layout)
    plain, personal = ((tmp_path / name).read_text() for name in ("a.jsonl", "b.jsonl"))
    assert file.stored not in plain and file.stored in personal and '"hole#files":1' in plain
