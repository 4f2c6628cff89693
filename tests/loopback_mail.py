"""A small mail server on loopback that keeps what it is given, and refuses what a test says."""

from __future__ import annotations

import base64
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


@dataclass
class Box:
    """The server: its port, what it took, who logged in, and what it refuses.

    ``refused`` maps the beginning of a command to the answer it gets.
    """

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    users: list[tuple[str, str]] = field(default_factory=list)
    protected: list[bool] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None, *, at_once: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.box = Box(self.server_address[1])
        self.tls, self.at_once = tls, at_once

    def handle_error(self, *_: object) -> None:
        """A client that does not trust us hangs up; that is for the client to tell."""


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.to: list[str] = []
        self.protected = False
        if self.server.at_once:
            self._protect()
        self._say("220 essai ESMTP")
        while (line := self.rfile.readline()) and self._answer(line.decode().strip()):
            pass

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _answer(self, words: str) -> bool:
        """Whether to go on after the command ``words``."""
        verb = words.upper()
        refused = next((each for each in self.server.box.refused if verb.startswith(each)), None)
        if refused:
            self._say(self.server.box.refused[refused])
        elif answer := getattr(self, f"_{verb.partition(' ')[0].lower()}", None):
            answer(words)
        else:
            self._say("250 ok")
        return verb != "QUIT"

    def _ehlo(self, _: str) -> None:
        offered = bool(self.server.tls) and not self.protected
        self._say("250-essai", "250-AUTH PLAIN", *["250-STARTTLS"] * offered, "250 8BITMIME")

    def _starttls(self, _: str) -> None:
        self._say("220 go")
        self._protect()

    def _auth(self, words: str) -> None:
        _, user, password = base64.b64decode(words.split()[2]).decode().split("\0")
        self.server.box.users.append((user, password))
        self._say("235 ok")

    def _rcpt(self, words: str) -> None:
        self.to.append(words.partition("<")[2].partition(">")[0])
        self._say("250 ok")

    def _data(self, _: str) -> None:
        self._say("354 go")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.server.box.taken.append(message)
        self.server.box.recipients.append(self.to)
        self.server.box.protected.append(self.protected)
        self._say("250 taken")

    def _quit(self, _: str) -> None:
        self._say("221 bye")

    def _protect(self) -> None:
        assert self.server.tls
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile.close()
        self.rfile = self.connection.makefile("rb")
        self.protected = True

    def _say(self, *lines: str) -> None:
        self.connection.sendall("".join(f"{line}\r\n" for line in lines).encode())


@contextmanager
def loopback_mail(*, tls: ssl.SSLContext | None = None, at_once: bool = False) -> Iterator[Box]:
    """Serve until the block ends; with ``tls`` offer STARTTLS, or speak it ``at_once``."""
    with _Server(tls, at_once=at_once) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.box
        finally:
            server.shutdown()
            thread.join()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context for ``localhost`` and 127.0.0.1, and the file by which it is trusted."""
    key, file = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-keyout", str(key), "-out", str(file), "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context, file
