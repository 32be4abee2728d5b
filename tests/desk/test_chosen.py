"""Above the form of an action stands what is decided on."""

import pytest
from django.test import Client

from engage.accounts.actors import Role
from tests.accounts.people import person, sign_in
from tests.consultations.factories import call, comment

pytestmark = pytest.mark.django_db


def asked(client: Client, *ids: str) -> str:
    answer = client.post("/desk/queues/moderation/act/", {"act": "reject", "id": list(ids)})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_words_are_read_again_before_they_are_rejected():
    consultation = call(moderation="pre")
    waiting = [comment(consultation, text=f"第{number}条：周末也应当开放。")[0] for number in range(7)]
    client = sign_in(Client(), person(Role.OFFICER))
    one = asked(client, f"comment:{waiting[0].pk}")
    assert "第0条：周末也应当开放。" in one and "第1条" not in one
    many = asked(client, *(f"comment:{row.pk}" for row in waiting))
    assert "第4条：周末也应当开放。" in many and "第5条" not in many
    gone = asked(client, "comment:999999", "nothing:1", "comment:x")
    assert "周末也应当开放" not in gone
