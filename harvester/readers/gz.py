"""Files that were compressed by their publisher, as dumps and sitemaps are."""

from __future__ import annotations

import gzip
import io
import zlib

from harvester.records import ReadError
from vocab.messages import say

MOST = 200 * 1024 * 1024
"""Bytes that a file may hold once it is decompressed."""

_MAGIC = b"\x1f\x8b"


def plain(body: bytes, most: int = MOST) -> bytes:
    """``body``, decompressed if it is gzip (RFC 1952), of one member or several.

    Raises:
        ReadError: when it stops short, is broken, or holds more than ``most`` bytes.
    """
    if not body.startswith(_MAGIC):
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            found = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _broken(str(error)) from error
    if len(found) > most:
        raise ReadError(say("the file holds more than {most} bytes decompressed", most=most))
    return found


def _broken(reason: str) -> ReadError:
    return ReadError(
        say(
            "the compressed file is broken or stops short ({reason}) — tell its publisher",
            reason=reason,
        )
    )
