"""Sending a message by mail, through the operator's own server (RFC 5321, RFC 8314)."""

from __future__ import annotations

import os
import smtplib
import ssl
from contextlib import AbstractContextManager
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from threading import Event

from harvester.fetch import guard
from harvester.fetch.flight import Flight
from harvester.records import HarvestError
from harvester.sources.values import Notify
from vocab.messages import Message, say

PASSWORD = "ENBAUGES_SMTP_PASSWORD"  # noqa: S105  # the name of a variable
_PATIENCE = 20.0
LONGEST = 60.0
"""Seconds for all of it: a server that answers a letter at a time keeps each step short."""


class MailError(HarvestError):
    """The message could not be handed to the mail server."""


def send(settings: Notify, name: str, at: datetime, subject: str, text: str) -> None:
    """Hand a message to the server of ``settings``; it is sent when this returns.

    Given up, it may have been sent all the same: the Message-ID tells that it is the same one.

    Args:
        settings: the server, the sender, and whom to write to.
        name: what makes the message one and the same however often it is tried (Message-ID).
        at: when it was written.
        subject: one line.
        text: what it says.

    Raises:
        MailError: the server cannot be reached, is not to be trusted, or takes it not.
    """
    message = _message(settings, name, at, subject, text)

    def hand_over() -> None:
        with _connected(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, _password(settings))
            server.send_message(message)

    try:
        Flight(LONGEST, Event()).promptly(hand_over)
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(_explained(error, settings)) from error


def _message(settings: Notify, name: str, at: datetime, subject: str, text: str) -> EmailMessage:
    sender = settings.mail_from or ""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = ", ".join(settings.mail_to)
    message["Subject"] = " ".join(subject.splitlines())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{name}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answer is wanted
    message.set_content(text + "\n")
    return message


def _connected(settings: Notify) -> AbstractContextManager[smtplib.SMTP]:
    """The server, greeted by the sender's domain: to ask for our own name may take seconds."""
    host, port = settings.smtp_host or "", settings.smtp_port
    here = (settings.mail_from or "").rpartition("@")[2]
    if settings.smtp_tls == "tls":
        context = guard.tls_context()
        return smtplib.SMTP_SSL(host, port, here, timeout=_PATIENCE, context=context)
    server = smtplib.SMTP(host, port, here, timeout=_PATIENCE)
    if settings.smtp_tls == "starttls":
        try:
            server.starttls(context=guard.tls_context())
        except BaseException:
            server.close()
            raise
    return server


def _password(settings: Notify) -> str:
    if settings.smtp_password_file:
        return settings.smtp_password_file.read_text(encoding="utf-8").strip()
    return os.environ.get(PASSWORD, "")


def _explained(error: Exception, settings: Notify) -> Message:
    values = {"host": settings.smtp_host, "port": settings.smtp_port, "reason": _reason(error)}
    match error:
        case smtplib.SMTPAuthenticationError():
            return say(
                "the mail server {host} refuses user and password ({reason}) — check smtp_user "
                "in [notify], and the password",
                **values,
            )
        case smtplib.SMTPRecipientsRefused() | smtplib.SMTPSenderRefused():
            return say(
                "the mail server {host} refuses the sender or the mailboxes ({reason}) — check "
                "mail_from and mail_to in [notify]",
                **values,
            )
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return say(
                "no protected connection to the mail server {host} on port {port} ({reason}) — "
                "check smtp_tls and smtp_port in [notify]: starttls on 587, tls on 465",
                **values,
            )
        case _:
            return say(
                "the mail server {host} cannot be reached or did not take the message, on port "
                "{port} ({reason}) — check smtp_host and smtp_port in [notify]",
                **values,
            )


def _reason(error: Exception) -> str:
    said = getattr(error, "smtp_error", None)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said or error)
    if not text and isinstance(error, TimeoutError):
        text = f"not done within {LONGEST:.0f} s"
    return " ".join(text.split())[:200]
