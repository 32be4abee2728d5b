"""The evidence of a call: every way in with its number and days, nothing before the close, one count for all forms."""

import csv
import io
from datetime import date, timedelta

import openpyxl
import pandas as pd
import pytest
from django.test import Client
from django.utils import timezone, translation
from docx import Document

from consultations import actions as consultations
from consultations import imports
from consultations.models import Comment, Consultation
from consultations.outcomes import rules
from consultations.study import actions, queries
from consultations.voices import actions as voices
from consultations.voices.organisations import OnBehalf
from engage.accounts.actors import ANYONE, SYSTEM, ReceiptHolder, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.participation import actions as participation
from engage.participation import evidence
from engage.participation.evidence import Input, LeftOut, Source
from engage.participation.models import ModerationState
from tests.accounts.people import person, staff_client
from tests.consultations.factories import call, comment
from tests.consultations.outcomes.builders import close, decided_call, published
from tests.participation.factories import envelope
from tests.publishing.signing import sign_newest

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WORDS = "开放五天太少，周末也应当开放。"


@pytest.fixture
def survey():
    """Let another room register what it took in, as surveys and the mailbox will; taken out again."""
    rows: list[Input] = []
    source = Source(
        code="survey",
        label="Answers to the survey",
        inputs=lambda call_id, actor: rows,
        nothing="No survey was held.",
        left_out=lambda call_id, actor: [LeftOut("broken_off", "Broken off", 9)] if rows else [],
        order=50,
    )
    evidence.register(source)
    yield rows
    evidence.unregister("survey")


def import_paper(consultation: Consultation, n: int, *, channel: str = "paper", ago: int = 3, **values) -> None:
    given = consultations.CommentInput(key="art_2", stance="unstated", text=WORDS, **values)
    arrivals = [
        imports.Arrival(
            external_id=f"{channel}-{number}",
            comments=(given,),
            language="zh-hans",
            received_at=timezone.now() - ago * DAY,
            decision="private" if values else "published",
        )
        for number in range(n)
    ]
    imports.import_comments(consultation.slug, arrivals, channel=channel, now=timezone.now(), actor=SYSTEM)


def mixed_call() -> Consultation:
    """7 on the site (one for an organisation, two confidential), 40 on paper, 12 in a frame, 3 taken over; out: 3."""
    consultation = call()
    for number in range(4):
        comment(consultation, text=f"{WORDS} 第{number}位。", received_at=timezone.now() - (number + 1) * DAY)
    for number in range(2):
        sealed = envelope(received_at=timezone.now() - DAY, region="north")
        given = consultations.CommentInput(key="art_3", stance="oppose", text=WORDS, confidential=True)
        on_behalf = OnBehalf("城南读书会", "small", "会长") if number else None
        consultations.submit_comments(consultation.slug, [given], sealed, title="", on_behalf=on_behalf, actor=ANYONE)
    kept, _submission, _code = comment(consultation, text=f"{WORDS} 读过但没有发表。")
    participation.moderate(kept, ModerationState.PRIVATE, actor=SYSTEM)
    import_paper(consultation, 40, ago=9)
    import_paper(consultation, 12, channel="embed:www.example.org")
    import_paper(consultation, 3, channel="import:old-site")
    for _number in range(2):
        rejected, _submission, _code = comment(consultation)
        participation.moderate(rejected, "rejected", reason="advertising", actor=SYSTEM)
    _row, back, _code = comment(consultation)
    consultations.withdraw_comments(back.pk, ReceiptHolder(back.pk))
    return consultation


def read(path: str, client: Client | None = None) -> str:
    client = client or Client()
    client.cookies["sessionid"] = client.cookies.get("sessionid", "somebody")
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


def study_of(consultation: Consultation, language: str = "en") -> queries.Study:
    with translation.override(language):
        found = queries.study(consultation.slug, language=language, actor=SYSTEM, now=timezone.now())
    assert found is not None
    return found


def table_of(consultation: Consultation, language: str = "en") -> pd.DataFrame:
    content = Client().get(f"/{language}/c/{consultation.slug}/evidence/csv").content
    return pd.read_csv(io.BytesIO(content), keep_default_na=False)


