"""JSON as publishers write it, made such that one value does not lose the document.

Half a surrogate pair is no character, and a number of hundreds of digits none that a computer
counts with; parsers refuse the whole document for either, or hand over what cannot be stored.
"""

from __future__ import annotations

import re

from harvester.records import Issue
from vocab.messages import say

_HALVES = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_LONG = re.compile(r"\d{19}|\d[eE][+-]?\d{3}")
_TOKENS = re.compile(
    r'"(?:[^"\\]|\\.)*(?:"|$)|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)', re.DOTALL
)
_IMMENSE = re.compile(r"-?\d{19,}.*|.*[eE][+-]?\d{3,}")


def mended(text: str) -> tuple[str, Issue | None]:
    """``text`` with halves of characters replaced, and immense numbers as the texts they are."""
    issue = None
    if "\\ud" in text.lower():
        text, count = _without_halves(text)
        if count:
            message = say("characters of which only one half was written: {count}", count=count)
            issue = Issue("bad-character", message, "warning")
    if _LONG.search(text):
        text = _TOKENS.sub(_told, text)
    return text, issue


def _without_halves(text: str) -> tuple[str, int]:
    halves = 0

    def whole(match: re.Match[str]) -> str:
        nonlocal halves
        if match["half"] is None:
            return match[0]
        halves += 1
        return r"\ufffd"

    return _HALVES.sub(whole, text), halves


def _told(match: re.Match[str]) -> str:
    number = match["number"]
    return f'"{number}"' if number and _IMMENSE.fullmatch(number) else match[0]
