"""What can go wrong with an address, in words that an operator can act on.

::

    FetchError (a HarvestError), by its ``code``
    ├── bad-address         not an http(s) address, or one with a password in it
    ├── forbidden-address   not on the public internet, and not allowed to this source
    ├── dns, refused, unreachable, tls      no connection
    ├── timeout             slower than the limits
    ├── redirects           too many, without an address, or from https down to http
    ├── http-NNN            any status but 200, 203 and an expected 304
    ├── encoding            compressed in a way that we did not ask for
    ├── too-large           more decoded bytes than the limits
    ├── broken              the answer stopped short, or is not HTTP
    ├── robots              robots.txt asks us to stay away, or its server cannot give it
    ├── not-sparql          a peer that answers a query with something else
    ├── endless             its many requests took too long together
    ├── crowded             its turn at the host did not come in time
    └── stopped             the program is being stopped: it says nothing about the source
"""

from __future__ import annotations

import socket
import ssl
from datetime import datetime
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlunsplit

import requests
import urllib3.exceptions
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.util.ssl_match_hostname import CertificateError

from harvester.fetch.certificates import fault_of
from harvester.fetch.guard import is_private
from harvester.records import HarvestError
from vocab.messages import Message, say

Failure = requests.RequestException | urllib3.exceptions.HTTPError | OSError

_BAD_ADDRESS = say("{url} is not an address of the web — write one that begins with https://")
_BROKEN = (
    "broken",
    say(
        "{url} gave an answer that stops short or is not HTTP ({reason}) — it will be asked "
        "again; tell its publisher if it lasts"
    ),
)
_MEANINGS: tuple[tuple[tuple[type[BaseException], ...], str, Message], ...] = (
    (
        (TimeoutError, urllib3.exceptions.TimeoutError),
        "timeout",
        say(
            "{url} had not answered in full after {seconds} s — it will be asked again; tell "
            "its publisher if it lasts"
        ),
    ),
    (
        (socket.gaierror,),
        "dns",
        say(
            "{url} names a server that does not exist or cannot be found now — check how its "
            "name is written"
        ),
    ),
    (
        (ssl.SSLError, CertificateError),
        "tls",
        say(
            "{url} does not prove who it is ({reason}) — tell its publisher that the "
            "certificate is at fault"
        ),
    ),
    (
        (ConnectionRefusedError,),
        "refused",
        say(
            "{url} refuses the connection — check the port, or ask its publisher whether the "
            "server runs"
        ),
    ),
    ((ConnectionResetError, BrokenPipeError), *_BROKEN),
    ((requests.RequestException,), *_BROKEN),
    (
        (OSError,),
        "unreachable",
        say(
            "{url} cannot be reached ({reason}) — check the network of this machine, then the "
            "address"
        ),
    ),
)
"""What the first cause of a failure means; the first row that fits holds."""


class FetchError(HarvestError):
    """An address could not be read, or must not be.

    Attributes:
        code: a short stable name, listed in the module's description.
        status: the HTTP status, when there was an answer.
        not_before: when the server asks to be left alone until then (Retry-After, RFC 9110).
        gone: whether the server says that the address is gone for good (410): it should not be
            asked again by itself.
    """

    def __init__(
        self,
        code: str,
        message: Message,
        status: int | None = None,
        not_before: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.not_before = not_before
        self.gone = status == HTTPStatus.GONE


def bad_address(url: str) -> FetchError:
    """``url`` is no address of the web."""
    return FetchError("bad-address", Message(_BAD_ADDRESS.text, {"url": url}))


def secret_address(parts: SplitResult) -> FetchError:
    """The address holds a user name or a password, which the sentence must not repeat."""
    message = say(
        "{url} is written with a user name or a password, and the address of a source is "
        "published — write one that anyone may read",
        url=urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])),
    )
    return FetchError("bad-address", message)


def broken(url: str, reason: str) -> FetchError:
    """The answer stopped short, or is not HTTP."""
    code, sentence = _BROKEN
    return FetchError(code, Message(sentence.text, {"url": url, "reason": reason}))


def too_large(url: str, most: int) -> FetchError:
    """The answer holds more than ``most`` decoded bytes."""
    message = say(
        "{url} holds more than {most} bytes — ask its publisher for a smaller extract (a "
        "period, a territory)",
        url=url,
        most=most,
    )
    return FetchError("too-large", message)


