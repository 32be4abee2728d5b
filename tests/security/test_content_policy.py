"""The policy for content that goes with every answer: the strict one, the Studio's, and one of an answer's own."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from engage.middleware import ContentSecurityPolicyMiddleware

STRICT = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


def policy(path="/en/", **own):
    response = HttpResponse()
    for name, value in own.items():
        setattr(response, name, value)
    ContentSecurityPolicyMiddleware(lambda _request: response)(RequestFactory().get(path))
    assert "Content-Security-Policy-Report-Only" not in response
    return set(response["Content-Security-Policy"].split("; "))


def test_an_answer_has_the_strict_policy_each_time():
    assert policy() == policy("/desk/") == STRICT


@pytest.mark.parametrize("path", ["/studio/", "/studio/pages/3/edit/"])
def test_the_studio_has_its_own_and_scripts_stay_strict(path):
    found = policy(path)
    assert {"style-src-attr 'unsafe-inline'", "frame-ancestors 'self'", "script-src 'self'"} <= found
    assert ("style-src 'self' 'unsafe-inline'" in found) == ("pages" in path)


def test_an_answer_may_say_who_frames_it_and_the_next_is_strict_again():
    assert policy(_csp_replace={"frame-ancestors": ["www.example.org"]}) == (STRICT - {"frame-ancestors 'none'"}) | {
        "frame-ancestors www.example.org"
    }
    assert policy() == STRICT


def test_a_policy_that_an_answer_brings_stays():
    response = HttpResponse(headers={"Content-Security-Policy": "sandbox"})
    ContentSecurityPolicyMiddleware(lambda _request: response)(RequestFactory().get("/media/a.pdf"))
    assert response["Content-Security-Policy"] == "sandbox"
