import base64
import json
from datetime import timedelta

import pytest
from altcha import v1 as altcha
from django.utils import timezone

from engage.errors import Refused
from engage.participation import challenge


def solve(made: dict) -> str:
    for number in range(made["maxNumber"] + 1):
        if altcha.hash_hex(made["algorithm"], (made["salt"] + str(number)).encode()) == made["challenge"]:
            payload = {key: made[key] for key in ("algorithm", "challenge", "salt", "signature")} | {"number": number}
            return base64.b64encode(json.dumps(payload).encode()).decode()
    raise AssertionError("no solution")


def test_a_solution_counts_once(monkeypatch):
    monkeypatch.setattr(challenge, "MAX_NUMBER", 500)
    solution = solve(challenge.make())
    challenge.check(solution, "", timezone.now())
    with pytest.raises(Refused):
        challenge.check(solution, "", timezone.now())


def test_without_script_waiting_is_enough():
    asked = timezone.now()
    opened = challenge.sign_moment(asked)
    with pytest.raises(Refused) as refusal:
        challenge.check("", opened, asked + timedelta(seconds=5))
    assert refusal.value.values == {"seconds": 30}
    challenge.check("", opened, asked + timedelta(seconds=31))


def test_an_old_form_must_be_opened_again():
    asked = timezone.now()
    with pytest.raises(Refused):
        challenge.check("", challenge.sign_moment(asked), asked + timedelta(hours=2))


@pytest.mark.parametrize(
    "solution", ["x", "e30=", base64.b64encode(b"[1]").decode(), base64.b64encode(b'{"algorithm":1}').decode(), "é"]
)
def test_nonsense_is_refused_without_an_error(solution):
    with pytest.raises(Refused):
        challenge.check(solution, "forged", timezone.now())