def test_before_the_close_only_staff_see_it(client):
    consultation = call()
    comment(consultation)
    paths = [f"/{code}/c/{consultation.slug}/evidence/{kind}" for code in ("zh", "en") for kind in ("", "csv", "docx")]
    api = f"/api/v1/consultations/{consultation.slug}/evidence"
    for path in [*paths, api]:
        assert client.get(path).status_code == 404, path
    staff = staff_client(Role.OFFICER)
    assert "Only staff see this page now" in staff.get(paths[3]).content.decode()
    assert staff.get(api).status_code == 404
    assert "/evidence/" not in read(f"/zh/c/{consultation.slug}/")
    assert "/evidence/" not in read("/sitemap.xml")
    close(consultation)
    for path in [*paths, api]:
        assert Client().get(path).status_code == 200, path
    assert f"/zh/c/{consultation.slug}/evidence/" in read(f"/zh/c/{consultation.slug}/")
    assert f"/zh/c/{consultation.slug}/evidence/" in read("/sitemap.xml")
    assert "Only staff see this page now" not in read(f"/en/c/{consultation.slug}/evidence/")


def test_a_hidden_call_has_no_evidence_and_a_withdrawn_one_has(client):
    hidden = call(live=False)
    close(hidden)
    assert client.get(f"/zh/c/{hidden.slug}/evidence/").status_code == 404
    assert client.get(f"/api/v1/consultations/{hidden.slug}/evidence").status_code == 404
    withdrawn = call()
    withdrawn.withdrawn_reason_zh, withdrawn.withdrawn_reason_en = "另行起草。", "Redrafted."
    withdrawn.withdrawn_at = timezone.now() - DAY
    withdrawn.save()
    assert client.get(f"/zh/c/{withdrawn.slug}/evidence/").status_code == 200


def test_every_way_is_counted_with_its_days(client):
    consultation = mixed_call()
    close(consultation)
    (comments,) = study_of(consultation).inputs
    framed, paper = (timezone.localdate(timezone.now() - days * DAY) for days in (3, 9))
    found = {row.mode: (row.n, row.mark, row.first, row.last) for row in comments.inputs}
    assert found == {
        "paper": (40, "", paper, paper),
        "embed:www.example.org": (12, "", framed, framed),
        "web": (None, rules.PROTECTING, None, None),
        "import:old-site": (None, rules.SMALL, None, None),
    }
    assert comments.total == 62 and comments.first is None
    page = read(f"/en/c/{consultation.slug}/evidence/")
    for words in ("The form on www.example.org", "Taken over from old-site", "keyed in by officers", "&lt;5", "hidden"):
        assert words in page
    chinese = read(f"/zh/c/{consultation.slug}/evidence/")
    assert "纸" in chinese and "www.example.org" in chinese


def test_confidential_comments_and_organisations_are_counted_and_what_is_left_out_is_said():
    consultation = mixed_call()
    close(consultation)
    study = study_of(consultation)
    assert study.figures == {"comments": 62, "people": 62, "organisations": 1, "private": 3, "confidential": 2}
    assert study.kept_back == 1
    assert {row.code: (row.n, row.mark) for row in study.left_out} == {
        "withdrawn": (None, rules.SMALL),
        "rejected": (None, rules.SMALL),
        "held": (0, ""),
    }
    for _number in range(4):
        reopened = Consultation.objects.get(pk=consultation.pk)
        reopened.closes_at = timezone.now() + DAY
        reopened.save()
        rejected, _submission, _code = comment(reopened)
        participation.moderate(rejected, "rejected", reason="advertising", actor=SYSTEM)
    assert {row.code: row.n for row in study_of(consultation).left_out}["rejected"] == 6


def test_page_table_workbook_document_and_api_say_the_same_and_pandas_finds_it_in_the_comments(client):
    consultation = mixed_call()
    close(consultation)
    frame = table_of(consultation)
    ways = frame[(frame["Section (code)"] == "input") & ~frame["Code"].str.endswith(".total")]
    shown = {code.split(".", 1)[1]: n for code, n in zip(ways["Code"], ways["Number"], strict=True)}
    raw = pd.DataFrame(
        Comment.objects.filter(consultation=consultation).values(
            "pk", "submission", "submission__channel", "submission__state", "moderation_state", "confidential"
        )
    )
    counted = raw[(raw["submission__state"] == "active") & raw["moderation_state"].isin(["published", "private"])]
    by_way = counted.groupby("submission__channel")["pk"].nunique()
    numbers = {way: int(n) for way, n in shown.items() if n.isdigit()}
    assert numbers == by_way[["paper", "embed:www.example.org"]].to_dict()
    assert set(shown) == set(by_way.index)
    figures = frame[frame["Section (code)"] == "figure"].set_index("Code")["Number"].astype(int)
    assert figures["comments"] == len(counted) == by_way.sum()
    assert figures["people"] == counted["submission"].nunique()
    assert figures["confidential"] == counted["confidential"].sum()
    assert figures["private"] == (counted["moderation_state"] == "private").sum()
    api = client.get(f"/api/v1/consultations/{consultation.slug}/evidence?language=en").json()
    assert api["figures"] == figures.to_dict()
    (comments,) = [source for source in api["sources"] if not source["counted_apart"]]
    assert {row["mode"]: row["n"] for row in comments["inputs"] if row["n"] is not None} == numbers
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/en/c/{consultation.slug}/evidence/xlsx").content))
    rows = [["" if value is None else str(value) for value in row] for row in book.worksheets[0].values]
    assert rows[4:] == frame.astype(str).values.tolist()
    document = Document(io.BytesIO(client.get(f"/en/c/{consultation.slug}/evidence/docx").content))
    cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["Paper", "40"] in [row[:2] for row in cells] and ["This site", "hidden"] in [row[:2] for row in cells]
    page = read(f"/en/c/{consultation.slug}/evidence/")
    assert f'<dd class="big">{figures["comments"]}</dd>' in page


