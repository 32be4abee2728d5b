"""All answers as files: CSV, XLSX, SPSS (.sav), Parquet, JSON lines, and the codebook that explains them.

Written piece by piece, so that a million answers take the memory of one piece (but .sav: see `write_sav`), and looked
at between two pieces: that is where a file that nobody wants any more is given up.
Answers that say who somebody is are in the JSON alone, and only for whoever may have them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from engage.errors import Refused
from engage.spreadsheets import SHEET_ROWS, add_row, add_sheet, csv_stream, new_whole_book
from surveys.answering.private import joined
from surveys.models import Questionnaire, Response
from surveys.results import columns, queries, report
from surveys.results.layout import BITS, DAY, ID, LANGUAGE, MODE, NONE, REASONS, SECONDS, VERSION, WAVE, Column, Layout
from surveys.results.words import REASON_NAMES

# So many rows of a .sav are written between two looks.
LOOK_ROWS = 2_000
# SPSS: names of at most 64 bytes, labels of 256 and of values 120, texts of 32,767 bytes.
SAV_NAME, SAV_LABEL, SAV_VALUE_LABEL, SAV_TEXT = 64, 255, 120, 32_767
_NOT_IN_SAV = re.compile(r"[^A-Za-z0-9_@#$.\u4e00-\u9fff]")
_SAV_RESERVED = frozenset(["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"])
_FACT_NAMES = {
    VERSION: "_version",
    MODE: "_mode",
    LANGUAGE: "_language",
    DAY: "_day",
    SECONDS: "_seconds",
    WAVE: "_wave",
}


@dataclass(frozen=True)
class Field:
    """One column of a file: its name, words, and values of a table of stored columns.

    `labels` by value where values are codes; `missing` are the codes that are no answer.
    """

    name: str
    words: str
    values: Callable[[pa.Table], np.ndarray]
    labels: Mapping[int, str]
    kind: str
    column: Column | None = None


def fields(questionnaire: Questionnaire, layout: Layout, language: str) -> list[Field]:
    """Return the columns of files, facts first. Of an anonymous questionnaire neither day nor seconds are told."""
    found = [_fact(name) for name in (VERSION, MODE, LANGUAGE)]
    if not questionnaire.anonymous:
        found += [_fact(name) for name in (DAY, SECONDS, WAVE)]
    for column in layout.columns:
        words = queries.column_words(layout, column, language)
        if column.kind == "mask":
            found += [_option(layout, column, at, words, language) for at in range(len(column.levels))]
        elif column.kind == "coded":
            found.append(
                Field(column.key, words, _array(column.key), _labels(layout, column, language), "coded", column)
            )
        elif column.kind == "number":
            labels = {code: str(REASON_NAMES[reason]) for reason, code in REASONS.items()}
            found.append(Field(column.key, words, _array(column.key), labels, "number", column))
        else:
            found.append(Field(column.key, words, _texts(column.key), {}, column.kind, column))
    return found


def _fact(name: str) -> Field:
    words = {
        VERSION: _("Version of the questionnaire"), MODE: _("Way of answering"), DAY: _("Day of receipt"),
        LANGUAGE: _("Language of the questionnaire"), SECONDS: _("Seconds from start to end"),
        WAVE: _("Wave of invitations"),
    }[name]  # fmt: skip
    kind = "text" if name in (MODE, LANGUAGE) else "date" if name == DAY else "number"
    return Field(_FACT_NAMES[name], words, _texts(name) if kind != "number" else _array(name), {}, kind)


def _array(name: str) -> Callable[[pa.Table], np.ndarray]:
    return lambda table: table.column(name).to_numpy()


def _texts(name: str) -> Callable[[pa.Table], np.ndarray]:
    return lambda table: np.array(table.column(name).to_pylist(), dtype=object)


def _labels(layout: Layout, column: Column, language: str) -> dict[int, str]:
    own = {at: queries.level_words(layout, level, language, key=column.key) for at, level in enumerate(column.levels)}
    return own | {code: str(REASON_NAMES[reason]) for reason, code in REASONS.items()}


def _option(layout: Layout, column: Column, at: int, words: str, language: str) -> Field:
    """One option of several: 1 chosen, 0 not, else the code of why there is no answer."""
    level = column.levels[at]
    label = queries.level_words(layout, level, language, key=column.key)

    def values(table: pa.Table) -> np.ndarray:
        bits = table.column(column.stored[at // BITS]).to_numpy()
        return np.where(bits < 0, bits, bits >> (at % BITS) & 1)

    labels = {1: _("chosen"), 0: _("not chosen")}
    labels |= {code: str(REASON_NAMES[reason]) for reason, code in REASONS.items()}
    return Field(f"{column.key}.{level.value}", f"{words}: {label}", values, labels, "coded", column)


# --- rows -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """What a file is made of: tables of stored columns, read once.

    `look` is called with the number of rows written, every few thousand; what it raises ends the writing.
    """

    questionnaire: Questionnaire
    layout: Layout
    tables: Iterator[pa.Table]
    look: Callable[[int], None]


def _unwatched(_done: int) -> None:
    return


def _values(field: Field, table: pa.Table) -> list[Any]:
    """The values as people read them: answers by their values, nothing for none, a reason by its name."""
    if field.kind == "number" and field.column is not None:
        why = table.column(f"{field.column.key}|why").to_numpy()
        names = {code: reason for reason, code in REASONS.items()}
        return [
            names.get(int(code)) if number != number else _whole(float(number))
            for number, code in zip(field.values(table), why, strict=True)
        ]
    found = field.values(table)
    if field.kind == "number":
        return [None if value is None or value != value else _whole(float(value)) for value in found]
    if field.kind == "date":
        return [None if value is None else value.isoformat() for value in found]
    if field.kind != "coded" or field.column is None:
        return list(found)
    known: dict[int, Any] = {code: reason for reason, code in REASONS.items()} | {NONE: None}
    if field.column.kind == "mask":
        known |= {0: 0, 1: 1}
    else:
        known |= {at: _plain(level.value) for at, level in enumerate(field.column.levels)}
    return [known[int(code)] for code in found]


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _lines(shown: Sequence[Field], rows: Rows, read: Callable[[Field, pa.Table], list[Any]]) -> Iterator:
    done = 0
    for table in rows.tables:
        yield from zip(*(read(field, table) for field in shown), strict=True)
        done += table.num_rows
        rows.look(done)


def write_csv(path: Path, rows: Rows) -> None:
    """Write values, one response a line; nothing is taken for a formula."""
    shown = fields(rows.questionnaire, rows.layout, get_language() or "")
    with path.open("wb") as out:
        out.writelines(csv_stream([field.name for field in shown], _lines(shown, rows, _values)))


def write_xlsx(path: Path, rows: Rows) -> None:
    """Write words instead of codes, under the words of the questions; more than a sheet holds goes on in the next.

    Sheets lie beside the file until it is put together.
    """
    shown = fields(rows.questionnaire, rows.layout, get_language() or "")
    heads = [[field.name for field in shown], [field.words for field in shown]]
    with new_whole_book(path) as book:
        sheet, written = add_sheet(book, heads=heads, folder=path.parent), len(heads)
        for row in _lines(shown, rows, _words):
            if written == SHEET_ROWS:
                sheet, written = add_sheet(book, heads=heads, folder=path.parent), len(heads)
            add_row(sheet, row)
            written += 1


def _words(field: Field, table: pa.Table) -> list[Any]:
    if not field.labels:
        return _values(field, table)
    if field.kind == "number":
        return [str(REASON_NAMES[value]) if value in REASON_NAMES else value for value in _values(field, table)]
    return [field.labels.get(int(code)) for code in field.values(table)]


def write_parquet(path: Path, rows: Rows) -> None:
    """Write the values under the names of the CSV, with types; one row group a piece."""
    shown = fields(rows.questionnaire, rows.layout, get_language() or "")
    kinds = {"number": pa.float64(), "date": pa.string()}
    schema = pa.schema([pa.field(field.name, kinds.get(field.kind, pa.string())) for field in shown])
    done = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in rows.tables:
            found = [_typed(field, table, schema.field(at).type) for at, field in enumerate(shown)]
            writer.write_table(pa.table(found, schema=schema))
            done += table.num_rows
            rows.look(done)


def _typed(field: Field, table: pa.Table, kind: pa.DataType) -> pa.Array:
    if field.kind == "number":
        return pa.array(np.asarray(field.values(table), dtype=float), type=kind, from_pandas=True)
    return pa.array([None if value is None else str(value) for value in _values(field, table)], type=kind)


class Writable(Protocol):
    """What takes text."""

    def write(self, text: str, /) -> int:
        """Take a text; return its length."""


def write_json(out: Writable, rows: Rows, *, personal: bool = False) -> None:
    """Write answers as they are stored, one JSON object a line, repeats as lists; with `personal` also who it was."""
    done = 0
    for table in rows.tables:
        wanted = table.column(ID).to_pylist()
        if wanted:
            for response in _responses(rows.questionnaire, wanted):
                out.write(_line(response, personal=personal))
        done += table.num_rows
        rows.look(done)


def _responses(questionnaire: Questionnaire, wanted: Sequence[int]) -> Iterator[Response]:
    """Read responses by their numbers, which are in order; those withdrawn since are left out."""
    these = frozenset(wanted)
    found = columns.counted(questionnaire).filter(pk__gte=wanted[0], pk__lte=wanted[-1]).select_related("version").only(
        "answers", "private", "mode", "language", "version__number", "ballots"
    )  # fmt: skip
    return (response for response in found.iterator(chunk_size=2_000) if response.pk in these)


def _line(response: Response, *, personal: bool) -> str:
    answers = response.answers
    if personal and response.private:
        answers = joined(answers, json.loads(response.private))
    value = {
        "version": response.version.number, "mode": response.mode, "language": response.language,
        "ballots": response.ballots, "answers": answers,
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


# --- SPSS -----------------------------------------------------------------------------------------------------------


def sav_names(names: Sequence[str]) -> dict[str, str]:
    """Return a name that SPSS takes for each: letters, digits and some signs, at most 64 bytes, each once.

    Capitals make no difference there, and its own words are taken. What is cut or changed is numbered where it meets
    another.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        base = _NOT_IN_SAV.sub("_", name.lstrip("_")).rstrip("._") or "v"
        base = base if base[0].isalpha() and base.upper() not in _SAV_RESERVED else f"v_{base}"
        short, number = _cut(base, SAV_NAME), 1
        while short.upper() in taken:
            number += 1
            short = f"{_cut(base, SAV_NAME - len(str(number)) - 1)}_{number}"
        taken.add(short.upper())
        found[name] = short
    return found


