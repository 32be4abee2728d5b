"""The samples: which template shows what, and the things it shows. A test sees to it that nothing lacks one.

A sample is `templates/design/samples/<name>.html`. It gets `cell` (its place on the page, for ids) and its context.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, NoReturn
from zlib import crc32

from django import forms
from django.core.paginator import Paginator
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.desk.queries import Screen, ShownRow, ShownView
from engage.desk.registry import Cell, Column, Due, Queue, Row, RowAction, View
from engage.pages.templatetags.gallery import say
from engage.pages.translation import LanguageLink
from engage.participation.kinds import Step
from engage.participation.receipts import qr_svg

Context = Callable[[str], dict[str, Any]]


def _nothing(cell: str) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Sample:
    """One sample: `shows` names the templates it renders, `wide` is full width, `desk` is dense."""

    name: str
    title: str | Promise
    shows: tuple[str, ...] = ()
    context: Context = field(default=_nothing)
    wide: bool = False
    desk: bool = False

    @property
    def template(self) -> str:
        """The sample's own template."""
        return f"design/samples/{self.name}.html"


@dataclass(frozen=True)
class Group:
    """Samples under one heading."""

    name: str
    title: str | Promise
    samples: tuple[Sample, ...]


class SampleForm(forms.Form):
    """Three fields as the site's forms have them."""

    name = forms.CharField(label=pgettext_lazy("person", "name"), widget=forms.TextInput(attrs={"class": "input"}))
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We answer here and nowhere else"),
        widget=forms.EmailInput(attrs={"class": "input"}),
        error_messages={"invalid": _("This is not an e-mail address. It looks like name@example.org")},
    )
    text = forms.CharField(
        label=_("Your comment"),
        widget=forms.Textarea(attrs={"class": "input"}),
        error_messages={"required": _("Write your comment, at least 10 characters")},
    )


class TickForm(forms.Form):
    """Two boxes to tick: one with a hint, one that has to be ticked."""

    confirmed = forms.BooleanField(
        label=_("Not signed for: the sender confirmed the receipt today"),
        required=False,
        help_text=_(
            "The time counts from the day you confirm it with each other; without that, confirm it in the case"
        ),
    )
    sure = forms.BooleanField(
        label=_("I have looked, go on all the same"),
        error_messages={"required": _("Look at what stands above, then say that you go on all the same")},
    )


def _form(cell: str, data: dict[str, str] | None = None) -> SampleForm:
    return SampleForm(data, auto_id=f"{cell}-{'bad' if data is not None else 'good'}-%s")


def _fields(cell: str) -> dict[str, Any]:
    return {"form": _form(cell), "wrong": _form(cell, {"name": say("王芳", "Wang Fang"), "email": "wang", "text": ""})}


def _ticks(cell: str) -> dict[str, Any]:
    return {"form": TickForm({"confirmed": "on"}, auto_id=f"{cell}-%s")}


def _calls(cell: str) -> dict[str, Any]:
    now = timezone.now()

    day = timedelta(days=1)

    def call(state: str, opens: timedelta, closes: timedelta) -> SimpleNamespace:
        return SimpleNamespace(
            state=state,
            consultation=SimpleNamespace(opens_at=now + opens, closes_at=now + closes, withdrawn_at=now - day),
        )

    return {
        "calls": [
            call("open", -10 * day, 20 * day),
            call("open", -10 * day, 2 * day),
            call("planned", 90 * day, 120 * day),
            call("announced", 5 * day, 35 * day),
            call("analysing", -40 * day, -3 * day),
            call("answered", -90 * day, -60 * day),
            call("withdrawn", -20 * day, 10 * day),
        ]
    }


def _pieces() -> list[tuple[str, str]]:
    if get_language() == "en":
        return [("keep", "at least "), ("del", "once"), ("ins", "twice"), ("keep", " a week")]
    return [("keep", "每周不少于"), ("del", "一"), ("ins", "两"), ("keep", "次")]


def _diff(cell: str) -> dict[str, Any]:
    return {"pieces": _pieces()}


