"""Functions on where things are: postcodes, INSEE codes, communes named in text."""

from __future__ import annotations

import re
from typing import Any

from mappings.functions.content import NO_VALUE
from mappings.functions.general import text_of
from mappings.functions.registry import EBF, Function, declare, optional
from mappings.problems import Problem, problem, shown
from vocab import communes
from vocab.iris import Iris
from vocab.messages import say
from vocab.territory.atlas import atlas

_LONGEST = 1_000  # characters: no address is longer


def postcode(value: Any) -> Any:
    """A French postcode: five digits, the leading zero that spreadsheets lose put back, told."""
    text = _code(value)
    if text in NO_VALUE:
        return None
    if re.fullmatch(r"\d{5}", text):
        return text
    if re.fullmatch(r"\d{4}", text):
        return [text.zfill(5), _lost_zero(text)]
    return problem(
        "bad-postcode",
        say("“{value}” is not a postcode — write five digits", value=shown(text)),
        text,
    )


def commune(base: Any, insee: Any) -> Any:
    """The IRI of a municipality by its INSEE code, on the node whose base is ``base``."""
    text = _code(insee).upper()
    if text.casefold() in NO_VALUE:
        return None
    if re.fullmatch(r"(\d{2}|2[AB])\d{3}", text):
        return _known(text_of(base), text)
    if re.fullmatch(r"\d{4}", text):
        return [Iris(text_of(base)).commune("0" + text), _lost_zero(text)]
    return problem(
        "bad-insee",
        say("“{value}” is not an INSEE code — write five characters, as 73081", value=shown(text)),
        text,
    )


def _known(base: str, code: str) -> Any:
    """The commune of a code: the one of today where it merged, none where there is no such code."""
    known = atlas()
    if (now := known.merged.get(code)) is not None:
        return [Iris(base).commune(now), _merged(code, now, known.communes[now].name)]
    if known.is_unknown(code):
        return problem(
            "unknown-insee",
            say(
                "no commune has the INSEE code {code}, which may be a postcode: write INSEE's",
                code=code,
            ),
            code,
        )
    return Iris(base).commune(code)


def _merged(code: str, now: str, name: str) -> Problem:
    return problem(
        "merged-commune",
        say("the commune {code} is now part of {name} ({now})", code=code, name=name, now=now),
        code,
        "notice",
    )


def _lost_zero(text: str) -> Problem:
    return problem(
        "lost-zero",
        say(
            "the code {value} has lost its first zero: it is read as {code} — keep codes as text",
            value=text,
            code=text.zfill(5),
        ),
        text,
        "notice",
    )


def commune_in(
    base: Any, text: Any = None, town: Any = None, postcode: Any = None, otherwise: Any = None
) -> Any:
    """The IRI of the commune that an address or a location names, else ``otherwise``.

    ``town`` is a field for names of towns and goes first, ``text`` a location or an address in
    any words. None where they name a place that is no commune of the departments, or several:
    ``otherwise``, the commune of the whole source, is not where it is (design, rule 15).
    """
    found = None
    if town or postcode:
        code = _code(postcode or "")
        found = communes.town(_short(town), code.zfill(5) if code.isdigit() else "")
    if found is None and text:
        found = communes.whereabouts(_short(text))
    if found is None:
        return otherwise
    return None if found == communes.ELSEWHERE else Iris(text_of(base)).commune(found)


def _short(value: Any) -> str:
    """``value`` as text, "" where it is too long to be an address."""
    text = text_of(value or "")
    return text if len(text) <= _LONGEST else ""


def _code(value: Any) -> str:
    """A code without its spaces, the ".0" that a spreadsheet gives it, nor its country."""
    return re.sub(r"^F(R|RA)?-|\s|\.0+$", "", text_of(value))


FUNCTIONS: tuple[Function, ...] = (
    declare(EBF, "postcode", postcode, "value"),
    declare(EBF, "commune", commune, "base", "insee"),
    declare(
        EBF,
        "communeIn",
        commune_in,
        "base",
        *map(optional, ("text", "town", "postcode", "otherwise")),
    ),
)
