"""The rules of addresses in ``sources.toml``: of the web, of servers, of mailboxes, of files."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationInfo

from harvester.sources.problems import WrongValueError, toml
from harvester.sources.surroundings import Surroundings
from vocab.messages import say

_SAMPLE = re.compile(r"sample:[A-Za-z0-9]+([._-][A-Za-z0-9]+)*")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]+")
_LAST_PORT = 65535
_MAILBOX = re.compile(r"[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_NOT_IN_IRI = re.compile(r'[\x00-\x20\x7f<>"{}|\\^`]')  # RFC 3987, section 2.2


def check_web_address(value: str, key: str | None) -> None:
    """Refuse what is not an absolute http(s) IRI without credentials (RFC 3987).

    ``key`` is what it stands under.

    Raises:
        WrongValueError: for anything else.
    """
    message = say("“{key}” is not a web address: {value}", key=key, value=toml(value))
    if _NOT_IN_IRI.search(value):
        raise WrongValueError(
            say("“{key}” holds a space or a character that no address has", key=key),
            say("copy the address from the bar of a browser"),
        )
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise WrongValueError(message, say("check what comes after “//”")) from error
    if parts.scheme in {"webcal", "webcals", "feed"}:
        rest = value.partition("://")[2]
        raise WrongValueError(message, say('write "https://{rest}"', rest=rest))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise WrongValueError(message, say("write all of it, from https:// on"))
    if parts.username is not None:
        raise WrongValueError(
            say("“{key}” holds a user name or a password, and addresses are published", key=key),
            say("ask the publisher for an address that needs none"),
        )


def address(value: str, info: ValidationInfo) -> str:
    """What a source is read from: the web, or a bundled sample."""
    if value.startswith("sample:"):
        if not _SAMPLE.fullmatch(value):
            raise WrongValueError(
                say("{value} names no sample", value=toml(value)),
                say('write "sample:" and the name of a bundled file'),
            )
        return value
    check_web_address(value, info.field_name)
    return value


def base(value: str, info: ValidationInfo) -> str:
    """Where the IRIs of the node begin; no slash is added behind the operator's back."""
    check_web_address(value, info.field_name)
    if "?" in value or "#" in value:
        raise WrongValueError(
            say("“base” holds a “?” or a “#”"),
            say("write only the beginning that all addresses of this node share"),
        )
    if not value.endswith("/"):
        raise WrongValueError(
            say("“base” does not end with “/”"), say('write base = "{value}/"', value=value)
        )
    return value


def contact(value: str, info: ValidationInfo) -> str:
    """A mailbox or a web address, in ASCII because it stands in a header (RFC 9110, 5.5)."""
    if _MAILBOX.fullmatch(value):
        return value
    if value.startswith(("http://", "https://")) and value.isascii():
        check_web_address(value, info.field_name)
        return value
    raise WrongValueError(
        say("“contact” is neither a mailbox nor a web address: {value}", value=toml(value)),
        say('write one that publishers may complain to, like "agenda@example.org"'),
    )


def web_address(value: str, info: ValidationInfo) -> str:
    """An address of the web, without user name or password."""
    check_web_address(value, info.field_name)
    return value


def mailbox(value: str, info: ValidationInfo) -> str:
    """A bare mailbox in ASCII (RFC 5321, 4.1.2, without quoted local parts)."""
    if not _MAILBOX.fullmatch(value):
        raise WrongValueError(
            say("“{key}” is not a mailbox: {value}", key=info.field_name, value=toml(value)),
            say('write one like "agenda@example.org"'),
        )
    return value


def mailboxes(value: object) -> object:
    """One mailbox, or a list of them."""
    return (
        (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value
    )


def host(value: str, info: ValidationInfo) -> str:
    """The name or the address of a machine, without port."""
    if not _HOST.fullmatch(value):
        raise WrongValueError(
            say("“{key}” is not the name of a server: {value}", key=info.field_name,
                value=toml(value)),
            say('write it without port, like "mail.example.org"'),
        )  # fmt: skip
    return value


def port(value: object, info: ValidationInfo) -> object:
    """A TCP port."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _LAST_PORT:
        raise WrongValueError(
            say("“{key}” is not a port: {value}", key=info.field_name, value=toml(value)),
            say("write {key} = 587, or what your provider says", key=info.field_name),
        )
    return value


def secret_file(value: object, info: ValidationInfo) -> object:
    """The path of a file that holds a password, seen from the folder of ``sources.toml``."""
    if isinstance(value, Path):
        return value
    folder = info.context.directory if isinstance(info.context, Surroundings) else Path()
    try:
        path = folder / value if isinstance(value, str) else None
        found = path is not None and path.is_file()
    except ValueError:  # a null character
        found = False
    if not found:
        raise WrongValueError(
            say("there is no file {value} to read the password from", value=toml(value)),
            say(
                "write the password alone into a file that only enbauges may read (chmod 600), "
                "and its path here"
            ),
        )
    return path


def geocoder(value: str, info: ValidationInfo) -> str:
    """The address at which an address service searches, without a question."""
    if not value:
        return value
    check_web_address(value, info.field_name)
    if "?" in value or "#" in value or not value.rstrip("/").endswith("search"):
        raise WrongValueError(
            say("“geocoder” is not the search of an address service: {value}", value=toml(value)),
            say('write it up to “search”, like "https://addresses.example.org/search/"'),
        )
    return value


def tiles(value: str) -> str:
    """The address of map tiles: on the web, and with ``{z}``, ``{x}`` and ``{y}`` in it."""
    complete = all(part in value for part in ("{z}", "{x}", "{y}"))
    if value and not (value.startswith(("https://", "http://")) and complete):
        raise WrongValueError(
            say("“tiles” is not the address of map tiles: {value}", value=toml(value)),
            say('write it like "https://tiles.example.org/{{z}}/{{x}}/{{y}}.png"'),
        )
    return value
