"""How values are percent-encoded where they fill a template of an address (RML-Core)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from mappings.plan import TermType

Encode = Callable[[str], str]

_RESERVED = re.compile(
    r"[^A-Za-z0-9\-._~\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U0001fffd"
    r"\U00020000-\U0002fffd\U00030000-\U0003fffd\U000e1000-\U000efffd]"
)
_RESERVED_IN_URIS = re.compile(r"[^A-Za-z0-9\-._~]")


def percent_encode(text: str) -> str:
    """``text`` with what RFC 3987 does not call ``iunreserved`` percent-encoded as UTF-8."""
    return text if text.isalnum() else _RESERVED.sub(_encoded, text)


def percent_encode_uri(text: str) -> str:
    """``text`` with what RFC 3986 does not call ``unreserved`` percent-encoded as UTF-8."""
    return _RESERVED_IN_URIS.sub(_encoded, text)


def _encoded(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def as_is(text: str) -> str:
    """``text`` itself, where nothing is to be encoded."""
    return text


ENCODINGS: Final[Mapping[TermType, Encode]] = {
    TermType.IRI: percent_encode,
    TermType.URI: percent_encode_uri,
}
"""What is done to the values in a template, by the type of the term; elsewhere nothing is."""