def _reply(place: str) -> SimpleNamespace:
    return SimpleNamespace(
        id=crc32(place.encode()),
        department=say("养老服务处", "Elderly Care Division"),
        language=get_language(),
        created_at=timezone.now() - timedelta(days=1),
        text=say("次数由评估决定，每周一次是最低标准。", "The assessment decides how often; weekly is the least."),
    )


def _replies(cell: str) -> dict[str, Any]:
    return {"reply": _reply(f"{cell}-alone")}


def _comment(cell: str) -> dict[str, Any]:
    common = {
        "language": get_language(),
        "created_at": timezone.now() - timedelta(days=2),
        "clause_slug": "art-12",
        "clause_title": say("第十二条 上门服务", "Article 12 Service at home"),
        "signature_language": "",
    }
    return {
        "consultation": SimpleNamespace(slug="elderly-care"),
        "comments": [
            SimpleNamespace(
                id=crc32(f"{cell}-1".encode()),
                signature=say("东河区 · 家属", "Donghe · family member"),
                stance="change",
                stance_label=say("改了就赞成", "Support with a change"),
                text=say("每周一次太少，独居老人应当两三天有人上门。", "Weekly is too little for people living alone."),
                pieces=_pieces(),
                edited=False,
                channel="web",
                agreements=12,
                replies=[_reply(f"{cell}-reply")],
                **common,
            ),
            SimpleNamespace(
                id=crc32(f"{cell}-2".encode()),
                signature=say("一位居民", "A member of the public"),
                stance="oppose",
                stance_label=say("反对", "Oppose"),
                text=say("先把护理员招够，再谈次数。", "Hire enough care workers first, then talk about how often."),
                pieces=[],
                edited=True,
                channel="paper",
                translation=SimpleNamespace(
                    language="en" if get_language() == "zh-hans" else "zh-hans",
                    text="Hire enough care workers first, then talk about how often."
                    if get_language() == "zh-hans"
                    else "先把护理员招够，再谈次数。",
                ),
                **common,
            ),
        ],
    }


def _messages(cell: str) -> dict[str, Any]:
    return {"messages": [say("你的语言改成了中文。", "Your language is now English.")]}


def _pager(cell: str) -> dict[str, Any]:
    pages = Paginator(range(100), 10)
    return {"first": pages.page(1), "middle": pages.page(4), "last": pages.page(10)}


def _foot(cell: str) -> dict[str, Any]:
    return {"demo": True, "foot_links": [{"title": say("我们怎样决定", "How we decide"), "url": "#site_foot"}]}


def _head(cell: str) -> dict[str, Any]:
    chinese, english = ("zh-Hans", "中文"), ("en", "English")
    code, name = chinese if get_language() == "en" else english
    return {
        "door": "have_your_say",
        "site_owner": say("临河市民政局", "Linhe Civil Affairs Bureau"),
        "language_links": [LanguageLink(code=code, name=name, url="#site_head")],
    }


def _steps(cell: str) -> dict[str, Any]:
    return {
        "steps": [
            Step(say("收到", "Received"), say("2026年11月24日09:41", "24 November 2026, 9:41 am"), "done"),
            Step(say("检查并公开", "Checked and published"), say("大家都能看到", "Everybody can read it"), "done"),
            Step(say("起草人员在读", "Read by the drafting team"), say("养老服务处", "Elderly care unit"), "now"),
            Step(
                say("作出决定，写明理由", "Decided, with the reason"),
                say("2027年2月18日前", "By 18 February 2027"),
                "todo",
            ),
        ]
    }


class SamplePicture:
    """Stands in for an uploaded picture, so that the block of pictures can be shown without one."""

    def get_rendition(self, wanted: Any) -> SamplePicture:
        """Return the one size there is."""
        return self

    def img_tag(self, attributes: dict[str, str] | None = None) -> SafeString:
        """Return the image element as Wagtail writes it."""
        alt = say("纸上的意见被放进信箱的示意图", "Drawing of a written comment going into a letter box")
        return format_html('<img src="{}" width="960" height="480" alt="{}">', static("img/sample-picture.svg"), alt)


