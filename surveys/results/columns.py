"""The columnar cache: Parquet parts of a questionnaire's answers below the private folder, rebuilt from rows at will.

Rows are the truth. A part holds up to PART_ROWS responses in the order of their numbers; `meta.json` names the parts
and is replaced in one step, so a reader sees the state before or after, never between. What was withdrawn, taken back
or committed late shows in the count or the sum of the numbers of a part's range, and that part is written anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connections
from django.db.models import Count, QuerySet, Sum, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from engage.collecting import uncollected
from surveys.models import Questionnaire, Response, Version
from surveys.queries import ready
from surveys.results import counting, quick
from surveys.results.answers import Answers
from surveys.results.encoding import Row, encode, schema
from surveys.results.layout import ID, Layout, layout_of

PART_ROWS = 50_000
BATCH_ROWS = 10_000
# A long text has 20,000 characters, and a batch is held in several forms at once.
BATCH_CHARACTERS = 16_000_000
# What so few rows hold stays in the processor's cache, and goes before the collector of garbage looks at it.
SLOW_ROWS = 500
# So few are read from their rows each time, in tenths of a second; they need no cache, and their files no worker.
DIRECT_MOST = 5_000
# A reader that has read the old list of parts may still open them.
_KEPT_SECONDS = 600
_META = "meta.json"


@dataclass(frozen=True)
class Part:
    """One file: how many responses, the last number of its range, their sum, and a checksum over all of it."""

    file: str
    n: int
    last: int
    sum: int
    checksum: str


@dataclass(frozen=True)
class Cache:
    """What `meta.json` says: versions (numbers), digest of the layout, moment (ISO 8601, UTC), parts in order."""

    versions: tuple[int, ...]
    layout: str
    made_at: str
    parts: tuple[Part, ...]

    @property
    def n(self) -> int:
        """Responses in all parts."""
        return sum(part.n for part in self.parts)


def counted(questionnaire: Questionnaire) -> QuerySet[Response]:
    """Return the responses that results are made from, in the order of their numbers."""
    return Response.objects.counted().filter(questionnaire=questionnaire).order_by("pk")


def is_large(questionnaire: Questionnaire) -> bool:
    """Tell whether its columns are kept and its files made in the background: it has more than DIRECT_MOST answers."""
    responses = Response.objects.filter(questionnaire=questionnaire).order_by("pk")
    return responses[DIRECT_MOST : DIRECT_MOST + 1].exists()


def layout_for(questionnaire: Questionnaire, numbers: Sequence[int] = ()) -> Layout | None:
    """Return the layout of all versions that were ever published, or of those with these numbers; None for none."""
    versions = Version.objects.filter(questionnaire=questionnaire, published_at__isnull=False)
    if numbers:
        versions = versions.filter(number__in=numbers)
    definitions = {version.number: ready(version).runtime.definition for version in versions}
    return layout_of(definitions) if definitions else None


def tables_of(layout: Layout, responses: QuerySet[Response]) -> Iterator[pa.Table]:
    """Read responses one after the other as tables of at most BATCH_ROWS rows, in bounded memory; days are local.

    While one batch becomes a table in a thread of its own, the next is read from the database.
    """
    zone = timezone.get_current_timezone()
    reader = quick.Reader(layout)
    found = responses.annotate(text=Cast("answers", TextField())).values_list(
        "pk", "version__number", "mode", "language", "submission__received_at", "seconds", "wave", "text"
    )
    with ThreadPoolExecutor(1, thread_name_prefix="columns") as maker:
        made: deque[Future[pa.Table]] = deque()
        for some in _batches(found.iterator(chunk_size=2_000)):
            made.append(maker.submit(_table, layout, reader, zone, some))
            if len(made) > 1:
                yield made.popleft().result()
        while made:
            yield made.popleft().result()


def _table(layout: Layout, reader: quick.Reader, zone: tzinfo, rows: list[tuple[Any, ...]]) -> pa.Table:
    facts = [
        (pk, version, mode, language, received_at.astimezone(zone).date(), seconds, wave)
        for pk, version, mode, language, received_at, seconds, wave, _text in rows
    ]
    texts = [one[-1] for one in rows]
    table = reader.table(facts, texts)
    return _one_by_one(layout, facts, texts) if table is None else table


def _batches(read: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Gather rows, the last value of each being its text, up to BATCH_ROWS or BATCH_CHARACTERS."""
    batch: list[tuple[Any, ...]] = []
    characters = 0
    for one in read:
        batch.append(one)
        characters += len(one[-1])
        if len(batch) == BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _one_by_one(layout: Layout, facts: list[quick.Fact], texts: list[str]) -> pa.Table:
    tables = []
    for start in range(0, len(facts), SLOW_ROWS):
        # Read as one text: names of questions are made once for all, which saves half of the time and of the memory.
        answers = json.loads("[" + ",".join(texts[start : start + SLOW_ROWS]) + "]")
        rows = [Row(*fact, given) for fact, given in zip(facts[start : start + SLOW_ROWS], answers, strict=True)]
        tables.append(encode(layout, rows))
    return pa.concat_tables(tables)


