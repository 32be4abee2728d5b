"""Reading 10,000 mails: mails a second, and how much memory the process takes at most.

The mails are the samples in the folder of real input beside the project, again and again, each with a name of its
own; every fourth is a Chinese letter in one of four charsets with a file of 200 KB. Nothing of it is stored.
One JSON line per figure on standard output: {"name", "value", "unit", "target", "ok", "note"}.
"""

import base64
import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks._figures import load_average, report_least, report_most  # noqa: E402
from mailbox.post.reading import read_mail  # noqa: E402

SHARED = Path(os.environ.get("ENGAGE_SHARED", ROOT.parent / "shared"))
MAILS = int(os.environ.get("MAIL_MAILS", "10000"))
LEAST_A_SECOND, MOST_MB = 200, 300
CHARSETS = (("gb2312", "gb18030"), ("utf-8", "utf-8"), ("gbk", "gb18030"), ("iso-8859-1", "utf-8"))
WORDS = "水管坏了，没有人来修。请问什么时候能修好？门牌是长安街三号，住户都是老人。\n"


def chinese(number: int, chance: random.Random) -> bytes:
    """Return a letter with a file, labelled as mail programs do, rightly or not."""
    label, charset = CHARSETS[number // 4 % len(CHARSETS)]
    quoted = "\n\n在 2026年11月24日，办公室 <case@gov.example> 写道：\n> 已收到。\n"
    text = (WORDS * chance.randint(1, 40) + quoted).encode(charset)
    file = base64.encodebytes(chance.randbytes(200_000))
    head = (
        f"From: =?gb2312?B?wO7Dtw==?= <mei{number}@example.org>\r\nTo: case@gov.example\r\n"
        f"Subject: =?gb2312?B?y665zA==?=\r\nMessage-ID: <{number}@example.org>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        f"Content-Type: text/plain; charset={label}\r\n\r\n"
    )
    picture = (
        '\r\n--b\r\nContent-Type: image/jpeg; name="=?gb2312?B?1dXGrC5qcGc=?="\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + text + picture.encode() + file + b"\r\n--b--\r\n"


def mails() -> Iterator[bytes]:
    """Yield the mails one after the other, as a folder or a server would hand them over."""
    samples = [path.read_bytes() for path in sorted((SHARED / "data" / "mail").glob("*/*.eml"))]
    chance = random.Random(6)
    for number in range(MAILS):
        if number % 4 == 0:
            yield chinese(number, chance)
        else:
            yield f"X-Number: {number}\r\n".encode() + samples[number % len(samples)]


def main() -> None:
    """Read them all; the time to make them up is not counted."""
    spent = 0.0
    files = bounces = 0
    for raw in mails():
        began = time.perf_counter()
        mail = read_mail(raw)
        files += sum(one.size for one in mail.attachments)
        bounces += mail.is_bounce
        spent += time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"{files / 1e6:,.0f} MB of files, {bounces:,} bounces; {load_average()}"
    report_least(f"{MAILS:,} mails read", round(MAILS / spent), "mails/s", LEAST_A_SECOND, note)
    report_most("memory while reading them", round(peak), "MB", MOST_MB)


if __name__ == "__main__":
    main()