def test_the_evidence_agrees_with_the_outcome_and_says_when_it_no_longer_does(client):
    outcome = published(decided_call())
    consultation = outcome.consultation
    study = study_of(consultation)
    assert {name: outcome.content["totals"][name] for name in study.figures} == study.figures
    assert not study.differs
    page = read(f"/en/c/{consultation.slug}/outcome/")
    assert f"/en/c/{consultation.slug}/evidence/" in page
    (answers,) = [source for source in study.apart if source.code == "answers"]
    assert answers.total == 8 and [row.mode for row in answers.inputs] == ["web"]
    gone = consultation.comments.order_by("pk").first()
    participation.moderate(gone, "rejected", reason="advertising", actor=SYSTEM)
    assert "counted from 8 comments" in read(f"/en/c/{consultation.slug}/evidence/")


def test_agreement_is_counted_apart():
    consultation = call()
    liked, _submission, _code = comment(consultation)
    for number in range(6):
        voices.agree(liked.pk, device=f"device-{number}", own=False, now=timezone.now())
    voices.take_agreement_back(liked.pk, device="device-0", now=timezone.now())
    close(consultation)
    study = study_of(consultation)
    (agreement,) = [source for source in study.apart if source.code == "agreement"]
    assert (agreement.total, agreement.inputs[0].n) == (5, 5)
    assert study.figures["comments"] == 1


def test_a_source_with_nothing_says_so_and_another_room_is_shown_when_it_registers(survey):
    consultation = call()
    close(consultation)
    page = read(f"/en/c/{consultation.slug}/evidence/")
    for words in ("Nobody commented on the draft.", "No survey was held.", "No answers yet", "Nobody took part"):
        assert words in page
    survey += [
        Input("phone", 412, date(2026, 11, 2), date(2026, 11, 20), "Numbers drawn by lot."),
        Input("event", 18, date(2026, 11, 5), date(2026, 11, 5)),
    ]
    page = read(f"/en/c/{consultation.slug}/evidence/")
    for words in ("Answers to the survey", "412", "Numbers drawn by lot.", "Telephone", "Event", "Broken off"):
        assert words in page
    lines = list(csv.reader(io.StringIO(table_of(consultation).to_csv(index=False))))
    assert ["input", "Answers to the survey", "survey.phone", "Telephone", "412"] in [line[:5] for line in lines]


def test_a_source_is_registered_once(survey):
    with pytest.raises(ValueError, match="survey"):
        evidence.register(Source(code="survey", label="", inputs=lambda call_id, actor: []))


@pytest.mark.parametrize(
    ("counts", "shown", "days"),
    [
        ({"web": 3}, None, False),
        ({"web": 3, "paper": 4}, None, True),
        ({"web": 50, "paper": 2, "email": 30}, {"web": 50, "paper": None, "email": None}, False),
        ({"web": 50, "paper": 0}, {"web": 50}, True),
        ({}, {}, False),
    ],
)
def test_small_counts_take_their_days_with_them(survey, counts, shown, days):
    consultation = call()
    close(consultation)
    survey += [Input(mode, n, date(2026, 11, 1), date(2026, 11, 2)) for mode, n in counts.items()]
    (source,) = [one for one in study_of(consultation).sources if one.code == "survey"]
    assert source.withheld == (shown is None)
    assert {row.mode: row.n for row in source.inputs} == (shown or {})
    assert bool(source.first) == days
    assert source.total == sum(counts.values())
    assert all((row.first is None) == (row.n is None) for row in source.inputs)


