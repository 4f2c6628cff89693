"""The rules on when and how a source is read: its hours, its pages, its mapping, its text."""

from __future__ import annotations

import codecs
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationInfo

from harvester.sources.address_rules import check_web_address
from harvester.sources.problems import WrongValueError, toml
from harvester.sources.surroundings import Surroundings
from mappings.functions import registry
from mappings.table import ShortForm, ShortFormError, parse
from vocab.messages import say

_UNITS = MappingProxyType({"min": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60})
_EVERY = re.compile(r"([0-9]{1,6}) ?(min|h|d|w)")
_SHORTEST, _LONGEST = timedelta(minutes=5), timedelta(days=366)
_MOST_PAGES = 1_000
_CRON_LOOKED_AT = 300  # times: more than a day of them at the shortest distance


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
        check_web_address(each, "pages")
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
