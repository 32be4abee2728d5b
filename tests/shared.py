"""The one door to the real input that lies beside the project; nothing of it is copied into the project."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("ENGAGE_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


def shared_file(*parts: str) -> Path:
    """Return the path of a file or folder of real input; skip with a reason when it is not there.

    In CI a missing file is a failure: there the real input is part of the test.
    """
    path = SHARED.joinpath(*parts)
    if not path.exists():
        reason = f"real input {'/'.join(parts)} is not beside the project"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path
