"""What the tests of the coding desk stand on."""

from importlib import import_module

import pytest


@pytest.fixture(autouse=True)
def counting(monkeypatch):
    """Return the module that counts, told that counting is quick.

    How long it takes decides who counts; on a busy machine that must not decide a test.
    """
    module = import_module("consultations.coding.queries.figures")
    monkeypatch.setattr(module, "QUICK_SECONDS", 3_600)
    return module
