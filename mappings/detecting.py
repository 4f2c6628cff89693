r"""How an answer of a platform is recognised, and where its sites give one: two keys of its file.

::

    platform:
      detect:                                   # one table, or a list: any of them
        in: json                                # the form: ics, json, csv, xml, html, rdf
        all: [$.elements, "$.elements[*].type = node|way|relation"]
        some: [$.osm3s, $.generator]            # at least one of these, or as many as
        least: 1                                # this says
        also: [$.version]                       # not asked, but makes it surer
      sites:
        marked: 'calendar/embed\?src=(?P<id>[^"&]+)'   # in a page, or in its address
        at: ["https://calendar.example/ical/{id}/basic.ics"]

A condition is the name of a mark, alone or with a pattern that one of its values matches whole;
which marks a form has is said in ``harvester.discovery.marks``. The more conditions of a clue an
answer meets, the surer it is: what is asked of a format weighs less than what is asked of the
software that writes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from mappings.documents import Items, Text, Value
from mappings.yarrrml_text import Reading
from vocab.messages import say

Form = Literal["ics", "json", "csv", "xml", "html", "rdf"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)
Marks = Mapping[str, Sequence[str]]
"""What is seen of an answer: names, and the values that stand beside them."""

_CLUE = {key: (key,) for key in ("in", "all", "some", "least", "also")}
_SITES = {key: (key,) for key in ("marked", "at")}
_NUMBER = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Condition:
    """``mark`` is there, with a value that ``pattern`` matches whole, if there is one."""

    mark: str
    pattern: re.Pattern[str] | None = None

    def holds(self, marks: Marks) -> bool:
        """Whether an answer with these ``marks`` meets it."""
        if self.mark not in marks or self.pattern is None:
            return self.mark in marks
        return any(self.pattern.fullmatch(value) for value in marks[self.mark])


@dataclass(frozen=True, slots=True)
class Clue:
    """One way to recognise a platform: every one of ``all``, and ``least`` of ``some``.

    ``also`` is not asked for, and makes it surer.
    """

    form: Form
    all: tuple[Condition, ...] = ()
    some: tuple[Condition, ...] = ()
    least: int = 0
    also: tuple[Condition, ...] = ()

    def met(self, form: str, marks: Marks) -> tuple[Condition, ...] | None:
        """The conditions that an answer meets, None when they are not enough."""
        if form != self.form or not all(each.holds(marks) for each in self.all):
            return None
        held = tuple(each for each in self.some if each.holds(marks))
        if len(held) < self.least:
            return None
        return (*self.all, *held, *(each for each in self.also if each.holds(marks)))


@dataclass(frozen=True, slots=True)
class Sites:
    """Where sites of a platform give their data.

    ``marked`` is searched for in the text of a page, and in its address; each match leads to the
    addresses ``at``, in which ``{name}`` is what its group of that name found. One that begins
    with ``/`` is on the site of the page.
    """

    marked: re.Pattern[str]
    at: tuple[str, ...]


def read_clues(value: Value | None, reading: Reading) -> tuple[Clue, ...]:
    """The clues that the key ``detect`` writes, one or a list of them.

    Raises:
        MappingError: when they cannot be understood.
    """
    return tuple(_clue(each, reading) for each in _listed(value))


def read_sites(value: Value | None, reading: Reading) -> tuple[Sites, ...]:
    """The sites that the key ``sites`` writes, one or a list of them.

    Raises:
        MappingError: when they cannot be understood.
    """
    return tuple(_sites(each, reading) for each in _listed(value))


def _listed(value: Value | None) -> Sequence[Value]:
    if value is None:
        return ()
    return value if isinstance(value, Items) else (value,)


def _clue(value: Value, reading: Reading) -> Clue:
    table = reading.table(value, _CLUE)
    form = reading.text(table.get("in", Text("")))
    if form not in FORMS:
        raise reading.error(
            value,
            say(
                "{file}:{line}: {name} cannot be “{value}” — write one of: {known}",
                name="in",
                value=form,
                known=", ".join(FORMS),
            ),
        )
    some = _conditions(table.get("some"), reading)
    least = reading.text(table.get("least", Text("1" if some else "0")))
    if not _NUMBER.fullmatch(least):
        raise _unlike(least, "least", "2", reading)
    return Clue(
        cast(Form, str(form)),
        _conditions(table.get("all"), reading),
        some,
        int(least),
        _conditions(table.get("also"), reading),
    )


def _conditions(value: Value | None, reading: Reading) -> tuple[Condition, ...]:
    return tuple(_condition(reading.text(each), reading) for each in _listed(value))


def _condition(text: Text, reading: Reading) -> Condition:
    mark, equals, written = text.partition(" = ")
    return Condition(mark.strip(), _pattern(written, text, reading) if equals else None)


def _sites(value: Value, reading: Reading) -> Sites:
    table = reading.table(value, _SITES)
    marked, at = (table.get(key) for key in ("marked", "at"))
    if marked is None or at is None:
        raise reading.error(
            value, say("{file}:{line}: “sites” lacks a key — write both marked and at")
        )
    addresses = tuple(str(reading.text(each)) for each in _listed(at))
    return Sites(_pattern(reading.text(marked), marked, reading), addresses)


def _pattern(written: str, where: Value, reading: Reading) -> re.Pattern[str]:
    try:
        return re.compile(written, re.IGNORECASE)
    except re.error as error:
        raise reading.error(
            where,
            say(
                "{file}:{line}: the pattern “{pattern}” cannot be read: {reason}",
                pattern=written,
                reason=str(error),
            ),
        ) from error


def _unlike(text: Text, name: str, example: str, reading: Reading) -> Exception:
    return reading.error(
        text,
        say(
            "{file}:{line}: {name} cannot be “{value}” — write it like {example}",
            name=name,
            value=text,
            example=example,
        ),
    )
