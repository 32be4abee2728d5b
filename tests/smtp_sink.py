"""A mail server of the tests' own: takes letters on a port of this machine, and can be broken and repaired.

    with SmtpSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        ...
        sink.stop()      # nobody answers on the port
        sink.start()     # the same port again
        sink.letters     # what was taken, in order, across all stops

`refuse` is asked for every recipient and gives the answer to send instead of 250, such as "550 5.1.1 unknown".
`hangs` makes the server take connections and say nothing. Standard library only.
"""

import email
import email.policy
import socket
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any


@dataclass(frozen=True)
class Letter:
    """One letter as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)  # type: ignore[return-value]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    # So that a conversation may stop the server it belongs to.
    block_on_close = False
    request_queue_size = 128
    sink: "SmtpSink"

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.sink.lock:
            self.sink.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self.sink.lock:
            self.sink.open.discard(request)
        super().shutdown_request(request)


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        try:
            self.converse()
        except OSError:  # the server was stopped, or the other side went away
            return

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def converse(self) -> None:
        sink = self.server.sink
        sink.reached.set()
        if sink.hangs:
            self.rfile.read()  # until the other side gives up
            return
        self.say("220 sink ESMTP")
        sender, recipients = "", []
        while line := self.rfile.readline(2_000).decode("utf-8", "replace").strip():
            verb = line.split(" ", 1)[0].split(":", 1)[0].upper()
            if verb == "EHLO":
                self.say("250-sink")
                self.say("250 8BITMIME")
            elif verb == "MAIL":
                sender, recipients = _address(line), []
                self.say("250 2.1.0 ok")
            elif verb == "RCPT":
                answer = sink.refuse(_address(line)) if sink.refuse else ""
                if not answer:
                    recipients.append(_address(line))
                self.say(answer or "250 2.1.5 ok")
            elif verb == "DATA":
                self.say("354 go on")
                sink.take(Letter(sender, tuple(recipients), self.text()))
                self.say("250 2.0.0 taken")
            elif verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            else:
                self.say("250 2.0.0 ok")

    def text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]


class SmtpSink:
    """A mail server that keeps what it takes; see the head of this file."""

    host = "127.0.0.1"

    def __init__(self, *, refuse: Callable[[str], str] | None = None) -> None:
        self.refuse = refuse
        self.hangs = False
        self.letters: list[Letter] = []
        self.port = 0
        # Set by the first conversation; a test that waits for one clears it before.
        self.reached = threading.Event()
        self.lock = threading.Lock()
        self.open: set[socket.socket] = set()
        self._server: _Server | None = None

    def __enter__(self) -> "SmtpSink":
        self.start()
        return self

    def __exit__(self, *_why: object) -> None:
        self.stop()

    def start(self) -> None:
        """Answer on the port, the same one as before a stop."""
        if self._server is None:
            self._server = _Server((self.host, self.port), _Conversation)
            self._server.sink = self
            self.port = self._server.server_address[1]
            threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Close the port and every conversation, in the middle of a letter if need be."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            with self.lock:
                conversations = list(self.open)
            for conversation in conversations:
                try:
                    conversation.shutdown(socket.SHUT_RDWR)
                except OSError:  # it ended meanwhile
                    continue
            server.server_close()

    def take(self, letter: Letter) -> None:
        with self.lock:
            self.letters.append(letter)

    @property
    def recipients(self) -> list[str]:
        """Everybody who got a letter, in order, as often as it came."""
        with self.lock:
            return [recipient for letter in self.letters for recipient in letter.recipients]
