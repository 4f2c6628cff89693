"""The rules that the fields of ``sources.toml`` obey, one function each.

A rule that is broken raises ``WrongValueError`` with a sentence for the operator; pydantic
collects them. Here are those of names, places and licences; of addresses in ``address_rules``,
of when and how a source is read in ``reading_rules``, of what is asked for in ``reach_rules``.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import ValidationInfo

from harvester.sources.address_rules import check_web_address
from harvester.sources.problems import WrongValueError, closest, toml
from harvester.sources.surroundings import Surroundings
from vocab.messages import say
from vocab.territory.atlas import shipped

LICENCES = MappingProxyType(
    {
        "etalab-2.0": "https://spdx.org/licenses/etalab-2.0.html",
        "lov2": "https://spdx.org/licenses/etalab-2.0.html",
        "odbl-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
        "odc-by-1.0": "https://opendatacommons.org/licenses/by/1-0/",
        "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
        "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
        "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
        "cc-by-nc-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
        "cc-by-nc-sa-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
        "cc-by-nd-4.0": "https://creativecommons.org/licenses/by-nd/4.0/",
        "cc-by-nc-nd-4.0": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    }
)
"""Short names of licences (those of SPDX, and data.gouv.fr's lov2), and their IRIs."""
SHARE_ALIKE = frozenset(LICENCES[name] for name in ("odbl-1.0", "cc-by-sa-4.0", "cc-by-nc-sa-4.0"))
"""The licences that what is made from them must carry too."""
AGREEMENT = "accord"
"""The ``licence`` of a source whose publisher agreed in writing."""
_FORMATS = MappingProxyType(
    {"rss": "feed", "atom": "feed", "ical": "ics", "icalendar": "ics", "calendar": "ics"}
)
_WIDEST = 50  # kilometres
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_INSEE = re.compile(r"[0-9][0-9AB][0-9]{3}")
_OPENSTREETMAP = re.compile(r"\bODbL\b")
_CREATIVE_COMMONS = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)")


def text(value: str, info: ValidationInfo) -> str:
    """Words for people: one line, not empty; the no-break spaces of French stay."""
    words = re.sub(r"[ \t\n]+", " ", value).strip()
    if not words:
        raise WrongValueError(
            say("“{key}” is empty", key=info.field_name),
            say("write something between the quotes, or leave the line out"),
        )
    return words


def slug(value: str) -> str:
    """An id: lower case, digits and single hyphens, because it becomes part of IRIs."""
    if not _SLUG.fullmatch(value):
        raise WrongValueError(
            say("{value} cannot be an id", value=toml(value)),
            say('use only a-z, 0-9 and single hyphens between them, like "agenda-lescheraines"'),
        )
    return value


def kind(value: str, info: ValidationInfo) -> str:
    """The name of a platform that has a mapping."""
    if isinstance(info.context, Surroundings) and value not in info.context.kinds:
        message = say("there is no kind {value}", value=toml(value))
        said = _FORMATS.get(value.lower())
        if guess := said if said in info.context.kinds else closest(value, info.context.kinds):
            raise WrongValueError(message, say('did you mean "{guess}"?', guess=guess))
        known = ", ".join(sorted(info.context.kinds))
        raise WrongValueError(message, say("write one of: {known}", known=known))
    return value


def insee(value: object, info: ValidationInfo) -> object:
    """The code of a commune: INSEE's, five characters, Corsica's with a letter."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise WrongValueError(
            say("the INSEE code {value} is a number, not text", value=value),
            say('put it between quotes: "{code}"', code=f"{value:05d}"),
        )
    if isinstance(value, str) and not _INSEE.fullmatch(value):
        raise WrongValueError(
            say("{value} in “{key}” is not an INSEE code", value=toml(value), key=info.field_name),
            say('write the five characters of the commune\'s code, like "73081" or "2A004"'),
        )
    if isinstance(value, str):
        _known_commune(value, info)
    return value


def _known_commune(code: str, info: ValidationInfo) -> None:
    """Refuse a code that no commune has, in a department whose communes are all known."""
    known = info.context.atlas if isinstance(info.context, Surroundings) else shipped()
    if not known.is_unknown(code):
        return
    if (now := known.merged.get(code)) is not None:
        raise WrongValueError(
            say("the commune {value} is now part of another one", value=toml(code)),
            say('write "{code}", the code of {name}', code=now, name=known.communes[now].name),
        )
    message = say("no commune has the INSEE code {value}", value=toml(code))
    if meant := known.by_postcode.get(code):
        told = ", ".join(f'"{each}" ({known.communes[each].name})' for each in meant)
        raise WrongValueError(
            message, say("it is a postcode: write the INSEE code, one of {codes}", codes=told)
        )
    raise WrongValueError(
        message, say("it may be a postcode: write the code that INSEE gives to the commune")
    )


def territory(value: object) -> object:
    """A list of INSEE codes that names at least one commune."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        code = value if isinstance(value, str) else f"{value:05d}"
        raise WrongValueError(
            say("“territory” is not a list: {value}", value=toml(value)),
            say('write territory = ["{code}"]', code=code),
        )
    if not isinstance(value, list | tuple) or not value:
        raise WrongValueError(
            say("“territory” names no commune"),
            say('list their INSEE codes: territory = ["73081", "74004"]'),
        )
    return tuple(value)


def timezone(value: str) -> str:
    """The name of a time zone in the IANA database."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = say("there is no time zone {value}", value=toml(value))
        guess = closest(value, available_timezones()) or "Europe/Paris"
        raise WrongValueError(message, say('did you mean "{guess}"?', guess=guess)) from error
    return value


def licence_meant(told: str) -> str:
    """The known licence that an address or a name stands for, "" when it is none of them.

    Of a licence of Creative Commons that has no short name here, its address.
    """
    if _OPENSTREETMAP.search(told):
        return "odbl-1.0"
    if found := _CREATIVE_COMMONS.search(told):
        name = f"cc-{found[1]}-{found[2]}".lower()
        return name if name in LICENCES else f"https://{found[0]}/"
    bare = told.strip().lower().removeprefix("http://").removeprefix("https://").rstrip("/")
    for name, iri in LICENCES.items():
        if bare in {name, iri.removeprefix("https://").rstrip("/").lower()}:
            return name
    return "odbl-1.0" if "opendatacommons.org/licenses/odbl" in bare else ""


def licence(value: str) -> str:
    """A known short name, the address of a licence's text, or ``accord``."""
    if value.lower() in {*LICENCES, AGREEMENT}:
        return value.lower()
    if value.startswith(("http://", "https://")):
        check_web_address(value, "licence")
        return value
    message = say("no licence is known as {value}", value=toml(value))
    if guess := closest(value, (*LICENCES, AGREEMENT)):
        raise WrongValueError(message, say('did you mean "{guess}"?', guess=guess))
    raise WrongValueError(
        message,
        say(
            'write one of: {known}; or the address of its text; or "accord" when the publisher '
            "agreed in writing; or leave the line out",
            known=", ".join(LICENCES),
        ),
    )


def count(value: object, info: ValidationInfo) -> object:
    """A whole number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise WrongValueError(
            say("“{key}” is not a number of entries: {value}", key=info.field_name,
                value=toml(value)),
            say("write {key} = 20, without quotes", key=info.field_name),
        )  # fmt: skip
    return value


def border(value: object) -> object:
    """How many kilometres beyond the communes' centres the territory reaches."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _WIDEST:
        raise WrongValueError(
            say("“border” is not a number of kilometres: {value}", value=toml(value)),
            say("write a number from 0 to {most}, without quotes", most=_WIDEST),
        )
    return float(value)
