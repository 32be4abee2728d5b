"""Forms of the desk: one for any step, made from its row of the table, and those of what stands beside the steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor, Role
from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.calendars.profiles import Target, Unit
from engage.calendars.words import length
from engage.departments.models import Department
from engage.departments.queries import members_of
from engage.participation.models import Attachment
from engage.participation.rules import parse_reference
from mailbox import rules
from mailbox.actions import consult_days
from mailbox.actions.clocks import profile_of_receipt
from mailbox.desk.queries import colleagues_of, snippets_for
from mailbox.desk.rules import LONGEST_SNOOZE
from mailbox.desk.words import html_lang, language_name
from mailbox.kinds import KINDS
from mailbox.kinds.common import NOT_TAKEN_REASONS
from mailbox.kinds.reasons import REASONS, RESULTS
from mailbox.machine import Needs, Transition, Who
from mailbox.models import Case, CaseClock, Draft

UNITS_LISTED = 500
UNITS_NAMED = 5
LONGEST_EXTENSION = 3_650
PARTS = 3


class ListedInput(forms.TextInput):
    """A field to type a name in, with all names to choose from."""

    template_name = "mailbox/desk/listed_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the names."""
        context = super().get_context(name, value, attrs)
        listed = f"{context['widget']['attrs'].get('id', name)}_listed"
        context["widget"]["attrs"]["list"] = listed
        return context | {"listed": listed, "names": self.choices()}

    def choices(self) -> list[str]:
        """Return the names."""
        raise NotImplementedError


class UnitInput(ListedInput):
    """A field for a unit's name, with the names of all units to choose from."""

    def choices(self) -> list[str]:
        """Return the names, the code where two units are called the same."""
        units = list(Department.objects.active()[:UNITS_LISTED])
        names = [unit.name for unit in units]
        return [unit.name if names.count(unit.name) == 1 else unit.code for unit in units]


class UnitField(forms.CharField):
    """A unit by its name in either language, a part of it that only one unit has, or its code."""

    widget = UnitInput

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)
        self.widget.attrs |= {"class": "input", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        """Return the unit."""
        typed = super().clean(value)
        if not typed:
            return None
        units = list(Department.objects.active())
        low = typed.casefold()
        exact = [unit for unit in units if low in {one.casefold() for one in _names(unit)}]
        found = exact or [unit for unit in units if any(low in one.casefold() for one in _names(unit))]
        if not found:
            raise ValidationError(gettext("There is no unit “%(name)s”. Choose one from the list") % {"name": typed})
        if len(found) > 1:
            listed = gettext(", ").join(f"{unit.name} ({unit.code})" for unit in found[:UNITS_NAMED])
            raise ValidationError(gettext("Several units are called so: %(units)s") % {"units": listed})
        return found[0]


def _names(unit: Department) -> Iterable[str]:
    return (name for name in (unit.name_zh, unit.name_en, unit.code) if name)


class CaseField(forms.CharField):
    """Another case, by its reference; a case the actor may not see is one that is not there."""

    def __init__(self, *, actor: User, **options: Any) -> None:
        super().__init__(max_length=64, **options)
        self.actor = actor
        self.widget.attrs |= {"class": "input w-m ref", "autocomplete": "off", "spellcheck": "false"}

    def clean(self, value: Any) -> Any:
        """Return the case."""
        typed = super().clean(value)
        if not typed:
            return None
        read = parse_reference(typed)
        cases = Case.objects.visible_to(self.actor).select_related("submission")
        case = cases.filter(pk=read.number).first() if read else None
        if case is None or str(read) != case.reference:
            raise ValidationError(gettext("There is no case of this reference: %(typed)s") % {"typed": typed})
        return case


def area(
    label: Any, *, most: int, rows: int = 6, required: bool = True, language: str = "", help_text: Any = ""
) -> Any:
    """Make a field for many lines; `language` marks what is written in the sender's."""
    attrs: dict[str, Any] = {"rows": rows}
    if language:
        attrs["lang"] = html_lang(language)
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        help_text=help_text,
        widget=forms.Textarea(attrs=attrs),
        strip=False,
        error_messages={"required": format_lazy(_("“{label}” is empty. Fill it in"), label=label)},
    )


