"""The municipalities of the territory's departments, and how they are recognised in text.

Codes and names are facts of INSEE's Code officiel géographique (Licence Ouverte 2.0),
departments 73 and 74; their postcodes (``postcodes``) facts of La Poste's Base officielle des
codes postaux (Licence Ouverte 2.0). ``territory/communes.csv`` adds other names in use (``also``)
and marks
those that are common in another sense (``common``): a "word" may be a school or a bedroom, a
"name" a hamlet or a house. ``territory/elsewhere.txt`` lists towns and regions around, so that
they are known not to be here.

Precision comes before recall. A name counts

- after a postcode of its department, which decides alone ("73630 École");
- before a department in brackets ("École (73)");
- as a whole part of the text, written with its capital ("Salle des fêtes, École"), a common
  one only where another part goes before it;
- at the end of a part after "à" or "de" ("Mairie d'Arith", "Église du Châtelard"), not a
  common one, and not in a part that tells a way ("route d'Annecy").

Two different communes in one text are none.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final

from vocab import ROOM
from vocab.words import normalise

ELSEWHERE: Final = "elsewhere"
"""A text names a place that is none of these communes, or several of them."""

_TABLE = ROOM / "territory" / "communes.csv"
_AROUND = ROOM / "territory" / "elsewhere.txt"
_REMEMBERED = 16_384  # texts: a source repeats the same few halls

_PARTS = re.compile(r"[,;:()\[\]\n|/•·–—]|\s-+\s|\s-+$|^-+\s")
_POSTCODE = re.compile(r"(?<!\d)(\d{5})(?!\d)\s*(?:[-–]\s*)?(.*?)(?=(?<!\d)\d{5}(?!\d)|$)")
_DEPARTMENT = re.compile(r"\(\s*(\d[\dAB])\s*\)")
_NUMBERED = re.compile(r"\d{5}|\(\s*\d[\dAB]\s*\)")
_CODE = re.compile(r"\d[\dAB]\d{3}")
_WORD = re.compile(r"[^\W_]+")
_INVERTED = re.compile(r"(.+?)\s*\(\s*(l[ae]s?|l['’])\s*\)", re.IGNORECASE)
_SAINTS = {"st": "saint", "ste": "sainte"}
_ARTICLES = frozenset({"le", "la", "les", "l"})
_BEFORE = {
    **dict.fromkeys(("a", "de", "d"), ""),
    **dict.fromkeys(("au", "du"), "le "),
    **dict.fromkeys(("aux", "des"), "les "),
}
"""What stands before a commune at the end of a part, and the article that it took in."""

# fmt: off
_TELLS_A_WAY = frozenset(
    {
        "rue", "route", "rte", "avenue", "av", "chemin", "ch", "impasse", "allee", "boulevard",
        "bd", "bvd", "quai", "square", "faubourg", "montee", "lotissement", "lac", "col",
        "massif", "vallee", "vallon", "plateau", "bassin", "pays", "parc", "pres", "direction",
        "entre", "vers", "hors", "depuis", "sortie", "ligne", "train", "bus", "km", "environs",
        "sud", "nord", "est", "ouest", "agglomeration", "communaute", "canton", "diocese",
        "departement", "academie", "gymnase", "lycee", "college", "tour"
    }
)
# fmt: on
_COUNTRY = frozenset({"france", "savoie", "haute savoie", "fr", "cedex"})


@dataclass(frozen=True, slots=True)
class _Table:
    """Normalised name → INSEE code, or ``ELSEWHERE`` for names around.

    ``bare`` are the names without their article, where that is unequivocal; ``marks`` the codes
    of common names; ``posted`` the commune of a postcode that is of no other; ``hints`` one word
    of every name.
    """

    names: Mapping[str, str]
    bare: Mapping[str, str]
    marks: Mapping[str, str]
    posted: Mapping[str, str]
    hints: frozenset[str]
    longest: int


@cache
def commune_names() -> Mapping[str, str]:
    """INSEE code → name as INSEE writes it ("73081" → "Le Châtelard")."""
    return MappingProxyType({row["code"]: row["name"] for row in _rows()})


def commune_in(text: str) -> str | None:
    """The INSEE code of the one commune that ``text``, a location or an address, names."""
    found = whereabouts(text)
    return None if found == ELSEWHERE else found


@lru_cache(_REMEMBERED)
def whereabouts(text: str) -> str | None:
    """As ``commune_in``, but ``ELSEWHERE`` for a place that is not here, or not one place."""
    table = _table()
    if table.hints.isdisjoint(_key(text).split()) and not _NUMBERED.search(text):
        return None
    if "://" in text:
        return None
    spelled = _DEPARTMENT.sub(r",\g<1>000,", text)
    parts = [part for each in _PARTS.split(spelled) if (part := each.strip(" \t\r.-"))]
    if posted := {found for part in parts for found in _posted(part, table)}:
        return _one(posted)
    parts = [part for part in parts if normalise(part) not in _COUNTRY]
    named = [_named(parts, place, table) for place in range(len(parts))]
    sure = {code for code, certain in named if code and certain}
    return _one(sure) or _one({code for code, _ in named if code})


@lru_cache(_REMEMBERED)
def town(name: str, postcode: str = "") -> str | None:
    """The commune that a field for names of towns holds, whatever its case and article.

    A hamlet or an old commune, or no name at all, is where ``postcode`` is, if that is the
    postcode of one commune only. ``ELSEWHERE`` when the field holds another town: an unknown
    name is one, unless ``postcode`` is of a department of the table.
    """
    table = _table()
    if match := _INVERTED.fullmatch(name.strip()):
        name = f"{match[2]} {match[1]}"
    key = _key(name).removesuffix(" cedex")
    is_away = bool(postcode) and not _is_here(postcode)
    if is_away or not key:
        return ELSEWHERE if is_away else table.posted.get(postcode)
    code = table.names.get(key) or table.bare.get(key)
    if code is None and (found := whereabouts(name)):
        return found
    if postcode and (code is None or code[:2] == postcode[:2]):
        return code or table.posted.get(postcode)
    return ELSEWHERE if postcode else code or ELSEWHERE


def _one(found: set[str]) -> str | None:
    return None if not found else found.pop() if len(found) == 1 else ELSEWHERE


def _posted(part: str, table: _Table) -> Iterator[str]:
    """The commune after a postcode; elsewhere for a postcode of another department."""
    for match in _POSTCODE.finditer(part):
        words = _key(match[2]).split()
        if not _is_here(match[1]):
            if words and _has_capital(match[2]):
                yield ELSEWHERE
            continue
        for size in range(min(len(words), table.longest), 0, -1):
            code = table.names.get(" ".join(words[:size]))
            if code and code[:2] == match[1][:2] and _ends(words[size:]):
                yield code
                break


def _named(parts: list[str], place: int, table: _Table) -> tuple[str | None, bool]:
    """What one part of a text names, and whether that is certain."""
    part = parts[place]
    if _CODE.fullmatch(part):
        return None if _is_here(part) else ELSEWHERE, True
    key = _key(part)
    code = table.names.get(key)
    if code is None:
        return _at_the_end(part, key.split(), table), True
    if not _has_capital(part):
        return None, False
    mark = table.marks.get(code)
    if mark is None or _is_followed_by_its_department(parts, place):
        return code, True
    told = place > 0 or (mark == "name" and len(parts) == 1)
    return code if told else None, False


def _is_followed_by_its_department(parts: list[str], place: int) -> bool:
    after = parts[place + 1] if place + 1 < len(parts) else ""
    return bool(_CODE.fullmatch(after)) and _is_here(after)


def _ends(rest: list[str]) -> bool:
    """Whether a name ends here: what follows is no "sous", "la", "Saint"… that goes on with it."""
    return not rest or rest[0] in _COUNTRY or rest[0] == "haute" or rest[0].isdigit()


def _at_the_end(part: str, words: list[str], table: _Table) -> str | None:
    """The commune that ends ``part`` after a preposition; the longest name is the one meant."""
    if not _TELLS_A_WAY.isdisjoint(words):
        return None
    raw = _WORD.findall(part)
    if len(raw) != len(words):
        return None
    for start in range(max(1, len(words) - table.longest), len(words)):
        name = " ".join(words[start:])
        before = _BEFORE.get(words[start - 1])
        code = table.names.get(f"{before or ''}{name}")
        if code is None and name not in table.names:
            continue
        capital = raw[start][0].isupper() or (words[start] in _ARTICLES and _has_capital(part))
        usable = code and before is not None and capital and code not in table.marks
        return code if usable else None
    return None


def _has_capital(part: str) -> bool:
    """Whether the first word that is no article begins with a capital."""
    words = _WORD.findall(part)
    first = next((word for word in words if normalise(word) not in _ARTICLES), "")
    return first[:1].isupper()


def _is_here(number: str) -> bool:
    """Whether a postcode, or the number of a department, is of one that the table holds."""
    return number[:2] in _departments()


@cache
def _departments() -> frozenset[str]:
    return frozenset(code[:2] for code in commune_names())


def _key(text: str) -> str:
    """``text`` for comparison: no case, accents, hyphens or short saints."""
    plain = normalise(text)
    if "st" not in plain:
        return plain
    return " ".join(_SAINTS.get(word, word) for word in plain.split())


def _posted_once(rows: list[dict[str, str]]) -> dict[str, str]:
    """Postcode → the commune whose alone it is."""
    sharing = Counter(postcode for row in rows for postcode in row["postcodes"].split())
    return {
        postcode: row["code"]
        for row in rows
        for postcode in row["postcodes"].split()
        if sharing[postcode] == 1
    }


def _rows() -> list[dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


@cache
def _table() -> _Table:
    rows = _rows()
    names: dict[str, str] = {}
    for row in rows:
        for name in (row["name"], row["also"]):
            if name:
                names[_key(name)] = row["code"]
    bare: dict[str, str] = {}
    twice: set[str] = set()
    for key, code in names.items():
        article, _, rest = key.partition(" ")
        if article in _ARTICLES and rest:
            twice.update({rest} if rest in bare or rest in names else ())
            bare[rest] = code
    around = map(_key, _AROUND.read_text("utf-8").splitlines())
    names = {**dict.fromkeys(around, ELSEWHERE), **names}
    return _Table(
        MappingProxyType(names),
        MappingProxyType({key: code for key, code in bare.items() if key not in twice}),
        MappingProxyType({row["code"]: row["common"] for row in rows if row["common"]}),
        MappingProxyType(_posted_once(rows)),
        frozenset(max(key.split(), key=len) for key in names),
        max(len(key.split()) for key in names),
    )
