"""Files that were compressed by their publisher, as dumps and sitemaps are."""

from __future__ import annotations

import zlib

from harvester.records import ReadError
from vocab.messages import say

MOST = 200 * 1024 * 1024
"""Bytes that a file may hold once it is decompressed."""

_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS


def plain(body: bytes, most: int = MOST) -> bytes:
    """``body``, decompressed if it is gzip (RFC 1952), of one member or several.

    Raises:
        ReadError: when it stops short, is broken, or holds more than ``most`` bytes.
    """
    if not body.startswith(_MAGIC):
        return body
    parts: list[bytes] = []
    size = 0
    while body:
        member = zlib.decompressobj(_GZIP)
        try:
            parts.append(member.decompress(body, most - size + 1))
        except zlib.error as error:
            raise _broken(str(error)) from error
        size += len(parts[-1])
        if size > most:
            message = say("the file holds more than {most} bytes decompressed", most=most)
            raise ReadError(message)
        if not member.eof:
            raise _broken("EOF")
        body = member.unused_data.lstrip(b"\0")
    return b"".join(parts)


def _broken(reason: str) -> ReadError:
    return ReadError(
        say(
            "the compressed file is broken or stops short ({reason}) — tell its publisher",
            reason=reason,
        )
    )
