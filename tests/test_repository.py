"""Promises about the project's own files."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.services import ROOT

pytestmark = pytest.mark.sqlite_only

# In two pieces each, so that this file keeps the promise too.
REGISTRY_HOSTS = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "mirror.com", "jsde" + "livr.net"]
MADE_BY_RUNNING = {".git", ".venv", "node_modules", "__pycache__", "staticfiles"}
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def project_files() -> list[Path]:
    """What is committed; without git, everything that is not made by running."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        names = filter(None, listed.stdout.split("\0"))
        return [path for name in names if (path := ROOT / name).is_file()]
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not MADE_BY_RUNNING & {*path.relative_to(ROOT).parts}
        and not re.match(r"var|\..*_cache", path.relative_to(ROOT).parts[0])
    ]


def test_no_file_names_the_host_of_a_package_registry():
    pattern = re.compile("|".join(map(re.escape, REGISTRY_HOSTS)).encode())
    naming = [str(path.relative_to(ROOT)) for path in project_files() if pattern.search(path.read_bytes())]
    assert naming == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_pins_every_package_with_hashes_and_says_nothing_else(lock):
    requirements = lock.read_text().replace("\\\n", " ").splitlines()
    assert requirements
    for requirement in requirements:
        assert re.match(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==\S+ ", requirement), requirement
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", requirement), requirement
        assert "://" not in requirement


def test_every_target_of_make_is_a_script_of_the_same_name():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^(run .*):$", makefile, re.MULTILINE)[1].split()
    assert set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()) == {"help", *targets}
    for target in targets:
        assert (ROOT / "scripts" / target).is_file()
        assert f"make {target} " in makefile
