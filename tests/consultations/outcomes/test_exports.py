"""The files: one set of rows, the totals of page and API, nothing that a spreadsheet would calculate, stoppable."""

import csv
import io
import json
from collections import Counter
from datetime import timedelta

import openpyxl
import pandas as pd
import pytest
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from consultations import actions as calls
from consultations.models import Comment
from consultations.outcomes import actions, exports, queries, rules, tasks
from consultations.outcomes.models import Export, Outcome
from consultations.outcomes.queries.rows import passage
from consultations.voices.organisations import OnBehalf
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.participation import actions as participation
from engage.spreadsheets import harmless
from tests.consultations.factories import call, comment
from tests.consultations.outcomes.builders import close, decide, decided_call, person, point, published, theme
from tests.participation.factories import envelope

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
NASTY = ["=1+1", "+7", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠A", " =1", "|cmd", "%0A=1"]


def content_of(outcome: Outcome, kind: str, language: str = "zh-hans") -> bytes:
    """Have the worker make one file and return its bytes."""
    export = outcome.exports.select_related("outcome__consultation").get(kind=kind, language=language)
    assert exports.make(export) == Export.State.READY
    export.refresh_from_db()
    with export.file.open("rb") as content:
        return content.read()


def table_of(outcome: Outcome, language: str = "en") -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content_of(outcome, "csv", language)))


def mixed_call():
    """Two themes on one point, a point with a decision of its own, a stretch, a comment without a point."""
    consultation = decided_call()
    consultation.closes_at = timezone.now() + timedelta(days=1)
    consultation.save()
    weekends, books = consultation.themes.order_by("position")
    both, _submission, _code = comment(consultation, text="周末要开放，五册也太少了，请改一改。")
    point(both, weekends, books)
    own, _submission, _code = comment(consultation, text="开到晚上九点。再说停车场也要扩大。", key="")
    decide(point(own, start=0, end=7), "covered", "夜间已开放。", "Evenings are open.")
    decide(
        point(own, start=7, end=16), "out_of_scope", "不属于本办法。", "Not a matter of these rules.",
        forwarded_zh="市交通局", forwarded_en="Transport office",
    )  # fmt: skip
    thanks, _submission, _code = comment(consultation, text="谢谢你们，写得很清楚，支持。")
    Comment.objects.filter(pk=thanks.pk).update(coded_at=timezone.now())
    close(consultation)
    return consultation


