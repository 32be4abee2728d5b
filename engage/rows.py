"""New rows that nobody reads back in the transaction that writes them, written without a trip for each; and hot reads.

    rows.write(rows.new(TimelineEntry, ...))      # one plain INSERT, with the fields' own ways of storing values
    known, numbers = rows.found_or_drawn(Submission, "token_digest", digest, Contact, Submission)
    with rows.together(numbers):                  # PostgreSQL: all that is written inside is one statement at its end
        rows.write(rows.new(Contact, pk=rows.number(Contact), ...))

    find = rows.Reading(lambda code: Sheet.objects.filter(code=code).select_related("version"))
    sheet = find.first("ab12")                    # the query is put together once, not for each call

Writing is what `Model.save()` does for a new row, but for three things: no signals are sent, no default of the database
is read back but the key, and inside `together` even the key comes only where it was drawn before. So it is for rows
whose model sends its receivers nowhere: what has to follow from a row is called by who writes it.

Within `together` a row stands in the database only when the block has ended; constraints speak there, too. SQLite has
no trips to save: it writes each row at once, so that its keys are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query import get_related_populators
from django.db.models.query_utils import DeferredAttribute

Made = TypeVar("Made", bound=Model)


@dataclass
class _Batch:
    """What waits for the end of the block, in its order, and the keys that were drawn for it."""

    waiting: list[_Part] = field(default_factory=list)
    numbers: dict[type[Model], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _New:
    """A row that is written."""

    row: Model

    @property
    def shape(self) -> Shape:
        return type(self.row), self.row.pk is not None

    def values(self, columns: tuple[_Column, ...], database: BaseDatabaseWrapper) -> list[Any]:
        return _values(self.row, columns, database)

    def mark(self) -> None:
        self.row._state.adding, self.row._state.db = False, DEFAULT_DB_ALIAS


@dataclass(frozen=True, slots=True)
class _Changed:
    """A row of which some columns are changed, or which is deleted where none is named."""

    model: type[Model]
    key: Any
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        return self.model, tuple(self.changes)

    def values(self, _columns: tuple[_Column, ...], database: BaseDatabaseWrapper) -> list[Any]:
        fields = (self.model._meta.get_field(name) for name in self.changes)
        stored = [one.get_db_prep_save(self.changes[one.name], database) for one in fields]  # type: ignore[union-attr]
        return [*stored, self.model._meta.pk.get_db_prep_value(self.key, database)]

    def mark(self) -> None:
        """No object stands for it."""


_Part = _New | _Changed

_open: ContextVar[_Batch | None] = ContextVar("rows_written_together", default=None)


def new(model: type[Made], **values: Any) -> Made:
    """Return a row as `model(**values)` does, in a quarter of its time: no signals, and defaults looked up once.

    Raises TypeError for a name that is no field, and for a model whose fields do more than keep a value.
    """
    shape = _made_of(model)
    row = model.__new__(model)
    held = row.__dict__
    held["_state"] = ModelState()
    held.update(shape.fixed)
    for name, make in shape.drawn:
        if name not in values:
            held[name] = make()
    for name, value in values.items():
        if name in shape.columns:
            held[name] = value
        elif (link := shape.links.get(name)) is not None and (value is None or isinstance(value, link.model)):
            # As the descriptor does, which asks about databases, too.
            held["_state"].fields_cache[name] = value
            held[link.column] = None
            if value is not None:
                held[link.column], held["_state"].db = getattr(value, link.target), value._state.db
        elif name in shape.related:
            setattr(row, name, value)
        else:
            raise TypeError(f"{model.__name__} has no field {name}")
    return row


@dataclass(frozen=True, slots=True)
class _Link:
    """A foreign key: the column that keeps it, the model it leads to, and what of a row there it keeps."""

    column: str
    model: type[Model]
    target: str


@dataclass(frozen=True, slots=True)
class _MadeOf:
    """What a new row of a model holds: defaults that are always the same, those that are drawn; names of its fields."""

    fixed: Mapping[str, Any]
    drawn: tuple[tuple[str, Callable[[], Any]], ...]
    columns: frozenset[str]
    related: frozenset[str]
    links: Mapping[str, _Link]


@lru_cache(maxsize=128)
def _made_of(model: type[Model]) -> _MadeOf:
    fields = model._meta.concrete_fields
    if any(one.descriptor_class not in (DeferredAttribute, ForeignKeyDeferredAttribute) for one in fields):
        raise TypeError(f"a field of {model.__name__} does more than keep a value")
    draws = {one for one in fields if one.has_default() and callable(one.default)}
    drawn = tuple((one.attname, one.get_default) for one in fields if one in draws)
    fixed = {one.attname: _plain(one.get_default()) for one in fields if one not in draws}
    related = frozenset(one.name for one in fields if one.is_relation)
    # One to one, the row at the other end is told as well.
    links = {
        one.name: _Link(one.attname, one.remote_field.model, one.target_field.attname)
        for one in fields
        if type(one) is models.ForeignKey
    }
    return _MadeOf(fixed, drawn, frozenset(one.attname for one in fields), related | {"pk"}, links)


def _plain(value: Any) -> Any:
    """A default without the name that a list of choices gives it, as it is read back."""
    return value.value if isinstance(value, models.Choices) else value


def write(*made: Model) -> None:
    """Store new rows: at the end of the block that writes together, else at once, with their keys set.

    Raises IntegrityError as saving does, inside such a block at its end.
    """
    batch = _open.get()
    if batch is not None:
        batch.waiting += map(_New, made)
        return
    for row in made:
        _store(row)


def remove(model: type[Model], key: Any) -> None:
    """Delete the row with a key, if it is there: at the end of the block that writes together, else at once.

    No signals are sent and nothing is looked for that points to it: the database speaks where something does.
    """
    _put(_Changed(model, key))


def change(model: type[Model], key: Any, **values: Any) -> None:
    """Change columns of the row with a key, if it is there: when and as `remove` deletes."""
    _put(_Changed(model, key, values))


def _put(part: _Changed) -> None:
    batch = _open.get()
    if batch is not None:
        batch.waiting.append(part)
    else:
        _store_all([part])


def number(model: type[Model]) -> int | None:
    """Return the key that was drawn for the next row of a model; None where the database gives it while writing.

    Each is given once.
    """
    batch = _open.get()
    return None if batch is None else batch.numbers.pop(model, None)


@contextmanager
def together(numbers: dict[type[Model], int]) -> Iterator[None]:
    """Write in one statement all that is written inside, in the caller's transaction; nothing where that fails.

    `numbers` are keys that were drawn for it (`found_or_drawn`). Not to be nested.
    """
    if connection.vendor != "postgresql":
        yield
        return
    if _open.get() is not None:
        raise RuntimeError("rows are written together already")
    batch = _Batch(numbers=dict(numbers))
    token = _open.set(batch)
    try:
        yield
    finally:
        _open.reset(token)
    _store_all(batch.waiting)


def are_one_statement() -> bool:
    """Tell whether what is written together is a transaction of its own here: PostgreSQL, outside of any other."""
    return connection.vendor == "postgresql" and not connection.in_atomic_block


Shape = tuple[type[Model], bool | tuple[str, ...]]
"""A model, and whether its row is written with its key; or the fields that are changed, none where it is deleted."""


@dataclass(frozen=True)
class _Statement:
    """A statement in Django's placeholders and in PostgreSQL's own, and the columns of each of its rows."""

    text: str
    columns: tuple[tuple[_Column, ...], ...] = ()

    @cached_property
    def numbered(self) -> str:
        """With $1, $2 ...: nothing has to be taken apart before it is sent, and the server keeps its plan."""
        head, *rest = self.text.split("%s")
        return head + "".join(f"${place}{part}" for place, part in enumerate(rest, start=1))


@lru_cache(maxsize=256)
def _shape(model: type[Model], with_key: bool, vendor: str) -> tuple[str, str, tuple[_Column, ...]]:
    """Return the beginning of the statement, the placeholders of one row, and the columns they stand for."""
    if model._meta.parents:
        raise TypeError(f"{model.__name__} lies in more than one table")
    concrete = model._meta.local_concrete_fields
    fields = tuple(one for one in concrete if not one.generated and (with_key or not one.primary_key))
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(one.column)) for one in fields)
    places = ", ".join(
        one.get_placeholder(None, None, connection) if hasattr(one, "get_placeholder") else "%s" for one in fields
    )
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ",
        f"({places})",
        tuple(_column(one, vendor) for one in fields),
    )


@lru_cache(maxsize=256)
def _single(model: type[Model], with_key: bool, vendor: str) -> _Statement:
    """Return the statement that writes one row; without its key it returns it."""
    begins, places, columns = _shape(model, with_key, vendor)
    key = connection.ops.quote_name(str(model._meta.pk.column))
    return _Statement(begins + places + ("" if with_key else f" RETURNING {key}"), (columns,))


@lru_cache(maxsize=256)
def _joined(shapes: tuple[Shape, ...], vendor: str) -> _Statement:
    """Return one statement for rows of these shapes: those of a model that follow one another share an INSERT."""
    inserts: list[str] = []
    columns: list[tuple[_Column, ...]] = []
    last = ""
    for model, with_key in shapes:
        if isinstance(with_key, tuple):
            inserts.append(_changing(model, with_key))
            columns.append(())
            last = ""
            continue
        begins, places, of_row = _shape(model, with_key, vendor)
        if begins == last:
            inserts[-1] += f", {places}"
        else:
            inserts.append(begins + places)
        last = begins
        columns.append(of_row)
    *before, final = inserts
    parts = ", ".join(f"r{place} AS ({insert})" for place, insert in enumerate(before))
    return _Statement(f"WITH {parts} {final}" if before else final, tuple(columns))


def _changing(model: type[Model], names: tuple[str, ...]) -> str:
    quote = connection.ops.quote_name
    table, row = quote(model._meta.db_table), f"WHERE {quote(str(model._meta.pk.column))} = %s"
    sets = ", ".join(f"{quote(str(model._meta.get_field(name).column))} = %s" for name in names)  # type: ignore[union-attr]
    return f"UPDATE {table} SET {sets} {row}" if names else f"DELETE FROM {table} {row}"


# What these fields store of a value of just this type is the value, on every database; and on PostgreSQL.
_AS_IT_IS: dict[type[Field], type] = {
    models.CharField: str,
    models.SlugField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.BigAutoField: int,
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.BigIntegerField: int,
}
_ON_POSTGRES: dict[type[Field], type] = _AS_IT_IS | {
    models.DateField: date,
    models.DateTimeField: datetime,
    models.UUIDField: UUID,
    models.BinaryField: bytes,
    models.ForeignKey: int,
    models.OneToOneField: int,
}


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a row keeps the value of a field, and of which type it is stored as it is.

    `empty`: None is, too; `is_bare_key`: None is where no row stands for it.
    """

    field: Field
    name: str
    plain: type | None
    is_relation: bool
    empty: bool
    is_bare_key: bool