def test_no_value_of_a_table_is_a_formula(client):
    consultation = call()
    import_paper(consultation, 6, channel="import:=1+1")
    close(consultation)
    write(consultation, {"zh-hans": {"limits": "=HYPERLINK(1)"}})
    content = client.get(f"/zh/c/{consultation.slug}/evidence/csv").content.decode("utf-8-sig")
    for line in csv.reader(io.StringIO(content)):
        for value in line:
            assert not value.lstrip().startswith(("=", "+", "-", "@"))
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/zh/c/{consultation.slug}/evidence/xlsx").content))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_page_costs_the_same_number_of_queries_whatever_came_in(client, django_assert_max_num_queries):
    small, large = call(), mixed_call()
    for consultation in (small, large):
        close(consultation)
        read(f"/en/c/{consultation.slug}/evidence/")  # what is kept for a while
    with django_assert_max_num_queries(30) as few:
        read(f"/en/c/{small.slug}/evidence/")
    with django_assert_max_num_queries(30) as many:
        read(f"/en/c/{large.slug}/evidence/")
    assert len(few) == len(many)


# --- the note


def write(consultation: Consultation, notes, *, seen: str | None = None, actor=SYSTEM) -> None:
    stamp = queries.method_stamp(consultation) if seen is None else seen
    actions.write_method(consultation.pk, notes, seen=stamp, now=timezone.now(), actor=actor)


def test_a_note_is_read_in_its_language_and_marked_in_another(client):
    consultation = call()
    close(consultation)
    assert "has not written yet" in read(f"/en/c/{consultation.slug}/evidence/")
    write(consultation, {"zh-hans": {"publicised": "在二十个社区公告栏张贴。", "limits": "不代表全体居民。"}})
    assert "在二十个社区公告栏张贴。" in read(f"/zh/c/{consultation.slug}/evidence/")
    assert 'lang="zh-Hans"><p>不代表全体居民。' in read(f"/en/c/{consultation.slug}/evidence/")
    write(consultation, {"en": {"reached": "Few people under 30 wrote."}})
    page = read(f"/en/c/{consultation.slug}/evidence/")
    assert "Few people under 30 wrote." in page and "不代表" not in page
    api = client.get(f"/api/v1/consultations/{consultation.slug}/evidence?language=en").json()
    assert (api["method"]["language"], api["method"]["reached"]) == ("en", "Few people under 30 wrote.")
    assert JournalRow.objects.filter(verb="call.method_written").count() == 2


def test_only_editors_write_a_note_and_nobody_overwrites_what_they_did_not_see():
    consultation = call()
    for actor in (ANYONE, person(Role.OFFICER), person(Role.CITIZEN)):
        with pytest.raises(Refused, match="not_allowed"):
            write(consultation, {"en": {"limits": "x"}}, actor=actor)
    editor = person(Role.EDITOR)
    write(consultation, {"en": {"limits": "First."}}, actor=editor)
    with pytest.raises(Refused, match="method_changed_meanwhile"):
        write(consultation, {"en": {"limits": "Second."}}, seen="", actor=editor)
    assert consultation.method_notes.get().limits == "First."
    with pytest.raises(Refused, match="method_too_long"):
        write(consultation, {"en": {"limits": "x" * (actions.PART_MOST + 1)}})
    for wrong in ({"fr": {"limits": "x"}}, {"en": {"summary": "x"}}):
        with pytest.raises(Refused, match="method_unknown_part"):
            write(consultation, wrong)
    write(consultation, {"en": {"limits": " "}})
    assert not consultation.method_notes.exists()


def test_an_editor_writes_the_note_in_the_studio():
    consultation = call()
    editor = staff_client(Role.EDITOR)
    edit = editor.get(f"/studio/snippets/consultations/consultation/edit/{consultation.pk}/").content.decode()
    path = f"/studio/calls/{consultation.pk}/method/"
    assert path in edit
    typed = {"publicised_zh": "张贴公告。", "publicised_en": "Notices were put up.", "seen": ""}
    assert editor.post(path, typed).status_code == 302
    sign_newest("method_note")
    assert {note.language: note.publicised for note in consultation.method_notes.all()} == {
        "zh-hans": "张贴公告。",
        "en": "Notices were put up.",
    }
    stale = editor.post(path, typed | {"publicised_en": "Nothing was done."})
    assert stale.status_code == 422 and "Nothing was done." in stale.content.decode()
    assert consultation.method_notes.get(language="en").publicised == "Notices were put up."
    assert "Notices were put up." in editor.get(path).content.decode()
