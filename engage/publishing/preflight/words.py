"""The sentences of the preflight and of the freshness desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from engage.publishing.preflight.bundle import Finding, Severity

Sentence = str | Promise | Callable[[Mapping[str, Any]], str]

SEVERITIES = {
    Severity.BLOCKS: _("Stops handing in"),
    Severity.WARNS: _("Should be mended"),
    Severity.TELLS: _("Worth a look"),
}
CHIPS = {Severity.BLOCKS: "bad", Severity.WARNS: "warn", Severity.TELLS: "info"}

CHECKS = {
    "parts": _("Required parts and languages"),
    "periods": _("How long people can take part"),
    "personal": _("Personal data"),
    "files": _("Files: tracked changes, comments, hidden text, who made them"),
    "pictures": _("Words in the place of pictures"),
    "links": _("Where links lead and what they are called"),
    "headings": _("Order of headings"),
    "tables": _("Heads of tables"),
    "parity": _("Both languages say the same"),
    "readability": _("How hard it reads"),
    "capitals": _("Words in capitals"),
    "foreign": _("Passages in another language"),
    "contrast": _("Words in uploaded pictures stand out"),
}

LANGUAGES = {"zh-hans": _("Chinese"), "en": _("English")}
PERSONAL = {
    "resident_id": _("an identity number"),
    "bank_card": _("the number of a bank card"),
    "passport": _("the number of a passport"),
    "mobile": _("a mobile number"),
    "plate": _("a number plate"),
    "address": _("a home address"),
}


def language_name(code: str) -> str:
    """Name a language in the active one."""
    return str(LANGUAGES.get(code, code))


def _languages(values: Mapping[str, Any]) -> dict[str, str]:
    return {"here": language_name(values["here"]), "there": language_name(values["there"])}


def _language_missing(values: Mapping[str, Any]) -> str:
    return gettext("There is no form of it in this language: %(language)s") % {
        "language": language_name(values["language"])
    }


def _part_one_language(values: Mapping[str, Any]) -> str:
    return gettext("This part is empty in one language: %(language)s") % {"language": language_name(values["language"])}


def _period_short(values: Mapping[str, Any]) -> str:
    return ngettext(
        "It is open for %(n)d day, the rule asks for %(shortest)d, and no reason is published",
        "It is open for %(n)d days, the rule asks for %(shortest)d, and no reason is published",
        values["n"],
    ) % dict(values)


def _period_explained(values: Mapping[str, Any]) -> str:
    return ngettext(
        "It is open for %(n)d day, the rule asks for %(shortest)d; the reason is published",
        "It is open for %(n)d days, the rule asks for %(shortest)d; the reason is published",
        values["n"],
    ) % dict(values)


def _personal(values: Mapping[str, Any]) -> str:
    return gettext("This looks like %(what)s. Take it out before anybody reads it") % {"what": PERSONAL[values["kind"]]}


def _file_trace(values: Mapping[str, Any]) -> str:
    n = values["n"]
    told = {
        "tracked_change": ngettext(
            "The file still holds %(n)d tracked change", "The file still holds %(n)d tracked changes", n
        ),
        "comment": ngettext("The file still holds %(n)d comment", "The file still holds %(n)d comments", n),
        "hidden": ngettext(
            "The file holds hidden words in %(n)d place", "The file holds hidden words in %(n)d places", n
        ),
        "location": gettext("The file says where it was made"),
        "author": gettext("The file says who made it"),
        "embedded": ngettext(
            "The file holds %(n)d other file; open it and look",
            "The file holds %(n)d other files; open them and look",
            n,
        ),
    }
    return told[values["kind"]] % {"n": n}


def _untried(values: Mapping[str, Any]) -> str:
    return ngettext(
        "%(n)d address on another site was not tried yet. Open it once yourself",
        "%(n)d addresses on other sites were not tried yet. Open them once yourself",
        values["n"],
    ) % dict(values)


def _numbers(values: Mapping[str, Any]) -> str:
    return gettext("Numbers that stand in the %(here)s text and not in the %(there)s one") % _languages(values)


def _dates(values: Mapping[str, Any]) -> str:
    return gettext("Dates that stand in the %(here)s text and not in the %(there)s one") % _languages(values)


def _links(values: Mapping[str, Any]) -> str:
    return gettext("Links that stand in the %(here)s text and not in the %(there)s one") % _languages(values)


def _length(values: Mapping[str, Any]) -> str:
    return gettext("The %(there)s text says about %(percent)d%% of what the %(here)s one says") % {
        **_languages(values),
        "percent": values["percent"],
    }


def _counted(sentence: str | Promise) -> Callable[[Mapping[str, Any]], str]:
    def told(values: Mapping[str, Any]) -> str:
        return str(sentence) % {**_languages(values), "more": values["more"], "less": values["less"]}

    return told


def _unsure(values: Mapping[str, Any]) -> str:
    return ngettext(
        "Whether words in %(n)d picture stand out enough cannot be told by a program. Look at it, also in grey",
        "Whether words in %(n)d pictures stand out enough cannot be told by a program. Look at them, also in grey",
        values["n"],
    ) % dict(values)


def _dead(values: Mapping[str, Any]) -> str:
    return gettext("This address on another site does not work: %(fault)s") % {"fault": fault(values["state"])}


SENTENCES: dict[str, Sentence] = {
    "part_missing": _("This part is required and still empty"),
    "part_empty": _("This part is still empty; readers would be glad of it"),
    "language_missing": _language_missing,
    "part_one_language": _part_one_language,
    "period_short": _period_short,
    "period_explained": _period_explained,
    "personal_data": _personal,
    "file_trace": _file_trace,
    "file_unreadable": _("The file could not be read, so nothing can be said about what it carries"),
    "picture_silent": _("This picture has no words for those who do not see it"),
    "picture_file_name": _("The words in the place of this picture are a file's name. Say what it shows"),
    "picture_long": _(
        "The words in the place of this picture have %(n)d characters. Keep to %(most)d and say the rest below it"
    ),
    "link_empty": _("This link has no words"),
    "link_vague": _("These words do not say where the link leads. Name the page or the document"),
    "link_broken": _("This link leads nowhere on this site, or to something that is not public"),
    "link_nowhere": _("This link has no address"),
    "link_script": _("This link runs a program or opens a file on the reader's device. It will not work here"),
    "link_no_place": _("The page has no place called “%(place)s”"),
    "link_not_https": _("This address is not encrypted. Use https where the other site has it"),
    "link_dead": _dead,
    "links_untried": _untried,
    "heading_no_first": _("The page has no main heading"),
    "heading_two_firsts": _("The page has %(n)d main headings. One is enough"),
    "heading_empty": _("A heading of level %(level)d is empty"),
    "heading_jump": _("This heading is of level %(level)d right after level %(before)d. Leave no level out"),
    "table_no_heads": _("No cell of this table heads a row or a column"),
    "numbers_differ": _numbers,
    "dates_differ": _dates,
    "links_differ": _links,
    "length_differs": _length,
    "lists_differ": _counted(_("The %(here)s page has %(more)d lists, the %(there)s one %(less)d")),
    "tables_differ": _counted(_("The %(here)s page has %(more)d tables, the %(there)s one %(less)d")),
    "pictures_differ": _counted(_("The %(here)s page has %(more)d pictures, the %(there)s one %(less)d")),
    "headings_differ": _counted(_("The %(here)s page has %(more)d headings, the %(there)s one %(less)d")),
    "reading_grade": _(
        "The text needs about %(measure)s years of school; more than %(most)d shut many readers out. Shorter sentences "
        "and shorter words help (Flesch-Kincaid grade, 1975)"
    ),
    "reading_mean": _(
        "A sentence has %(measure)s characters on average; keep to %(most)d. For Chinese there is no agreed "
        "formula, so only the length is measured"
    ),
    "sentence_words": _("This sentence has %(n)d words. Make two of it"),
    "sentence_characters": _("This sentence has %(n)d characters. Make two of it"),
    "capitals": _("Words in capitals only are hard to read. Write them as usual"),
    "foreign_unmarked": _(
        "This passage is in another language and does not say so. It is read aloud with a wrong voice"
    ),
    "contrast_low": _(
        "Nothing in this picture stands out by more than %(ratio)s to 1; words need %(least)s to 1 to be read"
    ),
    "contrast_unsure": _unsure,
}


def sentence(finding: Finding) -> str:
    """Say what was found, in the active language."""
    found = SENTENCES[finding.code]
    if callable(found):
        return found(finding.values)
    return str(found) % dict(finding.values) if finding.values else str(found)


# --- freshness ------------------------------------------------------------------------------------------------------

TASKS = {
    "outcome_awaited": _("Outcomes awaited"),
    "link_broken": _("Broken links"),
    "call_over": _("Pages that lead to what is over"),
    "review_due": _("Not reviewed for a year"),
    "translation_missing": _("Public in one language only"),
    "document_unlinked": _("Documents that nothing leads to"),
}

_FAULTS = {
    "gone": _("there is nothing at this address, or it is not public"),
    "outbound_unreachable": _("no answer"),
    "outbound_late": _("no answer in time"),
    "outbound_host_unknown": _("the name leads nowhere"),
    "outbound_host_closed": _("it lies in a closed network that readers cannot reach"),
    "outbound_tls": _("its certificate is not valid"),
    "outbound_redirects": _("it sends readers round in circles"),
    "outbound_address_wrong": _("it is no address"),
}


def fault(code: str) -> str:
    """Say why a link counts as broken."""
    if code.isdigit():
        return gettext("it answers with error %(status)s") % {"status": code}
    return str(_FAULTS.get(code, _FAULTS["outbound_unreachable"]))


def _preflight_blocks(values: Mapping[str, Any]) -> str:
    return ngettext(
        "The preflight found %(n)d thing that stops handing in",
        "The preflight found %(n)d things that stop handing in",
        values["n"],
    ) % {"n": values["n"]}


REFUSALS: dict[str, Any] = {
    "preflight_blocks": (_preflight_blocks, 409),
    "not_watched": (_("This is not public any more"), 404),
}