def direct(questionnaire: Questionnaire) -> Answers | None:
    """Read all answers from their rows, without files; None for a questionnaire that was never published."""
    layout = layout_for(questionnaire)
    if layout is None:
        return None
    return Answers(layout, _joined(layout, list(tables_of(layout, counted(questionnaire)))).select)


def folder_of(questionnaire: Questionnaire) -> Path:
    """Return where the cache lies. A practice site has another database, and so another folder."""
    database = connections[Questionnaire.objects.db].settings_dict
    where = hashlib.sha256(repr((database.get("HOST"), str(database["NAME"]))).encode()).hexdigest()[:16]
    return Path(settings.PRIVATE_ROOT) / "results" / where / str(questionnaire.pk)


def cached(questionnaire: Questionnaire) -> tuple[Cache, Answers] | None:
    """Open the cache as it is; None where there is none. Columns are read when they are asked for."""
    folder = folder_of(questionnaire)
    cache = _read_meta(folder)
    layout = layout_for(questionnaire, cache.versions) if cache else None
    if cache is None or layout is None or layout.digest != cache.layout:
        return None
    paths = [folder / part.file for part in cache.parts]

    def read(names: list[str]) -> pa.Table:
        return _joined(layout, [_read_part(path, names) for path in paths], names)

    def known() -> counting.Merged:
        return counting.Merged(layout, [_read_counts(path) for path in paths])

    return cache, Answers(layout, read, known)


def open_parts(questionnaire: Questionnaire, cache: Cache) -> list[pq.ParquetFile]:
    """Open the files of a cache, so that they can be read to the end whatever replaces them meanwhile."""
    folder = folder_of(questionnaire)
    return [pq.ParquetFile(folder / part.file, page_checksum_verification=True) for part in cache.parts]


def refresh(questionnaire: Questionnaire, *, rebuild: bool = False) -> Cache | None:
    """Bring the cache up to the rows; returns it, or None for a questionnaire that was never published.

    Only one process writes at a time; the next one finds its work done. `rebuild` begins from nothing.
    """
    layout = layout_for(questionnaire)
    if layout is None:
        return None
    folder = folder_of(questionnaire)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # In a process as large as the site's the collector takes two thirds of the time of reading JSON.
    with _alone(folder), uncollected():
        known = _read_meta(folder)
        kept: list[Part] = []
        if known and not rebuild and known.layout == layout.digest:
            kept = _true_parts(questionnaire, layout, folder, known.parts)
        parts = _append(questionnaire, layout, folder, kept)
        for path in (folder / part.file for part in parts):
            # An older program counted nothing.
            if not _counts_path(path).exists():
                _write_counts(layout, path, _read_part(path, schema(layout).names))
        if known and not rebuild and tuple(parts) == known.parts:
            return known
        cache = Cache(layout.numbers, layout.digest, timezone.now().isoformat(), tuple(parts))
        _write_meta(folder, cache)
        _sweep(folder, cache, left=known.parts if known else ())
    return cache


def is_true(questionnaire: Questionnaire) -> bool:
    """Compare every part with its checksum and with the rows it was made from; slow, for whoever checks."""
    folder, found = folder_of(questionnaire), cached(questionnaire)
    if found is None:
        return False
    cache, answers = found
    first = 0
    for part in cache.parts:
        path = folder / part.file
        try:
            written = pq.read_table(path)
        except (FileNotFoundError, pa.ArrowInvalid):
            return False
        if _checksum(answers.layout, written, path) != part.checksum:
            return False
        if _read_counts(path) != json.loads(json.dumps(counting.count(answers.layout, written))):
            return False
        responses = counted(questionnaire).filter(pk__gt=first, pk__lte=part.last)
        if not _joined(answers.layout, list(tables_of(answers.layout, responses))).equals(written):
            return False
        first = part.last
    return not counted(questionnaire).filter(pk__gt=first).exists()


def forget(questionnaire: Questionnaire) -> None:
    """Delete the cache."""
    shutil.rmtree(folder_of(questionnaire), ignore_errors=True)


def _joined(layout: Layout, tables: list[pa.Table], names: list[str] | None = None) -> pa.Table:
    empty = schema(layout).empty_table()
    if not tables:
        return empty.select(names) if names is not None else empty
    return pa.concat_tables(tables).combine_chunks() if names is None else pa.concat_tables(tables)


def _read_part(path: Path, names: list[str]) -> pa.Table:
    return pq.read_table(path, columns=names, page_checksum_verification=True)


