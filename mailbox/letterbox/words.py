"""The words of the public's side: what each kind is for and asks, refusals, levels and reasons of a rating."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.pages.messages import Sentence
from mailbox.machine import Text


@dataclass(frozen=True)
class Way:
    """One kind of message as people choose it. `part` is its part of the address."""

    kind: str
    part: str
    name: Text
    about: Text
    heading: Text
    lede: Text
    law: Text = ""


WAYS = {
    way.part: way
    for way in (
        Way(
            "letter",
            "letter",
            _("Suggest, praise or report something"),
            _("A letter to the head of the office. A pen name is fine"),
            _("Write a letter"),
            _("It goes to the head of the office; the unit in charge answers. No account is needed."),
        ),
        Way(
            "enquiry",
            "enquiry",
            _("Ask how something works"),
            _("A question about rules, money or procedures. The quickest way"),
            _("Ask a question"),
            _("Short questions get short answers, often on the spot from what is published."),
        ),
        Way(
            "grievance",
            "grievance",
            _("My own case went wrong"),
            _("A grievance: accepted or not with a reason, decided in writing, and you can ask for a review"),
            _("Send a grievance"),
            _("You are told whether it is accepted, and why. The decision is in writing; you can ask for a review."),
            _("The law asks for your name and address: a grievance is decided in writing and must reach you."),
        ),
        Way(
            "information_request",
            "information-request",
            _("Get a document or data"),
            _("A request for information that the office holds, with a decision you can contest"),
            _("Request information"),
            _("Describe the document or data. If it cannot be given, the decision says why and what you can do."),
            _("The law asks for your name and a way to reach you: the decision is made out to a person."),
        ),
    )
}
PART_OF = {way.kind: part for part, way in WAYS.items()}
# No letter: mailbox.petitions has pages of its own for it.
PETITION = Way(
    "petition",
    "petition",
    _("Ask for something together with many"),
    _("A public petition that others sign; from a set number of signatures on it is answered in public"),
    _("Start a petition"),
    _("You need sponsors first; then the moderators look at it."),
)


@dataclass(frozen=True)
class Question:
    """One plain question of the helper; `part` is where a yes leads."""

    text: Text
    hint: Text
    part: str


QUESTIONS = (
    Question(
        _("Do you want to see a document or data that the office holds?"),
        _("For example the minutes of a meeting, a contract, a decision, figures"),
        "information-request",
    ),
    Question(
        _("Did an office treat you wrongly, or leave your own case undone, and do you want it put right?"),
        _("For example an allowance refused, a permit that never came, an official who behaved badly towards you"),
        "grievance",
    ),
    Question(
        _("Is there something you would like to know?"),
        _("For example who can apply, which papers are needed, when an office is open"),
        "enquiry",
    ),
    Question(
        _("Do you want to demand something in public that many people sign?"),
        _("For example ramps at all older housing estates, a new bus line, another rule. Not for your own case"),
        PETITION.part,
    ),
)

REFUSALS: dict[str, Sentence | tuple[Sentence, int]] = {
    "letter_files_full": _("A letter takes %(most)d files. Remove one first"),
    "letter_files_large": _("All files together may have 20 MB. Remove one, or save it smaller"),
    "letter_file_missing": _("Choose a file"),
    "letter_answer_gone": (_("This is no longer published. Your text is kept; go on writing"), 409),
}

LEVELS = (
    (5, pgettext_lazy("level of a rating", "Very content")),
    (4, pgettext_lazy("level of a rating", "Content")),
    (3, pgettext_lazy("level of a rating", "So-so")),
    (2, pgettext_lazy("level of a rating", "Not content")),
    (1, pgettext_lazy("level of a rating", "Not content at all")),
)

RATING_REASONS = {
    "quick": _("It was quick"),
    "clear": _("It was clear"),
    "helpful": _("It helped"),
    "slow": _("It took too long"),
    "unclear": _("I do not understand it"),
    "not_answered": _("My question is not answered"),
    "unfriendly": _("It was unfriendly"),
    "not_carried_out": _("What was promised was not done"),
}

DAYS = {
    "counted": _("counted"),
    "make_up": _("counted: a make-up working day"),
    "weekend": _("not counted: weekend"),
    "day_off": _("not counted: public holiday"),
    "disregarded": _("not counted: the clock stood still"),
}
STILL_ON_HOLIDAY = _("not counted: the clock stood still, and it is a public holiday")

EVENTS = {
    "accepted": _("The case was accepted"),
    "transferred": _("The case was passed on"),
    "reply_received": _("The decision was delivered"),
    "review_requested": _("A review was asked for"),
    "review_reply_received": _("The decision on the review was delivered"),
    "rereview_requested": _("A second review was asked for"),
    "hearing_start": _("A hearing began"),
    "hearing_end": _("The hearing ended"),
    "clarify_asked": _("We asked you for details"),
    "clarify_received": _("Your details arrived"),
    "third_party_asked": _("A third party was asked"),
    "third_party_answered": _("The third party was heard"),
    "fees_notice": _("A fee was asked for"),
    "fee_received": _("The fee arrived"),
    "rated_low": _("You were not content with the answer"),
    "extend": _("The time was extended"),
}
