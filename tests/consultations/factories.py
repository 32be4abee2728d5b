"""Makes open, planned and closed calls with a small real text."""

import itertools
from datetime import datetime, timedelta

from django.utils import timezone

from consultations import actions
from consultations.drafts.reader import parse_text
from consultations.models import Comment, Consultation, ConsultationIndexPage, ConsultationPage
from engage.accounts.actors import ANYONE, SYSTEM
from engage.departments.models import Department
from engage.pages.models import HomePage
from engage.pages.structure import ensure_structure
from engage.participation.models import Submission
from engage.publishing import gate
from tests.participation.factories import envelope

CHINESE = """社区图书馆管理办法（征求意见稿）
（某市文化局起草）

第一章 总则
第一条　目的
为了方便居民读书，制定本办法。
第二条　开放时间
社区图书馆每周开放不少于五天。
开放时间应当在门口公示：
（一）工作日；
（二）周末和节假日。
第二章 借阅
第三条　借书
居民凭读者证借书，每次不超过五册。
"""
ENGLISH = """Community library rules (draft)
(Drafted by the culture office)

Chapter 1 General
Article 1 Purpose
These rules make reading easy for residents.
Article 2 Opening hours
A community library opens at least five days a week.
Opening hours are shown at the door:
(1) on working days;
(2) on weekends and holidays.
Chapter 2 Lending
Article 3 Borrowing
Residents borrow up to five books at a time with a reader's card.
"""
_numbers = itertools.count(1)


def department() -> Department:
    """Return the one department."""
    return Department.objects.filter(code="culture").first() or Department.add_root(
        code="culture", name_zh="文化处", name_en="Culture unit"
    )


def homes() -> dict[str, HomePage]:
    """Return the home pages by language; the skeleton stands before the first test (tests/conftest.py)."""
    found = {home.locale.language_code: home for home in HomePage.objects.select_related("locale")}
    return found or ensure_structure()


def call(
    *,
    opens: timedelta = timedelta(days=-10),
    closes: timedelta = timedelta(days=10),
    live: bool = True,
    moderation: str = "post",
    chinese: str = CHINESE,
    english: str = ENGLISH,
    slug: str = "",
    now: datetime | None = None,
) -> Consultation:
    """Make a call with a published text and a page in both languages."""
    now = now or timezone.now()
    consultation = Consultation.objects.create(
        slug=slug or f"library-{next(_numbers)}",
        department=department(),
        opens_at=now + opens,
        closes_at=now + closes,
        moderation=moderation,
    )
    version = actions.store_draft(parse_text(chinese, language="zh-hans"), actor=SYSTEM)
    actions.attach_draft(version.draft_id, consultation, actor=SYSTEM)
    if english:
        actions.add_translation(version, parse_text(english, language="en"), actor=SYSTEM)
    actions.publish_version(version.pk, now=now + opens, actor=SYSTEM)
    key = None
    for code, home in homes().items():
        index = ConsultationIndexPage.objects.child_of(home).get()
        page = ConsultationPage(
            title="社区图书馆管理办法" if code == "zh-hans" else "Community library rules",
            slug=consultation.slug,
            locale=home.locale,
            consultation=consultation,
            summary="借书更方便。" if code == "zh-hans" else "Borrowing gets easier.",
            live=False,
        )
        if key is not None:
            page.translation_key = key
        index.add_child(instance=page)
        key = page.translation_key
    if live:
        gate.release_by_platform("call", consultation, now=now)
    return consultation


def comment(
    consultation: Consultation,
    *,
    key: str = "art_2",
    text: str = "开放五天太少，周末也应当开放。",
    stance: str = "change",
    suggested: str = "",
    **values,
) -> tuple[Comment, Submission, str]:
    """Send one comment through the action; returns it with its submission and tracking code."""
    given = envelope(**({"received_at": timezone.now()} | values))
    submission = actions.submit_comments(
        consultation.slug,
        [actions.CommentInput(key=key, stance=stance, text=text, suggested=suggested)],
        given,
        title="社区图书馆管理办法",
        actor=ANYONE,
    )
    return submission.comments.get(), submission, given.code