def _block(value: Callable[[], Any]) -> Context:
    return lambda cell: {"value": value()}


def _heading() -> str:
    return say("谁会受影响", "Who is affected")


def _quote() -> dict[str, str]:
    return {
        "text": say("写意见的时候，我第一次知道该找哪个处。", "For the first time I knew which unit to ask."),
        "source": say("一位参加座谈的居民", "A resident at the hearing"),
    }


def _notice() -> dict[str, str]:
    return {
        "title": say("12月20日截止", "Closes on 20 December"),
        "text": say("截止前都可以修改或撤回。", "You can change or withdraw until then."),
    }


def _paragraph() -> SafeString:
    return format_html(
        '<p>{} <strong>{}</strong>{} <a href="#block-paragraph">{}</a></p>',
        say("每一条意见都有人读，", "Every comment is read, and"),
        say("每一个决定都写明理由", "every decision gives its reason"),
        say("。", "."),
        say("我们怎样决定", "How we decide"),
    )


def _lines() -> list[str]:
    return [
        say("住在本市的人", "People who live in the city"),
        say("上门服务的机构", "Services that come to the home"),
        say("街道和社区", "Streets and neighbourhoods"),
    ]


def _never(*args: Any) -> NoReturn:
    raise NotImplementedError("a sample shows its rows; it fetches and changes none")


def _queue() -> Queue:
    views = (View("held", say("待审核", "To moderate")), View("mine", say("我经手的", "Mine")))
    actions = (
        RowAction("publish", say("公开", "Publish"), run=_never, key="p"),
        RowAction("reject", say("不公开", "Reject"), run=_never, tone="bad"),
    )
    return Queue(
        code="sample",
        label=say("意见审核", "Moderation"),
        roles=(),
        columns=(Column("channel", say("渠道", "Channel")), Column("flag", say("提示", "Notice"))),
        views=views,
        rows=_never,
        actions=actions,
        due_label=say("期限", "Due"),
    )


def _desk_rows(cell: str) -> dict[str, Any]:
    queue = _queue()
    rows = [
        Row(
            id=f"{cell}-1",
            title=say("第十二条 上门服务", "Article 12 Service at home"),
            url="#desk_rows",
            reference="C-2026-004301-K",
            body=say("每周一次太少，独居老人应当两三天有人上门。", "Weekly is too little for people living alone."),
            due=Due(say("还有2天，12月3日前", "2 days left, by 3 December"), "warn"),
            cells=(Cell(say("网页", "Web")), Cell(say("有电话号码", "Phone number"), state="warn")),
        ),
        Row(
            id=f"{cell}-2",
            title=say("第三条 服务对象", "Article 3 Who is served"),
            url="#desk_rows",
            reference="C-2026-004305-R",
            body=say("夫妻两个都应当算一户。", "A couple should count as one household."),
            due=Due(say("还有5天，12月6日前", "5 days left, by 6 December"), "ok"),
            cells=(Cell(say("纸面", "Paper"), note=say("窗口录入", "keyed in at the counter")), Cell("")),
        ),
    ]
    screen = Screen(
        queue=queue,
        view=queue.views[0],
        rows=[ShownRow(row, list(queue.actions)) for row in rows],
        total=2,
        page=1,
        pages=1,
        cursor="",
        before="",
        after="",
        more=False,
        next_due="",
        filters=[],
        search="",
        views=[ShownView(queue.views[0], 2, True), ShownView(queue.views[1], 0, False)],
        saved=[],
        saved_now=None,
    )
    return {"screen": screen, "ticked": [f"{cell}-2"]}