class ChainSelect(forms.Select):
    """As many choices of the same name as there are places, one after another."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return what was chosen for each place."""
        return list(data.getlist(name)) if hasattr(data, "getlist") else [data.get(name, "")]


class ChainField(forms.ChoiceField):
    """Who approves, in their order; an empty choice is any approver."""

    widget = ChainSelect

    def clean(self, value: Any) -> Any:
        """Return a key, or None, for each place."""
        known = {str(key) for key, _label in self.choices}
        places = list(value or [""])[: rules.CHAIN_MOST + 1]
        if set(places) - known:
            raise ValidationError(gettext("Choose an approver of the unit in charge"))
        return [int(one) if one else None for one in places]


def rearranged(places: Sequence[str], order: str) -> list[str]:
    """Return the places with one more at the end ("add"), or without the one of a number ("remove-2")."""
    kept = list(places) or [""]
    code, _dash, number = order.partition("-")
    if code == "add" and len(kept) < rules.CHAIN_MOST:
        return [*kept, ""]
    gone = int(number) - 1 if code == "remove" and number in map(str, range(1, len(kept) + 1)) else -1
    return [one for place, one in enumerate(kept) if place != gone] or [""]


class DeskForm(forms.Form):
    """What every form of a case carries: the state of the case as the officer saw it, and a token of its own."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def renew(self, revision: int) -> None:
        """Let the form count for the state of the case as it is now when it is sent once more."""
        self.data = self.data.copy()
        self.data["revision"], self.data["token"] = str(revision), str(uuid4())

    @property
    def is_incomplete(self) -> bool:
        """Whether what the page itself put into the form is missing or broken."""
        return any(field.errors for field in self.hidden_fields())

    def __init__(self, data: Any = None, *, case: Case, initial: Mapping[str, Any] | None = None) -> None:
        self.case = case
        super().__init__(data, initial={"revision": case.revision, "token": uuid4()} | dict(initial or {}))

    def clean_token(self) -> UUID:
        """Return the token as a value."""
        token: UUID = self.cleaned_data["token"]
        return token


class StepForm(DeskForm):
    """What one step needs, by its row: reasons, unit, words, note, days, citations, and what its door asks besides."""

    def __init__(
        self, data: Any = None, *, case: Case, transition: Transition, initial: Any = None, doubts: Sequence[str] = ()
    ) -> None:
        super().__init__(data, case=case, initial=initial)
        self.transition = transition
        self.doubts = doubts
        if transition.reasons:
            self.fields["reason"] = reason_field(transition.reasons)
        self._of_door(transition.door, case)
        for need in transition.needs:
            name = str(need)
            if name not in self.fields:
                self.fields[name] = self._field_of(need)
        if transition.door in ("submit_draft", "answer_plainly"):
            self.fields["draft"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        if doubts:
            self.fields["sure"] = forms.BooleanField(
                label=_("I have looked, go on all the same"),
                error_messages={"required": _("Look at what stands above, then say that you go on all the same")},
            )

    def _field_of(self, need: Needs) -> forms.Field:
        language = self.case.submission.language
        if need is Needs.DEPARTMENT:
            return UnitField(label=_("Unit"), error_messages={"required": _("Choose a unit")})
        if need is Needs.UNITS:
            return forms.IntegerField(
                label=_("Days more"),
                min_value=1,
                max_value=LONGEST_EXTENSION,
                help_text=_extension_hint(self.case),
                error_messages={"required": _("Give the days")},
                widget=forms.NumberInput(attrs={"class": "input w-s"}),
            )
        if need is Needs.NOTE:
            return area(_("For the file"), most=rules.NOTE_MOST, rows=4, help_text=_("The sender does not see this"))
        if need is Needs.CITES:
            return area(
                _("What is published"),
                most=rules.NOTE_MOST,
                rows=3,
                help_text=_(
                    "One a line: the address of a public page of this site, or the number of a case whose answer is "
                    "published"
                ),
            )
        if self.from_sender:
            return area(_("What the sender says"), most=rules.WORDS_MOST, language=language)
        return area(
            _("What the sender is told"),
            most=rules.WORDS_MOST,
            rows=8,
            language=language,
            help_text=gettext("Stands in the notice. Write it in %(language)s") % {"language": language_name(language)},
        )

    @property
    def places(self) -> list[tuple[int, str]]:
        """The places of the chain of approvers: number, and who is chosen."""
        return list(enumerate(self["approver"].value() or [""], start=1)) if "approver" in self.fields else []

    @property
    def has_room(self) -> bool:
        """Whether one more may approve."""
        return len(self.places) < rules.CHAIN_MOST

    @property
    def from_sender(self) -> bool:
        """Whether the words are the sender's own, noted by the desk."""
        return Who.CITIZEN in self.transition.who

    def _of_door(self, door: str, case: Case) -> None:
        if door == "consult":
            self.fields["department"] = UnitField(label=_("Unit"), error_messages={"required": _("Choose a unit")})
            self.fields["question"] = area(_("What you ask"), most=rules.NOTE_MOST, rows=4)
            if opinion := profile_of_receipt(case).silent_opinion:
                self.fields["co_author"] = forms.BooleanField(
                    required=False,
                    label=_("The unit made the information together with yours"),
                    help_text=gettext("If it says nothing in %(length)s, it counts as agreeing; other units do not")
                    % {"length": length(opinion.count, opinion.unit)},
                )
            self.fields["days"] = forms.IntegerField(
                label=_("Working days to answer"),
                min_value=1,
                max_value=365,
                initial=None if opinion else consult_days(case),
                required=opinion is None,
                help_text=_usual_days(case, opinion),
                widget=forms.NumberInput(attrs={"class": "input w-s"}),
            )
        elif door == "submit_draft":
            self.fields["approver"] = ChainField(label=_("Who approves"), choices=approvers(case), required=False)
            self.fields["note"] = area(
                _("For the approver"),
                most=rules.NOTE_MOST,
                rows=3,
                required=False,
                help_text=_("If a unit that was asked has not answered, say here why you go on"),
            )
        elif door == "approve_draft":
            self.fields["sha256"] = forms.CharField(max_length=64, widget=forms.HiddenInput)
            self.fields["note"] = area(_("Comment"), most=rules.NOTE_MOST, rows=3, required=False)
        elif door == "return_draft":
            self.fields["note"] = area(_("What is to be changed"), most=rules.NOTE_MOST, rows=4)
        elif door == "move_case":
            kinds = [(m.code, m.label) for m in KINDS.values() if Who.CITIZEN in m.opened_by and m.code != case.kind]
            self.fields["kind"] = forms.ChoiceField(
                label=pgettext_lazy("case", "Kind"),
                choices=[("", _("Choose")), *kinds],
                error_messages={"required": _("Choose how it is to be handled")},
            )
        elif "opinions_in" in self.transition.guards:
            self.fields["note"] = area(
                _("For the file"),
                most=rules.NOTE_MOST,
                rows=3,
                required=False,
                help_text=_("If a unit that was asked has not answered, say here why you go on"),
            )


