"""The rules that the fields of ``sources.toml`` obey, one function each.

A rule that is broken raises ``WrongValueError`` with a sentence for the operator; pydantic
collects them. Two rules need to know more than the value: the kinds that the mappings
offer, and the folder that a mapping is looked for in. They come as a ``Surroundings`` in
the validation context, and without one these two rules are not held.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import ValidationInfo

from harvester.sources.problems import WrongValueError, closest, toml
from mappings.functions import registry
from mappings.table import ShortForm, ShortFormError, parse
from vocab.messages import say
from vocab.territory.atlas import Atlas, shipped

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
_UNITS = MappingProxyType({"min": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60})
_EVERY = re.compile(r"([0-9]{1,6}) ?(min|h|d|w)")
_SHORTEST, _LONGEST = timedelta(minutes=5), timedelta(days=366)
_MOST_PAGES = 1_000
_WIDEST = 50  # kilometres
_CRON_LOOKED_AT = 300  # times: more than a day of them at the shortest distance
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SAMPLE = re.compile(r"sample:[A-Za-z0-9]+([._-][A-Za-z0-9]+)*")
_INSEE = re.compile(r"[0-9][0-9AB][0-9]{3}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]+")
_LAST_PORT = 65535
_MAILBOX = re.compile(r"[!-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_NOT_IN_IRI = re.compile(r'[\x00-\x20\x7f<>"{}|\\^`]')  # RFC 3987, section 2.2


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules need to know besides the value."""

    kinds: frozenset[str]
    directory: Path
    atlas: Atlas = field(default_factory=shipped)


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


def _web_address(value: str, key: str | None) -> None:
    """Refuse what is not an absolute http(s) IRI without credentials (RFC 3987)."""
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
    _web_address(value, info.field_name)
    return value


def base(value: str, info: ValidationInfo) -> str:
    """Where the IRIs of the node begin; no slash is added behind the operator's back."""
    _web_address(value, info.field_name)
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
        _web_address(value, info.field_name)
        return value
    raise WrongValueError(
        say("“contact” is neither a mailbox nor a web address: {value}", value=toml(value)),
        say('write one that publishers may complain to, like "agenda@example.org"'),
    )


def timezone(value: str) -> str:
    """The name of a time zone in the IANA database."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = say("there is no time zone {value}", value=toml(value))
        guess = closest(value, available_timezones()) or "Europe/Paris"
        raise WrongValueError(message, say('did you mean "{guess}"?', guess=guess)) from error
    return value


def every(value: object) -> object:
    """A length of time between five minutes, out of manners, and a year."""
    if isinstance(value, timedelta):
        return value
    found = _EVERY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise WrongValueError(
            say("“every” is not a length of time: {value}", value=toml(value)),
            say('write "30min", "6h", "1d" or "2w"'),
        )
    length = timedelta(minutes=int(found[1]) * _UNITS[found[2]])
    if not _SHORTEST <= length <= _LONGEST:
        raise WrongValueError(
            say("“every” is {value}: too short or too long", value=toml(value)),
            say('write at least "5min" and at most "366d"'),
        )
    return length


def pages(value: object) -> object:
    """How many pages may be read of one source, or the addresses of its pages."""
    if isinstance(value, list | tuple):
        return _listed_pages(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_PAGES:
        raise WrongValueError(
            say("“pages” is not a number of pages: {value}", value=toml(value)),
            say(
                "write a number from 1 to {most}, without quotes; or a list of addresses",
                most=_MOST_PAGES,
            ),
        )
    return value


def _listed_pages(value: list[object] | tuple[object, ...]) -> tuple[str, ...]:
    if not 1 <= len(value) <= _MOST_PAGES:
        raise WrongValueError(
            say("“pages” lists {count} addresses", count=len(value)),
            say("list from 1 to {most} of them", most=_MOST_PAGES),
        )
    for each in value:
        if not isinstance(each, str):
            raise WrongValueError(
                say("“pages” lists what is no address: {value}", value=toml(each)),
                say('write each between quotes: pages = ["https://example.org/agenda"]'),
            )
        _web_address(each, "pages")
    return tuple(map(str, value))


def cron(value: str) -> str:
    """The hours of visits, as crontab(5) writes them; no two within five minutes."""
    from harvester.crontab import trigger_of  # noqa: PLC0415  # 30 ms, and rarely used

    remedy = say('write five fields, like "30 6 * * 1-5" for 6:30 from Monday to Friday')
    try:
        trigger = trigger_of(value, UTC)
        first = trigger.get_next_fire_time(None, datetime(2024, 1, 1, tzinfo=UTC))
    except ValueError as error:
        message = say("“cron” names no hours: {value}", value=toml(value))
        raise WrongValueError(message, remedy) from error
    times = [first]
    while times[-1] and len(times) < _CRON_LOOKED_AT:
        times.append(trigger.get_next_fire_time(times[-1], times[-1]))
    if first is None:
        message = say("“cron” names a day that never comes: {value}", value=toml(value))
        raise WrongValueError(message, remedy)
    if any(later and later - sooner < _SHORTEST for sooner, later in pairwise(times)):
        message = say("“cron” asks more often than every five minutes: {value}", value=toml(value))
        raise WrongValueError(message, remedy)
    return value


def licence(value: str) -> str:
    """A known short name, the address of a licence's text, or ``accord``."""
    if value.lower() in {*LICENCES, AGREEMENT}:
        return value.lower()
    if value.startswith(("http://", "https://")):
        _web_address(value, "licence")
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