def _column(one: Field, vendor: str) -> _Column:
    # A field that makes its value while it is saved is asked for it.
    makes = type(one).pre_save is not Field.pre_save
    if isinstance(one, models.DateField):
        makes = one.auto_now or one.auto_now_add
    known = _ON_POSTGRES if vendor == "postgresql" else _AS_IT_IS
    plain = None if makes else known.get(type(one))
    empty = plain is not None and not one.is_relation
    return _Column(one, one.attname, plain, one.is_relation, empty, one.is_relation and not makes)


def _values(row: Model, columns: tuple[_Column, ...], database: BaseDatabaseWrapper) -> list[Any]:
    held, values = row.__dict__, []
    for column in columns:
        value = held.get(column.name)
        if value is None:
            as_it_is = column.empty or (column.is_bare_key and row._state.fields_cache.get(column.field.name) is None)
        else:
            # A moment without a zone is Django's to warn of.
            as_it_is = type(value) is column.plain and (column.plain is not datetime or value.tzinfo is not None)
        if not as_it_is:
            value = column.field.pre_save(row, True)
            if value is None and column.is_relation and row._state.fields_cache.get(column.field.name) is not None:
                raise ValueError(f"{column.field.name} of a {type(row).__name__} has no key yet")
            value = column.field.get_db_prep_save(value, database)
        values.append(value)
    return values


