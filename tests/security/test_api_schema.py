"""The public API against its own description: whatever is asked, the answer is one that OpenAPI announces."""

from __future__ import annotations

import re

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from engage.api.urls import public_api
from engage.wsgi import application
from tests.consultations.factories import call, comment

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
EXAMPLES = 40
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# The client in this process unpacks nothing.
PLAIN = {"Accept-Encoding": "identity"}
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[*HealthCheck],
)


@pytest.fixture
def schema():
    """The description as it is published, spoken to in this process."""
    # As Django's own test client does: the end of a request must not close the connection of the test.
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    shown = call(slug="shown", moderation="post")
    comment(shown)
    hidden = call(slug="hidden")
    hidden.pages.update(live=False)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


def operations(schema) -> dict:
    """Return path to operation."""
    return {found.ok().path: found.ok() for found in schema.get_all_operations()}


def test_every_operation_of_the_api_is_described(schema):
    mounted = {
        re.sub(r"{\w+:(\w+)}", r"{\1}", f"/api/v1{prefix}{path}")
        for prefix, router in public_api()._routers
        for path in router.path_operations
    }
    described = set(operations(schema))
    assert len(described) >= 4
    assert {path.replace("//", "/") for path in mounted} == described


@pytest.mark.parametrize("path", ["", "/{slug}", "/{slug}/text", "/{slug}/comments"])
def test_no_question_gets_an_answer_that_is_not_described(schema, path):
    operation = operations(schema)["/api/v1/consultations" + (path or "/")]
    slugs = st.sampled_from(["shown", "hidden", "a" * 300, "第一条", "-", "_"])
    odd_pages = st.sampled_from([0, -1, 1, 2**31, 2**63, -(2**63), 10**30, 10**400])

    @seed(20_261_124)
    @BOUNDED
    @given(data=st.data())
    def ask(data):
        case = data.draw(operation.as_strategy())
        if case.path_parameters and data.draw(st.booleans()):
            case.path_parameters["slug"] = data.draw(slugs)
        if case.query and "page" in case.query and data.draw(st.booleans()):
            case.query["page"] = data.draw(odd_pages)
        case.call_and_validate(headers=PLAIN, checks=CHECKS)

    ask()


@pytest.mark.parametrize("path", ["", "/{slug}", "/{slug}/text", "/{slug}/comments"])
def test_wrong_kinds_of_values_are_refused_as_described(schema, path):
    """Values that break the description on purpose: words for numbers, NUL, lists for a word."""
    operation = operations(schema)["/api/v1/consultations" + (path or "/")]

    @seed(20_261_124)
    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
    def ask(case):
        case.call_and_validate(headers=PLAIN, checks=CHECKS)

    ask()


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/v1/consultations/hidden", 404, "not_found"),
        ("/api/v1/consultations/nobody", 404, "not_found"),
        ("/api/v1/consultations/%00", 404, "not_found"),
        ("/api/v1/nowhere", 404, "not_found"),
        ("/api/nowhere/at/all", 404, "not_found"),
        ("/api/v1/consultations/shown/comments?page=one", 422, "unreadable_parameter"),
        ("/api/v1/consultations/shown/comments?page=%00", 422, "unreadable_parameter"),
        (f"/api/v1/consultations/shown/comments?page={'9' * 5_000}", 422, "unreadable_parameter"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_refusal_has_a_code_and_a_sentence_in_the_language_of_the_request(schema, address, status, code, language):
    response = Client().get(address, headers={"accept-language": language})
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("application/json")
    refusal = response.json()["errors"][0]
    assert refusal["code"] == code
    assert bool(re.search("[\u4e00-\u9fff]", refusal["message"])) == (language == "zh")


def test_a_page_past_the_end_is_the_last_page(schema):
    for page in (10**30, -5, 0):
        assert Client().get("/api/v1/consultations/shown/comments", {"page": page}).json()["page"] == 1