def _article(cell: str) -> dict[str, Any]:
    english = get_language() == "en"
    lines = [
        ("paragraph", "", say("上门服务每周不少于一次。", "A care worker comes to the home at least once a week.")),
        ("paragraph", "", say("下列人员优先：", "First come:")),
        ("item", "(1)" if english else "（一）", say("独居老人；", "people who live alone;")),
        ("item", "(2)" if english else "（二）", say("下列失能老人：", "people who cannot care for themselves:")),
        ("subitem", "1." if english else "1.", say("卧床的。", "those in bed.")),
    ]
    article = SimpleNamespace(
        title=say("第十二条 上门服务", "Article 12 Service at home"),
        plain_words=say("每周至少有人来一次。", "Somebody comes at least once a week."),
        lines=[SimpleNamespace(level=level, label=label, text=text) for level, label, text in lines],
    )
    # A term that another article defines, and a footnote.
    text, term = article.lines[0].text, say("上门服务", "care worker")
    before, after = text.split(term, 1)
    note = SimpleNamespace(number=1, mark="1", text=say("以本人同意为前提。", "If the person agrees."))
    article.lines[0].terms = term
    article.lines[0].pieces = [
        SimpleNamespace(words=before, note=None, defined_in=""),
        SimpleNamespace(words=term, note=None, defined_in="clause"),
        SimpleNamespace(words=after, note=note, defined_in=""),
    ]
    article.slug, article.footnotes = cell, [note]
    return {"article": article, "LANGUAGE_CODE": get_language()}


def _receipt(cell: str) -> dict[str, Any]:
    return {"qr": qr_svg("https://example.org/track/?reference=C-2026-004217-K")}


MONTHS = ((6, 84.1), (7, 85.6), (8, 88.2), (9, 87.0), (10, 91.3), (11, 93.4))


def _chart(cell: str) -> dict[str, Any]:
    """Columns on a plot of 184 units for 100 percent above a base at 204, and their course from 80 percent up."""
    months = []
    for place, (month, share) in enumerate(MONTHS):
        x, y = 20 + 74 * place, round(204 - share * 1.84, 1)
        months.append(
            {
                "name": datetime(2026, month, 1).strftime("%b") if get_language() == "en" else f"{month}月",
                "share": share,
                "x": x,
                "y": y,
                "height": round(share * 1.84, 1),
                "middle": x + 20,
                # Inside its column: above it the line of the goal would strike it through.
                "words_at": round(y + 24, 1),
                "trend": round(100 - (share - 80) * 6, 1),
            }
        )
    return {"months": months, "goal": round(204 - 90 * 1.84, 1)}


def _bars(cell: str) -> dict[str, Any]:
    rows = [
        (say("看不懂要什么材料", "Not knowing what to bring"), 312, 41.6, 38.1, 45.2),
        (say("要跑不止一次", "Having to come more than once"), 249, 33.2, 29.9, 36.7),
        (say("等结果太久", "Waiting too long for the result"), 213, 28.4, 25.3, 31.8),
    ]
    return {
        "rows": [
            {
                "name": name,
                "n": n,
                "share": share,
                "low": low,
                "high": high,
                "width": round(share * 2, 1),
                "from": round(low * 2, 1),
                "to": round(high * 2, 1),
            }
            for name, n, share, low, high in rows
        ]
    }


def _tiles(cell: str) -> dict[str, Any]:
    areas = [
        (say("北区", "North"), 1, 1, 1, 9.0),
        (say("湖滨", "Hubin"), 2, 1, 2, 12.4),
        (say("江北", "Jiangbei"), 3, 1, 3, 15.8),
        (say("西区", "West"), 1, 2, 4, 17.6),
        (say("中心", "Centre"), 2, 2, 5, 24.0),
        (say("东区", "East"), 3, 2, 4, 19.5),
    ]
    return {
        "tiles": [
            {"name": name, "x": column * 80 - 79, "y": row * 72 - 71, "rank": rank, "value": value, "tone": tone}
            | {"middle": column * 80 - 41, "first": row * 72 - 43, "second": row * 72 - 20}
            for name, column, row, rank, value in areas
            for tone in ["hi" if rank >= 4 else "lo"]
        ]
    }


def _matrix(cell: str) -> dict[str, Any]:
    return {
        "answers": [say("很容易", "Very easy"), say("比较难", "Fairly hard"), say("很难", "Very hard")],
        "questions": [
            say("弄清要什么材料", "Finding out what to bring"),
            say("备齐材料", "Getting the papers ready"),
            say("拿到结果", "Getting the result"),
        ],
    }