def _usual_days(case: Case, opinion: Target | None) -> str:
    """Say how long a unit has that is given no time, where that depends on the unit, or what its silence means."""
    if opinion is None:
        return gettext("A unit that says nothing has not agreed")
    return gettext("If left empty: %(usual)s, or %(length)s for who made the information with you") % {
        "usual": length(consult_days(case), Unit.WORKING_DAY),
        "length": length(opinion.count, opinion.unit),
    }


def _extension_hint(case: Case) -> str:
    """Say how much may still be added, and to which day."""
    clock = case.clocks.filter(target="final_reply").exclude(state=CaseClock.State.STOPPED).first()
    if clock is None or clock.due is None:
        return gettext("Counted as the clock counts")
    target = calendars.clock_profile(clock.profile_id).target(clock.target)
    day = date_format(clock.due, "DATE_FORMAT")
    if target.extension_limit is None:
        return gettext("Counted as the clock counts. The last day is now %(day)s") % {"day": day}
    n = max(0, target.extension_limit - clock.extension)
    if target.unit is Unit.WORKING_DAY:
        said = ngettext(
            "At most %(n)d working day. The last day is now %(day)s",
            "At most %(n)d working days. The last day is now %(day)s",
            n,
        )
    else:
        said = ngettext(
            "At most %(n)d day. The last day is now %(day)s", "At most %(n)d days. The last day is now %(day)s", n
        )
    return said % {"n": n, "day": day}


