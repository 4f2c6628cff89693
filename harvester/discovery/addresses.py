"""What someone pasted → the addresses that it may mean; and when two addresses are one."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from harvester.records import HarvestError
from vocab.messages import say

_CALENDARS = frozenset({"webcal", "webcals", "feed"})
_WEB = frozenset({"http", "https"})
_AROUND = " \t\r\n\u00a0\u200b\ufeff<>\"'«»“”‘’`"
_BROKEN = re.compile(r"[ \t]*[\r\n]+[ \t]*")  # where a mail program has cut an address in two
_SAFE = "%:/?#[]@!$&'()*+,;=~"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?=/|[A-Za-z])")
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]+(?::\d+)?(?:[/?#]|$)|localhost(?::\d+)?(?:[/?#]|$)")
_DOUBLED = re.compile(r"^https?://(?=https?://)")
_CLOSED = {
    "facebook.com": "Facebook",
    "fb.com": "Facebook",
    "fb.me": "Facebook",
    "instagram.com": "Instagram",
    "linkedin.com": "LinkedIn",
    "tiktok.com": "TikTok",
    "twitter.com": "X (Twitter)",
    "whatsapp.com": "WhatsApp",
    "x.com": "X (Twitter)",
}
"""Hosts that show nothing to whoever has no account, and publish nothing that may be read."""


class AddressError(HarvestError):
    """What was given is no address that anything can be read from."""


def meant(pasted: str) -> tuple[str, ...]:
    """The addresses that ``pasted`` may mean, the likeliest first.

    Spaces and quotes around it are dropped, ``webcal:`` is how calendars write https, and an
    address without a scheme is tried with https first.

    Raises:
        AddressError: when it is none, or one of a network that publishes nothing.
    """
    text = _DOUBLED.sub("", _BROKEN.sub("", pasted.strip(_AROUND)))
    found = _SCHEME.match(text)
    scheme, rest = (found[1].lower(), text[found.end() :]) if found else ("", text)
    if scheme in _CALENDARS:
        return meant(rest.lstrip("/"))
    if scheme and scheme not in _WEB:
        raise AddressError(
            say(
                "{text} begins with “{scheme}:”, which is not read — write an address that begins "
                "with https://",
                text=text[:80],
                scheme=scheme,
            )
        )
    if not _is_address(text, scheme):
        raise AddressError(
            say(
                "“{text}” is no web address — copy the one of the site, the calendar or the feed "
                "from the bar of a browser",
                text=text[:80],
            )
        )
    text = encoded(text)
    addresses = (text,) if scheme else (f"https://{text}", f"http://{text}")
    _refuse_closed(addresses[0])
    return addresses


def _is_address(text: str, scheme: str) -> bool:
    try:
        parts = urlsplit(text if scheme else f"https://{text}")
        return bool(parts.hostname) and parts.port != 0 and bool(scheme or _HOST.match(text))
    except ValueError:  # a port of seven digits, half an IPv6 address
        return False


def _refuse_closed(url: str) -> None:
    host = host_of(url)
    for name, title in _CLOSED.items():
        if host == name or host.endswith(f".{name}"):
            raise AddressError(
                say(
                    "{site} publishes nothing that may be read without an account: no calendar, no "
                    "feed — ask its owner for an open calendar (.ics) or a page of a site of their "
                    "own",
                    site=title,
                )
            )


def encoded(url: str) -> str:
    """An address as one may register it: what stands in no path is percent-encoded."""
    start = url.find("/", url.find("://") + 3 if "://" in url else 0)
    return url if start < 0 else url[:start] + quote(url[start:], safe=_SAFE)


def host_of(url: str) -> str:
    """The host of an address, in lower case and without ``www.``; "" when it has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def same(url: str) -> str:
    """A text that is equal for addresses that differ only in what never tells two apart.

    http and https, the case of the host, the port that goes without saying, a ``/`` at the end
    and a fragment.
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    except ValueError:
        return url
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').lower()}{port}{parts.path.rstrip('/')}{query}"
