"""The reader of mail, over all samples that lie beside the project and over what nobody should have to read."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from mailbox.post.reading import Mail, read_mail
from mailbox.post.reading.charsets import decode
from mailbox.post.reading.names import safe_name
from mailbox.post.reading.parts import Limits
from mailbox.post.reading.quoting import fold
from mailbox.post.reading.reasons import REASONS, is_hard, reason_of
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only
PLAIN = b"From: Mei <mei@example.org>\r\nTo: case@gov.example\r\nSubject: s\r\n"


def samples() -> Iterator[tuple[str, bytes]]:
    folder = shared_file("data", "mail")
    for path in sorted(folder.glob("*/*")):
        yield f"{path.parent.name}/{path.name}", path.read_bytes()


def mixed(*parts: bytes, boundary: bytes = b"b") -> bytes:
    head = PLAIN + b"Content-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n"
    return head + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


def file_part(name: str, content: bytes = b"x") -> bytes:
    return f'Content-Type: application/pdf; name="{name}"\r\n\r\n'.encode() + content


def test_bounces_of_the_samples_are_told_by_their_reason_and_hardness() -> None:
    expected = json.loads(shared_file("data", "mail", "expected_bounce.json").read_text())
    read = {name: read_mail(raw) for name, raw in samples() if name in expected}
    told = {name: rows[0] for name, rows in expected.items() if rows}
    found = {name: read[name].bounces[0] if read[name].bounces else None for name in told}
    right = [name for name, row in told.items() if found[name] is not None and found[name].reason == row["reason"]]
    hardness = [name for name, row in told.items() if found[name] is not None and found[name].hard == row["hard"]]
    assert len(right) / len(told) >= 0.85, sorted(set(told) - set(right))
    assert len(hardness) / len(told) >= 0.95, sorted(set(told) - set(hardness))
    assert all(not read[name].bounces for name, rows in expected.items() if not rows)


def test_no_mail_of_a_person_is_called_a_bounce() -> None:
    reports = {"autoresponse-header.eml", "empty-return-path.eml", "humberside-police-odd-mime-type.eml"}
    called = {
        name for name, raw in samples() if name.split("/")[0] in ("alaveteli", "mikel-mail") and read_mail(raw).bounces
    }
    assert called == {f"alaveteli/{name}" for name in reports}


def test_every_sample_is_read_with_all_its_files() -> None:
    for name, raw in samples():
        mail = read_mail(raw)
        # What the standard library calls a file is among ours, by at least as many.
        assert mail.text or mail.attachments or mail.subject or mail.bounces or len(raw) < 2_000, name
        assert all(one.size == len(one.content()) for one in mail.attachments), name
        assert all("/" not in one.name and "\\" not in one.name for one in mail.attachments), name


@pytest.mark.parametrize("seed", range(3))
def test_a_mail_damaged_anywhere_is_read(seed: int) -> None:
    chance = random.Random(seed)
    for _name, raw in samples():
        torn = bytearray(raw[:200_000])
        for _ in range(chance.randint(1, 30)):
            place = chance.randrange(len(torn) + 1)
            if chance.random() < 0.5:
                torn[place : place + 1] = bytes([chance.randrange(256)])
            else:
                del torn[place : place + chance.randrange(60)]
        read_mail(bytes(torn))


def test_replies_of_programs_are_known() -> None:
    for head in (
        b"Auto-Submitted: auto-replied",
        b"Subject: Out of Office: water",
        "Subject: 自动回复: 水管".encode(),
        b"X-Autoreply: yes",
        b"Precedence: auto_reply",
        b"Return-Path: <>",
        b"X-Auto-Response-Suppress: All",
    ):
        raw = b"From: mei@example.org\r\n" + head + b"\r\n\r\nI am away."
        assert read_mail(raw).auto_reply, head
        assert not read_mail(raw).is_bounce, head
    for head in (b"Auto-Submitted: no", b"Subject: My automatic door", b"Return-Path: <mei@example.org>"):
        assert not read_mail(b"From: mei@example.org\r\n" + head + b"\r\n\r\nhello").auto_reply, head


def test_a_subject_alone_is_told_from_the_headers() -> None:
    for head, alone in (
        ("Subject: 休假工资怎么算", True),
        ("Subject: Out of Office: water\r\nPrecedence: list", True),
        ("Subject: Out of Office: water\r\nX-Auto-Response-Suppress: All", False),
        ("Subject: Out of Office: water\r\nReturn-Path: <>", False),
    ):
        mail = read_mail(f"From: mei@example.org\r\n{head}\r\n\r\nI am away.".encode())
        assert (mail.auto_reply, mail.by_subject) == (True, alone), head
    assert not read_mail(PLAIN + b"\r\nhello").by_subject


def test_the_envelope_says_what_an_empty_return_path_says() -> None:
    raw = PLAIN + b"Return-Path: <mei@example.org>\r\n\r\nhello"
    assert not read_mail(raw).auto_reply
    mail = read_mail(raw, null_sender=True)
    assert (mail.auto_reply, mail.null_sender, mail.is_bounce) == (True, True, False)


GB = "街道镕喆水管坏了，没有人来修。"


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        (GB.encode("gb18030"), "gb2312"),
        (GB.encode("gb18030"), "gbk"),
        (GB.encode("gb18030"), "x-gbk"),
        (GB.encode("gb18030"), ""),
        (GB.encode("gb18030"), "iso-8859-1"),
        (GB.encode(), "gb2312"),
        (GB.encode(), "iso-8859-1"),
        (GB.encode(), ""),
        (GB.encode(), "no-such-charset"),
        ("水道が壊れた".encode("iso2022_jp"), ""),
        ("水道が壊れた".encode("iso2022_jp"), "us-ascii"),
        ("수도가 고장".encode("cp949"), "ks_c_5601-1987"),
        ("naïve “quotes”".encode("cp1252"), "iso-8859-1"),
    ],
)
def test_words_survive_right_wrong_and_missing_labels(raw: bytes, label: str) -> None:
    wanted = {GB, "水道が壊れた", "수도가 고장", "naïve “quotes”"}
    assert decode(raw, label).text in wanted


def test_raw_bytes_in_a_header_are_words() -> None:
    raw = b"From: mei@example.org\r\nSubject: " + GB.encode("gb18030") + b"\r\n\r\n" + GB.encode("gb18030")
    mail = read_mail(raw)
    assert (mail.subject, mail.text) == (GB, GB)
    assert mail.charset_trouble


def test_a_character_cut_in_two_by_encoded_words_is_joined() -> None:
    import base64

    half = GB.encode("gb18030")
    words = [base64.b64encode(half[:5]).decode(), base64.b64encode(half[5:]).decode()]
    subject = "\r\n ".join(f"=?gb2312?B?{word}?=" for word in words)
    assert read_mail(f"From: a@b.cn\r\nSubject: {subject}\r\n\r\nx".encode()).subject == GB


@pytest.mark.parametrize(
    "separator",
    [
        '------------------ 原始邮件 ------------------\n发件人: "办公室" <case@gov.example>;',
        "-----原始邮件-----\n发件人: 办公室",
        "---- 回复的原邮件 ----\n发件人 | 办公室",
        "在 2026年11月24日，10:00，办公室 <case@gov.example> 写道：",
        '在 2026-11-24 10:00:00，"办公室" <case@gov.example> 写道：',
        "办公室 <case@gov.example> 于2026年11月24日周二 10:00写道：",
        "发件人: 办公室 <case@gov.example>\n发送时间: 2026年11月24日 10:00\n收件人: 李梅\n主题: 答复",
        "寄件者: 辦公室\n日期: 2026年11月24日\n收件者: 李梅\n主旨: 答覆",
        "On Tue, 24 Nov 2026 at 10:00, Office <case@gov.example> wrote:",
        "On Tue, 24 Nov 2026 at 10:00,\nOffice <case@gov.example>\nwrote:",
        "-----Original Message-----\nFrom: Office\nSent: Tuesday",
        "________________________________\nFrom: Office <case@gov.example>\nSent: Tuesday\nTo: Mei\nSubject: Re",
        'At 2026-11-24 10:00:00, "Office" <case@gov.example> wrote:',
    ],
)
def test_what_is_repeated_is_folded(separator: str) -> None:
    own, quoted = fold(f"谢谢，水管还是坏的。\n\n{separator}\n\n我们已经修好。\n此致")
    assert own == "谢谢，水管还是坏的。"
    assert "我们已经修好" in quoted


def test_answers_between_the_lines_stay() -> None:
    own, quoted = fold("On Tuesday, Office <a@b.cn> wrote:\n> Is it mended?\nNo, it is not.\n> And the street?\nWet.")
    assert own == "No, it is not.\nWet."
    assert "mended" in quoted


def test_a_mail_that_only_repeats_is_all_shown() -> None:
    assert fold("> all of it\n> quoted")[0] == "> all of it\n> quoted"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.pdf", "evil.pdf"),
        ("a\x00b\x07c.pdf", "a b c.pdf".replace("a b", "ab")),
        ("invoice.pdf.exe", "invoice.pdf.exe"),
        ("\u202efdp.exe", "fdp.exe"),
        ("CON.txt", "_CON.txt"),
        ("", "attachment"),
        ("...", "attachment"),
    ],
)
def test_names_of_files_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_files_of_one_name_are_told_apart() -> None:
    names = [one.name for one in read_mail(mixed(file_part("a.pdf"), file_part("a.pdf"))).attachments]
    assert names == ["a.pdf", "a (2).pdf"]


def test_ten_thousand_parts_are_all_listed() -> None:
    assert len(read_mail(mixed(*(file_part(f"{n}.pdf") for n in range(10_000)))).attachments) == 10_000


def test_too_many_parts_are_said() -> None:
    mail = read_mail(mixed(*(file_part(f"{n}.pdf") for n in range(50))), Limits(parts=20))
    assert len(mail.attachments) == 20
    assert "too_many_parts" in mail.errors


def test_a_huge_mail_is_read_without_opening_its_files() -> None:
    mail = read_mail(mixed(b"\r\nwords", file_part("a.pdf", b"x" * 40_000_000)))
    assert (mail.text, [one.name for one in mail.attachments], mail.errors) == ("words", ["a.pdf"], ("too_large",))


@pytest.mark.parametrize(
    "kind", [b"Content-Type: message/rfc822\r\n\r\n", b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n"]
)
def test_parts_in_parts_without_end_are_read(kind: bytes) -> None:
    nested = b"".join(kind % ((number,) * kind.count(b"%d")) for number in range(3_000))
    mail = read_mail(PLAIN + nested + b"Content-Type: text/plain\r\n\r\nhello")
    assert "too_deep" in mail.errors
    assert mail.attachments


@pytest.mark.parametrize("page", ["<div>" * 200_000, "<blockquote>" * 50_000, "<" * 500_000, "<p>x<script>" * 50_000])
def test_hostile_pages_are_read(page: str) -> None:
    read_mail(PLAIN + b"Content-Type: text/html\r\n\r\n" + page.encode())


def test_a_page_becomes_words_and_fetches_nothing() -> None:
    page = '<style>p{}</style><p>One<br>two</p><img src="http://x.example/a.png"><script>alert(1)</script>'
    assert read_mail(PLAIN + b"Content-Type: text/html\r\n\r\n" + page.encode()).text == "One\ntwo"


def test_an_attached_mail_is_a_file_and_its_files_are_listed() -> None:
    inner = mixed(b"\r\ninner words", file_part("inside.pdf"), boundary=b"in")
    mail = read_mail(mixed(b"\r\nouter words", b"Content-Type: message/rfc822\r\n\r\n" + inner))
    assert mail.text == "outer words"
    assert [(one.name, one.nested) for one in mail.attachments] == [("s.eml", False), ("inside.pdf", True)]


def test_files_in_outlooks_envelope_are_taken_out() -> None:
    raw = shared_file("data", "mail", "tnef", "two-files.tnef").read_bytes()
    import base64

    part = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    names = [one.name for one in read_mail(mixed(b"\r\nhello", part + base64.encodebytes(raw))).attachments]
    assert len(names) == 2
    assert "winmail.dat" not in names


def test_a_mail_without_a_sender_says_so() -> None:
    assert read_mail(b"Subject: x\r\n\r\nwords").errors == ("no_sender",)


@pytest.mark.parametrize(
    ("said", "status", "reply", "command", "reason"),
    [
        ("550 5.1.1 <a@b.cn>: Recipient address rejected: User unknown", "5.1.1", "550", "RCPT", "userunknown"),
        ("550 No such user here", "", "550", "RCPT", "userunknown"),
        ("550 No such user here", "", "550", "DATA", "filtered"),
        ("552 5.2.2 mailbox full", "5.2.2", "552", "", "mailboxfull"),
        ("550 User not found", "", "550", "RCPT", "userunknown"),
        ("550 Mailbox over quota", "5.0.0", "550", "", "mailboxfull"),
        ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", "5.7.1", "554", "", "blocked"),
        ("550 5.7.26 This mail is unauthenticated, which poses a security risk", "5.7.26", "550", "", "authfailure"),
        ("554 Relay access denied", "", "554", "RCPT", "norelaying"),
        ("connect to b.cn[192.0.2.1]:25: Connection timed out", "4.4.1", "", "", "expired"),
        ("Host or domain name not found. Name service error for name=b.cn type=MX: Host not found", "5.4.4", "", "", "hostunknown"),
        ("550 5.1.6 recipient no longer on server", "5.1.6", "550", "", "hasmoved"),
        ("421 4.7.0 Try again later", "4.7.0", "421", "", "blocked"),
        ("", "", "", "", "undefined"),
    ],
)  # fmt: skip
def test_reasons_are_told_by_words_and_codes(said: str, status: str, reply: str, command: str, reason: str) -> None:
    assert reason_of(said, status=status, reply=reply, command=command) == reason
    assert reason in REASONS


# What servers say, most of it in the words of RFC 3463, with the code they give it: (status, reply, words, reason).
SAID = (
    ("5.1.1", "550", "Bad destination mailbox address", "userunknown"),
    ("5.1.1", "550", "User unknown", "userunknown"),
    ("5.1.2", "550", "Bad destination system address", "hostunknown"),
    ("5.1.3", "501", "Bad destination mailbox address syntax", "userunknown"),
    ("5.1.6", "551", "Destination mailbox has moved, No forwarding address", "hasmoved"),
    ("5.1.8", "553", "Bad sender's system address", "rejected"),
    ("5.1.7", "553", "Bad sender's mailbox address syntax", "rejected"),
    ("5.1.10", "556", "Recipient address has null MX", "notaccept"),
    ("5.2.1", "550", "Mailbox disabled, not accepting messages", "suspend"),
    ("5.2.2", "552", "Mailbox full", "mailboxfull"),
    ("5.2.3", "552", "Message length exceeds administrative limit", "exceedlimit"),
    ("5.2.4", "550", "Mailing list expansion problem", "filtered"),
    ("4.3.1", "452", "Mail system full", "systemfull"),
    ("5.3.2", "521", "System not accepting network messages", "notaccept"),
    ("5.3.3", "550", "System not capable of selected features", "systemerror"),
    ("5.3.4", "552", "Message too big for system", "mesgtoobig"),
    ("5.3.5", "550", "System incorrectly configured", "systemerror"),
    ("4.4.1", "450", "No answer from host", "expired"),
    ("4.4.2", "450", "Bad connection", "networkerror"),
    ("4.4.3", "450", "Directory server failure", "systemerror"),
    ("5.4.4", "550", "Unable to route", "hostunknown"),
    ("4.4.5", "452", "Mail system congestion", "systemfull"),
    ("5.4.6", "554", "Routing loop detected", "networkerror"),
    ("4.4.7", "450", "Delivery time expired", "expired"),
    ("5.5.1", "503", "Invalid command", "syntaxerror"),
    ("5.5.2", "500", "Syntax error", "syntaxerror"),
    ("5.5.3", "552", "Too many recipients", "toomanyconn"),
    ("5.5.4", "501", "Invalid command arguments", "syntaxerror"),
    ("5.6.1", "550", "Media not supported", "contenterror"),
    ("5.6.2", "550", "Conversion required and prohibited", "contenterror"),
    ("5.6.3", "550", "Conversion required but not supported", "contenterror"),
    ("5.6.5", "550", "Conversion Failed", "contenterror"),
    ("5.7.1", "550", "Delivery not authorized, message refused", "securityerror"),
    ("5.7.1", "554", "Relay access denied", "norelaying"),
    ("5.7.4", "504", "Security features not supported", "securityerror"),
    ("5.7.5", "550", "Cryptographic failure", "securityerror"),
    ("5.7.7", "550", "Message integrity failure", "securityerror"),
    ("5.7.8", "535", "Authentication credentials invalid", "securityerror"),
    ("5.7.10", "523", "Encryption Needed", "failedstarttls"),
    ("5.7.0", "530", "Must issue a STARTTLS command first", "failedstarttls"),
    ("5.7.13", "525", "User Account Disabled", "suspend"),
    ("5.7.20", "550", "No passing DKIM signature found", "authfailure"),
    ("5.7.23", "550", "SPF validation failed", "authfailure"),
    ("5.7.25", "550", "Reverse DNS validation failed", "requireptr"),
    ("5.7.26", "550", "Multiple authentication checks failed", "authfailure"),
    ("5.7.27", "550", "Sender address has null MX", "notaccept"),
    ("5.7.1", "550", "Blocked by RBL", "blocked"),
    ("5.7.1", "550", "Client host rejected: Access denied", "blocked"),
    (
        "5.7.1",
        "554",
        "Your access to this mail system has been rejected due to the sending MTA's poor reputation",
        "badreputation",
    ),
    ("5.7.1", "550", "Spam detected", "spamdetected"),
    ("5.7.1", "550", "Message rejected as spam by Content Filtering", "spamdetected"),
    ("5.7.0", "550", "Policy violation", "policyviolation"),
    ("5.7.1", "550", "This message is not RFC 5322 compliant", "notcompliantrfc"),
    ("4.7.1", "450", "Rate limit exceeded", "speeding"),
    ("4.7.0", "421", "Too many concurrent SMTP connections", "toomanyconn"),
    ("4.2.1", "450", "The user you are trying to contact is receiving mail too quickly", "speeding"),
    ("5.0.0", "550", "Account suspended", "suspend"),
    ("5.0.0", "550", "sorry, no mailbox here by that name", "userunknown"),
    ("5.0.0", "553", "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "norelaying"),
    ("5.0.0", "550", "Requested action not taken: mailbox unavailable", "userunknown"),
    (
        "5.0.0",
        "554",
        "5.7.1 The message from (<a@b.cn>) with the subject of (x) matches a profile the Internet community may consider spam",
        "spamdetected",
    ),
    ("4.4.2", "421", "lost connection with mx while sending end of data", "networkerror"),
    ("5.4.1", "550", "Recipient address rejected: Access denied", "userunknown"),
    ("5.7.1", "550", "Sender address rejected: not owned by user", "rejected"),
    ("5.1.8", "450", "Sender address rejected: Domain not found", "rejected"),
    ("4.1.2", "450", "Recipient address rejected: Domain not found", "hostunknown"),
    ("4.7.1", "451", "Greylisting in action, please come back later", "blocked"),
    ("4.2.0", "450", "Greylisted, see http://postgrey", "blocked"),
    ("5.7.1", "550", "Unauthenticated email from b.cn is not accepted due to domain's DMARC policy", "authfailure"),
    (
        "5.7.0",
        "552",
        "This message was blocked because its content presents a potential security issue",
        "policyviolation",
    ),
    ("5.7.1", "550", "Our system has detected that this message is likely unsolicited mail", "spamdetected"),
    (
        "5.7.1",
        "550",
        "The IP you're using to send mail is not authorized to send email directly to our servers",
        "blocked",
    ),
    ("4.3.0", "451", "Temporary lookup failure", "systemerror"),
    ("4.3.5", "451", "Server configuration error", "systemerror"),
    ("5.3.0", "554", "unknown mailer error 1", "mailererror"),
    ("5.2.2", "550", "User's disk quota exceeded", "mailboxfull"),
    ("5.2.2", "452", "The email account that you tried to reach is over quota", "mailboxfull"),
    ("5.0.0", "552", "Message size exceeds maximum permitted", "mesgtoobig"),
    ("5.3.4", "552", "Message size exceeds fixed limit", "mesgtoobig"),
    ("5.0.0", "550", "Domain frequency limited", "speeding"),
    ("5.0.0", "550", "Mail content denied", "spamdetected"),
    ("5.0.0", "550", "Connection frequency limited", "toomanyconn"),
    ("5.0.0", "554", "DT:SPM 163 smtp", "spamdetected"),
    ("5.0.0", "550", "suspected bounce attacks", "spamdetected"),
    ("5.0.0", "550", "User suspended", "suspend"),
    ("5.0.0", "550", "No such user", "userunknown"),
    ("5.0.0", "550", "Host unknown", "hostunknown"),
    (
        "5.4.4",
        "550",
        "Host or domain name not found. Name service error for name=b.cn type=A: Host not found",
        "hostunknown",
    ),
    ("5.0.0", "550", "Virus found in message", "virusdetected"),
)


@pytest.mark.parametrize(("status", "reply", "words", "reason"), SAID)
@pytest.mark.parametrize(
    "form", ["{0} {1} {2}", "{0} {1} <x@b.cn>: Recipient address rejected: {2}. See https://b.cn/#userunknown"]
)
def test_the_words_of_servers_are_told_apart(status: str, reply: str, words: str, reason: str, form: str) -> None:
    given = "" if status.endswith(".0.0") else status
    assert reason_of(form.format(reply, status, words), status=given, reply=reply, command="RCPT") == reason


QMAIL = """Hi. This is the qmail-send program at mx.b.cn.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<k@e.net>:
{}