def _cut(words: str, most: int) -> str:
    return words.encode()[:most].decode("utf-8", "ignore")


class _Seen(pd.DataFrame):
    """A frame that is looked at while somebody takes its rows one by one, as pyreadstat does."""

    _metadata = ("look",)
    look: Callable[[int], None]

    def itertuples(self, index: bool = True, name: str | None = "Pandas") -> Iterator[tuple[Any, ...]]:
        for at, row in enumerate(super().itertuples(index, name)):
            if at % LOOK_ROWS == 0:
                self.look(at)
            yield row


def write_sav(path: Path, rows: Rows) -> dict[str, str]:
    """Write codes with their labels, reasons as missing values; returns the names that were changed, new by own.

    The library writes a whole frame at once, so this takes two bytes a code, eight a number, and the texts.
    """
    shown = fields(rows.questionnaire, rows.layout, get_language() or "")
    names = sav_names([field.name for field in shown])
    parts: list[list[Any]] = [[] for _field in shown]
    for table in rows.tables:
        for field, pieces in zip(shown, parts, strict=True):
            pieces.append(_for_sav(field, table))
        rows.look(0)
    # Codes stay as the layout has them, so that labels and the codebook agree; NONE is SPSS's own missing value.
    frame = _Seen({names[field.name]: _whole_column(field, parts.pop(0)) for field in shown}, copy=False)
    frame.look = rows.look
    labels: dict[str, str | None] = {names[field.name]: _cut(field.words, SAV_LABEL) for field in shown}
    values: dict[str, dict[int | float, str]] = {
        names[field.name]: {code: _cut(words, SAV_VALUE_LABEL) for code, words in field.labels.items()}
        for field in shown
        if field.labels
    }
    reasons: list[Any] = [{"lo": float(min(REASONS.values())), "hi": float(max(REASONS.values()))}]
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels=labels,
        variable_value_labels=values,
        missing_ranges=dict.fromkeys(values, reasons),
        compress=True,
    )
    return {own: new for own, new in names.items() if own != new}