def test_page_workbook_table_api_and_pandas_show_the_same_totals(client):
    outcome = published(mixed_call())
    slug = outcome.consultation.slug
    frame = table_of(outcome)
    recomputed = {
        "comments": frame["Comment"].nunique(),
        "points": frame["Point"].nunique(),
        "without_point": int(frame["Point"].isna().sum()),
        **{code: int((frame["Decision (code)"] == code).sum()) for code in rules.DISPOSITIONS},
    }
    assert recomputed == {
        "comments": 11, "points": 11, "without_point": 1,
        "adopted": 7, "in_part": 0, "covered": 1, "not_adopted": 3, "out_of_scope": 1,
    }  # fmt: skip
    api = client.get(f"/api/v1/consultations/{slug}/outcome?language=en").json()
    assert {name: api["totals"][name] for name in recomputed} == recomputed
    book = openpyxl.load_workbook(io.BytesIO(content_of(outcome, "xlsx", "en")))
    totals = {row[2]: row[1] for row in book["Totals"].iter_rows(values_only=True) if row[2]}
    assert {name: totals[name] for name in recomputed} == recomputed
    rows = list(book["Comments and decisions"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(frame)
    assert Counter(row[13] for row in rows if row[13]) == Counter(frame["Decision (code)"].dropna())
    whole = json.loads(content_of(outcome, "json", "en"))
    assert whole["outcome"]["totals"] == outcome.content["totals"]
    assert Counter(row["disposition"] for row in whole["answers"] if row["disposition"]) == Counter(
        frame["Decision (code)"].dropna()
    )
    page = client.get(f"/en/c/{slug}/outcome/").content.decode()
    for label, n in (("adopted", 7), ("not adopted", 3), ("already covered", 1)):
        assert f'<th scope="row">{label}</th><td class="num">{n}</td>' in page
    for row in api["clauses"]:
        mine = frame[frame["Clause (code)"] == row["key"]]
        assert row["points"] == mine["Point"].nunique()
        assert row["comments"] == mine["Comment"].nunique()
        for said in row["said"]:
            themed = mine[
                mine["Themes"].fillna("").str.split("\n").apply(lambda names, name=said["theme"]: name in names)
            ]
            if said["theme"]:
                assert said["points"] == themed["Point"].nunique()


def spoken_call():
    """Beside eight people: six organisations, one of which speaks in confidence, and a person who does."""
    consultation = decided_call()
    consultation.closes_at = timezone.now() + timedelta(days=1)
    consultation.save()
    weekends = consultation.themes.order_by("position").first()
    sent = [(OnBehalf(f"第{n}读书会", "micro" if n < 5 else "large", "会长"), n == 0) for n in range(6)]
    for number, (on_behalf, secret) in enumerate([*sent, (None, True)]):
        given = calls.CommentInput(
            key="art_2", stance="change", text=f"保密的话不给别人看，周末开放，第{number}份。", confidential=secret
        )
        submission = calls.submit_comments(
            consultation.slug,
            [given],
            envelope(received_at=timezone.now(), region="north"),
            title="",
            on_behalf=on_behalf,
            actor=ANYONE,
        )
        point(submission.comments.get(), weekends)
    close(consultation)
    return consultation


def test_confidential_comments_and_organisations_are_counted_alike_everywhere_and_never_quoted(client):
    outcome = published(spoken_call())
    slug = outcome.consultation.slug
    totals = outcome.content["totals"]
    assert {name: totals[name] for name in ("comments", "people", "organisations", "confidential", "private")} == {
        "comments": 15, "people": 15, "organisations": 6, "confidential": 2, "private": 2,
    }  # fmt: skip
    assert queries.totals_of_rows(outcome) == {name: totals[name] for name in queries.totals_of_rows(outcome)}
    frame = table_of(outcome)
    assert frame["Comment, counted in this file"].nunique() == totals["comments"]
    publication = frame.drop_duplicates("Comment, counted in this file")["Publication"].value_counts().to_dict()
    assert publication == {"published": 13, "confidential: counted, not shown": 2}
    hidden = frame[frame["Publication"] != "published"]
    for column in ("Comment", "Comment text", "Suggested wording", "Passage", "On behalf of"):
        assert hidden[column].isna().all()
    assert frame["On behalf of"].dropna().nunique() == 5
    api = client.get(f"/api/v1/consultations/{slug}/outcome?language=en").json()
    assert api["totals"] == totals
    tables = {table["by"]: table["groups"] for table in api["took_part"]}
    assert tables["organisation_size"] == []  # five small ones and a large one: either would tell the other
    assert [(row["label"], row["people"]) for row in tables["organisation_role"]] == [("会长", 6)]
    book = openpyxl.load_workbook(io.BytesIO(content_of(outcome, "xlsx", "en")))
    written = {row[2]: row[1] for row in book["Totals"].iter_rows(values_only=True) if row[2]}
    assert (written["organisations"], written["confidential"]) == (6, 2)
    assert ["Role in the organisation", "会长", 6] in [list(row) for row in book["Who took part"].values]
    page = client.get(f"/en/c/{slug}/outcome/").content.decode()
    assert "2 comments are confidential" in page and "6 senders spoke for an organisation" in page
    document = Document(io.BytesIO(content_of(outcome, "docx", "en")))
    cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["Organisations among them", "6"] in cells and ["会长", "6"] in cells
    for kind in ("csv", "json"):
        text = content_of(outcome, kind).decode()
        for number in (0, 6):
            assert f"第{number}份" not in text
        assert "第0读书会" not in text and "第1读书会" in text


def test_rare_roles_in_organisations_are_counted_together():
    assert rules.rare_together({"会长": 7, "秘书": 1, "理事": 3}) == {"会长": 7, "": 4}
    assert rules.rare_together({"会长": 7}) == {"会长": 7}
    assert rules.rare_together({}) == {}
    assert [rules.mask_alone(n) for n in (0, 1, 4, 5)] == [0, "small", "small", 5]


def test_two_decisions_on_one_point_are_two_lines():
    frame = table_of(published(mixed_call()))
    (pair,) = [lines for _point, lines in frame.groupby("Point") if len(lines) > 1]
    assert sorted(pair["Decision (code)"]) == ["adopted", "not_adopted"]
    passages = frame["Passage"].dropna().tolist()
    assert passages == ["开到晚上九点。", "再说停车场也要扩大。"[:9]]
    assert frame[frame["Decision (code)"] == "out_of_scope"]["Forwarded to"].tolist() == ["Transport office"]


def test_who_took_part_can_not_be_recounted_from_the_files():
    outcome = published(mixed_call())
    frame = table_of(outcome)
    assert not {"Region", "Role"} & set(frame.columns)
    whole = json.loads(content_of(outcome, "json", "en"))
    assert not {"region", "capacity"} & set(whole["answers"][0])


@pytest.mark.parametrize("value", NASTY)
def test_what_begins_like_a_formula_is_no_formula(value):
    assert harmless(value).startswith("'")


@pytest.mark.parametrize("value", ["开放", "five books", "1 = 1", "", 7, None])
def test_what_is_no_formula_stays(value):
    assert harmless(value) == value


def test_formulas_in_comments_reach_no_spreadsheet():
    consultation = call(moderation="post")
    about = theme(consultation, "=HYPERLINK(1)")
    decide(about, "not_adopted", "=1+1", "+cmd|' /C calc'!A0", reason_code="other")
    for text in NASTY:
        made, _submission, _code = comment(consultation, text=f"{text} 请你们好好考虑一下")
        Comment.objects.filter(pk=made.pk).update(text=f"{text} 请你们好好考虑一下")
        point(made, about)
    close(consultation)
    outcome = published(consultation, after=False)
    lines = list(csv.reader(io.StringIO(content_of(outcome, "csv").decode("utf-8-sig"))))
    for line in lines[1:]:
        for value in line:
            assert not value.lstrip(" \u200b").startswith(
                ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "|", "%")
            )
    book = openpyxl.load_workbook(io.BytesIO(content_of(outcome, "xlsx")))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate, cell.value)
    texts = [row[8] for row in book.worksheets[3].iter_rows(min_row=2, values_only=True)]
    assert any(text.startswith("=1+1") for text in texts)


