"""Make mailbox/routing/names_zh.txt.bz2 of a list of China's places.

    scripts/gazetteer.py china_location.txt

The list is that of JioNLP (Apache-2.0), unpacked from jionlp/dictionary/china_location.zip of its wheel: a place a
line, with as many tabs before it as levels above it, its code and a short name after it. Only the names are kept.
"""

import bz2
import sys
from pathlib import Path

TO = Path(__file__).resolve().parent.parent / "mailbox" / "routing" / "names_zh.txt.bz2"
VILLAGE = 4
# What the statistics need and nobody says: "virtual" communities of forest farms and the like.
UNSAID = "虚拟"


def main() -> None:
    """Write the file anew."""
    lines: list[str] = []
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        level = len(line) - len(line.lstrip("\t"))
        name = line.strip().split("\t")[0]
        if level < VILLAGE:
            lines.append("\t" * level + name)
        elif len(name) > 2 and UNSAID not in name:
            lines[-1] += " " + name
    TO.write_bytes(bz2.compress(("\n".join(lines) + "\n").encode()))


if __name__ == "__main__":
    main()