def _for_sav(field: Field, table: pa.Table) -> Any:
    """The values of a piece, as small as they are kept: codes, numbers, texts in Arrow's memory."""
    if field.kind == "number" and field.column is not None:
        why = table.column(f"{field.column.key}|why").to_numpy()
        numbers = field.values(table).astype(float)
        return np.where(why < NONE, why, numbers)
    if field.kind == "number":
        return np.asarray(field.values(table), dtype=float)
    if field.kind == "coded":
        return field.values(table).astype(np.int8 if max(field.labels) < 120 else np.int32)
    texts = ["" if value is None else _cut(str(value), SAV_TEXT) for value in _values(field, table)]
    return pa.array(texts, type=pa.string())


def _whole_column(field: Field, pieces: Sequence[Any]) -> Any:
    if field.kind == "coded":
        codes = np.concatenate([np.empty(0, dtype=np.int8), *pieces])
        return pd.arrays.IntegerArray(codes, codes == NONE)
    if field.kind == "number":
        return np.concatenate([np.empty(0), *pieces])
    return pd.arrays.ArrowExtensionArray(pa.chunked_array(pieces, type=pa.string()))


# --- codebook -------------------------------------------------------------------------------------------------------


def write_codebook(path: Path, questionnaire: Questionnaire, layout: Layout) -> None:
    """Write a page of HTML: every column with its question, codes and labels, and its name in SPSS."""
    shown = fields(questionnaire, layout, get_language() or "")
    names = sav_names([field.name for field in shown])
    rows = []
    for field in shown:
        values: dict[int, Any] = {code: reason for reason, code in REASONS.items()}
        if field.column is not None and field.column.kind == "coded":
            values |= {at: _plain(level.value) for at, level in enumerate(field.column.levels)}
        codes = [(code, values.get(code, code), words) for code, words in field.labels.items()]
        rows.append((field.name, names[field.name], field.words, codes))
    context = {"questionnaire": questionnaire, "rows": rows, "language": get_language()}
    path.write_text(render_to_string("surveys/results/codebook.html", context), "utf-8")


