"""Forms of the library at a case: what goes into it, and what is taken from it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engage.accounts.models import User
from mailbox.desk.forms import DeskForm, area
from mailbox.desk.words import html_lang
from mailbox.library.queries import proposed, tells_of_people
from mailbox.library.rules import TEXT_MOST, TITLE_MOST, Words, unsaid
from mailbox.models import Case


class KeepForm(DeskForm):
    """Title, question and answer without people; what still looks like one must be said to be nobody's."""

    title = forms.CharField(
        label=_("Title"), max_length=TITLE_MOST, widget=forms.TextInput(attrs={"class": "input"}), strip=True
    )

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        words = proposed(case) if data is None else Words("", "", "")
        super().__init__(
            data,
            case=case,
            initial={"title": words.title, "question": words.question, "answer": words.answer},
        )
        language = case.submission.language
        self.fields["title"].widget.attrs["lang"] = html_lang(language)
        self.fields["question"] = area(_("Question"), most=TEXT_MOST, rows=8, language=language)
        self.fields["answer"] = area(_("Answer"), most=TEXT_MOST, rows=10, language=language)
        self.left: list[str] = []
        if data is not None:
            typed = Words(*(data.get(name, "")[:TEXT_MOST] for name in ("title", "question", "answer")))
            self.left = tells_of_people(case, typed)
        if self.left:
            self.fields["stays"] = forms.MultipleChoiceField(
                label=_("This may stay, because it is nobody's name, number or address"),
                choices=[(one, one) for one in self.left],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def clean(self) -> dict[str, Any]:
        """Ask for a word about each thing that still looks like a person's."""
        given = self.cleaned_data
        if unsaid(self.left, given.get("stays", ())):
            self.add_error("stays", _("Take out of the texts what tells who somebody is, or tick that it may stay"))
        return given

    @property
    def words(self) -> Words:
        """What goes into the library."""
        given = self.cleaned_data
        return Words(given["title"], given["question"], given["answer"])


class UseForm(DeskForm):
    """Which case of the library is put into the answer."""

    shared = forms.BooleanField(required=False, widget=forms.HiddenInput)
    item = forms.IntegerField(
        min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput, error_messages={"required": _("Choose one")}
    )

    def __init__(self, data: Any = None, *, case: Case, actor: User) -> None:
        super().__init__(data, case=case, initial={"shared": True})
