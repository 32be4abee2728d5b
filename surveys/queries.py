"""Every public read of questionnaires."""

from __future__ import annotations

from base64 import b64encode
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.conf import settings
from django.db.models import Prefetch

from engage.accounts.actors import Actor
from engage.participation.models import Submission
from surveys.answering import rules
from surveys.definition import checks, model, pictures
from surveys.definition.live import live_names
from surveys.definition.runtime import Runtime
from surveys.models import Picture, Questionnaire, Response, Version

# Definitions that were read lately stay ready in the process: they never change once published.
READY_KEPT = 32


@dataclass(frozen=True)
class Ready:
    """A definition ready to be answered, and the seconds that reading all of it takes, by language.

    `asks_where`: a question is answered with a region of the house. `live` has for each page the names of its questions
    that the same page reads. `pictures`: width and height in pixels of the pictures, sounds (0) and films that are
    there, by their names.
    """

    runtime: Runtime
    seconds: Mapping[str, float]
    asks_where: bool
    live: tuple[frozenset[str], ...]
    pictures: Mapping[str, tuple[int, int]]


_kept: OrderedDict[str, Ready] = OrderedDict()
_lock = Lock()


def _make_ready(definition: model.Definition) -> Ready:
    asks_where = any(question.type in ("region", "location") for question in definition.questions)
    runtime = Runtime(definition)
    sizes = picture_sizes(pictures.names(definition))
    return Ready(runtime, checks.reading_seconds(definition), asks_where, live_names(runtime), sizes)


def picture_sizes(names: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return width and height in pixels of those pictures that are there; of no name without a query."""
    if not names:
        return {}
    # Not through `visible_to`: whoever may read a definition may know how large its pictures are.
    rows = Picture.objects.filter(name__in=names).values_list("name", "width", "height")
    return {name: (width, height) for name, width, height in rows}


def pictures_inline(names: Collection[str]) -> dict[str, str]:
    """Return those pictures that are there as addresses that hold all of them (RFC 2397), by their names.

    Of sounds and films, which are too long for that, the SHA-256 of what is in them.
    """
    # Not through `visible_to`: who signs what names a picture sees it.
    rows = Picture.objects.filter(name__in=names) if names else ()
    return {one.name: _inline(one) if one.media_type.startswith("image/") else one.sha256 for one in rows}


def _inline(picture: Picture) -> str:
    with picture.file.open("rb") as content:
        return f"data:{picture.media_type};base64,{b64encode(content.read()).decode()}"


def picture(name: str, *, actor: Actor) -> Picture | None:
    """Return a picture, sound or film that the actor may see; None when there is none."""
    if not pictures.STORED_NAME.fullmatch(name):
        return None
    return Picture.objects.visible_to(actor).filter(name=name).first()


def ready(version: Version) -> Ready:
    """Return the definition of a version, ready to be answered; of a published one it is read once."""
    name = version.definition_hash
    if not name:
        return _make_ready(version.parsed)
    with _lock:
        if (found := _kept.get(name)) is not None:
            _kept.move_to_end(name)
            return found
    made = _make_ready(version.parsed)
    with _lock:
        _kept[name] = made
        while len(_kept) > READY_KEPT:
            _kept.popitem(last=False)
    return made


def page_language(wanted: str) -> str:
    """Return the language of the site's pages in which notices go to somebody: that one, or the site's first."""
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def shown_language(definition: model.Definition, wanted: str) -> str:
    """Return the language in which a reader of `wanted` gets a questionnaire: that one, or its first."""
    return wanted if wanted in definition.languages else definition.languages[0]


@dataclass(frozen=True)
class Shown:
    """A questionnaire as the public meets it. `language` is that of its words, `state` as `rules.Period` says."""

    questionnaire: Questionnaire
    version: Version
    ready: Ready
    language: str
    state: rules.State

    @property
    def runtime(self) -> Runtime:
        """What answers are settled with."""
        return self.ready.runtime

    @property
    def definition(self) -> model.Definition:
        """Its definition."""
        return self.runtime.definition

    @property
    def is_on_web(self) -> bool:
        """Whether people fill it in themselves."""
        return self.definition.is_asked("web")

    @property
    def title(self) -> str:
        """Its title in the language of its words."""
        return self.runtime.choose(self.definition.title, self.language) or self.questionnaire.key

    @property
    def introduction(self) -> str:
        """Why it is asked."""
        return self.runtime.choose(self.definition.introduction, self.language)


def period_of(questionnaire: Questionnaire) -> rules.Period:
    """Return when a questionnaire takes answers."""
    return rules.Period(questionnaire.opens_at, questionnaire.closes_at)


def shown(version: Version, *, language: str, now: datetime) -> Shown:
    """Put together what is shown of a version; its questionnaire and department must be at hand."""
    made = ready(version)
    return Shown(
        version.questionnaire,
        version,
        made,
        shown_language(made.runtime.definition, language),
        period_of(version.questionnaire).state(now),
    )


def published(key: str, *, language: str, actor: Actor, now: datetime) -> Shown | None:
    """Return the published version of a questionnaire that the actor may see; None when there is none."""
    found = (
        Version.objects.visible_to(actor)
        .filter(questionnaire__key=key, state=Version.State.PUBLISHED)
        .select_related("questionnaire__department")
        .first()
    )
    return shown(found, language=language, now=now) if found is not None else None


def listed(*, language: str, actor: Actor, now: datetime) -> list[Shown]:
    """List what everybody may answer now or soon, then what has closed.

    Who must be invited hears by letter, and what is not asked on the web by whoever asks it.
    """
    versions = Version.objects.filter(state=Version.State.PUBLISHED)
    questionnaires = (
        Questionnaire.objects.visible_to(actor)
        .filter(access=Questionnaire.Access.OPEN, versions__state=Version.State.PUBLISHED)
        .select_related("department")
        .prefetch_related(Prefetch("versions", versions, to_attr="published"))
    )
    found = []
    for questionnaire in questionnaires:
        for version in questionnaire.published:
            version.questionnaire = questionnaire
            found.append(shown(version, language=language, now=now))
    order = {"open": 0, "planned": 1, "closed": 2}
    return sorted((one for one in found if one.is_on_web), key=lambda one: order[one.state])


def titles(questionnaires: Iterable[int], language: str) -> dict[int, str]:
    """Return the title of each questionnaire in a language, else in another, by its newest version; one query.

    Those without a version or a title are left out.
    """
    rows = Version.objects.filter(questionnaire__in=list(questionnaires)).order_by("number")
    found = {}
    for pk, words in rows.values_list("questionnaire_id", "definition__title"):
        title = (words or {}).get(language) or next(iter((words or {}).values()), "")
        if title:
            found[pk] = title
    return found


def key_and_mode(submission: Submission) -> tuple[str, str]:
    """Return the key of the questionnaire that a submission answers, and on which way it came."""
    return Response.objects.values_list("questionnaire__key", "mode").get(pk=submission.pk)


def answered(submission: Submission, *, language: str, now: datetime) -> Shown:
    """Put together what is shown of the version that a submission answers."""
    versions = Version.objects.select_related("questionnaire__department")
    return shown(versions.get(responses=submission.pk), language=language, now=now)
