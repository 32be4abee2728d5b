"""Rows that editors keep in the Studio and the public reads at once, behind the release gate.

A room registers a kind for its model and mixes `ProposedRowMixin` into the Studio's create and edit views: what the
form holds is handed in with all its words and files, and written once it is signed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.pages.gate import file_forms
from engage.pages.messages import refusal_message
from engage.publishing import proposals
from engage.publishing.canonical import canonical_json
from engage.publishing.models import Proposal
from engage.publishing.registry import Form, Key
from engage.search import actions as search


def _nothing(row: models.Model, /, *, now: datetime, actor: Actor) -> None:
    """Do nothing more."""


@dataclass(frozen=True)
class RowKind:
    """A model whose rows are public: its kind at the gate, its verbs on the journal, what follows a write."""

    code: str
    label: str | Promise
    keys: tuple[Key, ...]
    model: type[models.Model]
    verb_made: str
    verb_changed: str
    is_indexed: bool = False
    after: Callable[..., None] = _nothing


_kinds: dict[str, RowKind] = {}


def register(kind: RowKind) -> None:
    """Put a model's rows behind the gate."""
    _kinds[kind.code] = kind
    proposals.register(
        proposals.ProposedKind(
            kind.code,
            kind.label,
            kind.keys,
            run=_write,
            forms=_forms,
            title=lambda proposal: _title(proposal),
        )
    )


def payload_of(form: forms.ModelForm) -> dict[str, Any]:
    """Return what a valid form would write, as plain values by field name."""
    plain = DjangoJSONEncoder()
    values: dict[str, Any] = {}
    for name, value in form.cleaned_data.items():
        if name not in {field.name for field in (*form._meta.model._meta.fields, *form._meta.model._meta.many_to_many)}:
            continue
        if isinstance(value, models.Model):
            values[name] = value.pk
        elif isinstance(value, models.QuerySet):
            values[name] = sorted(value.values_list("pk", flat=True))
        elif value is None or isinstance(value, str | int | bool | float):
            values[name] = value
        else:
            values[name] = plain.default(value)
    return values


def _row(proposal: Proposal) -> tuple[models.Model, dict[str, list[Any]]]:
    """Return the row as it would be after the write, unsaved, and its links to many."""
    kind = _kinds[proposal.kind]
    row = kind.model._default_manager.filter(pk=proposal.target_id).first() if proposal.target_id else kind.model()
    if row is None:
        raise Refused("proposal_target_gone")
    links: dict[str, list[Any]] = {}
    for name, value in proposal.payload.items():
        field = kind.model._meta.get_field(name)
        if isinstance(field, models.ManyToManyField):
            links[name] = value
        elif isinstance(field, models.ForeignKey):
            setattr(row, field.attname, value)
        else:
            setattr(row, name, field.to_python(value))
    return row, links


def _write(proposal: Proposal, *, now: datetime, actor: Actor) -> models.Model:
    kind = _kinds[proposal.kind]
    row, links = _row(proposal)
    try:
        row.full_clean()
    except ValidationError as faults:
        raise Refused("proposal_no_longer_valid", faults=faults.messages) from None
    row.save()
    for name, keys in links.items():
        getattr(row, name).set(keys)
    journal.record(actor, kind.verb_changed if proposal.target_id else kind.verb_made, row)
    if kind.is_indexed:
        search.index(row)
    kind.after(row, now=now, actor=actor)
    return row


def _title(proposal: Proposal) -> str:
    row, _links = _row(proposal)
    return f"{_kinds[proposal.kind].label}: {row}"


def _forms(proposal: Proposal) -> list[Form]:
    row, links = _row(proposal)
    meta = row._meta
    lines = []
    for name in proposal.payload:
        field = meta.get_field(name)
        if name in links:
            related = field.related_model._default_manager.filter(pk__in=links[name])  # type: ignore[union-attr]
            said = "; ".join(str(one) for one in related)
        else:
            display = getattr(row, f"get_{name}_display", None)
            said = str(display() if display else getattr(row, name) if getattr(row, name) is not None else "")
        lines.append(f"{capfirst(str(getattr(field, 'verbose_name', name)))}: {said}")
    content = canonical_json({"target": proposal.target_id, "values": proposal.payload})
    label = _kinds[proposal.kind].label
    return [
        Form("row", label, "application/json", content, text="\n".join(lines)),
        *file_forms(row),
    ]


class ProposedRowMixin:
    """Of a Wagtail create or edit view: the form is handed in at the gate instead of saved.

    `needs_gate(form)` may say that nobody outside reads the row; then it is saved as ever.
    """

    gate_kind = ""
    request: Any
    object: Any

    def needs_gate(self, form: forms.ModelForm) -> bool:
        """Tell whether the public would read what the form holds."""
        return True

    def form_valid(self, form: forms.ModelForm) -> HttpResponse:
        """Hand the words in, and lead to where their reviews are."""
        if not self.needs_gate(form):
            return super().form_valid(form)  # type: ignore[misc]
        target = getattr(self, "object", None)
        try:
            release = proposals.propose(
                self.gate_kind,
                payload_of(form),
                target_id=target.pk if target is not None else None,
                actor=self.request.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, refusal_message(refusal))
            return self.form_invalid(form)  # type: ignore[attr-defined]
        messages.success(
            self.request, gettext("Handed in. The public reads it when every review is done; here is where it stands")
        )
        return redirect("release", release.pk)