COMPONENTS = (
    Sample("site_head", _("Head of every page"), ("components/site_head.html",), _head, wide=True),
    Sample("site_foot", _("Foot of every page"), ("components/site_foot.html",), _foot),
    Sample("mark", _("The mark"), ("components/mark.html",)),
    Sample("call_state", _("Where a call stands"), ("components/call_state.html",), _calls),
    Sample("comment", _("A published comment"), ("components/comment.html", "components/diff.html"), _comment),
    Sample("reply", _("A reply by the department"), ("components/reply.html",), _replies),
    Sample("diff", _("Changed words"), ("components/diff.html",), _diff),
    Sample("steps", _("Progress"), ("components/steps.html",), _steps),
    Sample("field", _("Fields"), ("components/field.html",), _fields),
    Sample("tick", _("Boxes to tick"), ("components/tick.html",), _ticks),
    Sample("error_summary", _("All errors of a form"), ("components/error_summary.html",), _fields),
    Sample("messages", _("What the last action said"), ("components/messages.html",), _messages),
    Sample("pager", _("Pages of a list"), ("components/pager.html",), _pager),
)
BLOCKS = (
    Sample("block-heading", _("Heading"), ("pages/blocks/heading.html",), _block(_heading)),
    Sample("block-paragraph", _("Text"), ("pages/blocks/paragraph.html",), _block(_paragraph)),
    Sample("block-list", _("List"), ("pages/blocks/list.html",), _block(_lines)),
    Sample("block-quote", _("Quotation"), ("pages/blocks/quote.html",), _block(_quote)),
    Sample("block-notice", _("Notice"), ("pages/blocks/notice.html",), _block(_notice)),
    Sample("block-image", _("Picture"), ("pages/blocks/image.html",), _block(SamplePicture)),
)
PATTERNS = (
    Sample("page_head", _("Head of a page")),
    Sample("buttons", _("Buttons")),
    Sample("chips", _("Chips")),
    Sample("notices", _("Notices and empty states")),
    Sample("choices", _("Choices")),
    Sample("filter", _("Filter")),
    Sample("tabs", _("Tabs and page numbers")),
    Sample("doors", _("Doors, lists and changes"), wide=True),
    Sample("facts", _("Facts")),
    Sample("clause", _("A clause"), ("consultations/article_lines.html",), _article),
    Sample("outline", _("Outline")),
    Sample("drawer", _("Drawer")),
    Sample("clock", _("Clocks and progress bars")),
    Sample("receipt", _("Receipt"), (), _receipt, wide=True),
    Sample("table", _("Tables"), wide=True),
    Sample("layout", _("Columns"), wide=True),
)
NUMBERS = (
    Sample("stats", _("Numbers")),
    Sample("chart", _("Columns over time"), (), _chart),
    Sample("bars", _("Bars with intervals"), (), _bars),
    Sample("tiles", _("Tile map"), (), _tiles),
)
SURVEY = (
    Sample("matrix", _("Questions in a table"), (), _matrix, wide=True),
    Sample("fork", _("Ways to choose from")),
    Sample("savecode", _("Stop and go on later")),
    Sample("interview", _("Interview by telephone")),
    Sample("live", _("Live session")),
)
DESK = (
    Sample("desk_bar", _("Head of the desk"), ("components/mark.html",), wide=True, desk=True),
    Sample("desk_rows", _("Rows of a queue"), ("desk/rows.html",), _desk_rows, wide=True, desk=True),
    Sample("desk_views", _("Views and keys"), desk=True),
    Sample("desk_letter", _("Letters and notes"), wide=True, desk=True),
    Sample("desk_coding", _("Themes and marked points"), wide=True, desk=True),
)
GROUPS = (
    Group("components", _("Components"), COMPONENTS),
    Group("blocks", _("Blocks of the Studio"), BLOCKS),
    Group("patterns", _("Patterns"), PATTERNS),
    Group("numbers", _("Numbers and charts"), NUMBERS),
    Group("taking-part", _("Surveys and live sessions"), SURVEY),
    Group("desk", _("The desk"), DESK),
)
