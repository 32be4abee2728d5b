"""What every test stands on: settings of their own, a quick password hasher, and a site for the browser."""

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest

# Before Django reads its settings: uploads, mail and secrets of a test run never touch the developer's own var/.
os.environ["ENGAGE_VAR"] = tempfile.mkdtemp(prefix="engage-tests-")
os.environ["ENGAGE_MODE"] = "embedded"
os.environ["DJANGO_SETTINGS_MODULE"] = "engage.settings"

from django.conf import settings as django_settings  # noqa: E402

# The real hasher takes a fifth of a second per account by design.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ["ENGAGE_VAR"], ignore_errors=True)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Counters of abuse limits and cached pages of one test must not reach the next."""
    from django.core.cache import cache

    cache.clear()
    yield