def test_personal_data_stays_hidden_also_where_a_mark_cuts_through_it():
    text = "请打13912345678给我，周末开放。"
    assert "1391" not in passage(text, 0, 6)
    assert "5678" not in passage(text, 6, 16)
    assert passage(text, 16, 21) == "周末开放。"
    consultation = decided_call()
    consultation.closes_at = timezone.now() + timedelta(days=1)
    consultation.save()
    made, _submission, _code = comment(consultation, text=text)
    point(made, consultation.themes.first(), start=0, end=6)
    participation.moderate(made, "published", actor=SYSTEM)
    close(consultation)
    outcome = published(consultation)
    for kind in Export.Kind.values:
        content = content_of(outcome, kind)
        if kind == "xlsx":
            content = "\n".join(
                str(value)
                for sheet in openpyxl.load_workbook(io.BytesIO(content))
                for row in sheet.iter_rows(values_only=True)
                for value in row
            ).encode()
        assert b"13912345678" not in content
        assert b"13912" not in content


def test_a_comment_hidden_later_leaves_the_files():
    outcome = published()
    victim = outcome.consultation.comments.order_by("pk").first()
    assert victim.text in content_of(outcome, "csv").decode("utf-8-sig")
    participation.moderate(victim, "rejected", reason="personal_data", actor=SYSTEM)
    after = content_of(outcome, "csv").decode("utf-8-sig")
    assert victim.text not in after
    assert len(list(csv.reader(io.StringIO(after)))) == 9


