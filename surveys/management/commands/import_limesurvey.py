"""`manage.py import_limesurvey FILE`: read a survey of LimeSurvey, count it, say what is wrong or left out."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engage.answers import REFUSED, WRONG_CALL, AnsweringCommand, refusal_entry
from engage.errors import Refused
from surveys.definition.limesurvey import Place, Survey, convert, read_survey
from surveys.limesurvey_words import left_out_sentence, place_words


class Command(AnsweringCommand):
    """The answer has one shape, also for what is no survey at all: title, counts, left_out, errors."""

    help = (
        "Read a survey of LimeSurvey (.lss): counts, what is not carried over, and every error by question. "
        "Stores nothing and needs no database; surveys are taken into the Studio there. "
        "Exit code 0: the survey can be taken; 1: it cannot; 2: no such file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a file; a dry run is all there is."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="read and show only, as is done in any case")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Read, count, print."""
        path: Path = options["file"]
        try:
            survey = read_survey(path.read_bytes())
        except OSError:
            return self._unread(Refused("xlsform_not_found", file=str(path)), WRONG_CALL)
        except Refused as refusal:
            return self._unread(refusal, REFUSED)
        found = described(survey)
        return self.say(found, _lines(found), code=REFUSED if found["errors"] else 0)

    def _unread(self, refusal: Refused, code: int) -> None:
        entry = refusal_entry(refusal)
        self.say({"title": "", "counts": {}, "left_out": [], "errors": [entry]}, [entry["message"]], code=code)


def described(survey: Survey) -> dict[str, Any]:
    """Return what the command prints of a survey."""
    found = convert(survey)
    titles = survey.texts.get("surveyls_title", {})
    return {
        "title": next(iter(titles.values()), ""),
        "counts": survey.counts(),
        "left_out": [
            {"what": one.what, "code": one.code, "message": left_out_sentence(one), "where": one.where.as_json()}
            for one in found.left_out
        ],
        "errors": [
            refusal_entry(Refused(one.code, **one.values)) | {"where": one.where.as_json()} for one in found.faults
        ],
    }


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield found["title"]
    for name, count in found["counts"].items():
        yield f"  {name:<12} {count:>6}"
    for entry in (*found["left_out"], *found["errors"]):
        yield f"{place_words(Place(**entry['where']))}: {entry['message']}"
