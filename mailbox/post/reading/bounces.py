"""Letters that came back: whom they did not reach and why (RFC 3464, and the many forms before and beside it)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailbox.post.reading import automatic
from mailbox.post.reading.charsets import decode
from mailbox.post.reading.headers import ADDRESS, Headers, message_ids, split_headers
from mailbox.post.reading.markup import words_of
from mailbox.post.reading.reasons import NO_FAILURE, is_hard, reason_of

if TYPE_CHECKING:
    from mailbox.post.reading.parts import Part, Tree

MOST = 100
READ_BYTES = 256 * 1024


@dataclass(frozen=True)
class Bounce:
    """What one report says of one recipient. `dsn` is the enhanced code, `letter` the Message-ID of what came back."""

    recipient: str
    dsn: str
    reason: str
    hard: bool
    action: str = "failed"
    said: str = ""
    letter: str = ""

    @property
    def failed(self) -> bool:
        """Whether the letter did not arrive."""
        return self.reason not in NO_FAILURE and self.action != "delayed"


_DAEMONS = re.compile(
    r"(?i)\A(?:mailer[-_.]?daemon|postmaster|poo?stmaster|mail[-_.]?daemon|mailerdaemon|mail|mdaemon|daemon|bounces?|double-bounce|"
    r"no-?reply-?bounce|microsoftexchange\w*|ses-?bounce|mta|smtpd?|dsn|mail-?delivery\S*)\Z"
)
_DAEMON_NAMES = re.compile(
    r"(?i)mail(?:er)?[- ]?(?:delivery (?:sub)?system|daemon|system)|delivery (?:sub)?system|post ?master|internet mail delivery|"
    r"mail administrator|system administrator|mail server|email security gateway|系统退信|邮件系统"
)
_SUBJECT = re.compile(
    r"""(?xi)\A\s*(?:[\[*]{0,3}\s*)(?:
    (?:re:\s*)?(?:mail|message|e-?mail|delivery|returned|undeliver\w*|undelivered|failed|failure|failure\ notice|warning|notice|
    delivery\ status|non-?delivery|could\ not|can't|cannot|unable|error|rejected|bounce|postmaster\ notify|nondeliverable|not\ delivered|
    automatically\ rejected|problem|permanent|message\ you\ sent|your\ (?:message|mail|e-?mail))\b.{0,120} |
    退信 | 系统退信 | 投递失败 | 邮件投递 | 无法投递 | 未送达 | 退回 | 傳送失敗 | 無法傳遞 | unzustellbar | mail\ konnte | 配信 | 宛先不明 | 送信
    )"""
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.:\-])([45]\d\d)(?=[\s\-:,)]|\Z)(?!\s*(?:bytes|kb|mb|seconds))")
_COMMANDS = (
    ("MAIL", re.compile(r"(?i)(?:after|reply to|our|in response to|response to|>>>)\s*(?:pipelined )?mail(?: ?from)?\b|sender was rejected")),
    ("RCPT", re.compile(r"(?i)(?:after|reply to|our|in response to|response to|>>>)\s*(?:pipelined )?rcpt(?: ?to)?\b|does not like recipient|\(state 1[45]\)|(?:收件人|收信人|用户).{0,40}不存在|callout verification|recipient verify")),
    ("DATA", re.compile(r"(?i)(?:after|reply to|our|in response to|response to|>>>)\s*(?:pipelined )?(?:end of )?data\b|after end of (?:data|message)|failed after i sent the message|>>> \.|end of message")),
    ("HELO", re.compile(r"(?i)(?:after|reply to|our|in response to|response to|>>>)\s*(?:helo|ehlo|initial connection)|refused to talk to me")),
)  # fmt: skip
_FIELDS = re.compile(r"(?m)^([!-9;-~]{2,60}):[ \t]?(.*(?:\n[ \t]+.*)*)")
# Where the returned letter begins: what stands below is not what a server said.
_RETURNED = re.compile(
    r"""(?xim)^[ \t>]*(?:
    -{2,}\s*(?:this\ is\ a\ copy.*|below\ this\ line.*|original\ message.*|returned\ (?:message|mail).*|unsent\ message.*|
      message\ header.*|copy\ of\ (?:the\ |your\ )?(?:original\ )?message.*|the\ (?:header|body).*|original\ (?:mail|text|headers).*|undelivered.*|
      the\ original\ message.*|your\ original.*|included\ is\ a\ copy.*|message\ (?:text|headers|body).*|header.*|transcript\ of\ original.*) |
    (?:message\ )?headers?\ follow.* | (?:the\ )?(?:first\ .{0,20}\ of\ the\ )?original\ (?:message|mail|headers?)\ (?:follows|header|headers|is|was\ attached|below).* |
    below\ is\ a\ copy.* | original\ message(?:\ headers?)?:? | returned\ message:? | received:\ (?:from|by|\()\ ?.* | return-path:\ ?<.* |
    here\ is\ a\ copy.* | (?:the\ )?(?:body|text)\ of\ (?:the|your)\ (?:original\ )?message.* | \*{3,}\s*original.* | =+\s*original.* |
    your\ original\ message.* | -+\s*$\n^(?:received|return-path|from|message-id):.* | message-id:\ ?<.*
    )[ \t]*$"""
)
_POWERMTA = {"bad-mailbox": "userunknown", "bad-domain": "hostunknown", "bad-configuration": "systemerror",
             "bad-connection": "networkerror", "content-related": "contenterror", "invalid-sender": "rejected",
             "inactive-mailbox": "suspend", "message-expired": "expired", "no-answer-from-host": "networkerror",
             "policy-related": "policyviolation", "protocol-errors": "syntaxerror", "quota-issues": "mailboxfull",
             "relaying-issues": "norelaying", "routing-errors": "systemerror", "spam-related": "spamdetected",
             "virus-related": "virusdetected"}  # fmt: skip


def find_bounces(tree: Tree, text: str) -> Iterator[Bounce]:
    """Yield what a mail says of letters that came back, each recipient once."""
    own = [part for part in tree.leaves if not part.nested_in]
    letter = _letter(tree)
    seen: set[str] = set()
    for one in _found(tree, own, text, letter):
        key = one.recipient.lower()
        if key not in seen and len(seen) < MOST:
            seen.add(key)
            yield one


def _found(tree: Tree, own: list[Part], text: str, letter: str) -> Iterator[Bounce]:
    if feedback := next((part for part in own if part.type == "message/feedback-report"), None):
        yield _feedback(feedback, tree, letter)
        return
    reports = [part for part in own if part.type in ("message/delivery-status", "message/global-delivery-status")]
    said = _said(tree, own, text)
    rows = [row for part in reports for row in _rows(part)]
    if any(_recipient(row) for row in rows):
        for row in rows:
            if _recipient(row):
                yield _of_row(row, said, letter, single=len(rows) == 1)
        return
    if "notificationType" in text[:40] and (told := list(_notification(text, letter))):
        yield from told
        return
    if _apple_feedback(tree, text):
        yield Bounce(_from(tree.headers), "", "feedback", False, "", text[:300], letter)
    elif reports or _is_daemon(tree):
        yield from _of_text(tree, own, said, letter, is_report=bool(reports))
    elif automatic.null_sender(tree.headers) and automatic.kind_of(tree.headers) is automatic.Kind.AUTO:
        # Sent without a way back and by a program, but no report: somebody is away.
        yield Bounce(_from(tree.headers), "", "vacation", False, "", "", letter)


# --- reports ---------------------------------------------------------------------------------------------------------


def _rows(part: Part) -> list[dict[str, str]]:
    """Return the blocks of a delivery report: the fields of each, by small names."""
    text = decode(part.content(READ_BYTES)).text.replace("\r\n", "\n").replace("\r", "\n")
    rows = []
    for block in re.split(r"\n[ \t]*\n", text):
        row: dict[str, str] = {}
        for match in _FIELDS.finditer(block):
            row.setdefault(match[1].lower(), " ".join(match[2].split()))
        if row:
            rows.append(row)
    # Some programs leave a blank line between the fields of one recipient, or none between report and recipient.
    return rows


def _recipient(row: dict[str, str]) -> str:
    for name in ("final-recipient", "original-recipient", "x-actual-recipient"):
        if found := ADDRESS.search(row.get(name, "").partition(";")[2] or row.get(name, "")):
            return found.group()
    return ""


def _of_row(row: dict[str, str], said: str, letter: str, *, single: bool) -> Bounce:
    recipient = _recipient(row)
    action = row.get("action", "").split(" ")[0].lower() or "failed"
    diagnostic = row.get("diagnostic-code", "")
    kind, semicolon, words = diagnostic.partition(";")
    words = words.strip() if semicolon and len(kind) < 40 else diagnostic
    status = next(iter(_STATUS.findall(row.get("status", ""))), "")
    inner = next((one for one in _STATUS.findall(words[:300]) if not one.endswith(".0.0")), "")
    nearby = _near(said, recipient)
    if not words:
        words = nearby
        inner = inner or next((one for one in _STATUS.findall(words) if not one.endswith(".0.0")), "")
    if inner and (status.endswith((".0.0", ".4.7")) or not status or _vague(status)):
        status = inner
    reply = next(iter(_REPLY.findall(words)), "")
    command = _command(words) or _command(nearby) or _command(said if single else "")
    if action in ("delivered", "relayed", "expanded"):
        return Bounce(recipient, status, "delivered", False, action, words[:300], letter)
    reason = _POWERMTA.get(row.get("x-powermta-bouncecategory", ""), "")
    if not reason:
        if status.endswith(".0.0") and not inner:
            passing = status if status.startswith("4") else ""
            reason = reason_of(words, status=passing, reply=reply, command=command)
            if reason in ("undefined", "onhold") and nearby and nearby != words:
                again = reason_of(nearby, reply=reply, command=command)
                reason = again if again not in ("undefined", "onhold") else reason
        else:
            reason = reason_of(words, status=status, reply=reply, command=command)
    return Bounce(recipient, status, reason, is_hard(reason, reply, status), action, words[:300], letter)


def _vague(status: str) -> bool:
    return status.split(".")[1:] in (["0", "0"], ["1", "0"], ["3", "0"], ["4", "7"], ["5", "0"], ["7", "0"])


def _feedback(part: Part, tree: Tree, letter: str) -> Bounce:
    row: dict[str, str] = {}
    for one in _rows(part):
        row |= one
    found = ADDRESS.search(row.get("original-rcpt-to", "") or row.get("removal-recipient", ""))
    recipient = found.group() if found else _from(tree.headers)
    return Bounce(recipient, "", "feedback", False, "", row.get("feedback-type", "")[:300], letter)


def _notification(text: str, letter: str) -> Iterator[Bounce]:
    """Read the report that Amazon's service writes as JSON."""
    start = text.find("{")
    try:
        told, _end = json.JSONDecoder().raw_decode(re.sub(r"!?\n\s*", "", text[start:]))
    except (ValueError, RecursionError):
        return
    if not isinstance(told, dict):
        return
    kind = str(told.get("notificationType", ""))
    bounce, complaint, delivery = (_part_of(told, name) for name in ("bounce", "complaint", "delivery"))
    own = str(_part_of(told, "mail").get("messageId", "")) or letter
    if kind == "Complaint":
        for one in _list(complaint, "complainedRecipients"):
            yield Bounce(str(one.get("emailAddress", "")), "", "feedback", False, "", "", own)
    elif kind == "Delivery":
        said = str(delivery.get("smtpResponse", ""))
        for address in delivery.get("recipients") or []:
            yield Bounce(str(address), _first_status(said), "delivered", False, "delivered", said[:300], own)
    elif kind == "Bounce":
        for one in _list(bounce, "bouncedRecipients"):
            said = str(one.get("diagnosticCode", ""))
            status = str(one.get("status", "")) or _first_status(said)
            reply = next(iter(_REPLY.findall(said)), "")
            by_kind = {
                "NoEmail": "userunknown", "Suppressed": "suppressed", "OnAccountSuppressionList": "suppressed",
                "MailboxFull": "mailboxfull", "MessageTooLarge": "mesgtoobig", "ContentRejected": "contenterror",
                "AttachmentRejected": "securityerror",
            }.get(str(bounce.get("bounceSubType", "")), "")  # fmt: skip
            reason = by_kind or reason_of(said, status=status, reply=reply, command="RCPT")
            address = str(one.get("emailAddress", ""))
            yield Bounce(address, status, reason, is_hard(reason, reply, status), "failed", said[:300], own)


def _part_of(told: dict[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _list(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = told.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _first_status(said: str) -> str:
    return next(iter(_STATUS.findall(said)), "")


def _apple_feedback(tree: Tree, text: str) -> bool:
    """The mail by which Apple's program leaves a list: a reader's answer to one press, no letter of theirs."""
    return text.lstrip().lower().startswith("apple mail sent this email to unsubscribe")


# --- reports in words ------------------------------------------------------------------------------------------------


def _is_daemon(tree: Tree) -> bool:
    """Tell whether a mail server wrote: by its sender, its name, and the subject; a person may quote any of these."""
    headers = tree.headers
    if headers.has("x-failed-recipients"):
        return True
    froms = [headers.words(value) for value in headers.all_raw("from")] or [""]
    subject = headers.text("subject")
    is_report = tree.type == "multipart/report"
    for one in froms:
        found = ADDRESS.search(one)
        local = found.group().partition("@")[0] if found else one.strip(" <>\"'").partition("@")[0]
        if re.fullmatch(r"(?i)mailer-?daemon|mail(?:er)?[- ]delivery (?:sub)?system", local.strip()):
            return True
        is_daemon = bool(_DAEMONS.match(local)) or bool(_DAEMON_NAMES.search(one)) or one.strip() in ("", "<>")
        if is_daemon and (is_report or _SUBJECT.match(subject) or automatic.null_sender(headers)):
            return True
    return False


def _said(tree: Tree, own: list[Part], text: str) -> str:
    """Return the words of the report, without the letter that came back."""
    said = text[:READ_BYTES]
    for part in own:
        if not said.strip() and part.type == "text/html":
            said = words_of(decode(part.content(READ_BYTES), part.parameters.get("charset", "")).text)
    found = _RETURNED.search(said)
    return said[: found.start()] if found and found.start() > 20 else said


def _near(said: str, recipient: str) -> str:
    """Return what was said of one recipient: from its address to the next blank line, or the lines of a session."""
    if not recipient:
        return said[:1500]
    place = said.lower().find(recipient.lower())
    if place < 0:
        return said[:1500]
    session = [line for line in said[place:].split("\n") if re.match(r"\s*(?:<<<|\d{3}[ -]|\(reason:)", line)]
    around = said[place : place + 1500].split("\n\n")[0]
    return "\n".join([around, *session[:6]])


def _of_text(tree: Tree, own: list[Part], said: str, letter: str, *, is_report: bool) -> Iterator[Bounce]:
    recipients = _named(tree, said)
    whole = said[:8000]
    for recipient in recipients[:MOST]:
        nearby = _near(whole, recipient) if len(recipients) > 1 else _bare(whole, recipient)
        status = next((one for one in _STATUS.findall(nearby) if not one.endswith(".0.0")), "")
        status = status or next(iter(_STATUS.findall(nearby)), "")
        reply = next(iter(_REPLY.findall(nearby)), "")
        command = _command(nearby)
        told = _told(nearby)
        reason = reason_of(told, status=status, reply=reply, command=command)
        if reason in ("undefined", "onhold", "filtered") and told != nearby and not status:
            again = reason_of(nearby, status=status, reply=reply, command=command)
            reason = again if reason != "filtered" and again not in ("undefined",) else reason
        if is_report and not told.strip():
            reason = "undefined"
        action = (
            "delayed" if re.search(r"(?i)\bdelay(?:ed)?\b|will (?:continue|keep)|warning", _subject(tree)) else "failed"
        )
        yield Bounce(recipient, status, reason, is_hard(reason, reply, status), action, told[:300], letter)


def _subject(tree: Tree) -> str:
    return tree.headers.text("subject")


_OPENINGS = re.compile(
    r"""(?xi)
    this\ (?:message|report|is)\b.{0,40}(?:was\ created|automatically|generated)[^\n]*\n? |
    a\ message\ that\ you\ sent\ (?:could|contained)[^:]*: |
    i'?m\ (?:sorry|afraid)[^\n]*\n? | for\ further\ assistance[^\n]*\n? | if\ you\ do\ so[^\n]*\n?[^\n]*\n? |
    hi\.?\ this\ is\ the\ [^\n]*\n? | this\ is\ the\ (?:mail\ system|\S+\ mail\ agent|mailer-daemon|email)[^\n]*\n? |
    this\ is\ a\ permanent\ error;?\ i've\ given\ up[^\n]*\n? | sorry\ it\ didn't\ work\ out[^\n]* | i'm\ not\ going\ to\ try\ again[^\n]*\n?[^\n]* |
    this\ is\ a\ permanent\ error\.[^\n]*\n? | the\ following\ (?:address|text|message|recipients?)[^\n]*\n? |
    delivery\ (?:to\ the\ following|failed\ for)[^\n]*\n? | this\ has\ been\ a\ permanent\ failure[^\n]*\n? |
    unable\ to\ deliver\ message\ to[^\n]*\n? | (?:we\ )?(?:were|are)\ unable\ to\ deliver[^\n]*\n? | your\ message\ (?:to|could|cannot|was\ not\ delivered\ to)\b[^\n]*\n? |
    technical\ details\ of\ permanent\ failure:?[^\n]*\n? | google\ tried\ to\ deliver.*?the\ error\ that\ the\ other\ server\ returned\ was: |
    -+\s*failure\ reasons?\s*-+ | this\ is\ an\ automatically\ generated[^\n]*\n? | the\ mail\ system[ \t]*\n | delete\ your\ own\ text[^\n]*\n? |
    be\ delivered\ to\ one\ or\ more\ recipients[^\n]*\n? | -*\ *delivery\ report\ unavailable\ *-*
    """,
    re.S,
)


def _told(nearby: str) -> str:
    """Return what the other side said: its quoted lines where there are any, else all without the fixed sentences."""
    quoted = re.findall(r"(?m)^\s*(?:<<<|Remote host said:|\(reason:)\s*(.+(?:\n[ \t]+\S.*)*)", nearby)
    if quoted:
        return "\n".join(quoted)
    reply = re.search(
        r"(?m)(?<![\d.])[45]\d\d[ \-](?:[45]\.\d{1,3}\.\d{1,3}|[#<(A-Za-z\"'\[]).*(?:\n(?!\s*\n).+)*", nearby
    )
    if reply:
        return reply.group()
    return "\n".join(
        line
        for line in _OPENINGS.sub(" ", nearby).split("\n")
        if not re.fullmatch(r"[\s\W]*|[\s*•-]*<?\S+@\S+>?:?\s*", line)
    )


def _bare(said: str, recipient: str) -> str:
    return said


def _command(words: str) -> str:
    return next((name for name, pattern in _COMMANDS if pattern.search(words)), "")


def _named(tree: Tree, said: str) -> list[str]:
    """Return whom a report in words is about."""
    header = tree.headers.text("x-failed-recipients")
    if found := ADDRESS.findall(header):
        return list(dict.fromkeys(found))
    own = {address.lower() for name in ("to", "from", "cc") for address in ADDRESS.findall(tree.headers.text(name))}
    lines = [
        line
        for line in said.split("\n")
        if not re.match(
            r"(?i)\s*(?:for (?:further )?(?:assistance|help)|.{0,40}postmaster@|>>> mail|from:|return-path)", line
        )
    ]
    alone = [
        found[0]
        for line in lines
        if (found := re.findall(r"\A[\s*\-•]*<?([^\s<>:]+@[^\s<>:]+?)>?(?:\s*\.{0,3}|:.*|\s*<mailto.*)\Z", line))
        and ADDRESS.fullmatch(found[0])
    ]
    if not alone:
        alone = [
            one
            for line in lines
            for one in ADDRESS.findall(line)
            if one.lower() not in own and "." in one.partition("@")[2]
        ][:1]
    if not alone:
        alone = _addressed(tree)
    return list(dict.fromkeys(alone)) or [""]


def _addressed(tree: Tree) -> list[str]:
    for part in tree.leaves:
        if part.type in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"):
            headers, _body = split_headers(part.raw, part.start, part.end)
            if found := ADDRESS.findall(headers.text("to")):
                return found[:1]
    found = tree.headers.text("x-original-to")
    return ADDRESS.findall(found)[:1]


def _letter(tree: Tree) -> str:
    """Return the Message-ID of the letter that came back, where any of it came along."""
    for part in tree.leaves:
        if part.type in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"):
            headers, _body = split_headers(part.raw, part.start, part.end)
            if found := message_ids(headers, "message-id"):
                return found[0]
    for part in tree.leaves:
        if part.type in ("text/plain", "text/html"):
            text = decode(part.content(READ_BYTES)).text
            if (cut := _RETURNED.search(text)) and (
                found := re.search(r"(?im)^message-id:\s*(<[^<>\s]+>)", text[cut.start() :])
            ):
                return found[1]
    return next(iter(message_ids(tree.headers, "in-reply-to", "references")), "")


def _from(headers: Headers) -> str:
    found = ADDRESS.search(headers.text("from"))
    return found.group() if found else ""
