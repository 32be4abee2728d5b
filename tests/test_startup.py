"""What a process pays before it does anything: every web server, worker and command starts this way."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "docx",
    "matplotlib",
    "numpy",
    "openpyxl",
    "pandas",
    "pyarrow",
    "pypdfium2",
    "pyreadstat",
    "python_calamine",
    "scipy",
    "sklearn",
    "snowballstemmer",
)
STARTED = """
import json, sys
import django
from django.urls import get_resolver
django.setup()
get_resolver().url_patterns
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.sqlite_only
def test_a_start_imports_nothing_that_only_tables_models_and_files_need():
    done = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "engage.urls" in loaded
    assert [name for name in HEAVY if name in loaded] == []