def write(
    code: str,
    path: Path,
    questionnaire: Questionnaire,
    layout: Layout,
    *,
    tables: Iterator[pa.Table] | None = None,
    look: Callable[[int], None] = _unwatched,
) -> None:
    """Write a file in one of `access.FORMATS`, in the active language; KeyError for another.

    `tables` are the answers (all of them, from their rows), `look` as in `Rows`.
    Raises Refused("survey_results_not_ready") for a report of answers whose columns are not kept yet.
    """
    if code in report.FORMS:
        source = queries.open_answers(questionnaire, public=True)
        if source is None:
            raise Refused("survey_results_not_ready")
        report.FORMS[code](path, report.report_of(questionnaire, source, now=timezone.now()))
        return
    if code == "codebook":
        write_codebook(path, questionnaire, layout)
        return
    if tables is None:
        tables = columns.tables_of(layout, columns.counted(questionnaire))
    rows = Rows(questionnaire, layout, tables, look)
    if code in ("json", "personal"):
        with path.open("w", encoding="utf-8") as out:
            write_json(out, rows, personal=code == "personal")
        return
    writers: dict[str, Callable[[Path, Rows], Any]] = {
        "csv": write_csv,
        "xlsx": write_xlsx,
        "sav": write_sav,
        "parquet": write_parquet,
    }
    writers[code](path, rows)
