"""The demo's published answers and its disclosure: prepared, signed and let go by the same actions as on the site."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils import timezone

from engage.accounts.actions import demo_user
from engage.accounts.actors import ANYONE, Role
from engage.pages.demo_content import FOLDER
from engage.participation import actions as participation
from engage.publishing import actions as gate
from engage.publishing import registry
from mailbox import actions as cases
from mailbox.actions import DraftWords, Given, NewCase
from mailbox.models import Case
from mailbox.publication import actions, building
from mailbox.publication.actions import Checked
from mailbox.publication.models import Publication
from mailbox.publication.rules import Candidate

SIGNERS = {
    "head": Role.APPROVER,
    "legal": Role.REVIEWER_LEGAL,
    "openness": Role.REVIEWER_OPENNESS,
    "secrecy": Role.REVIEWER_SECRECY,
}


def load() -> None:
    """Load them once; a second call changes nothing. They need the demo's people and cases, so only a demo has them."""
    if not settings.DEMO or Publication.objects.exists():
        return
    given = json.loads((FOLDER / "publication.json").read_text(encoding="utf-8"))
    now = timezone.now()
    for entry in given["replies"]:
        case = Case.objects.filter(title=entry["title"], answered_at__isnull=False).first()
        if case is not None:
            _publish(case, entry, now)
    if (case := _request(given["disclosure"], now)) is not None:
        _publish(case, given["disclosure"], now, file=given["disclosure"]["file"])


def _publish(case: Case, entry: Mapping[str, Any], now: datetime, *, file: Mapping[str, Any] | None = None) -> None:
    at = now - timedelta(days=entry["published_days_ago"])
    officer = demo_user(Role.OFFICER)
    publication = actions.open_publication(case.pk, actor=officer, now=at)
    marks = building.candidates(case, building.source_of(case))
    if file is not None:
        content = BytesIO("\r\n".join(file["lines"]).encode())
        new = actions.uploaded_file(content, file["name"], file["titles"])
        actions.add_file(publication.pk, new, to_bench=False, actor=officer, now=at)
        publication.refresh_from_db()
    checked = Checked(entry["words"], [*marks, *_more(entry)], entry["topics"], publication.revision)
    actions.check_words(publication.pk, checked, actor=officer, now=at)
    release = gate.request(publication.form, publication, actor=officer, now=at)
    for key in registry.get(publication.form).keys_for(publication):
        review = release.reviews.get(key=key.code)
        signer = demo_user(SIGNERS[key.code])
        gate.decide(review.pk, "open", content_hash=release.content_hash, now=at, actor=signer)
    Publication.objects.filter(pk=publication.pk).update(helped=entry.get("helped", 0))


def _more(entry: Mapping[str, Any]) -> list[Candidate]:
    return [Candidate(words, "officer", building.PERSONAL_BASIS) for words in entry.get("take_out", ())]


def _request(entry: Mapping[str, Any], now: datetime) -> Case | None:
    """Bring a request for information to its decision, a step a day."""
    received = now - timedelta(days=entry["days_ago"])
    envelope = participation.Envelope(
        token=participation.token_of("demo:publication", "disclosure"),
        language=entry["language"],
        received_at=received,
        name=entry["name"],
    )
    new = NewCase(kind="information_request", title=entry["title"], text=entry["text"])
    case = cases.register_case(new, envelope, actor=ANYONE)
    unit = case.triage
    if unit is None:
        return None
    officer, approver = demo_user(Role.OFFICER), demo_user(Role.APPROVER)
    days = iter(range(1, entry["days_ago"]))

    def at(who: Any) -> dict[str, Any]:
        return {"actor": who, "now": received + timedelta(days=next(days))}

    other = Case.objects.exclude(lead=None).exclude(lead=unit).values_list("lead", flat=True).first()
    cases.take_step(case.pk, "confirm_receipt", **at(officer))
    cases.take_step(case.pk, "route", Given(department=other or unit.pk), **at(officer))
    cases.take_step(case.pk, "accept", **at(officer))
    cases.take_step(case.pk, "draft", **at(officer))
    cases.save_draft(case.pk, DraftWords(entry["answer"], basis=entry["basis"], result="PARTLY"), **at(officer))
    draft = cases.submit_draft(case.pk, **at(officer))
    cases.approve_draft(case.pk, sha256=draft.sha256, **at(approver))
    cases.send_due_answers(now=received + timedelta(days=next(days)))
    return Case.objects.get(pk=case.pk)
