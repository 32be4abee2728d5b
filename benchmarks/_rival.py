"""The content that adhocracy-plus was measured with: 5 chapters of 12 articles, 10,000 comments of 500 users.

Everything is made through the product's own actions; only the accounts are written in bulk.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from consultations import actions
from consultations.models import Comment, Consultation
from engage.accounts.models import User
from engage.participation.actions import Envelope
from engage.participation.models import ConsentText
from tests.consultations import factories

CHAPTERS, ARTICLES_EACH = 5, 12
USERS, COMMENTS = 500, 10_000
STANCES = [code for code, _words in Comment.Stance.askable()]
_DIGITS = "零一二三四五六七八九"
_SUBJECTS = ("办理时限", "受理条件", "公开范围", "征求意见", "档案保存", "收费标准", "投诉处理", "人员培训")


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (_DIGITS[ones] if ones else "")


def _chinese() -> str:
    lines = ["公共服务办理办法（征求意见稿）", ""]
    for number in range(CHAPTERS * ARTICLES_EACH):
        if number % ARTICLES_EACH == 0:
            chapter = number // ARTICLES_EACH + 1
            lines.append(f"第{_numeral(chapter)}章 {_SUBJECTS[chapter]}")
        subject = _SUBJECTS[number % len(_SUBJECTS)]
        lines += [
            f"第{_numeral(number + 1)}条　{subject}",
            f"各窗口单位应当在办事场所和网站公布{subject}的依据、步骤和联系方式，并在变更之日起三个工作日内更新；"
            f"居民对{subject}有疑问的，工作人员应当当场解释，不能当场解释的，应当在五个工作日内书面答复。",
            f"居民因年龄、疾病、残疾等原因不能到场的，可以委托他人办理，也可以预约上门服务；{subject}不得因此另行收费。",
        ]
    return "\n".join(lines) + "\n"


def _english() -> str:
    lines = ["Rules for public services (draft)", ""]
    for number in range(CHAPTERS * ARTICLES_EACH):
        if number % ARTICLES_EACH == 0:
            lines.append(f"Chapter {number // ARTICLES_EACH + 1} Services")
        lines += [
            f"Article {number + 1} Service {number + 1}",
            "Each office shows the grounds, the steps and whom to ask at its counter and on its site, and brings them "
            "up to date within three working days of a change; a question that cannot be answered at once is answered "
            "in writing within five working days.",
            "Who cannot come because of age, illness or disability may send somebody else or ask for a visit at home, "
            "at no further charge.",
        ]
    return "\n".join(lines) + "\n"


def make_call(slug: str) -> Consultation:
    """Return an open call whose comments are published at once, with its text in both languages."""
    return factories.call(slug=slug, chinese=_chinese(), english=_english(), moderation="post")


def make_users() -> list[User]:
    """Return 500 people with an account."""
    return User.objects.bulk_create(User(email=f"reader-{number}@example.org") for number in range(USERS))


def make_comments(call: Consultation, users: Sequence[User]) -> None:
    """Let every user send one basket of comments on different articles, the last one just now."""
    if not ConsentText.objects.exists():
        ConsentText.objects.create(code="comment-publication", version=1, text_zh="同意公布。", text_en="May be shown.")
    now, each = timezone.now(), COMMENTS // len(users)
    with transaction.atomic():
        for number, user in enumerate(users):
            envelope = Envelope(
                token=uuid.uuid4(),
                language="zh-hans",
                received_at=now - timedelta(minutes=10 * (len(users) - number)),
                consents=("comment-publication",),
            )
            basket = [_comment(number * each + place) for place in range(each)]
            actions.submit_comments(call.slug, basket, envelope, title="", actor=user)


def _comment(number: int) -> actions.CommentInput:
    article = number % (CHAPTERS * ARTICLES_EACH) + 1
    return actions.CommentInput(
        key=f"art_{article}",
        stance=STANCES[number % len(STANCES)],
        text=f"第{_numeral(article)}条写得清楚，但是建议把期限写得更短，并且说明逾期怎么办。这是第{number + 1}条意见。",
    )