--- Below this line is a copy of the message.

Message-ID: <own@gov.example>
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  k@e.net
    {}

------ This is a copy of the message, including all the headers. ------

Message-ID: <own@gov.example>
"""


@pytest.mark.parametrize(
    ("report", "said", "reason"),
    [
        (QMAIL, "Sorry, I couldn't find any host named e.net. (#5.1.2)", "hostunknown"),
        (QMAIL, "Sorry, no mailbox here by that name. (#5.1.1)", "userunknown"),
        (QMAIL, "192.0.2.1 does not like recipient.\nRemote host said: 550 User unknown\nGiving up.", "userunknown"),
        (QMAIL, "192.0.2.1 failed after I sent the message.\nRemote host said: 550 User unknown", "filtered"),
        (QMAIL, "Sorry, the mailbox is over quota (#5.2.2)", "mailboxfull"),
        (EXIM, "Unrouteable address", "hostunknown"),
        (EXIM, "retry timeout exceeded", "expired"),
        (EXIM, "mailbox is full: retry timeout exceeded", "mailboxfull"),
        (
            EXIM,
            "SMTP error from remote mail server after RCPT TO:<k@e.net>:\n    host mx [1.2.3.4]: 550 Unknown user",
            "userunknown",
        ),
        (EXIM, "an MX or SRV record indicated no SMTP service", "notaccept"),
    ],
)
def test_reports_in_words_name_the_recipient_the_reason_and_the_letter(report: str, said: str, reason: str) -> None:
    raw = f"From: MAILER-DAEMON@b.cn\r\nTo: case@gov.example\r\nSubject: failure notice\r\n\r\n{report.format(said)}"
    [bounce] = read_mail(raw.encode()).bounces
    assert (bounce.recipient, bounce.reason, bounce.letter) == ("k@e.net", reason, "<own@gov.example>")


def test_only_wrong_addresses_and_hosts_without_mail_are_hard() -> None:
    assert [one for one in REASONS if is_hard(one, "550", "5.0.0")] == [
        "hasmoved",
        "hostunknown",
        "notaccept",
        "userunknown",
    ]
    assert not is_hard("notaccept", "450", "4.0.0")


def test_the_command_prints_one_entry_for_each_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a b.eml"
    path.write_bytes(mixed(b"\r\nhello", file_part("x.pdf")))
    call_command("read_mail", str(path), str(path), json=True)
    found = json.loads(capsys.readouterr().out)
    assert [one["file"] for one in found] == [str(path)] * 2
    assert set(found[0]) == {
        "file", "from", "to", "subject", "date", "message_id", "references", "text", "quoted", "attachments",
        "auto_reply", "bounce", "charset_trouble", "error",
    }  # fmt: skip
    assert found[0]["attachments"] == [{"name": "x.pdf", "type": "application/pdf", "size": 1}]


def test_the_command_names_a_file_it_cannot_open(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("read_mail", "/nowhere.eml", json=True)
    assert ended.value.code == 2
    [error] = json.loads(capsys.readouterr().out)["errors"]
    assert (error["code"], error["where"]) == ("mail_unread", {"part": "/nowhere.eml"})


def test_reading_is_the_same_twice() -> None:
    def form(mail: Mail) -> tuple[object, ...]:
        return mail.subject, mail.text, mail.bounces, [(one.name, one.size) for one in mail.attachments]

    assert all(form(read_mail(raw)) == form(read_mail(raw)) for _name, raw in list(samples())[::7])