# What these do cannot be taken back, and the officer reads it before.
FOR_GOOD = {
    "open_grievance": _(
        "A grievance is opened at once, with a number and clocks of its own; its sender is told and gets a receipt. "
        "It cannot be taken back."
    )
}


def needs_form(transition: Transition) -> bool:
    """Tell whether a step asks for anything, or first says what it does for good; one that does not is a button."""
    asks = transition.reasons or transition.needs or transition.guards and "opinions_in" in transition.guards
    doors = ("consult", "submit_draft", "approve_draft", "return_draft", "move_case")
    return bool(asks) or transition.door in doors or transition.code in FOR_GOOD


def reason_field(codes: Iterable[str]) -> forms.ChoiceField:
    """Make the choice of a reason; the sender reads it."""
    choices = [("", _("Choose")), *((code, REASONS.get(code) or RESULTS[code]) for code in codes)]
    return forms.ChoiceField(
        label=_("Reason"), choices=choices, error_messages={"required": _("Choose one of the reasons")}
    )


def approvers(case: Case) -> list[tuple[str, Any]]:
    """List who may approve the answer of a case; the first choice leaves it to any of them."""
    listed: list[tuple[str, Any]] = [("", _("Any approver of the unit in charge"))]
    if case.lead is not None:
        listed += [(str(one.user_id), str(one.user)) for one in members_of(case.lead, Role.APPROVER)]
    return list(dict(listed).items())


def officers(case: Case) -> list[tuple[str, Any]]:
    """List the officers of the unit where a case lies."""
    listed: list[tuple[str, Any]] = [("", _("Nobody"))]
    unit = case.desk or case.triage
    if unit is not None:
        listed += [(str(one.user_id), str(one.user)) for one in members_of(unit, Role.OFFICER)]
    return list(dict(listed).items())


class DraftForm(forms.Form):
    """The answer being written."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    shared = forms.BooleanField(required=False, widget=forms.HiddenInput)
    text = area(_("Answer"), most=rules.WORDS_MOST, rows=14, required=False)
    basis = area(_("Basis"), most=rules.NOTE_MOST, rows=2, required=False, help_text=_("One law or rule a line"))
    cites = area(
        _("What is published"),
        most=rules.NOTE_MOST,
        rows=2,
        required=False,
        help_text=_("One title with its address a line"),
    )
    result = forms.ChoiceField(label=_("What is decided"), required=False)

    def __init__(self, data: Any = None, *, case: Case, draft: Draft | None, shared: bool) -> None:
        initial = {"revision": 0, "shared": shared}
        if draft is not None:
            initial |= {
                "revision": draft.revision,
                "text": draft.text,
                "basis": draft.basis,
                "cites": "\n".join(draft.cites),
                "result": draft.result,
            }
        super().__init__(data, initial=initial)
        language = case.submission.language
        for name in ("text", "basis"):
            self.fields[name].widget.attrs["lang"] = html_lang(language)
        self.fields["text"].widget.attrs["data-page-key"] = "e"
        said = gettext("Answer the question first, then say why. Write it in %(language)s")
        if case.machine.answer_notice == "opinion":
            # Rules on the Work of Letters and Visits (2022), art. 32; the last of its parts is the basis.
            said = gettext("State the request, the facts and reasons, and the finding. Write it in %(language)s")
        self.fields["text"].help_text = said % {"language": language_name(language)}
        if case.machine.grounded >= set(case.machine.results) != set():
            self.fields["basis"].help_text = gettext("One law or rule a line. It cannot be handed in without one")
        results = [(code, RESULTS[code]) for code in case.machine.results]
        if results:
            self.fields["result"].choices = [("", _("Choose")), *results]  # type: ignore[attr-defined]
        else:
            del self.fields["result"]

    def clean_cites(self) -> tuple[str, ...]:
        """Return the lines."""
        return lines(self.cleaned_data["cites"])


def lines(text: str) -> tuple[str, ...]:
    """Return the lines of a text that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


