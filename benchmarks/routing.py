"""Units for letters: how long a proposal takes, and learning from 10,000 letters; and letters of one wording.

Letters are made here from words of twelve subjects and names of towns, about as long as real ones; no database. Times
are the processor's, so that other work on the machine does not count. How good the proposals are is measured on real
letters by the tests and by `manage.py route_eval` (docs/routing.md).
"""

import random
import time

from benchmarks._figures import load_average, percentile_95, report, report_most
from engage.search.grouping import group
from mailbox.routing.rules import DutyItem, Office
from mailbox.routing.suggester import Letter, Suggester, from_bytes, to_bytes, train

LETTERS, ASKED = 10_000, 500
TRAIN_MOST_SECONDS, SUGGEST_MOST_MS = 30, 20
# Counties of one city and units whose usual business is known, so that the gazetteer and that list take part.
COUNTIES = ("涞水", "阜平", "定兴", "高阳", "容城", "涞源", "望都", "博野")
SUBJECTS = [
    "教育",
    "交通警察",
    "公安",
    "城市管理",
    "住建",
    "交通运输",
    "卫生",
    "人社",
    "医保",
    "自然资源",
    "水务",
    "环保",
]
COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种"
SIGNS = "水电路灯校医保险房产证户籍公交站停车场物业暖气垃圾河道桥梁学区报销补贴工资合同社招生疫苗燃管网绿化噪音油烟"


def letters(count: int, chance: random.Random) -> list[tuple[Letter, str]]:
    """Make letters to eight counties and twelve units with a subject."""
    words = {subject: [chance.choice(SIGNS) + chance.choice(SIGNS) for _n in range(60)] for subject in SUBJECTS}
    filler = ["".join(chance.choices(COMMON, k=chance.randint(2, 6))) for _n in range(4_000)]
    towns = {county: ["".join(chance.choices(COMMON, k=2)) + "镇" for _n in range(15)] for county in COUNTIES}
    made = []
    for _number in range(count):
        subject, county = chance.choice(SUBJECTS), chance.choice(COUNTIES)
        is_local = chance.random() < 0.6
        said = [chance.choice(words[subject]) if chance.random() < 0.2 else chance.choice(filler) for _n in range(80)]
        town = chance.choice(towns[county])
        place = f"{county}县{town}" if chance.random() < 0.5 else town
        text = f"我是{place}的居民，{'，'.join(said)}。" if is_local else f"{'，'.join(said)}。"
        made.append((Letter("".join(said[:3]), text), f"{county}县政府" if is_local else f"市{subject}局"))
    return made


def offices(known: list[tuple[Letter, str]]) -> list[Office]:
    """Return the units, each with a list of ten duties."""
    names = sorted({label for _letter, label in known})
    duties = tuple(DutyItem(f"2.{n}", f"第{n}项：管网维修、路灯养护与物业监督{n}") for n in range(10))
    return [Office(name, (name,), duties) for name in names]


def learning(known: list[tuple[Letter, str]]) -> Suggester:
    """Learn, and report how long it took."""
    began = time.process_time()
    made = train([letter for letter, _label in known], [label for _letter, label in known], offices(known))
    note = f"{len(made.offices)} units, {load_average()}"
    report_most("learning from 10,000 letters", round(time.process_time() - began, 1), "s", TRAIN_MOST_SECONDS, note)
    return made


def proposing(made: Suggester, asked: list[tuple[Letter, str]]) -> None:
    """Propose three units with their reasons, one letter after the other."""
    spent = []
    for letter, _label in asked:
        began = time.process_time()
        made.suggest(letter)
        spent.append((time.process_time() - began) * 1000)
    note = f"median {sorted(spent)[len(spent) // 2]:.1f} ms, {load_average()}"
    report_most("three units with reasons, p95", round(percentile_95(spent), 1), "ms", SUGGEST_MOST_MS, note)


def keeping(made: Suggester) -> None:
    """Store and load a version."""
    content, sha256 = to_bytes(made)
    began = time.process_time()
    from_bytes(content, sha256, made.offices)
    report("loading a version", round(time.process_time() - began, 2), "s", note=f"{len(content) / 2**20:.1f} MiB")


def grouping(known: list[tuple[Letter, str]], chance: random.Random) -> None:
    """Find 400 copies with small edits among 10,000 letters."""
    copied = known[0][0].text
    texts = [(str(number), letter.text) for number, (letter, _label) in enumerate(known)]
    for number in range(400):
        at = chance.randrange(len(copied) - 20)
        texts.append((f"c{number}", f"您好！{copied[:at]}{copied[at + 10 :]}"))
    began = time.process_time()
    found = group(texts)
    seconds = round(time.process_time() - began, 1)
    report("grouping 10,400 letters", seconds, "s", note=f"largest group {len(found.groups[0].members)} of 401")


def main() -> None:
    """Print the figures."""
    chance = random.Random(7)
    made = letters(LETTERS + ASKED, chance)
    suggester = learning(made[:LETTERS])
    proposing(suggester, made[LETTERS:])
    keeping(suggester)
    grouping(made[:LETTERS], chance)


if __name__ == "__main__":
    main()
