"""The real input beside the demo: what stands in the folder stands on the site, once, with its source."""

import csv
import json
from html import unescape
from io import StringIO

import pytest
from django.core.management import call_command

from consultations import queries
from consultations.models import Clause, Comment, Consultation, ConsultationPage, Version
from consultations.samples import law_source, load_laws, load_statements
from engage.accounts.actors import ANYONE
from engage.pages.models import ArticlePage
from engage.pages.sample_pages import markdown_blocks
from engage.search.models import SearchEntry
from tests.shared import SHARED, shared_file

pytestmark = pytest.mark.django_db


def counts_of(version: Version) -> dict[str, int]:
    levels = list(Clause.objects.filter(version=version).values_list("level", flat=True))
    return {level: levels.count(level) for level in Clause.Level.values}


def test_every_law_stands_on_the_site_with_the_counts_expected_of_it():
    expected = json.loads(shared_file("data", "drafts", "expected.json").read_text(encoding="utf-8"))["files"]
    loaded = load_laws(SHARED)
    versions = {version.source_name: version for version in Version.objects.all()}
    files = {path.name for path in shared_file("data", "drafts").iterdir() if path.suffix in (".txt", ".docx")}
    assert set(versions) == files
    same_text = {
        "zh-charity-v1-2016.docx": "zh-charity-v1-2016.txt",
        "zh-volunteer-2017-autonumbered.docx": "zh-volunteer-2017.txt",
        "zh-relief-shanghai-tracked-changes.docx": "zh-relief-shanghai-v2-2024.txt",
    }
    for name, version in versions.items():
        counts = expected[same_text.get(name, name)]["counts"]
        assert counts_of(version) == counts, name
        assert version.published_at is not None
    assert loaded.counts["versions"] == len(files)
    assert loaded.added == Consultation.objects.count() == ConsultationPage.objects.live().count() / 2
    charity = Consultation.objects.get(slug="sample-charity")
    assert queries.published_version(charity).source_name == "zh-charity-v2-2023.txt"
    page = charity.pages.get(locale__language_code="zh-hans")
    assert "社会法/慈善法(2023-12-29).md" in str(page.body)
    # Of a law with two texts only the one that is published now is found.
    found = SearchEntry.objects.filter(kind="clause", url__startswith="/zh/c/sample-charity/")
    assert found.count() == expected["zh-charity-v2-2023.txt"]["counts"]["article"]


def test_statements_are_read_in_public_and_found_by_search(client):
    rows = {}
    for folder in ("15-per-hour-seattle", "canadian-electoral-reform", "football-concussions", "vtaiwan.uberx"):
        with shared_file("data", "opinion", folder, "comments.csv").open(encoding="utf-8-sig", newline="") as file:
            rows[folder] = [row for row in csv.DictReader(file) if row["comment-body"].strip()]
    loaded = load_statements(SHARED)
    assert loaded.added == sum(map(len, rows.values()))
    let_through = [row for given in rows.values() for row in given if row["moderated"] == "1"]
    assert loaded.counts["published"] == Comment.objects.visible_to(ANYONE).count() == len(let_through)
    for folder, given in rows.items():
        kept = Comment.objects.filter(submission__channel=f"import:{folder}")
        assert sorted(kept.values_list("text", flat=True)) == sorted(row["comment-body"] for row in given)
    english = unescape(client.get("/en/c/sample-statements/art-2/?sort=newest").content.decode())
    newest = max((row for row in rows["canadian-electoral-reform"] if row["moderated"] == "1"), key=_when)
    assert newest["comment-body"] in english
    assert "No view stated" in english
    assert "canadian-electoral-reform" in english
    overview = client.get("/zh/c/sample-statements/").content.decode()
    assert "CC BY 4.0 with Attribution to The Computational Democracy Project" in overview
    assert "compdemocracy.org/case-studies/2015-vtaiwan-uberx" in overview
    search = client.get("/en/search/", {"q": "MMP simpler explain"}).content.decode()
    assert "/en/c/sample-statements/comments/" in search


def _when(row: dict[str, str]) -> int:
    return int(row["timestamp"])


def test_loading_twice_changes_nothing(client):
    shared_file("plan", "plan-2016.zh.md")
    answers = []
    for _time in range(2):
        out = StringIO()
        call_command("load_samples", str(SHARED), json=True, stdout=out)
        answers.append(json.loads(out.getvalue()))
        state = [
            model.objects.count() for model in (Consultation, ConsultationPage, Version, Clause, Comment, ArticlePage)
        ]
        entries = sorted(SearchEntry.objects.values_list("kind", "owner_id", "language", "title", "body"))
        if _time == 0:
            before = state, entries
    assert (state, entries) == before
    assert [answer["added"] for answer in answers[1].values()] == [0, 0, 0]
    assert {name: answer["known"] for name, answer in answers[1].items()} == {
        name: answer["added"] for name, answer in answers[0].items()
    }
    plan = ArticlePage.objects.get(slug="plan-2016")
    assert plan.title == "民政部2016年政务公开工作要点"
    shown = client.get(plan.url).content.decode()
    assert "一、围绕中央改革重点工作加强公开" in shown
    assert "〔原文缺字〕" in shown


def test_a_folder_without_the_input_is_told_what_to_hold(tmp_path, capsys):
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("load_samples", str(tmp_path), json=True, stdout=out)
    assert ended.value.code == 2
    [error] = json.loads(out.getvalue())["errors"]
    assert error["code"] == "samples_missing"
    assert "data/opinion/SOURCE.md" in error["message"]
    assert not Consultation.objects.exists()


def test_samples_stand_beside_the_demo_only(tmp_path, settings):
    settings.DEMO = False
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("load_samples", str(tmp_path), json=True, stdout=out)
    assert json.loads(out.getvalue())["errors"][0]["code"] == "samples_need_demo"


def test_the_source_of_a_law_is_read_from_its_table():
    source = (
        "Repository A/B, commit 12ab34cd56ef7890. Free.\n\n| file | path |\n|---|---|\n| x.txt | 法/某法(2016).md |\n"
    )
    assert law_source(source, ["x.txt", "y.docx"]) == {
        "source": "A/B, 12ab34cd56ef",
        "files": "法/某法(2016).md, y.docx",
    }


def test_markdown_becomes_headings_and_paragraphs():
    title, blocks = markdown_blocks("# 要点\n\n## 一、公开\n\n（一）<b>甲</b>\n\n乙\n")
    assert title == "要点"
    assert [(kind, str(getattr(value, "source", value))) for kind, value in blocks] == [
        ("heading", "一、公开"),
        ("paragraph", "<p>（一）&lt;b&gt;甲&lt;/b&gt;</p>"),
        ("paragraph", "<p>乙</p>"),
    ]