# --- beside the steps -----------------------------------------------------------------------------------------------


class AssignForm(DeskForm):
    """Who works on the case."""

    to = forms.ChoiceField(label=_("Officer"), required=False)

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        super().__init__(data, case=case, initial={"to": str(case.owner_id or "")})
        self.fields["to"].choices = officers(case)  # type: ignore[attr-defined]


class AddForm(DeskForm):
    """What the sender said at the counter or on the telephone."""

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        super().__init__(data, case=case)
        language = case.submission.language
        self.fields["words"] = area(_("What the sender says"), most=rules.TEXT_MOST, language=language)


class QuestionsForm(DeskForm):
    """The questions of a letter, which its answer must settle."""

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        asked = "\n".join(case.questions.values_list("text", flat=True))
        super().__init__(data, case=case, initial={"questions": asked})
        self.fields["questions"] = area(
            _("Questions"), most=rules.WORDS_MOST, required=False, help_text=_("One a line")
        )


class OfForm(DeskForm):
    """A form about one thing of the case, named by its key."""

    of = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        super().__init__(data, case=case)


class SettleForm(OfForm):
    """Whether the answer settles a question, and if not why."""

    answered = forms.BooleanField(required=False, widget=forms.HiddenInput)
    because = area(_("Why it is not answered"), most=rules.NOTE_MOST, rows=3, required=False)


class OtherCaseForm(DeskForm):
    """Another case."""

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        super().__init__(data, case=case)
        self.fields["other"] = CaseField(
            actor=actor, label=_("Reference of the other case"), error_messages={"required": _("Write the reference")}
        )


class SplitForm(DeskForm):
    """The further matters of a letter."""

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        super().__init__(data, case=case)
        files = Attachment.objects.visible_to(actor).filter(submission_id=case.pk).order_by("pk")
        sent = [(file.pk, file.name) for file in files]
        for number in range(1, PARTS + 1):
            self.fields[f"part_{number}"] = area(
                gettext("Further matter %(n)d") % {"n": number},
                most=rules.TEXT_MOST,
                rows=4,
                required=number == 1,
                language=case.submission.language,
            )
            if sent:
                self.fields[f"files_{number}"] = forms.TypedMultipleChoiceField(
                    label=gettext("Files that go along with matter %(n)d") % {"n": number},
                    choices=sent,
                    coerce=int,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )

    @property
    def files_along(self) -> list[list[int]]:
        """The files that go along with each part."""
        return [self.cleaned_data.get(f"files_{number}", []) for number in range(1, PARTS + 1)]

    @property
    def parts(self) -> list[str]:
        """What is split off."""
        return [self.cleaned_data[f"part_{number}"] for number in range(1, PARTS + 1)]


class TagForm(DeskForm):
    """The word of a group of cases."""

    name = forms.CharField(label=_("Group"), max_length=60, widget=forms.TextInput(attrs={"class": "input w-m"}))

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        super().__init__(data, case=case)


class DelegateForm(DeskForm):
    """Who approves instead."""

    to = forms.ChoiceField(label=_("Who approves instead"))

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        super().__init__(data, case=case)
        others = [(key, name) for key, name in approvers(case) if key not in ("", str(actor.pk))]
        self.fields["to"].choices = others  # type: ignore[attr-defined]


class OpinionForm(OfForm):
    """What the own unit says to a question of the unit in charge."""

    AGREES = (("yes", _("We agree")), ("no", _("We do not agree")), ("", pgettext_lazy("opinion of a unit", "Neither")))

    agrees = forms.ChoiceField(label=_("Opinion"), choices=AGREES, required=False)
    text = area(_("What we say"), most=rules.WORDS_MOST)


class WaiveForm(OfForm):
    """Why an opinion is no longer needed."""

    note = area(_("Why it is no longer needed"), most=rules.NOTE_MOST, rows=3)


