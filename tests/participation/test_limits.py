import pytest
from django.test import RequestFactory

from engage.errors import Refused
from engage.participation import limits
from engage.participation.rules import Window

WINDOWS = (Window(3, 60), Window(5, 3600))


def test_the_burst_window_closes_and_opens_again():
    for second in range(3):
        limits.check("test", "a", WINDOWS, now=1_000_000_020 + second)
    with pytest.raises(Refused) as refusal:
        limits.check("test", "a", WINDOWS, now=1_000_000_024)
    assert refusal.value.code == "too_many"
    later = 1_000_000_024 + refusal.value.values["seconds"] + 60
    limits.check("test", "a", WINDOWS, now=later)


def test_the_sustained_window_holds_when_bursts_are_avoided():
    for minute in range(5):
        limits.check("test", "b", WINDOWS, now=1_000_000_000 + 120 * minute)
    with pytest.raises(Refused):
        limits.check("test", "b", WINDOWS, now=1_000_000_000 + 700)


def test_one_address_does_not_use_up_anothers():
    for _time in range(3):
        limits.check("test", "c", WINDOWS, now=1_000_000_000)
    limits.check("test", "d", WINDOWS, now=1_000_000_000)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.9.9.9", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_forged_forwarding_headers_are_not_believed(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **headers)
    assert limits.client_address(request) == expected