def _true_parts(questionnaire: Questionnaire, layout: Layout, folder: Path, parts: Sequence[Part]) -> list[Part]:
    """Return the parts as they must be now: those whose range has other responses are written anew."""
    if not parts:
        return []
    whole = _totals(counted(questionnaire).filter(pk__lte=parts[-1].last))
    there = all((folder / part.file).is_file() for part in parts)
    if there and whole == (sum(part.n for part in parts), sum(part.sum for part in parts)):
        return list(parts)
    found, first = [], 0
    for part in parts:
        responses = counted(questionnaire).filter(pk__gt=first, pk__lte=part.last)
        if (folder / part.file).is_file() and _totals(responses) == (part.n, part.sum):
            found.append(part)
        else:
            table = _joined(layout, list(tables_of(layout, responses)))
            if table.num_rows:
                # The range stays as it was, so that whatever comes late into it is found.
                found.append(_write_part(layout, folder, table, last=part.last))
        first = part.last
    return found


def _totals(responses: QuerySet[Response]) -> tuple[int, int]:
    found = responses.order_by().aggregate(n=Count("pk"), sum=Sum("pk"))
    return found["n"], found["sum"] or 0


def _append(questionnaire: Questionnaire, layout: Layout, folder: Path, parts: list[Part]) -> list[Part]:
    parts = list(parts)
    last = parts[-1].last if parts else 0
    waiting: list[pa.Table] = []
    n = 0
    with ThreadPoolExecutor(1, thread_name_prefix="parts") as writer:
        written: list[Future[Part]] = []
        for table in tables_of(layout, counted(questionnaire).filter(pk__gt=last)):
            if not waiting and not written and parts and parts[-1].n < PART_ROWS:
                waiting, n = [pq.read_table(folder / parts[-1].file)], parts[-1].n
                parts.pop()
            waiting.append(table)
            n += table.num_rows
            while n >= PART_ROWS:
                whole = _joined(layout, waiting)
                # One is written while the next comes together, and never more wait than that.
                wait(written)
                written.append(writer.submit(_write_part, layout, folder, whole.slice(0, PART_ROWS)))
                rest = whole.slice(PART_ROWS)
                waiting, n = ([rest] if rest.num_rows else []), rest.num_rows
        if waiting:
            written.append(writer.submit(_write_part, layout, folder, _joined(layout, waiting)))
        return parts + [one.result() for one in written]


def _write_part(layout: Layout, folder: Path, table: pa.Table, *, last: int = 0) -> Part:
    ids = table.column(ID).to_numpy()
    path = folder / f".{os.getpid()}.parquet"
    pq.write_table(table.combine_chunks(), path, compression="zstd", write_page_checksum=True)
    checksum = _checksum(layout, table, path)
    name = f"{int(ids[0])}-{checksum[:16]}.parquet"
    path.replace(folder / name)
    _write_counts(layout, folder / name, table)
    return Part(name, len(ids), max(last, int(ids[-1])), int(ids.sum()), checksum)


def _counts_path(part: Path) -> Path:
    return part.with_suffix(".json")


def _write_counts(layout: Layout, part: Path, table: pa.Table) -> None:
    path = part.parent / f".{os.getpid()}.counts"
    path.write_text(json.dumps(counting.count(layout, table), ensure_ascii=False), "utf-8")
    path.replace(_counts_path(part))


def _read_counts(part: Path) -> counting.Counts:
    """Return what was counted when a part was written; nothing for one that an older program wrote."""
    try:
        found: counting.Counts = json.loads(_counts_path(part).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found


def _checksum(layout: Layout, table: pa.Table, path: Path) -> str:
    """SHA-256 over the layout, the numbers of the responses and the bytes of the file."""
    found = hashlib.sha256(layout.digest.encode())
    found.update(np.ascontiguousarray(table.column(ID).to_numpy()).tobytes())
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def _read_meta(folder: Path) -> Cache | None:
    try:
        said = json.loads((folder / _META).read_text("utf-8"))
    except FileNotFoundError:
        return None
    parts = tuple(Part(**part) for part in said["parts"])
    return Cache(tuple(said["versions"]), said["layout"], said["made_at"], parts)


def _write_meta(folder: Path, cache: Cache) -> None:
    path = folder / f".{os.getpid()}.json"
    path.write_text(json.dumps(asdict(cache)), "utf-8")
    path.replace(folder / _META)


def _sweep(folder: Path, cache: Cache, *, left: Sequence[Part]) -> None:
    """Delete parts that are no longer named, once nobody can be reading them; those just `left` are so from now on."""
    named = {part.file for part in cache.parts}
    for part in left:
        if part.file not in named and (folder / part.file).exists():
            os.utime(folder / part.file)
    for path in folder.glob("*.parquet"):
        if path.name not in named and time.time() - path.stat().st_mtime > _KEPT_SECONDS:
            path.unlink(missing_ok=True)
            _counts_path(path).unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