class SnoozeForm(DeskForm):
    """For how long a case is put away: some working days, or until a day."""

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        kept = getattr(case, "snooze", None)
        again = {"days": kept.days or "", "until": None if kept.days else kept.until} if kept else {}
        super().__init__(data, case=case, initial=again)
        add_when(self.fields)

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        return check_when(self)


class NoteForm(DeskForm):
    """What one says to colleagues."""

    def __init__(self, data: Any = None, *, case: Case, actor: User, page_key: str = "") -> None:
        super().__init__(data, case=case)
        # The answer's field on the page of a case has the same name.
        self.auto_id = "note_%s"
        said = _("The sender does not see this. Whom you name with @ finds the case in a view of its own")
        self.fields["text"] = area(_("Note to colleagues"), most=rules.NOTE_MOST, rows=3, help_text=said)
        if page_key:
            self.fields["text"].widget.attrs["data-page-key"] = page_key


class TickForm(OfForm):
    """Whether a point of the checklist was looked at."""

    done = forms.BooleanField(required=False, widget=forms.HiddenInput)


class SnippetChoiceForm(DeskForm):
    """Which piece of text goes into the answer."""

    shared = forms.BooleanField(required=False, widget=forms.HiddenInput)
    snippet = forms.TypedChoiceField(
        label=_("Piece of text"), coerce=int, widget=forms.RadioSelect, error_messages={"required": _("Choose one")}
    )

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        super().__init__(data, case=case, initial={"shared": True})
        self.found = list(snippets_for(actor, case.submission.language))
        self.fields["snippet"].choices = [(one.pk, one.title) for one in self.found]  # type: ignore[attr-defined]


class CiteForm(DeskForm):
    """Which published thing the answer cites."""

    shared = forms.BooleanField(required=False, widget=forms.HiddenInput)
    line = forms.CharField(
        label=_("What is published"),
        max_length=rules.CITE_MOST,
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose one")},
    )

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        super().__init__(data, case=case, initial={"shared": True})


# --- with several rows at once --------------------------------------------------------------------------------------


class RouteForm(forms.Form):
    """Where the chosen cases go."""

    department = UnitField(label=_("Unit"), error_messages={"required": _("Choose a unit")})
    note = area(
        _("For the file"),
        most=rules.NOTE_MOST,
        rows=3,
        required=False,
        help_text=_("Needed where the case is passed on from a unit in charge; the sender does not see this"),
    )


def add_when(fields: dict[str, forms.Field]) -> None:
    """Add the two ways to say how long."""
    fields["days"] = forms.IntegerField(
        label=_("Working days"),
        min_value=1,
        max_value=LONGEST_SNOOZE,
        required=False,
        widget=forms.NumberInput(attrs={"class": "input w-s"}),
    )
    fields["until"] = forms.DateField(
        label=_("or until this day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input w-m"}),
        help_text=_("Its clocks go on. It comes back at once when the sender writes or somebody acts on it"),
    )


def check_when(form: forms.Form) -> dict[str, Any]:
    """Return what was given; one of the two must be."""
    given = form.cleaned_data
    if not given.get("days") and not given.get("until") and not form.errors:
        form.add_error("days", _("Give working days or a day"))
    return given


class SnoozeManyForm(forms.Form):
    """For how long the chosen cases are put away."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        add_when(self.fields)

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        return check_when(self)


class TagManyForm(forms.Form):
    """The word of a group of the chosen cases."""

    name = forms.CharField(label=_("Group"), max_length=60, widget=forms.TextInput(attrs={"class": "input w-m"}))


class AssignManyForm(forms.Form):
    """To whom the chosen cases are given."""

    to = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("Colleague"),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose a colleague"), "invalid_choice": _("Choose a colleague")},
        widget=forms.Select(attrs={"class": "input"}),
    )

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        self.fields["to"].queryset = colleagues_of(actor)  # type: ignore[attr-defined]


class RefuseForm(forms.Form):
    """Why the chosen cases are not taken up."""

    reason = reason_field(NOT_TAKEN_REASONS)
    words = area(_("What the senders are told"), most=rules.WORDS_MOST, help_text=_("Stands in the notice"))
