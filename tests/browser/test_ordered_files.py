"""The page of ordered files of answers moves by itself; how it works without a script is looked at beside the views."""

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from engage.accounts.actors import Role
from engage.training.storage import Files
from surveys import tasks
from surveys.models import Export
from surveys.results import columns
from tests.accounts.people import person
from tests.surveys.answering.builders import published
from tests.surveys.results import made_up

pytestmark = [pytest.mark.browser, pytest.mark.sqlite_only, pytest.mark.django_db(transaction=True)]


def test_a_file_is_ordered_followed_and_fetched(sign_in, live_server, monkeypatch, settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "columns"
    monkeypatch.setattr(Files, "location", str(tmp_path / "private"))
    monkeypatch.setattr(columns, "DIRECT_MOST", 50)
    version = published(made_up.document())
    made_up.stored(version.questionnaire, version, list(made_up.rows(60)))
    page = sign_in(person(Role.ANALYST), "en-GB")
    page.goto(f"{live_server.url}/desk/results/parks/files/")
    page.get_by_label("Kind of file").select_option("json")
    page.get_by_role("button", name="Order the file").click()
    shown = page.locator("#made")
    expect(shown).to_contain_text("waiting")
    Export.objects.update(state="running", done=20, total=60, moved_at=timezone.now())
    expect(shown).to_contain_text("20 of 60", timeout=15_000)
    Export.objects.update(state="waiting")
    tasks.make_exports()
    expect(shown.get_by_role("link", name="Show again")).to_have_count(0, timeout=15_000)
    with page.expect_download() as started:
        shown.get_by_role("link", name="Download").click()
    assert started.value.suggested_filename == "parks-json.jsonl"
    assert len(Path(started.value.path()).read_text("utf-8").splitlines()) == 60
