"""What somebody wrote, apart from what the mail program repeats below it; Chinese and English programs."""

from __future__ import annotations

import re

_SEPARATOR = re.compile(
    r"""(?xi)\A\s*(?:
    [-_=—–]{2,}\s*(?:original\s+message|original\s+mail|forwarded\s+message|forwarded\s+by.*|replied\s+message|
        reply\s+message|message\s+original|ursprüngliche\s+nachricht|
        原始邮件|原始郵件|邮件原件|郵件原件|原邮件|原始信息|原始訊息|原文|转发邮件信息|转发的邮件|轉寄郵件|
        回复的原邮件|回复的邮件|转发的原邮件|来信原文|邮件信息)\s*[-_=—–]{2,}
    | begin\s+forwarded\s+message:
    | _{20,} | \*{3,}\s*original\s+message.*
    | =+\s*(?:原文|original)\s*=+
    )\s*\Z"""
)
# "On 24 Nov 2026, at 9:00, X wrote:" may be broken over lines; so three are looked at together.
_WROTE = re.compile(
    r"""(?xis)\A\s*(?:
    (?:on|at|le|am|el)\s.{6,300}?\b(?:wrote|writes|a\s+écrit|schrieb|escribió)\s*[:：]
    | .{0,200}?<?[\w.+-]+@[\w.-]+>?.{0,60}?\b(?:wrote|writes)\s*[:：]
    | (?:在|于|於)?\s*\d{2,4}\s*[-./年]\s*\d{1,2}.{2,260}?(?:写道|寫道|写到|来信|書き込みました)\s*[:：]
    | (?:在|于|於)\s*.{4,260}?(?:写道|寫道|写到)\s*[:：]
    | .{0,120}?(?:在|于|於).{4,160}?(?:写道|寫道|写到)\s*[:：]
    )\s*\Z"""
)
_WROTE_END = re.compile(r"(?i)(?:wrote|writes|écrit|schrieb|escribió|写道|寫道|写到|来信)\s*[:：]\s*\Z")
_HEAD_FIRST = re.compile(
    r"(?i)\A[\s*>]*(?:from|von|de|发件人|發件人|寄件者|寄件人|发信人|發信人|差出人)\**\s*[:：]\**\s*\S"
)
_HEAD_MORE = re.compile(
    r"(?i)\A[\s*>]*(?:sent|date|to|cc|subject|gesendet|datum|an|betreff|发送时间|發送時間|发送日期|日期|时间|"
    r"發送日期|收件人|收件者|抄送|副本|主题|主題|主旨|傳送時間|寄件日期|送信日時|宛先|件名)\**\s*[:：]"
)
_SIGNED_BY_PROGRAM = re.compile(
    r"(?i)\A\s*(?:sent from my .{2,40}|发自我的.{1,20}|來自我的.{1,20}|从我的.{1,20}发送)\s*\Z"
)
LINES_MOST = 40_000


def fold(text: str) -> tuple[str, str]:
    """Return (what was written, what is repeated). A mail that only repeats, a forwarded one, is all written."""
    lines = text.split("\n")
    if len(lines) > LINES_MOST:
        return text.strip(), ""
    own: list[str] = []
    quoted: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if line.lstrip().startswith((">", "＞")) or line.startswith("| "):
            quoted.append(line)
            place += 1
            continue
        taken = _separator_at(lines, place)
        if not taken:
            own.append(line)
            place += 1
            continue
        quoted += lines[place : place + taken]
        place += taken
        following = next((one for one in lines[place:] if one.strip()), "")
        if not following.lstrip().startswith(">"):
            quoted += lines[place:]
            break
    written = "\n".join(own).strip()
    if not _SIGNED_BY_PROGRAM.sub("", written).strip():
        return text.strip(), ""
    return written, "\n".join(quoted).strip("\n")


def _separator_at(lines: list[str], place: int) -> int:
    """Return how many lines a separator takes that begins here; 0 for none."""
    line = lines[place]
    if not line.strip() or len(line) > 600:
        return 0
    if _SEPARATOR.match(line):
        if line.strip().startswith("_") and not _has_head(lines, place + 1):
            return 0
        return 1
    if _has_head(lines, place):
        return 1
    joined = line
    for taken in range(1, 4):
        if _WROTE_END.search(joined):
            return taken if _WROTE.match(joined) else 0
        if place + taken >= len(lines) or not lines[place + taken].strip():
            return 0
        joined += " " + lines[place + taken].strip()
        if len(joined) > 600:
            return 0
    return 0


def _has_head(lines: list[str], place: int) -> bool:
    """Tell whether the head of a repeated mail begins here: who, and within a few lines when or to whom."""
    while place < len(lines) and not lines[place].strip():
        place += 1
    if place >= len(lines) or not _HEAD_FIRST.match(lines[place]):
        return False
    nearby = [one for one in lines[place + 1 : place + 10] if one.strip()][:5]
    return sum(bool(_HEAD_MORE.match(one)) for one in nearby) >= 2
