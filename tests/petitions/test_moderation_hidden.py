"""What moderators say among themselves, and words they took out, are in no byte that anybody outside gets."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from engage.participation.models import Submission
from engage.participation.rules import code_digest, format_code
from mailbox.petitions.actions import moderation as actions
from mailbox.petitions.models import Petition, State
from tests.petitions.factories import reason
from tests.petitions.moderated import officer, post, waiting
from tests.petitions.test_starting_hidden import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
SECRET = "zqamongus"
CODE = "ABCDEFGHJKMN"


def moderated(state: str) -> Petition:
    """A petition about which moderators wrote, whose first words were taken out."""
    made = waiting(sponsors=1, title=f"{SECRET} 点名批评某人")
    words = {name: getattr(made, name) for name in actions.LENGTHS}
    who = {"actor": officer(), "now": timezone.now()}
    actions.edit_words(made.pk, words | {"title": "改善夜间照明"}, note="去掉人名", shown=False, **who)
    actions.write_note(made.pk, f"{SECRET} 内部说明", **who)
    actions.tag_petition(made.pk, f"{SECRET} 标签", actor=who["actor"])
    if state == State.REJECTED:
        actions.reject_petition(made.pk, reason().code, note="请写明地点", **who)
    else:
        actions.open_petition(made.pk, **who)
    # What one moderator asks of the other is nobody else's, and the public reason stays until they agree.
    actions.ask_to_hide(made.pk, reason(hides=True).code, note=f"{SECRET} 法院来函", **who)
    return made


def test_notes_tags_requests_and_words_taken_out_are_read_by_moderators_alone(settings):
    made = [moderated(State.OPEN), moderated(State.REJECTED)]
    cache.clear()
    stranger = Client(raise_request_exception=False)
    leaks = []
    for address in addresses(made):
        response = stranger.get(address, headers={"accept-language": "zh"})
        assert response.status_code < 500, address
        content = b"".join(response.streaming_content) if response.streaming else response.content
        if SECRET.encode() in content:
            leaks.append(address)
    assert not leaks, "\n".join(leaks)
    read = stranger.get(f"/zh/petitions/{made[0].pk}/").content.decode()
    assert "改善夜间照明" in read and "点名批评" not in read
    # The starter's own page has the words in force; the letter had both, and it alone.
    for petition in made:
        Submission.objects.filter(pk=petition.pk).update(code_digest=code_digest(CODE, settings.TRACKING_KEY))
        starter = Client()
        starter.post("/zh/track/", {"reference": petition.reference, "code": format_code(CODE)})
        page = starter.get(f"/zh/track/{petition.reference}/")
        assert page.status_code == 200 and SECRET not in page.content.decode()
    sent = post()
    assert all("内部说明" not in letter.body and "法院来函" not in letter.body for letter in sent)
    assert any(SECRET in letter.body and "去掉人名" in letter.body for letter in sent)