def mapping(value: object, info: ValidationInfo) -> object:
    """The path of a file that exists, seen from the folder of ``sources.toml``; or a table."""
    if isinstance(value, Path | ShortForm):
        return value
    if isinstance(value, dict):
        try:
            return parse(value, registry())
        except ShortFormError as error:
            raise WrongValueError(error.message, error.remedy, (error.key,)) from error
    if not isinstance(value, str):
        raise WrongValueError(
            say("“mapping” is not a path: {value}", value=toml(value)),
            say('write it between quotes: mapping = "mappings/agenda.yml"'),
        )
    folder = info.context.directory if isinstance(info.context, Surroundings) else Path()
    try:
        path = folder / value
        found = path.is_file()
    except ValueError:  # a null character
        found = False
    if not found:
        raise WrongValueError(
            say("there is no mapping file {value}", value=toml(value)),
            say("write its path as seen from the folder of this file"),
        )
    return path


def delimiter(value: str) -> str:
    """The character between two columns of a CSV file."""
    if len(value) != 1 or value in '"\r\n':
        raise WrongValueError(
            say("“delimiter” is not one character: {value}", value=toml(value)),
            say('write what stands between two columns: ";", "," or "\\t"'),
        )
    return value


def encoding(value: str) -> str:
    """The name of a text encoding that Python knows."""
    try:
        b"".decode(value)
        codecs.lookup(value)
    except (LookupError, ValueError) as error:
        raise WrongValueError(
            say("there is no encoding {value}", value=toml(value)),
            say('write "utf-8", "windows-1252", or leave the line out to have it detected'),
        ) from error
    return value


def age(value: object, info: ValidationInfo) -> object:
    """How old the latest entry of a source may be: from an hour to ten years."""
    if isinstance(value, timedelta):
        return value
    found = _EVERY.fullmatch(value) if isinstance(value, str) else None
    length = timedelta(minutes=int(found[1]) * _UNITS[found[2]]) if found else timedelta()
    if not timedelta(hours=1) <= length <= 10 * _LONGEST:
        raise WrongValueError(
            say("“{key}” is not a length of time: {value}", key=info.field_name, value=toml(value)),
            say('write "12h", "30d" or "8w"'),
        )
    return length


def count(value: object, info: ValidationInfo) -> object:
    """A whole number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise WrongValueError(
            say("“{key}” is not a number of entries: {value}", key=info.field_name,
                value=toml(value)),
            say("write {key} = 20, without quotes", key=info.field_name),
        )  # fmt: skip
    return value


def web_address(value: str, info: ValidationInfo) -> str:
    """An address of the web, without user name or password."""
    _web_address(value, info.field_name)
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


def border(value: object) -> object:
    """How many kilometres beyond the communes' centres the territory reaches."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _WIDEST:
        raise WrongValueError(
            say("“border” is not a number of kilometres: {value}", value=toml(value)),
            say("write a number from 0 to {most}, without quotes", most=_WIDEST),
        )
    return float(value)


def geocoder(value: str, info: ValidationInfo) -> str:
    """The address at which an address service searches, without a question."""
    if not value:
        return value
    _web_address(value, info.field_name)
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
