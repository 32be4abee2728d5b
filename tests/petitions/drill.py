"""A fraud drill: requests to sign from generated networks, honest ones among many more of machines.

Everything follows from the seed. Honest people come from homes, families, telephones behind a few addresses, offices
and campuses behind one, most of them after the news; machines in the ways that petitions elsewhere have seen: farms of
hosts with domains of their own, many domains at once, single hosts, addresses with tags and dots, names from a list,
numbered addresses, rented networks, a slow drip. A few forge so well that nothing tells them apart.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
NEWS = 2 * HOUR
HONEST = "honest"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉玲志鹏飞宇晨雨欣怡佳琪浩然子轩梓涵博雅"
    "思远嘉俊凯雪梅春燕海波峰林云龙婷颖慧倩楠旭东阳光荣宁安泽瑞诗韵若曦天佑成功立新德胜永康福生长青山松柏"
    "竹菊荷莲珍珠宝玥琳瑶琼瑛璐璇"
)
_MAIL = (
    ("qq.com", 46),
    ("163.com", 20),
    ("gmail.com", 10),
    ("126.com", 7),
    ("outlook.com", 6),
    ("139.com", 4),
    ("sina.com", 3),
    ("icloud.com", 3),
    ("foxmail.com", 1),
)
_FAMILIES = (
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he gao lin luo zheng liang "
    "xie song tang xu han feng deng cao peng zeng xiao tian dong yuan pan yu jiang cai"
)
_SOUNDS = (
    "wei fang na min jing li qiang lei jun yang yong yan jie juan tao ming chao xiu xia ping gang "
    "gui ying hua yu lan hong jian guo wen hui ling zhi peng fei chen xin yi jia qi hao ran zi xuan"
)
_PINYIN, _SYLLABLES = _FAMILIES.split(), _SOUNDS.split()


@dataclass(frozen=True)
class Request:
    """One request to sign. `confirms`: how many seconds after its letter the button is pressed; None: never."""

    at: float
    host: str
    local: str
    domain: str
    name: str
    kind: str
    confirms: float | None


class Drill:
    """Makes the requests of a drill."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.made = 0

    # --- what everybody has ---------------------------------------------------------------------------------------

    def name(self) -> str:
        """Return a name as common as names are: the commonest has one of some three thousand people."""
        surname = self.random.choices(_SURNAMES, [1 / (rank + 10) for rank in range(len(_SURNAMES))])[0]
        given = "".join(self.random.choices(_GIVEN, k=1 if self.random.random() < 0.12 else 2))
        return surname + given

    def local(self, domain: str) -> str:
        """Return the part before the @, as people choose it."""
        random = self.random
        if domain in ("qq.com", "foxmail.com") and random.random() < 0.85:
            return str(random.randrange(10 ** random.choice((7, 8, 8, 9)), 4 * 10**9))
        if domain == "139.com" or random.random() < 0.15:
            return f"1{random.choice('3578')}{random.randrange(10**9):09}"
        first, second = random.choice(_PINYIN), "".join(random.choices(_SYLLABLES, k=random.choice((1, 2, 2))))
        tail = random.choice(
            ("", "", str(random.randrange(1960, 2010)), str(random.randrange(1000)), f"{random.randrange(10**6):06}")
        )
        return random.choice(
            (f"{first}{second}{tail}", f"{second}{first}{tail}", f"{first}.{second}{tail}", f"{first}_{tail or second}")
        )

    def mail(self) -> str:
        """Return a provider that everybody knows."""
        names, weights = zip(*_MAIL, strict=True)
        return self.random.choices(names, weights)[0]

    def moment(self) -> float:
        """Return a second of the day: a third come in the half hour after the news, the others as people are awake."""
        random = self.random
        if random.random() < 0.35:
            return NEWS + min(random.expovariate(1 / (9 * MINUTE)), 2 * HOUR)
        while True:
            at = random.random() * DAY
            if random.random() < 0.55 - 0.45 * math.cos(2 * math.pi * (at - 4 * HOUR) / DAY):
                return at

    def home(self) -> str:
        """Return a subscriber's address in one of three thousand networks, where taken-over machines stand too."""
        random = self.random
        return f"{60 + random.randrange(12)}.{random.randrange(250)}.1.{random.randrange(1, 255)}"

    def answers(self) -> float | None:
        """Return when an honest person presses the button."""
        return self.random.lognormvariate(math.log(180), 1.2) if self.random.random() < 0.87 else None

    def person(self, at: float, host: str, domain: str = "", local: str = "") -> Iterator[Request]:
        """Yield one person's request, and a second or third of who saw no letter."""
        domain = domain or self.domain()
        local, name, answers = local or self.local(domain), self.name(), self.answers()
        yield Request(at, host, local, domain, name, HONEST, answers)
        if self.random.random() < 0.03:
            for n in range(self.random.choice((1, 1, 2))):
                yield Request(at + 40 + 70 * (n + 1), host, local, domain, name, HONEST, None)

    def domain(self) -> str:
        """Return where somebody has mail: one of fourteen at a domain of few people, half of which are new to us."""
        random = self.random
        if random.random() < 0.93:
            return self.mail()
        if random.random() < 0.5:
            return f"firm{random.randrange(400)}.com.cn"
        return f"{random.choice(_PINYIN)}{random.choice(_SYLLABLES)}{random.randrange(3000)}.cn"

    # --- honest ---------------------------------------------------------------------------------------------------

    def honest(self, total: int) -> list[Request]:
        """Return so many honest requests."""
        parts = (
            (0.40, self.homes),
            (0.13, self.families),
            (0.23, self.telephones),
            (0.10, self.offices),
            (0.11, self.campuses),
            (0.03, self.members),
        )
        found: list[Request] = []
        for share, make in parts:
            wanted, some = round(share * total), []
            while len(some) < wanted:
                some += make(wanted)
            found += some[:wanted]
        return found

    def homes(self, wanted: int) -> Iterator[Request]:
        yield from self.person(self.moment(), self.home())

    def families(self, wanted: int) -> Iterator[Request]:
        host, at = self.home(), self.moment()
        shared = (self.mail(), "")
        shared = (shared[0], self.local(shared[0]))
        for n in range(self.random.choice((2, 2, 3, 4))):
            own = self.random.random() > 0.3
            yield from self.person(at + n * self.random.uniform(60, 400), host, *(("", "") if own else shared))

    def telephones(self, wanted: int) -> Iterator[Request]:
        carrier = self.random.randrange(8)
        yield from self.person(self.moment(), f"117.{carrier}.1.{self.random.randrange(1, 9)}")

    def offices(self, wanted: int) -> Iterator[Request]:
        random = self.random
        office, at = random.randrange(10**5), self.moment()
        host = f"101.{office % 250}.{office // 250 % 250}.7"
        domain = f"office{office}.com" if random.random() < 0.6 else ""
        for _n in range(random.randrange(8, 45)):
            outside = random.random() < 0.1
            yield from self.person(at + random.expovariate(1 / (15 * MINUTE)), self.home() if outside else host, domain)

    def campuses(self, wanted: int) -> Iterator[Request]:
        """A campus behind two addresses; its students have numbers for names, class by class."""
        random = self.random
        campus = random.randrange(200)
        for _n in range(min(wanted, 280)):
            at = NEWS + random.expovariate(1 / (70 * MINUTE))
            student = f"2023{random.randrange(1, 9):02}{random.randrange(1, 4):02}{random.randrange(1, 40):02}"
            inside = random.random() < 0.85
            host = f"202.{campus}.4.{random.choice((9, 10))}" if inside else self.home()
            if random.random() < 0.6:
                yield from self.person(at, host, f"stu.u{campus}.edu.cn", student)
            else:
                yield from self.person(at, host)

    def members(self, wanted: int) -> Iterator[Request]:
        """Members of an association with addresses at its own domain, which nobody has seen before; each at home."""
        domain = f"club{self.random.randrange(10**4)}.org.cn"
        for _n in range(min(wanted, 110)):
            yield from self.person(self.moment(), self.home(), domain)

    # --- machines -------------------------------------------------------------------------------------------------

    def machines(self, total: int) -> list[Request]:
        """Return so many requests of machines, in shares that petitions elsewhere have seen."""
        parts: tuple[tuple[str, float, Callable[[int], Iterator[Request]]], ...] = (
            ("farm", 0.30, self.farm),
            ("scattered", 0.15, self.scattered),
            ("host", 0.10, self.host),
            ("tags", 0.10, self.tags),
            ("names", 0.10, self.names),
            ("numbered", 0.10, self.numbered),
            ("rented", 0.048, self.rented),
            ("drip", 0.10, self.drip),
            ("forged", 0.002, self.forged),
        )
        return [request for _kind, share, make in parts for request in make(round(share * total))]

    def bot(self, kind: str, at: float, host: str, local: str, domain: str, name: str = "", *, own: bool) -> Request:
        """Return one request; `own`: the letter arrives at a machine that presses the button within a minute."""
        answers = self.random.uniform(5, 60) if own and self.random.random() < 0.95 else None
        return Request(at, host, local, domain, name or self.name(), kind, answers)

    def farm(self, total: int) -> Iterator[Request]:
        """Taken-over machines all over the country, addresses at a dozen domains registered for it."""
        domains = [f"post{self.random.randrange(10**6)}.com" for _n in range(max(1, total // 2_500))]
        for _n in range(total):
            domain = self.random.choice(domains)
            at = NEWS + self.random.random() * 3 * HOUR
            yield self.bot("farm", at, self.home(), self.local(domain), domain, own=True)

    def scattered(self, total: int) -> Iterator[Request]:
        """The same with a domain for every six addresses."""
        domains = [
            f"{self.random.choice(_SYLLABLES)}{self.random.randrange(10**7)}.xyz" for _n in range(total // 6 + 1)
        ]
        for _n in range(total):
            domain = self.random.choice(domains)
            at = NEWS + 10 * MINUTE + self.random.random() * 3 * HOUR
            yield self.bot("scattered", at, self.home(), self.local(domain), domain, own=True)

    def host(self, total: int) -> Iterator[Request]:
        """Single hosts: some as fast as they can, some as evenly as a clock."""
        left, number = total, 0
        while left > 0:
            some, number = min(left, 1_000), number + 1
            gap = (0.5, 2.0, 12.0)[number % 3]
            host, at = f"45.{number % 250}.9.9", self.random.random() * DAY / 2
            for _n in range(some):
                at += gap * self.random.uniform(0.7, 1.3)
                domain = self.mail()
                yield self.bot("host", at, host, self.local(domain), domain, own=False)
            left -= some

    def tags(self, total: int) -> Iterator[Request]:
        """A few mailboxes under many spellings, from all over."""
        boxes = [self.local("gmail.com").replace(".", "") + "box" for _n in range(max(1, total // 400))]
        start = self.random.random() * DAY / 2
        for n in range(total):
            box = self.random.choice(boxes)
            cut = self.random.randrange(1, len(box))
            local = f"{box}+{n}" if n % 2 else f"{box[:cut]}.{box[cut:]}"
            at = start + self.random.random() * 2 * HOUR
            yield self.bot("tags", at, self.home(), local, "gmail.com", own=True)

    def names(self, total: int) -> Iterator[Request]:
        """A script with a list of names and addresses of strangers."""
        listed = [self.name() + "山" for _n in range(max(1, total // 250))]
        start = self.random.random() * DAY / 2
        for _n in range(total):
            domain, at = self.mail(), start + self.random.random() * 3 * HOUR
            yield self.bot("names", at, self.home(), self.local(domain), domain, self.random.choice(listed), own=False)

    def numbered(self, total: int) -> Iterator[Request]:
        """Mailboxes made by a program, one number after another, at providers that everybody knows."""
        start, made = self.random.random() * DAY / 2, 0
        while made < total:
            stem, domain = self.random.choice(_SYLLABLES) + self.random.choice(_SYLLABLES), self.mail()
            some = min(total - made, 800)
            for n in self.random.sample(range(1_000, 1_000 + some), some):
                at = start + self.random.random() * 2 * HOUR
                yield self.bot("numbered", at, self.home(), f"{stem}{n}", domain, own=True)
            made += some

    def rented(self, total: int) -> Iterator[Request]:
        """Rented networks, two hundred addresses each, with addresses of strangers."""
        networks = [
            f"185.{self.random.randrange(250)}.{self.random.randrange(250)}" for _n in range(max(1, total // 230))
        ]
        start = self.random.random() * DAY / 2
        for _n in range(total):
            domain, host = self.mail(), f"{self.random.choice(networks)}.{self.random.randrange(1, 200)}"
            at = start + self.random.random() * 2 * HOUR
            yield self.bot("rented", at, host, self.local(domain), domain, own=False)

    def drip(self, total: int) -> Iterator[Request]:
        """All day long, one after a while, at a few domains of their own."""
        domains = [f"mail{self.random.randrange(10**6)}.net" for _n in range(max(1, total // 2_000))]
        for _n in range(total):
            domain = self.random.choice(domains)
            at = self.random.random() * DAY * min(1, total / 2_000)
            yield self.bot("drip", at, self.home(), self.local(domain), domain, own=True)

    def forged(self, total: int) -> Iterator[Request]:
        """By hand: each from a home, at a known provider, under a name as people have it."""
        for _n in range(total):
            domain = self.mail()
            yield self.bot("forged", self.moment(), self.home(), self.local(domain), domain, own=True)


def requests(seed: int, *, machines: int, honest: int) -> list[Request]:
    """Return the requests of a drill in the order they come."""
    drill = Drill(seed)
    return sorted([*drill.honest(honest), *drill.machines(machines)], key=lambda one: one.at)
