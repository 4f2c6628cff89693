"""Mail to the operator, handed to a server on loopback."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from socket import create_server
from threading import Event, Thread

import pytest

from harvester.fetch import guard
from harvester.sources.values import Notify
from harvester.telling import mail
from harvester.telling.mail import MailError, send
from tests.loopback_mail import Box, certificate, loopback_mail

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def settings(box: Box, **more: object) -> Notify:
    told = {
        "mail_to": ("agenda@example.org", "mairie@example.org"),
        "mail_from": "noeud@node.example",
        "smtp_host": "localhost",
        "smtp_port": box.port,
        "smtp_tls": "none",
    }
    return Notify.model_validate({**told, **more})


def hand(box: Box, **more: object) -> None:
    send(settings(box, **more), "abc", NOW, "L'agenda\nest malade", "Il ne répond plus.")


@pytest.fixture
def box() -> Iterator[Box]:
    with loopback_mail() as box:
        yield box


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's context that our client trusts."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing: apt-get install openssl")
    server, file = certificate(tmp_path)
    client = ssl.create_default_context(cafile=str(file))
    monkeypatch.setattr(guard, "tls_context", lambda: client)
    return server


def test_a_message_says_who_writes_what_to_whom(box: Box) -> None:
    hand(box)
    [message] = box.taken
    assert message["From"] == "noeud@node.example"
    assert message["Subject"] == "L'agenda est malade"
    assert message["Message-ID"] == "<abc@node.example>"
    assert message["Date"] == "Mon, 04 May 2026 12:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == "Il ne répond plus."
    assert box.recipients == [["agenda@example.org", "mairie@example.org"]]
    assert box.users == []


def test_the_password_comes_from_the_environment(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(mail.PASSWORD, "secret")
    hand(box, smtp_user="noeud")
    assert box.users == [("noeud", "secret")]


def test_the_password_comes_from_a_file(box: Box, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n", encoding="utf-8")
    hand(box, smtp_user="noeud", smtp_password_file=tmp_path / "password")
    assert box.users == [("noeud", "secret")]


@pytest.mark.parametrize(("mode", "at_once"), [("starttls", False), ("tls", True)])
def test_a_message_travels_protected(trusted: ssl.SSLContext, mode: str, *, at_once: bool) -> None:
    with loopback_mail(tls=trusted, at_once=at_once) as box:
        hand(box, smtp_tls=mode)
        assert box.protected == [True]


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing: apt-get install openssl")
    server, _ = certificate(tmp_path)
    with (
        loopback_mail(tls=server) as box,
        pytest.raises(MailError, match="no protected connection"),
    ):
        hand(box, smtp_tls="starttls")
    assert box.taken == []


def test_a_server_that_offers_no_protection_gets_no_message(box: Box) -> None:
    with pytest.raises(MailError, match="check smtp_tls"):
        hand(box, smtp_tls="starttls")
    assert box.taken == []


@pytest.mark.parametrize(
    ("verb", "answer", "said"),
    [
        ("AUTH", "535 no such user", "refuses user and password .no such user."),
        ("RCPT", "550 unknown mailbox", "refuses the sender or the mailboxes"),
        ("MAIL", "550 not you", "refuses the sender or the mailboxes"),
        ("DATA", "451 disk full", "did not take the message"),
    ],
)
def test_what_a_server_refuses_is_told_with_what_to_check(
    box: Box, verb: str, answer: str, said: str
) -> None:
    box.refused[verb] = answer
    with pytest.raises(MailError, match=said):
        hand(box, smtp_user="noeud")
    assert box.taken == []


def test_a_server_that_is_not_there_is_told() -> None:
    with closing(create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with pytest.raises(MailError, match=f"on port {port} .*check smtp_host and smtp_port"):
        hand(Box(port))


def test_a_password_file_that_went_away_is_told(box: Box, tmp_path: Path) -> None:
    with pytest.raises(MailError, match="No such file"):
        hand(box, smtp_user="noeud", smtp_password_file=tmp_path / "gone")


def test_a_server_that_dawdles_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its lines comes in time, and none is the last."""
    monkeypatch.setattr(mail, "LONGEST", 0.3)
    over = Event()

    def dawdle() -> None:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            while not over.wait(0.05):
                connection.sendall(b"220-encore un instant\r\n")

    with closing(create_server(("127.0.0.1", 0))) as server:
        thread = Thread(target=dawdle)
        thread.start()
        try:
            with pytest.raises(MailError, match="not done within 0 s"):
                hand(Box(server.getsockname()[1]))
        finally:
            over.set()
            thread.join()
