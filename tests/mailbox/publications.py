"""Cases on their way to the public: answered, prepared, signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engage.accounts.actors import Role
from engage.publishing import actions as gate
from engage.publishing import registry
from engage.publishing.models import Release
from mailbox import actions as cases
from mailbox.actions import DraftWords, Given
from mailbox.models import Case
from mailbox.publication import actions, building
from mailbox.publication.actions import Checked
from mailbox.publication.models import Publication
from mailbox.publication.rules import Candidate
from tests.accounts.people import person
from tests.mailbox.factories import NOW, House, answered, case, later, taken_on

SECRET = "柳青青"
QUESTION = f"我叫李梅，电话13800138000，住在锦绣路18弄3号502室。邻居{SECRET}家的水管坏了，什么时候修？"
ANSWER = "李梅您好：水管已于周五修好。再有问题请打13800138000联系我们。"
ENGLISH = {
    "title": "A broken water pipe",
    "question": f"The pipe of my neighbour {SECRET} is broken. When is it repaired?",
    "answer": "The pipe was repaired on Friday.",
}


def reply_case(place: House, *, text: str = QUESTION, answer: str = ANSWER, now: datetime = NOW, **values: Any) -> Case:
    """A letter whose sender allows that it is published, answered."""
    given = {"may_publish": True, "title": "水管什么时候修"} | values
    return answered(place, taken_on(place, "letter", now=now, text=text, **given), now=now, text=answer)


def request_case(place: House, *, result: str = "PARTLY", now: datetime = NOW, **values: Any) -> Case:
    """A request for information in which something was given."""
    made = case("information_request", text=f"请公开给{SECRET}的处理记录。", now=now, **values)
    cases.take_step(made.pk, "confirm_receipt", actor=place.clerk, now=now)
    cases.take_step(made.pk, "route", Given(department=place.water.pk), actor=place.clerk, now=now)
    cases.take_step(made.pk, "accept", actor=place.officer, now=now)
    cases.take_step(made.pk, "draft", actor=place.officer, now=now)
    words = DraftWords(text="准予部分公开。", basis="《政府信息公开条例》第三十七条", result=result)
    cases.save_draft(made.pk, words, actor=place.officer, now=now)
    draft = cases.submit_draft(made.pk, actor=place.officer, now=now)
    cases.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=now)
    cases.send_due_answers(now=later(now))
    made.refresh_from_db()
    return made


def prepared(
    place: House,
    made: Case,
    *,
    more: Sequence[str] = (SECRET,),
    words: dict[str, dict[str, str]] | None = None,
    topics: Sequence[str] = (),
    now: datetime = NOW,
) -> Publication:
    """Open it and look at what is taken out, as the officer does."""
    publication = actions.open_publication(made.pk, actor=place.officer, now=now)
    marks = [
        *(Candidate(value, "officer", "personal-privacy") for value in more),
        *building.candidates(made, building.source_of(made)),
    ]
    if words is None:
        words = {"zh-hans": {"title": "水管什么时候修"}, "en": ENGLISH}
        if publication.form == "disclosure":
            words = {
                "zh-hans": {"title": "处理记录", "summary": f"申请公开给{SECRET}的处理记录，部分公开。"},
                "en": {"title": "Records of decisions", "summary": f"Records about {SECRET} were given in part."},
            }
    given = Checked(words, marks, topics, publication.revision)
    return actions.check_words(publication.pk, given, actor=place.officer, now=now)


def handed_in(publication: Publication, place: House, *, now: datetime = NOW) -> Release:
    """Hand it in at the gate."""
    return gate.request(publication.form, publication, actor=place.officer, now=now)


def sign(release: Release, *, now: datetime = NOW) -> None:
    """Turn every key, each by somebody else."""
    for key in registry.get(release.kind).keys:
        review = release.reviews.filter(key=key.code, state="waiting").get()
        current = Release.objects.get(pk=release.pk)
        gate.decide(review.pk, "open", content_hash=current.content_hash, now=now, actor=person(key.roles[0]))


def released(place: House, made: Case, *, now: datetime = NOW, **how: Any) -> Publication:
    """Publish a case through the gate."""
    publication = prepared(place, made, now=now, **how)
    sign(handed_in(publication, place, now=now), now=now)
    publication.refresh_from_db()
    return publication


ROLES = (Role.APPROVER, Role.REVIEWER_LEGAL, Role.REVIEWER_OPENNESS, Role.REVIEWER_SECRECY)