def test_word_and_paper_say_what_the_page_says():
    outcome = published()
    document = Document(io.BytesIO(content_of(outcome, "docx")))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for expected in ("周末开放了。", "两人编码，不代表全体居民。", "七月一日起实行。", "第二条 开放时间", "藏书有限。"):
        assert expected in words
    struck = [run.text for paragraph in document.paragraphs for run in paragraph.runs if run.font.strike]
    assert struck == ["五天"]
    paper = PdfReader(io.BytesIO(content_of(outcome, "pdf", "en")))
    text = " ".join(" ".join(page.extract_text().split()) for page in paper.pages)
    for expected in ("Libraries open at weekends.", "The stock is limited.", "In force from 1 July."):
        assert expected in text


# --- the worker


def test_the_worker_makes_what_waits_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    outcome = published()
    assert tasks.start_exports() == 10
    assert set(outcome.exports.values_list("state", flat=True)) == {Export.State.READY}
    assert tasks.start_exports() == 0
    first = outcome.exports.first()
    assert first.size > 0 and first.done == first.total == 8


def test_a_file_whose_worker_died_is_made_again(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    outcome = published()
    tasks.start_exports()
    export = outcome.exports.get(kind="csv", language="en")
    Export.objects.filter(pk=export.pk).update(state=Export.State.RUNNING, moved_at=timezone.now())
    assert tasks.start_exports() == 0
    Export.objects.filter(pk=export.pk).update(moved_at=timezone.now() - tasks.SILENT - timedelta(seconds=1))
    assert tasks.start_exports() == 1
    export.refresh_from_db()
    assert export.state == Export.State.READY


def test_a_cancelled_file_stops_between_two_rows(monkeypatch):
    monkeypatch.setattr(exports, "PROGRESS_ROWS", 2)
    outcome = published()
    export = outcome.exports.select_related("outcome__consultation").get(kind="csv", language="en")
    seen = []

    def cancel_half_way(wanted, language):
        for row in original(wanted, language):
            seen.append(row)
            if len(seen) == 3:
                assert Export.objects.get(pk=export.pk).done == 2
                actions.cancel_export(export.pk, actor=person(Role.EDITOR))
            yield row

    original = queries.export_rows
    monkeypatch.setattr(exports.queries, "export_rows", cancel_half_way)
    assert exports.make(export) == Export.State.CANCELLED
    assert len(seen) == 4
    export.refresh_from_db()
    assert not export.file
    monkeypatch.undo()
    actions.order_export(export.pk, actor=person(Role.EDITOR))
    export = outcome.exports.select_related("outcome__consultation").get(pk=export.pk)
    assert exports.make(export) == Export.State.READY


def test_an_older_order_does_not_overwrite_a_newer_one():
    outcome = published()
    export = outcome.exports.select_related("outcome__consultation").get(kind="csv", language="en")
    actions.order_export(export.pk, actor=person(Role.EDITOR))
    assert exports.make(export) == Export.State.WAITING
    assert not Export.objects.get(pk=export.pk).file


def test_only_writers_stop_and_order_files():
    export = published().exports.first()
    for actor in (ANYONE, person(), person(Role.APPROVER)):
        for verb in (actions.cancel_export, actions.order_export):
            with pytest.raises((Refused, Export.DoesNotExist)) as refused:
                verb(export.pk, actor=actor)
            assert getattr(refused.value, "code", "not_allowed") == "not_allowed"


def test_the_rows_are_read_in_pieces_of_the_same_size(monkeypatch, django_assert_num_queries):
    from consultations.outcomes.queries import rows

    outcome = published()
    monkeypatch.setattr(rows, "CHUNK", 3)
    with django_assert_num_queries(3):
        found = list(queries.export_rows(outcome, "en"))
    assert [row.number for row in found] == list(range(1, 9))
