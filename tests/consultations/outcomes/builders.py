"""Makes a closed call with comments of several people, coded and decided, and its outcome at every stage."""

import itertools
from datetime import timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from consultations import actions as calls
from consultations.coding.models import Coding, Decision, Point, Theme
from consultations.drafts.reader import parse_text
from consultations.models import Comment, Consultation, Version
from consultations.outcomes import actions, queries
from consultations.outcomes.models import Outcome
from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.participation.models import AboutOption
from engage.publishing import gate
from tests.consultations.factories import CHINESE, ENGLISH, call, comment
from tests.publishing.signing import sign_object

CHINESE_AFTER = CHINESE.replace("每周开放不少于五天", "每周开放不少于六天，周末也开放")
ENGLISH_AFTER = ENGLISH.replace("opens at least five days a week", "opens at least six days a week, weekends included")
_numbers = itertools.count(1)


def person(*roles: Role) -> User:
    """Make somebody who holds roles."""
    user = User.objects.create_user(f"outcome-{next(_numbers)}@example.org")
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def close(consultation: Consultation) -> None:
    """Let a call have ended an hour ago."""
    consultation.closes_at = timezone.now() - timedelta(hours=1)
    consultation.save()


def version_after(consultation: Consultation, *, publish: bool = True) -> Version:
    """Make version 2, in which article 2 reads differently."""
    draft = consultation.drafts.get()
    version = calls.store_draft(parse_text(CHINESE_AFTER, language="zh-hans"), draft=draft, actor=SYSTEM)
    calls.add_translation(version, parse_text(ENGLISH_AFTER, language="en"), actor=SYSTEM)
    if publish:
        calls.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)
    return version


def theme(consultation: Consultation, name: str, **values) -> Theme:
    return Theme.objects.create(consultation=consultation, name=name, **values)


def decide(about: Theme | Point, disposition: str, zh: str = "", en: str = "", **values) -> Decision:
    """Decide about a theme or a point."""
    place = {"theme": about} if isinstance(about, Theme) else {"point": about}
    return Decision.objects.create(
        consultation=about.consultation, disposition=disposition, reason_zh=zh, reason_en=en, **place, **values
    )


def point(of: Comment, *themes: Theme, start: int | None = None, end: int | None = None) -> Point:
    """Mark a point in a comment, or the whole of it, and give it themes; the comment is finished."""
    made = Point.objects.create(
        consultation=of.consultation, comment=of, start=start, end=end, quote=of.text[start:end] if end else ""
    )
    for given in themes:
        Coding.objects.create(point=made, theme=given)
    Comment.objects.filter(pk=of.pk).update(coded_at=timezone.now())
    return made


def regions() -> None:
    """Make the regions that senders choose from."""
    for place, (code, zh, en) in enumerate([("north", "北区", "North"), ("south", "南区", "South")]):
        AboutOption.objects.get_or_create(
            kind="region", code=code, defaults={"label_zh": zh, "label_en": en, "position": place}
        )


def decided_call(*, people: int = 6, moderation: str = "post") -> Consultation:
    """Make a closed call: `people` ask for weekends (adopted), two find five books too few (not adopted)."""
    regions()
    consultation = call(moderation=moderation)
    weekends = theme(consultation, "周末开放")
    books = theme(consultation, "Five books are too few", position=1)
    decide(weekends, "adopted", "方便上班的居民。", "People who work can come.")
    decide(books, "not_adopted", "藏书有限。", "The stock is limited.", reason_code="not_feasible")
    for number in range(people):
        made, _submission, _code = comment(
            consultation,
            text=f"周末也应当开放，第{number}位读者。",
            email=f"reader{number}@example.org" if number % 2 else "",
            region="north",
        )
        point(made, weekends)
    for number in range(2):
        made, _submission, _code = comment(
            consultation,
            key="art_3",
            text=f"Five books are too few for a family, reader {number}.",
            language="en",
            email=f"family{number}@example.org",
            region="south",
        )
        point(made, books)
    close(consultation)
    return consultation


def written(consultation: Consultation, *, author: User, after: bool = True) -> Outcome:
    """Open the outcome of a decided call and write all that it needs."""
    version = version_after(consultation) if after else None
    outcome = actions.open_outcome(consultation.pk, version_after_id=version.pk if version else None, actor=author)
    words = {
        "zh-hans": {
            "summary": "周末开放了。",
            "method": "两人编码，不代表全体居民。",
            "next_steps": "七月一日起实行。",
        },
        "en": {
            "summary": "Libraries open at weekends.",
            "method": "Two people coded; the figures do not stand for all residents.",
            "next_steps": "In force from 1 July.",
        },
    }
    actions.write_texts(outcome.pk, words, revision=revision(outcome), actor=author)
    own, names = queries.theme_names(outcome)
    given = {
        pk: names[pk]
        | {
            code: translation
            for code, translation in (("en", "Weekends"), ("zh-hans", "五册太少"))
            if code not in names[pk]
        }
        for pk in own
    }
    actions.name_themes(outcome.pk, given, revision=revision(outcome), actor=author)
    outcome.refresh_from_db()
    return outcome


def revision(outcome: Outcome) -> int:
    """Return the newest revision of an outcome."""
    return Outcome.objects.values_list("revision", flat=True).get(pk=outcome.pk)


def hand_in(outcome: Outcome, author: User, **options) -> Outcome:
    """Hand a written outcome in at the gate."""
    gate.request(actions.KIND, outcome, actor=author, now=timezone.now(), **options)
    outcome.refresh_from_db()
    return outcome


def submitted(consultation: Consultation, *, author: User | None = None, after: bool = True) -> Outcome:
    """Hand an outcome in."""
    author = author or person(Role.EDITOR)
    return hand_in(written(consultation, author=author, after=after), author)


def signed(consultation: Consultation | None = None, *, after: bool = True) -> Outcome:
    """Publish an outcome by four people who did not write in it."""
    outcome = submitted(consultation or decided_call(), after=after)
    sign_object(actions.KIND, outcome)
    outcome.refresh_from_db()
    return outcome


def published(consultation: Consultation | None = None, *, after: bool = True) -> Outcome:
    """Publish an outcome in the name of the platform: what stands there is what people would have signed."""
    outcome = written(consultation or decided_call(), author=person(Role.EDITOR), after=after)
    gate.release_by_platform(actions.KIND, outcome, now=timezone.now(), actor=SYSTEM)
    outcome.refresh_from_db()
    return outcome
