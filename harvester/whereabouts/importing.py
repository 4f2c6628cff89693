"""A node's own table of communes, made from a file of an administration.

A department that the file holds takes the place of what the table had of it; what the file does
not say of a commune (its centre, its postcodes, its former names), and what an operator added,
stays. So files may be imported one after the other, and twice.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from harvester.records import HarvestError
from harvester.whereabouts.official import Slip, Told, told_in
from store.files import whole
from vocab.messages import language_of, say
from vocab.territory.atlas import (
    Commune,
    Former,
    atlas_of,
    department_of,
    shipped,
    written_table,
)
from vocab.words import normalise

MOST = 8
"""Departments that are taken without being named: a whole country is no territory."""

_ARTICLES = frozenset({"le", "la", "les", "l", "d", "de", "du", "des"})
_SAINTS = frozenset({"saint", "sainte", "st", "ste"})


class TerritoryError(HarvestError):
    """A file of communes that cannot be used."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came in of one department: communes, and how many of them have what."""

    department: str
    communes: int
    postcodes: int
    centres: int
    former: int
    gone: int


@dataclass(frozen=True, slots=True)
class Imported:
    """The table that a file makes, what came in, and what is wrong in the file."""

    table: str
    arrivals: tuple[Arrival, ...]
    slips: tuple[Slip, ...]


def imported(file: Path, own: str, departments: Collection[str] = ()) -> Imported:
    """The node's table with what ``file`` says; nothing is written.

    Args:
        file: what an administration publishes (``official``).
        own: the text of the table that the node has, "" without one.
        departments: those to take; all of the file, if they are few, when none is named.

    Raises:
        TerritoryError: when the file says nothing of these departments, or names too many.
        ReadError: when it is neither a table nor JSON.
    """
    entries = list(told_in(_bytes(file), file.name))
    told = [each for each in entries if isinstance(each, Told)]
    slips = tuple(each for each in entries if isinstance(each, Slip))
    wanted = _wanted(file, told, departments, slips)
    known = atlas_of(own).communes
    made = _communes([each for each in told if department_of(each.code) in wanted], known)
    others = _own(own, wanted)
    arrivals = tuple(_arrival(department, made, known) for department in sorted(wanted))
    return Imported(written_table([*others, *made]), arrivals, slips)


def write(path: Path, table: str) -> None:
    """Put the table at ``path``, whole or not at all.

    Raises:
        TerritoryError: when it cannot be written.
    """
    try:
        with whole(path) as file:
            file.write(table.encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise TerritoryError(
            say("{file} cannot be written: {reason}", file=str(path), reason=reason)
        ) from error


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise TerritoryError(
            say("{file} cannot be read: {reason}", file=str(file), reason=reason)
        ) from error


def _wanted(
    file: Path, told: Iterable[Told], departments: Collection[str], slips: tuple[Slip, ...]
) -> frozenset[str]:
    there = Counter(department_of(each.code) for each in told if not each.parent)
    if missing := sorted(set(departments) - there.keys()):
        raise TerritoryError(
            say(
                "{file} has no commune of the department {missing} — it has: {there}",
                file=file.name,
                missing=", ".join(missing),
                there=", ".join(sorted(there)) or "—",
            )
        )
    if not there:
        first = f"{slips[0].where}: {slips[0].message.render(language_of())}" if slips else "—"
        raise TerritoryError(
            say(
                "{file} tells no commune ({first}) — it must have an INSEE code and a name for "
                "each, as the geo API, La Poste and INSEE give them",
                file=file.name,
                first=first,
            )
        )
    if not departments and len(there) > MOST:
        raise TerritoryError(
            say(
                "{file} holds {count} departments — say which you want: --department 38",
                file=file.name,
                count=len(there),
            )
        )
    return frozenset(departments or there)


def _own(own: str, wanted: frozenset[str]) -> list[Commune]:
    """What the node's table has of other departments."""
    if not own:
        return []
    known, kept = atlas_of(own).communes, shipped().communes
    return [
        each
        for code, each in known.items()
        if each.department not in wanted and kept.get(code) is not each
    ]


def _communes(told: Iterable[Told], known: Mapping[str, Commune]) -> list[Commune]:
    """One commune for each code, from all that the file says of it and what was known."""
    parts: dict[str, list[Told]] = defaultdict(list)
    former: dict[str, list[Former]] = defaultdict(list)
    for each in told:
        if each.parent:
            former[each.parent].append(Former(each.code, each.name))
        else:
            parts[each.code].append(each)
    return [
        _merged(code, each, known.get(code), sorted(former.get(code, ())))
        for code, each in parts.items()
    ]


def _merged(code: str, told: list[Told], before: Commune | None, former: list[Former]) -> Commune:
    name = next((each.name for each in told if not _is_shouted(each.name)), told[0].name)
    postcodes = tuple(sorted({postcode for each in told for postcode in each.postcodes}))
    centre = next((each.centre for each in told if each.centre), None)
    if before is None:
        return Commune(code, name, postcodes, centre, (), tuple(former), _common(name))
    return replace(
        before,
        name=before.name if _is_shouted(name) else name,
        postcodes=postcodes or before.postcodes,
        centre=centre or before.centre,
        former=tuple(former) or before.former,
    )


def _is_shouted(name: str) -> bool:
    """Whether a name is in capitals, as the post office writes it: it has lost its accents."""
    return name.isupper()


def _common(name: str) -> str:
    """How far a name is trusted in text, where nobody has looked at it: the shorter the less.

    One word may be a thing ("École", "Vers"), a saint may be a church or a school.
    """
    words = [word for word in normalise(re.sub("[-']", " ", name)).split() if word not in _ARTICLES]
    if len(words) <= 1:
        return "word"
    return "name" if len(words) == 2 and words[0] in _SAINTS else ""  # noqa: PLR2004


def _arrival(department: str, made: Iterable[Commune], known: Mapping[str, Commune]) -> Arrival:
    here = [each for each in made if each.department == department]
    before = {code for code, each in known.items() if each.department == department}
    return Arrival(
        department,
        len(here),
        sum(bool(each.postcodes) for each in here),
        sum(each.centre is not None for each in here),
        sum(len(each.former) for each in here),
        len(before - {each.code for each in here}),
    )
