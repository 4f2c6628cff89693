"""Calendars in encodings that nobody should write, and with characters that are none."""

from __future__ import annotations

import codecs

from tests.resilience.bad import Bad, failed, stored
from tests.resilience.nodes import calendar, event
from tests.resilience.raw import answer

ACCENTS = calendar(event("neuf", "Fête de l’été à l’école"))
PLAIN = calendar(event("neuf", "Loto"))


def holding(content: bytes) -> bytes:
    """A calendar with one new event whose description holds ``content``."""
    return calendar(event("neuf", "Loto", "DESCRIPTION:@")).replace(b"@", content)


CASES: tuple[Bad, ...] = (
    stored("utf-16-with-mark", "ics", ACCENTS.decode().encode("utf-16")),
    stored("utf-16-without-mark", "ics", ACCENTS.decode().encode("utf-16-le")),
    stored("utf-16-big-endian", "ics", codecs.BOM_UTF16_BE + ACCENTS.decode().encode("utf-16-be")),
    failed(
        "utf-16-cut-in-a-character",
        "ics",
        codecs.BOM_UTF16_LE + ACCENTS.decode().encode("utf-16-le")[:151],
        "cut short",
    ),
    stored("utf-32", "ics", ACCENTS.decode().encode("utf-32")),
    failed("utf-7", "ics", ACCENTS.decode().replace("V", "+AFY-").encode("utf-7"), "iCalendar"),
    failed("ebcdic", "ics", PLAIN.decode().encode("cp500"), "iCalendar"),
    stored(
        "latin-1-said-utf-8",
        "ics",
        ACCENTS.decode().replace("’", "'").encode("latin-1"),
        "encoding",
    ),
    stored("utf-8-said-latin-1", "ics", answer(ACCENTS, "text/calendar; charset=iso-8859-1")),
    stored("utf-8-said-utf-16", "ics", answer(PLAIN, "text/calendar; charset=utf-16")),
    stored("utf-8-said-ascii", "ics", answer(ACCENTS, "text/calendar; charset=us-ascii")),
    stored("an-unknown-charset", "ics", answer(ACCENTS, "text/calendar; charset=klingon")),
    stored("a-charset-of-10-kB", "ics", answer(ACCENTS, "text/calendar; charset=" + "x" * 10_000)),
    stored("two-marks", "ics", codecs.BOM_UTF8 * 2 + ACCENTS),
    failed(
        "a-mark-before-the-title",
        "ics",
        ACCENTS.replace(b"SUMMARY:", codecs.BOM_UTF8 + b"SUMMARY:"),
        "none of its entries",
        "named-name",
    ),
    stored(
        "two-files-with-their-marks", "ics", codecs.BOM_UTF8 + ACCENTS + codecs.BOM_UTF8 + ACCENTS
    ),
    stored("overlong-utf-8", "ics", holding(b"\xc0\xaf\xe0\x80\xaf")),
    stored("surrogates-in-utf-8", "ics", holding(b"\xed\xa0\xbd\xed\xb8\x80 \xed\xa0\xbd")),
    stored("beyond-unicode", "ics", holding(b"\xf7\xbf\xbf\xbf\xf4\x90\x80\x80")),
    stored("half-a-character-at-the-end-of-a-line", "ics", holding(b"caf\xc3")),
    stored("a-character-cut-by-a-fold", "ics", holding(b"caf\xc3\r\n \xa9")),
    stored("nul-in-a-text", "ics", holding(b"a\x00b")),
    failed("nuls-alone", "ics", bytes(5000), "empty body"),
    stored("nuls-after-the-end", "ics", PLAIN + bytes(5000)),
    stored(
        "every-control-character", "ics", holding(bytes(set(range(1, 32)) - {10, 13}) + b"\x7f")
    ),
    stored("right-to-left-and-invisible", "ics", holding("a\u202eb\u2066c\u200bd\ufeff".encode())),
    stored("non-characters", "ics", holding("a\ufffeb\uffffc\U0010ffff".encode())),
    stored("ten-thousand-accents-on-a-letter", "ics", holding(b"e" + "\u0301".encode() * 10_000)),
    stored("cr-cr-lf", "ics", PLAIN.replace(b"\r\n", b"\r\r\n")),
    stored("cr-alone", "ics", PLAIN.replace(b"\r\n", b"\r")),
    stored("line-separators-of-unicode", "ics", holding("a\u2028b\u2029c\x85d\x0be\x0cf".encode())),
    stored("a-line-of-one-megabyte", "ics", holding(b"x" * 1_000_000)),
    stored("a-line-folded-at-each-character", "ics", holding(b"\r\n ".join([b"x"] * 20_000))),
    stored(
        "fifty-thousand-empty-lines",
        "ics",
        PLAIN.replace(b"BEGIN:VEVENT", b"\r\n" * 50_000 + b"BEGIN:VEVENT"),
    ),
)