def undecoded(url: str, encoding: str) -> FetchError:
    """The answer is compressed with an ``encoding`` that we did not ask for."""
    message = say(
        "{url} is compressed with {encoding}, which we did not ask for — tell its publisher",
        url=url,
        encoding=encoding,
    )
    return FetchError("encoding", message)


def too_many_redirects(url: str, most: int) -> FetchError:
    """The chain of redirects ``url`` is longer than ``most``."""
    message = say(
        "{url} redirects more than {most} times — register the address where a browser ends up",
        url=url,
        most=most,
    )
    return FetchError("redirects", message)


def weakened(url: str) -> FetchError:
    """The chain of redirects ``url`` leaves https for http."""
    message = say(
        "{url} goes from https down to http — register the http address itself if you accept "
        "that anyone on the way can change it",
        url=url,
    )
    return FetchError("redirects", message)


def about(error: FetchError, robots: str, url: str) -> FetchError:
    """``error`` of reading ``robots`` as one about ``url``, which is on the same server."""
    values = dict(error.message.values)
    if values.get("url") != robots:  # it was redirected: the sentence must name where
        return error
    return FetchError(error.code, Message(error.message.text, {**values, "url": url}))


def answered(url: str, status: int, not_before: datetime | None = None) -> FetchError:
    """The server answered with ``status`` instead of the content."""
    message = _of_status(status)
    values = {"url": url, "status": status}
    return FetchError(f"http-{status}", Message(message.text, values), status, not_before)


def _of_status(status: int) -> Message:
    match status:
        case 401 | 403:
            return say(
                "{url} refuses to answer us ({status}) — ask its publisher to let our "
                "harvester in, or to give a public address"
            )
        case 404:
            return say(
                "{url} does not exist ({status}) — look on the publisher's site for the address "
                "of today"
            )
        case 410:
            return say(
                "{url} was withdrawn for good ({status}), and is not asked again by itself — "
                "write the address of its successor, or enabled = false; to try it once more, "
                "harvest it by its id"
            )
        case 429:
            return say(
                "{url} finds that we ask too often ({status}) — write a longer “every” in this "
                "source"
            )
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return say(
                "{url} has a breakdown ({status}) — it will be asked again; tell its publisher "
                "if it lasts"
            )
        case _:
            return say(
                "{url} gave an unexpected answer ({status}) — open it in a browser to see what "
                "it wants"
            )


def explain(url: str, failure: Failure, *, redirected: bool, seconds: float) -> FetchError:
    """The ``FetchError`` that says what ``failure`` means.

    Args:
        url: the address, or the chain of redirects that ended there.
        failure: what requests or urllib3 raised.
        redirected: whether a server, and not the operator, chose the last address.
        seconds: how long the fetch lasted.
    """
    if isinstance(failure, InvalidIPAddress):
        message = _forbidden(url, failure.args[0], redirected=redirected)
        return FetchError("forbidden-address", message)
    if isinstance(failure, (InvalidURL, InvalidSchema, MissingSchema)):
        return bad_address(url)
    root = _root(failure)
    values = {"url": url, "reason": str(root), "seconds": round(seconds, 1)}
    code, sentence = next(
        ((code, sentence) for kinds, code, sentence in _MEANINGS if isinstance(root, kinds)),
        _BROKEN,
    )
    sentence = fault_of(root) or sentence
    return FetchError(code, Message(sentence.text, values))


def _forbidden(url: str, address: IPv4Address | IPv6Address, *, redirected: bool) -> Message:
    values = {"url": url, "address": str(address)}
    if redirected:
        return say(
            "{url} leads to {address}, which is not on the public internet, and a redirect may "
            "not enter a private network — register the final address itself",
            **values,
        )
    if is_private(address):
        return say(
            "{url} leads to {address}, in a private network — write allow_private = true in "
            "this source if the server is yours",
            **values,
        )
    return say(
        "{url} leads to {address}, which is not on the public internet — write the address "
        "that the public uses",
        **values,
    )


def _root(error: BaseException) -> BaseException:
    """What began it: requests and urllib3 wrap an error of the system several times."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return error