def _run(database: BaseDatabaseWrapper, statement: _Statement, values: list[Any], *, reads: bool = False) -> Any:
    """Execute a statement; returns its rows where it has some to read."""
    if database.vendor == "postgresql" and not database.queries_logged:
        from psycopg import RawCursor

        database.ensure_connection()
        raw: Any = RawCursor(database.connection)
        cursor, text = database.make_cursor(raw), statement.numbered
    else:
        cursor, text = database.cursor(), statement.text
    with cursor:
        cursor.execute(text, values)
        return cursor.fetchall() if reads else None


def _store(row: Model) -> None:
    """Write one row and set its key."""
    database = connections[DEFAULT_DB_ALIAS]
    statement = _single(type(row), row.pk is not None, database.vendor)
    returned = _run(database, statement, _values(row, statement.columns[0], database), reads=row.pk is None)
    if returned:
        ((row.pk,),) = returned
    _New(row).mark()


def _store_all(waiting: Sequence[_Part]) -> None:
    """Write, change and delete all rows in one statement."""
    if not waiting:
        return
    # The connection itself: asking the proxy for it costs more than storing a value.
    database = connections[DEFAULT_DB_ALIAS]
    statement = _joined(tuple(one.shape for one in waiting), database.vendor)
    values: list[Any] = []
    for one, columns in zip(waiting, statement.columns, strict=True):
        values += one.values(columns, database)
    _run(database, statement, values)
    for one in waiting:
        one.mark()


