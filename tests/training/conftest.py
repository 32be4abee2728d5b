"""Practice sites for the tests: a small one for both databases, and one with the demo's content.

What needs the registry of apps is imported late: pytest reads this file before Django is set up.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import prepared
from tests.conftest import ON_POSTGRES, VAR

if TYPE_CHECKING:
    from engage.training.isolation import Place


@pytest.fixture(scope="session")
def empty_site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database with the page tree, whatever the real one is."""
    folder = tmp_path_factory.mktemp("practice")
    target = folder / "engage.sqlite3"
    if not prepared.migrated_file(target):
        if ON_POSTGRES:
            prepared.migrate(ENGAGE_VAR=str(folder))
        else:
            shutil.copyfile(VAR / "first.sqlite3", target)
    return target


@pytest.fixture
def practice(empty_site: Path, settings, tmp_path: Path, db: None) -> Iterator["Place"]:
    """The template of practice sites: one call with a comment that waits, releases to review, and an officer."""
    from engage.accounts.actors import SYSTEM, Role
    from engage.departments import actions as departments
    from engage.training import own_tasks, places
    from engage.training.isolation import Place, inside
    from tests.accounts.people import person
    from tests.consultations.factories import call, comment, department

    settings.PRACTICE_ROOT = tmp_path / "sites"
    # Django's test runner puts its own outbox in the place of what the site uses.
    settings.EMAIL_BACKEND, settings.POST_BACKEND = "engage.training.post.backend", settings.EMAIL_BACKEND
    template = Place(places.root() / f"template-{places.mark()}")
    template.folder.mkdir(parents=True)
    shutil.copyfile(empty_site, template.database)
    places.align_content_types(template)
    with inside(template):
        shown = call(slug="practised", moderation="pre")
        comment(shown, email="resident@example.org")
        officer = person(Role.OFFICER)
        departments.add_member(department(), officer, Role.OFFICER, actor=SYSTEM)
        own_tasks.load()
    yield template


@pytest.fixture
def demo_practice(settings, tmp_path: Path, db: None) -> "Place":
    """The template as the site builds it; a run of the suite takes its database from the demo that it built anyway."""
    from engage.training import own_tasks, places, twins
    from engage.training.isolation import Place, inside

    settings.PRACTICE_ROOT = tmp_path / "sites"
    demo = tmp_path / "demo"
    demo.mkdir()
    prepared.demo_site(demo)
    if not (demo / "engage.sqlite3").exists():
        built = places.build_template()
        assert built is not None
        return built
    for name, value in json.loads((demo / "secrets.json").read_text()).items():
        setattr(settings, name, value)
    places.mark.cache_clear()
    template = Place(places.root() / f"template-{places.mark()}")
    template.folder.parent.mkdir(parents=True)
    demo.rename(template.folder)
    places.align_content_types(template)
    with inside(template):
        own_tasks.load()
        twins.catch_up()
    return template


@pytest.fixture(autouse=True)
def _own_mark() -> Iterator[None]:
    yield
    from engage.training import places

    places.mark.cache_clear()
