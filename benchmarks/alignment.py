"""Aligning two versions of a draft of 100, 1,000 and 5,000 articles: CPU time, growth, and pairs missed or made up.

The sentences are written at run time by a chain of characters over the laws in the folder of real input beside the
project. The new version removes, splits, merges, adds, rewords and moves articles; what became of each is known.
One JSON line per figure on standard output: {"name", "value", "unit", "target", "ok", "note"}.
"""

import json
import os
import random
import re
import resource
import sys
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("ENGAGE_SHARED", ROOT.parent / "shared"))
SIZES = (100, 1_000, 5_000)
TARGET_SECONDS = 5  # at 1,000 articles
TARGET_GROWTH = 8  # times as long for five times as many

Articles = list[list[str]]


def report(name: str, value: float | None, unit: str, target: str = "", ok: bool | None = None, note: str = "") -> None:
    """Print one figure."""
    line = {"name": name, "value": value, "unit": unit, "target": target, "ok": ok, "note": note}
    print(json.dumps(line, ensure_ascii=False), flush=True)


class Writer:
    """Writes sentences in the manner of the laws."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.following: dict[str, list[str]] = defaultdict(list)
        for path in sorted((SHARED / "data" / "drafts").glob("zh-*.txt")):
            text = re.sub(r"\s|第[一二三四五六七八九十百]+条", "", path.read_text("utf-8"))
            for at in range(len(text) - 2):
                self.following[text[at : at + 2]].append(text[at + 2])
        self.starts = sorted(self.following)

    def sentence(self) -> str:
        """Return a sentence of 20 to 80 characters."""
        text = self.chance.choice(self.starts)
        length = self.chance.randint(20, 80)
        while len(text) < length:
            text += self.chance.choice(self.following.get(text[-2:]) or ["的"])
        return re.sub("[。；\n]", "，", text) + "。"

    def reworded(self, text: str) -> str:
        """Return the sentence with every tenth character another one."""
        return "".join(
            character if self.chance.random() > 0.1 else self.chance.choice(self.starts)[0] for character in text
        )

    def draft(self, size: int) -> Articles:
        """Return articles of one to four sentences."""
        return [[self.sentence() for _ in range(self.chance.randint(1, 4))] for _ in range(size)]

    def revised(self, old: Articles) -> list[tuple[list[int], list[str]]]:
        """Return the articles of the new version, each with the places of the old ones it came from."""
        new: list[tuple[list[int], list[str]]] = []
        place = 0
        while place < len(old):
            words, lot = old[place], self.chance.random()
            if lot < 0.03:
                place += 1
            elif lot < 0.06 and len(words) > 1:
                new += [([place], words[:1]), ([place], words[1:])]
                place += 1
            elif lot < 0.09 and place + 1 < len(old):
                new.append(([place, place + 1], words + old[place + 1]))
                place += 2
            else:
                if lot < 0.12:
                    new.append(([], [self.sentence() for _ in range(2)]))
                new.append(([place], [self.reworded(text) for text in words] if lot < 0.7 else words))
                place += 1
        for _ in range(len(old) // 50):
            new.insert(self.chance.randrange(len(new)), new.pop(self.chance.randrange(len(new))))
        return new


def parsed(articles: Articles):
    """Return the articles as a parsed draft."""
    from consultations.drafts import ParsedClause, ParsedDraft

    clauses = []
    for number, sentences in enumerate(articles, 1):
        article = f"art_{number}"
        clauses.append(ParsedClause(article, "article", str(number), "", "", None, "", number))
        clauses += [
            ParsedClause(f"{article}__para_{at}", "paragraph", str(at), "", "", article, text, number)
            for at, text in enumerate(sentences, 1)
        ]
    return ParsedDraft("", "", "zh-hans", tuple(clauses), (), {"article": len(articles)})


def measure(size: int) -> float:
    """Align one pair of versions and report; returns the CPU seconds."""
    from consultations.alignment import align

    writer = Writer(size)
    old = writer.draft(size)
    new = writer.revised(old)
    drafts = parsed(old), parsed([words for _sources, words in new])
    began = time.process_time()
    alignment = align(*drafts)
    seconds = time.process_time() - began
    truth = {(str(old + 1), str(place + 1)) for place, (sources, _words) in enumerate(new) for old in sources}
    found = {(old.name, new.name) for link in alignment.links for old, new in link.pairs}
    target = f"<= {TARGET_SECONDS} s" if size == 1_000 else ""
    note = f"{len(truth)} pairs: {len(truth - found)} missed, {len(found - truth)} made up"
    report(
        f"align {size:,} articles",
        round(seconds, 2),
        "CPU s",
        target,
        seconds <= TARGET_SECONDS if target else None,
        note,
    )
    return seconds


def main() -> int:
    """Run the benchmark; exit 1 when it could not run."""
    if not list((SHARED / "data" / "drafts").glob("zh-*.txt")):
        report("align", None, "s", "", None, "not run: the folder of real input is not beside the project")
        return 1
    sys.path.insert(0, str(ROOT))
    seconds = {size: measure(size) for size in SIZES}
    growth = seconds[5_000] / seconds[1_000]
    report("align, 5,000 against 1,000", round(growth, 1), "times", f"<= {TARGET_GROWTH}", growth <= TARGET_GROWTH)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report("align, peak memory", round(memory), "MiB", note="5,000 articles, both versions and texts included")
    return 0


if __name__ == "__main__":
    sys.exit(main())