def found_or_drawn(
    model: type[Model], column: str, value: str, *drawn: type[Model]
) -> tuple[int | None, dict[type[Model], int]]:
    """Return the key of the row that has the value in a unique column, or new keys for `together`: one trip.

    A key that is drawn and not used leaves a gap, as every transaction does that is rolled back. SQLite draws none.
    """
    database = connections[DEFAULT_DB_ALIAS]
    draws = drawn if database.vendor == "postgresql" else ()
    ((known, *keys),) = _run(database, _finding(model, column, draws), [value], reads=True)
    return known, ({} if known is not None else dict(zip(draws, keys, strict=True)))


@lru_cache(maxsize=16)
def _finding(model: type[Model], column: str, draws: tuple[type[Model], ...]) -> _Statement:
    quote = connection.ops.quote_name
    find = f"SELECT {quote(str(model._meta.pk.column))} FROM {quote(model._meta.db_table)} WHERE {quote(column)} = %s"
    sequences = [f"nextval(pg_get_serial_sequence('{one._meta.db_table}', '{one._meta.pk.column}'))" for one in draws]
    drawn = "".join(f", CASE WHEN found.known IS NULL THEN {sequence} END" for sequence in sequences)
    return _Statement(f"SELECT found.known{drawn} FROM (SELECT ({find}) AS known) AS found")


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plan:
    """A query for one row as it is sent, and how its row becomes objects.

    `takes`: for each of its placeholders the place of a value, or -1 and what stands there always.
    """

    statement: _Statement
    takes: tuple[tuple[int, Any], ...]
    compiler: Any
    converters: Any
    names: tuple[str, ...]
    first: int
    last: int
    populators: Any


class Reading(Generic[Made]):
    """A query, put together once in each database's language and sent with new values ever after.

    `build` makes the query set from its values, which stand in filters and their like only, for plain columns of the
    row's own table or of one beside. It may select related rows, defer columns, lock, and stop at a number of rows that
    is always the same.

    To put a query of four tables together takes several times as long as to send it. PostgreSQL prepares it: after a
    migration that gives one of its columns another type, processes that run are started anew, as after every one.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Made]]) -> None:
        self._build = build
        self._plans: dict[tuple[str, int, bool], _Plan] = {}

    def first(self, *values: Any) -> Made | None:
        """Return the row for these values with what it selects beside; None when there is none."""
        plan = self._plan(len(values), is_one=True)
        found = self._rows(plan, values)
        return self._made(plan, found[0]) if found else None

    def all(self, *values: Any) -> list[Made]:
        """Return all rows for these values; put together once for each number of them, so that a list may be given."""
        plan = self._plan(len(values), is_one=False)
        return [self._made(plan, row) for row in self._rows(plan, values)]

    def _plan(self, count: int, *, is_one: bool) -> _Plan:
        database = connections[DEFAULT_DB_ALIAS]
        key = database.vendor, count, is_one
        return self._plans.get(key) or self._plans.setdefault(key, self._planned(database, count, is_one))

    def _rows(self, plan: _Plan, values: Sequence[Any]) -> Sequence[Any]:
        database = connections[DEFAULT_DB_ALIAS]
        given = [fixed if place < 0 else values[place] for place, fixed in plan.takes]
        stored = [database.ops.adapt_datetimefield_value(one) if isinstance(one, datetime) else one for one in given]
        found: list[Any] = _run(database, plan.statement, stored, reads=True)
        return list(plan.compiler.apply_converters(found, plan.converters)) if plan.converters else found

    def _made(self, plan: _Plan, row: Any) -> Made:
        model: type[Made] = plan.compiler.klass_info["model"]
        made: Made = model.from_db(DEFAULT_DB_ALIAS, plan.names, row[plan.first : plan.last])
        for populator in plan.populators:
            populator.populate(row, made)
        return made

    def _planned(self, database: BaseDatabaseWrapper, count: int, is_one: bool) -> _Plan:
        # Each value is a mark of its place until the statement says in which order it takes them.
        marks = [object() for _place in range(count)]
        found = self._build(*(RawSQL("%s", (mark,)) for mark in marks))
        query = (found[:1] if is_one else found).query
        compiler = query.get_compiler(connection=database)
        text, taken = compiler.as_sql()
        places = [next((place for place, mark in enumerate(marks) if mark is one), -1) for one in taken]
        if not set(range(count)) <= set(places):
            raise TypeError("a value of a reading stands in none of its filters")
        fields = compiler.klass_info["select_fields"]
        first, last = fields[0], fields[-1] + 1
        return _Plan(
            _Statement(text),
            tuple((place, None if place >= 0 else one) for place, one in zip(places, taken, strict=True)),
            compiler,
            compiler.get_converters([one for one, *_rest in compiler.select]),
            tuple(one.target.attname for one, *_rest in compiler.select[first:last]),
            first,
            last,
            # The stubs know the function of a later Django.
            get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS),  # type: ignore[call-arg]
        )
