"""What editors and officers say in public about a call, each behind the release gate: proposed, signed, carried out.

The actions that carry them out are the rooms' own; their permissions are checked again at that moment, in the name of
who proposed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consultations import actions
from consultations.calls import actions as running
from consultations.calls.models import Evidence
from consultations.models import Change, Clause, Comment, Consultation, Version
from consultations.plans import actions as plans
from consultations.plans.models import Policy
from consultations.study import actions as study
from consultations.voices import replies
from engage.accounts.actors import Actor
from engage.pages import proposed_rows
from engage.publishing import proposals
from engage.publishing.canonical import canonical_json
from engage.publishing.models import Proposal
from engage.publishing.registry import HEAD, LEGAL, OPENNESS, SECRECY, STANDARD, Form, Key

EXTENSION, WITHDRAWAL, STAGE_MOVE, METHOD_NOTE = "extension", "withdrawal", "stage_move", "method_note"
REPLY, PLAIN_WORDS = "reply", "plain_words"
EVIDENCE, CHANGE, POLICY, CALL_FACTS = "evidence", "change", "policy", "call_facts"


def _words_form(proposal: Proposal, words: Mapping[str, Any]) -> list[Form]:
    """Return the words of a proposal as its one outgoing form: on pages, in feeds, letters and the API."""
    read = "\n".join(f"{name}: {value}" for name, value in words.items() if value not in ("", None))
    content = canonical_json({"target": proposal.target_id, "words": proposal.payload})
    return [Form("words", _("words on pages, in feeds, letters and the API"), "application/json", content, text=read)]


def _call(proposal: Proposal) -> Consultation | None:
    return Consultation.objects.prefetch_related("pages__locale").filter(pk=proposal.target_id).first()


def _moment(value: str) -> datetime:
    moment = parse_datetime(value)
    assert moment is not None
    return moment


def _day(value: str) -> date:
    day = parse_date(value)
    assert day is not None
    return day


def _extend(proposal: Proposal, *, now: datetime, actor: Actor) -> None:
    given = proposal.payload
    running.extend_call(
        proposal.target_id or 0,
        closes_at=_moment(given["closes_at"]),
        reason_zh=given["reason_zh"],
        reason_en=given["reason_en"],
        now=now,
        actor=actor,
    )


def _withdraw(proposal: Proposal, *, now: datetime, actor: Actor) -> None:
    given = proposal.payload
    running.withdraw_call(
        proposal.target_id or 0, reason_zh=given["reason_zh"], reason_en=given["reason_en"], now=now, actor=actor
    )


def _move(proposal: Proposal, *, now: datetime, actor: Actor) -> None:
    given = proposal.payload
    plans.record_move(
        proposal.target_id or 0,
        stage=given["stage"],
        on=_day(given["on"]),
        note_zh=given["note_zh"],
        note_en=given["note_en"],
        now=now,
        actor=actor,
    )


def _write_method(proposal: Proposal, *, now: datetime, actor: Actor) -> None:
    given = proposal.payload
    study.write_method(proposal.target_id or 0, given["notes"], seen=given["seen"], now=now, actor=actor)


def _reply(proposal: Proposal, *, now: datetime, actor: Actor) -> None:
    given = proposal.payload
    write = replies.reply_to_comment if given["about"] == "comment" else replies.reply_to_clause
    write(proposal.target_id or 0, text=given["text"], language=given["language"], now=now, actor=actor)


def _explain(proposal: Proposal, *, now: datetime, actor: Actor) -> None:
    given = proposal.payload
    words = {int(key): sentence for key, sentence in given["words"].items()}
    actions.explain_articles(proposal.target_id or 0, given["language"], words, actor=actor)


def _title_of_call(proposal: Proposal) -> str:
    call = _call(proposal)
    return f"{proposals.label(proposal.kind)}: {call.title if call else ''}"


def _title_of_policy(proposal: Proposal) -> str:
    policy = Policy.objects.filter(pk=proposal.target_id).first()
    return f"{proposals.label(proposal.kind)}: {policy or ''}"


def _title_of_version(proposal: Proposal) -> str:
    version = Version.objects.select_related("draft").filter(pk=proposal.target_id).first()
    return f"{proposals.label(proposal.kind)}: {version.draft.name if version else ''}"


def _title_of_reply(proposal: Proposal) -> str:
    if proposal.payload["about"] == "comment":
        comment = Comment.objects.select_related("submission").filter(pk=proposal.target_id).first()
        return f"{proposals.label(proposal.kind)}: {comment.submission.reference if comment else ''}"
    clause = Clause.objects.filter(pk=proposal.target_id).first()
    return f"{proposals.label(proposal.kind)}: {clause.key if clause else ''}"


def _reply_forms(proposal: Proposal) -> list[Form]:
    asked = ""
    if proposal.payload["about"] == "comment":
        comment = Comment.objects.filter(pk=proposal.target_id).first()
        asked = comment.text if comment else ""
    content = canonical_json({"target": proposal.target_id, "words": proposal.payload})
    label = _("reply on the page, in the letter, in search and the API")
    text = f"{asked}\n\n{proposal.payload['text']}".strip()
    return [Form("words", label, "application/json", content, text=text, language=proposal.payload["language"])]


def _edit_call(proposal: Proposal) -> str:
    return reverse("wagtailsnippets_consultations_consultation:edit", args=[proposal.target_id])


def _edit_policy(proposal: Proposal) -> str:
    return reverse("wagtailsnippets_plans_policy:edit", args=[proposal.target_id])


def _kind(
    code: str,
    label: str | Promise,
    keys: tuple[Key, ...],
    run: proposals.Run,
    title: Callable[[Proposal], str],
    edit_url: Callable[[Proposal], str],
    forms: Callable[[Proposal], list[Form]] = lambda proposal: _words_form(proposal, proposal.payload),
) -> proposals.ProposedKind:
    return proposals.ProposedKind(code, label, keys, run, forms, title, edit_url)


KINDS = (
    _kind(EXTENSION, _("extension of a call"), (HEAD, LEGAL), _extend, _title_of_call, _edit_call),
    _kind(WITHDRAWAL, _("withdrawal of a call"), (HEAD, LEGAL), _withdraw, _title_of_call, _edit_call),
    _kind(STAGE_MOVE, _("stage of a policy"), (HEAD, OPENNESS), _move, _title_of_policy, _edit_policy),
    _kind(METHOD_NOTE, _("note about the method"), (HEAD, OPENNESS), _write_method, _title_of_call, _edit_call),
    _kind(
        REPLY,
        _("reply during a call"),
        (HEAD, SECRECY),
        _reply,
        _title_of_reply,
        lambda proposal: reverse("desk_queue", args=["replies"]),
        _reply_forms,
    ),
    _kind(
        PLAIN_WORDS,
        _("plain words of a published text"),
        (HEAD, LEGAL),
        _explain,
        _title_of_version,
        lambda proposal: reverse("draft_plain", args=[proposal.target_id, proposal.payload["language"]]),
    ),
)
ROWS = (
    proposed_rows.RowKind(EVIDENCE, _("evidence document"), STANDARD, Evidence, "evidence.added", "evidence.changed"),
    proposed_rows.RowKind(
        CHANGE, _("published change"), (HEAD, OPENNESS, SECRECY), Change, "change.published", "change.reworded"
    ),
    proposed_rows.RowKind(
        POLICY, _("planned policy"), STANDARD, Policy, "policy.made", "policy.changed", is_indexed=True
    ),
    proposed_rows.RowKind(
        CALL_FACTS, _("dates and facts of a public call"), (HEAD, LEGAL), Consultation, "call.made", "call.changed"
    ),
)


def register() -> None:
    """Put all of them behind the gate."""
    for kind in KINDS:
        proposals.register(kind)
    for row in ROWS:
        proposed_rows.register(row)
